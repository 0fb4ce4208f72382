/* Times signals on their way through inits (common.h), side by side.
 *
 *     latency ROUNDS WARM_UP SIGNALS ROW GAP_US SENDER_CPU INIT_CPU PROCESSES CROWD HOGS CGROUP LEADS BACK INIT...
 *
 * In each round every init is started anew as process 1 of a PID namespace, with a
 * program under it: PROCESSES processes of one process group, all asleep in
 * sigwait. Each is sent WARM_UP signals, and then SIGNALS of which each is a sample:
 * the time from before kill(2) on the init to after the last sigwait. The sender
 * sleeps until all have the signal, then for GAP_US to three times that, and sends
 * the next. Nobody wakes it: it looks every LOOK_US, for who signals an init does not
 * wait for the program. The timer for that is set before kill(2): to set one takes an
 * exit to the hypervisor, and on one processor the sender goes to sleep while the signal
 * is on its way. Only if GAP_US is 0 or BACK is 1 does the program wake it: then these
 * two compete for the processor, and what the scheduler owes whom after that decides on
 * the way of the next signal. So many signals as ROW says are one init's before it is
 * another's turn; 0: all of them. With 1 what is in the caches is what a signal now and
 * then finds, and whatever slows the machine for a moment slows all.
 *
 * For "-" the process group is signalled itself: the direct path. SENDER_CPU is the
 * processor that the sender stays on, INIT_CPU that of the inits and the programs,
 * -1 for any. Each init has CROWD further children, who sleep. HOGS processes that
 * never sleep share each processor. Inits and programs are in the cgroup whose list
 * of processes is the file CGROUP (-: in the sender's). Each init leads a session if
 * LEADS is 1; if it is 0 it is in the sender's. If BACK is 1 the time is that there and
 * back: until the sender knows that all have the signal.
 *
 * Prints a line for each init in each round: its number, then nanoseconds. */

#include "common.h"
#include "futex.h"
#include <sys/timerfd.h>

#define MOST_PROCESSES 100
#define MOST_INITS 16
#define PATIENCE_SECONDS 30
#define LOOK_US 500

/* What the sender and a program share. */
struct receipts {
	/* How many of the program's processes have the signal. */
	_Atomic int received;
	/* 1 when all have it: the futex that the sender sleeps on, if it is woken. */
	_Atomic int all;
	/* Whether the sender sleeps on it. */
	_Atomic int awaited;
	int64_t when[MOST_PROCESSES];
};

/* An init that is measured, and what is under it. */
struct way {
	const char *init;
	int direct;
	pid_t pid;
	struct receipts *receipts;
	int64_t *sample;
};

/* The timer that lets the sender look. */
static int looks = -1;

static void look_later(void)
{
	const struct itimerspec later = { .it_value.tv_nsec = LOOK_US * 1000 };

	if (timerfd_settime(looks, 0, &later, 0) < 0)
		fail("timerfd_settime");
}

static void sleep_until_look(void)
{
	uint64_t expirations;

	if (read(looks, &expirations, sizeof expirations) < 0)
		fail("timerfd");
}

static void expect_receipts(struct receipts *receipts)
{
	receipts->received = 0;
	receipts->all = 0;
	if (!receipts->awaited)
		look_later();
}

static void receipt(struct receipts *receipts, int self, int processes)
{
	receipts->when[self] = now();
	if (++receipts->received == processes) {
		receipts->all = 1;
		if (receipts->awaited)
			wake(&receipts->all);
	}
}

static void wait_for_all(const struct way *way)
{
	struct receipts *receipts = way->receipts;
	const int64_t deadline = now() + PATIENCE_SECONDS * INT64_C(1000000000);

	/* Whether it has arrived already makes no difference to how long the sender sleeps. */
	if (!receipts->awaited)
		sleep_until_look();
	while (!receipts->all) {
		if (receipts->awaited) {
			sleep_while(&receipts->all, 0);
		} else {
			look_later();
			sleep_until_look();
		}
		if (now() > deadline) {
			fprintf(stderr, "latency: %s: expected a signal to arrive in %d s, found it at %d processes\n",
				way->init, PATIENCE_SECONDS, receipts->received);
			exit(1);
		}
	}
}

static int sleeper(void *unused)
{
	(void)unused;
	syscall(SYS_setpgid, 0, 0);
	for (;;)
		syscall(SYS_ppoll, 0, 0, 0, 0, 0);
	return 0;
}

/* The program: a group of processes that do nothing but wait for signals. */
static int program(struct receipts *receipts, int processes, int bystanders)
{
	sigset_t set;
	int signal, self = 0;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, 0);
	crowd(bystanders, sleeper);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	while (self + 1 < processes) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid > 0)
			break;
		self++;
	}
	receipt(receipts, self, processes);
	while (sigwait(&set, &signal) == 0 && signal == SIGUSR1)
		receipt(receipts, self, processes);
	return 0;
}

static void hog(int cpu)
{
	const pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	stay_on(cpu);
	for (;;)
		__asm__ volatile("");
}

static void start(struct way *way, char *memory, int place, char **argv)
{
	char text[16];
	char *const program[] = { own_path(), "--program", memory, text, argv[8],
				  way->direct ? "0" : argv[9], NULL };
	char *words[MOST_WORDS];

	snprintf(text, sizeof text, "%d", place);
	command_line(words, way->init, program);
	way->receipts->awaited = 0;
	expect_receipts(way->receipts);
	way->pid = start_in_namespace(words, atoi(argv[7]), argv[11], atoi(argv[12]));
	wait_for_all(way);
	way->receipts->awaited = atoi(argv[5]) == 0 || atoi(argv[13]);
}

static void send_to(const struct way *way, int signal)
{
	if (kill(way->direct ? -way->pid : way->pid, signal) < 0)
		fail("kill");
}

/* Nanoseconds until the last of so many processes has a signal, or until that is known. */
static int64_t measure(const struct way *way, int processes, int back)
{
	struct receipts *receipts = way->receipts;
	int64_t last = 0;

	expect_receipts(receipts);
	const int64_t sent = now();

	send_to(way, SIGUSR1);
	wait_for_all(way);
	if (back)
		return now() - sent;
	for (int p = 0; p < processes; p++)
		if (receipts->when[p] > last)
			last = receipts->when[p];
	return last - sent;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "--program") == 0) {
		const size_t place = (size_t)atoi(argv[3]);
		struct receipts *all = inherited_memory(MOST_INITS * sizeof *all, argv[2]);

		return program(&all[place], atoi(argv[4]), atoi(argv[5]));
	}
	if (argc < 15 || argc - 14 > MOST_INITS || atoi(argv[8]) > MOST_PROCESSES) {
		fprintf(stderr, "usage: latency ROUNDS WARM_UP SIGNALS ROW GAP_US SENDER_CPU INIT_CPU PROCESSES CROWD HOGS CGROUP LEADS BACK INIT...\n");
		return 1;
	}
	const int rounds = atoi(argv[1]), warm_up = atoi(argv[2]), signals = atoi(argv[3]), gap = atoi(argv[5]);
	const int row = atoi(argv[4]) ? atoi(argv[4]) : warm_up + signals;
	const int sender_cpu = atoi(argv[6]), init_cpu = atoi(argv[7]);
	const int processes = atoi(argv[8]), hogs = atoi(argv[10]), back = atoi(argv[13]), inits = argc - 14;
	char memory[16];
	int order[inits];
	struct receipts *receipts = shared_memory(MOST_INITS * sizeof *receipts, memory);
	struct way ways[inits];

	for (int i = 0; i < inits; i++) {
		const char *init = argv[14 + i];

		ways[i] = (struct way){ .init = init, .direct = strcmp(init, "-") == 0, .receipts = &receipts[i],
					.sample = malloc((size_t)signals * sizeof(int64_t)) };
		if (!ways[i].sample)
			fail("malloc");
	}
	for (int i = 0; i < hogs; i++) {
		hog(init_cpu);
		if (sender_cpu != init_cpu)
			hog(sender_cpu);
	}
	looks = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (looks < 0)
		fail("timerfd_create");
	stay_on(sender_cpu);
	for (int round = 0; round < rounds; round++) {
		/* Who is started when is chance, too: it makes a difference. */
		shuffle(order, inits);
		for (int i = 0; i < inits; i++)
			start(&ways[order[i]], memory, order[i], argv);
		for (int first = -warm_up; first < signals; first += row) {
			shuffle(order, inits);
			for (int i = 0; i < inits; i++)
				for (int s = first; s < first + row && s < signals; s++) {
					if (gap)
						pause_for(gap + random() % (2 * gap));
					const int64_t time = measure(&ways[order[i]], processes, back);

					if (s >= 0)
						ways[order[i]].sample[s] = time;
				}
		}
		for (int i = 0; i < inits; i++) {
			send_to(&ways[i], SIGTERM);
			expect_success(ways[i].pid, ways[i].init);
			printf("%d", i);
			for (int s = 0; s < signals; s++)
				printf(" %lld", (long long)ways[i].sample[s]);
			printf("\n");
		}
	}
	return 0;
}

/* Times signals on their way through inits (common.h), side by side.
 *
 *     latency ROUNDS SIGNALS GAP_US SENDER_CPU INIT_CPU PROCESSES CROWD HOGS CGROUP INIT...
 *
 * Each time an init is started anew as process 1 of a PID namespace, with a
 * program under it: PROCESSES processes of one process group, all asleep in
 * sigwait. It is sent SIGNALS signals; a sample is the time from before kill(2)
 * on the init to after the last sigwait. The sender sleeps until it is told that
 * all have the signal, then for GAP_US to three times that (0: not at all), and
 * sends the next. For "-" the process group is signalled itself: the direct
 * path. SENDER_CPU is the processor that the sender stays on, INIT_CPU that of
 * the init and the program, -1 for any. The init has CROWD further children, who
 * sleep. HOGS processes that never sleep share each processor. Init and program
 * are in the cgroup whose list of processes is the file CGROUP (-: in the sender's).
 *
 * Prints a line for each init in each round: its number, then nanoseconds. */

#include "common.h"
#include <linux/futex.h>

#define MOST_PROCESSES 100
#define WARM_UP 8
#define PATIENCE_SECONDS 30

/* What the sender and the program share. */
static struct shared {
	/* How many of the program's processes have the signal. */
	_Atomic int received;
	/* 1 when all have it: the futex that the sender sleeps on. */
	_Atomic int all;
	int64_t when[MOST_PROCESSES];
} *shared;

static void expect_receipts(void)
{
	shared->received = 0;
	shared->all = 0;
}

static void receipt(int self, int processes)
{
	shared->when[self] = now();
	if (++shared->received == processes) {
		shared->all = 1;
		syscall(SYS_futex, &shared->all, FUTEX_WAKE, 1, 0, 0, 0);
	}
}

static void wait_for_all(const char *init)
{
	const int64_t deadline = now() + PATIENCE_SECONDS * INT64_C(1000000000);
	const struct timespec second = { .tv_sec = 1 };

	while (!shared->all) {
		syscall(SYS_futex, &shared->all, FUTEX_WAIT, 0, &second, 0, 0);
		if (now() > deadline) {
			fprintf(stderr, "latency: %s: expected a signal to arrive in %d s, found it at %d processes\n",
				init, PATIENCE_SECONDS, shared->received);
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
static int program(int processes, int bystanders)
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
	receipt(self, processes);
	while (sigwait(&set, &signal) == 0 && signal == SIGUSR1)
		receipt(self, processes);
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

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "--program") == 0) {
		shared = inherited_memory(sizeof *shared, argv[2]);
		return program(atoi(argv[3]), atoi(argv[4]));
	}
	if (argc < 11 || atoi(argv[6]) > MOST_PROCESSES) {
		fprintf(stderr, "usage: latency ROUNDS SIGNALS GAP_US SENDER_CPU INIT_CPU PROCESSES CROWD HOGS CGROUP INIT...\n");
		return 1;
	}
	const int rounds = atoi(argv[1]), signals = atoi(argv[2]), gap = atoi(argv[3]);
	const int sender_cpu = atoi(argv[4]), init_cpu = atoi(argv[5]);
	const int processes = atoi(argv[6]), hogs = atoi(argv[8]), inits = argc - 10;
	char **init = argv + 10, memory[16];
	int order[inits];
	int64_t sample[signals];

	shared = shared_memory(sizeof *shared, memory);
	for (int i = 0; i < hogs; i++) {
		hog(init_cpu);
		if (sender_cpu != init_cpu)
			hog(sender_cpu);
	}
	stay_on(sender_cpu);
	for (int turn = 0; turn < rounds * inits; turn++) {
		if (turn % inits == 0)
			shuffle(order, inits);
		const int number = order[turn % inits];
		const int direct = strcmp(init[number], "-") == 0;
		char *const program[] = { own_path(), "--program", memory, argv[6],
					  direct ? "0" : argv[7], NULL };
		char *words[MOST_WORDS];

		command_line(words, init[number], program);
		expect_receipts();
		const pid_t pid = start_in_namespace(words, init_cpu, argv[9], direct);

		wait_for_all(init[number]);
		for (int s = -WARM_UP; s < signals; s++) {
			int64_t last = 0;

			if (gap)
				pause_for(gap + random() % (2 * gap));
			expect_receipts();
			const int64_t sent = now();

			if (kill(direct ? -pid : pid, SIGUSR1) < 0)
				fail("kill");
			wait_for_all(init[number]);
			for (int p = 0; p < processes; p++)
				if (shared->when[p] > last)
					last = shared->when[p];
			if (s >= 0)
				sample[s] = last - sent;
		}
		kill(direct ? -pid : pid, SIGTERM);
		expect_success(pid, init[number]);
		printf("%d", number);
		for (int s = 0; s < signals; s++)
			printf(" %lld", (long long)sample[s]);
		printf("\n");
	}
	return 0;
}

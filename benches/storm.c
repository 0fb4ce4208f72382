/* Times inits (common.h) that reap many children at once, side by side.
 *
 *     storm ROUNDS COUNT CGROUP INIT...
 *
 * Each time an init is started anew as process 1 of a PID namespace, on CPU 1,
 * and gets COUNT children that it has not started; all are in the cgroup whose list
 * of processes is the file CGROUP (-: in this process's). Twice they all end:
 *
 * live    with the init awake: the time from the first one's leave to end until
 *         all are reaped, most of which is the kernel's for ending them
 * ready   with the init stopped until all are zombies: the time from SIGCONT
 *         until all are reaped, which is the init's. As soon as the first one is
 *         reaped the init is sent SIGUSR1: the time until the main child has it,
 *         and how many zombies are reaped in between.
 *
 * Prints a line for each init in each round: its number, live nanoseconds, ready
 * nanoseconds, signal nanoseconds, zombies reaped before the signal. */

#include "common.h"
#include "futex.h"
#include <poll.h>

#define PATIENCE_SECONDS 120
#define LOOK_EVERY_US 50

enum stage { STARTING, LIVE, LIVE_DONE, STOPPED, ZOMBIES, CONTINUED, DONE };

static struct shared {
	_Atomic int stage;
	_Atomic int64_t received;
	int64_t continued, live, ready, signal, reaped_before;
} *shared;

/* The gate that the children wait at, in the memory that they share. */
static _Atomic int gate;
/* How many of them have not come to it yet. */
static _Atomic int missing;

static void reach(int stage)
{
	shared->stage = stage;
	wake(&shared->stage);
}

/* Asleep: who looked now and then would interrupt the init if on its processor. */
static void await(_Atomic int *what, int value)
{
	const int64_t deadline = now() + PATIENCE_SECONDS * INT64_C(1000000000);
	int found;

	while ((found = *what) != value) {
		sleep_while(what, found);
		if (now() > deadline) {
			fprintf(stderr, "storm: expected stage %d in %d s, found %d\n", value,
				PATIENCE_SECONDS, *what);
			exit(1);
		}
	}
}

/* Nothing here may use a C library's per-thread data: all children share it. */
static int child(void *unused)
{
	(void)unused;
	syscall(SYS_setpgid, 0, 0);
	if (--missing == 0)
		wake(&missing);
	/* Without a timer: there are many of them. */
	while (!gate)
		syscall(SYS_futex, &gate, FUTEX_WAIT, 0, 0, 0, 0);
	syscall(SYS_exit_group, 0);
	return 0;
}

static struct bystander *gather(int count)
{
	struct bystander *all;

	gate = 0;
	missing = count;
	all = crowd(count, child);
	await(&missing, 0);
	return all;
}

static void open_gate(void)
{
	gate = 1;
	wake(&gate);
}

/* How many, counted from the first, are reaped. Inits reap in that order. */
static int reaped(const struct bystander *all, int from, int count)
{
	while (from < count && kill(all[from].pid, 0) < 0 && errno == ESRCH)
		from++;
	return from;
}

/* The helper is a child of the init, too, so that its children can be. */
static void helper(int count)
{
	struct bystander *all = gather(count);
	int64_t sent;
	int first, before, at = 0;

	stay_on(0);
	reach(LIVE);
	sent = now();
	open_gate();
	while ((at = reaped(all, at, count)) < count)
		pause_for(LOOK_EVERY_US);
	shared->live = now() - sent;
	munmap(all, (size_t)(count + 1) * sizeof *all);

	stay_on(1);
	all = gather(count);
	stay_on(0);
	reach(LIVE_DONE);
	await(&shared->stage, STOPPED);
	open_gate();
	for (int i = 0; i < count; i++) {
		/* A pidfd is readable once its process is a zombie. */
		struct pollfd zombie = { .fd = (int)syscall(SYS_pidfd_open, all[i].pid, 0), .events = POLLIN };

		if (zombie.fd < 0 || poll(&zombie, 1, PATIENCE_SECONDS * 1000) != 1)
			fail("pidfd of a child that ends");
		close(zombie.fd);
	}
	reach(ZOMBIES);
	/* Without a pause: zombies go meanwhile. */
	while (shared->stage != CONTINUED)
		sched_yield();
	while ((first = reaped(all, 0, count)) == 0)
		;
	sent = now();
	kill(1, SIGUSR1);
	before = first;
	while (!shared->received && before < count)
		before = reaped(all, before, count);
	shared->reaped_before = before - first;
	/* Without a pause, whenever the signal came: every init has the same
	 * neighbour. */
	for (at = before; at < count; at = reaped(all, at, count))
		;
	shared->ready = now() - shared->continued;
	while (!shared->received)
		pause_for(LOOK_EVERY_US);
	shared->signal = shared->received - sent;
	reach(DONE);
	_exit(0);
}

static int program(int count)
{
	sigset_t set;
	int signal;
	pid_t pid;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, 0);
	pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		fail("clone");
	if (pid == 0)
		helper(count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	while (sigwait(&set, &signal) == 0 && signal == SIGUSR1)
		shared->received = now();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--program") == 0) {
		shared = inherited_memory(sizeof *shared, argv[2]);
		return program(atoi(argv[3]));
	}
	if (argc < 5 || atoi(argv[2]) < 1) {
		fprintf(stderr, "usage: storm ROUNDS COUNT CGROUP INIT...\n");
		return 1;
	}
	const int rounds = atoi(argv[1]), inits = argc - 4;
	char **init = argv + 4, memory[16];
	int order[inits], status;

	shared = shared_memory(sizeof *shared, memory);
	/* Not the init's processor: there SIGCONT has the init preempt who is about to tell of it. */
	stay_on(0);
	for (int turn = 0; turn < rounds * inits; turn++) {
		if (turn % inits == 0)
			shuffle(order, inits);
		const int number = order[turn % inits];
		char *const program[] = { own_path(), "--program", memory, argv[2], NULL };
		char *words[MOST_WORDS];

		memset(shared, 0, sizeof *shared);
		command_line(words, init[number], program);
		const pid_t pid = start_in_namespace(words, 1, argv[3], 1);

		await(&shared->stage, LIVE_DONE);
		kill(pid, SIGSTOP);
		if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
			fail("stop of the init");
		reach(STOPPED);
		await(&shared->stage, ZOMBIES);
		shared->continued = now();
		kill(pid, SIGCONT);
		reach(CONTINUED);
		await(&shared->stage, DONE);
		kill(pid, SIGTERM);
		expect_success(pid, init[number]);
		printf("%d %lld %lld %lld %lld\n", number, (long long)shared->live, (long long)shared->ready,
		       (long long)shared->signal, (long long)shared->reaped_before);
	}
	return 0;
}

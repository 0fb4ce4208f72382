/* Times lives of inits (common.h), side by side.
 *
 *     startup ROUNDS ROW CPU NAMESPACE PROGRAM INIT...
 *
 * Each time `INIT PROGRAM` is executed, on processor CPU (-1: any), if NAMESPACE
 * is 1 as process 1 of a PID namespace; ROW times before it is another init's turn.
 * PROGRAM may write the time of its first instruction to standard output, as born.c
 * does.
 *
 * Prints a line for each time: the init's number, then nanoseconds from just before
 * execve of the init to the program's first instruction (-1 if it did not tell), and
 * to the end of waitpid for the init. */

#include "common.h"

static char **words;
static int64_t started;

/* The child, in this process's memory and while this process sleeps, as after
 * vfork: forking a larger process would be measured too. */
static int child(void *unused)
{
	(void)unused;
	started = now();
	execve(words[0], words, environ);
	_exit(127);
}

int main(int argc, char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (argc < 7) {
		fprintf(stderr, "usage: startup ROUNDS ROW CPU NAMESPACE PROGRAM INIT...\n");
		return 1;
	}
	const int rounds = atoi(argv[1]), row = atoi(argv[2]), cpu = atoi(argv[3]), inits = argc - 6;
	const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD | (atoi(argv[4]) ? CLONE_NEWPID : 0);
	char *const program[] = { argv[5], NULL };
	int order[inits];
	char **line[inits], memory[16];
	struct timespec *born = shared_memory(sizeof *born, memory);
	FILE *result;
	int null;

	for (int i = 0; i < inits; i++) {
		line[i] = calloc(MOST_WORDS, sizeof *line[i]);
		if (!line[i])
			fail("calloc");
		command_line(line[i], argv[6 + i], program);
	}
	stay_on(cpu);
	/* The programs inherit /dev/null, the shared page as standard output, and
	 * nothing else. */
	result = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 3), "w");
	complaints = fcntl(2, F_DUPFD_CLOEXEC, 3);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (!result || null < 0 || dup2(null, 0) < 0 || dup2(atoi(memory), 1) < 0 || dup2(null, 2) < 0)
		fail("standard descriptors");
	close(atoi(memory));
	for (int time = 0; time < rounds * inits * row; time++) {
		if (time % (inits * row) == 0)
			shuffle(order, inits);
		const int number = order[time / row % inits];

		*born = (struct timespec){ 0 };
		words = line[number];
		const pid_t pid = clone(child, stack + sizeof stack, flags, 0);

		if (pid < 0)
			fail("clone");
		expect_success(pid, argv[6 + number]);
		const int64_t end = now();
		const int64_t first = (int64_t)born->tv_sec * 1000000000 + born->tv_nsec;

		fprintf(result, "%d %lld %lld\n", number, (long long)(first ? first - started : -1),
			(long long)(end - started));
	}
	if (fclose(result) != 0)
		fail("write");
	return 0;
}

/* Times whole lives of programs, side by side.
 *
 *     startup ROUNDS WARMUP CPU TARGET INIT...
 *
 * In each round every INIT runs `INIT TARGET` once, in a new random order, so
 * that slow drift and what one program leaves in the caches hit all alike. An
 * INIT of "-" runs TARGET itself. CPU is the processor to stay on, or -1.
 *
 * Prints one line a round: nanoseconds from before vfork to after waitpid, a
 * column for each INIT. vfork, because forking a process with samples in its
 * memory would be measured too. Built and read by scripts/startup. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Where complaints go: the standard error output that was ours. The programs
 * get /dev/null for it. */
static int complaints = 2;

static void fail(const char *what)
{
	dprintf(complaints, "startup: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t life(char *const argv[])
{
	int status;
	const int64_t before = now();
	const pid_t pid = vfork();

	if (pid == 0) {
		execve(argv[0], argv, environ);
		_exit(127);
	}
	if (pid < 0)
		fail("vfork");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	const int64_t after = now();
	if (status != 0) {
		dprintf(complaints, "startup: %s %s: expected wait status 0, found %d\n",
			argv[0], argv[1] ? argv[1] : "", status);
		exit(1);
	}
	return after - before;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fprintf(stderr, "usage: startup ROUNDS WARMUP CPU TARGET INIT...\n");
		return 1;
	}
	long rounds = atol(argv[1]), warmup = atol(argv[2]), cpu = atol(argv[3]);
	int inits = argc - 5, out, null;
	char *line[inits][3];
	int order[inits];
	int64_t *sample = calloc((size_t)(rounds * inits + 1), sizeof *sample);
	FILE *result;

	if (!sample)
		fail("calloc");
	if (cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof set, &set) < 0)
			fail("sched_setaffinity");
	}
	/* The programs inherit /dev/null and nothing else. */
	out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	result = out < 0 ? NULL : fdopen(out, "w");
	complaints = fcntl(2, F_DUPFD_CLOEXEC, 3);
	if (null < 0 || !result || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(null, 2) < 0)
		fail("/dev/null");

	for (int i = 0; i < inits; i++) {
		int bare = strcmp(argv[5 + i], "-") == 0;

		line[i][0] = bare ? argv[4] : argv[5 + i];
		line[i][1] = bare ? NULL : argv[4];
		line[i][2] = NULL;
		order[i] = i;
	}
	srandom((unsigned)now());
	for (long round = -warmup; round < rounds; round++) {
		for (int i = inits - 1; i > 0; i--) {
			int other = (int)(random() % (i + 1)), kept = order[i];

			order[i] = order[other];
			order[other] = kept;
		}
		for (int i = 0; i < inits; i++) {
			int64_t took = life(line[order[i]]);

			if (round >= 0)
				sample[round * inits + order[i]] = took;
		}
	}
	for (long round = 0; round < rounds; round++)
		for (int i = 0; i < inits; i++)
			fprintf(result, "%lld%c", (long long)sample[round * inits + i],
				i + 1 < inits ? ' ' : '\n');
	if (fclose(result) != 0)
		fail("write");
	return 0;
}

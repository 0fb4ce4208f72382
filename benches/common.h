/* What the measuring programs share. They run inits side by side: in each round
 * every init once, in a new random order, so that slow drift and what one
 * program leaves in the caches hit all alike.
 *
 * An init is a command, words separated by blanks, to which the program is
 * appended. "-" is no init at all: the program itself. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_WORDS 32

extern char **environ;

/* Where complaints go. */
static int complaints = 2;

static inline __attribute__((noreturn)) void fail(const char *what)
{
	dprintf(complaints, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

/* CLOCK_MONOTONIC in nanoseconds: one clock for all processors. */
static inline int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void pause_for(long microseconds)
{
	const struct timespec time = {
		.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000
	};

	nanosleep(&time, 0);
}

/* Stays on one processor, or on any if `cpu` is -1. */
static inline void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (cpu < 0 || i == cpu)
			CPU_SET(i, &set);
	if (sched_setaffinity(0, sizeof set, &set) < 0)
		fail("sched_setaffinity");
}

/* Memory that programs find again by the descriptor's number. */
static inline void *shared_memory(size_t size, char text[16])
{
	const int fd = memfd_create("shared", 0);
	void *memory;

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		fail("memfd_create");
	memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	snprintf(text, 16, "%d", fd);
	return memory;
}

static inline void *inherited_memory(size_t size, const char *fd)
{
	void *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

/* 0 to count - 1 in random order, a new one each time. */
static inline void shuffle(int order[], int count)
{
	static int seeded;

	if (!seeded) {
		srandom((unsigned)now());
		for (int i = 0; i < count; i++)
			order[i] = i;
		seeded = 1;
	}
	for (int i = count - 1; i > 0; i--) {
		const int other = (int)(random() % (i + 1)), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

/* The words of `init`, then those of `program`. */
static inline void command_line(char *words[MOST_WORDS], const char *init, char *const program[])
{
	int count = 0;

	if (strcmp(init, "-") != 0)
		for (char *word = strtok(strdup(init), " "); word; word = strtok(NULL, " "))
			if (count < MOST_WORDS / 2)
				words[count++] = word;
	while (*program && count < MOST_WORDS - 1)
		words[count++] = *program++;
	words[count] = NULL;
}

/* The path of this very program, for it plays the program under the init too. */
static inline char *own_path(void)
{
	static char path[4096];

	if (readlink("/proc/self/exe", path, sizeof path - 1) < 0)
		fail("/proc/self/exe");
	return path;
}

/* Joins the cgroup whose list of processes is the file `path`. */
static inline void join_cgroup(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1)
		fail(path);
	close(fd);
}

/* Runs `words` as process 1 of a new PID namespace, on `cpu`, in the cgroup whose
 * list of processes is the file `cgroup` ("-": in this process's). It leads a session
 * if it `leads`, as engines have it, and otherwise a process group in this process's
 * session. */
static inline pid_t start_in_namespace(char *words[], int cpu, const char *cgroup, int leads)
{
	const pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		stay_on(cpu);
		if (strcmp(cgroup, "-") != 0)
			join_cgroup(cgroup);
		if (leads)
			setsid();
		else
			setpgid(0, 0);
		execve(words[0], words, environ);
		_exit(127);
	}
	if (pid < 0)
		fail("clone of a PID namespace");
	return pid;
}

static inline void expect_success(pid_t pid, const char *init)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	if (status != 0) {
		dprintf(complaints, "%s: %s: expected wait status 0, found %d\n",
			program_invocation_short_name, init, status);
		exit(1);
	}
}

/* A process of the crowd has a stack of its own. */
struct bystander {
	char stack[2048] __attribute__((aligned(16)));
	pid_t pid;
};

/* Makes `count` children of this process's parent, the init: processes which the
 * init has not started, as orphans are. They share this process's memory, so
 * that they cost little more than their entries in the kernel's tables. `life`
 * must take them out of the program's process group. */
static inline struct bystander *crowd(int count, int (*life)(void *))
{
	struct bystander *all = mmap(0, (size_t)(count + 1) * sizeof *all, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (all == MAP_FAILED)
		fail("mmap");
	for (int i = 0; i < count; i++) {
		all[i].pid = clone(life, all[i].stack + sizeof all[i].stack,
				   CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_PARENT | SIGCHLD, 0);
		if (all[i].pid < 0)
			fail("clone of a child for the init");
	}
	return all;
}

/* The least init that waits in a poll, as sexton does: epoll_pwait, read of a
 * signalfd, kill, with no C library and nothing besides. What such an init takes
 * of a signal's way is what the kernel takes for the poll; what another takes
 * beyond this is its own doing. `poll /path/to/program [ARG...]`.
 *
 * Built by scripts/peers. */

#include "bare.h"
#include <linux/eventpoll.h>
#include <linux/sched.h>
#include <linux/signalfd.h>
#include <signal.h>

static inline __attribute__((always_inline)) void reap(long pid)
{
	int status = 0;
	long ended;

	while ((ended = call(__NR_wait4, -1, (long)&status, 1 /* WNOHANG */, 0)) > 0)
		if (ended == pid)
			call(__NR_exit_group, status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff, 0, 0, 0);
}

/* The child runs in the parent's frame while the parent sleeps, as in floor.c. */
__attribute__((noreturn, used)) void start(long *stack)
{
	long argc = stack[0];
	char **argv = (char **)(stack + 1);
	char **envp = argv + argc + 1;
	const unsigned long all = ~0UL, none = 0;
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct signalfd_siginfo info[2];
	long pid, signals, poll;

	if (argc < 2)
		for (;;)
			call(__NR_exit_group, 1, 0, 0, 0);
	call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, 0, sizeof all);
	pid = call(__NR_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0);
	if (pid == 0) {
		call(__NR_setsid, 0, 0, 0, 0);
		call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
		call(__NR_execve, (long)argv[1], (long)(argv + 1), (long)envp, 0);
		for (;;)
			call(__NR_exit_group, 127, 0, 0, 0);
	}
	signals = call(__NR_signalfd4, -1, (long)&all, sizeof all, O_CLOEXEC | O_NONBLOCK);
	poll = call(__NR_epoll_create1, EPOLL_CLOEXEC, 0, 0, 0);
	call(__NR_epoll_ctl, poll, EPOLL_CTL_ADD, signals, (long)&event);
	for (;;) {
		call(__NR_epoll_pwait, poll, (long)&event, 1, -1);
		const long size = call(__NR_read, signals, (long)info, sizeof info, 0);

		for (long i = 0; i < size / (long)sizeof info[0]; i++)
			if (info[i].ssi_signo == SIGCHLD)
				reap(pid);
			else
				call(__NR_kill, -pid, info[i].ssi_signo, 0, 0);
	}
}

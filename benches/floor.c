/* The floor: the least that anything can do which starts a program and waits
 * for it. `floor /path/to/program [ARG...]` is clone, execve, wait4 and exit
 * with no C library, no PATH search, no signals and no words. What an init
 * takes beyond this is its own cost.
 *
 * Built by scripts/peers. */

#include "bare.h"
#include <linux/sched.h>
#include <signal.h>

/* The child runs in the parent's frame while the parent sleeps. That is safe
 * because `call` is inlined: the child never returns past this frame. */
__attribute__((noreturn, used)) void start(long *stack)
{
	long argc = stack[0];
	char **argv = (char **)(stack + 1);
	char **envp = argv + argc + 1;
	int status = 0;
	long pid;

	if (argc < 2)
		for (;;)
			call(__NR_exit_group, 1, 0, 0, 0);
	pid = call(__NR_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0);
	if (pid == 0) {
		call(__NR_execve, (long)argv[1], (long)(argv + 1), (long)envp, 0);
		for (;;)
			call(__NR_exit_group, 127, 0, 0, 0);
	}
	call(__NR_wait4, pid, (long)&status, 0, 0);
	for (;;)
		call(__NR_exit_group,
		     status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff,
		     0, 0, 0);
}

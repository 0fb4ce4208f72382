/* Writes one byte to stdout when ready and one for each SIGUSR1. Whoever waits
 * for the byte before sending the next signal knows that no two have merged.
 * SIGTERM ends it with 0. `acknowledge COUNT` first gives its parent, the init,
 * COUNT further children, who sleep.
 *
 * Built by scripts/footprint, static against musl. */

#include "common.h"

static int sleeper(void *unused)
{
	(void)unused;
	syscall(SYS_setpgid, 0, 0);
	for (;;)
		syscall(SYS_ppoll, 0, 0, 0, 0, 0);
	return 0;
}

int main(int argc, char **argv)
{
	sigset_t set;
	int signal = 0;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, 0);
	if (argc > 1)
		crowd(atoi(argv[1]), sleeper);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	do {
		if (write(1, ".", 1) != 1)
			return 1;
		if (sigwait(&set, &signal) != 0)
			return 1;
	} while (signal == SIGUSR1);
	return 0;
}

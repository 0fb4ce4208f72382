/* Writes one byte to stdout when ready and one for each SIGUSR1. Whoever waits
 * for the byte before sending the next signal knows that no two have merged.
 * SIGTERM ends it with 0.
 *
 * Built by scripts/footprint, static against musl. */

#include <signal.h>
#include <unistd.h>

int main(void)
{
	sigset_t set;
	int signal = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, 0);
	do {
		if (write(1, ".", 1) != 1)
			return 1;
		if (sigwait(&set, &signal) != 0)
			return 1;
	} while (signal == SIGUSR1);
	return 0;
}

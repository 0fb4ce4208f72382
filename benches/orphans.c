/* Leaves init with many orphans that all end in the same moment.
 *
 *     orphans COUNT
 *
 * Prints "COUNT adopted" once every one of them has process 1 as its parent, and
 * then lets them go. Built by scripts/container, static against musl. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void orphan(int adopted, int gate)
{
	char byte;

	while (getppid() != 1)
		usleep(100);
	if (write(adopted, ".", 1) != 1)
		_exit(1);
	/* The end of the gate's writer opens it. */
	_exit(read(gate, &byte, 1) == 0 ? 0 : 1);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;
	int adopted[2], gate[2];
	char byte;

	if (count <= 0 || pipe(adopted) < 0 || pipe(gate) < 0) {
		fprintf(stderr, "usage: orphans COUNT\n");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		pid_t parent = fork();

		if (parent == 0) {
			pid_t child = fork();

			if (child == 0) {
				close(gate[1]);
				orphan(adopted[1], gate[0]);
			}
			_exit(child < 0);
		}
		int status;

		if (parent < 0 || waitpid(parent, &status, 0) != parent || status != 0) {
			perror("orphans: fork");
			return 1;
		}
	}
	for (int i = 0; i < count; i++)
		if (read(adopted[0], &byte, 1) != 1) {
			perror("orphans: read");
			return 1;
		}
	printf("%d adopted\n", count);
	return 0;
}

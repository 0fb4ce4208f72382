/* futex(2) between processes. Not in common.h, which musl-gcc, too, compiles: that has no
 * headers of the kernel. */

#include <linux/futex.h>

/* Wakes whoever sleeps while `what` is something else than it has become. */
static inline void wake(_Atomic int *what)
{
	syscall(SYS_futex, what, FUTEX_WAKE, INT32_MAX, 0, 0, 0);
}

/* Sleeps while `what` is `value`, for a second at most. */
static inline void sleep_while(_Atomic int *what, int value)
{
	const struct timespec second = { .tv_sec = 1 };

	syscall(SYS_futex, what, FUTEX_WAIT, value, &second, 0, 0);
}

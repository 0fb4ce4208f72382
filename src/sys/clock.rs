//! The monotonic clock: clock_gettime(2).

use super::{arch, word};

/// `clock_gettime(CLOCK_MONOTONIC)` in milliseconds, rounded down.
#[doc(alias = "clock_gettime")]
#[must_use]
pub fn now() -> u64 {
    let mut time = [0u64; 2];
    // SAFETY: the kernel writes one struct timespec, two words wide on the
    // architectures there are.
    let _ = unsafe { arch::syscall2(libc::SYS_clock_gettime, word(libc::CLOCK_MONOTONIC), time.as_mut_ptr() as usize) };
    let [seconds, nanoseconds] = time;
    seconds.wrapping_mul(1000).wrapping_add(nanoseconds / 1_000_000)
}

/// The kernel's struct timespec for so many milliseconds.
pub(super) fn timespec(milliseconds: u32) -> [u64; 2] {
    let milliseconds = u64::from(milliseconds);
    [milliseconds / 1000, milliseconds % 1000 * 1_000_000]
}

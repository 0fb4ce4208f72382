//! Descriptors: init's own stay clear of 0 to 2, the inherited ones go.

use super::{arch, done, number, word};
use crate::error::Errno;

/// Where sandboxes or old kernels (before 5.9) refuse close_range, descriptors
/// from 3 up to this one are closed one by one.
const CLOSE_UP_TO: i32 = 65_536;

/// `close(fd)`: close(2).
pub fn close(fd: i32) {
    // SAFETY: takes no pointers; callers close only what is init's to close.
    // Errors are of no use: on Linux the descriptor is gone in any case.
    let _ = unsafe { arch::syscall1(libc::SYS_close, word(fd)) };
}

/// `fcntl(fd, F_DUPFD_CLOEXEC, 3)`, and closes `fd`: the same description
/// under a number that no program takes for a standard stream. fcntl(2).
///
/// # Errors
/// EMFILE; `fd` is closed then too.
#[doc(alias = "fcntl")]
pub fn above_standard(fd: i32) -> Result<i32, Errno> {
    if fd > 2 {
        return Ok(fd);
    }
    // SAFETY: takes no pointers.
    let moved = unsafe { arch::syscall3(libc::SYS_fcntl, word(fd), word(libc::F_DUPFD_CLOEXEC), 3) };
    close(fd);
    number(moved)
}

/// Runs `make` with every closed descriptor below 3 occupied by a duplicate of
/// `fd`, so that what `make` opens lands above 2.
#[cold]
pub fn with_standard_occupied<T>(fd: i32, make: impl FnOnce() -> T) -> T {
    let mut plugs = [-1; 3];
    for plug in &mut plugs {
        // SAFETY: takes no pointers.
        *plug =
            number(unsafe { arch::syscall3(libc::SYS_fcntl, word(fd), word(libc::F_DUPFD_CLOEXEC), 0) }).unwrap_or(-1);
        if *plug > 2 {
            break;
        }
    }
    let made = make();
    plugs.into_iter().filter(|&plug| plug >= 0).for_each(close);
    made
}

/// `close_range(first, last, 0)` around `keep`: closes every descriptor above
/// 2 but these (a negative one is none). close_range(2).
#[doc(alias = "close_range")]
pub fn close_all_but(keep: [i32; 3]) {
    let mut first = 3;
    // The gap before the lowest one that is kept, then before the next.
    while let Some(next) = keep.into_iter().filter(|&fd| fd >= first).min() {
        close_from_to(first, next.wrapping_sub(1), next.wrapping_sub(1));
        first = next.wrapping_add(1);
    }
    close_from_to(first, i32::MAX, CLOSE_UP_TO);
}

fn close_from_to(first: i32, last: i32, last_by_hand: i32) {
    if first > last {
        return;
    }
    // SAFETY: takes no pointers.
    let closed = unsafe { arch::syscall3(SYS_CLOSE_RANGE, word(first), word(last), 0) };
    if done(closed).is_err() {
        for fd in first..=last_by_hand {
            close(fd);
        }
    }
}

/// The same number on every architecture; libc lacks it on some.
const SYS_CLOSE_RANGE: libc::c_long = 436;

//! Descriptors: init's own stay clear of 0 to 2, the inherited ones go.

use super::{arch, done, low, number, word};
use crate::error::Errno;
use core::ffi::{CStr, c_char};

/// Where sandboxes or old kernels (before 5.9) refuse close_range, descriptors
/// from 3 up to this one are closed one by one.
const CLOSE_UP_TO: i32 = 65_536;

/// `close(fd)`: close(2).
pub fn close(fd: i32) {
    // SAFETY: takes no pointers; callers close only what is init's to close.
    // Errors are of no use: on Linux the descriptor is gone in any case.
    let _ = unsafe { arch::syscall1(libc::SYS_close, word(fd)) };
}

/// `open(path, how | O_CLOEXEC | O_NOCTTY, 0600)`, numbered above 2. open(2).
///
/// # Errors
/// Those of open; EMFILE.
#[inline(always)]
pub(super) fn open(path: &CStr, how: i32) -> Result<i32, Errno> {
    // SAFETY: it is a path.
    unsafe { open_at(path.as_ptr(), how) }
}

/// # Safety
/// `path` is null-terminated.
#[inline(never)]
pub(super) unsafe fn open_at(path: *const c_char, how: i32) -> Result<i32, Errno> {
    let how = word(how | libc::O_CLOEXEC | libc::O_NOCTTY);
    // SAFETY: the caller vouches for the path.
    let opened = unsafe { arch::syscall4(libc::SYS_openat, word(libc::AT_FDCWD), path as usize, how, 0o600) };
    above_standard(number(opened)?)
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

/// Occupies every closed descriptor below 3 with a duplicate of `fd`, so that
/// what is opened next lands above 2. The answer is for [`unplug`].
#[cold]
#[must_use]
pub fn plug(fd: i32) -> u32 {
    let mut plugs = 0;
    loop {
        // SAFETY: takes no pointers.
        let plugged = unsafe { arch::syscall3(libc::SYS_fcntl, word(fd), word(libc::F_DUPFD_CLOEXEC), 0) };
        let plugged = low(plugged);
        if !matches!(plugged, 0..=2) {
            // Above them, or an error, which is no descriptor.
            close(plugged);
            return plugs;
        }
        plugs |= 1 << plugged;
    }
}

/// Closes what [`plug`] opened.
#[cold]
pub fn unplug(plugs: u32) {
    (0..3).filter(|plug| plugs >> plug & 1 == 1).for_each(close);
}

/// `close_range(3, ~0, 0)`: closes every descriptor above 2. close_range(2).
#[doc(alias = "close_range")]
pub fn close_inherited() {
    // SAFETY: takes no pointers.
    let closed = unsafe { arch::syscall3(SYS_CLOSE_RANGE, 3, u32::MAX as usize, 0) };
    if done(closed).is_err() {
        (3..=CLOSE_UP_TO).for_each(close);
    }
}

/// The same number on every architecture; libc lacks it on some.
const SYS_CLOSE_RANGE: libc::c_long = 436;

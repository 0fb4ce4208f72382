//! Init copies itself: for a volume that it is to be started from.

use super::fd::open;
use super::word::{Word, join};
use super::{arch, done, word};
use crate::error::Errno;
use core::ffi::CStr;
use core::mem::MaybeUninit;

/// Copies the file that this process runs to `to`, executable for all, at once:
/// a new file beside it takes its name. Whoever runs an older copy goes on with
/// that.
///
/// # Errors
/// Those of open(2), sendfile(2), fchmod(2) and rename(2); then nothing is left
/// behind.
#[cold]
#[inline(never)]
pub fn install(to: Word) -> Result<(), Errno> {
    let mut suffix = [0u8; 8];
    // SAFETY: the kernel writes eight bytes; another name does without them.
    let _ = unsafe { arch::syscall3(libc::SYS_getrandom, suffix.as_mut_ptr() as usize, suffix.len(), 0) };
    for byte in &mut suffix {
        *byte = b'a'.wrapping_add(*byte & 15);
    }
    let mut room = [MaybeUninit::uninit(); 4096];
    let beside = join(&mut room, &[to.until(0), b".", &suffix]).ok_or(Errno::NAMETOOLONG)?;
    // Init exits next, and that closes both.
    let from = open(c"/proc/self/exe", libc::O_RDONLY)?;
    let copy = open(beside, libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL)?;
    let outcome = fill(copy, from).and_then(|()| rename(beside, to));
    if outcome.is_err() {
        unlink(beside);
    }
    outcome
}

/// `sendfile(to, from)` to the end, then `fchmod(to, 0755)` and `fsync(to)`.
fn fill(to: i32, from: i32) -> Result<(), Errno> {
    loop {
        // SAFETY: takes no pointers but a null.
        let sent = unsafe { arch::syscall4(libc::SYS_sendfile, word(to), word(from), 0, 1 << 20) };
        if sent <= 0 {
            done(sent)?;
            break;
        }
    }
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall2(libc::SYS_fchmod, word(to), 0o755) })?;
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall1(libc::SYS_fsync, word(to)) })
}

fn rename(from: &CStr, to: Word) -> Result<(), Errno> {
    let here = word(libc::AT_FDCWD);
    // SAFETY: both are paths.
    done(unsafe { arch::syscall5(libc::SYS_renameat2, here, from.as_ptr() as usize, here, to.as_ptr() as usize, 0) })
}

fn unlink(path: &CStr) {
    // SAFETY: it is a path.
    let _ = unsafe { arch::syscall3(libc::SYS_unlinkat, word(libc::AT_FDCWD), path.as_ptr() as usize, 0) };
}

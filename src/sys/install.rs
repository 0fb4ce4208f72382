//! Init copies itself: for a volume that it is to be started from.

use super::fd::{close, open};
use super::file::{LONGEST_PATH, join};
use super::word::Word;
use super::{arch, done, number, word};
use crate::error::Errno;
use core::ffi::CStr;

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
    let target = to.as_c_str();
    let mut buffer = [0; LONGEST_PATH];
    let beside = join(&mut buffer, &[target.to_bytes(), b".", &suffix]).ok_or(Errno::NAMETOOLONG)?;
    let from = open(c"/proc/self/exe", libc::O_RDONLY)?;
    let outcome = open(beside, libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL).and_then(|copy| {
        let copied = fill(copy, from);
        close(copy);
        let renamed = copied.and_then(|()| rename(beside, target));
        if renamed.is_err() {
            unlink(beside);
        }
        renamed
    });
    close(from);
    outcome
}

/// `sendfile(to, from)` to the end, then `fchmod(to, 0755)` and `fsync(to)`.
fn fill(to: i32, from: i32) -> Result<(), Errno> {
    loop {
        // SAFETY: takes no pointers but a null.
        match number(unsafe { arch::syscall4(libc::SYS_sendfile, word(to), word(from), 0, 1 << 20) }) {
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall2(libc::SYS_fchmod, word(to), 0o755) })?;
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall1(libc::SYS_fsync, word(to)) })
}

fn rename(from: &CStr, to: &CStr) -> Result<(), Errno> {
    let here = word(libc::AT_FDCWD);
    // SAFETY: both are paths.
    done(unsafe { arch::syscall5(libc::SYS_renameat2, here, from.as_ptr() as usize, here, to.as_ptr() as usize, 0) })
}

fn unlink(path: &CStr) {
    // SAFETY: it is a path.
    let _ = unsafe { arch::syscall3(libc::SYS_unlinkat, word(libc::AT_FDCWD), path.as_ptr() as usize, 0) };
}

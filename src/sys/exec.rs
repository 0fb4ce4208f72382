//! execvp(3) without a C library: the search along PATH, in the child.

use super::args::Args;
use super::child::Failure;
use super::{arch, done, word};
use crate::error::Errno;
use crate::text::cut;
use crate::topic::Topic;
use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr;

/// Longest path the kernel takes, its null included: PATH_MAX.
const LONGEST_PATH: usize = 4096;

/// What is to be executed, and how it is looked for.
pub(super) struct Program {
    pub args: Args,
    /// Which argument is the program, never 0.
    pub index: usize,
    /// Directories, separated by colons; an empty one is the current one.
    pub path: &'static [u8],
    /// Files of no known format are given to /bin/sh.
    pub shell_fallback: bool,
}

impl Program {
    /// Executes it, or tells why not. ENOENT, though there is such a file,
    /// means that what it names to run it is missing; EACCES outlasts the
    /// ENOENT of other directories.
    pub fn execute(&self) -> Failure {
        // execve only returns with an error.
        let errno = self.search(&|path| self.try_file(path)).err().unwrap_or(Errno::IO);
        let topic = match errno {
            Errno::NOENT if self.search(&exists).is_ok() => Topic::ExecNoInterpreter,
            Errno::NOENT => Topic::ExecNotFound,
            _ => Topic::ExecFailed,
        };
        Failure { topic, errno }
    }

    /// Tries the program's name as it is if it has a slash, otherwise in each
    /// directory of the path, until an error says that looking on is no use.
    fn search(&self, attempt: &dyn Fn(*const c_char) -> Result<(), Errno>) -> Result<(), Errno> {
        let name = self.args.argument(self.index).unwrap_or(b"");
        if cut(name, b'/').1.is_some() {
            // SAFETY: `index` is an argument's, so there is a string.
            return attempt(unsafe { *self.args.argv_from(self.index) });
        }
        if name.is_empty() {
            return Err(Errno::NOENT);
        }
        let mut remembered = Errno::NOENT;
        let mut rest = Some(self.path);
        while let Some(path) = rest {
            let (directory, others) = cut(path, b':');
            rest = others;
            match in_directory(directory, name, attempt) {
                // Not here: exactly the errors after which glibc looks on.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::NODEV | Errno::STALE | Errno::TIMEDOUT) => {}
                Err(Errno::ACCES) => remembered = Errno::ACCES,
                other => return other,
            }
        }
        Err(remembered)
    }

    /// `execve(path, argv, envp)`: execve(2).
    fn try_file(&self, path: *const c_char) -> Result<(), Errno> {
        let argv = self.args.argv_from(self.index);
        let tried = execve(path, argv.cast_const(), self.args.envp());
        if tried != Err(Errno::NOEXEC) || !self.shell_fallback {
            return tried;
        }
        // As execvp does: sh FILE ARGUMENTS. The words before the program,
        // init's own name at least, make room for sh.
        let (file, sh) = (path, c"/bin/sh".as_ptr());
        // SAFETY: `index` is never 0, and the array is init's to change.
        unsafe {
            let before = argv.sub(1);
            let name = ptr::replace(argv, file);
            let word = ptr::replace(before, sh);
            let tried = execve(sh, before.cast_const(), self.args.envp());
            ptr::write(argv, name);
            ptr::write(before, word);
            tried
        }
    }
}

/// `faccessat(path, F_OK)`: access(2).
fn exists(path: *const c_char) -> Result<(), Errno> {
    // SAFETY: `path` is null-terminated.
    done(unsafe { arch::syscall3(libc::SYS_faccessat, word(libc::AT_FDCWD), path as usize, 0) })
}

fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> Result<(), Errno> {
    // SAFETY: `path` is null-terminated, the arrays are as the kernel made them.
    done(unsafe { arch::syscall3(libc::SYS_execve, path as usize, argv as usize, envp as usize) })
}

/// Calls `attempt` with `directory/name`. Out of line, for its frame is a page
/// that a program with a slash in its name need not touch.
#[inline(never)]
fn in_directory(
    directory: &[u8],
    name: &[u8],
    attempt: &dyn Fn(*const c_char) -> Result<(), Errno>,
) -> Result<(), Errno> {
    // Filled from its end, so that of these 4 KiB of stack only what is used,
    // beside the frame, becomes resident; never initialised as a whole.
    let mut buffer = [MaybeUninit::<u8>::uninit(); LONGEST_PATH];
    let mut room = buffer.iter_mut().rev();
    let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
    let mut start: *const c_char = ptr::null();
    for part in [&b"\0"[..], name, slash, directory] {
        for &byte in part.iter().rev() {
            // A directory whose name has no room is passed over, as by glibc.
            let Some(place) = room.next() else { return Err(Errno::NOENT) };
            start = ptr::from_mut(place.write(byte)).cast_const().cast();
        }
    }
    attempt(start)
}

//! execvp(3) without a C library: the search along PATH, in the child.

use super::child::{Birth, Failure};
use super::word::{Word, join};
use super::{arch, done, word};
use crate::error::Errno;
use crate::topic::Topic;
use core::cell::Cell;
use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// Longest path the kernel takes, its null included: PATH_MAX.
const LONGEST_PATH: usize = 4096;

/// What is done with each path that the program may have.
type Attempt = fn(&Birth<'_>, *const c_char) -> Result<(), Errno>;

/// Executes the program, or tells why not. ENOENT, though there is such a
/// file, means that what it names to run it is missing; EACCES outlasts the
/// ENOENT of other directories.
pub(super) fn execute(birth: &Birth<'_>) -> Failure {
    // execve only returns with an error.
    let errno = search(birth, try_file).err().unwrap_or(Errno::IO);
    let topic = match errno {
        Errno::NOENT if search(birth, exists).is_ok() => Topic::ExecNoInterpreter,
        _ => Topic::ExecFailed,
    };
    Failure { topic, errno }
}

/// Tries the program's name as it is if it has a slash, otherwise in each
/// directory of PATH, until an error says that looking on is no use.
fn search(birth: &Birth<'_>, attempt: Attempt) -> Result<(), Errno> {
    let name = birth.args.argv().get(birth.program).map_or(Word::EMPTY, Cell::get);
    if name.find(b'/').is_some() {
        return attempt(birth, name.as_ptr());
    }
    if name.is_empty() {
        return Err(Errno::NOENT);
    }
    let mut remembered = Errno::NOENT;
    // Directories, separated by colons; an empty one is the current one.
    let path = birth.args.variable(Word::of(c"PATH="));
    let mut rest = Some(path.map_or(birth.dialect.default_path, |(path, _)| path));
    while let Some(path) = rest {
        match in_directory(birth, path, name, attempt) {
            // Not here: exactly the errors after which glibc looks on. It
            // tells the last of them, too.
            Err(
                errno @ (Errno::ACCES | Errno::NOENT | Errno::NOTDIR | Errno::NODEV | Errno::STALE | Errno::TIMEDOUT),
            ) => {
                if errno == Errno::ACCES || birth.dialect.execvp && remembered != Errno::ACCES {
                    remembered = errno;
                }
            }
            other => return other,
        }
        rest = path.find(b':');
    }
    Err(remembered)
}

/// `execve(path, argv, envp)`: execve(2).
fn try_file(birth: &Birth<'_>, path: *const c_char) -> Result<(), Errno> {
    let tried = execve(path, birth.args.argv_from(birth.program), birth.args.envp());
    if tried != Err(Errno::NOEXEC) || !birth.dialect.execvp {
        return tried;
    }
    // As execvp does: sh FILE ARGUMENTS. The words before the program, init's
    // own name at least, make room for sh.
    let before = birth.program.wrapping_sub(1);
    let argv = birth.args.argv();
    let (Some(first), Some(second)) = (argv.get(before), argv.get(birth.program)) else { return tried };
    // SAFETY: a path that is about to be executed is null-terminated, and it
    // is only read until execve returns.
    let file = unsafe { Word::new(NonNull::new_unchecked(path.cast_mut().cast())) };
    let sh = Word::of(c"/bin/sh");
    let words = (first.replace(sh), second.replace(file));
    let tried = execve(sh.as_ptr(), birth.args.argv_from(before), birth.args.envp());
    first.set(words.0);
    second.set(words.1);
    tried
}

/// `faccessat(path, F_OK)`: access(2).
fn exists(_: &Birth<'_>, path: *const c_char) -> Result<(), Errno> {
    // SAFETY: `path` is null-terminated.
    done(unsafe { arch::syscall3(libc::SYS_faccessat, word(libc::AT_FDCWD), path as usize, 0) })
}

fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> Result<(), Errno> {
    // SAFETY: `path` is null-terminated, the arrays are as the kernel made them.
    done(unsafe { arch::syscall3(libc::SYS_execve, path as usize, argv as usize, envp as usize) })
}

/// Calls `attempt` with the path of `name` in the directory with which `path`
/// begins. Out of line, for its frame is a page that a program with a slash in
/// its name need not touch.
#[inline(never)]
fn in_directory(birth: &Birth<'_>, path: Word, name: Word, attempt: Attempt) -> Result<(), Errno> {
    // Its beginning is next to the frame: so of these 4 KiB of stack only what is
    // needed becomes resident; it is never initialised as a whole.
    let mut buffer = [MaybeUninit::<u8>::uninit(); LONGEST_PATH];
    let directory = path.until(b':');
    let slash = b"/".get(..directory.len().min(1)).unwrap_or_default();
    // A directory whose name has no room is passed over, as by glibc.
    let path = join(&mut buffer, &[directory, slash, name.until(0)]).ok_or(Errno::NOENT)?;
    attempt(birth, path.as_ptr())
}

//! execvp(3) without a C library: the search along PATH, in the child.

use super::child::{Birth, Failure};
use super::word::Word;
use super::{arch, done, word};
use crate::error::Errno;
use crate::topic::Topic;
use core::cell::Cell;
use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// Longest path the kernel takes, its null included: PATH_MAX.
const LONGEST_PATH: usize = 4096;

/// Executes the program, or tells why not. ENOENT, though there is such a
/// file, means that what it names to run it is missing; EACCES outlasts the
/// ENOENT of other directories.
pub(super) fn execute(birth: &Birth<'_>) -> Failure {
    // execve only returns with an error.
    let errno = search(birth, &|path| try_file(birth, path)).err().unwrap_or(Errno::IO);
    let topic = match errno {
        Errno::NOENT if search(birth, &exists).is_ok() => Topic::ExecNoInterpreter,
        _ => Topic::ExecFailed,
    };
    Failure { topic, errno }
}

/// Tries the program's name as it is if it has a slash, otherwise in each
/// directory of PATH, until an error says that looking on is no use.
fn search(birth: &Birth<'_>, attempt: &dyn Fn(*const c_char) -> Result<(), Errno>) -> Result<(), Errno> {
    let name = birth.args.argv().get(birth.program).map_or(Word::EMPTY, Cell::get);
    if name.find(b'/').is_some() {
        return attempt(name.as_ptr());
    }
    if name.is_empty() {
        return Err(Errno::NOENT);
    }
    let mut remembered = Errno::NOENT;
    // Directories, separated by colons; an empty one is the current one.
    let path = birth.args.variable(Word::of(c"PATH=")).map(|(path, _)| path);
    let mut rest = path.or(Some(birth.dialect.default_path));
    while let Some(path) = rest {
        match in_directory(path, name, attempt) {
            // Not here: exactly the errors after which glibc looks on. It
            // tells the last of them, too.
            Err(errno @ (Errno::NOENT | Errno::NOTDIR | Errno::NODEV | Errno::STALE | Errno::TIMEDOUT)) => {
                if birth.dialect.execvp && remembered != Errno::ACCES {
                    remembered = errno;
                }
            }
            Err(Errno::ACCES) => remembered = Errno::ACCES,
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
fn exists(path: *const c_char) -> Result<(), Errno> {
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
fn in_directory(path: Word, name: Word, attempt: &dyn Fn(*const c_char) -> Result<(), Errno>) -> Result<(), Errno> {
    let directory = path.bytes().take_while(|&byte| byte != b':').count();
    let slash = directory.min(1);
    let length = directory.wrapping_add(slash).wrapping_add(name.bytes().count());
    // Its end is used, so that of these 4 KiB of stack only what is needed,
    // beside the frame, becomes resident; it is never initialised as a whole.
    let mut buffer = [MaybeUninit::<u8>::uninit(); LONGEST_PATH];
    // A directory whose name has no room is passed over, as by glibc.
    let start = LONGEST_PATH.checked_sub(length.wrapping_add(1)).ok_or(Errno::NOENT)?;
    let text = buffer.get_mut(start..).unwrap_or_default();
    let mut room = text.iter_mut();
    let mut copy = |word: Word, length: usize| {
        for (byte, place) in word.bytes().take(length).zip(&mut room) {
            place.write(byte);
        }
    };
    copy(path, directory);
    copy(Word::of(c"/"), slash);
    copy(name, usize::MAX);
    if let Some(place) = text.last_mut() {
        place.write(0);
    }
    attempt(text.as_ptr().cast())
}

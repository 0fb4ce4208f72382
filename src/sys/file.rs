//! The few files that init reads or writes, none of which it needs unless it
//! was asked to.

use super::fd::close;
use super::word::Word;
use super::{arch, done, number, word};
use crate::account::File;
use crate::error::Errno;
use crate::text::digits;

/// Longest field that is told; a longer one is told as none.
const LONGEST_FIELD: usize = 256;

/// Longest path that is put together here, its null included.
const LONGEST_PATH: usize = 4096;

/// `open(path, how | O_CLOEXEC, 0600)`: open(2).
fn open(path: &[u8], how: i32) -> Result<i32, Errno> {
    // SAFETY: the path is null-terminated.
    let opened = unsafe {
        arch::syscall4(
            libc::SYS_openat,
            word(libc::AT_FDCWD),
            path.as_ptr() as usize,
            word(how | libc::O_CLOEXEC | libc::O_NOCTTY),
            0o600,
        )
    };
    super::fd::above_standard(number(opened)?)
}

/// Tells `visit` each byte of a file.
fn bytes(path: &[u8], visit: &mut dyn FnMut(u8)) -> Result<(), Errno> {
    let file = open(path, libc::O_RDONLY)?;
    let mut buffer = [0u8; 512];
    let outcome = loop {
        // SAFETY: the kernel writes at most as many bytes as there are.
        let read = unsafe { arch::syscall3(libc::SYS_read, word(file), buffer.as_mut_ptr() as usize, buffer.len()) };
        match number(read) {
            Ok(0) => break Ok(()),
            Ok(count) => buffer.iter().take(count.unsigned_abs() as usize).for_each(|&byte| visit(byte)),
            Err(Errno::INTR) => {}
            Err(errno) => break Err(errno),
        }
    };
    close(file);
    outcome
}

/// Tells each field of passwd(5) or group(5): see [`crate::account::Reader`].
///
/// # Errors
/// Those of open(2) and read(2).
pub fn accounts(file: File, visit: &mut dyn FnMut(usize, &[u8])) -> Result<(), Errno> {
    fields(if file == File::Users { b"/etc/passwd\0" } else { b"/etc/group\0" }, visit)
}

/// Tells each field of a file of lines, with its number in the line. Fields end
/// at `:`, their parts at `,`.
fn fields(path: &[u8], visit: &mut dyn FnMut(usize, &[u8])) -> Result<(), Errno> {
    let mut field = [0u8; LONGEST_FIELD];
    let mut len = 0usize;
    let mut at = 0usize;
    let mut take = |byte| match byte {
        b':' | b',' | b'\n' => {
            visit(at, field.get(..len).unwrap_or_default());
            len = 0;
            at = match byte {
                b':' => at.wrapping_add(1),
                b',' => at,
                _ => 0,
            };
        }
        _ => {
            if let Some(place) = field.get_mut(len) {
                *place = byte;
            }
            len = len.wrapping_add(1);
        }
    };
    bytes(path, &mut take)?;
    // The last line may lack its end.
    take(b'\n');
    Ok(())
}

/// Tells the pid of each of init's children, where there is a /proc that knows
/// them: proc_tid_children(5).
pub fn each_child(visit: &mut dyn FnMut(i32)) {
    let mut pid = 0i32;
    let _ = bytes(b"/proc/thread-self/children\0", &mut |byte| match byte {
        b'0'..=b'9' => pid = pid.wrapping_mul(10).wrapping_add(i32::from(byte & 15)),
        _ => {
            if pid > 0 {
                visit(pid);
            }
            pid = 0;
        }
    });
}

/// How many processes of init's cgroup were killed for want of memory, as far
/// as that can be known: `oom_kill` in memory.events of version 2 and in
/// memory.oom_control of version 1. cgroups(7).
#[must_use]
pub fn oom_kills() -> u32 {
    let mut kills = None;
    let (mut old, mut new) = (false, false);
    // HIERARCHY:CONTROLLERS:PATH, of which version 2 has no controllers.
    let _ = fields(b"/proc/self/cgroup\0", &mut |at, field| match at {
        0 => (old, new) = (false, false),
        1 => {
            old |= field == b"memory";
            new |= field.is_empty();
        }
        2 if old || new => {
            let (root, file): (&[u8], &[u8]) = match old {
                true => (b"/sys/fs/cgroup/memory", b"/memory.oom_control"),
                false => (b"/sys/fs/cgroup", b"/memory.events"),
            };
            // In a container its own cgroup may be mounted in the root's place.
            kills = kills.or_else(|| oom_kills_in(&[root, field, file])).or_else(|| oom_kills_in(&[root, file]));
        }
        _ => {}
    });
    kills.unwrap_or(0)
}

fn oom_kills_in(path: &[&[u8]]) -> Option<u32> {
    let mut kills = None;
    // How much of it has been read; all of it, and its number follows.
    let name = b"oom_kill ";
    let mut known = Some(0usize);
    let mut take = |byte| match known {
        _ if byte == b'\n' => known = Some(0),
        Some(len) if len == name.len() => {
            kills = Some(kills.unwrap_or(0u32).wrapping_mul(10).wrapping_add(u32::from(byte & 15)));
        }
        Some(len) => known = (name.get(len) == Some(&byte)).then(|| len.wrapping_add(1)),
        None => {}
    };
    let mut buffer = [0; LONGEST_PATH];
    bytes(join(&mut buffer, path)?, &mut take).ok()?;
    kills
}

/// One path of these parts, with a null at its end.
fn join<'a>(buffer: &'a mut [u8; LONGEST_PATH], parts: &[&[u8]]) -> Option<&'a [u8]> {
    let mut len = 0usize;
    for &byte in parts.iter().copied().flatten().chain(&[0]) {
        *buffer.get_mut(len)? = byte;
        len = len.wrapping_add(1);
    }
    buffer.get(..len)
}

/// A file to put a few lines into.
pub struct Log(i32);

impl Log {
    /// `open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK)`: open(2).
    ///
    /// # Errors
    /// Those of open; ENXIO for a pipe that nobody reads.
    pub fn open(path: Word) -> Result<Self, Errno> {
        let how = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC | libc::O_NONBLOCK;
        let log = open(terminated(path), how)?;
        // Whoever reads it is somebody else.
        // SAFETY: takes no pointers.
        let _ = unsafe { arch::syscall2(libc::SYS_fchmod, word(log), 0o644) };
        Ok(Self(log))
    }

    /// `write(text)`: write(2).
    ///
    /// # Errors
    /// Those of write.
    pub fn write(&self, text: &[u8]) -> Result<(), Errno> {
        // SAFETY: the kernel reads `text.len()` bytes of `text`.
        number(unsafe { arch::syscall3(libc::SYS_write, word(self.0), text.as_ptr() as usize, text.len()) }).map(|_| ())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        close(self.0);
    }
}

/// A word as bytes with its null.
fn terminated(text: Word) -> &'static [u8] {
    text.with_null()
}

/// Copies the file that this process runs to `to`, executable for all, at once:
/// a new file beside it takes its name. Whoever runs an older copy goes on with
/// that.
///
/// # Errors
/// Those of open(2), sendfile(2), fchmod(2) and rename(2); then nothing is left
/// behind.
pub fn install(to: Word) -> Result<(), Errno> {
    let mut lot = [0u32; 1];
    // SAFETY: the kernel writes four bytes.
    let _ = unsafe { arch::syscall3(libc::SYS_getrandom, lot.as_mut_ptr() as usize, size_of_val(&lot), 0) };
    let mut suffix = [0u8; 12];
    let mut room = suffix.iter_mut();
    digits(lot.first().copied().unwrap_or(0), &mut |digit| {
        if let Some(place) = room.next() {
            *place = digit;
        }
    });
    let length = suffix.iter().take_while(|&&digit| digit != 0).count();
    let mut buffer = [0; LONGEST_PATH];
    let target = terminated(to);
    let name = target.split_last().map_or(target, |(_, name)| name);
    let parts = [name, b".", suffix.get(..length).unwrap_or_default()];
    let beside = join(&mut buffer, &parts).ok_or(Errno::NAMETOOLONG)?;
    let from = open(b"/proc/self/exe\0", libc::O_RDONLY)?;
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

fn rename(from: &[u8], to: &[u8]) -> Result<(), Errno> {
    let here = word(libc::AT_FDCWD);
    // SAFETY: both paths are null-terminated.
    done(unsafe { arch::syscall5(libc::SYS_renameat2, here, from.as_ptr() as usize, here, to.as_ptr() as usize, 0) })
}

fn unlink(path: &[u8]) {
    // SAFETY: the path is null-terminated.
    let _ = unsafe { arch::syscall3(libc::SYS_unlinkat, word(libc::AT_FDCWD), path.as_ptr() as usize, 0) };
}

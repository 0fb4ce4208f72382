//! The few files that init reads or writes, none of which it needs unless it
//! was asked to.

use super::fd::{close, open};
use super::word::Word;
use super::{arch, done, number, word};
use crate::account::File;
use crate::error::Errno;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::slice;

/// Longest field that is told; a longer one is told as none.
const LONGEST_FIELD: usize = 256;

/// Tells `visit` each byte of a file.
pub(super) fn bytes(path: &CStr, visit: &mut dyn FnMut(u8)) -> Result<(), Errno> {
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
    fields(if file == File::Users { c"/etc/passwd" } else { c"/etc/group" }, visit)
}

/// Tells each field of a file of lines, with its number in the line. Fields end
/// at `:`, their parts at `,`.
pub(super) fn fields(path: &CStr, visit: &mut dyn FnMut(usize, &[u8])) -> Result<(), Errno> {
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
    let _ = bytes(c"/proc/thread-self/children", &mut |byte| match byte {
        b'0'..=b'9' => pid = pid.wrapping_mul(10).wrapping_add(i32::from(byte & 15)),
        _ => {
            if pid > 0 {
                visit(pid);
            }
            pid = 0;
        }
    });
}

/// One path of these parts, in which there is no null, if there is room for it.
pub(super) fn join<'a>(room: &'a mut [MaybeUninit<u8>], parts: &[&[u8]; 3]) -> Option<&'a CStr> {
    let mut len = 0usize;
    for part in parts {
        for &byte in *part {
            room.get_mut(len)?.write(byte);
            len = len.wrapping_add(1);
        }
    }
    room.get_mut(len)?.write(0);
    // SAFETY: so many bytes and the null were written, and it is the only one.
    unsafe {
        let path = slice::from_raw_parts(room.as_ptr().cast(), len.wrapping_add(1));
        Some(CStr::from_bytes_with_nul_unchecked(path))
    }
}

/// A file to put a few lines into.
pub struct Log {
    file: i32,
    /// How many bytes there is still room for; the rest is dropped.
    room: usize,
    outcome: Result<(), Errno>,
}

impl Log {
    /// `open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK)`: open(2).
    ///
    /// # Errors
    /// Those of open; ENXIO for a pipe that nobody reads.
    pub fn open(path: Word, room: usize) -> Result<Self, Errno> {
        let how = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC | libc::O_NONBLOCK;
        let file = open(path.as_c_str(), how)?;
        // Whoever reads it is somebody else.
        // SAFETY: takes no pointers.
        let _ = unsafe { arch::syscall2(libc::SYS_fchmod, word(file), 0o644) };
        Ok(Self { file, room, outcome: Ok(()) })
    }

    /// `write(text)`, unless that failed before: write(2).
    pub fn write(&mut self, text: &[u8]) {
        if self.outcome.is_ok() {
            let len = text.len().min(self.room);
            self.room = self.room.wrapping_sub(len);
            // SAFETY: the kernel reads `len` bytes of `text`, at most all.
            let written = unsafe { arch::syscall3(libc::SYS_write, word(self.file), text.as_ptr() as usize, len) };
            self.outcome = done(written.min(0));
        }
    }

    /// `close()`: close(2).
    ///
    /// # Errors
    /// That of the first write that failed.
    pub fn close(self) -> Result<(), Errno> {
        close(self.file);
        self.outcome
    }
}

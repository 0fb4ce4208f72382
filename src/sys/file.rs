//! The few files that init reads or writes, none of which it needs unless it
//! was asked to.

use super::fd::{close, open, open_at};
use super::signal::send;
use super::word::Word;
use super::{arch, done, word};
use crate::error::Errno;
use crate::line::Line;
use crate::signal::Signal;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::slice;

/// Tells `visit` each field of a file of lines: see [`Line`]. Functions, not
/// closures, for each type of those has a table of its own.
///
/// # Errors
/// Those of open(2) and read(2).
#[inline(always)]
pub fn fields<C>(path: &CStr, end: u8, last: u32, context: &mut C, visit: fn(&mut C, &Line)) -> Result<(), Errno> {
    // SAFETY: a pointer to whatever has a size is passed as any other one.
    let visit = unsafe { core::mem::transmute::<fn(&mut C, &Line), unsafe fn(*mut (), &Line)>(visit) };
    // SAFETY: it is called with this context, which nobody else has meanwhile.
    unsafe { fields_for(path, end, last, (&raw mut *context).cast(), visit) }
}

/// # Safety
/// `visit` takes `context`.
#[inline(never)]
unsafe fn fields_for(
    path: &CStr,
    end: u8,
    last: u32,
    context: *mut (),
    visit: unsafe fn(*mut (), &Line),
) -> Result<(), Errno> {
    let file = open(path, libc::O_RDONLY)?;
    let mut line = Line::new(end, last);
    let mut buffer = MaybeUninit::<[u8; 512]>::uninit();
    let room = buffer.as_mut_ptr().cast::<u8>();
    let read = loop {
        // SAFETY: the kernel writes at most as many bytes as there are.
        let read = unsafe { arch::syscall3(libc::SYS_read, word(file), room as usize, size_of_val(&buffer)) };
        let bytes = match read {
            // SAFETY: the kernel wrote so many.
            1.. => unsafe { slice::from_raw_parts(room, read.cast_unsigned()) },
            // The last line may lack its end.
            _ => b"\n",
        };
        for &byte in bytes {
            if line.take(byte) {
                // SAFETY: the caller vouches for it.
                unsafe { visit(context, &line) };
                line.begin();
            }
        }
        if read <= 0 {
            break read;
        }
    };
    close(file);
    done(read)
}

/// Sends a signal to each of init's children, where there is a /proc that knows
/// them: proc_tid_children(5).
pub fn signal_children(signal: Signal) {
    let _ = fields(c"/proc/thread-self/children", b' ', u32::MAX, &mut { signal }, signal_child);
}

fn signal_child(signal: &mut Signal, line: &Line) {
    if let Ok(pid @ 1..) = i32::try_from(line.number) {
        let _ = send(pid, *signal);
    }
}

/// `stat(path)`: how many bytes a file holds; 0 if it cannot be known. stat(2).
#[doc(alias = "stat")]
#[must_use]
#[inline(never)]
pub fn size(path: Word) -> i64 {
    let mut found = MaybeUninit::<libc::stat>::zeroed();
    let (here, path, into) = (word(libc::AT_FDCWD), path.as_ptr() as usize, found.as_mut_ptr() as usize);
    // SAFETY: it is a path; the kernel writes one struct stat.
    let _ = unsafe { arch::syscall4(libc::SYS_newfstatat, here, path, into, 0) };
    // SAFETY: zeros are a struct stat, too.
    unsafe { found.assume_init_ref() }.st_size
}

/// A file to put a few lines into.
pub struct Log {
    file: i32,
    /// How many bytes there is still room for; the rest is dropped.
    room: usize,
    outcome: Result<(), Errno>,
}

impl Log {
    /// `open(path, O_WRONLY | O_CREAT | O_APPEND or O_TRUNC | O_NONBLOCK)`: what
    /// it holds is kept or replaced. open(2).
    ///
    /// # Errors
    /// Those of open; ENXIO for a pipe that nobody reads.
    pub fn open(path: Word, room: usize, keep: bool) -> Result<Self, Errno> {
        let how = libc::O_WRONLY | libc::O_CREAT | libc::O_NONBLOCK | if keep { libc::O_APPEND } else { libc::O_TRUNC };
        // SAFETY: it is a path.
        let file = unsafe { open_at(path.as_ptr(), how) }?;
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

//! Writing to the standard streams.

use super::fd::{close, open};
use super::{arch, number, terminal, word};
use crate::dialect::Stream;
use crate::error::Errno;
use core::ffi::CStr;

/// `write(fd, text)` until all of it is out: waits for a slow reader, so only
/// for what is said before the child is started or after it has ended.
/// write(2). Errors are ignored: there is nobody left to tell.
pub fn write_all(stream: Stream, text: &[u8]) {
    let mut rest = text;
    while !rest.is_empty() {
        let written = match write(fd(stream), rest) {
            Ok(written @ 1..) => written.unsigned_abs(),
            Err(Errno::INTR) => 0,
            Ok(_) | Err(_) => return,
        };
        let Some(others) = rest.get(written as usize..) else { return };
        rest = others;
    }
}

/// `pwritev2(fd, text, RWF_NOWAIT)`: writes now or not at all, for a note must
/// not keep a signal waiting. pwritev2(2).
///
/// Pipes know the flag since Linux 6.5, sockets longer. Where a file or kernel
/// does not, or a file would only have to allocate a block, poll(2) tells
/// whether there is room before a plain write. A terminal's room may be less
/// than the text, so it is written to by another description that does not
/// block; the flags of this one are the program's, too.
#[doc(alias = "pwritev2")]
pub fn write_now(stream: Stream, text: &[u8]) {
    let parts = [text.as_ptr() as usize, text.len()];
    // SAFETY: `parts` is one struct iovec that covers `text`; both live on.
    let written = unsafe {
        arch::syscall6(
            libc::SYS_pwritev2,
            word(fd(stream)),
            parts.as_ptr() as usize,
            1,
            // The position -1, in two halves, is the file's own.
            usize::MAX,
            usize::MAX,
            word(libc::RWF_NOWAIT),
        )
    };
    if matches!(number(written), Ok(_) | Err(Errno::PIPE | Errno::BADF)) || !has_room(stream) {
        return;
    }
    let other = reopened_terminal(stream).unwrap_or(fd(stream));
    let _ = write(other, text);
    if other != fd(stream) {
        close(other);
    }
}

fn write(fd: i32, text: &[u8]) -> Result<i32, Errno> {
    // SAFETY: the kernel reads `text.len()` bytes of `text`.
    number(unsafe { arch::syscall3(libc::SYS_write, word(fd), text.as_ptr() as usize, text.len()) })
}

/// `open("/proc/self/fd/N", O_WRONLY | O_NONBLOCK)`, if that is a terminal:
/// another description of the same file. proc_pid_fd(5).
///
/// # Errors
/// ENOTTY if it is none, ENOENT without /proc, EACCES if it is another user's.
fn reopened_terminal(stream: Stream) -> Result<i32, Errno> {
    let mut path = *b"/proc/self/fd/0\0";
    let [.., digit, _] = &mut path;
    *digit |= fd(stream).to_le_bytes()[0];
    terminal::is_one(fd(stream))?;
    // SAFETY: the null is at its end.
    open(unsafe { CStr::from_bytes_with_nul_unchecked(&path) }, libc::O_WRONLY | libc::O_NONBLOCK)
}

/// `ppoll(fd, POLLOUT, 0)`: whether a short write would go through at once.
fn has_room(stream: Stream) -> bool {
    let mut wanted = libc::pollfd { fd: fd(stream), events: libc::POLLOUT, revents: 0 };
    let at_once = [0usize; 2];
    // SAFETY: one pollfd, and a struct timespec of zeros.
    let ready =
        unsafe { arch::syscall5(libc::SYS_ppoll, &raw mut wanted as usize, 1, at_once.as_ptr() as usize, 0, 8) };
    ready == 1 && wanted.revents & libc::POLLOUT != 0
}

const fn fd(stream: Stream) -> i32 {
    match stream {
        Stream::Out => 1,
        Stream::Err => 2,
    }
}

//! The kernel's error numbers and their words.

use crate::text::cut;
use core::num::NonZeroI32;

/// An error number as the kernel returns it, positive. Not a return value, and
/// never 0, so that a `Result<(), Errno>` is as small as the kernel's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(NonZeroI32);

#[allow(missing_docs, reason = "the names are errno(3)'s")]
impl Errno {
    pub const PERM: Self = Self::of(1);
    pub const NOENT: Self = Self::of(2);
    pub const SRCH: Self = Self::of(3);
    pub const IO: Self = Self(NonZeroI32::new(5).unwrap());
    pub const INTR: Self = Self::of(4);
    pub const NOEXEC: Self = Self::of(8);
    pub const BADF: Self = Self::of(9);
    pub const AGAIN: Self = Self::of(11);
    pub const NOMEM: Self = Self::of(12);
    pub const ACCES: Self = Self::of(13);
    pub const NODEV: Self = Self::of(19);
    pub const NOTDIR: Self = Self::of(20);
    pub const PIPE: Self = Self::of(32);
    pub const STALE: Self = Self::of(116);
    pub const TIMEDOUT: Self = Self::of(110);
}

/// What glibc's strerror(3) says of the errors that init can meet: those of
/// execve, clone, kill, ioctl on a terminal, chdir, signalfd and epoll.
/// Numbers are those of `asm-generic/errno.h`. Each: the number, its text, 0.
const TEXTS: &[u8] = b"\
    \x01Operation not permitted\0\
    \x02No such file or directory\0\
    \x03No such process\0\
    \x05Input/output error\0\
    \x06No such device or address\0\
    \x07Argument list too long\0\
    \x08Exec format error\0\
    \x09Bad file descriptor\0\
    \x0aNo child processes\0\
    \x0bResource temporarily unavailable\0\
    \x0cCannot allocate memory\0\
    \x0dPermission denied\0\
    \x0eBad address\0\
    \x10Device or resource busy\0\
    \x13No such device\0\
    \x14Not a directory\0\
    \x15Is a directory\0\
    \x16Invalid argument\0\
    \x17Too many open files in system\0\
    \x18Too many open files\0\
    \x19Inappropriate ioctl for device\0\
    \x1aText file busy\0\
    \x24File name too long\0\
    \x26Function not implemented\0\
    \x28Too many levels of symbolic links\0\
    \x50Accessing a corrupted shared library\0\
";

impl Errno {
    /// The error with this number; 0, which is none, becomes EIO.
    #[must_use]
    pub const fn of(number: i32) -> Self {
        match NonZeroI32::new(number) {
            Some(number) => Self(number),
            None => Self::IO,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.get()
    }

    /// The C library's words for a number, where we know them.
    #[must_use]
    pub fn text(errno: i32) -> Option<&'static [u8]> {
        let mut rest = TEXTS;
        while let [number, tail @ ..] = rest {
            let (text, others) = cut(tail, 0);
            if i32::from(*number) == errno {
                return Some(text);
            }
            rest = others.unwrap_or(b"");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_c_librarys() {
        let mut known = 0;
        for number in 1..4096 {
            let Some(text) = Errno::text(number) else { continue };
            // std's Display is strerror_r's text and " (os error N)".
            let theirs = std::io::Error::from_raw_os_error(number).to_string();
            assert_eq!(theirs.split(" (os error").next(), core::str::from_utf8(text).ok());
            known += 1;
        }
        assert_eq!(known, 26);
    }
}

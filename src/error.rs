//! The kernel's error numbers and their words.

use crate::pack::{self, Packer};
use crate::sys::word::Word;
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
    pub const CHILD: Self = Self::of(10);
    pub const AGAIN: Self = Self::of(11);
    pub const NOMEM: Self = Self::of(12);
    pub const ACCES: Self = Self::of(13);
    pub const NODEV: Self = Self::of(19);
    pub const NOTDIR: Self = Self::of(20);
    pub const NAMETOOLONG: Self = Self::of(36);
    pub const PIPE: Self = Self::of(32);
    pub const STALE: Self = Self::of(116);
    pub const TIMEDOUT: Self = Self::of(110);
}

/// What glibc's strerror(3) says of the errors that init can meet: those of
/// execve, clone, kill, ioctl on a terminal, chdir, signalfd and epoll.
/// Numbers are those of `asm-generic/errno.h`.
const TEXTS: [(u8, &str); 25] = [
    (1, "Operation not permitted"),
    (2, "No such file or directory"),
    (3, "No such process"),
    (5, "Input/output error"),
    (6, "No such device or address"),
    (7, "Argument list too long"),
    (8, "Exec format error"),
    (9, "Bad file descriptor"),
    (11, "Resource temporarily unavailable"),
    (12, "Cannot allocate memory"),
    (13, "Permission denied"),
    (19, "No such device"),
    (20, "Not a directory"),
    (21, "Is a directory"),
    (22, "Invalid argument"),
    (23, "Too many open files in system"),
    (24, "Too many open files"),
    (25, "Inappropriate ioctl for device"),
    (26, "Text file busy"),
    (28, "No space left on device"),
    (30, "Read-only file system"),
    (36, "File name too long"),
    (38, "Function not implemented"),
    (40, "Too many levels of symbolic links"),
    (80, "Accessing a corrupted shared library"),
];

const PACKER: Packer<2048> = {
    let mut packer = Packer::new();
    let mut rest: &[(u8, &str)] = &TEXTS;
    while let [(number, text), others @ ..] = rest {
        packer.byte(*number);
        packer.text(text);
        rest = others;
    }
    packer
};
static PACKED: [u8; PACKER.size()] = PACKER.cut();
const TABLE: Word = pack::table(&PACKED);

impl Errno {
    /// The error with this number; 0, which is none, becomes EIO.
    #[must_use]
    pub const fn of(number: i32) -> Self {
        match NonZeroI32::new(number) {
            Some(number) => Self(number),
            None => Self::IO,
        }
    }

    /// # Errors
    /// The one with this number, unless it is 0.
    pub const fn unless_zero(number: i32) -> Result<(), Self> {
        match NonZeroI32::new(number) {
            Some(number) => Err(Self(number)),
            None => Ok(()),
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.get()
    }

    /// The C library's words for a number, packed, where we know them.
    #[must_use]
    pub fn text(errno: i32) -> Option<Word> {
        pack::find(TABLE, u8::try_from(errno).ok()?)
    }
}

/// All the texts.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::tests::unpacked;

    #[test]
    fn texts_are_the_c_librarys() {
        let mut known = 0;
        for number in 1..4096 {
            let Some(text) = Errno::text(number) else { continue };
            // std's Display is strerror_r's text and " (os error N)".
            let theirs = std::io::Error::from_raw_os_error(number).to_string();
            assert_eq!(theirs.split(" (os error").next(), Some(unpacked(text).as_str()));
            known += 1;
        }
        assert_eq!(known, 25);
    }
}

//! The kernel's error numbers and their words.

/// An error number as the kernel returns it, positive. Not a return value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub u16);

#[allow(missing_docs, reason = "the names are errno(3)'s")]
impl Errno {
    pub const PERM: Self = Self(1);
    pub const NOENT: Self = Self(2);
    pub const SRCH: Self = Self(3);
    pub const INTR: Self = Self(4);
    pub const NOEXEC: Self = Self(8);
    pub const BADF: Self = Self(9);
    pub const AGAIN: Self = Self(11);
    pub const NOMEM: Self = Self(12);
    pub const ACCES: Self = Self(13);
    pub const NODEV: Self = Self(19);
    pub const NOTDIR: Self = Self(20);
    pub const PIPE: Self = Self(32);
    pub const NAMETOOLONG: Self = Self(36);
    pub const STALE: Self = Self(116);
    pub const TIMEDOUT: Self = Self(110);
}

/// What glibc's strerror(3) says of the errors that init can meet: those of
/// execve, clone, kill, ioctl on a terminal, chdir, signalfd and epoll.
/// Numbers are those of `asm-generic/errno.h`.
const TEXTS: [(u8, &str); 26] = [
    (1, "Operation not permitted"),
    (2, "No such file or directory"),
    (3, "No such process"),
    (5, "Input/output error"),
    (6, "No such device or address"),
    (7, "Argument list too long"),
    (8, "Exec format error"),
    (9, "Bad file descriptor"),
    (10, "No child processes"),
    (11, "Resource temporarily unavailable"),
    (12, "Cannot allocate memory"),
    (13, "Permission denied"),
    (14, "Bad address"),
    (16, "Device or resource busy"),
    (19, "No such device"),
    (20, "Not a directory"),
    (21, "Is a directory"),
    (22, "Invalid argument"),
    (23, "Too many open files in system"),
    (24, "Too many open files"),
    (25, "Inappropriate ioctl for device"),
    (26, "Text file busy"),
    (36, "File name too long"),
    (38, "Function not implemented"),
    (40, "Too many levels of symbolic links"),
    (80, "Accessing a corrupted shared library"),
];

impl Errno {
    /// The C library's words for this number, where we know them.
    #[must_use]
    pub fn text(self) -> Option<&'static str> {
        TEXTS.iter().find(|(number, _)| u16::from(*number) == self.0).map(|(_, text)| *text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_c_librarys() {
        for (number, text) in TEXTS {
            // std's Display is strerror_r's text and " (os error N)".
            let theirs = std::io::Error::from_raw_os_error(i32::from(number)).to_string();
            assert_eq!(theirs.split(" (os error").next(), Some(text));
        }
        assert_eq!(Errno(4095).text(), None);
    }
}

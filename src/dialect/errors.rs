//! What errors are called.

use super::message::Message;
use super::words::Stream;

/// What glibc's strerror(3) says of the errors that init can meet: those of
/// execve, clone, kill, ioctl on a terminal, chdir, signalfd and epoll.
/// Numbers are those of `asm-generic/errno.h`.
pub(super) const MESSAGES: &[Message] = &[
    error(1, "Operation not permitted"),
    error(2, "No such file or directory"),
    error(3, "No such process"),
    error(5, "Input/output error"),
    error(6, "No such device or address"),
    error(7, "Argument list too long"),
    error(8, "Exec format error"),
    error(9, "Bad file descriptor"),
    error(11, "Resource temporarily unavailable"),
    error(12, "Cannot allocate memory"),
    error(13, "Permission denied"),
    error(19, "No such device"),
    error(20, "Not a directory"),
    error(21, "Is a directory"),
    error(22, "Invalid argument"),
    error(23, "Too many open files in system"),
    error(24, "Too many open files"),
    error(25, "Inappropriate ioctl for device"),
    error(26, "Text file busy"),
    error(28, "No space left on device"),
    error(30, "Read-only file system"),
    error(36, "File name too long"),
    error(38, "Function not implemented"),
    error(40, "Too many levels of symbolic links"),
    error(80, "Accessing a corrupted shared library"),
];

/// Not of level 0: else dialects would fall back to it.
const fn error(number: u8, text: &'static str) -> Message {
    Message { key: number, level: 1, stream: Stream::Err, text }
}

#[cfg(test)]
mod tests {
    use super::super::words::{Section, find, said};

    #[test]
    fn texts_are_the_c_librarys() {
        let mut known = 0;
        for number in 1..=255u8 {
            let Some(text) = find(Section::Errors, number).map(said) else { continue };
            // std's Display is strerror_r's text and " (os error N)".
            let theirs = std::io::Error::from_raw_os_error(number.into()).to_string();
            assert_eq!(theirs.split(" (os error").next(), Some(text.as_str()));
            known += 1;
        }
        assert_eq!(known, 25);
    }
}

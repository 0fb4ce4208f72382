//! Facts to lines of text, without allocation.
//!
//! A message's words come from the dialect. In them `%p` is its prefix, `%0` argv\[0\], `%t` the
//! subject (an argument, the program), `%o` the option or variable it came by,
//! `%m` the long options that it could mean. `%d`, `%s` and `%e` take the next
//! number as a decimal, a signal, an error.

use crate::dialect::Dialect;
use crate::error::Errno;
use crate::signal::Signal;
use crate::text::{Digits, after, cut};

/// What a message may name beside its numbers.
#[derive(Clone, Copy, Default)]
pub struct Facts<'a> {
    /// `%0`
    pub argv0: &'a [u8],
    /// `%t`
    pub subject: &'a [u8],
    /// `%o`
    pub origin: &'a [u8],
    /// `%d`, `%s`, `%e`, in the order of their use.
    pub numbers: [i32; 2],
}

/// Writes `words` to `sink`, in as few pieces as its buffer
/// allows; a line of ordinary length is one piece.
pub fn render(dialect: &Dialect, words: &[u8], facts: &Facts, sink: &mut dyn FnMut(&[u8])) {
    let mut out = Buffer { bytes: [0; 192], len: 0, sink };
    let mut numbers = facts.numbers.iter().copied();
    let mut rest = words;
    while let (before, Some(marked)) = cut(rest, b'%') {
        out.text(before);
        let mut number = || numbers.next().unwrap_or(0);
        match marked.first() {
            Some(b'p') => out.text(dialect.prefix.as_bytes()),
            Some(b'0') => out.text(facts.argv0),
            Some(b't') => out.text(facts.subject),
            Some(b'o') => out.text(facts.origin),
            Some(b'd') => out.number(number()),
            Some(b's') => out.signal(number()),
            Some(b'e') => out.error(number()),
            Some(b'm') => out.candidates(dialect, facts.subject),
            _ => {}
        }
        rest = marked.get(1..).unwrap_or(b"");
    }
    out.text(rest);
    out.flush();
}

struct Buffer<'s> {
    bytes: [u8; 192],
    len: usize,
    sink: &'s mut dyn FnMut(&[u8]),
}

impl Buffer<'_> {
    fn text(&mut self, text: &[u8]) {
        let end = self.len.wrapping_add(text.len());
        match self.bytes.get_mut(self.len..end) {
            Some(room) => {
                // Byte by byte: copy_from_slice could panic for all the compiler knows.
                for (to, from) in room.iter_mut().zip(text) {
                    *to = *from;
                }
                self.len = end;
            }
            None => {
                self.flush();
                (self.sink)(text);
            }
        }
    }

    fn flush(&mut self) {
        if let Some(bytes @ [_, ..]) = self.bytes.get(..self.len) {
            (self.sink)(bytes);
        }
        self.len = 0;
    }

    fn number(&mut self, number: i32) {
        if number < 0 {
            self.text(b"-");
        }
        self.text(Digits::of(number.unsigned_abs()).as_bytes());
    }

    fn signal(&mut self, number: i32) {
        let Some(signal) = u32::try_from(number).ok().and_then(Signal::new) else {
            return self.number(number);
        };
        let name = signal.name();
        if name.stem.is_empty() {
            self.text(b"signal ");
        } else {
            self.text(b"SIG");
            self.text(name.stem);
        }
        if name.sign != 0 {
            self.text(&[name.sign]);
        }
        if name.sign != 0 || name.stem.is_empty() {
            self.number(i32::from(name.offset));
        }
    }

    fn error(&mut self, number: i32) {
        match Errno(number).text() {
            Some(text) => self.text(text),
            None => {
                self.text(b"Unknown error ");
                self.number(number);
            }
        }
    }

    fn candidates(&mut self, dialect: &Dialect, word: &[u8]) {
        let stem = cut(word, b'=').0.get(2..).unwrap_or(b"");
        for option in dialect.options {
            if after(option.long.as_bytes(), stem).is_some() {
                self.text(b" '--");
                self.text(option.long.as_bytes());
                self.text(b"'");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::Topic;

    fn rendered(name: &[u8], topic: Topic, facts: Facts) -> String {
        let dialect = Dialect::of(name);
        let mut all = Vec::new();
        render(dialect, dialect.wording(topic).unwrap().text, &facts, &mut |piece| all.extend_from_slice(piece));
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn numbers_signals_and_errors_take_their_turns() {
        let facts = Facts { numbers: [15, 1], ..Facts::default() };
        assert_eq!(
            rendered(b"sexton", Topic::ForwardFailed, facts),
            "sexton: SIGTERM not forwarded: Operation not permitted\n"
        );
        let facts = Facts { numbers: [64, -2_147_483_648], ..Facts::default() };
        assert_eq!(
            rendered(b"sexton", Topic::ForwardFailed, facts),
            "sexton: SIGRTMAX-0 not forwarded: Unknown error -2147483648\n"
        );
        let facts = Facts { numbers: [33, 2_147_483_647], ..Facts::default() };
        assert_eq!(
            rendered(b"dumb-init", Topic::Translated, facts),
            "[dumb-init] Translating signal 33 to 2147483647.\n"
        );
        assert_eq!(rendered(b"sexton", Topic::Received, facts), "sexton: received signal 33\n");
    }

    #[test]
    fn a_long_subject_is_written_whole() {
        let subject = [b'x'; 5000];
        let text =
            rendered(b"sexton", Topic::ExecNotFound, Facts { subject: &subject, numbers: [2, 0], ..Facts::default() });
        assert_eq!(text, format!("sexton: cannot run '{}': No such file or directory\n", "x".repeat(5000)));
    }

    #[test]
    fn an_ordinary_line_is_one_piece() {
        let dialect = Dialect::of(b"dumb-init");
        let mut pieces = 0;
        let facts = Facts { numbers: [2_147_483_647, 255], ..Facts::default() };
        render(dialect, dialect.wording(Topic::ChildExited).unwrap().text, &facts, &mut |_| pieces += 1);
        assert_eq!(pieces, 1);
    }

    #[test]
    fn ambiguous_options_are_listed() {
        let facts = Facts { argv0: b"/x/dumb-init", subject: b"--ver=1", ..Facts::default() };
        assert_eq!(
            rendered(b"dumb-init", Topic::Ambiguous, facts),
            "/x/dumb-init: option '--ver=1' is ambiguous; possibilities: '--verbose' '--version'\n"
        );
    }
}

//! Notes to lines of text, without allocation.
//!
//! A message's words come from the dialect. In them `%p` is its prefix, `%0` argv\[0\], `%t` the
//! subject (an argument, the program), `%o` the option or variable it came by,
//! `%m` the long options that it could mean. `%d`, `%s` and `%e` take the next
//! number as a decimal, a signal, an error.

use crate::dialect::Dialect;
use crate::error::Errno;
use crate::signal::Signal;
use crate::text::{Digits, after, cut};

/// One line in the making: everything a message may name, and a buffer, so that
/// a line of ordinary length is written as one piece.
pub struct Line<'a> {
    /// Whose words these are.
    pub dialect: &'static Dialect,
    /// `%0`
    pub argv0: &'a [u8],
    /// `%t`
    pub subject: &'a [u8],
    /// `%o`
    pub origin: &'a [u8],
    /// `%d`, `%s`, `%e`, in the order of their use.
    pub numbers: [i32; 2],
    /// Where pieces of text go.
    pub sink: &'a mut dyn FnMut(&[u8]),
    /// How much of `buffer` is filled; at first 0.
    pub len: usize,
    /// Text that has not gone to the sink.
    pub buffer: [u8; 160],
}

impl Line<'_> {
    /// Writes `words` with what they name.
    pub fn render(&mut self, words: &[u8]) {
        let mut rest = words;
        while let (before, Some([mark, others @ ..])) = cut(rest, b'%') {
            self.text(before);
            self.insert(*mark);
            rest = others;
        }
        self.text(rest);
        self.flush();
    }

    #[inline(never)]
    fn insert(&mut self, mark: u8) {
        match mark {
            b'p' => self.text(self.dialect.prefix),
            b'0' => self.text(self.argv0),
            b't' => self.text(self.subject),
            b'o' => self.text(self.origin),
            b'm' => self.candidates(),
            _ => {
                let [number, next] = self.numbers;
                self.numbers = [next, 0];
                match mark {
                    b's' => self.signal(number),
                    b'e' => self.error(number),
                    _ => self.number(number),
                }
            }
        }
    }

    #[inline(never)]
    fn text(&mut self, text: &[u8]) {
        if text.len() > self.buffer.len().wrapping_sub(self.len) {
            self.flush();
            if text.len() > self.buffer.len() {
                return (self.sink)(text);
            }
        }
        // Byte by byte: copy_from_slice could panic for all the compiler knows.
        for byte in text {
            if let Some(place) = self.buffer.get_mut(self.len) {
                *place = *byte;
            }
            self.len = self.len.wrapping_add(1);
        }
    }

    #[inline(never)]
    fn flush(&mut self) {
        if let Some(text @ [_, ..]) = self.buffer.get(..self.len) {
            (self.sink)(text);
        }
        self.len = 0;
    }

    #[inline(never)]
    fn number(&mut self, number: i32) {
        if number < 0 {
            self.text(b"-");
        }
        self.text(Digits::of(number.unsigned_abs()).as_bytes());
    }

    fn signal(&mut self, number: i32) {
        let signal = u32::try_from(number).ok().and_then(Signal::new);
        let (stem, offset) = signal.map_or((&b"signal "[..], number), Signal::name);
        self.text(if stem.len() > 6 { b"" } else { b"SIG" });
        self.text(stem);
        if offset > 0 {
            self.text(if stem.len() > 6 { b"" } else { b"+" });
            self.number(offset);
        }
    }

    fn error(&mut self, number: i32) {
        let text = Errno::text(number);
        self.text(text.unwrap_or(b"error "));
        if text.is_none() {
            self.number(number);
        }
    }

    fn candidates(&mut self) {
        let stem = cut(self.subject, b'=').0.get(2..).unwrap_or(b"");
        for option in self.dialect.options {
            if after(option.long, stem).is_some() {
                self.text(b" '--");
                self.text(option.long);
                self.text(b"'");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::Topic;

    #[derive(Clone, Copy, Default)]
    struct Facts<'a> {
        argv0: &'a [u8],
        subject: &'a [u8],
        numbers: [i32; 2],
    }

    fn pieces(name: &[u8], topic: Topic, facts: Facts) -> Vec<String> {
        let dialect = Dialect::of(name);
        let mut all = Vec::new();
        let sink = &mut |piece: &[u8]| all.push(String::from_utf8(piece.to_vec()).unwrap());
        let Facts { argv0, subject, numbers } = facts;
        Line { dialect, argv0, subject, origin: b"", numbers, sink, len: 0, buffer: [0; 160] }
            .render(dialect.wording(topic).unwrap().text);
        all
    }

    fn rendered(name: &[u8], topic: Topic, facts: Facts) -> String {
        pieces(name, topic, facts).concat()
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
            "sexton: SIGRTMIN+30 not forwarded: error -2147483648\n"
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
        let facts = Facts { numbers: [2_147_483_647, 255], ..Facts::default() };
        assert_eq!(pieces(b"dumb-init", Topic::ChildExited, facts).len(), 1);
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

//! Notes to lines of text, without allocation.
//!
//! A message's words come from the dialect. In them `%p` is its prefix, `%k`
//! argv\[0\], `%t` the subject (an argument, the program), `%o` the option or
//! variable it came by, `%l` the subject's first byte, `%m` the long options that it could mean. `%i` init's pid,
//! `%n` the last part of argv\[0\], `%h` the dialect's usage. `%d` and `%s` take the next number as a
//! decimal or a signal, `%e` is the last one as an error.

use crate::dialect::words::{self, Section, Wording};
use crate::dialect::{self, Dialect, Stream};
use crate::signal::{self, Signal};
use crate::sys::word::Word;
use crate::text::digits;
use crate::topic::{Note, Topic};
use core::ffi::CStr;

/// What a message may name besides numbers.
#[derive(Clone, Copy)]
pub struct Facts {
    /// Whose words it has.
    pub dialect: &'static Dialect,
    /// `%i`
    pub pid: i32,
    /// `%k`, `%n`
    pub argv0: Word,
    /// `%t`, `%l`
    pub subject: Word,
    /// `%o`: up to a `=`, for it may be an entry of the environment, or a blank,
    /// where it is a name in a list.
    pub origin: Word,
}

impl Facts {
    /// Writes the dialect's message for `note`, if it has one and `verbosity`
    /// is what that asks for.
    #[cold]
    #[inline(never)]
    pub fn say<P: Paper>(&self, note: Note, verbosity: u8, paper: &mut P) {
        let Some(wording) = self.dialect.wording(note.topic) else { return };
        if wording.level > verbosity {
            return;
        }
        let mut line = Line {
            facts: self,
            numbers: note.numbers,
            paper,
            stream: wording.stream,
            len: 0,
            buffer: [0; ROOM],
            texts: [0; words::LENGTH],
        };
        words::unpack(&mut line.texts);
        line.text(wording);
        line.flush();
    }
}

/// What messages are written on. Generic, for a table of methods would be longer
/// than the one kind of paper that init has.
pub trait Paper {
    /// Writes a piece of a message.
    fn write(&mut self, stream: Stream, text: &[u8]);
}

/// A line of ordinary length is written as one piece.
const ROOM: usize = 160;

/// One message in the making. In this order everything but the text is near
/// its beginning, so that instructions are short.
#[repr(C)]
struct Line<'a, P> {
    facts: &'a Facts,
    /// `%d` and `%s` in the order of their use, `%e` last.
    numbers: [i32; 2],
    paper: &'a mut P,
    stream: Stream,
    len: usize,
    buffer: [u8; ROOM],
    /// All that can be said, see [`words`].
    texts: [u8; words::LENGTH],
}

impl<P: Paper> Line<'_, P> {
    #[inline(never)]
    fn text(&mut self, wording: Wording) {
        let mut before = wording.place;
        let mut marked = false;
        let mut at = 0usize;
        while let Some(&byte) = self.texts.get(at) {
            at = at.wrapping_add(1);
            if before > 0 {
                before = before.wrapping_sub(u8::from(byte == words::END));
            } else if byte == words::END {
                return;
            } else if marked {
                self.insert(byte);
                marked = false;
            } else if byte == b'%' {
                marked = true;
            } else {
                self.push(byte);
            }
        }
    }

    /// Adds another message of the dialect, if it has it.
    #[inline(never)]
    fn message(&mut self, topic: Topic) {
        if let Some(wording) = self.facts.dialect.wording(topic) {
            self.text(wording);
        }
    }

    #[inline(never)]
    fn insert(&mut self, mark: u8) {
        let facts = self.facts;
        let (end, text) = match mark {
            b'p' => return self.message(Topic::Prefix),
            b'h' => return self.message(Topic::Usage),
            b'm' => return self.candidates(),
            b'i' => return self.number(facts.pid),
            b'l' => return self.push(facts.subject.first()),
            b'k' => (0, facts.argv0),
            b't' => (0, facts.subject),
            b'o' => (b'=', facts.origin),
            b'n' => (0, dialect::last_part(facts.argv0)),
            _ => {
                let [next, last] = &mut self.numbers;
                let last = *last;
                let number = core::mem::replace(next, last);
                return match mark {
                    b's' => self.signal(number),
                    b'e' => self.error(last),
                    _ => self.number(number),
                };
            }
        };
        self.upto(end, text);
    }

    #[inline(never)]
    fn push(&mut self, byte: u8) {
        if self.len >= ROOM {
            self.flush();
        }
        if let Some(place) = self.buffer.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.wrapping_add(1);
    }

    fn flush(&mut self) {
        self.paper.write(self.stream, self.buffer.get(..self.len).unwrap_or(b""));
        self.len = 0;
    }

    /// Adds a word, or what stands in it before `end` or, if that is a `=`,
    /// before a blank.
    #[inline(never)]
    fn upto(&mut self, end: u8, text: Word) {
        for byte in text.bytes().take_while(|&byte| byte != end && (end != b'=' || byte != b' ')) {
            self.push(byte);
        }
    }

    fn literal(&mut self, text: &'static CStr) {
        self.upto(0, Word::of(text));
    }

    #[inline(never)]
    fn number(&mut self, number: i32) {
        if number < 0 {
            self.push(b'-');
        }
        digits(number.unsigned_abs(), &mut |digit| self.push(digit));
    }

    #[inline(never)]
    fn signal(&mut self, number: i32) {
        let signal = u32::try_from(number).ok().and_then(Signal::new);
        let (stem, number) = match signal.map(Signal::name) {
            Some(signal::Name::Standard(name)) => {
                self.literal(c"SIG");
                return self.upto(b' ', name);
            }
            Some(signal::Name::RealTime(distance)) => (c"SIGRTMIN+", i32::from(distance)),
            _ => (c"signal ", number),
        };
        self.literal(stem);
        self.number(number);
    }

    #[inline(never)]
    fn error(&mut self, number: i32) {
        match u8::try_from(number).ok().and_then(|number| words::find(Section::Errors, number)) {
            Some(text) => self.text(text),
            None => {
                self.literal(c"error ");
                self.number(number);
            }
        }
    }

    #[inline(never)]
    fn candidates(&mut self) {
        for (name, _) in self.facts.dialect.options.each() {
            if dialect::matched(name, self.facts.subject).is_some() {
                self.literal(c" '--");
                self.upto(b' ', name);
                self.push(b'\'');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;
    use crate::topic::Topic;

    impl Paper for Vec<String> {
        fn write(&mut self, _: Stream, piece: &[u8]) {
            self.push(String::from_utf8(piece.to_vec()).unwrap());
        }
    }

    fn pieces(facts: &Facts, topic: Topic, numbers: [i32; 2]) -> Vec<String> {
        let mut all = Vec::new();
        facts.say(Note { topic, numbers }, 9, &mut all);
        all
    }

    fn facts(name: &str) -> Facts {
        Facts {
            dialect: Dialect::of(word(name)),
            pid: 77,
            argv0: word(name),
            subject: Word::EMPTY,
            origin: Word::EMPTY,
        }
    }

    #[test]
    fn numbers_signals_and_errors_take_their_turns() {
        for (name, topic, numbers, text) in [
            ("sexton", Topic::ForwardFailed, [15, 1], "sexton: SIGTERM not forwarded: Operation not permitted\n"),
            ("sexton", Topic::ForwardFailed, [64, i32::MIN], "sexton: SIGRTMIN+30 not forwarded: error -2147483648\n"),
            ("dumb-init", Topic::Translated, [33, i32::MAX], "[dumb-init] Translating signal 33 to 2147483647.\n"),
            ("sexton", Topic::Received, [33, 0], "sexton: received signal 33\n"),
            ("sexton", Topic::Received, [34, 0], "sexton: received SIGRTMIN+0\n"),
            ("tini", Topic::Forwarded, [28, 0], "[DEBUG tini (77)] Passing signal: 'SIGWINCH'\n"),
        ] {
            assert_eq!(pieces(&facts(name), topic, numbers).concat(), text);
        }
    }

    #[test]
    fn a_long_subject_is_written_whole() {
        let facts = Facts { subject: word(&"x".repeat(5000)), ..facts("sexton") };
        let text = pieces(&facts, Topic::ExecFailed, [77, 2]).concat();
        assert_eq!(text, format!("sexton: cannot run '{}': No such file or directory\n", "x".repeat(5000)));
    }

    #[test]
    fn an_ordinary_line_is_one_piece() {
        assert_eq!(pieces(&facts("dumb-init"), Topic::ChildExited, [2_147_483_647, 255]).len(), 1);
    }

    #[test]
    fn ambiguous_options_are_listed() {
        let facts = Facts { subject: word("--ver=1"), ..facts("/x/dumb-init") };
        assert_eq!(
            pieces(&facts, Topic::Ambiguous, [0, 0]).concat(),
            "/x/dumb-init: option '--ver=1' is ambiguous; possibilities: '--verbose' '--version'\n"
        );
    }
}

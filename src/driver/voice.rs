//! Saying things: the dialect's words, on the stream and at the level it gives.

use crate::dialect::Dialect;
use crate::report::{Facts, render};
use crate::sys::output;
use crate::topic::{Note, Topic};

/// Speaks for one init.
#[derive(Clone, Copy)]
pub(super) struct Voice {
    pub dialect: &'static Dialect,
    pub verbosity: u8,
    pub argv0: &'static [u8],
    /// What a note's `%t` names.
    pub program: &'static [u8],
}

impl Voice {
    /// Whether any note at all is wanted.
    pub const fn has_notes(&self) -> bool {
        self.verbosity != 0
    }

    /// Says a note if it is wanted, and if it can be said without waiting.
    pub fn tell(&self, note: Note) {
        if self.has_notes() {
            self.tell_wanted(note);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_wanted(&self, note: Note) {
        let facts = Facts { argv0: self.argv0, subject: self.program, origin: b"", numbers: note.numbers };
        if let Some(message) = self.dialect.message(note.topic).filter(|message| message.level <= self.verbosity) {
            render(self.dialect, message, &facts, &mut |text| output::write_now(message.stream, text));
        }
    }

    /// Says why init ends without having supervised anything.
    #[cold]
    pub fn end(&self, topic: Topic, subject: &[u8], origin: &[u8], number: i32) {
        let facts = Facts { argv0: self.argv0, subject, origin, numbers: [number, number] };
        if let Some(message) = self.dialect.message(topic) {
            render(self.dialect, message, &facts, &mut |text| output::write_all(message.stream, text));
        }
    }
}

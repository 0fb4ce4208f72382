//! Saying things: the dialect's words, on the stream and at the level it gives.

use crate::dialect::{Dialect, Stream};
use crate::report::Line;
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
            self.say(note, self.program, b"", output::write_now);
        }
    }

    /// Says why init ends without having supervised anything.
    pub fn end(&self, topic: Topic, subject: &[u8], origin: &[u8], number: i32) {
        self.say(Note::new(topic, number, number), subject, origin, output::write_all);
    }

    #[cold]
    #[inline(never)]
    fn say(&self, note: Note, subject: &[u8], origin: &[u8], write: fn(Stream, &[u8])) {
        let Some(wording) = self.dialect.wording(note.topic) else { return };
        if wording.level <= self.verbosity {
            let sink = &mut |text: &[u8]| write(wording.stream, text);
            Line {
                dialect: self.dialect,
                argv0: self.argv0,
                subject,
                origin,
                numbers: note.numbers,
                sink,
                len: 0,
                buffer: [0; 160],
            }
            .render(wording.text);
        }
    }
}

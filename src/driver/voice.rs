//! Saying things, on the stream and at the level that the dialect gives.

use crate::cli::Settings;
use crate::dialect::{Slot, Stream};
use crate::error::Errno;
use crate::report::{Facts, Paper};
use crate::sys::file::Log;
use crate::sys::output;
use crate::topic::{Note, Topic};

/// Where messages go.
pub(super) enum Output {
    /// To the streams, if they take it at once.
    Now,
    /// To the streams.
    All,
    /// To the termination log.
    Log(Log),
}

impl Paper for Output {
    fn write(&mut self, stream: Stream, text: &[u8]) {
        match self {
            Self::Now => output::write_now(stream, text),
            Self::All => output::write_all(stream, text),
            Self::Log(log) => log.write(text),
        }
    }
}

/// Speaks for one init.
pub(super) struct Voice {
    pub facts: Facts,
    pub verbosity: u8,
    /// Any note is wanted while init supervises. Known here, because a look
    /// into the dialect's table would make a page of it resident.
    pub has_notes: bool,
}

impl Voice {
    /// One that says as much as the settings ask for.
    pub fn new(facts: Facts, settings: &Settings) -> Self {
        let verbosity = settings.verbosity(facts.dialect);
        let has_notes = settings.is_set(Slot::WarnOnReap) || verbosity > facts.dialect.verbosity;
        Self { facts, verbosity, has_notes }
    }

    /// Says a note if it is wanted, and if it can be said without waiting.
    #[inline(never)]
    pub fn tell(&self, note: Note) {
        if self.has_notes {
            self.facts.say(note, self.verbosity, &mut Output::Now);
        }
    }

    /// Says that something failed, as [`Voice::tell`] does.
    #[inline(never)]
    pub fn tell_error(&self, topic: Topic, errno: Errno) {
        self.tell(Note::error(topic, errno.number()));
    }

    /// Says what is not asked for, if it can be said without waiting: once signals
    /// are blocked a full pipe must not keep init.
    pub fn warn(&self, note: Note) {
        self.facts.say(note, self.verbosity, &mut Output::Now);
    }

    /// Says why nothing was started, or what was asked for instead.
    pub fn answer(&self, note: Note) {
        self.facts.say(note, self.verbosity, &mut Output::All);
    }
}

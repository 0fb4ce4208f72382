//! What ended the main child, for Kubernetes to show: the termination log.

use super::voice::{Output, Voice};
use crate::signal::Signal;
use crate::status::Status;
use crate::sys::file::{Log, size};
use crate::sys::oom;
use crate::sys::word::Word;
use crate::topic::{Note, Topic};

/// As much as Kubernetes reads of it, in bytes.
const LONGEST: usize = 4096;

/// Where the last word goes.
pub(super) struct LastWord {
    path: Option<Word>,
    /// How many processes of the cgroup had been killed for want of memory
    /// before.
    oom_kills: u32,
    /// How many bytes the file had before.
    size: i64,
}

impl LastWord {
    /// To be called before the main child is started.
    pub fn new(path: Option<Word>) -> Self {
        Self { path, oom_kills: path.map_or(0, |_| oom::kills()), size: path.map_or(0, size) }
    }

    /// Whether there is to be one.
    pub const fn is_wanted(&self) -> bool {
        self.path.is_some()
    }

    /// Writes one line on what ended the main child, behind what that has
    /// written there itself. `killed`: init's patience did.
    #[cold]
    #[inline(never)]
    pub fn put_down(&self, status: Status, killed: bool, voice: &Voice) {
        let Some(path) = self.path else { return };
        let (topic, number) = match status {
            Status::Exited(code) => (Topic::LastExited, code),
            Status::Killed(Signal::KILL) if killed => (Topic::OutOfTime, 9),
            Status::Killed(Signal::KILL) if oom::kills() > self.oom_kills => (Topic::OutOfMemory, 9),
            Status::Killed(signal) => (Topic::LastKilled, signal.number()),
        };
        let outcome = Log::open(path, LONGEST, size(path) != self.size).and_then(|log| {
            let mut output = Output::Log(log);
            voice.facts.say(Note::new(topic, number.into(), 0), 0, &mut output);
            if let Output::Log(log) = output { log.close() } else { Ok(()) }
        });
        if let Err(errno) = outcome {
            voice.tell_error(Topic::NotLogged, errno);
        }
    }
}

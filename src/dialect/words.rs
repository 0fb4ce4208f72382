//! A dialect's messages, packed: see [`crate::pack`].

use crate::pack::{self, Packer};
use crate::sys::word::Word;
use crate::topic::Topic;

/// One message of a dialect.
pub(super) struct Message {
    /// What it is about.
    pub topic: Topic,
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// Its words: see [`crate::report`] for what `%` stands for.
    pub text: &'static str,
}

/// A standard stream to write to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The messages of a dialect: the key of each is its topic, before its text
/// stand its level and stream.
pub struct Words(Word);

/// A message as it is found.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// Its words, packed.
    pub text: Word,
}

/// Set beside the level of a message for standard output.
const TO_STDOUT: u8 = 0x80;
/// Added to a level and to a topic's number, so that they are not the null
/// that ends the table.
const LEVEL: u8 = 1;
const TOPIC: u8 = 1;

impl Words {
    pub(super) const fn new(packed: Word) -> Self {
        Self(packed)
    }

    /// The message for `topic`, if there is one.
    #[must_use]
    pub fn find(&self, topic: Topic) -> Option<Wording> {
        let (level, text) = pack::find(self.0, (topic as u8).wrapping_add(TOPIC))?.split()?;
        let stream = if level & TO_STDOUT == 0 { Stream::Err } else { Stream::Out };
        Some(Wording { level: (level & !TO_STDOUT).wrapping_sub(LEVEL), stream, text })
    }
}

/// The messages as [`Words`] reads them.
#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
pub(super) const fn pack(messages: &[Message]) -> Packer<8192> {
    let mut packer = Packer::new();
    let mut at = 0;
    while at < messages.len() {
        let message = &messages[at];
        let to_stdout = if matches!(message.stream, Stream::Out) { TO_STDOUT } else { 0 };
        packer.byte(message.topic as u8 + TOPIC);
        packer.byte((message.level + LEVEL) | to_stdout);
        packer.text(message.text);
        at += 1;
    }
    packer
}

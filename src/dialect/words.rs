//! A dialect's messages, packed at compile time: a table of string slices
//! would cost 22 bytes more for each of them, and there are sixty.

use crate::text::cut;
use crate::topic::Topic;

/// One message of a dialect.
pub(super) struct Message {
    /// What it is about.
    pub topic: Topic,
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// Its words, of which none is a zero byte.
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

/// Packed messages: for each its topic, its level and stream, its text, 0.
pub struct Words(&'static [u8]);

/// A message as it is found.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// Its words: see [`crate::report`] for what `%` stands for.
    pub text: &'static [u8],
}

/// Set beside the level of a message for standard output.
const TO_STDOUT: u8 = 0x80;
/// Added to a topic, so that no packed byte but the last is 0.
const FIRST: u8 = 1;

impl Words {
    pub(super) const fn new(packed: &'static [u8]) -> Self {
        Self(packed)
    }

    /// The message for `topic`, if there is one.
    #[must_use]
    pub fn find(&self, topic: Topic) -> Option<Wording> {
        let mut rest = self.0;
        while let [number, level, tail @ ..] = rest {
            let (text, others) = cut(tail, 0);
            if *number == (topic as u8).wrapping_add(FIRST) {
                let stream = if level & TO_STDOUT == 0 { Stream::Err } else { Stream::Out };
                return Some(Wording { level: level & !TO_STDOUT, stream, text });
            }
            rest = others.unwrap_or(b"");
        }
        None
    }
}

/// The bytes that `messages` take.
#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
pub(super) const fn packed_len(messages: &[Message]) -> usize {
    let mut len = 0;
    let mut at = 0;
    while at < messages.len() {
        len += messages[at].text.len() + 3;
        at += 1;
    }
    len
}

/// The messages as [`Words`] reads them.
#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
pub(super) const fn pack<const LEN: usize>(messages: &[Message]) -> [u8; LEN] {
    let mut packed = [0; LEN];
    let (mut end, mut at) = (0, 0);
    while at < messages.len() {
        let message = &messages[at];
        let to_stdout = if matches!(message.stream, Stream::Out) { TO_STDOUT } else { 0 };
        packed[end] = message.topic as u8 + FIRST;
        packed[end + 1] = message.level | to_stdout;
        end += 2;
        let text = message.text.as_bytes();
        let mut byte = 0;
        while byte < text.len() {
            packed[end] = text[byte];
            byte += 1;
            end += 1;
        }
        end += 1;
        at += 1;
    }
    packed
}

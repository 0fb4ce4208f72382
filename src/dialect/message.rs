//! One message of a dialect, as its table writes it.

use super::words::{Stream, key};
use crate::topic::Topic;

/// One message of a dialect, or what an error is called.
pub(super) struct Message {
    /// What it is about: a topic's number, counted from 1, or an error's.
    pub key: u8,
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// Its words: see [`crate::report`] for what `%` stands for.
    pub text: &'static str,
}

/// A message on standard error.
pub(super) const fn says(topic: Topic, level: u8, text: &'static str) -> Message {
    Message { key: key(topic), level, stream: Stream::Err, text }
}

/// A message on standard output.
pub(super) const fn prints(topic: Topic, text: &'static str) -> Message {
    Message { key: key(topic), level: 0, stream: Stream::Out, text }
}

//! All that init says, packed as one text: see [`crate::pack`]. What stands
//! where in it tells an index, so that nothing is unpacked to stay unsaid.

use super::message::Message;
use super::{catatonit, dumb_init, errors, sexton, tini};
use crate::pack::{self, Packed};
use crate::topic::Topic;

/// A standard stream to write to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Whose words they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// The C library's for errors.
    Errors,
    /// Those of the dialects, each of which falls back to the ones before it.
    Sexton,
    /// See there.
    DumbInit,
    /// See there.
    Tini,
    /// See there.
    Catatonit,
}

/// The messages of each [`Section`].
pub(super) const SECTIONS: [&[Message]; 5] =
    [errors::MESSAGES, sexton::MESSAGES, dumb_init::MESSAGES, tini::MESSAGES, catatonit::MESSAGES];

/// A message as it is found.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// From which verbosity on it is printed.
    pub level: u8,
    /// Where it goes.
    pub stream: Stream,
    /// How many texts stand before its own.
    pub place: u8,
}

/// The key of a topic's messages.
#[must_use]
pub const fn key(topic: Topic) -> u8 {
    topic as u8 + 1
}

/// The words of `section`, or of the nearest one before it that has such a
/// message of level 0.
#[inline(never)]
#[must_use]
pub fn find(section: Section, key: u8) -> Option<Wording> {
    let (mut found, mut before, mut this, mut place) = (None, section as u8, 0u8, 0u8);
    for &entry in &INDEX {
        let kind = entry & NO_TEXT;
        this = this.wrapping_add(entry >> 4);
        if kind != NO_TEXT {
            let level = kind & !TO_STDOUT;
            if this == key && (before == 0 || level == 0) {
                let stream = if kind == level { Stream::Err } else { Stream::Out };
                found = Some(Wording { level, stream, place });
            }
            place = place.wrapping_add(1);
        } else if entry == NEXT_SECTION {
            before = match before.checked_sub(1) {
                Some(before) => before,
                None => break,
            };
            this = 0;
        }
    }
    found
}

/// Ends a text: ASCII's unit separator.
pub const END: u8 = 0x1f;

/// How long all texts are, their ends included.
pub const LENGTH: usize = SCRIPT.len;

/// All texts.
#[inline(never)]
pub fn unpack(texts: &mut [u8; LENGTH]) {
    pack::unpack(&PACKED, texts);
}

/// In the index an entry has by how much its key is more than that of the one
/// before in its upper half, and level and stream in the lower one. Where it
/// has no text there, keys are further apart, or a section ends.
static INDEX: [u8; SCRIPT.entries] = SCRIPT.index();
const TO_STDOUT: u8 = 8;
const NO_TEXT: u8 = 15;
const NEXT_SECTION: u8 = NO_TEXT;

static PACKED: [u8; SHORT.size()] = SHORT.cut();
#[allow(long_running_const_eval, reason = "all texts are packed here: it takes a second or two")]
const SHORT: Packed<ROOM> = Packed::of(SCRIPT.text.split_at(SCRIPT.len).0);
const SCRIPT: Script = Script::of(&SECTIONS);

/// As much as all texts may be before they are packed, and how many.
const ROOM: usize = 10_000;
const COUNT: usize = 256;

/// All texts and the index to them in the making.
struct Script {
    text: [u8; ROOM],
    len: usize,
    index: [u8; COUNT],
    entries: usize,
}

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
impl Script {
    const fn of(sections: &[&[Message]]) -> Self {
        let mut script = Self { text: [0; ROOM], len: 0, index: [0; COUNT], entries: 0 };
        let mut section = 0;
        while section < sections.len() {
            if section > 0 {
                script.entry(NEXT_SECTION);
            }
            // By key, whatever their order.
            let mut last = 0;
            let mut key = 1;
            while key < 256 {
                let mut at = 0;
                while at < sections[section].len() {
                    let message = &sections[section][at];
                    if message.key as usize == key {
                        script.message(key - last, message);
                        last = key;
                    }
                    at += 1;
                }
                key += 1;
            }
            section += 1;
        }
        script
    }

    const fn message(&mut self, mut apart: usize, message: &Message) {
        while apart > 15 {
            self.entry(15 << 4 | NO_TEXT);
            apart -= 15;
        }
        let kind = message.level | if matches!(message.stream, Stream::Out) { TO_STDOUT } else { 0 };
        assert!(message.level < 7);
        self.entry((apart << 4) as u8 | kind);
        let text = message.text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            assert!(text[at] != END);
            self.byte(text[at]);
            at += 1;
        }
        self.byte(END);
    }

    const fn entry(&mut self, entry: u8) {
        self.index[self.entries] = entry;
        self.entries += 1;
    }

    const fn byte(&mut self, byte: u8) {
        self.text[self.len] = byte;
        self.len += 1;
    }

    const fn index<const LEN: usize>(&self) -> [u8; LEN] {
        let mut index = [0; LEN];
        index.copy_from_slice(self.index.split_at(LEN).0);
        index
    }
}

/// What a wording says.
#[cfg(test)]
pub(crate) fn said(wording: Wording) -> String {
    let mut texts = [0; LENGTH];
    unpack(&mut texts);
    let text = texts.split(|&byte| byte == END).nth(wording.place.into()).unwrap();
    String::from_utf8(text.into()).unwrap()
}

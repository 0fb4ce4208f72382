//! Texts packed at compile time, and unpacked byte by byte as they are said.
//!
//! In a packed text a byte that no text has stands for two others, which may
//! again stand for two each (byte pair encoding): English in less than two thirds
//! of its size, by a decoder of a few instructions that needs no memory.

use crate::sys::word::Word;
use core::ffi::CStr;

/// The code that stands for the first of [`PAIRS`]; the others follow it and, after
/// 255, begin anew at 0.
const FIRST: u8 = 127;

/// How many codes there are: up to that of [`END`].
const CODES: usize = 161;

/// What the codes stand for; nulls where a code is null, the end of a line or
/// [`END`]. A test tells when others would be better, and which.
#[rustfmt::skip]
const PAIRS: [[u8; 2]; CODES] = [
    [32, 32], [115, 32], [100, 32], [101, 32], [105, 110], [116, 32], [111, 114], [111, 110], [58, 32], [37, 112], [111, 32], [44, 32],
    [105, 116], [105, 108], [97, 108], [127, 127], [115, 105], [45, 45], [101, 114], [97, 110], [114, 101], [32, 116], [32, 40], [114, 111],
    [99, 104], [97, 116], [101, 129], [101, 10], [110, 111], [103, 110], [46, 10], [135, 37], [143, 156], [133, 32], [115, 101], [134, 32],
    [97, 114], [39, 37], [159, 141], [131, 103], [117, 110], [105, 128], [101, 110], [158, 154], [155, 132], [151, 140], [93, 32], [82, 79],
    [111, 112], [131, 105], [116, 39], [101, 115], [164, 177], [104, 130], [101, 100], [32, 45], [59, 32], [37, 100], [165, 32], [116, 137],
    [116, 105], [105, 118], [101, 120], [112, 150], [97, 128], [32, 168], [105, 41], [37, 193], [136, 37], [119, 163], [119, 139], [115, 116],
    [69, 82], [197, 104], [138, 144], [102, 133], [200, 32], [176, 149], [146, 171], [108, 101], [97, 98], [97, 32], [175, 187], [136, 99],
    [210, 205], [10, 182], [148, 180], [121, 32], [117, 112], [102, 160], [97, 112], [73, 78], [37, 129], [196, 100], [172, 100], [166, 32],
    [142, 142], [110, 137], [103, 188], [99, 178], [225, 130], [204, 194], [228, 173], [190, 226], [172, 129], [141, 108], [117, 109], [100, 101],
    [99, 152], [235, 152], [236, 134], [209, 162], [207, 108], [179, 192], [142, 32], [112, 97], [111, 102], [105, 132], [102, 97], [101, 99],
    [83, 73], [68, 69], [32, 160], [245, 140], [237, 139], [118, 145], [117, 115], [105, 99], [103, 150], [0, 0], [103, 101], [101, 108],
    [82, 65], [65, 76], [46, 46], [255, 215], [251, 58], [202, 220], [195, 137], [0, 0], [161, 120], [149, 7], [116, 145], [112, 105],
    [97, 109], [80, 174], [71, 3], [39, 10], [11, 116], [9, 240], [248, 66], [247, 71], [230, 128], [189, 139], [147, 217], [147, 110],
    [116, 10], [111, 109], [85, 71], [84, 79], [0, 0],
];

/// Ends a text in a table of them: ASCII's unit separator.
pub const END: u8 = 0x1f;

/// The text with this key in a table of packed texts: of each its key, its
/// text, [`END`]. The text is followed by the rest of the table.
#[inline(never)]
#[must_use]
pub fn find(table: Word, key: u8) -> Option<Word> {
    let mut rest = table;
    while let Some((this, text)) = rest.split() {
        if this == key {
            return Some(text);
        }
        rest = text.find(END)?;
    }
    None
}

/// The two bytes that a byte of a packed text stands for, if it does not stand
/// for itself.
#[must_use]
pub fn pair(byte: u8) -> Option<[u8; 2]> {
    let pair = PAIRS.get(usize::from(byte.wrapping_sub(FIRST)))?;
    (byte != b'\n').then_some(*pair)
}

/// A packed table in the making: room, and how much of it is used.
pub struct Packer<const ROOM: usize> {
    bytes: [u8; ROOM],
    len: usize,
}

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
impl<const ROOM: usize> Packer<ROOM> {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; ROOM], len: 0 }
    }

    /// How many bytes it takes, the null behind it included.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.len + 1
    }

    /// Adds a byte as it is.
    pub const fn byte(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// Adds a text and its end: at each place the code that stands for
    /// most.
    pub const fn text(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            assert!(is_text(text[at]), "a text is printable ASCII");
            let mut code = LONGEST_FIRST.heads[text[at] as usize] as usize;
            while code < CODES && !begins(text, at, &EXPANDED[code]) {
                code = LONGEST_FIRST.next[code] as usize;
            }
            if code < CODES {
                self.byte(byte_of(code));
                at += EXPANDED[code].len;
            } else {
                self.byte(text[at]);
                at += 1;
            }
        }
        self.byte(END);
    }

    /// The table, cut to its size, [`Packer::size`].
    #[must_use]
    pub const fn cut<const LEN: usize>(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let mut at = 0;
        while at < self.len {
            bytes[at] = self.bytes[at];
            at += 1;
        }
        bytes
    }
}

/// A packed table as it is read.
#[must_use]
pub const fn table(bytes: &'static [u8]) -> Word {
    match CStr::from_bytes_with_nul(bytes) {
        Ok(text) => Word::of(text),
        Err(_) => Word::EMPTY,
    }
}

impl<const ROOM: usize> Default for Packer<ROOM> {
    fn default() -> Self {
        Self::new()
    }
}

/// The byte with this place in [`PAIRS`].
#[allow(clippy::cast_possible_truncation, reason = "there are no more codes than bytes")]
const fn byte_of(code: usize) -> u8 {
    FIRST.wrapping_add(code as u8)
}

/// Whether a byte stands for itself.
const fn is_text(byte: u8) -> bool {
    matches!(byte, b'\n' | b' '..FIRST)
}

/// Longest text that a code stands for; others are not used.
const LONGEST: usize = 16;

/// What a code stands for in the end.
#[derive(Clone, Copy)]
struct Expansion {
    bytes: [u8; LONGEST],
    len: usize,
}

const EXPANDED: [Expansion; CODES] = expanded();

#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn expanded() -> [Expansion; CODES] {
    let mut all = [Expansion { bytes: [0; LONGEST], len: 0 }; CODES];
    let mut code = 0;
    while code < CODES {
        let mut side = 0;
        while side < 2 {
            let byte = PAIRS[code][side];
            let part = if byte == 0 {
                Expansion { bytes: [0; LONGEST], len: 0 }
            } else if is_text(byte) {
                let mut bytes = [0; LONGEST];
                bytes[0] = byte;
                Expansion { bytes, len: 1 }
            } else {
                // A code stands for earlier ones only.
                all[byte.wrapping_sub(FIRST) as usize]
            };
            let mut at = 0;
            while at < part.len {
                all[code].bytes[all[code].len] = part.bytes[at];
                all[code].len += 1;
                at += 1;
            }
            side += 1;
        }
        code += 1;
    }
    all
}

#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn begins(text: &[u8], at: usize, expansion: &Expansion) -> bool {
    let mut same = 0;
    while same < expansion.len && at + same < text.len() && text[at + same] == expansion.bytes[same] {
        same += 1;
    }
    same == expansion.len
}

/// The codes by the byte that they begin with, the longest first: lists that
/// end with 255.
struct Lists {
    heads: [u8; 256],
    next: [u8; CODES],
}

const LONGEST_FIRST: Lists = lists();

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
const fn lists() -> Lists {
    let mut lists = Lists { heads: [255; 256], next: [255; CODES] };
    let mut len = 2;
    while len <= LONGEST {
        let mut code = 0;
        while code < CODES {
            if EXPANDED[code].len == len {
                let first = EXPANDED[code].bytes[0] as usize;
                lists.next[code] = lists.heads[first];
                lists.heads[first] = code as u8;
            }
            code += 1;
        }
        len += 1;
    }
    lists
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::collections::HashMap;

    /// What a packed text says.
    pub fn unpacked(packed: Word) -> String {
        fn unpack(byte: u8) -> String {
            pair(byte).map_or_else(|| char::from(byte).to_string(), |two| two.map(unpack).concat())
        }
        packed.bytes().take_while(|&byte| byte != END).map(unpack).collect()
    }

    /// The pairs that suit `texts`: again and again the most frequent one.
    fn best_pairs(texts: &[&str]) -> [[u8; 2]; CODES] {
        let mut texts: Vec<Vec<u8>> = texts.iter().map(|text| text.bytes().collect()).collect();
        let mut lengths = HashMap::from([(0u8, 0)]);
        let length = |pair: [u8; 2], lengths: &HashMap<u8, usize>| -> usize {
            pair.iter().map(|byte| lengths.get(byte).copied().unwrap_or(1)).sum()
        };
        core::array::from_fn(|at| {
            let mut counts: HashMap<[u8; 2], u32> = HashMap::new();
            for two in texts.iter().flat_map(|text| text.windows(2)) {
                *counts.entry([two[0], two[1]]).or_default() += 1;
            }
            counts.retain(|&pair, _| length(pair, &lengths) <= LONGEST);
            let best =
                counts.into_iter().max_by_key(|&(pair, count)| (count, pair)).map_or([b' '; 2], |(pair, _)| pair);
            let code = byte_of(at);
            if matches!(code, 0 | b'\n' | END) {
                return [0; 2];
            }
            lengths.insert(code, length(best, &lengths));
            for text in &mut texts {
                let mut at = 0;
                while at + 1 < text.len() {
                    if text[at..at + 2] == best {
                        text.splice(at..at + 2, [code]);
                    }
                    at += 1;
                }
            }
            best
        })
    }

    #[test]
    fn a_packed_text_reads_back() {
        const PACKER: Packer<64> = {
            let mut packer = Packer::new();
            packer.byte(7);
            packer.text("cannot run '%t': %e\n");
            packer.byte(9);
            packer.text("");
            packer
        };
        static BYTES: [u8; PACKER.size()] = PACKER.cut();
        const TABLE: Word = table(&BYTES);
        assert_eq!(find(TABLE, 7).map(unpacked).as_deref(), Some("cannot run '%t': %e\n"));
        assert_eq!(find(TABLE, 9).map(unpacked).as_deref(), Some(""));
        assert!(find(TABLE, 8).is_none());
        assert!(BYTES.len() < 20, "{BYTES:?}");
    }

    /// A code saves little where the texts have changed, so this is no law of
    /// nature; but whoever changes many gets a better table for nothing.
    #[test]
    fn the_pairs_suit_the_texts() {
        let texts: Vec<&str> = crate::dialect::texts().chain(crate::error::texts()).collect();
        let size = |pairs: &[[u8; 2]; CODES]| -> usize {
            let mut total = 0;
            for text in &texts {
                let mut bytes: Vec<u8> = text.bytes().collect();
                for (at, pair) in pairs.iter().enumerate() {
                    let mut here = 0;
                    while here + 1 < bytes.len() {
                        if bytes[here..here + 2] == *pair {
                            bytes.splice(here..here + 2, [byte_of(at)]);
                        }
                        here += 1;
                    }
                }
                total += bytes.len();
            }
            total
        };
        let best = best_pairs(&texts);
        let (have, could) = (size(&PAIRS), size(&best));
        let rows: Vec<String> =
            best.chunks(12).map(|row| format!("    {row:?}").replace("[[", "[").replace("]]", "],")).collect();
        assert!(have <= could + 50, "{have} bytes, {could} with these PAIRS:\n{}", rows.join("\n"));
    }
}

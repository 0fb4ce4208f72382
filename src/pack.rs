//! Texts packed at compile time, and unpacked byte by byte as they are said.
//!
//! In a packed text a byte of 128 or more stands for two others, which may
//! again stand for two each (byte pair encoding): English in two thirds of its
//! size, by a decoder of a few instructions that needs no memory.

use crate::sys::word::Word;
use core::ffi::CStr;

/// The code that stands for the first of [`PAIRS`]; texts are ASCII.
const FIRST: u8 = 128;

/// What the codes stand for. A test tells when others would be better, and
/// which.
#[rustfmt::skip]
const PAIRS: [[u8; 2]; 128] = [
    [32, 32], [100, 32], [115, 32], [101, 32], [105, 110], [111, 114], [111, 110], [105, 116], [58, 32], [37, 112], [111, 32], [105, 108],
    [116, 32], [115, 105], [114, 101], [32, 40], [32, 45], [97, 108], [101, 114], [99, 104], [97, 110], [114, 111], [32, 116], [97, 116],
    [103, 110], [128, 128], [115, 101], [46, 10], [101, 129], [101, 10], [110, 111], [141, 152], [44, 32], [159, 145], [99, 101], [136, 37],
    [132, 103], [134, 32], [105, 41], [97, 114], [37, 166], [147, 139], [117, 110], [102, 133], [93, 32], [82, 79], [163, 157], [39, 37],
    [132, 105], [111, 112], [158, 140], [161, 32], [144, 45], [116, 138], [112, 149], [101, 100], [116, 105], [101, 120], [101, 110], [59, 32],
    [104, 131], [97, 130], [176, 143], [190, 168], [105, 130], [191, 172], [135, 104], [119, 194], [108, 101], [97, 32], [195, 32], [177, 184],
    [119, 167], [97, 112], [45, 45], [37, 129], [169, 129], [116, 39], [105, 118], [84, 79], [69, 82], [44, 180], [10, 144], [175, 205],
    [164, 32], [162, 115], [150, 188], [97, 98], [73, 78], [37, 100], [185, 135], [182, 213], [153, 153], [148, 178], [137, 37], [133, 32],
    [117, 109], [99, 151], [225, 151], [226, 134], [227, 135], [169, 100], [137, 99], [230, 221], [100, 101], [83, 73], [68, 69], [200, 100],
    [199, 165], [150, 193], [115, 116], [102, 97], [46, 46], [32, 192], [239, 139], [228, 58], [243, 168], [244, 136], [142, 201], [117, 112],
    [112, 105], [112, 97], [110, 138], [103, 101], [101, 108], [97, 109], [82, 65], [65, 76],
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
    PAIRS.get(usize::from(byte.checked_sub(FIRST)?)).copied()
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
            assert!(text[at] != 0 && text[at] != END && text[at] < FIRST, "a text is ASCII");
            let mut code = LONGEST_FIRST.heads[text[at] as usize] as usize;
            while code < 128 && !begins(text, at, &EXPANDED[code]) {
                code = LONGEST_FIRST.next[code] as usize;
            }
            if code < 128 {
                self.byte(FIRST + code as u8);
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

/// Longest text that a code stands for; others are not used.
const LONGEST: usize = 16;

/// What a code stands for in the end.
#[derive(Clone, Copy)]
struct Expansion {
    bytes: [u8; LONGEST],
    len: usize,
}

const EXPANDED: [Expansion; 128] = expanded();

#[allow(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn expanded() -> [Expansion; 128] {
    let mut all = [Expansion { bytes: [0; LONGEST], len: 0 }; 128];
    let mut code = 0;
    while code < 128 {
        let mut side = 0;
        while side < 2 {
            let byte = PAIRS[code][side];
            let part = if byte < FIRST {
                let mut bytes = [0; LONGEST];
                bytes[0] = byte;
                Expansion { bytes, len: 1 }
            } else {
                // A code stands for earlier ones only.
                all[(byte - FIRST) as usize]
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
    next: [u8; 128],
}

const LONGEST_FIRST: Lists = lists();

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
const fn lists() -> Lists {
    let mut lists = Lists { heads: [255; 256], next: [255; 128] };
    let mut len = 2;
    while len <= LONGEST {
        let mut code = 0;
        while code < 128 {
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
    fn best_pairs(texts: &[&str]) -> [[u8; 2]; 128] {
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
            let code = FIRST + at as u8;
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
        let size = |pairs: &[[u8; 2]; 128]| -> usize {
            let mut total = 0;
            for text in &texts {
                let mut bytes: Vec<u8> = text.bytes().collect();
                for (at, pair) in pairs.iter().enumerate() {
                    let mut here = 0;
                    while here + 1 < bytes.len() {
                        if bytes[here..here + 2] == *pair {
                            bytes.splice(here..here + 2, [FIRST + at as u8]);
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

//! Texts packed at compile time as one, and unpacked when something is said.
//!
//! The texts are a row of bytes and of copies of what stands before (LZ77).
//! Each is told by decisions between two ways, which a range coder writes in as
//! many bits, or parts of one, as the chances of the earlier decisions of that
//! kind make them worth. Texts so alike take two fifths of their length by a
//! reader of a few hundred bytes, which needs no memory but the caller's.

/// The kinds of decisions: whether a copy follows (0), which letter by the
/// bits that are known of it, how far back a copy begins, how long it is.
const COPY: usize = 0;
const DISTANCE: usize = 128;
const LENGTH: usize = 160;
const KINDS: usize = 192;

/// The chance that a decision is a yes, of 2^16.
const EVEN: u16 = 1 << 15;
/// The range is kept above this.
const NARROW: u64 = 1 << 24;

/// The part of `range` that means yes.
const fn part(range: u64, chance: u16) -> u64 {
    (range * chance as u64) >> 16
}

/// What a decision makes of the chance of the next one. Never none, never all.
const fn learn(chance: u16, yes: bool) -> u16 {
    if yes { chance + (chance.wrapping_neg() >> 4) } else { chance - (chance >> 4) }
}

/// Packed texts as they are read: `code` is where in `range` they are.
struct Reader<'a> {
    range: u64,
    code: u64,
    packed: core::slice::Iter<'a, u8>,
    chances: &'a mut [u16; KINDS],
}

impl Reader<'_> {
    /// The next decision. There is none of an unknown kind.
    #[inline(never)]
    fn decide(&mut self, kind: usize) -> bool {
        let Some(chance) = self.chances.get_mut(kind) else { return false };
        while self.range < NARROW {
            self.range <<= 8;
            self.code = self.code << 8 | u64::from(self.packed.next().copied().unwrap_or(0));
        }
        let part = part(self.range, *chance);
        let yes = self.code < part;
        *chance = learn(*chance, yes);
        if yes {
            self.range = part;
        } else {
            self.range -= part;
            self.code -= part;
        }
        yes
    }

    /// A number from 1 on: its bits behind the highest one, each after a yes.
    #[inline(never)]
    fn number(&mut self, mut kind: usize) -> usize {
        let mut number = 1;
        while self.decide(kind) {
            number = number << 1 | usize::from(self.decide(kind.wrapping_add(1)));
            kind = kind.wrapping_add(2);
        }
        number
    }

    /// A letter: its bits from the highest down, behind a bit that is set.
    fn byte(&mut self) -> Option<u8> {
        let mut byte = 1;
        while byte < 128 {
            byte = byte << 1 | usize::from(self.decide(byte));
        }
        u8::try_from(byte & 127).ok()
    }
}

/// Fills `texts` with what is packed.
#[inline(never)]
pub fn unpack(packed: &[u8], texts: &mut [u8]) {
    let mut reader = Reader { range: 1, code: 0, packed: packed.iter(), chances: &mut [EVEN; KINDS] };
    let (mut distance, mut left) = (0, 0usize);
    for at in 0..texts.len() {
        if left == 0 {
            (distance, left) = (0, 1);
            if reader.decide(COPY) {
                distance = reader.number(DISTANCE);
                left = reader.number(LENGTH).wrapping_add(1);
            }
        }
        left = left.wrapping_sub(1);
        let byte = if distance == 0 { reader.byte() } else { texts.get(at.wrapping_sub(distance)).copied() };
        if let (Some(place), Some(byte)) = (texts.get_mut(at), byte) {
            *place = byte;
        }
    }
}

/// Packed texts in the making: one number of `len` bytes, to which is added what
/// comes before the part of the range that is decided for.
pub struct Packed<const ROOM: usize> {
    bytes: [u8; ROOM],
    len: usize,
    range: u64,
    chances: [u16; KINDS],
}

/// What a byte and a copy cost, in quarters of a bit; a copy costs more by the
/// distance and the length. Only roughly, but no others pack these texts better.
const BYTE_COST: u32 = 14;
const fn copy_cost(distance: usize, length: usize) -> u32 {
    28 + distance.ilog2() + 2 * (length - 1).ilog2()
}

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
impl<const ROOM: usize> Packed<ROOM> {
    /// Packs `texts`, which are ASCII.
    #[must_use]
    pub const fn of(texts: &[u8]) -> Self {
        let mut packed = Self { bytes: [0; ROOM], len: 0, range: 1, chances: [EVEN; KINDS] };
        let steps = cheapest::<ROOM>(texts);
        let mut at = 0;
        while at < texts.len() {
            let (distance, length) = (steps[at].distance as usize, steps[at].length as usize);
            packed.decide(COPY, distance > 0);
            if distance > 0 {
                packed.number(DISTANCE, distance);
                packed.number(LENGTH, length - 1);
            } else {
                packed.byte(texts[at]);
            }
            at += length;
        }
        packed
    }

    /// How many bytes it takes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.len
    }

    /// The bytes, [`Packed::size`] of them.
    #[must_use]
    pub const fn cut<const LEN: usize>(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes.copy_from_slice(self.bytes.split_at(LEN).0);
        bytes
    }

    const fn decide(&mut self, kind: usize, yes: bool) {
        while self.range < NARROW {
            self.range <<= 8;
            self.len += 1;
        }
        let part = part(self.range, self.chances[kind]);
        self.chances[kind] = learn(self.chances[kind], yes);
        if yes {
            self.range = part;
            return;
        }
        self.range -= part;
        let (mut rest, mut at) = (part, self.len);
        while rest > 0 {
            at -= 1;
            rest += self.bytes[at] as u64;
            self.bytes[at] = rest as u8;
            rest >>= 8;
        }
    }

    const fn number(&mut self, mut kind: usize, number: usize) {
        let mut unknown = number.ilog2();
        while unknown > 0 {
            unknown -= 1;
            self.decide(kind, true);
            self.decide(kind + 1, number >> unknown & 1 == 1);
            kind += 2;
        }
        self.decide(kind, false);
    }

    const fn byte(&mut self, byte: u8) {
        assert!(byte < 128, "a text is ASCII");
        // With a bit before the highest one, which tells how many are known.
        let byte = byte as usize | 128;
        let mut unknown = 7;
        while unknown > 0 {
            unknown -= 1;
            self.decide(byte >> (unknown + 1), byte >> unknown & 1 == 1);
        }
    }
}

/// A copy, or a byte where the distance is 0; and what it costs from here to
/// the end.
#[derive(Clone, Copy)]
struct Step {
    distance: u16,
    length: u16,
    cost: u32,
}

/// What to do at each place of `texts`, found from the end on.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
const fn cheapest<const ROOM: usize>(texts: &[u8]) -> [Step; ROOM] {
    let mut steps = [Step { distance: 0, length: 1, cost: 0 }; ROOM];
    let before = same_before::<ROOM>(texts);
    let end = texts.len();
    let mut at = end;
    while at > 0 {
        at -= 1;
        let mut best = Step { distance: 0, length: 1, cost: BYTE_COST + steps[at + 1].cost };
        // Only what is longer than all that is nearer can be cheaper.
        let mut longest = 1;
        let mut from = before[at] as usize;
        while from > 0 && at + longest < end {
            let start = from - 1;
            if texts[start + longest] == texts[at + longest] {
                let mut length = 2;
                while at + length < end && texts[start + length] == texts[at + length] {
                    length += 1;
                }
                while longest < length {
                    longest += 1;
                    let cost = copy_cost(at - start, longest) + steps[at + longest].cost;
                    if cost < best.cost {
                        best = Step { distance: (at - start) as u16, length: longest as u16, cost };
                    }
                }
            }
            from = before[start] as usize;
        }
        steps[at] = best;
    }
    steps
}

/// Of each place the nearest one before that begins with the same two bytes,
/// plus one.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "runs in the compiler")]
const fn same_before<const ROOM: usize>(texts: &[u8]) -> [u16; ROOM] {
    let mut before = [0; ROOM];
    let mut last = [0; 1 << 14];
    let mut at = 0;
    while at + 1 < texts.len() {
        let two = (texts[at] as usize) << 7 | texts[at + 1] as usize;
        before[at] = last[two];
        at += 1;
        last[two] = at as u16;
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_texts_read_back() {
        for text in ["", "a", "aaaaaaaaaaaaaaaaaaaaaa", "cannot run '%t': %e\n\x1fcannot run '%t': what?\n\x7f\0"] {
            let packed = Packed::<256>::of(text.as_bytes());
            let mut texts = vec![0; text.len()];
            unpack(&packed.bytes[..packed.size()], &mut texts);
            assert_eq!(texts, text.as_bytes());
        }
    }

    #[test]
    fn what_was_not_packed_is_read_to_its_end() {
        for seed in 0..=255u8 {
            let bytes: Vec<u8> = (0..64).map(|at: u8| seed.wrapping_mul(at).rotate_left(3) ^ at).collect();
            unpack(&bytes, &mut [0; 500]);
        }
    }
}

//! Numbers as options spell them.

use crate::signal::Signal;
use crate::sys::word::Word;
use crate::text::{decimal, signed};

/// A plain decimal up to `most`.
pub(super) fn upto(text: Word, most: u32) -> Option<u32> {
    decimal(text).filter(|&(number, rest)| number <= most && rest.is_empty()).map(|(number, _)| number)
}

/// A decimal and its unit, `ms`, `s` or `m`, in milliseconds; seconds without one. Less
/// than 2^32 - 1, which is 49 days.
pub(super) fn milliseconds(text: Word) -> Option<u32> {
    const UNITS: [(Word, u32); 4] =
        [(Word::EMPTY, 1000), (Word::of(c"s"), 1000), (Word::of(c"ms"), 1), (Word::of(c"m"), 60_000)];
    let (number, rest) = decimal(text)?;
    let (_, unit) = UNITS.iter().find(|(name, _)| rest.is(*name))?;
    number.checked_mul(*unit).filter(|&time| time < u32::MAX)
}

/// `sscanf(text, "%d:%d")` with both numbers within 1 (or 0) and 31. What
/// follows the second number is not looked at.
pub(super) fn pair(text: Word) -> Option<(Signal, Option<Signal>)> {
    let (from, rest) = scanned(text)?;
    let (to, _) = scanned(rest.after(Word::of(c":"))?)?;
    match (from, to) {
        (1..=31, 0..=31) => Some((Signal::new(from)?, Signal::new(to))),
        _ => None,
    }
}

/// `strtol(text)` as an exit code: blanks, a sign, digits, and nothing else; no
/// text at all is 0.
pub(super) fn exit_code(text: Word) -> Option<u8> {
    if text.is_empty() {
        return Some(0);
    }
    let (code, rest) = signed(text)?;
    u8::try_from(code).ok().filter(|_| rest.is_empty())
}

/// `atoi(text)`, its bits: 0 where there is no number.
#[must_use]
pub fn atoi(text: Word) -> u32 {
    scanned(text).map_or(0, |(number, _)| number)
}

/// scanf's `%d`: blanks, a sign, digits, cut to 32 bits as C's conversion from
/// long does. The bits are answered; a negative number is a large one.
fn scanned(text: Word) -> Option<(u32, Word)> {
    let (value, rest) = signed(text)?;
    let [a, b, c, d, ..] = value.to_le_bytes();
    Some((u32::from_le_bytes([a, b, c, d]), rest))
}

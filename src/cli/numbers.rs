//! Numbers as options spell them.

use crate::sys::word::Word;
use crate::text::{decimal, scanned};

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

/// `atoi(text)`, its bits: 0 where there is no number.
#[must_use]
pub fn atoi(text: Word) -> u32 {
    scanned(text).map_or(0, |(number, _)| number)
}

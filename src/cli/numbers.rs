//! Numbers as options spell them.

use crate::sys::word::Word;
use crate::text::{decimal, scanned};

/// A plain decimal up to `most`.
pub(super) fn upto(text: Word, most: u32) -> Option<u32> {
    decimal(text).filter(|&(number, rest)| number <= most && rest.is_empty()).map(|(number, _)| number)
}

/// A decimal and its unit, `ms`, `s` or `m`, in milliseconds and with 1 added;
/// seconds without one. Less than 2^32, which is 49 days.
pub(super) fn milliseconds(text: Word) -> Option<u32> {
    let (number, rest) = decimal(text)?;
    let (unit, rest) = match (rest.first(), rest.tail()) {
        (b'm', rest) if rest.first() == b's' => (1, rest.tail()),
        (b'm', rest) => (60_000, rest),
        (b's', rest) => (1000, rest),
        _ => (1000, rest),
    };
    number.checked_mul(unit)?.checked_add(1).filter(|_| rest.is_empty())
}

/// `atoi(text)`, its bits: 0 where there is no number.
#[must_use]
pub fn atoi(text: Word) -> u32 {
    scanned(text).map_or(0, |(number, _)| number)
}

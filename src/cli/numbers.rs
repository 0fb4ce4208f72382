//! Numbers as options spell them.

use crate::sys::word::Word;
use crate::text::{decimal, scanned};

/// A decimal and its unit, `ms`, `s` or `m`, in milliseconds and with 1 added;
/// seconds without one; and what follows. Less than 2^32, which is 49 days.
pub(super) fn milliseconds(text: Word) -> Option<(u32, Word)> {
    let (number, mut rest) = decimal(text)?;
    let mut unit = 1000;
    if rest.first() == b'm' {
        rest = rest.tail();
        unit = if rest.first() == b's' { 1 } else { 60_000 };
    }
    if rest.first() == b's' {
        rest = rest.tail();
    }
    Some((number.checked_mul(unit)?.checked_add(1)?, rest))
}

/// `atoi(text)`, its bits: 0 where there is no number.
#[must_use]
pub fn atoi(text: Word) -> u32 {
    scanned(text).map_or(0, |(number, _)| number)
}

//! Decimal numbers in text.

use crate::sys::word::Word;

/// The number that `text` begins with, and what follows: at least one digit,
/// no sign, no overflow.
#[inline(never)]
#[must_use]
pub fn decimal(text: Word) -> Option<(u32, Word)> {
    if !text.first().is_ascii_digit() {
        return None;
    }
    let (value, rest) = signed(text)?;
    Some((u32::try_from(value).ok()?, rest))
}

/// strtol(3), scanf's `%ld`: blanks, a sign, digits, and what follows. Beyond
/// its limits a number stays at them.
#[inline(never)]
#[must_use]
pub fn signed(text: Word) -> Option<(i64, Word)> {
    let mut rest = text;
    while matches!(rest.first(), b' ' | b'\t'..=b'\r') {
        rest = rest.tail();
    }
    let sign = rest.first();
    if matches!(sign, b'-' | b'+') {
        rest = rest.tail();
    }
    let digits = rest;
    // Below zero, where there is one more.
    let mut value = 0i64;
    while let Some(digit @ 0..=9) = rest.first().checked_sub(b'0') {
        let more = value.checked_mul(10).and_then(|value| value.checked_sub(digit.into()));
        value = more.unwrap_or(i64::MIN);
        rest = rest.tail();
    }
    if sign != b'-' {
        value = 0i64.checked_sub(value).unwrap_or(i64::MAX);
    }
    digits.first().is_ascii_digit().then_some((value, rest))
}

/// scanf's `%d`: blanks, a sign, digits, cut to 32 bits as C's conversion from
/// long does. The bits are answered; a negative number is a large one.
#[must_use]
pub fn scanned(text: Word) -> Option<(u32, Word)> {
    let (value, rest) = signed(text)?;
    let [a, b, c, d, ..] = value.to_le_bytes();
    Some((u32::from_le_bytes([a, b, c, d]), rest))
}

/// Gives the digits of `value`, without leading zeros, to `put` one by one.
pub fn digits<F: FnMut(u8)>(value: u32, put: &mut F) {
    if value > 9 {
        digits(value / 10, put);
    }
    put(b'0' | (value % 10).to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::{said, word};

    fn read(text: &str) -> Option<(u32, String)> {
        decimal(word(text)).map(|(value, rest)| (value, said(rest)))
    }

    #[test]
    fn what_is_written_reads_back() {
        for value in [0, 1, 9, 10, 99, 100, 65_535, 1_234_567_890, u32::MAX] {
            let mut text = Vec::new();
            digits(value, &mut |digit| text.push(digit));
            assert_eq!(text, value.to_string().as_bytes());
            assert_eq!(read(&value.to_string()), Some((value, String::new())));
        }
    }

    #[test]
    fn only_plain_numbers_are_read() {
        for text in ["", " 1", "+1", "-1", "x", "4294967296", "42949672950"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("007x1"), Some((7, "x1".into())));
    }
}

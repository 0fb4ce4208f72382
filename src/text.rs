//! Decimal numbers in text.

use crate::sys::word::Word;

/// The number that `text` begins with, and what follows: at least one digit,
/// no sign, no overflow.
#[inline(never)]
#[must_use]
pub fn decimal(text: Word) -> Option<(u32, Word)> {
    let mut rest = text;
    let mut value = None;
    while let Some((byte @ b'0'..=b'9', others)) = rest.split() {
        value = Some(value.unwrap_or(0u32).checked_mul(10)?.checked_add(u32::from(byte & 15))?);
        rest = others;
    }
    Some((value?, rest))
}

/// Gives the digits of `value`, without leading zeros, to `put` one by one.
pub fn digits(value: u32, put: &mut dyn FnMut(u8)) {
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

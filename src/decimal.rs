//! Decimal numbers to and from text.

/// The number that `text` is: digits only, at least one, no overflow.
#[must_use]
pub fn parse(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u32, |value, &byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u32::from(byte & 15)),
        _ => None,
    })
}

/// A number's digits.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    // Ten hold any 32-bit number.
    bytes: [u8; 10],
    first: usize,
}

impl Digits {
    /// The digits of `value`, without leading zeros.
    #[must_use]
    pub fn of(mut value: u32) -> Self {
        let mut digits = Self { bytes: [b'0'; 10], first: 0 };
        for (at, digit) in digits.bytes.iter_mut().enumerate().rev() {
            *digit = b'0' | (value % 10).to_le_bytes()[0];
            value /= 10;
            digits.first = at;
            if value == 0 {
                break;
            }
        }
        digits
    }

    /// The digits as text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.first..).unwrap_or(b"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for value in [0, 1, 9, 10, 99, 100, 65_535, 1_234_567_890, u32::MAX] {
            assert_eq!(Digits::of(value).as_bytes(), value.to_string().as_bytes());
            assert_eq!(parse(value.to_string().as_bytes()), Some(value));
        }
    }

    #[test]
    fn only_plain_numbers_are_read() {
        for text in ["", " 1", "1 ", "+1", "-1", "0x1", "4294967296", "1e3"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"007"), Some(7));
    }
}

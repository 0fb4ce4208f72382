//! Words of the command line as bytes: cutting them, and decimal numbers.
//!
//! core's `split` and `strip_prefix` do the same, but leave copies of
//! themselves at every use, and a panic path at some.

/// `text` up to the first `separator`, and what follows it if there is one.
#[inline(never)]
#[must_use]
pub fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    for (at, &byte) in text.iter().enumerate() {
        if byte == separator {
            return (text.get(..at).unwrap_or(text), text.get(at.wrapping_add(1)..));
        }
    }
    (text, None)
}

/// What follows `prefix`, if `text` begins with it.
#[inline(never)]
#[must_use]
pub fn after<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let rest = text.get(prefix.len()..)?;
    text.iter().zip(prefix).all(|(a, b)| a == b).then_some(rest)
}

/// Whether both are the same but for the case of ASCII letters.
#[inline(never)]
#[must_use]
pub fn same_letters(a: &[u8], b: &[u8]) -> bool {
    // Not core's eq_ignore_ascii_case, which splits into chunks and may panic.
    #[allow(clippy::manual_ignore_case_cmp, reason = "see above")]
    let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_ascii_lowercase() == b.to_ascii_lowercase());
    same
}

/// The number that `text` is: digits only, at least one, no overflow.
#[inline(never)]
#[must_use]
pub fn decimal(text: &[u8]) -> Option<u32> {
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
    #[inline(never)]
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
            assert_eq!(decimal(value.to_string().as_bytes()), Some(value));
        }
    }

    #[test]
    fn cutting_keeps_everything_but_the_separator() {
        assert_eq!(cut(b"a=b=c", b'='), (&b"a"[..], Some(&b"b=c"[..])));
        assert_eq!(cut(b"a=", b'='), (&b"a"[..], Some(&b""[..])));
        assert_eq!(cut(b"a", b'='), (&b"a"[..], None));
        assert_eq!(cut(b"", b'='), (&b""[..], None));
    }

    #[test]
    fn a_prefix_is_all_of_it() {
        assert_eq!(after(b"abc", b"ab"), Some(&b"c"[..]));
        assert_eq!(after(b"ab", b"ab"), Some(&b""[..]));
        assert_eq!(after(b"a", b"ab"), None);
        assert_eq!(after(b"xbc", b"ab"), None);
    }

    #[test]
    fn only_plain_numbers_are_read() {
        for text in ["", " 1", "1 ", "+1", "-1", "0x1", "4294967296", "1e3"] {
            assert_eq!(decimal(text.as_bytes()), None, "{text}");
        }
        assert_eq!(decimal(b"007"), Some(7));
    }
}

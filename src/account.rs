//! How `--user` names users and groups.

use crate::line::Line;
use crate::sys::word::Word;
use crate::text::decimal;

/// The number that says "leave it" to the kernel: chown(2), setresuid(2).
pub const NOBODY: u32 = Line::NONE;

/// Checks `USER[:GROUP[,GROUP...]]`: no part is empty, a number is one that a
/// user can have.
#[must_use]
pub fn check(text: Word) -> Option<()> {
    let mut part = text;
    let mut end = b':';
    loop {
        if matches!(part.first(), 0 | b':' | b',') {
            return None;
        }
        if part.first().is_ascii_digit() && number(part, end) == NOBODY {
            return None;
        }
        part = match part.find(end) {
            Some(next) => next,
            None => return Some(()),
        };
        end = b',';
    }
}

/// The number that is all of `text` up to `end`; else [`NOBODY`].
#[inline(never)]
#[must_use]
pub fn number(text: Word, end: u8) -> u32 {
    match decimal(text) {
        Some((number, rest)) if rest.is_empty() || rest.first() == end => number,
        _ => NOBODY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;

    #[test]
    fn what_is_no_user_is_told_from_what_may_be_one() {
        for text in ["0", "1:2", "1:2,3", "a", "a:b,c", "a-b.c:1", "4294967294"] {
            assert_eq!(check(word(text)), Some(()), "{text}");
        }
        for text in [
            "",
            ":",
            "1:",
            ":1",
            "1:,",
            "1:2,",
            "1:,2",
            "1a",
            "1:2b",
            "4294967295",
            "1:4294967295",
            "4294967296",
            "1:2:3",
        ] {
            assert_eq!(check(word(text)), None, "{text}");
        }
    }
}

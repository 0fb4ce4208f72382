//! How the tables of what is replaced by what are written.

use crate::signal::Signal;
use crate::sys::word::Word;
use crate::text::{decimal, scanned, signed};
use crate::topic::Topic;

/// A way to write the entries of a table.
pub(super) struct Grammar {
    /// A number, and what follows.
    number: fn(Word) -> Option<(u32, Word)>,
    /// As a set of numbers below 32 what `FROM` may not be.
    refused: u32,
    /// `FROM` may stand alone, for `FROM:0`.
    alone: bool,
    /// Entries are separated by commas; else what follows the first one is not
    /// looked at.
    list: bool,
    /// What to say if anything is wrong.
    wrong: Topic,
}

/// Signals as [`Signal::parse`] reads them, and 0. Not from one that never
/// reaches init (KILL, STOP) or that it keeps (CHLD).
pub(super) static SIGNALS: Grammar = Grammar {
    number: Signal::parse_number,
    refused: 1 | 1 << Signal::KILL.number() | 1 << Signal::STOP.number() | 1 << Signal::CHLD.number(),
    alone: false,
    list: true,
    wrong: Topic::BadRewrite,
};

/// `sscanf(text, "%d:%d")`.
pub(super) static SCANF: Grammar =
    Grammar { number: scanned, refused: 1, alone: false, list: false, wrong: Topic::BadRewriteNumbers };

/// Exit codes.
pub(super) static CODES: Grammar =
    Grammar { number: decimal, refused: 0, alone: true, list: true, wrong: Topic::BadExitMap };

/// One exit code.
pub(super) static CODE: Grammar =
    Grammar { number: strtol, refused: 0, alone: true, list: true, wrong: Topic::BadValue };

/// `strtol(text)`: blanks, a sign, digits, and nothing else; no text at all is
/// 0.
fn strtol(text: Word) -> Option<(u32, Word)> {
    if text.is_empty() {
        return Some((0, text));
    }
    let (number, rest) = signed(text)?;
    Some((u32::try_from(number).ok().filter(|_| rest.is_empty())?, rest))
}

/// Puts what `text` says, each entry changed by `flipped` or else by `FROM`,
/// into `table`, which has a place for each number that may stand there.
#[inline(never)]
pub(super) fn enter(table: &mut [u8], grammar: &Grammar, text: Word) -> Result<(), Topic> {
    entries(table, grammar, text).ok_or(grammar.wrong)
}

fn entries(table: &mut [u8], grammar: &Grammar, text: Word) -> Option<()> {
    let mut rest = text;
    loop {
        let (from, others) = (grammar.number)(rest)?;
        let (to, others) = match others.first() {
            b':' => (grammar.number)(others.tail())?,
            _ if grammar.alone => (0, others),
            _ => return None,
        };
        table.get(to as usize)?;
        if from < 32 && grammar.refused >> from & 1 != 0 {
            return None;
        }
        let flipped = if grammar.alone { from } else { super::rewrite::FLIPPED };
        [*table.get_mut(from as usize)?, ..] = (to ^ flipped).to_le_bytes();
        if others.is_empty() || !grammar.list {
            return Some(());
        }
        if others.first() != b',' {
            return None;
        }
        rest = others.tail();
    }
}

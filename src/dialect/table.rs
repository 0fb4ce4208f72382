//! Tables of options: how they are written, and how options are found in them.

use super::Setting;
use crate::sys::word::Word;
use core::ffi::CStr;

/// How long options are understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LongOptions {
    /// Only `--version`, and that only if it is the one argument.
    VersionAlone,
    /// By their whole names.
    Whole,
    /// Cut short, too, where that is unambiguous.
    Abbreviated,
}

/// The options of a command line. Their names stand apart from the rest, in the
/// same order, for a pointer to each would take more room than the name.
pub struct Table {
    /// The long names without the dashes, separated by blanks. Those that have
    /// none come last.
    pub(super) names: Word,
    pub(super) options: &'static [Opt],
}

/// One option of a command line.
pub struct Opt {
    /// Its letter, or 0.
    pub short: u8,
    /// What it means.
    pub setting: Setting,
    /// It has a variable: its long name in capitals, after `SEXTON_`. Only
    /// looked at in sexton's own dialect, and valid in all. Or it is one.
    pub variable: bool,
}

impl Table {
    /// Each option, and its long name, which ends at a blank; empty if it has none.
    pub fn each(&self) -> impl Iterator<Item = (Word, &'static Opt)> {
        let mut names = self.names;
        self.options.iter().map(move |option| {
            let name = names;
            names = name.find(b' ').unwrap_or(Word::EMPTY);
            (name, option)
        })
    }
}

/// What follows the name in a word `--name` or `--name=value`, if the long name
/// begins with it; and whether it is all of it.
#[inline(never)]
#[must_use]
pub fn matched(name: Word, word: Word) -> Option<(bool, Word)> {
    let (mut text, mut long) = (word.after(Word::of(c"--"))?, name);
    if matches!(long.first(), 0 | b' ') {
        return None;
    }
    while let Some((byte, rest)) = text.split().filter(|&(byte, _)| byte != b'=') {
        let (wanted, others) = long.split()?;
        if byte != wanted || wanted == b' ' {
            return None;
        }
        (text, long) = (rest, others);
    }
    Some((matches!(long.first(), 0 | b' '), text))
}

/// A table of options: a line for each has its letter or 0, its long name, and
/// what it means; [`variable`] where it has one.
macro_rules! table {
    ($($short:literal, $long:literal, $make:ident($setting:expr);)+) => {
        crate::dialect::table::Table {
            names: crate::dialect::table::names!($($long)+),
            options: &[$(crate::dialect::table::$make($short, $setting)),+],
        }
    };
}
pub(super) use table;

/// Names as [`Word::place`] reads them.
macro_rules! names {
    ($first:literal $($other:literal)*) => {
        crate::dialect::table::list(concat!($first, $(" ", $other,)* "\0"))
    };
}
pub(super) use names;

/// A literal that ends with a null.
pub(super) const fn list(text: &'static str) -> Word {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => Word::of(text),
        Err(_) => Word::EMPTY,
    }
}

/// An option with a letter.
pub(super) const fn option(short: u8, setting: Setting) -> Opt {
    Opt { short, setting, variable: false }
}

/// One with a variable, or a variable alone.
pub(super) const fn variable(short: u8, setting: Setting) -> Opt {
    Opt { short, setting, variable: true }
}

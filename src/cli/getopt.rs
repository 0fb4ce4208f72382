//! The option scanner: getopt_long(3) with `+`, over a dialect's table.
//!
//! Options end at `--` or at the first word that is none; short ones combine;
//! a value is the rest of the word or the next word. Each option acts when it
//! is met, so the first that is wrong, or asks for an answer, ends the scan.

use super::{Settings, Stop};
use crate::dialect::{Dialect, Opt};
use crate::report::candidates;
use crate::topic::Topic;

/// Scans options into `settings`; the answer is the index of the first word
/// that is no option.
pub(super) fn parse<'a>(
    dialect: &Dialect,
    argument: &dyn Fn(usize) -> Option<&'a [u8]>,
    settings: &mut Settings,
) -> Result<usize, Stop<'a>> {
    let mut next = 1;
    while let Some(word) = argument(next) {
        match word {
            b"--" => return Ok(next.saturating_add(1)),
            [b'-', b'-', ..] => {
                next = next.saturating_add(1);
                long(dialect, word, settings, &mut || take(argument, &mut next))?;
            }
            [b'-', letters @ ..] if !letters.is_empty() => {
                next = next.saturating_add(1);
                short(dialect, letters, settings, &mut || take(argument, &mut next))?;
            }
            _ => break,
        }
    }
    Ok(next)
}

fn take<'a>(argument: &dyn Fn(usize) -> Option<&'a [u8]>, next: &mut usize) -> Option<&'a [u8]> {
    let word = argument(*next);
    *next = next.saturating_add(usize::from(word.is_some()));
    word
}

fn long<'a>(
    dialect: &Dialect,
    word: &'a [u8],
    settings: &mut Settings,
    value: &mut dyn FnMut() -> Option<&'a [u8]>,
) -> Result<(), Stop<'a>> {
    let option = named(dialect, word)?;
    let name = option.long.as_bytes();
    let attached = word.iter().position(|&byte| byte == b'=').and_then(|at| word.get(at.wrapping_add(1)..));
    match (option.setting.takes_value(), attached) {
        (false, None) => settings.apply(option.setting, name, b""),
        (false, Some(_)) => Err(Stop::new(Topic::UnwantedValue, word, name)),
        (true, Some(text)) => settings.apply(option.setting, name, text),
        (true, None) => match value() {
            Some(text) => settings.apply(option.setting, name, text),
            None => Err(Stop::new(Topic::MissingLong, word, name)),
        },
    }
}

fn named<'a>(dialect: &Dialect, word: &'a [u8]) -> Result<&'static Opt, Stop<'a>> {
    let name = word.split(|&byte| byte == b'=').next().and_then(|name| name.get(2..)).unwrap_or(b"");
    if let Some(exact) = dialect.options.iter().find(|option| option.long.as_bytes() == name) {
        return Ok(exact);
    }
    let mut matching = candidates(dialect, word).filter(|_| dialect.abbreviates);
    match (matching.next(), matching.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Stop::new(Topic::UnknownLong, word, b"")),
        (Some(_), Some(_)) => Err(Stop::new(Topic::Ambiguous, word, b"")),
    }
}

fn short<'a>(
    dialect: &Dialect,
    mut letters: &'a [u8],
    settings: &mut Settings,
    value: &mut dyn FnMut() -> Option<&'a [u8]>,
) -> Result<(), Stop<'a>> {
    while let Some((letter, rest)) = letters.split_first() {
        let shown = core::slice::from_ref(letter);
        let Some(option) = dialect.options.iter().find(|option| option.short == *letter) else {
            return Err(Stop::new(Topic::UnknownShort, shown, b""));
        };
        let name = option.long.as_bytes();
        if option.setting.takes_value() {
            let attached = Some(rest).filter(|rest| !rest.is_empty());
            let Some(text) = attached.or_else(value) else {
                return Err(Stop::new(Topic::MissingShort, shown, b""));
            };
            return settings.apply(option.setting, name, text);
        }
        settings.apply(option.setting, name, b"")?;
        letters = rest;
    }
    Ok(())
}

//! The option scanner: getopt_long(3) with `+`, over a dialect's table.
//!
//! Options end at `--` or at the first word that is none; short ones combine;
//! a value is the rest of the word or the next word. Each option acts when it
//! is met, so the first that is wrong, or asks for an answer, ends the scan.

use super::{Settings, Stop};
use crate::dialect::{Dialect, Opt};
use crate::text::{after, cut};
use crate::topic::Topic;

/// A scan of the arguments, and what it has come to.
pub(super) struct Scan<'s, 'a> {
    pub dialect: &'s Dialect,
    pub argument: &'s dyn Fn(usize) -> Option<&'a [u8]>,
    pub settings: Settings,
    /// The next argument to look at.
    pub next: usize,
    /// The word that a [`Stop`] would name, and the option it was given to.
    subject: &'a [u8],
    origin: &'static [u8],
}

impl<'s, 'a> Scan<'s, 'a> {
    pub fn new(dialect: &'s Dialect, argument: &'s dyn Fn(usize) -> Option<&'a [u8]>) -> Self {
        Self { dialect, argument, settings: Settings::default(), next: 1, subject: b"", origin: b"" }
    }

    /// Scans all options; `next` is the first word that is none then.
    pub fn options(&mut self) -> Result<(), Stop<'a>> {
        loop {
            let Some(word) = (self.argument)(self.next) else { return Ok(()) };
            let scanned = match word {
                b"--" => {
                    self.take();
                    return Ok(());
                }
                [b'-', b'-', ..] => self.long(word),
                [b'-', _, ..] => self.short(word),
                _ => return Ok(()),
            };
            if let Err(topic) = scanned {
                return Err(Stop { topic, subject: self.subject, origin: self.origin });
            }
        }
    }

    /// The next word, if there is one, as the subject.
    fn take(&mut self) -> bool {
        let word = (self.argument)(self.next);
        if let Some(word) = word {
            self.subject = word;
            self.next = self.next.wrapping_add(1);
        }
        word.is_some()
    }

    #[inline(never)]
    fn long(&mut self, word: &'a [u8]) -> Result<(), Topic> {
        self.take();
        let option = self.named(word)?;
        self.origin = option.long;
        match (option.setting.takes_value(), cut(word, b'=').1) {
            (false, None) => {}
            (false, Some(_)) => return Err(Topic::UnwantedValue),
            (true, Some(text)) => self.subject = text,
            (true, None) if self.take() => {}
            (true, None) => return Err(Topic::MissingLong),
        }
        self.settings.apply(option.setting, self.subject)
    }

    /// The option that a word `--name` or `--name=value` means: one that has
    /// this name, or the only one that begins so.
    fn named(&self, word: &[u8]) -> Result<&'static Opt, Topic> {
        let name = cut(word, b'=').0.get(2..).unwrap_or(b"");
        let mut found = Err(Topic::UnknownLong);
        for option in self.dialect.options {
            match after(option.long, name) {
                Some(b"") => return Ok(option),
                Some(_) if self.dialect.abbreviates => {
                    let first = matches!(found, Err(Topic::UnknownLong));
                    found = if first { Ok(option) } else { Err(Topic::Ambiguous) };
                }
                _ => {}
            }
        }
        found
    }

    #[inline(never)]
    fn short(&mut self, word: &'a [u8]) -> Result<(), Topic> {
        self.take();
        let mut letters = word;
        while let [_, rest @ ..] = letters {
            let [letter, after @ ..] = rest else { break };
            letters = rest;
            self.subject = core::slice::from_ref(letter);
            let option = self.dialect.options.iter().find(|option| option.short == *letter);
            let option = option.ok_or(Topic::UnknownShort)?;
            self.origin = option.long;
            if option.setting.takes_value() {
                if !after.is_empty() {
                    self.subject = after;
                } else if !self.take() {
                    return Err(Topic::MissingShort);
                }
                letters = b"";
            }
            self.settings.apply(option.setting, self.subject)?;
        }
        Ok(())
    }
}

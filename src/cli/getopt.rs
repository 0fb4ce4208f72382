//! The option scanner: getopt_long(3) with `+`, over a dialect's table.
//!
//! Options end at `--` or at the first word that is none; short ones combine;
//! a value is the rest of the word or the next word. Each option acts when it
//! is met, so the first that is wrong, or asks for an answer, ends the scan.

use super::Settings;
use crate::dialect::Opt;
use crate::report::Facts;
use crate::sys::word::Word;
use crate::topic::Topic;
use core::cell::Cell;

/// A scan of the arguments, and what it has come to.
pub(super) struct Scan<'a> {
    /// What a message would name.
    pub facts: &'a mut Facts,
    pub argv: &'a [Cell<Word>],
    /// What they set.
    pub settings: &'a mut Settings,
    /// The next argument to look at.
    pub next: usize,
}

impl Scan<'_> {
    /// Scans all options; `next` is the first word that is none then.
    pub fn options(&mut self) -> Result<(), Topic> {
        while let Some(word) = self.peek()
            && let Some((b'-', letters)) = word.split()
            && !letters.is_empty()
        {
            self.take();
            match letters.split() {
                Some((b'-', name)) if name.is_empty() => break,
                Some((b'-', _)) => self.long(word)?,
                _ => self.short(letters)?,
            }
        }
        Ok(())
    }

    /// The next word, if there is one.
    pub fn peek(&self) -> Option<Word> {
        self.argv.get(self.next).map(Cell::get)
    }

    /// Takes the next word, if there is one, as the subject.
    fn take(&mut self) -> bool {
        let word = self.peek();
        if let Some(word) = word {
            self.facts.subject = word;
            self.next = self.next.wrapping_add(1);
        }
        word.is_some()
    }

    #[inline(never)]
    fn long(&mut self, word: Word) -> Result<(), Topic> {
        let (option, rest) = self.named(word)?;
        self.facts.origin = option.long;
        match (option.setting.takes_value(), rest.split()) {
            (false, None) => {}
            (false, Some(_)) => return Err(Topic::UnwantedValue),
            (true, Some((_, text))) => self.facts.subject = text,
            (true, None) if self.take() => {}
            (true, None) => return Err(Topic::MissingLong),
        }
        self.settings.apply(option.setting, self.facts.subject, false)
    }

    /// The option that `--name` means, and what follows its name: one that has
    /// this name, or the only one that begins so.
    fn named(&self, word: Word) -> Result<(&'static Opt, Word), Topic> {
        let mut found = Err(Topic::UnknownLong);
        for option in self.facts.dialect.options {
            match option.matched(word) {
                Some((true, rest)) => return Ok((option, rest)),
                Some((false, rest)) if self.facts.dialect.abbreviates => {
                    let first = matches!(found, Err(Topic::UnknownLong));
                    found = if first { Ok((option, rest)) } else { Err(Topic::Ambiguous) };
                }
                _ => {}
            }
        }
        found
    }

    #[inline(never)]
    fn short(&mut self, letters: Word) -> Result<(), Topic> {
        let mut rest = letters;
        while let Some((letter, letters)) = rest.split() {
            self.facts.subject = rest;
            let option = self.facts.dialect.options.iter().find(|option| option.short == letter);
            let option = option.ok_or(Topic::UnknownShort)?;
            self.facts.origin = option.long;
            rest = letters;
            if option.setting.takes_value() {
                rest = Word::EMPTY;
                if !letters.is_empty() {
                    self.facts.subject = letters;
                } else if !self.take() {
                    return Err(Topic::MissingShort);
                }
            }
            self.settings.apply(option.setting, self.facts.subject, false)?;
        }
        Ok(())
    }
}

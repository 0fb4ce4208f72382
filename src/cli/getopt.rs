//! The option scanner: getopt_long(3), over a dialect's table.
//!
//! Options end at `--` and, unless the dialect permutes, at the first word that
//! is none; short ones combine;
//! a value is the rest of the word or the next word. Each option acts when it
//! is met, so the first that is wrong, or asks for an answer, ends the scan.

use super::Settings;
use super::settings::DEFAULT_LOG;
use crate::dialect::{LongOptions, Opt, Setting, Slot, Takes};
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
    /// The first argument that is not taken.
    pub first: usize,
    /// The next one to look at.
    pub next: usize,
}

impl Scan<'_> {
    /// Scans all options; `next` is the first word that is none then.
    pub fn options(&mut self, permutes: bool) -> Result<(), Topic> {
        while let Some(word) = self.peek() {
            match word.after(Word::of(c"-")).filter(|letters| !letters.is_empty()) {
                Some(letters) => {
                    self.take();
                    match letters.after(Word::of(c"-")) {
                        Some(name) if name.is_empty() => break,
                        Some(_) if self.understands_long(word) => self.long(word)?,
                        _ => self.short(letters)?,
                    }
                }
                None if permutes => self.next = self.next.wrapping_add(1),
                None => break,
            }
        }
        self.next = self.first;
        Ok(())
    }

    fn understands_long(&self, word: Word) -> bool {
        let alone = self.facts.dialect.long_options == LongOptions::VersionAlone;
        !alone || self.argv.len() == 2 && word.is(Word::of(c"--version"))
    }

    /// The next word, if there is one.
    pub fn peek(&self) -> Option<Word> {
        self.argv.get(self.next).map(Cell::get)
    }

    /// Takes the next word, if there is one, as the subject, and brings it before
    /// those that were passed over.
    #[inline(never)]
    fn take(&mut self) -> bool {
        let Some(word) = self.peek() else { return false };
        self.facts.subject = word;
        let mut at = self.next;
        while at > self.first
            && let (Some(place), Some(before)) = (self.argv.get(at), self.argv.get(at.wrapping_sub(1)))
        {
            // Not Cell::swap, which may panic for all the compiler knows.
            place.set(before.replace(word));
            at = at.wrapping_sub(1);
        }
        self.first = self.first.wrapping_add(1);
        self.next = self.next.wrapping_add(1);
        true
    }

    #[inline(never)]
    fn long(&mut self, word: Word) -> Result<(), Topic> {
        let (option, rest) = self.named(word)?;
        self.facts.origin = option.long;
        match (option.setting.takes(), rest.split()) {
            (Takes::Nothing, None) => {}
            (Takes::Maybe, None) => self.facts.subject = DEFAULT_LOG,
            (Takes::Nothing, Some(_)) => return Err(Topic::UnwantedValue),
            (_, Some((_, text))) => self.facts.subject = text,
            (Takes::Value, None) if self.take() => {}
            (Takes::Value, None) => return Err(Topic::MissingLong),
        }
        self.settings.apply(&option.setting, self.facts.subject, false)?;
        if option.setting == Setting::Addition {
            self.keep(self.facts.subject);
        }
        Ok(())
    }

    /// Puts a variable for the program behind those that are kept already, in
    /// the place of an argument that has been read; in the place of the one
    /// with its name, if there is one.
    fn keep(&mut self, addition: Word) {
        let count = self.settings.number(Slot::Additions) as usize;
        let kept = self.argv.get(1..count).unwrap_or_default();
        let place = match kept.iter().find(|kept| addition.is_variable_of(kept.get())) {
            Some(same) => {
                self.settings.drop_addition();
                same
            }
            None => match self.argv.get(count) {
                Some(place) => place,
                None => return,
            },
        };
        place.set(addition);
    }

    /// The option that `--name` means, and what follows its name: one that has
    /// this name, or the only one that begins so.
    fn named(&self, word: Word) -> Result<(&'static Opt, Word), Topic> {
        let mut found = Err(Topic::UnknownLong);
        for option in self.facts.dialect.options.iter().filter(|option| !option.long.is_empty()) {
            match option.matched(word) {
                Some((true, rest)) => return Ok((option, rest)),
                Some((false, rest)) if self.facts.dialect.long_options == LongOptions::Abbreviated => {
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
            if option.setting.takes() == Takes::Value {
                rest = Word::EMPTY;
                if !letters.is_empty() {
                    self.facts.subject = letters;
                } else if !self.take() {
                    return Err(Topic::MissingShort);
                }
            }
            self.settings.apply(&option.setting, self.facts.subject, false)?;
        }
        Ok(())
    }
}

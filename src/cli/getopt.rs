//! The option scanner: getopt_long(3), over a dialect's table.
//!
//! Options end at `--` and, unless the dialect permutes, at the first word that
//! is none; short ones combine; a value is the rest of the word or the next word.
//! Each option acts when it is met, so the first that is wrong, or asks for an
//! answer, ends the scan.

use super::Settings;
use super::settings::DEFAULT_LOG;
use crate::dialect::{LongOptions, Opt, Setting, Slot, Takes, matched};
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
            match word.split() {
                Some((b'-', letters)) if !letters.is_empty() => {
                    self.take();
                    match letters.split() {
                        Some((b'-', name)) if name.is_empty() => break,
                        Some((b'-', _)) if self.understands_long(word) => self.long(word)?,
                        _ => self.short(letters)?,
                    }
                }
                _ if permutes => self.next = self.next.wrapping_add(1),
                _ => break,
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

    /// Does what the option says that `--name` means: one that has this name, or
    /// the only one that begins so.
    #[inline(never)]
    fn long(&mut self, word: Word) -> Result<(), Topic> {
        let dialect = self.facts.dialect;
        let mut found = None;
        let mut wrong = None;
        for (name, option) in dialect.options.each() {
            match matched(name, word) {
                Some((true, rest)) => {
                    (found, wrong) = (Some((name, option, rest)), None);
                    break;
                }
                Some((false, rest)) if dialect.long_options == LongOptions::Abbreviated => {
                    wrong = found.map(|_| Topic::Ambiguous);
                    found = Some((name, option, rest));
                }
                _ => {}
            }
        }
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        let (name, option, rest) = found.ok_or(Topic::UnknownLong)?;
        self.act(name, option, rest.split().map(|(_, text)| text), Topic::MissingLong)
    }

    /// Does what an option says, with the value that stands in its word, or else
    /// with the next word where it takes one.
    #[inline(never)]
    fn act(&mut self, name: Word, option: &Opt, value: Option<Word>, missing: Topic) -> Result<(), Topic> {
        self.facts.origin = name;
        match (value, option.setting.takes()) {
            (Some(_), Takes::Nothing) => return Err(Topic::UnwantedValue),
            (Some(text), _) => self.facts.subject = text,
            (None, Takes::Nothing) => {}
            (None, Takes::Maybe) => self.facts.subject = DEFAULT_LOG,
            (None, Takes::Value) if self.take() => {}
            (None, Takes::Value) => return Err(missing),
        }
        self.settings.apply(&option.setting, self.facts.subject, false)?;
        if matches!(option.setting, Setting::Addition) {
            self.keep(self.facts.subject);
        }
        Ok(())
    }

    /// Puts a variable for the program behind those that are kept already, in
    /// the place of an argument that has been read; in the place of the one
    /// with its name, if there is one.
    fn keep(&mut self, addition: Word) {
        let count = self.settings.number(Slot::Additions);
        let mut at = 1;
        while let Some(place) = self.argv.get(at as usize) {
            if at > count || addition.is_variable_of(place.get()) {
                place.set(addition);
                break;
            }
            at = at.wrapping_add(1);
        }
        self.settings.set(Slot::Additions, count.max(at));
    }

    #[inline(never)]
    fn short(&mut self, letters: Word) -> Result<(), Topic> {
        let mut rest = letters;
        while let Some((letter, letters)) = rest.split() {
            self.facts.subject = rest;
            let option = self.facts.dialect.options.each().find(|(_, option)| option.short == letter);
            let (name, option) = option.ok_or(Topic::UnknownShort)?;
            let takes = option.setting.takes() == Takes::Value;
            rest = if takes { Word::EMPTY } else { letters };
            self.act(name, option, Some(letters).filter(|letters| takes && !letters.is_empty()), Topic::MissingShort)?;
        }
        Ok(())
    }
}

//! What options and variables set, and what follows from them together.

use super::numbers;
use crate::account;
use crate::dialect::{Dialect, Setting, Slot, TextSlot};
use crate::machine::{ExitMap, Placement, Rewrites, Target, Time};
use crate::signal::Signal;
use crate::sys::word::Word;
use crate::text::decimal;
use crate::topic::Topic;

/// Highest verbosity that may be asked for; above 2 nothing is added.
const MOST_VERBOSE: u32 = 9;

/// What [`Setting::Whom`] may be; the number kept is the place here, from 1 on.
const WHOM: Word = Word::of(c"child group all");
const CHILD: u32 = 1;
const GROUP: u32 = 2;
const ALL: u32 = 3;

/// Where `--termination-log` writes without a value: where Kubernetes reads.
pub(super) const DEFAULT_LOG: Word = Word::of(c"/dev/termination-log");

/// What was set. In this order what is used most is near the beginning, so that
/// instructions are short.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Settings {
    texts: [Option<Word>; TextSlot::COUNT],
    /// Which argument is the program, if there is one.
    pub program: usize,
    /// Which numbers an option set, bit by bit: a variable's no longer counts there.
    by_option: u32,
    numbers: [u32; Slot::COUNT],
    /// What signals are replaced by.
    pub rewrites: Rewrites,
    /// What exit codes are replaced by.
    pub exit_map: ExitMap,
}

impl Settings {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        // As a constant it is known to be nothing but zeros.
        const NOTHING: Settings = Settings {
            texts: [None; TextSlot::COUNT],
            program: 0,
            by_option: 0,
            numbers: [0; Slot::COUNT],
            rewrites: Rewrites::new(),
            exit_map: ExitMap::new(),
        };
        NOTHING
    }

    /// Does what `setting` says with `text`, the word of an option or variable.
    ///
    /// # Errors
    /// What to say of a wrong word.
    #[inline(never)]
    pub fn apply(&mut self, setting: &Setting, text: Word, by_variable: bool) -> Result<(), Topic> {
        let slot;
        let number = 'number: {
            let mut most = u32::MAX;
            let (read, wrong);
            match *setting {
                Setting::Show(topic) => return Err(topic),
                Setting::Rewrite => return self.rewrites.parse(text),
                Setting::RewriteNumbers => return self.rewrites.parse_numbers(text),
                Setting::ExitMap | Setting::ExitCode => {
                    return self.exit_map.parse(text, matches!(setting, Setting::ExitCode), by_variable);
                }
                Setting::User => {
                    account::check(text).ok_or(Topic::BadUser)?;
                    return self.set_text(TextSlot::User, text);
                }
                Setting::Text(slot) => return self.set_text(slot, text),
                Setting::Log if text.first() == b'/' => return self.set_text(TextSlot::Log, text),
                Setting::Log => return Err(Topic::BadPath),
                Setting::Flag(place) => {
                    slot = place;
                    break 'number 1;
                }
                Setting::Switch(place) => {
                    slot = place;
                    if !by_variable {
                        break 'number 1;
                    }
                    (read, most, wrong) = (decimal(text), 1, Topic::BadSwitch);
                }
                Setting::Count(place) => {
                    slot = place;
                    if !by_variable {
                        let before = if self.is_by_option(slot) { self.number(slot) } else { 0 };
                        break 'number before.wrapping_add(1);
                    }
                    (read, most, wrong) = (decimal(text), MOST_VERBOSE, Topic::BadVerbosity);
                }
                Setting::Level(place) => {
                    slot = place;
                    break 'number numbers::atoi(text).saturating_add(1);
                }
                // SEXTON_FORWARD says more than a dialect's own variable.
                Setting::Group if by_variable && self.is_set(Slot::Forward) => return Ok(()),
                Setting::Group => {
                    slot = Slot::Forward;
                    break 'number GROUP;
                }
                Setting::Exactly(byte, place) => {
                    slot = place;
                    let exact = matches!(text.split(), Some((first, rest)) if first == byte && rest.is_empty());
                    break 'number exact.into();
                }
                Setting::Signal(place, topic) => {
                    (slot, wrong) = (place, topic);
                    if wrong != Topic::BadSignal {
                        text.after(Word::of(c"SIG")).ok_or(wrong)?;
                    }
                    read = Signal::parse(text).map(|(signal, rest)| (signal.number().into(), rest));
                }
                Setting::Whom(place, topic) => {
                    (slot, wrong) = (place, topic);
                    read = match text.place(WHOM, Word::SAME) {
                        Some((GROUP, _)) if slot == Slot::Wait => return Err(wrong),
                        read => read,
                    };
                }
                Setting::Duration(place) => {
                    slot = place;
                    (read, wrong) = (numbers::milliseconds(text), Topic::BadDuration);
                }
                // Where it stands is the scan's business.
                Setting::Addition if text.first() != b'=' && text.find(b'=').is_some() => return Ok(()),
                Setting::Addition => return Err(Topic::BadAddition),
            }
            let (number, rest) = read.ok_or(wrong)?;
            if number > most || !rest.is_empty() {
                return Err(wrong);
            }
            number
        };
        self.set(slot, number);
        self.by_option |= u32::from(!by_variable) << slot as u32;
        Ok(())
    }

    /// What follows from the numbers together.
    ///
    /// # Errors
    /// What to say where options contradict each other.
    pub fn resolve(&mut self, pid1: bool) -> Result<(), Topic> {
        let whom = self.number(Slot::Forward);
        if self.is_set(Slot::SingleChild) {
            if whom > CHILD && self.is_by_option(Slot::Forward) {
                return Err(Topic::Contradiction);
            }
            self.set(Slot::Forward, CHILD);
        } else if whom != 0 {
            // SEXTON_FORWARD says more than DUMB_INIT_SETSID.
            self.set(Slot::NoSession, 0);
            if whom == ALL && !pid1 {
                return Err(Topic::NotPid1);
            }
        }
        Ok(())
    }

    /// Adds what variables set where no option spoke, for whoever has not read
    /// them before the options.
    pub fn add(&mut self, variables: &Self) {
        for (mine, theirs) in self.texts.iter_mut().zip(&variables.texts) {
            *mine = mine.or(*theirs);
        }
        for (mine, theirs) in self.numbers.iter_mut().zip(&variables.numbers) {
            if *mine == 0 {
                *mine = *theirs;
            }
        }
        self.rewrites.or(&variables.rewrites);
        self.exit_map.or(&variables.exit_map);
    }

    /// Whether it was an option that set the number there.
    const fn is_by_option(&self, slot: Slot) -> bool {
        self.by_option >> slot as u32 & 1 != 0
    }

    /// The number that is kept there.
    #[must_use]
    pub fn number(&self, slot: Slot) -> u32 {
        self.numbers.get(slot as usize).copied().unwrap_or(0)
    }

    /// Whether anything is kept there.
    #[must_use]
    pub fn is_set(&self, slot: Slot) -> bool {
        self.number(slot) != 0
    }

    /// The time that is kept there.
    #[must_use]
    pub fn time(&self, slot: Slot) -> Option<Time> {
        Time::new(self.number(slot))
    }

    /// The text that is kept there.
    #[must_use]
    pub fn text(&self, slot: TextSlot) -> Option<Word> {
        self.texts.get(slot as usize).copied().flatten()
    }

    fn set_text(&mut self, slot: TextSlot, text: Word) -> Result<(), Topic> {
        if let Some(place) = self.texts.get_mut(slot as usize) {
            *place = Some(text);
        }
        Ok(())
    }

    /// Whether init stays until everybody has ended.
    #[must_use]
    pub fn waits_for_all(&self) -> bool {
        self.number(Slot::Wait) == ALL
    }

    /// Keeps a number there; 0 is none.
    pub fn set(&mut self, slot: Slot, number: u32) {
        if let Some(place) = self.numbers.get_mut(slot as usize) {
            *place = number;
        }
    }

    /// Whom signals go to.
    #[must_use]
    pub fn target(&self, dialect: &Dialect) -> Target {
        let alone = dialect.always_group || self.is_set(Slot::NoSession);
        let whom = match self.number(Slot::Forward) {
            0 if alone => CHILD,
            whom => whom,
        };
        match whom {
            CHILD => Target::Child,
            ALL => Target::All,
            _ => Target::Group,
        }
    }

    /// Where the main child is to live, as far as the command line can tell.
    #[must_use]
    pub fn placement(&self, dialect: &Dialect) -> Placement {
        // Without a child nothing is to be done about the terminal.
        match self.is_set(Slot::SingleChild) || self.is_set(Slot::NoSession) || self.is_set(Slot::Pause) {
            true => Placement::Shared,
            false if dialect.always_group => Placement::Group,
            false => Placement::Session,
        }
    }

    /// How many notes are wanted: 0 is none.
    #[must_use]
    pub fn verbosity(&self, dialect: &Dialect) -> u8 {
        let asked = self.number(Slot::Verbosity).max(self.number(Slot::Debug));
        let level = match self.number(Slot::Level) {
            0 => asked.saturating_add(u32::from(dialect.verbosity)),
            level => level.wrapping_sub(1),
        };
        u8::try_from(level).unwrap_or(u8::MAX)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

//! The names init answers to, each a table over the one engine.
//!
//! A dialect is one file with one [`Dialect`] in it and one line in `ALL`.

mod catatonit;
mod dumb_init;
mod errors;
mod failure_codes;
mod message;
mod setting;
mod sexton;
mod table;
#[cfg(test)]
mod tests;
mod tini;
pub mod words;

pub use failure_codes::FailureCodes;
pub use setting::{Setting, Slot, Takes, TextSlot};
pub use table::{LongOptions, Opt, Table, matched};
pub use words::Stream;

use crate::sys::word::Word;
use crate::topic::Topic;
use message::{Message, prints, says};
use table::{names, table};
use words::{Section, Wording};

/// Every dialect; the first is the one that any other name gets.
const ALL: [&Dialect; 4] = [&sexton::DIALECT, &dumb_init::DIALECT, &tini::DIALECT, &catatonit::DIALECT];

/// One command line, its defaults, its exit codes and its words.
pub struct Dialect {
    /// Last path components of argv\[0\] that choose this dialect: see
    /// [`Word::place`].
    names: Word,
    /// The options it understands.
    pub options: Table,
    /// How long options are understood.
    pub long_options: LongOptions,
    /// Options may stand after the program, up to a `--`.
    pub permutes: bool,
    /// Variables of its own, as options.
    variables: Table,
    /// Which failure ends in which exit code.
    pub failure_codes: FailureCodes,
    /// The child starts with an empty signal mask and signals 1 to 31 at their
    /// defaults, whatever init was started with.
    pub resets_signals: bool,
    /// A child that finds no terminal on stdin gets no ordinary job of init's
    /// session but, as always, a session of its own.
    pub always_session: bool,
    /// The child gets a process group in init's session, as a job of a shell
    /// does. Signals go to it alone, TTIN and TTOU to nobody, and none of them
    /// stops init; what it leaves behind gets none.
    pub always_group: bool,
    /// The terminal is looked for at /dev/tty before standard input.
    pub opens_terminal: bool,
    /// Init adopts orphans only where it is asked to.
    pub adopts_if_asked: bool,
    /// A program named in pause mode is left aside; elsewhere it is an error.
    pub ignores_program: bool,
    /// The exit codes of programs that could not be executed are replaced as
    /// programs' own are.
    pub maps_failures: bool,
    /// How much it says when nothing is asked for.
    pub verbosity: u8,
    /// Programs are executed as by glibc's execvp(3): one in no format that the
    /// kernel knows is given to /bin/sh, and of the directories without the
    /// program the last one's error is told.
    pub execvp: bool,
    /// Where programs are looked for when PATH is not set.
    pub default_path: Word,
    /// Its messages.
    words: Section,
}

impl Dialect {
    /// The dialect of a program called by this name: the last path component
    /// counts, and a login shell's leading dash does not.
    #[must_use]
    pub fn of(argv0: Word) -> &'static Self {
        let base = last_part(argv0);
        let name = base.after(Word::of(c"-")).unwrap_or(base);
        let [default, others @ ..] = &ALL;
        let called = |dialect: &&&Self| name.place(dialect.names, Word::SAME).is_some_and(|(_, rest)| rest.is_empty());
        others.iter().find(called).unwrap_or(default)
    }

    /// What an entry of the environment sets that is a variable of an option of
    /// sexton's own, or of this dialect alone; and the variable's value. Most entries are
    /// none by their first byte, which a dialect's own have in common, but for the
    /// POSIXLY_CORRECT of those whose options may stand anywhere.
    #[inline(always)]
    #[must_use]
    pub fn variable(&self, entry: Word) -> Option<(&'static Setting, Word)> {
        let first = entry.first();
        let own = self.variables.names.first();
        if first == b'S' || first == own || first == b'P' && self.permutes { self.look_up(entry) } else { None }
    }

    #[inline(never)]
    fn look_up(&self, entry: Word) -> Option<(&'static Setting, Word)> {
        let (table, name, fold) = match entry.after(Word::of(c"SEXTON_")) {
            Some(name) => (&sexton::DIALECT.options, name, small as fn(u8) -> u8),
            None => (&self.variables, entry, Word::SAME),
        };
        let (place, rest) = name.place(table.names, fold)?;
        let option = table.options.get((place as usize).wrapping_sub(1))?;
        (option.variable && rest.first() == b'=').then(|| (&option.setting, rest.tail()))
    }

    /// The message for `topic`, if this dialect has anything to say about it.
    #[must_use]
    pub fn wording(&self, topic: Topic) -> Option<Wording> {
        words::find(self.words, words::key(topic))
    }
}

/// The last component of a path.
#[inline(never)]
#[must_use]
pub fn last_part(path: Word) -> Word {
    let mut base = path;
    while let Some(rest) = base.find(b'/') {
        base = rest;
    }
    base
}

/// A byte of a variable's name as an option's long name has it.
const fn small(byte: u8) -> u8 {
    match byte {
        b'_' => b'-',
        b'A'..=b'Z' => byte.to_ascii_lowercase(),
        _ => 0,
    }
}

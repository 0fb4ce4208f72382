//! The names init answers to, each a table over the one engine.
//!
//! A dialect is one file with one [`Dialect`] in it and one line in `ALL`.

mod dumb_init;
mod sexton;
mod words;

use crate::text::{after, cut};
use crate::topic::Topic;
use words::{Message, Words};
pub use words::{Stream, Wording};

/// Every dialect; the first is the one that any other name gets.
const ALL: [&Dialect; 2] = [&sexton::DIALECT, &dumb_init::DIALECT];

/// One command line, its defaults, its exit codes and its words.
pub struct Dialect {
    /// Last path components of argv\[0\] that choose this dialect.
    names: &'static [&'static [u8]],
    /// The options it understands.
    pub options: &'static [Opt],
    /// Long options may be cut short where that is unambiguous.
    pub abbreviates: bool,
    /// Which ENOENT and EACCES, and which other failures of execve, end in
    /// which exit code.
    pub exec_failure: ExecFailure,
    /// Exit code where the child could not be made at all.
    pub start_failure: u8,
    /// The child starts with an empty signal mask and signals 1 to 31 at their
    /// defaults, whatever init was started with.
    pub resets_signals: bool,
    /// A child that finds no terminal on stdin gets no ordinary job of init's
    /// session but, as always, a session of its own.
    pub always_session: bool,
    /// A program file that is no format the kernel knows is given to /bin/sh.
    pub shell_fallback: bool,
    /// Where programs are looked for when PATH is not set.
    pub default_path: &'static [u8],
    /// What `%p` in its messages stands for.
    pub prefix: &'static [u8],
    /// Its messages. Those of level 0 that it lacks are sexton's.
    words: Words,
}

/// Exit codes for a program that could not be executed.
pub struct ExecFailure {
    /// There is no such file.
    pub not_found: u8,
    /// Anything else.
    pub not_executable: u8,
}

/// One option of a command line.
pub struct Opt {
    /// Its letter, or 0.
    pub short: u8,
    /// Its long name without the dashes.
    pub long: &'static [u8],
    /// What it sets, and so whether it takes a value.
    pub setting: Setting,
}

/// What an option or a variable sets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// Print and leave.
    Show(Topic),
    /// No session, and only the child is signalled.
    SingleChild,
    /// Whom signals go to.
    Forward,
    /// Rewrites in sexton's grammar.
    Rewrite,
    /// A rewrite in scanf's `%d:%d`.
    RewriteNumbers,
    /// One more level of notes.
    Verbose,
    /// A level of notes.
    Verbosity,
    /// `DUMB_INIT_SETSID`: exactly `0` is as [`Setting::SingleChild`].
    SetsidVariable,
    /// `DUMB_INIT_DEBUG`: exactly `1` is as [`Setting::Verbose`].
    DebugVariable,
}

impl Setting {
    /// Whether an option with this setting is followed by a value.
    #[must_use]
    pub const fn takes_value(self) -> bool {
        matches!(self, Self::Forward | Self::Rewrite | Self::RewriteNumbers | Self::Verbosity)
    }
}

impl Dialect {
    /// The dialect of a program called by this name: the last path component
    /// counts, and a login shell's leading dash does not.
    #[must_use]
    pub fn of(argv0: &[u8]) -> &'static Self {
        let mut base = argv0;
        while let (_, Some(rest)) = cut(base, b'/') {
            base = rest;
        }
        let name = after(base, b"-").unwrap_or(base);
        let [default, others @ ..] = &ALL;
        others.iter().find(|dialect| dialect.names.contains(&name)).unwrap_or(default)
    }

    /// The message for `topic`, if this dialect has anything to say about it.
    #[must_use]
    pub fn wording(&self, topic: Topic) -> Option<Wording> {
        let common = || sexton::DIALECT.words.find(topic).filter(|wording| wording.level == 0);
        self.words.find(topic).or_else(common)
    }
}

/// Packs a dialect's table of messages.
macro_rules! packed {
    ($messages:ident) => {{
        static PACKED: [u8; crate::dialect::words::packed_len($messages)] = crate::dialect::words::pack($messages);
        Words::new(&PACKED)
    }};
}
use packed;

/// A message on standard error.
const fn says(topic: Topic, level: u8, text: &'static str) -> Message {
    Message { topic, level, stream: Stream::Err, text }
}

/// An option with a letter and a long name.
const fn option(short: u8, long: &'static [u8], setting: Setting) -> Opt {
    Opt { short, long, setting }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(dialect: &'static Dialect) -> &'static str {
        core::str::from_utf8(dialect.names.first().unwrap()).unwrap()
    }

    #[test]
    fn the_last_path_component_chooses_the_dialect() {
        for (argv0, name) in [
            ("dumb-init", "dumb-init"),
            ("/usr/bin/dumb-init", "dumb-init"),
            ("-dumb-init", "dumb-init"),
            ("./x/-dumb-init", "dumb-init"),
            ("sexton", "sexton"),
            ("init", "sexton"),
            ("dumb-init/", "sexton"),
            ("dumb-init2", "sexton"),
            ("", "sexton"),
        ] {
            assert_eq!(name_of(Dialect::of(argv0.as_bytes())), name, "{argv0}");
        }
    }

    #[test]
    fn a_dialect_says_a_thing_in_one_way_and_finds_all_it_says() {
        for (messages, dialect) in [(sexton::MESSAGES, ALL[0]), (dumb_init::MESSAGES, ALL[1])] {
            for (at, message) in messages.iter().enumerate() {
                let first = messages.iter().position(|other| other.topic == message.topic);
                assert_eq!(first, Some(at), "{:?} twice in {}", message.topic, name_of(dialect));
                let found = dialect.wording(message.topic).unwrap();
                assert_eq!((found.level, found.stream), (message.level, message.stream));
                assert_eq!(found.text, message.text.as_bytes());
            }
        }
    }

    #[test]
    fn complaints_that_a_dialect_lacks_are_sextons_and_notes_are_not() {
        let dialect = Dialect::of(b"dumb-init");
        assert!(dialect.wording(Topic::BadForward).is_some());
        assert!(dialect.wording(Topic::PollFailed).is_none());
    }

    #[test]
    fn an_option_is_named_once() {
        for dialect in ALL {
            for (at, option) in dialect.options.iter().enumerate() {
                let same = |other: &Opt| other.long == option.long || other.short == option.short && option.short != 0;
                assert_eq!(
                    dialect.options.iter().position(same),
                    Some(at),
                    "--{:?} in {}",
                    option.long,
                    name_of(dialect)
                );
            }
        }
    }
}

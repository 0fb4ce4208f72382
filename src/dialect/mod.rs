//! The names init answers to, each a table over the one engine.
//!
//! A dialect is one file with one [`Dialect`] in it and one line in `ALL`.

mod catatonit;
mod dumb_init;
mod errors;
mod sexton;
mod tini;
pub mod words;

use crate::error::Errno;
use crate::sys::word::Word;
use crate::topic::Topic;
use core::ffi::CStr;
pub use words::Stream;
use words::{Message, Section, Wording};

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

/// Exit codes of failures.
#[derive(Clone, Copy, Debug)]
pub struct FailureCodes {
    /// There is no such program.
    pub not_found: u8,
    /// What it names to run it is missing.
    pub no_interpreter: u8,
    /// The program may not be executed.
    pub denied: u8,
    /// It could not be executed for another reason.
    pub not_executable: u8,
    /// There is no process to execute it, or not such a one as was asked for.
    pub start: u8,
}

impl FailureCodes {
    /// The exit code for what a topic on the start tells.
    #[must_use]
    pub fn of(&self, topic: Topic, errno: Errno) -> u8 {
        match topic {
            Topic::ExecNoInterpreter => self.no_interpreter,
            Topic::ExecFailed => match errno {
                Errno::NOENT => self.not_found,
                Errno::ACCES => self.denied,
                _ => self.not_executable,
            },
            _ => self.start,
        }
    }
}

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
    names: Word,
    options: &'static [Opt],
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

/// What an option or a variable sets, and how its word is read. First those that
/// take no value, which makes [`Setting::takes`] a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// Print and leave.
    Show(Topic),
    /// It stands there, whatever a variable's value.
    Flag(Slot),
    /// It stands there; as a variable 0 or 1.
    Switch(Slot),
    /// Signals go to the process group.
    Group,
    /// Once more; as a variable a number from 0 to 9.
    Count(Slot),
    /// An absolute path, or none where the option has no value.
    Log,
    /// Exactly this byte stands there; any other word is as none.
    Exactly(u8, Slot),
    /// One of the words `child`, `group` and `all`, or what to say if it is none;
    /// as [`Topic::BadWait`] tells, not `group`.
    Whom(Slot, Topic),
    /// A time in milliseconds, kept with 1 added.
    Duration(Slot),
    /// A user and groups.
    User,
    /// A path, or any other text.
    Text(TextSlot),
    /// A variable for the program.
    Addition,
    /// Rewrites in sexton's grammar.
    Rewrite,
    /// A rewrite in scanf's `%d:%d`.
    RewriteNumbers,
    /// Exit codes to replace, in sexton's grammar.
    ExitMap,
    /// An exit code to replace by 0, as strtol reads it.
    ExitCode,
    /// A signal in sexton's grammar, or what to say if it is none; as
    /// [`Topic::BadValue`] tells, it has to begin with `SIG`.
    Signal(Slot, Topic),
    /// A level of notes as atoi reads it, kept with 1 added.
    Level(Slot),
}

/// Where a setting is kept, as a number: 0 where nothing was set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// No session, and only the child is signalled.
    SingleChild,
    /// Whom signals go to: see `cli::settings`.
    Forward,
    /// How many notes are wanted.
    Verbosity,
    /// `DUMB_INIT_SETSID=0`.
    NoSession,
    /// `DUMB_INIT_DEBUG=1`.
    Debug,
    /// Instead of all that tells how many notes are wanted.
    Level,
    /// Orphans are adopted.
    Subreaper,
    /// What init is to get when its parent ends.
    ParentDeathSignal,
    /// Each orphan that is reaped is told of.
    WarnOnReap,
    /// No program is run.
    Pause,
    /// `POSIXLY_CORRECT`: options end at the program.
    InOrder,
    /// Whom init waits for.
    Wait,
    /// How long what is to end may take.
    Grace,
    /// How long SIGTERM is held back.
    StopDelay,
    /// Death by the signal that was forwarded is no failure.
    StoppedOk,
    /// The program gets no new privileges.
    NoNewPrivileges,
    /// How many variables are added.
    Additions,
}

/// Where a text is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextSlot {
    /// The user that the program becomes.
    User,
    /// Its working directory.
    Directory,
    /// Where init puts its last word.
    Log,
    /// Where init copies itself to.
    Install,
}

impl TextSlot {
    /// How many there are.
    pub const COUNT: usize = Self::Install as usize + 1;
}

/// Whether an option is followed by a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// No.
    Nothing,
    /// Only in the same word, after `=`.
    Maybe,
    /// There or as the next word.
    Value,
}

impl Slot {
    /// How many there are.
    pub const COUNT: usize = Self::Additions as usize + 1;
}

impl Setting {
    /// Whether an option with this setting is followed by a value.
    #[must_use]
    pub const fn takes(self) -> Takes {
        match self {
            Self::Show(_) | Self::Flag(_) | Self::Switch(_) | Self::Group | Self::Count(_) => Takes::Nothing,
            Self::Log => Takes::Maybe,
            _ => Takes::Value,
        }
    }
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
    /// sexton's own, or of this dialect alone; and the variable's value.
    #[inline(never)]
    #[must_use]
    pub fn variable(&self, entry: Word) -> Option<(&'static Setting, Word)> {
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

/// A message on standard error.
const fn says(topic: Topic, level: u8, text: &'static str) -> Message {
    Message { key: words::key(topic), level, stream: Stream::Err, text }
}

/// A message on standard output.
const fn prints(topic: Topic, text: &'static str) -> Message {
    Message { key: words::key(topic), level: 0, stream: Stream::Out, text }
}

/// A table of options: a line for each has its letter or 0, its long name, and
/// what it means; [`variable`] where it has one.
macro_rules! table {
    ($($short:literal, $long:literal, $make:ident($setting:expr);)+) => {
        crate::dialect::Table {
            names: crate::dialect::names!($($long)+),
            options: &[$(crate::dialect::$make($short, $setting)),+],
        }
    };
}
use table;

/// Names as [`Word::place`] reads them.
macro_rules! names {
    ($first:literal $($other:literal)*) => {
        crate::dialect::list(concat!($first, $(" ", $other,)* "\0"))
    };
}
use names;

/// A literal that ends with a null.
const fn list(text: &'static str) -> Word {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => Word::of(text),
        Err(_) => Word::EMPTY,
    }
}

/// An option with a letter.
const fn option(short: u8, setting: Setting) -> Opt {
    Opt { short, setting, variable: false }
}

/// One with a variable, or a variable alone.
const fn variable(short: u8, setting: Setting) -> Opt {
    Opt { short, setting, variable: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::{said, word};

    fn name_of(dialect: &Dialect) -> String {
        said(dialect.names).split(' ').next_back().unwrap().to_owned()
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
            ("docker-init", "tini"),
            ("/sbin/tini-static", "tini"),
            ("/run/podman-init", "catatonit"),
            ("dumb-init/", "sexton"),
            ("dumb-init2", "sexton"),
            ("", "sexton"),
        ] {
            assert_eq!(name_of(Dialect::of(word(argv0))), name, "{argv0}");
        }
    }

    #[test]
    fn a_dialect_says_a_thing_in_one_way_and_finds_all_it_says() {
        let sections = [Section::Errors, Section::Sexton, Section::DumbInit, Section::Tini, Section::Catatonit];
        for (section, messages) in sections.into_iter().zip(words::SECTIONS) {
            for (at, message) in messages.iter().enumerate() {
                let first = messages.iter().position(|other| other.key == message.key);
                assert_eq!(first, Some(at), "{:?} twice in {section:?}", message.text);
                let found = words::find(section, message.key).unwrap();
                assert_eq!((found.level, found.stream), (message.level, message.stream));
                assert_eq!(words::said(found), message.text);
            }
        }
    }

    #[test]
    fn complaints_that_a_dialect_lacks_are_sextons_and_notes_are_not() {
        let dialect = Dialect::of(word("dumb-init"));
        assert!(dialect.wording(Topic::BadForward).is_some());
        assert!(dialect.wording(Topic::PollFailed).is_none());
    }

    /// Nor does a name begin with another and a dash, which would be found first.
    #[test]
    fn an_option_is_named_once() {
        for table in ALL.iter().flat_map(|dialect| [&dialect.options, &dialect.variables]) {
            let names: Vec<String> = said(table.names).split_whitespace().map(str::to_owned).collect();
            let letters: Vec<u8> =
                table.options.iter().map(|option| option.short).filter(|&short| short != 0).collect();
            for (at, name) in names.iter().enumerate() {
                let same = |other: &String| format!("{name}-").starts_with(&format!("{other}-"));
                assert_eq!(names.iter().position(same), Some(at), "{name} in {names:?}");
            }
            for (at, letter) in letters.iter().enumerate() {
                assert_eq!(letters.iter().position(|other| other == letter), Some(at), "{letter} of {names:?}");
            }
        }
    }

    #[test]
    fn each_option_is_told_with_its_name() {
        let told: Vec<(String, u8)> = tini::DIALECT
            .options
            .each()
            .map(|(name, option)| (said(name).split(' ').next().unwrap().to_owned(), option.short))
            .collect();
        let [first, second, .., last] = &told[..] else { panic!("{told:?}") };
        assert_eq!([first, second, last], [&("p".into(), b'p'), &("e".into(), b'e'), &("".into(), b's')]);
    }
}

//! What options and variables set, and where it is kept.

use crate::topic::Topic;

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

impl Slot {
    /// How many there are.
    pub const COUNT: usize = Self::Additions as usize + 1;
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

//! Everything that init can say, as data: what about, and with which numbers.
//!
//! The words are the dialect's ([`crate::dialect`]), the rendering is
//! [`crate::report`]'s.

/// What a message is about. The numbers of a [`Note`] are given in brackets.
#[allow(missing_docs, reason = "the words of each stand in the dialects' tables")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    // What was asked for.
    Help,
    Version,
    License,
    /// What `%h` in other messages stands for.
    Usage,
    /// What `%p` stands for.
    Prefix,

    // What was wrong with the command line or the environment.
    UnknownLong,
    UnknownShort,
    MissingLong,
    MissingShort,
    UnwantedValue,
    Ambiguous,
    NoProgram,
    BadRewrite,
    BadRewriteNumbers,
    BadForward,
    BadVerbosity,
    BadSwitch,
    BadExitMap,
    BadSignal,
    BadValue,
    Reserved,
    BadWait,
    BadDuration,
    BadUser,
    BadAddition,
    BadPath,
    ProgramInPause,
    Contradiction,
    NotPid1,

    // Why the program could not be started [errno].
    UnknownUser, // no errno
    NoAccounts,
    NotInstalled,
    NoParentDeathSignal,
    NoChild,
    NoSession,
    NoForeground,
    NoDirectory,
    NoUser,
    NoNewPrivileges,
    ExecNoInterpreter,
    ExecFailed,

    // Notes on the start.
    DebugByVariable,
    NoSessionByVariable,
    NotDetached, // [errno]
    DetachedAsLeader,
    Detached,
    Spawned,     // [pid]
    NotAttached, // [errno]
    SessionMade,
    NotAdopting,
    NoSubreaper,     // [errno]
    NoRootDirectory, // [errno]
    HandOffIgnored,  // [signal, the same]

    // Notes on what happens under supervision.
    Received,      // [signal]
    Translated,    // [from, to]
    Dropped,       // [signal received]
    Forwarded,     // [signal]
    TakenLeave,    // [signal]
    Spared,        // [signal]: nobody is left whom the farewell could reach
    ForwardFailed, // [signal, errno]
    HeldBack,      // [signal]
    KilledTheRest,
    NotLogged, // [errno]
    Suspending,
    ChildExited,  // [pid, code]
    ChildKilled,  // [pid, signal]
    OrphanReaped, // [pid]
    MainExited,   // [code]
    MainKilled,   // [signal]
    Leaving,      // [exit code]
    PollFailed,   // [errno]
    ReadFailed,   // [errno]

    // The last word, for the termination log.
    LastExited,  // [code]
    LastKilled,  // [signal]
    OutOfMemory, // [signal]
    OutOfTime,   // [signal]
}

/// A message before it has words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note {
    /// What it is about.
    pub topic: Topic,
    /// The numbers that the topic names, in its order.
    pub numbers: [i32; 2],
}

impl Note {
    /// A note with the numbers its topic names; those it does not name are 0.
    #[must_use]
    pub const fn new(topic: Topic, first: i32, second: i32) -> Self {
        Self { topic, numbers: [first, second] }
    }

    /// A note of an error, which a message may name by number and by words.
    #[must_use]
    pub const fn error(topic: Topic, errno: i32) -> Self {
        Self::new(topic, errno, errno)
    }
}

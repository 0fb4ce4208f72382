//! The dialect of Yelp's dumb-init 1.2.5, in glibc's wording.

use super::{Dialect, FailureCodes, LongOptions, Message, Section, Setting, Slot, Table, names, says, table};
use crate::sys::word::Word;
use crate::topic::Topic;

pub(super) static DIALECT: Dialect = Dialect {
    names: names!("dumb-init"),
    options: table! {
        b'h', "help", option(Setting::Show(Topic::Help));
        b'r', "rewrite", option(Setting::RewriteNumbers);
        b'c', "single-child", option(Setting::Flag(Slot::SingleChild));
        b'v', "verbose", option(Setting::Count(Slot::Verbosity));
        b'V', "version", option(Setting::Show(Topic::Version));
    },
    variables: VARIABLES,
    long_options: LongOptions::Abbreviated,
    permutes: false,
    failure_codes: FailureCodes { not_found: 2, no_interpreter: 2, denied: 2, not_executable: 2, start: 1 },
    resets_signals: true,
    always_session: true,
    always_group: false,
    opens_terminal: false,
    adopts_if_asked: false,
    ignores_program: false,
    maps_failures: false,
    verbosity: 0,
    execvp: true,
    // glibc's execvp without PATH.
    default_path: Word::of(c"/bin:/usr/bin"),
    words: Section::DumbInit,
};

/// Under sexton's own name too, so that an image need not change its
/// environment to change its init.
pub(super) const VARIABLES: Table = table! {
    0, "DUMB_INIT_SETSID", variable(Setting::Exactly(b'0', Slot::NoSession));
    0, "DUMB_INIT_DEBUG", variable(Setting::Exactly(b'1', Slot::Debug));
};

pub(super) const MESSAGES: &[Message] = &[
    says(Topic::Prefix, 0, "[dumb-init] "),
    says(Topic::Help, 0, HELP),
    says(Topic::Version, 0, concat!("dumb-init v", env!("CARGO_PKG_VERSION"), "\n")),
    // Others show their usage then.
    says(Topic::Usage, 0, ""),
    says(Topic::UnknownLong, 0, "%k: unrecognized option '%t'\n%h"),
    says(Topic::UnknownShort, 0, "%k: invalid option -- '%l'\n%h"),
    says(Topic::MissingLong, 0, "%k: option '--%o' requires an argument\n"),
    says(Topic::MissingShort, 0, "%k: option requires an argument -- '%l'\n%h"),
    says(Topic::UnwantedValue, 0, "%k: option '--%o' doesn't allow an argument\n%h"),
    says(Topic::Ambiguous, 0, "%k: option '%t' is ambiguous; possibilities:%m\n"),
    says(Topic::NoProgram, 0, "Usage: %k [option] program [args]\nTry %k --help for full usage.\n"),
    says(
        Topic::BadRewriteNumbers,
        0,
        "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n\
             This option can be specified multiple times.\n\
             Use --help for full usage.\n",
    ),
    says(Topic::NoChild, 0, "%pUnable to fork. Exiting.\n"),
    says(Topic::NoSession, 0, "%pUnable to setsid (%e). Exiting.\n"),
    says(Topic::ExecNoInterpreter, 0, "%p%t: %e\n"),
    says(Topic::ExecFailed, 0, "%p%t: %e\n"),
    says(Topic::DebugByVariable, 1, "%pRunning in debug mode.\n"),
    says(Topic::NoSessionByVariable, 1, "%pNot running in setsid mode.\n"),
    says(Topic::NotDetached, 1, "%pUnable to detach from controlling tty (errno=%d %e).\n"),
    says(
        Topic::DetachedAsLeader,
        1,
        "%pDetached from controlling tty, ignoring the first SIGHUP and SIGCONT we receive.\n",
    ),
    says(Topic::Detached, 1, "%pDetached from controlling tty, but was not session leader.\n"),
    says(Topic::Spawned, 1, "%pChild spawned with PID %d.\n"),
    says(Topic::NotAttached, 1, "%pUnable to attach to controlling tty (errno=%d %e).\n"),
    says(Topic::SessionMade, 1, "%psetsid complete.\n"),
    says(Topic::NoRootDirectory, 1, "%pUnable to chdir(\"/\") (errno=%d %e)\n"),
    says(Topic::HandOffIgnored, 1, "%pReceived signal %d.\n%pIgnoring tty hand-off signal %d.\n"),
    says(Topic::Received, 1, "%pReceived signal %d.\n"),
    says(Topic::Translated, 1, "%pTranslating signal %d to %d.\n"),
    says(Topic::Dropped, 1, "%pNot forwarding signal 0 to children (ignored).\n"),
    // The original does not look whether a signal went out.
    says(Topic::Forwarded, 1, "%pForwarded signal %d to children.\n"),
    says(Topic::ForwardFailed, 1, "%pForwarded signal %d to children.\n"),
    says(Topic::TakenLeave, 1, "%pForwarded signal %d to children.\n"),
    says(Topic::Spared, 1, "%pForwarded signal %d to children.\n"),
    says(Topic::Suspending, 1, "%pSuspending self due to TTY signal.\n"),
    says(Topic::ChildExited, 1, "%pA child with PID %d exited with exit status %d.\n"),
    says(Topic::ChildKilled, 1, "%pA child with PID %d was terminated by signal %d.\n"),
    says(Topic::Leaving, 1, "%pChild exited with status %d. Goodbye.\n"),
];

const HELP: &str = concat!(
    "dumb-init v",
    env!("CARGO_PKG_VERSION"),
    "\nUsage: %k [option] command [[arg] ...]

Runs command as a container's init, sexton.

 -c, --single-child     no new session; signal command alone
 -r, --rewrite=FROM:TO  forward FROM as TO (numbers), 0 drops it; repeatable
 -v, --verbose          notes on stderr
 -h, --help   -V, --version

DUMB_INIT_SETSID=0 is -c, DUMB_INIT_DEBUG=1 is -v.
"
);

//! The dialect of krallin's tini 0.19.0, in glibc's wording.

use super::words::key;
use super::{Dialect, FailureCodes, LongOptions, Message, Section, Setting, Slot, Stream, names, prints, says, table};
use crate::sys::word::Word;
use crate::topic::Topic;

pub(super) static DIALECT: Dialect = Dialect {
    names: names!("tini-static" "docker-init" "tini"),
    options: table! {
        b'p', "p", option(Setting::Signal(Slot::ParentDeathSignal, Topic::BadValue));
        b'e', "e", option(Setting::ExitCode);
        0, "version", option(Setting::Show(Topic::Version));
        b'h', "", option(Setting::Show(Topic::Help));
        b'v', "", option(Setting::Count(Slot::Verbosity));
        b'w', "", option(Setting::Flag(Slot::WarnOnReap));
        b'g', "", option(Setting::Group);
        b'l', "", option(Setting::Show(Topic::License));
        b's', "", option(Setting::Flag(Slot::Subreaper));
    },
    long_options: LongOptions::VersionAlone,
    permutes: true,
    variables: table! {
        0, "TINI_SUBREAPER", variable(Setting::Flag(Slot::Subreaper));
        0, "TINI_VERBOSITY", variable(Setting::Level(Slot::Level));
        0, "TINI_KILL_PROCESS_GROUP", variable(Setting::Group);
        0, "POSIXLY_CORRECT", variable(Setting::Flag(Slot::InOrder));
    },
    failure_codes: FailureCodes { not_found: 127, no_interpreter: 127, denied: 126, not_executable: 1, start: 1 },
    resets_signals: false,
    always_session: false,
    always_group: true,
    opens_terminal: false,
    adopts_if_asked: true,
    ignores_program: false,
    maps_failures: true,
    verbosity: 1,
    execvp: true,
    // glibc's execvp without PATH.
    default_path: Word::of(c"/bin:/usr/bin"),
    words: Section::Tini,
};

/// As dockerd reads it: the version, and of what follows ` - git.` the commit.
const VERSION: &str = concat!("tini version ", env!("CARGO_PKG_VERSION"), "_sexton", env!("SEXTON_COMMIT"), "\n");

/// A note on standard output: those below a warning go there.
const fn notes(topic: Topic, level: u8, text: &'static str) -> Message {
    Message { key: key(topic), level, stream: Stream::Out, text }
}

pub(super) const MESSAGES: &[Message] = &[
    says(Topic::Prefix, 0, "tini: "),
    says(Topic::Usage, 0, USAGE),
    prints(Topic::Help, "%h"),
    prints(Topic::Version, VERSION),
    says(Topic::NoProgram, 0, "%h"),
    says(Topic::BadValue, 0, "[FATAL tini (%i)] Not a valid option for -%o: %t\n"),
    says(Topic::NoChild, 0, "[FATAL tini (%i)] fork failed: %e\n"),
    says(Topic::NoSession, 0, "[FATAL tini (%d)] setpgid failed: %e\n"),
    says(Topic::NoForeground, 0, "[FATAL tini (%d)] tcsetpgrp failed: %e\n"),
    says(Topic::ExecNoInterpreter, 0, "[FATAL tini (%d)] exec %t failed: %e\n"),
    says(Topic::ExecFailed, 0, "[FATAL tini (%d)] exec %t failed: %e\n"),
    says(Topic::NotAdopting, 1, NOT_ADOPTING),
    says(Topic::OrphanReaped, 1, "[WARN  tini (%i)] Reaped zombie process with pid=%d\n"),
    says(Topic::ForwardFailed, 1, "[WARN  tini (%i)] Error when forwarding signal '%s': '%e'\n"),
    notes(Topic::Spawned, 2, "[INFO  tini (%i)] Spawned child process '%t' with pid '%d'\n"),
    notes(Topic::MainExited, 2, "[INFO  tini (%i)] Main child exited normally (with status '%d')\n"),
    notes(Topic::MainKilled, 2, "[INFO  tini (%i)] Main child exited with signal (with signal '%s')\n"),
    notes(Topic::Forwarded, 3, "[DEBUG tini (%i)] Passing signal: '%s'\n"),
    notes(Topic::ChildExited, 3, REAPED),
    notes(Topic::ChildKilled, 3, REAPED),
    notes(Topic::Leaving, 4, "[TRACE tini (%i)] Exiting: child has exited\n"),
];

/// The original says the first line once for all that it reaps at a time.
const REAPED: &str = "[DEBUG tini (%i)] Received SIGCHLD\n[DEBUG tini (%i)] Reaped child with pid: '%d'\n";

const NOT_ADOPTING: &str = "\
[WARN  tini (%i)] Tini is not running as PID 1 and isn't registered as a child subreaper.
Zombie processes will not be re-parented to Tini, so zombie reaping won't work.
To fix the problem, use the -s option, set TINI_SUBREAPER or run Tini as PID 1.
";

const USAGE: &str = concat!(
    "%n (tini version ",
    env!("CARGO_PKG_VERSION"),
    "_sexton)
Usage: %n [OPTIONS] PROGRAM -- [ARGS] | --version

Runs PROGRAM under the supervision of a valid init process, sexton.

 -e CODE  exit with 0 instead of CODE; repeatable
 -g  signal PROGRAM's group
 -p SIGNAL  get SIGNAL (as SIGKILL) when the parent ends
 -s  adopt orphans
 -v  notes; repeatable
 -w  a line for each orphan reaped
 -h  -l (license)  --version

Variables: TINI_SUBREAPER (-s), TINI_VERBOSITY (0-4), TINI_KILL_PROCESS_GROUP (-g).
"
);

//! Sexton's own command line and words.

use super::dumb_init;
use super::{
    Dialect, FailureCodes, LongOptions, Message, Section, Setting, Slot, TextSlot, names, prints, says, table,
};
use crate::sys::word::Word;
use crate::topic::Topic;

pub(super) static DIALECT: Dialect = Dialect {
    names: names!("sexton"),
    options: table! {
        b'c', "single-child", option(Setting::Flag(Slot::SingleChild));
        0, "forward", variable(Setting::Whom(Slot::Forward, Topic::BadForward));
        b'r', "rewrite", variable(Setting::Rewrite);
        b'v', "verbose", variable(Setting::Count(Slot::Verbosity));
        b'e', "exit-map", variable(Setting::ExitMap);
        b'p', "parent-death-signal", variable(Setting::Signal(Slot::ParentDeathSignal, Topic::BadSignal));
        0, "wait", variable(Setting::Whom(Slot::Wait, Topic::BadWait));
        0, "grace", variable(Setting::Duration(Slot::Grace));
        0, "stop-delay", variable(Setting::Duration(Slot::StopDelay));
        0, "stopped-ok", variable(Setting::Switch(Slot::StoppedOk));
        0, "user", variable(Setting::User);
        0, "chdir", variable(Setting::Text(TextSlot::Directory));
        0, "env", option(Setting::Addition);
        0, "no-new-privs", variable(Setting::Switch(Slot::NoNewPrivileges));
        0, "termination-log", variable(Setting::Log);
        b's', "subreaper", option(Setting::Flag(Slot::Subreaper));
        b'w', "warn-on-reap", variable(Setting::Switch(Slot::WarnOnReap));
        b'P', "pause", option(Setting::Flag(Slot::Pause));
        b'h', "help", option(Setting::Show(Topic::Help));
        b'V', "version", option(Setting::Show(Topic::Version));
        0, "license", option(Setting::Show(Topic::License));
        // Last, for a message names it, too: so the linker needs the word once.
        0, "install", option(Setting::Text(TextSlot::Install));
    },
    variables: dumb_init::VARIABLES,
    long_options: LongOptions::Whole,
    permutes: false,
    failure_codes: FailureCodes { not_found: 127, no_interpreter: 126, denied: 126, not_executable: 126, start: 125 },
    resets_signals: false,
    always_session: false,
    always_group: false,
    opens_terminal: false,
    adopts_if_asked: false,
    ignores_program: false,
    maps_failures: false,
    verbosity: 0,
    execvp: false,
    // The PATH that sh assumes (dash's var.c).
    default_path: Word::of(c"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    words: Section::Sexton,
};

pub(super) const MESSAGES: &[Message] = &[
    says(Topic::Prefix, 0, "sexton: "),
    prints(Topic::Help, HELP),
    prints(Topic::Version, concat!("sexton ", env!("CARGO_PKG_VERSION"), "\n")),
    prints(Topic::License, LICENSE),
    says(Topic::UnknownLong, 0, "%punknown option '%t'; see --help\n"),
    says(Topic::UnknownShort, 0, "%punknown option '-%l'; see --help\n"),
    says(Topic::MissingLong, 0, "%poption '--%o' needs a value\n"),
    says(Topic::MissingShort, 0, "%poption '-%l' needs a value\n"),
    says(Topic::UnwantedValue, 0, "%poption '--%o' takes no value\n"),
    says(Topic::NoProgram, 0, "%pno program given; see --help\n"),
    says(Topic::BadRewrite, 0, "%p%o '%t' is no FROM:TO, as TERM:QUIT or 15:0 (FROM is not KILL, STOP or CHLD)\n"),
    says(Topic::BadForward, 0, "%p%o '%t' is not 'child', 'group' or 'all'\n"),
    says(Topic::BadWait, 0, "%p%o '%t' is not 'child' or 'all'\n"),
    says(Topic::BadDuration, 0, "%p%o '%t' is no time, as 10, 10s, 500ms or 2m\n"),
    says(Topic::BadUser, 0, "%p%o '%t' is no USER[:GROUP,...], as 1000:1000 or app\n"),
    says(Topic::BadAddition, 0, "%p%o '%t' is no NAME=VALUE\n"),
    says(Topic::BadPath, 0, "%p%o '%t' is no absolute path\n"),
    says(Topic::NotPid1, 0, "%p--forward=all is for PID 1 alone: it would signal every process\n"),
    says(Topic::UnknownUser, 0, "%p'%t' is not in /etc/passwd and /etc/group, or has too many groups\n"),
    says(Topic::NoAccounts, 0, "%pcannot find '%t' in /etc/passwd and /etc/group: %e\n"),
    says(Topic::NotInstalled, 0, "%pcannot install '%t': %e\n"),
    says(Topic::NoDirectory, 0, "%pcannot change to '%t': %e\n"),
    says(Topic::NoUser, 0, "%pcannot become '%t': %e\n"),
    says(Topic::NoNewPrivileges, 0, "%pcannot give privileges up: %e\n"),
    says(Topic::BadVerbosity, 0, "%p%o '%t' is not 0 to 9\n"),
    says(Topic::BadSwitch, 0, "%p%o '%t' is not 0 or 1\n"),
    says(Topic::BadExitMap, 0, "%p%o '%t' is no FROM:TO, as 143:0, from 0 to 255\n"),
    says(Topic::BadSignal, 0, "%p%o '%t' is no signal, as 15, TERM or RTMIN+3\n"),
    says(Topic::ProgramInPause, 0, "%p--%o runs no program: leave '%t' out\n"),
    says(Topic::Contradiction, 0, "%p--single-child excludes --forward=group and =all\n"),
    says(Topic::NoParentDeathSignal, 0, "%pcannot have a signal at the parent's end: %e\n"),
    says(Topic::NoChild, 0, "%pcannot make a child: %e\n"),
    says(Topic::NoSession, 0, "%pcannot make a session or group: %e\n"),
    says(Topic::NoForeground, 0, "%pcannot give the terminal away: %e\n"),
    says(Topic::ExecNoInterpreter, 0, "%pcannot run '%t': its interpreter is missing\n"),
    says(Topic::ExecFailed, 0, "%pcannot run '%t': %e\n"),
    says(Topic::Spawned, 1, "%ppid %d is to run '%t'\n"),
    says(Topic::NoSubreaper, 1, "%pcannot adopt orphans: %e\n"),
    says(Topic::NoRootDirectory, 1, "%pcannot change to '/': %e\n"),
    says(Topic::NotDetached, 2, "%pcannot give up the terminal: %e\n"),
    says(Topic::NotAttached, 2, "%pthe child has no terminal: %e\n"),
    says(Topic::HandOffIgnored, 2, "%p%s of the terminal's hand-over dropped\n"),
    says(Topic::OrphanReaped, 0, "%preaped orphan %d\n"),
    says(Topic::Received, 2, "%preceived %s\n"),
    says(Topic::Translated, 2, "%p%s becomes %s\n"),
    says(Topic::Dropped, 1, "%p%s dropped\n"),
    says(Topic::Forwarded, 1, "%p%s forwarded\n"),
    says(Topic::TakenLeave, 2, "%p%s sent to the rest of the group\n"),
    says(Topic::ForwardFailed, 1, "%p%s not forwarded: %e\n"),
    says(Topic::ChildExited, 2, "%ppid %d exited with %d\n"),
    says(Topic::ChildKilled, 2, "%ppid %d was killed by %s\n"),
    says(Topic::Leaving, 1, "%p'%t' has ended; leaving with %d\n"),
    says(Topic::HeldBack, 1, "%p%s held back\n"),
    says(Topic::KilledTheRest, 1, "%ptime is over: SIGKILL to the rest\n"),
    says(Topic::NotLogged, 1, "%pcannot write the termination log: %e\n"),
    says(Topic::LastExited, 0, "exit code %d: %t\n"),
    says(Topic::LastKilled, 0, "killed by %s: %t\n"),
    says(Topic::OutOfMemory, 0, "killed by %s, out of memory: %t\n"),
    says(Topic::OutOfTime, 0, "killed by %s, out of time: %t\n"),
    says(Topic::PollFailed, 1, "%pcannot poll: %e\n"),
    says(Topic::ReadFailed, 1, "%pcannot read signals: %e\n"),
];

const HELP: &str = "\
Usage: sexton [OPTIONS] [--] PROGRAM [ARG...]

Runs PROGRAM as a container's init: forwards signals, reaps orphans, exits as it
did (128+n if signal n killed it).

 -c, --single-child     no new session; signal PROGRAM alone
     --forward=WHOM     signal PROGRAM's 'group' (default), the 'child' or 'all'
     --wait=all         stay until all have ended, not just the 'child'
     --grace=TIME       KILL so long after TERM, INT or QUIT (10s, 500ms, 2m)
     --stop-delay=TIME  hold the first TERM back
 -r, --rewrite=FROM:TO  forward FROM (15, TERM, RTMIN+3) as TO, 0 drops it
 -e, --exit-map=FROM:TO exit with TO (or 0) instead of FROM
     --stopped-ok       exit with 0 if the stop signal ended it
     --user=USER[:GROUP,...]  --chdir=DIR  --no-new-privs
     --env=NAME=VALUE   for PROGRAM
     --termination-log[=FILE] a line on what ended it
     --install=DEST     copy sexton there
 -p, --parent-death-signal=SIGNAL
                        get SIGNAL when the parent ends
 -s, --subreaper        nothing: orphans are adopted anyway
 -w, --warn-on-reap     a line for each orphan reaped
 -P, --pause            run nothing; reap until TERM or INT
 -v, --verbose          notes; twice for more
 -h, --help   -V, --version   --license

-r, -e and --env repeat.
Variables: SEXTON_GRACE=10s and so on, but for -c, --env, --install, -s, -P, -h,
-V, --license; lists have commas, switches are 0 or 1, SEXTON_VERBOSE is 0-9.
DUMB_INIT_SETSID=0 is -c, DUMB_INIT_DEBUG=1 is -v. Options beat variables.
Exit codes: 1 usage, 125 no child, 126 not executable, 127 not found.
";

const LICENSE: &str = "Copyright 2026 the sexton authors. MIT License or Apache License 2.0. No warranty.\n";

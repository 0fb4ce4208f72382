//! Sexton's own command line and words.

use super::Setting::{Forward, Rewrite, Show, SingleChild, Verbose};
use super::{Dialect, ExecFailure, Message, Stream, option, says};
use crate::topic::Topic;

pub(super) static DIALECT: Dialect = Dialect {
    names: &["sexton"],
    options: &[
        option(b'c', "single-child", SingleChild),
        option(0, "forward", Forward),
        option(b'r', "rewrite", Rewrite),
        option(b'v', "verbose", Verbose),
        option(b'h', "help", Show(Topic::Help)),
        option(b'V', "version", Show(Topic::Version)),
        option(0, "license", Show(Topic::License)),
    ],
    abbreviates: false,
    exec_failure: ExecFailure { not_found: 127, not_executable: 126 },
    start_failure: 125,
    resets_signals: false,
    always_session: false,
    shell_fallback: false,
    // The PATH that sh assumes (dash's var.c).
    default_path: b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    messages: &[
        Message { topic: Topic::Help, level: 0, stream: Stream::Out, text: HELP },
        Message {
            topic: Topic::Version,
            level: 0,
            stream: Stream::Out,
            text: concat!("sexton ", env!("CARGO_PKG_VERSION"), "\n"),
        },
        Message { topic: Topic::License, level: 0, stream: Stream::Out, text: LICENSE },
        says(Topic::UnknownLong, 0, "sexton: unknown option '%t'; 'sexton --help' lists them\n"),
        says(Topic::UnknownShort, 0, "sexton: unknown option '-%t'; 'sexton --help' lists them\n"),
        says(Topic::MissingLong, 0, "sexton: option '--%o' needs a value; see 'sexton --help'\n"),
        says(Topic::MissingShort, 0, "sexton: option '-%t' needs a value; see 'sexton --help'\n"),
        says(Topic::UnwantedValue, 0, "sexton: option '--%o' takes no value\n"),
        says(Topic::NoProgram, 0, "sexton: no program given; usage: sexton [OPTIONS] [--] PROGRAM [ARG...]\n"),
        says(
            Topic::BadRewrite,
            0,
            "sexton: %o '%t' is no rewrite; give FROM:TO, as TERM:QUIT, 15:3 or RTMIN+1:0 (0 drops; KILL, STOP and CHLD cannot be rewritten)\n",
        ),
        says(Topic::BadForward, 0, "sexton: %o '%t' is unknown; give 'child' or 'group'\n"),
        says(Topic::BadVerbosity, 0, "sexton: %o '%t' is no level; give a number, 0 to 9\n"),
        says(
            Topic::Contradiction,
            0,
            "sexton: --single-child and --forward=group exclude each other; give one of them\n",
        ),
        says(Topic::NoSignalFd, 0, "sexton: cannot make a signalfd: %e\n"),
        says(Topic::NoPoll, 0, "sexton: cannot make an epoll instance: %e\n"),
        says(Topic::NoChild, 0, "sexton: cannot make a child process: %e\n"),
        says(Topic::NoSession, 0, "sexton: cannot make a session or process group for the child: %e\n"),
        says(Topic::NoForeground, 0, "sexton: cannot give the terminal to the child: %e\n"),
        says(Topic::ExecNotFound, 0, "sexton: cannot run '%t': %e\n"),
        says(
            Topic::ExecNoInterpreter,
            0,
            "sexton: cannot run '%t': the file is there, but the interpreter or loader that it names is not\n",
        ),
        says(Topic::ExecFailed, 0, "sexton: cannot run '%t': %e\n"),
        says(Topic::Spawned, 1, "sexton: started '%t' as pid %d\n"),
        says(Topic::NoSubreaper, 1, "sexton: cannot adopt orphans: %e\n"),
        says(Topic::NoRootDirectory, 1, "sexton: cannot change to '/': %e\n"),
        says(Topic::NotDetached, 2, "sexton: cannot give up the terminal: %e\n"),
        says(Topic::NotAttached, 2, "sexton: the child has no terminal: %e\n"),
        says(Topic::HandOffIgnored, 2, "sexton: %s of the terminal's hand-over dropped\n"),
        says(Topic::Received, 2, "sexton: received %s\n"),
        says(Topic::Translated, 2, "sexton: %s becomes %s\n"),
        says(Topic::Dropped, 1, "sexton: %s dropped\n"),
        says(Topic::Forwarded, 1, "sexton: %s forwarded\n"),
        says(Topic::ForwardFailed, 1, "sexton: %s not forwarded: %e\n"),
        says(Topic::ChildExited, 2, "sexton: pid %d exited with %d\n"),
        says(Topic::ChildKilled, 2, "sexton: pid %d was killed by %s\n"),
        says(Topic::Leaving, 1, "sexton: '%t' has ended; leaving with %d\n"),
        says(Topic::PollFailed, 1, "sexton: cannot poll: %e; waiting for signals alone\n"),
        says(Topic::ReadFailed, 1, "sexton: cannot read signals: %e\n"),
    ],
};

const HELP: &str = concat!(
    "sexton ",
    env!("CARGO_PKG_VERSION"),
    "\nUsage: sexton [OPTIONS] [--] PROGRAM [ARG...]

Runs PROGRAM as the first process of a container: forwards every signal to it,
reaps every orphan, and exits as it did (128+n if signal n killed it).

  -c, --single-child       run PROGRAM in init's own session and signal it alone
      --forward=WHOM       signal WHOM: 'group' (PROGRAM's session and process
                           group, the default) or 'child' (PROGRAM alone)
  -r, --rewrite=FROM:TO    forward signal FROM as TO; 0 drops it; repeatable
                           (numbers or names: 15, TERM, sigterm, RTMIN+3)
  -v, --verbose            notes on stderr; twice for more
  -h, --help               this text
  -V, --version            the version
      --license            the licence

Environment: SEXTON_FORWARD, SEXTON_REWRITE (pairs, separated by commas),
SEXTON_VERBOSE (a level), DUMB_INIT_SETSID=0 (as -c), DUMB_INIT_DEBUG=1 (as -v).
An option beats its variable.

Exit codes: 1 wrong usage, 125 init could not start a child, 126 PROGRAM cannot
be executed, 127 PROGRAM was not found, otherwise PROGRAM's.
"
);

const LICENSE: &str = concat!(
    include_str!("../../LICENSE-MIT"),
    "\nOr, at your option, the Apache License, Version 2.0:\n<https://www.apache.org/licenses/LICENSE-2.0>\n"
);

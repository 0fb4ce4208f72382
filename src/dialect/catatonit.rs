//! The dialect of openSUSE's catatonit 0.2.1, in glibc's wording.

use super::{Dialect, FailureCodes, LongOptions, Message, Section, Setting, Slot, names, says, table};
use crate::sys::word::Word;
use crate::topic::Topic;

pub(super) static DIALECT: Dialect = Dialect {
    names: names!("podman-init" "catatonit"),
    options: table! {
        b'V', "version", option(Setting::Show(Topic::Version));
        b'g', "", option(Setting::Group);
        b'h', "", option(Setting::Show(Topic::Help));
        b'L', "", option(Setting::Show(Topic::License));
        b'P', "", option(Setting::Flag(Slot::Pause));
    },
    long_options: LongOptions::Abbreviated,
    permutes: true,
    variables: table! {
        0, "CATATONIT_DEBUG", variable(Setting::Flag(Slot::Debug));
        0, "CATATONIT_LOG", variable(Setting::Show(Topic::Reserved));
        0, "POSIXLY_CORRECT", variable(Setting::Flag(Slot::InOrder));
    },
    failure_codes: FailureCodes { not_found: 1, no_interpreter: 1, denied: 1, not_executable: 1, start: 1 },
    resets_signals: false,
    always_session: false,
    always_group: true,
    opens_terminal: true,
    adopts_if_asked: false,
    ignores_program: true,
    maps_failures: false,
    verbosity: 0,
    execvp: true,
    // glibc's execvp without PATH.
    default_path: Word::of(c"/bin:/usr/bin"),
    words: Section::Catatonit,
};

pub(super) const MESSAGES: &[Message] = &[
    says(Topic::Prefix, 0, "catatonit: "),
    says(Topic::Usage, 0, "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]\n"),
    says(Topic::Help, 0, HELP),
    says(Topic::NoProgram, 0, "ERROR (catatonit:%i): missing program name\n%h"),
    says(Topic::Reserved, 0, "ERROR (catatonit:%i): CATATONIT_LOG is reserved for future use\n"),
    says(Topic::NoChild, 0, "ERROR (catatonit:%i): failed to fork child: %e\n"),
    says(Topic::NoSession, 0, "ERROR (catatonit:%d): failed to create process group\n"),
    says(Topic::NoForeground, 0, "ERROR (catatonit:%d): setting foreground process failed: %e\n"),
    says(Topic::ExecNoInterpreter, 0, "ERROR (catatonit:%d): failed to exec pid1: %e\n"),
    says(Topic::ExecFailed, 0, "ERROR (catatonit:%d): failed to exec pid1: %e\n"),
    says(Topic::Spawned, 1, "DEBUG (catatonit:%i): pid1 (%d) spawned: %t\n"),
    says(Topic::ForwardFailed, 1, "WARN (catatonit:%i): forwarding of signal %d to pid1 failed: %e\n"),
    says(Topic::ChildExited, 1, "DEBUG (catatonit:%i): child process %d exited with code %d\n"),
    says(Topic::ChildKilled, 1, "DEBUG (catatonit:%i): child process %d exited due to signal %d\n"),
];

const HELP: &str = "%h
Runs <progname> as a container's init, sexton.

 -g  signal its group
 -P  run nothing; reap until TERM or INT
 -h  -L (license)  -V, --version
";

//! Under the names catatonit and podman-init: the command line and variables.
//!
//! With `INIT_UNDER_TEST=/usr/bin/catatonit` all pass.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init};

/// argv[0] as given is what getopt's lines begin with.
const NAME: &str = "/some/where/catatonit";
const USAGE: &str = "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]\n";

fn catatonit(args: &[&str]) -> Init {
    Init::new().named(NAME).args(args)
}

/// Exit code 1, that line and the usage on stderr, nothing started.
#[track_caller]
fn is_misused(args: &[&str], complaint: &str) {
    let folder = Folder::new();
    let file = folder.path("started");
    let (code, out, err) = catatonit(args).args(&["touch", &file]).finish();
    let expected = format!("{NAME}: {complaint}\n{USAGE}");
    assert_eq!((code, out.as_str(), err), (1, "", expected), "{args:?}");
    assert!(!std::fs::exists(file).unwrap(), "{args:?} started something");
}

/// The line with N for the pid that follows `catatonit:`.
fn without_pid(text: &str) -> String {
    let (head, rest) = text.split_once("(catatonit:").unwrap_or_else(|| panic!("{text}"));
    let (pid, rest) = rest.split_once(')').unwrap();
    assert!(pid.parse::<i32>().is_ok_and(|pid| pid > 0), "{text}");
    format!("{head}(catatonit:N){rest}")
}

#[track_caller]
fn says(args: &[&str], expected: &str) {
    let (code, out, err) = catatonit(args).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (0, expected, ""), "{args:?}");
}

#[test]
fn options_are_accepted_in_all_their_forms() {
    for options in [&[][..], &["--"], &["-g"], &["-gg", "-g", "--"]] {
        says(&[options, &["echo", "ran"]].concat(), "ran\n");
    }
}

#[test]
fn options_may_stand_after_the_program() {
    says(&["echo", "a", "-g", "b", "--", "-g", "--", "c"], "a b -g -- c\n");
    is_misused(&["sh", "-c", "exit 4"], "invalid option -- 'c'");
}

#[test]
fn posixly_correct_ends_the_options_at_the_program() {
    let init = catatonit(&["-g", "sh", "-c", "echo $0", "-V"]).env("POSIXLY_CORRECT", "");
    assert_eq!(init.finish(), (0, "-V\n".into(), String::new()));
}

#[test]
fn unknown_options_are_refused_with_the_usage() {
    is_misused(&["-x"], "invalid option -- 'x'");
    is_misused(&["-gv"], "invalid option -- 'v'");
    is_misused(&["--yolo"], "unrecognized option '--yolo'");
    is_misused(&["--yolo=5"], "unrecognized option '--yolo=5'");
    is_misused(&["--help"], "unrecognized option '--help'");
    is_misused(&["--versions"], "unrecognized option '--versions'");
}

#[test]
fn an_argument_to_a_flag_is_refused() {
    for given in ["--version=1", "--version=", "--v=x", "--=x"] {
        is_misused(&[given], "option '--version' doesn't allow an argument");
    }
}

#[test]
fn the_version_is_one_line_on_stdout() {
    for args in [&["-V"][..], &["--version"], &["--v"], &["-gV", "-x"], &["true", "-V"], &["-P", "--vers"]] {
        let (code, out, err) = catatonit(args).finish();
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        let version = out.strip_prefix("tini version ").and_then(|rest| rest.strip_suffix('\n'));
        let version = version.unwrap_or_else(|| panic!("{args:?}: {out}"));
        assert!(version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('_'), "{out}");
    }
    let (code, out, _) = Init::new().named("podman-init").arg("--version").finish();
    assert!(code == 0 && out.starts_with("tini version "), "{out}");
}

#[test]
fn the_help_is_on_stderr_and_begins_with_the_usage() {
    for args in [&["-h"][..], &["-gh", "-x"], &["true", "-h"]] {
        let (code, out, err) = catatonit(args).finish();
        assert_eq!((code, out.as_str()), (0, ""), "{args:?}");
        assert!(err.starts_with(USAGE), "{err}");
        for option in ["-g ", "-h ", "-L ", "-P ", "-V, --version"] {
            assert!(err.contains(option), "{option}");
        }
    }
}

#[test]
fn the_licence_is_on_stdout() {
    let (code, out, err) = catatonit(&["-L"]).finish();
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("copyright") || out.contains("Copyright"), "{out}");
}

#[test]
fn a_missing_program_is_an_error_and_the_usage() {
    for args in [&[][..], &["--"], &["-g"]] {
        let (code, out, err) = catatonit(args).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        assert_eq!(without_pid(&err), format!("ERROR (catatonit:N): missing program name\n{USAGE}"));
    }
}

#[test]
fn the_name_in_messages_is_always_catatonit() {
    let (code, _, err) = Init::new().named("x/podman-init").arg("-x").finish();
    assert_eq!((code, err), (1, format!("x/podman-init: invalid option -- 'x'\n{USAGE}")));
}

#[test]
fn the_reserved_variable_fails_whatever_it_is_and_whatever_is_asked() {
    for (value, args) in [("", &["-V"][..]), ("x", &["true"]), ("1", &["-x"])] {
        let (code, out, err) = catatonit(args).env("CATATONIT_LOG", value).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        assert_eq!(without_pid(&err), "ERROR (catatonit:N): CATATONIT_LOG is reserved for future use\n");
    }
}

#[test]
fn a_program_that_cannot_be_executed_is_1_whatever_the_reason() {
    let folder = Folder::new();
    let plain = folder.file("plain", "#!/bin/sh\n", 0o644);
    let below = folder.path("plain/x");
    for (program, why) in [
        ("/no/such/program", "No such file or directory"),
        ("no-such-program", "No such file or directory"),
        ("--", "No such file or directory"),
        ("", "No such file or directory"),
        (&plain, "Permission denied"),
        (&below, "Not a directory"),
    ] {
        let (code, out, err) = catatonit(&["--", program]).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{program}");
        assert_eq!(without_pid(&err), format!("ERROR (catatonit:N): failed to exec pid1: {why}\n"));
    }
}

#[test]
fn a_script_without_a_first_line_is_the_shells() {
    let folder = Folder::new();
    let script = folder.file("script", "exit $(($1 + 2))\n", 0o755);
    assert_eq!(catatonit(&[&script, "3"]).code(), 5);
}

#[test]
fn the_debug_variable_set_to_anything_makes_it_talk_on_stderr() {
    for value in ["", "0", "1"] {
        let (code, out, err) = catatonit(&["true"]).env("CATATONIT_DEBUG", value).finish();
        assert_eq!((code, out.as_str()), (0, ""));
        let spawned = err.lines().find(|line| line.contains("spawned: true")).unwrap_or_else(|| panic!("{err}"));
        let spawned = without_pid(spawned);
        let pid =
            spawned.strip_prefix("DEBUG (catatonit:N): pid1 (").and_then(|rest| rest.strip_suffix(") spawned: true"));
        assert!(pid.is_some_and(|pid| pid.parse::<i32>().is_ok()), "{spawned}");
    }
    assert_eq!(catatonit(&["true"]).finish(), (0, String::new(), String::new()));
}

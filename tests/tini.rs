//! Under the names tini, tini-static and docker-init: the command line.
//!
//! With `INIT_UNDER_TEST=/usr/bin/tini` all pass.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init};

/// argv[0] as given is what getopt's lines begin with, its last part the usage.
const NAME: &str = "/some/where/tini";

/// A subreaper, so that it has nothing to warn of.
fn tini(args: &[&str]) -> Init {
    Init::new().named(NAME).env("TINI_SUBREAPER", "").args(args)
}

/// Exit code 1, nothing on stdout, nothing started; what is on stderr.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let folder = Folder::new();
    let file = folder.path("started");
    let (code, out, err) = tini(args).args(&["touch", &file]).finish();
    assert_eq!((code, out.as_str()), (1, ""), "{args:?}: {err}");
    assert!(!std::fs::exists(file).unwrap(), "{args:?} started something");
    err
}

#[track_caller]
fn is_misused(args: &[&str], complaint: &str) {
    let err = refused(args);
    let usage = err.strip_prefix(&format!("{NAME}: {complaint}\n"));
    is_usage(usage.unwrap_or_else(|| panic!("{args:?}: {err}")));
}

/// The head of the usage; the rest is in each program's own words.
#[track_caller]
fn is_usage(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("tini (tini version ") && lines[0].ends_with(')'), "{text}");
    assert_eq!(lines[1], "Usage: tini [OPTIONS] PROGRAM -- [ARGS] | --version");
    assert!(text.contains("supervision of a valid init process"), "{text}");
    for word in ["--version", "-h", "-s", "-p SIG", "-v", "-w", "-g", "-e ", "-l"] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    for variable in ["TINI_SUBREAPER", "TINI_VERBOSITY", "TINI_KILL_PROCESS_GROUP"] {
        assert!(text.contains(variable), "{variable} is not in {text}");
    }
}

#[track_caller]
fn says(args: &[&str], expected: &str) {
    let (code, out, err) = tini(args).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (0, expected, ""), "{args:?}");
}

#[test]
fn options_are_accepted_in_all_their_forms() {
    for options in [
        &[][..],
        &["--"],
        &["-g"],
        &["-s", "-s"],
        &["-sgw"],
        &["-we3", "-e", "4", "--"],
        &["-pSIGTERM"],
        &["-gp", "SIGKILL", "-e255"],
    ] {
        says(&[options, &["echo", "ran"]].concat(), "ran\n");
    }
}

#[test]
fn options_may_stand_after_the_program() {
    says(&["echo", "-w", "hi", "-g"], "hi\n");
}

#[test]
fn two_dashes_end_the_options_wherever_they_stand() {
    says(&["echo", "a", "-g", "--", "-v", "--", "b"], "a -v -- b\n");
    says(&["--", "echo", "-v", "--version"], "-v --version\n");
    says(&["echo", "-e", "3", "a", "-p", "SIGINT", "b", "-ss", "c", "--"], "a b c\n");
    says(&["echo", "a", "-", "-s", "-", "b"], "a - - b\n");
}

#[test]
fn a_programs_own_option_is_taken_for_tinis() {
    is_misused(&["sh", "-c", "exit 4"], "invalid option -- 'c'");
    is_misused(&["ls", "-g", "-1"], "invalid option -- '1'");
}

#[test]
fn posixly_correct_ends_the_options_at_the_program() {
    for value in ["", "1"] {
        let init = tini(&["-g", "sh", "-c", "echo $0 $1", "-v", "-x"]).env("POSIXLY_CORRECT", value);
        assert_eq!(init.finish(), (0, "-v -x\n".into(), String::new()));
    }
}

#[test]
fn unknown_options_are_refused_with_the_usage() {
    is_misused(&["-x"], "invalid option -- 'x'");
    is_misused(&["-gx"], "invalid option -- 'x'");
    is_misused(&["-V"], "invalid option -- 'V'");
    is_misused(&["-e3", "-P"], "invalid option -- 'P'");
}

#[test]
fn there_are_no_long_options() {
    for word in ["--help", "--version", "--version=1", "--subreaper", "--v"] {
        is_misused(&[word], "invalid option -- '-'");
    }
}

#[test]
fn a_missing_argument_is_refused_with_the_usage() {
    for (args, letter) in [(&["-e"][..], 'e'), (&["true", "-gp"], 'p')] {
        let (code, out, err) = tini(args).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        let complaint = format!("{NAME}: option requires an argument -- '{letter}'\n");
        is_usage(err.strip_prefix(&complaint).unwrap_or_else(|| panic!("{err}")));
    }
}

#[test]
fn a_missing_program_is_a_usage_error() {
    for args in [&[][..], &["--"], &["-v"], &["-e3", "-g", "--"]] {
        let (code, out, err) = tini(args).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        is_usage(&err);
    }
}

#[test]
fn the_help_is_on_stdout() {
    for args in [&["-h"][..], &["-gh", "--yolo"], &["true", "-h"]] {
        let (code, out, err) = tini(args).finish();
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        is_usage(&out);
    }
}

#[test]
fn the_licence_is_on_stdout() {
    for args in [&["-l"][..], &["true", "-l"]] {
        let (code, out, err) = tini(args).finish();
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        assert!(out.contains("MIT License"), "{out}");
    }
}

#[test]
fn the_version_is_one_line_on_stdout_as_dockerd_reads_it() {
    for name in ["tini", "tini-static", "docker-init", "/usr/bin/docker-init", "-tini"] {
        let (code, out, err) = Init::new().named(name).arg("--version").finish();
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        let version = out.strip_prefix("tini version ").and_then(|rest| rest.strip_suffix('\n'));
        let version = version.unwrap_or_else(|| panic!("{name}: {out}"));
        let (version, commit) = version.split_once(" - git.").unwrap_or((version, ""));
        assert!(version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(' '), "{out}");
        assert!(commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{out}");
    }
}

#[test]
fn the_version_is_asked_for_by_the_only_argument() {
    is_misused(&["--version"], "invalid option -- '-'");
    let (code, _, err) = tini(&["--", "--version"]).finish();
    assert_eq!(code, 127, "{err}");
}

#[test]
fn the_usage_names_the_last_part_of_argv_0() {
    for (name, last) in [("x/docker-init", "docker-init"), ("tini-static", "tini-static")] {
        let (code, _, err) = Init::new().named(name).arg("-x").finish();
        let head = format!("{name}: invalid option -- 'x'\n{last} (tini version ");
        assert!(code == 1 && err.starts_with(&head), "{err}");
        assert!(err.contains(&format!("\nUsage: {last} [OPTIONS] PROGRAM")), "{err}");
    }
}

#[track_caller]
fn is_no_value(option: &str, value: &str) {
    let err = refused(&[option, value]);
    let rest = err.strip_prefix("[FATAL tini (").unwrap_or_else(|| panic!("{err}"));
    let (pid, rest) = rest.split_once(')').unwrap();
    assert!(pid.parse::<u32>().is_ok(), "{err}");
    assert_eq!(rest, format!("] Not a valid option for {option}: {value}\n"));
}

#[test]
fn exit_codes_to_remap_are_read_as_strtol_reads_them() {
    for (text, code) in [("3", 3), ("003", 3), (" 3", 3), ("\t\n+3", 3), ("", 0), ("-0", 0), ("255", 255), ("9", 9)] {
        let script = format!("exit {code}");
        assert_eq!(tini(&["-e", text, "--", "sh", "-c", &script]).code(), 0, "{text:?}");
    }
    for text in ["256", "-1", "0x3", "3x", "3 ", " ", "x", "+", "3,4", "4294967299", "99999999999999999999"] {
        is_no_value("-e", text);
    }
}

#[test]
fn parent_death_signals_have_their_full_names() {
    for name in ["SIGHUP", "SIGKILL", "SIGSTOP", "SIGCHLD", "SIGSYS", "SIGTTIN", "SIGWINCH", "SIGURG"] {
        says(&["-p", name, "echo", "ran"], "ran\n");
    }
    for name in ["TERM", "sigterm", "15", "SIG", "", "SIGTERM "] {
        is_no_value("-p", name);
    }
}

#[test]
fn option_errors_come_before_the_variables() {
    let (code, _, err) = tini(&["-e", "x", "true"]).env("TINI_VERBOSITY", "0").finish();
    assert!(code == 1 && err.starts_with("[FATAL tini ("), "{err}");
}

#[test]
fn the_variables_stay_in_the_environment() {
    let init = tini(&["printenv", "TINI_SUBREAPER", "TINI_VERBOSITY"]).env("TINI_VERBOSITY", "0");
    assert_eq!(init.finish().1, "\n0\n");
}

//! Under the name dumb-init: its command line, variables and usage errors.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init};

/// argv[0] as given is what messages begin with.
const NAME: &str = "/some/where/dumb-init";

fn dumb_init(args: &[&str]) -> Init {
    Init::new().named(NAME).args(args)
}

/// Exit code 1, these lines on stderr, nothing on stdout, nothing started.
#[track_caller]
fn is_refused(args: &[&str], expected: &str) {
    let folder = Folder::new();
    let file = folder.path("started");
    let (code, out, err) = dumb_init(args).args(&["touch", &file]).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", expected), "{args:?}");
    assert!(!std::fs::exists(file).unwrap(), "{args:?} started something");
}

#[track_caller]
fn is_accepted(args: &[&str]) {
    let (code, out, err) = dumb_init(args).args(&["echo", "ran"]).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (0, "ran\n", ""), "{args:?}");
}

#[test]
fn options_are_accepted_in_all_their_forms() {
    is_accepted(&[]);
    is_accepted(&["--"]);
    is_accepted(&["-c"]);
    is_accepted(&["--single-child"]);
    is_accepted(&["-cr15:2", "-r", "1:0", "--rewrite", "2:3", "--rewrite=3:2"]);
    is_accepted(&["-cc", "-c", "--"]);
}

#[test]
fn long_options_may_be_abbreviated() {
    is_accepted(&["--s"]);
    is_accepted(&["--sing", "--r", "15:2", "--rew=15:2"]);
    for help in ["--h", "--he", "--hel"] {
        assert_eq!(dumb_init(&[help]).code(), 0, "{help}");
    }
    assert!(dumb_init(&["--versio"]).finish().2.starts_with("dumb-init v"));
    assert!(dumb_init(&["--verb", "true"]).finish().2.contains("Goodbye."));
}

#[test]
fn an_ambiguous_abbreviation_is_refused() {
    for short in ["--v", "--ve", "--ver"] {
        let rest = "is ambiguous; possibilities: '--verbose' '--version'";
        is_refused(&[short], &format!("{NAME}: option '{short}' {rest}\n"));
    }
}

#[test]
fn unknown_options_are_refused() {
    is_refused(&["--yolo"], &format!("{NAME}: unrecognized option '--yolo'\n"));
    is_refused(&["--yolo=5"], &format!("{NAME}: unrecognized option '--yolo=5'\n"));
    is_refused(&["--single-childish"], &format!("{NAME}: unrecognized option '--single-childish'\n"));
    is_refused(&["-x"], &format!("{NAME}: invalid option -- 'x'\n"));
    is_refused(&["-cx"], &format!("{NAME}: invalid option -- 'x'\n"));
    is_refused(&["-x", "-V"], &format!("{NAME}: invalid option -- 'x'\n"));
}

#[test]
fn an_argument_to_a_flag_is_refused() {
    let text = "option '--single-child' doesn't allow an argument";
    is_refused(&["--single-child=x"], &format!("{NAME}: {text}\n"));
    is_refused(&["--sing=x"], &format!("{NAME}: {text}\n"));
    is_refused(&["--single-child="], &format!("{NAME}: {text}\n"));
}

#[test]
fn a_missing_argument_is_refused() {
    for (args, text) in [
        (&["-r"][..], "option requires an argument -- 'r'"),
        (&["-cr"], "option requires an argument -- 'r'"),
        (&["--rewrite"], "option '--rewrite' requires an argument"),
        (&["--rew"], "option '--rewrite' requires an argument"),
    ] {
        let expected = (1, String::new(), format!("{NAME}: {text}\n"));
        assert_eq!(dumb_init(args).finish(), expected, "{args:?}");
    }
}

#[test]
fn a_missing_command_is_a_usage_error() {
    let usage = format!("Usage: {NAME} [option] program [args]\nTry {NAME} --help for full usage.\n");
    for args in [&[][..], &["--"], &["-c"], &["-r", "15:2"]] {
        assert_eq!(dumb_init(args).finish(), (1, String::new(), usage.clone()), "{args:?}");
    }
}

#[test]
fn options_end_at_the_command() {
    let (code, out, err) = dumb_init(&["echo", "-V", "--", "-c"]).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (0, "-V -- -c\n", ""));
    let (code, _, err) = dumb_init(&["--", "--", "true"]).finish();
    assert_eq!((code, err.as_str()), (2, "[dumb-init] --: No such file or directory\n"));
    let (code, _, err) = dumb_init(&["-", "-V"]).finish();
    assert_eq!((code, err.as_str()), (2, "[dumb-init] -: No such file or directory\n"));
}

#[test]
fn the_version_is_one_line_on_stderr() {
    for args in [&["-V"][..], &["--version"], &["-cV"], &["-V", "--yolo"], &["-V", "-r", "x"]] {
        let (code, out, err) = dumb_init(args).finish();
        assert_eq!((code, out.as_str()), (0, ""), "{args:?}");
        let version = err.strip_prefix("dumb-init v").and_then(|rest| rest.strip_suffix('\n'));
        let version = version.unwrap_or_else(|| panic!("{args:?}: {err}"));
        assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");
    }
}

#[test]
fn the_help_is_on_stderr_and_begins_with_version_and_usage() {
    for args in [&["-h"][..], &["--help"], &["-ch"], &["-h", "-V"], &["--help", "--yolo"]] {
        let (code, out, err) = dumb_init(args).finish();
        assert_eq!((code, out.as_str()), (0, ""), "{args:?}");
        let mut lines = err.lines();
        let first = lines.next().unwrap();
        assert!(first.starts_with("dumb-init v"), "{first}");
        let usage = format!("Usage: {NAME} [option] command [[arg] ...]");
        assert_eq!(lines.next(), Some(usage.as_str()));
        for option in ["--single-child", "--rewrite", "--verbose", "--help", "--version"] {
            assert!(err.contains(option), "{option}");
        }
    }
}

/// The first of three lines; the rest is in each program's own words.
const BAD_REWRITE: &str = "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n";

#[test]
fn malformed_rewrites_are_refused() {
    let is_bad = |args: &[&str]| {
        let (code, out, err) = dumb_init(args).args(&["echo", "started"]).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        assert!(err.starts_with(BAD_REWRITE) && err.lines().count() == 3, "{args:?}: {err}");
    };
    let all = [
        "",
        "15",
        "15:",
        ":2",
        "15 :2",
        "15::12",
        "0:1",
        "32:1",
        "1:32",
        "15:-1",
        "0x0f:2",
        "2147483663:2",
        "TERM:2",
        "-1:2",
        "15:x",
        "+ 1:2",
    ];
    for bad in all {
        is_bad(&["-r", bad]);
    }
    is_bad(&["-r", "x", "-V"]);
}

/// What the signal 15, or 1, arrives as.
fn arrives_as(rewrite: &str, sent: i32) -> Option<i32> {
    let running = dumb_init(&["-r", rewrite]).program("print-signals").spawn();
    running.ready();
    running.signal(sent);
    running.wait_for_empty_queue();
    running.signal(libc::SIGWINCH);
    running.received_until(libc::SIGWINCH).first().copied()
}

#[test]
fn rewrites_are_read_as_scanf_reads_them() {
    for accepted in ["15:2", " 15: 2", "+15:+2", "15:2junk", "15:2:3", "15:2,16:3", "\t015:\n02"] {
        assert_eq!(arrives_as(accepted, 15), Some(2), "{accepted:?}");
    }
    assert_eq!(arrives_as("4294967311:2", 15), Some(2), "a number that wraps");
    assert_eq!(arrives_as("1:0x1f", 1), None, "0 and the rest ignored");
    assert_eq!(arrives_as("15:0", 15), None);
    assert_eq!(arrives_as("15:2", 1), Some(1));
}

#[test]
fn rewrites_of_what_is_not_forwarded_are_accepted() {
    is_accepted(&["-r", "17:2", "-r", "9:2", "-r", "19:2"]);
}

#[test]
fn its_variables_stay_in_the_environment() {
    let init = dumb_init(&["printenv", "DUMB_INIT_DEBUG", "DUMB_INIT_SETSID"]);
    let init = init.env("DUMB_INIT_DEBUG", "1").env("DUMB_INIT_SETSID", "0");
    assert_eq!(init.finish().1, "1\n0\n");
}

#[test]
fn option_errors_come_before_the_variables() {
    let init = dumb_init(&["-x", "true"]).env("DUMB_INIT_DEBUG", "1");
    assert_eq!(init.finish().2, format!("{NAME}: invalid option -- 'x'\n"));
    let init = dumb_init(&[]).env("DUMB_INIT_DEBUG", "1").env("DUMB_INIT_SETSID", "0");
    assert!(init.finish().2.starts_with("Usage: "));
}

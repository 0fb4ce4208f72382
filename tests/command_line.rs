//! Sexton's own command line and variables.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, RTMIN};

/// Exit code 1, one line that names `word`, nothing started.
#[track_caller]
fn starts_nothing(init: Init, word: &str) -> String {
    let folder = Folder::new();
    let file = folder.path("started");
    let (code, out, err) = init.args(&["touch", &file]).finish();
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.lines().count() == 1 && err.ends_with('\n'), "{err}");
    assert!(err.contains(word), "{word:?} is not in {err}");
    assert!(!std::fs::exists(file).unwrap(), "something was started");
    err
}

#[track_caller]
fn is_refused(init: Init, word: &str) {
    let err = starts_nothing(init, word);
    assert!(err.starts_with("sexton: "), "{err}");
}

#[track_caller]
fn is_accepted(args: &[&str]) {
    let (code, out, err) = Init::new().args(args).args(&["echo", "ran"]).finish();
    assert_eq!((code, out.as_str(), err.as_str()), (0, "ran\n", ""), "{args:?}");
}

#[test]
fn every_option_is_accepted_in_all_its_forms() {
    is_accepted(&[]);
    is_accepted(&["--"]);
    is_accepted(&["-c"]);
    is_accepted(&["--single-child"]);
    is_accepted(&["-c", "-c", "--"]);
    is_accepted(&["--forward=child"]);
    is_accepted(&["--forward", "group"]);
    is_accepted(&["-r15:2"]);
    is_accepted(&["-r", "15:2", "-r", "TERM:int"]);
    is_accepted(&["-cr", "TERM:int"]);
    is_accepted(&["-crTERM:int", "--"]);
    is_accepted(&["--rewrite=TERM:0", "--rewrite", "HUP:RTMAX-2"]);
}

#[test]
fn options_end_at_the_program() {
    let (code, out, _) = Init::new().args(&["echo", "-c", "--help", "--", "-x"]).finish();
    assert_eq!((code, out.as_str()), (0, "-c --help -- -x\n"));
}

#[test]
fn two_dashes_end_the_options_once() {
    let (code, out, _) = Init::new().args(&["-c", "--", "echo", "--", "x"]).finish();
    assert_eq!((code, out.as_str()), (0, "-- x\n"));
    let (code, _, err) = Init::new().args(&["--", "--", "echo"]).finish();
    assert_eq!(code, 127, "{err}");
}

#[test]
fn a_lone_dash_is_a_program() {
    let (code, _, err) = Init::new().args(&["-", "x"]).finish();
    assert_eq!(code, 127, "{err}");
}

#[test]
fn unknown_options_are_refused() {
    is_refused(Init::new().arg("--yolo"), "--yolo");
    is_refused(Init::new().arg("--yolo=5"), "--yolo");
    is_refused(Init::new().arg("-z"), "z");
    is_refused(Init::new().arg("-cz"), "z");
}

#[test]
fn long_options_are_not_abbreviated() {
    is_refused(Init::new().arg("--single"), "--single");
}

#[test]
fn an_argument_to_a_flag_is_refused() {
    is_refused(Init::new().arg("--single-child=yes"), "--single-child");
}

#[test]
fn a_single_child_with_a_group_is_refused() {
    is_refused(Init::new().args(&["-c", "--forward=group"]), "--forward=group");
}

#[test]
fn a_missing_argument_is_refused() {
    for option in ["-r", "--rewrite", "--forward"] {
        let (code, out, err) = Init::new().arg(option).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.starts_with("sexton: ") && err.contains(option), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn a_missing_program_is_an_error() {
    for args in [&[][..], &["--"], &["-c"]] {
        let (code, out, err) = Init::new().args(args).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.starts_with("sexton: "), "{err}");
    }
}

const BAD_REWRITES: &[&str] = &[
    "",
    ":",
    "15",
    "15:",
    ":2",
    "15 :2",
    " 15:2",
    "15:2 ",
    "15::2",
    "15:2:3",
    "15:2junk",
    "0:1",
    "65:1",
    "1:65",
    "-1:1",
    "1:-1",
    "+1:+2",
    "0x0f:2",
    "TERMS:2",
    "SIG:2",
    "TERM:SIGFOO",
    "RTMIN+31:1",
    "RTMAX-31:1",
    "RTMIN-1:1",
    "RTMAX+1:1",
    "RTMIN+:1",
    "RTMIN+x:1",
    "4294967311:2",
    "99999999999999999999:2",
    "9:10",
    "STOP:1",
    "chld:0",
];

#[test]
fn malformed_rewrites_are_refused() {
    for &bad in BAD_REWRITES {
        is_refused(Init::new().args(&["-r", bad]), bad);
        is_refused(Init::new().arg(format!("--rewrite={bad}")), bad);
    }
}

#[test]
fn malformed_forwards_are_refused() {
    for bad in ["", "x", "Child", "child ", "groups", "child,group"] {
        is_refused(Init::new().arg(format!("--forward={bad}")), bad);
    }
}

#[test]
fn malformed_variables_are_refused_under_every_name() {
    for name in ["sexton", "dumb-init", "anything"] {
        for (variable, value) in [
            ("SEXTON_FORWARD", "everybody"),
            ("SEXTON_FORWARD", ""),
            ("SEXTON_REWRITE", "TERM"),
            ("SEXTON_REWRITE", "TERM:2,"),
            ("SEXTON_REWRITE", "TERM:2,,HUP:0"),
            ("SEXTON_REWRITE", "TERM:2;HUP:0"),
            ("SEXTON_VERBOSE", "x"),
            ("SEXTON_VERBOSE", "-1"),
            ("SEXTON_VERBOSE", ""),
        ] {
            starts_nothing(Init::new().named(name).env(variable, value), variable);
        }
    }
}

/// The session of the child tells the mode.
fn shares_inits_session(init: Init) -> bool {
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.program("report").arg(&file).code(), 0);
    let seen = harness::Report::read(&file);
    seen.get("session") == seen.get("parent")
}

#[test]
fn dumb_inits_variable_means_single_child_if_it_is_0_under_every_name() {
    for name in ["sexton", "dumb-init"] {
        let with = |value| Init::new().named(name).env("DUMB_INIT_SETSID", value);
        assert!(shares_inits_session(with("0")));
        for other in ["1", "", "00", "0 ", "no"] {
            assert!(!shares_inits_session(with(other)), "{name}: {other:?}");
        }
        assert!(shares_inits_session(with("1").arg("-c")));
    }
}

#[test]
fn the_forward_variable_is_used_and_beaten_by_the_option() {
    let child = || Init::new().env("SEXTON_FORWARD", "child");
    // A value arrives where the child alone is signalled, and only there.
    let value = |init: Init| {
        let running = init.program("print-signals").spawn();
        running.ready();
        running.queue(RTMIN, 4711);
        running.received().value
    };
    assert_eq!(value(child()), 4711);
    assert_ne!(value(child().arg("--forward=group")), 4711);
}

#[test]
fn help_version_and_licence_go_to_stdout() {
    for (options, word) in [
        (["-h", "--help"], "--single-child"),
        (["-V", "--version"], env!("CARGO_PKG_VERSION")),
        (["--license", "--license"], "icen"),
    ] {
        for option in options {
            let (code, out, err) = Init::new().arg(option).finish();
            assert_eq!((code, err.as_str()), (0, ""), "{option}");
            assert!(out.contains(word) && out.ends_with('\n'), "{option}: {out}");
        }
    }
    let (_, out, _) = Init::new().arg("-V").finish();
    assert_eq!(out, format!("sexton {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_names_every_option() {
    let (_, help, _) = Init::new().arg("--help").finish();
    let options = [
        "-c",
        "--single-child",
        "--forward",
        "-r",
        "--rewrite",
        "-v",
        "--verbose",
        "-h",
        "--help",
        "-V",
        "--version",
        "--license",
    ];
    for option in options {
        assert!(help.contains(option), "{option} is missing in:\n{help}");
    }
    for line in help.lines() {
        assert!(line.len() <= 100, "too long: {line}");
    }
}

#[test]
fn any_other_name_is_sextons_own() {
    for name in ["init", "/sbin/init", "x", "dumb-init/x", "-sexton"] {
        let (code, out, err) = Init::new().named(name).arg("-V").finish();
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        assert!(out.starts_with("sexton "), "{name}: {out}");
    }
}

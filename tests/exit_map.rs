//! Exit codes that are replaced: `-e FROM[:TO]`, SEXTON_EXIT_MAP.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, in_both_modes};

fn mapped(init: Init, map: &[&str], script: &str) -> i32 {
    init.args(map).script(script).code()
}

fn a_code_alone_becomes_0(init: Init) {
    assert_eq!(mapped(init, &["-e", "143"], "kill -TERM $$"), 0);
}

fn a_pair_replaces_one_code_by_another(init: Init) {
    assert_eq!(mapped(init, &["--exit-map=3:255", "-e0:3"], "exit 3"), 255);
}

fn pairs_do_not_chain(init: Init) {
    assert_eq!(mapped(init, &["-e", "3:4", "-e", "4:5"], "exit 3"), 4);
}

fn the_last_of_two_for_a_code_counts(init: Init) {
    assert_eq!(mapped(init, &["-e", "3:4", "-e", "3:5"], "exit 3"), 5);
}

fn other_codes_stay(init: Init) {
    assert_eq!(mapped(init, &["-e", "3", "-e", "4:0"], "exit 5"), 5);
}

fn the_variable_is_a_list(init: Init) {
    assert_eq!(init.env("SEXTON_EXIT_MAP", "3,143:7,255:1").script("kill -TERM $$").code(), 7);
}

fn an_option_beats_the_variable(init: Init) {
    assert_eq!(mapped(init.env("SEXTON_EXIT_MAP", "3:4"), &["-e", "3:5"], "exit 3"), 5);
}

fn the_variable_works_under_every_name(init: Init) {
    let pid_1 = init.is_pid_1();
    for name in ["dumb-init", "tini", "catatonit"] {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let init = init.named(name).env("SEXTON_EXIT_MAP", "3:4").env("TINI_SUBREAPER", "");
        assert_eq!(init.args(&["--", "sh", "-c", "exit 3"]).code(), 4, "{name}");
    }
}

/// It is not the program's code.
fn why_a_program_did_not_start_is_not_mapped(init: Init) {
    assert_eq!(init.args(&["-e", "127", "no-such-program"]).code(), 127);
}

const MALFORMED: [&str; 16] =
    ["", ":", "x", "256", "-1", "3:", ":3", "3:256", "3:4:5", "3 ", " 3", "+3", "0x3", "3,", "3;4", "TERM"];

#[track_caller]
fn is_refused(init: Init, named: &str) {
    let folder = Folder::new();
    let file = folder.path("started");
    let (code, out, err) = init.args(&["touch", &file]).finish();
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.starts_with("sexton: ") && err.lines().count() == 1 && err.contains(named), "{err}");
    assert!(!std::fs::exists(file).unwrap(), "something was started");
}

#[test]
fn malformed_pairs_are_refused() {
    for bad in MALFORMED {
        is_refused(Init::new().args(&["-e", bad]), bad);
        is_refused(Init::new().arg(format!("--exit-map={bad}")), bad);
        is_refused(Init::new().env("SEXTON_EXIT_MAP", bad), "SEXTON_EXIT_MAP");
    }
}

in_both_modes!(
    a_code_alone_becomes_0,
    a_pair_replaces_one_code_by_another,
    pairs_do_not_chain,
    the_last_of_two_for_a_code_counts,
    other_codes_stay,
    the_variable_is_a_list,
    an_option_beats_the_variable,
    the_variable_works_under_every_name,
    why_a_program_did_not_start_is_not_mapped,
);

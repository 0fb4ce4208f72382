//! A line for each orphan that is reaped, if that is wanted.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, in_both_modes, process};

fn script() -> String {
    format!("{}; read line; exit 3", process::ORPHAN)
}

#[track_caller]
fn warns(init: Init, prefix: &str) {
    let pid_1 = init.is_pid_1();
    let mut running = init.args(&["--", "sh", "-c", &script()]).spawn();
    let orphan = running.line();
    running.expect_error("\n");
    drop(running.stdin());
    assert_eq!(running.exit_code(), 3);
    let err = running.all_of_stderr();
    let line = err.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('\n')).unwrap_or_else(|| panic!("{err}"));
    assert_eq!(err.lines().count(), 1, "{err}");
    // The namespace has its own numbers for both.
    assert!(line.ends_with(&format!(" {orphan}")), "{line}, PID 1: {pid_1}");
}

fn the_short_option_warns(init: Init) {
    warns(init.arg("-w"), "sexton: ");
}

fn the_long_option_warns(init: Init) {
    warns(init.arg("--warn-on-reap"), "sexton: ");
}

fn the_variable_warns(init: Init) {
    warns(init.env("SEXTON_WARN_ON_REAP", "1"), "sexton: ");
}

fn the_variable_works_under_the_name_dumb_init(init: Init) {
    warns(init.named("dumb-init").env("SEXTON_WARN_ON_REAP", "1"), "[dumb-init] ");
}

/// Only 1 asks for it.
fn nothing_is_said_unless_asked(init: Init) {
    let mut running = init.env("SEXTON_WARN_ON_REAP", "0").args(&["--", "sh", "-c", &script()]).spawn();
    let child = running.main_child();
    running.line();
    let alone = || process::children(running.pid()) == [child];
    running.within("reaped orphan", || alone().then_some(()));
    drop(running.stdin());
    assert_eq!((running.exit_code(), running.all_of_stderr()), (3, String::new()));
}

#[test]
fn other_values_of_the_variable_are_refused() {
    for bad in ["", "yes", "2", "-1", "1 "] {
        let (code, out, err) = Init::new().env("SEXTON_WARN_ON_REAP", bad).arg("true").finish();
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.starts_with("sexton: SEXTON_WARN_ON_REAP '") && err.lines().count() == 1, "{err}");
    }
}

in_both_modes!(
    the_short_option_warns,
    the_long_option_warns,
    the_variable_warns,
    the_variable_works_under_the_name_dumb_init,
    nothing_is_said_unless_asked,
);

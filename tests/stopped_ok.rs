//! `--stopped-ok`: ending by the stop signal that was forwarded is no failure.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, in_both_modes};

const TERM: i32 = libc::SIGTERM;

fn ends(init: Init, signal: i32, script: &str, code: i32) {
    let mut running = init.script(script).spawn();
    running.expect_line("ready");
    running.signal(signal);
    assert_eq!(running.exit_code(), code, "{script}");
}

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

const SLEEP: &str = "echo ready; exec sleep 60";

fn death_by_it_is_0(init: Init) {
    ends(again(&init).arg("--stopped-ok"), TERM, SLEEP, 0);
    ends(again(&init).env("SEXTON_STOPPED_OK", "1"), libc::SIGINT, SLEEP, 0);
    ends(again(&init).env("SEXTON_STOPPED_OK", "0"), TERM, SLEEP, 143);
    ends(init, TERM, SLEEP, 143);
}

fn an_exit_code_that_says_so_is_too(init: Init) {
    let script = "trap 'exit 143' TERM; echo ready; while :; do sleep 0.01; done";
    ends(init.arg("--stopped-ok"), TERM, script, 0);
}

fn another_end_is_not(init: Init) {
    let script = "trap 'exit 1' TERM; echo ready; while :; do sleep 0.01; done";
    ends(again(&init).arg("--stopped-ok"), TERM, script, 1);
    // Nobody asked it to.
    assert_eq!(again(&init).arg("--stopped-ok").script("kill -TERM $$").code(), 143);
    // No stop signal.
    ends(init.arg("--stopped-ok"), libc::SIGUSR1, SLEEP, 128 + 10);
}

fn what_it_was_rewritten_to_counts(init: Init) {
    ends(again(&init).args(&["--stopped-ok", "-r", "TERM:USR1"]), TERM, SLEEP, 0);
    ends(init.args(&["--stopped-ok", "-r", "TERM:KILL"]), TERM, SLEEP, 0);
}

fn who_had_to_be_killed_has_failed(init: Init) {
    let mut running = init.args(&["--stopped-ok", "--grace=50ms"]).program("stubborn").spawn();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 137);
}

fn the_exit_map_comes_after_it(init: Init) {
    ends(init.args(&["--stopped-ok", "-e", "143:7"]), TERM, SLEEP, 0);
}

in_both_modes!(
    death_by_it_is_0,
    an_exit_code_that_says_so_is_too,
    another_end_is_not,
    what_it_was_rewritten_to_counts,
    who_had_to_be_killed_has_failed,
    the_exit_map_comes_after_it,
);

//! Signals are rewritten, or dropped, before they are forwarded.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, RTMAX, RTMIN, in_both_modes};

const LAST: i32 = 62;

/// Sends `sent` and expects exactly that to arrive, before a last signal.
#[track_caller]
fn expect_arrival(init: Init, sent: i32, expected: &[i32], what: &str) {
    let running = init.program("print-signals").spawn();
    running.ready();
    running.signal(sent);
    for &signal in expected {
        assert_eq!(running.received().signal, signal, "{what}, sent {sent}");
    }
    // Lower numbers overtake: let init take the first before the last is sent.
    running.wait_for_empty_queue();
    running.signal(LAST);
    assert_eq!(running.received_until(LAST), [], "{what}, sent {sent}");
}

fn rewritten(init: Init, rewrite: &str, sent: i32, expected: &[i32]) {
    expect_arrival(init.args(&["-r", rewrite]), sent, expected, rewrite);
}

fn a_number_is_rewritten_to_another(init: Init) {
    rewritten(init, "15:3", 15, &[3]);
}

fn zero_drops_a_signal(init: Init) {
    rewritten(init, "15:0", 15, &[]);
}

fn another_signal_is_not_rewritten(init: Init) {
    rewritten(init, "15:3", 2, &[2]);
}

fn rewrites_do_not_chain(init: Init) {
    rewritten(init.args(&["-r", "15:2"]), "2:10", 15, &[2]);
}

fn the_last_rewrite_of_a_signal_counts(init: Init) {
    rewritten(init.args(&["-r", "15:2"]), "15:10", 15, &[10]);
}

fn a_single_child_gets_rewritten_signals(init: Init) {
    rewritten(init.arg("-c"), "15:3", 15, &[3]);
}

fn names_are_understood(init: Init) {
    rewritten(init, "TERM:QUIT", 15, &[3]);
}

fn names_with_sig_and_of_any_case_are_understood(init: Init) {
    rewritten(init, "sigTerm:SIGquit", 15, &[3]);
}

fn a_name_may_be_rewritten_to_a_number(init: Init) {
    rewritten(init, "usr1:12", 10, &[12]);
}

fn real_time_signals_count_from_both_ends(init: Init) {
    rewritten(init, "RTMIN+3:RTMAX-1", RTMIN + 3, &[RTMAX - 1]);
}

fn real_time_signals_have_numbers_and_ends(init: Init) {
    rewritten(init, "SIGRTMIN:64", RTMIN, &[RTMAX]);
}

fn a_name_may_be_dropped(init: Init) {
    rewritten(init, "HUP:0", 1, &[]);
}

fn the_long_option_takes_either_form(init: Init) {
    let init = init.args(&["--rewrite", "TERM:INT", "--rewrite=HUP:0"]);
    expect_arrival(init, 15, &[2], "long options");
}

fn the_variable_takes_a_list(init: Init) {
    let init = init.env("SEXTON_REWRITE", "HUP:0,TERM:USR1,RTMIN:QUIT");
    expect_arrival(init, 15, &[10], "the variable");
}

fn an_option_beats_the_variable(init: Init) {
    rewritten(init.env("SEXTON_REWRITE", "TERM:USR1"), "TERM:USR2", 15, &[12]);
}

fn the_variable_works_as_dumb_init(init: Init) {
    let init = init.named("dumb-init").env("SEXTON_REWRITE", "TERM:USR1");
    expect_arrival(init, 15, &[10], "the variable");
}

/// To a signal that cannot be caught: the child dies of it.
fn a_signal_may_become_kill(init: Init) {
    let mut running = init.args(&["-r", "15:9"]).program("print-signals").spawn();
    running.ready();
    running.signal(15);
    assert_eq!(running.exit_code(), 128 + 9);
}

/// What init does itself goes by the signal that it received.
fn a_rewritten_tstp_still_stops_a_plain_init(init: Init) {
    let is_pid_1 = init.is_pid_1();
    let running = init.args(&["-r", "20:10"]).program("print-signals").spawn();
    running.ready();
    running.signal(libc::SIGTSTP);
    assert_eq!(running.received().signal, 10);
    if !is_pid_1 {
        running.wait_for_state('T');
    }
    running.signal(libc::SIGCONT);
    assert_eq!(running.received().signal, libc::SIGCONT);
}

/// Sexton's own command line refuses them.
fn dumb_init_rewrites_of_kill_stop_and_chld_have_no_effect(init: Init) {
    let args = ["-r", "9:10", "-r", "19:10", "-r", "17:10"];
    let init = init.named("dumb-init").args(&args);
    let mut running = init.program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    running.signal(libc::SIGCHLD);
    running.wait_for_empty_queue();
    running.signal(15);
    assert_eq!(running.received().signal, 15);
    assert_eq!(running.exit_code(), 4);
}

#[test]
fn every_name_is_understood() {
    let names = [
        ("hup", 1),
        ("int", 2),
        ("quit", 3),
        ("ill", 4),
        ("trap", 5),
        ("abrt", 6),
        ("bus", 7),
        ("fpe", 8),
        ("usr1", 10),
        ("segv", 11),
        ("usr2", 12),
        ("pipe", 13),
        ("alrm", 14),
        ("term", 15),
        ("stkflt", 16),
        ("cont", 18),
        ("urg", 23),
        ("xcpu", 24),
        ("xfsz", 25),
        ("vtalrm", 26),
        ("prof", 27),
        ("io", 29),
        ("pwr", 30),
        ("sys", 31),
    ];
    for (name, number) in names {
        rewritten(Init::new(), &format!("{name}:rtmin+5"), number, &[RTMIN + 5]);
    }
}

in_both_modes!(
    a_number_is_rewritten_to_another,
    zero_drops_a_signal,
    another_signal_is_not_rewritten,
    rewrites_do_not_chain,
    the_last_rewrite_of_a_signal_counts,
    a_single_child_gets_rewritten_signals,
    names_are_understood,
    names_with_sig_and_of_any_case_are_understood,
    a_name_may_be_rewritten_to_a_number,
    real_time_signals_count_from_both_ends,
    real_time_signals_have_numbers_and_ends,
    a_name_may_be_dropped,
    the_long_option_takes_either_form,
    the_variable_takes_a_list,
    an_option_beats_the_variable,
    the_variable_works_as_dumb_init,
    a_signal_may_become_kill,
    a_rewritten_tstp_still_stops_a_plain_init,
    dumb_init_rewrites_of_kill_stop_and_chld_have_no_effect,
);

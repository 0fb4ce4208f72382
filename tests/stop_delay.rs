//! `--stop-delay`: the first SIGTERM is held back.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::time::{Duration, Instant};

use harness::{Init, in_both_modes};

const TERM: i32 = libc::SIGTERM;
const HUP: i32 = libc::SIGHUP;

fn the_first_term_is_held_back_and_others_pass(init: Init) {
    let mut running = init.arg("--stop-delay=300ms").program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    let start = Instant::now();
    running.signal(TERM);
    running.signal(libc::SIGINT);
    running.signal(HUP);
    assert_eq!(running.received_until(TERM).len(), 2);
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
    assert_eq!(running.exit_code(), 4);
}

/// Nor as the signal that came meanwhile.
fn it_is_sent_on_as_it_came(init: Init) {
    let init = init.args(&["--forward=child", "--stop-delay=200ms"]).program("print-signals").arg("exit=15:4");
    let mut running = init.spawn();
    running.ready();
    running.signal(TERM);
    running.queue(harness::RTMAX, 77);
    let other = running.received();
    assert_eq!((other.signal, other.value), (harness::RTMAX, 77));
    let held = running.received();
    assert_eq!((held.signal, held.code, held.value), (TERM, libc::SI_USER, 0));
    assert_eq!(running.exit_code(), 4);
}

fn a_second_term_cuts_it_short(init: Init) {
    let mut running = init.arg("--stop-delay=1000m").program("print-signals").arg("exit=10:4").spawn();
    running.ready();
    running.signal(TERM);
    // Of two that are pending there is but one.
    running.wait_for_empty_queue();
    running.signal(HUP);
    assert_eq!(running.received().signal, HUP);
    running.signal(TERM);
    assert_eq!(running.received().signal, TERM);
    // Both are one, and a third is one of its own.
    running.signal(HUP);
    assert_eq!(running.received().signal, HUP);
    running.signal(TERM);
    assert_eq!(running.received().signal, TERM);
    running.signal(libc::SIGUSR1);
    assert_eq!(running.exit_code(), 4);
}

fn the_childs_end_cuts_it_short(init: Init) {
    let mut running = init.arg("--stop-delay=1000m").program("print-signals").arg("exit=10:4").spawn();
    running.ready();
    running.signal(TERM);
    running.signal(libc::SIGUSR1);
    assert_eq!(running.exit_code(), 4);
}

fn the_term_is_rewritten_when_it_is_let_go(init: Init) {
    let init = init.args(&["--stop-delay=100ms", "-r", "TERM:QUIT"]).program("print-signals").arg("exit=3:4");
    let mut running = init.spawn();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.received().signal, libc::SIGQUIT);
    assert_eq!(running.exit_code(), 4);
}

/// Init sleeps once, not again and again: a stop in between changes nothing.
fn a_stop_in_between_does_not_matter(init: Init) {
    let mut running = init.arg("--stop-delay=200ms").program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    running.signal(TERM);
    running.wait_for_empty_queue();
    running.signal(libc::SIGSTOP);
    running.wait_for_state('T');
    running.signal(libc::SIGCONT);
    assert_eq!(running.received_until(TERM), [libc::SIGCONT]);
    assert_eq!(running.exit_code(), 4);
}

fn the_grace_begins_after_it(init: Init) {
    let mut running = init.args(&["--stop-delay=200ms", "--grace=200ms"]).program("stubborn").spawn();
    running.ready();
    let start = Instant::now();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 137);
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
}

fn the_variable_works_under_every_name(init: Init) {
    for name in ["sexton", "dumb-init", "tini", "catatonit"] {
        let again = if init.is_pid_1() { Init::new().pid_1() } else { Init::new() };
        let again = again.named(name).env("SEXTON_STOP_DELAY", "1000m").env("TINI_SUBREAPER", "");
        let mut running = again.arg("--").program("print-signals").arg("exit=15:4").spawn();
        running.ready();
        running.signal(TERM);
        // Of two that are pending there is but one.
        running.wait_for_empty_queue();
        running.signal(HUP);
        assert_eq!(running.received().signal, HUP, "{name}");
        running.signal(TERM);
        assert_eq!(running.exit_code(), 4, "{name}");
    }
}

in_both_modes!(
    the_first_term_is_held_back_and_others_pass,
    it_is_sent_on_as_it_came,
    a_second_term_cuts_it_short,
    the_childs_end_cuts_it_short,
    the_term_is_rewritten_when_it_is_let_go,
    a_stop_in_between_does_not_matter,
    the_grace_begins_after_it,
    the_variable_works_under_every_name,
);

//! `--grace`: a deadline after which whatever is left is killed.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::time::{Duration, Instant};

use harness::{Init, in_both_modes, process};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

const TERM: i32 = libc::SIGTERM;

/// Deadlines come no earlier than they are due: only that is measured.
fn killed_after(init: Init, signal: i32, time: Duration) {
    let mut running = init.program("stubborn").spawn();
    running.ready();
    let start = Instant::now();
    running.signal(signal);
    assert_eq!(running.exit_code(), 128 + 9);
    assert!(start.elapsed() >= time, "{:?}", start.elapsed());
}

fn who_does_not_end_in_time_is_killed(init: Init) {
    killed_after(init.arg("--grace=300ms"), TERM, Duration::from_millis(300));
}

fn int_and_quit_begin_it_too(init: Init) {
    killed_after(again(&init).arg("--grace=50ms"), libc::SIGINT, Duration::from_millis(50));
    killed_after(init.arg("--grace=50ms"), libc::SIGQUIT, Duration::from_millis(50));
}

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

fn the_variable_works_under_every_name(init: Init) {
    for name in ["sexton", "dumb-init", "tini", "catatonit"] {
        let init = again(&init).named(name).env("SEXTON_GRACE", "50ms").env("TINI_SUBREAPER", "").arg("--");
        killed_after(init, TERM, Duration::from_millis(50));
    }
}

fn no_time_at_all_is_a_deadline_too(init: Init) {
    killed_after(init.arg("--grace=0"), TERM, Duration::ZERO);
}

fn a_rewritten_term_begins_it(init: Init) {
    killed_after(init.args(&["--grace=50ms", "-r", "TERM:QUIT"]), TERM, Duration::from_millis(50));
}

fn what_becomes_term_begins_it(init: Init) {
    killed_after(init.args(&["--grace=50ms", "-r", "HUP:TERM"]), libc::SIGHUP, Duration::from_millis(50));
}

/// Other signals neither begin it nor move it.
fn other_signals_do_not_move_it(init: Init) {
    let mut running = init.arg("--grace=400ms").program("print-signals").spawn();
    running.ready();
    running.signal(libc::SIGHUP);
    assert_eq!(running.received().signal, libc::SIGHUP);
    let start = Instant::now();
    running.signal(TERM);
    // As often as the time allows, to the end.
    while running.is_running() && start.elapsed() < harness::PATIENCE {
        // SAFETY: init may have ended, but is not reaped: the harness is its parent.
        unsafe {
            libc::kill(running.pid(), libc::SIGHUP);
            libc::kill(running.pid(), TERM);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!running.is_running(), "the deadline was moved");
    assert_eq!(running.exit_code(), 137);
    assert!(start.elapsed() >= Duration::from_millis(400));
}

/// It is not waited for: the test would take as long.
fn it_is_over_as_soon_as_the_child_has_ended(init: Init) {
    let mut running = init.arg("--grace=1000m").program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 4);
}

fn it_does_not_begin_by_itself(init: Init) {
    let mut running = init.arg("--grace=0").program("print-signals").arg("exit=10:6").spawn();
    running.ready();
    running.signal(libc::SIGHUP);
    assert_eq!(running.received().signal, libc::SIGHUP);
    running.signal(libc::SIGUSR1);
    assert_eq!(running.exit_code(), 6);
}

fn a_dropped_term_does_not_begin_it(init: Init) {
    let init = init.args(&["--grace=0", "-r", "TERM:0"]).program("print-signals").arg("exit=10:6");
    let mut running = init.spawn();
    running.ready();
    running.signal(TERM);
    running.wait_for_empty_queue();
    running.signal(libc::SIGHUP);
    assert_eq!(running.received().signal, libc::SIGHUP);
    running.signal(libc::SIGUSR1);
    assert_eq!(running.exit_code(), 6);
}

/// With --wait=all the main child's end begins it: whoever is left is killed,
/// in another session, too, and the exit code stays the main child's.
fn the_rest_is_killed_after_the_main_childs_end(init: Init) {
    let script = r#"setsid "$0" & read line; exit 5"#;
    let init = init.args(&["--wait=all", "--grace=100ms"]).script(script).program("stubborn");
    let mut running = init.spawn();
    running.ready();
    drop(running.stdin());
    assert_eq!(running.exit_code(), 5);
    assert_eq!(running.survivors(), [0i32; 0]);
}

/// Their parents are killed, and so they come to init and are killed, too.
fn children_of_children_are_killed(init: Init) {
    let script = r#"setsid sh -c 'trap "" TERM; (setsid sh -c "trap \"\" TERM; setsid \"$0\" & wait" "$0" & wait); wait' "$0" & trap '' TERM; read line; exit 5"#;
    let init = init.args(&["--wait=all", "--grace=100ms"]).script(script).program("stubborn");
    let mut running = init.spawn();
    running.ready();
    drop(running.stdin());
    assert_eq!(running.exit_code(), 5);
    assert_eq!(running.survivors(), [0i32; 0]);
}

/// Also where init would leave with the main child.
fn who_left_the_group_is_killed_too(init: Init) {
    let script = r#"setsid "$0" & trap '' TERM; read line"#;
    let mut running = init.arg("--grace=100ms").script(script).program("stubborn").spawn();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 137);
    assert_eq!(running.survivors(), [0i32; 0]);
}

/// Init cannot see its children there, but knows the main child's group.
fn the_group_is_killed_without_proc_too(init: Init) {
    let script = r#""$0" & exec "$0""#;
    let init = init.arg("--grace=100ms").script(script).program("stubborn");
    let mut running = without_proc(init).spawn();
    running.ready();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 137);
    assert_eq!(running.survivors(), [0i32; 0]);
}

/// Once the main child is reaped and its group empty, whoever has its number
/// now is nobody init knows; and 0, which takes its place, would be init's group.
fn nobody_is_killed_in_the_place_of_a_main_child_that_is_reaped(init: Init) {
    let script = r#"setsid "$0" & read line; exit 5"#;
    let init = init.args(&["--wait=all", "--grace=100ms"]).script(script).program("stubborn");
    let mut running = without_proc(init).spawn();
    running.ready();
    drop(running.stdin());
    assert_eq!(running.exit_code(), 5);
}

/// In a mount namespace where /proc is empty.
fn without_proc(init: Init) -> Init {
    init.before(|| {
        let none = None::<&str>;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        Ok(mount(Some("none"), "/proc", Some("tmpfs"), MsFlags::empty(), none)?)
    })
}

/// Init sleeps until it is due, in one wait.
fn a_stopped_child_is_killed_as_well(init: Init) {
    let mut running = init.arg("--grace=100ms").program("print-signals").spawn();
    running.ready();
    let child = running.main_child();
    // SAFETY: it is not reaped while it is stopped.
    unsafe { libc::kill(child, libc::SIGSTOP) };
    running.within("stopped child", || (process::state(child) == Some('T')).then_some(()));
    running.signal(libc::SIGCONT);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 137);
}

fn delay_then_grace_then_drain(init: Init) {
    // The main child ends at TERM, what it leaves behind does not.
    let script = r#"setsid "$0" & trap 'exit 4' TERM; while :; do sleep 0.01; done"#;
    let init = init.args(&["--stop-delay=100ms", "--grace=200ms", "--wait=all"]).script(script).program("stubborn");
    let mut running = init.spawn();
    running.ready();
    let start = Instant::now();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 4);
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
    assert_eq!(running.survivors(), [0i32; 0]);
}

fn what_is_no_time_is_refused(init: Init) {
    for bad in ["", "x", "-1", "1h", "1.5s", "10 s", "s", "4294968", "4294967296ms", "99999999999"] {
        for option in ["--grace", "--stop-delay"] {
            let (code, out, err) = again(&init).args(&[option, bad, "echo", "started"]).finish();
            assert_eq!((code, out.as_str()), (1, ""), "{bad}");
            assert!(err.contains(&format!("'{bad}'")) && err.contains("10s") && err.lines().count() == 1, "{err}");
        }
    }
}

in_both_modes!(
    who_does_not_end_in_time_is_killed,
    int_and_quit_begin_it_too,
    the_variable_works_under_every_name,
    no_time_at_all_is_a_deadline_too,
    a_rewritten_term_begins_it,
    what_becomes_term_begins_it,
    other_signals_do_not_move_it,
    it_is_over_as_soon_as_the_child_has_ended,
    it_does_not_begin_by_itself,
    a_dropped_term_does_not_begin_it,
    the_rest_is_killed_after_the_main_childs_end,
    children_of_children_are_killed,
    who_left_the_group_is_killed_too,
    the_group_is_killed_without_proc_too,
    nobody_is_killed_in_the_place_of_a_main_child_that_is_reaped,
    a_stopped_child_is_killed_as_well,
    delay_then_grace_then_drain,
    what_is_no_time_is_refused,
);

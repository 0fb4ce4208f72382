//! Init ends as the main child ended, and when it did.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use nix::sys::resource::{Resource, setrlimit};

use harness::{Folder, Init, RTMAX, RTMIN, in_both_modes, process};

const TERM: i32 = libc::SIGTERM;
const USR1: i32 = libc::SIGUSR1;

fn the_exit_code_is_the_childs(init: Init) {
    let mut running = init.script("read code; exit $code").spawn();
    use std::io::Write as _;
    running.stdin().write_all(b"3\n").unwrap();
    assert_eq!(running.exit_code(), 3);
}

fn zero_is_zero(init: Init) {
    assert_eq!(init.arg("true").finish(), (0, String::new(), String::new()));
}

fn the_highest_exit_code_is_kept(init: Init) {
    assert_eq!(init.script("exit 255").code(), 255);
}

fn a_death_by_signal_is_128_and_the_signal(init: Init) {
    assert_eq!(init.script("kill -KILL $$").code(), 128 + 9);
}

fn a_death_by_a_forwarded_signal_is_too(init: Init) {
    let mut running = init.script("echo started; exec sleep 60").spawn();
    running.expect_line("started");
    running.signal(TERM);
    assert_eq!(running.exit_code(), 128 + 15);
}

/// The kernel tells of it as another kind of end, if it was allowed to dump.
fn a_death_with_a_core_dump_is_too(init: Init) {
    let folder = Folder::new();
    let init = init.cwd(folder.path("")).before(|| Ok(setrlimit(Resource::RLIMIT_CORE, 1 << 30, 1 << 30)?));
    assert_eq!(init.script("kill -SEGV $$").code(), 128 + 11);
}

fn a_death_by_the_lowest_real_time_signal_is_too(init: Init) {
    assert_eq!(init.script(&format!("kill -{RTMIN} $$")).code(), 128 + 34);
}

fn a_death_by_the_highest_real_time_signal_is_too(init: Init) {
    assert_eq!(init.script(&format!("kill -{RTMAX} $$")).code(), 128 + 64);
}

fn init_leaves_at_once_though_others_remain(init: Init) {
    let mut running = init.args(&["sh", "-c", "trap '' TERM; sleep 60 & exit 4"]).spawn();
    assert_eq!(running.exit_code(), 4);
}

fn a_stopped_child_is_no_ended_one(init: Init) {
    let mut running = init.program("print-signals").arg("exit=15:6").spawn();
    running.ready();
    let child = running.main_child();
    for _ in 0..3 {
        // SAFETY: no precondition; the child is alive.
        unsafe { libc::kill(child, libc::SIGSTOP) };
        running.within("stopped child", || (process::state(child)? == 'T').then_some(()));
        assert!(running.is_running());
        // SAFETY: as above.
        unsafe { libc::kill(child, libc::SIGCONT) };
        assert_eq!(running.received().signal, libc::SIGCONT);
    }
    // A stop of a child without a terminal never stops init.
    assert_ne!(process::state(running.pid()), Some('T'));
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 6);
}

/// The kernel reaps by itself while SIGCHLD is ignored.
fn the_status_is_kept_if_sigchld_was_ignored_at_the_start(init: Init) {
    assert_eq!(init.ignoring(&[libc::SIGCHLD]).script("exit 12").code(), 12);
}

fn the_status_is_kept_if_everything_was_blocked_at_the_start(init: Init) {
    let all = &[1, 2, 3, 10, 12, 13, 14, 15, 17, 18, 28, 34, 64];
    assert_eq!(init.blocking(all).script("exit 12").code(), 12);
}

fn members_of_the_group_get_a_signal(init: Init, expected: i32) {
    let program = init.program("print-signals").args(&["member", "exit=10:5"]);
    let mut running = program.spawn();
    running.ready();
    // Only the main child: the member exits with 10, too.
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(running.main_child(), USR1) };
    assert_eq!(running.exit_code(), 5);
    let got = running.received();
    assert_eq!((got.by.as_str(), got.signal), ("child", USR1));
    let got = running.received();
    assert_eq!((got.by.as_str(), got.signal), ("member", expected));
}

#[test]
fn the_rest_of_the_group_gets_sigterm_at_the_end() {
    members_of_the_group_get_a_signal(Init::new(), TERM);
}

#[test]
fn the_rest_of_the_group_gets_what_sigterm_is_rewritten_to() {
    members_of_the_group_get_a_signal(Init::new().args(&["-r", "15:12"]), libc::SIGUSR2);
}

fn the_rest_is_left_alone(init: Init) {
    let mut running = init.program("print-signals").args(&["member", "exit=10:5"]).spawn();
    running.ready();
    let child = running.main_child();
    let member = running.within("member", || process::children(child).first().copied());
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(child, USR1) };
    assert_eq!(running.exit_code(), 5);
    // The member says all that it gets before this.
    // SAFETY: no precondition; the member blocks all and only prints.
    unsafe { libc::kill(member, RTMAX) };
    let got = [running.received(), running.received()].map(|got| (got.by, got.signal));
    assert_eq!(got[0], ("child".to_owned(), USR1));
    assert_eq!(got[1], ("member".to_owned(), RTMAX));
}

#[test]
fn the_rest_is_left_alone_in_single_child_mode() {
    the_rest_is_left_alone(Init::new().arg("-c"));
}

#[test]
fn the_rest_is_left_alone_with_forward_child() {
    the_rest_is_left_alone(Init::new().arg("--forward=child"));
}

#[test]
fn the_rest_is_left_alone_if_sigterm_is_dropped() {
    the_rest_is_left_alone(Init::new().args(&["-r", "TERM:0"]));
}

/// The kernel ends the namespace with its PID 1.
#[test]
fn nobody_outlives_pid_1() {
    let mut running = Init::new().pid_1().script("sleep 60 & echo $!; exit 4").spawn();
    running.line();
    assert_eq!(running.exit_code(), 4);
    assert_eq!(running.all_of_stdout().lines().count(), 1);
}

fn init_in_init_in_init_is_init(init: Init) {
    let path = init.path.to_str().unwrap().to_owned();
    nested(init.args(&[&path, &path, "--"]));
}

fn nested(init: Init) {
    let mut running = init.program("print-signals").arg("exit=15:8").spawn();
    running.ready();
    for signal in [USR1, libc::SIGHUP, RTMIN, libc::SIGUSR2] {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
    running.signal(TERM);
    assert_eq!(running.exit_code(), 8);
}

/// All in one session and one group, none of which is the innermost's own.
fn single_children_nested_under_two_names_are_one(init: Init) {
    let path = init.path.to_str().unwrap().to_owned();
    let folder = Folder::new();
    let dumb_init = folder.link(&path, "dumb-init");
    nested(init.args(&["-c", &dumb_init, "-c", &path, "-c"]));
}

in_both_modes!(
    the_exit_code_is_the_childs,
    zero_is_zero,
    the_highest_exit_code_is_kept,
    a_death_by_signal_is_128_and_the_signal,
    a_death_by_a_forwarded_signal_is_too,
    a_death_with_a_core_dump_is_too,
    a_death_by_the_lowest_real_time_signal_is_too,
    a_death_by_the_highest_real_time_signal_is_too,
    init_leaves_at_once_though_others_remain,
    a_stopped_child_is_no_ended_one,
    the_status_is_kept_if_sigchld_was_ignored_at_the_start,
    the_status_is_kept_if_everything_was_blocked_at_the_start,
    init_in_init_in_init_is_init,
    single_children_nested_under_two_names_are_one,
);

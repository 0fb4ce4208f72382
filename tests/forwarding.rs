//! Signals sent to init reach the main child, each once and in order.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;

use harness::{Init, RTMAX, RTMIN, in_both_modes, process};

const KILL: i32 = libc::SIGKILL;
const STOP: i32 = libc::SIGSTOP;
const CHLD: i32 = libc::SIGCHLD;
const TERM: i32 = libc::SIGTERM;
const USR1: i32 = libc::SIGUSR1;
const USR2: i32 = libc::SIGUSR2;

/// Those after which init stops itself.
const STOPPING: [i32; 3] = [libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];

fn to_forward() -> Vec<i32> {
    (1..=RTMAX).filter(|s| ![KILL, STOP, CHLD].contains(s) && !STOPPING.contains(s)).collect()
}

/// Sends each signal alone and compares all that arrives.
fn every_signal_arrives_once(init: Init) {
    let running = init.program("print-signals").spawn();
    running.ready();
    for signal in to_forward() {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
    // Whatever had been sent twice would come before this.
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
}

fn every_signal_is_forwarded_once(init: Init) {
    every_signal_arrives_once(init);
}

fn every_signal_is_forwarded_once_to_a_single_child(init: Init) {
    every_signal_arrives_once(init.arg("-c"));
}

fn every_signal_is_forwarded_once_to_a_child_in_its_own_session(init: Init) {
    every_signal_arrives_once(init.arg("--forward=child"));
}

/// Init stops with them, unless it is PID 1, and is continued by CONT.
fn stop_signals_arrive_and_stop_init(init: Init) {
    let is_pid_1 = init.is_pid_1();
    let running = init.program("print-signals").spawn();
    running.ready();
    for signal in STOPPING {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
        if !is_pid_1 {
            running.wait_for_state('T');
        }
        running.signal(libc::SIGCONT);
        assert_eq!(running.received().signal, libc::SIGCONT);
    }
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
}

/// When rewritten to themselves, they are like any other.
fn stop_signals_are_forwarded_and_stop_init(init: Init) {
    stop_signals_arrive_and_stop_init(init.args(&["-r", "20:20", "-r", "21:21", "-r", "22:22"]));
}

fn a_single_child_gets_stop_signals_as_they_are(init: Init) {
    stop_signals_arrive_and_stop_init(init.arg("-c"));
}

/// Their default action does nothing in a group that no shell looks after.
fn stop_signals_become_stop_by_default(init: Init) {
    let is_pid_1 = init.is_pid_1();
    let running = init.program("print-signals").spawn();
    running.ready();
    let child = running.main_child();
    for signal in STOPPING {
        running.signal(signal);
        running.within("stopped child", || (process::state(child) == Some('T')).then_some(()));
        if !is_pid_1 {
            running.wait_for_state('T');
        }
        running.signal(libc::SIGCONT);
        assert_eq!(running.received().signal, libc::SIGCONT);
    }
}

fn queued_real_time_signals_all_arrive_in_order(init: Init) {
    let running = init.args(&["-c"]).program("print-signals").spawn();
    running.ready();
    for value in 0..1000 {
        running.queue(RTMIN + 1, value);
    }
    for value in 0..1000 {
        let got = running.received();
        assert_eq!((got.signal, got.value), (RTMIN + 1, value));
    }
}

fn real_time_signals_all_arrive_at_a_group(init: Init) {
    let running = init.program("print-signals").spawn();
    running.ready();
    (0..1000).for_each(|value| running.queue(RTMAX - 1, value));
    (0..1000).for_each(|_| assert_eq!(running.received().signal, RTMAX - 1));
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
}

/// With its sender, who is nobody seen from another namespace.
fn a_value_reaches_a_child_that_alone_is_addressed(init: Init) {
    let sender = if init.is_pid_1() { 0 } else { std::process::id().cast_signed() };
    let running = init.arg("--forward=child").program("print-signals").spawn();
    running.ready();
    for signal in [USR1, TERM, RTMIN, RTMAX] {
        running.queue(signal, 4711);
        let got = running.received();
        assert_eq!((got.signal, got.code, got.value), (signal, libc::SI_QUEUE, 4711));
        assert_eq!(got.sender, sender);
    }
    running.signal(USR1);
    assert_eq!(running.received().code, libc::SI_USER, "a value that was not sent");
}

fn lower_signals_come_first_when_several_wait(init: Init) {
    let running = init.program("print-signals").spawn();
    running.ready();
    // Init stands still, so that everything is pending at once.
    running.signal(STOP);
    running.wait_for_state('T');
    [RTMAX, USR2, TERM, RTMIN, USR1].iter().for_each(|&signal| running.signal(signal));
    running.signal(libc::SIGCONT);
    for signal in [USR1, USR2, TERM, libc::SIGCONT, RTMIN, RTMAX] {
        assert_eq!(running.received().signal, signal);
    }
}

fn group_members_get_signals_too(init: Init) {
    let running = init.program("print-signals").arg("member").spawn();
    running.ready();
    running.signal(USR2);
    let mut by = [running.received(), running.received()].map(|got| {
        assert_eq!(got.signal, USR2);
        got.by
    });
    by.sort();
    assert_eq!(by, ["child", "member"]);
}

fn members_get_nothing_when(init: Init) {
    let running = init.program("print-signals").args(&["member"]).spawn();
    running.ready();
    let child = running.main_child();
    let member = running.within("member", || process::children(child).first().copied());
    for signal in [USR2, TERM, RTMIN] {
        running.signal(signal);
        let got = running.received();
        assert_eq!((got.by.as_str(), got.signal), ("child", signal));
    }
    // The member says all that it gets before this.
    // SAFETY: no precondition; the member is alive.
    unsafe { libc::kill(member, RTMAX) };
    let got = running.received();
    assert_eq!((got.by.as_str(), got.signal), ("member", RTMAX));
}

fn only_a_single_child_gets_signals(init: Init) {
    members_get_nothing_when(init.arg("-c"));
}

fn only_the_child_gets_signals_with_forward_child(init: Init) {
    members_get_nothing_when(init.arg("--forward=child"));
}

fn a_forged_sigchld_is_not_forwarded_and_harms_nothing(init: Init) {
    let mut running = init.program("print-signals").arg("exit=15:7").spawn();
    running.ready();
    for _ in 0..100 {
        running.signal(CHLD);
    }
    // It is taken, and would be received, after any CHLD.
    running.signal(RTMAX);
    assert_eq!(running.received().signal, RTMAX);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 7);
}

/// What is sent from inside the namespace, too.
fn a_signal_from_the_child_comes_back(init: Init) {
    let script = "trap 'echo caught' USR1; kill -USR1 $PPID; \
                  while :; do sleep 0.01; done";
    let running = init.script(script).spawn();
    running.expect_line("caught");
}

/// Forwarding was refused for lack of rights, and init goes on.
fn a_child_that_became_someone_else_is_not_fatal(init: Init) {
    use nix::unistd::setresuid;
    let someone = 12345.into();
    // The kernel's right to signal goes by real and saved ids.
    let init = init.before(move || Ok(setresuid(someone, someone, someone)?));
    let folder = harness::Folder::new();
    // A copy that belongs to another user and becomes that one.
    let copy = folder.copy(harness::program("print-signals"), "print-signals");
    nix::unistd::chown(copy.as_str(), Some(23456.into()), None).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o4755);
    std::fs::set_permissions(&copy, mode).unwrap();
    let mut running = init.args(&["-v", &copy, "uid=23456", "exit=15:9"]).spawn();
    running.ready();
    let child = running.main_child();
    let uid = process::status(child, "Uid").unwrap();
    assert!(uid.starts_with("23456\t23456\t23456"), "{uid}");
    for signal in [USR1, libc::SIGHUP, RTMIN, TERM] {
        running.signal(signal);
    }
    running.wait_for_empty_queue();
    assert!(running.is_running());
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(child, TERM) };
    assert_eq!(running.exit_code(), 9);
}

/// Raised by the kernel it cannot be blocked, and it is no signal to forward.
fn a_fault_of_init_kills_init(init: Init) {
    let mut running = init.program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    // Where it goes on when the next signal comes: syscall(2) NUMBER... SP PC.
    let pid = running.pid();
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap();
    let pc = call.trim().rsplit_once(" 0x").unwrap().1;
    let pc = u64::from_str_radix(pc, 16).unwrap();
    // Zeros are no instruction on arm64, and one that faults on x86-64.
    let memory = std::fs::File::options().write(true).open(format!("/proc/{pid}/mem")).unwrap();
    memory.write_all_at(&[0; 16], pc).unwrap();
    running.signal(USR1);
    let killed_by = running.wait().signal();
    assert!(matches!(killed_by, Some(libc::SIGSEGV | libc::SIGILL)), "{killed_by:?}");
}

in_both_modes!(
    every_signal_is_forwarded_once,
    every_signal_is_forwarded_once_to_a_single_child,
    every_signal_is_forwarded_once_to_a_child_in_its_own_session,
    stop_signals_are_forwarded_and_stop_init,
    stop_signals_become_stop_by_default,
    a_single_child_gets_stop_signals_as_they_are,
    queued_real_time_signals_all_arrive_in_order,
    real_time_signals_all_arrive_at_a_group,
    a_value_reaches_a_child_that_alone_is_addressed,
    lower_signals_come_first_when_several_wait,
    group_members_get_signals_too,
    only_a_single_child_gets_signals,
    only_the_child_gets_signals_with_forward_child,
    a_forged_sigchld_is_not_forwarded_and_harms_nothing,
    a_signal_from_the_child_comes_back,
    a_child_that_became_someone_else_is_not_fatal,
    a_fault_of_init_kills_init,
);

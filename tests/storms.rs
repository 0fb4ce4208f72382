//! No signal is lost on the way, however early or many.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use harness::{Init, RTMIN, in_both_modes, process};

const TERM: i32 = libc::SIGTERM;
const ROUNDS: usize = 30;

fn again(pid_1: bool) -> Init {
    if pid_1 { Init::new().pid_1() } else { Init::new() }
}

/// Blocked and pending when init is started, sent by another process.
fn with_pending_term(init: Init) -> Init {
    init.blocking(&[TERM]).before(|| {
        // SAFETY: plain system calls; the copy ends at once.
        unsafe {
            let own = libc::getpid();
            let sender = libc::fork();
            if sender == 0 {
                libc::kill(own, TERM);
                libc::_exit(0);
            }
            libc::waitpid(sender, std::ptr::null_mut(), 0);
        }
        Ok(())
    })
}

/// As `kill $$; exec init` does: the pid is init's, the signal a user's.
fn a_signal_of_what_became_init_reaches_the_program(init: Init) {
    let init = init.blocking(&[TERM]).before(|| {
        // SAFETY: no precondition; the signal is blocked.
        unsafe { libc::kill(libc::getpid(), TERM) };
        Ok(())
    });
    let running = init.program("print-signals").spawn();
    running.ready();
    assert_eq!(running.received().signal, TERM);
}

/// The child has TERM blocked as init had, and fetches it.
fn a_signal_pending_at_the_start_reaches_the_program(init: Init) {
    let pid_1 = init.is_pid_1();
    for round in 0..ROUNDS {
        let init = with_pending_term(again(pid_1)).program("print-signals").arg("exit=15:7");
        let mut running = init.spawn();
        running.ready();
        assert_eq!(running.received().signal, TERM, "round {round}");
        assert_eq!(running.exit_code(), 7);
    }
}

fn a_single_child_gets_a_signal_pending_at_the_start(init: Init) {
    let pid_1 = init.is_pid_1();
    for round in 0..ROUNDS {
        let init = with_pending_term(again(pid_1)).arg("-c").program("print-signals");
        let running = init.spawn();
        running.ready();
        assert_eq!(running.received().signal, TERM, "round {round}");
    }
}

/// This dialect empties the mask, so the program dies of it.
fn dumb_init_forwards_a_signal_pending_at_the_start(init: Init) {
    let pid_1 = init.is_pid_1();
    for round in 0..ROUNDS {
        let init = with_pending_term(again(pid_1)).named("dumb-init").args(&["sleep", "60"]);
        assert_eq!(init.code(), 128 + TERM, "round {round}");
    }
}

/// As soon as init has blocked it, it is not lost.
fn a_signal_in_the_middle_of_the_start_reaches_the_program(init: Init) {
    let pid_1 = init.is_pid_1();
    for round in 0..ROUNDS {
        let mut running = again(pid_1).args(&["sleep", "60"]).spawn();
        let pid = running.pid();
        // An init that waits with sigwait unblocks again, but has a child then.
        let end = std::time::Instant::now() + harness::PATIENCE;
        while process::set_has(pid, "SigBlk", TERM) != Some(true) {
            if !process::children(pid).is_empty() {
                break;
            }
            assert!(std::time::Instant::now() < end, "{}", process::all_of_this_test());
        }
        running.signal(TERM);
        assert_eq!(running.exit_code(), 128 + TERM, "round {round}");
    }
}

fn ten_thousand_real_time_signals_arrive_after_a_stop(init: Init) {
    const COUNT: usize = 10_000;
    let init = init.before(|| {
        let limit = libc::rlimit { rlim_cur: 200_000, rlim_max: 200_000 };
        // SAFETY: `limit` is what the call reads.
        unsafe { libc::setrlimit(libc::RLIMIT_SIGPENDING, &raw const limit) };
        Ok(())
    });
    let running = init.arg("-c").program("print-signals").spawn();
    running.ready();
    let child = running.main_child();
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(child, libc::SIGSTOP) };
    running.within("stopped child", || (process::state(child)? == 'T').then_some(()));
    for value in 0..COUNT {
        running.queue(RTMIN, value);
    }
    // SAFETY: as above.
    unsafe { libc::kill(child, libc::SIGCONT) };
    assert_eq!(running.received().signal, libc::SIGCONT);
    for value in 0..COUNT {
        let got = running.received();
        assert_eq!((got.signal, got.value), (RTMIN, i64::try_from(value).unwrap()));
    }
}

/// Both are found at once: init forwards first, then reaps, then leaves. Whether the signal
/// comes before or after SIGCHLD by its number, and whether init has settled or not.
#[test]
fn a_signal_from_before_the_childs_end_still_reaches_its_group() {
    let everywhere = sched_getaffinity(Pid::from_raw(0)).unwrap();
    for round in 0..20 {
        let signal = if round % 2 == 0 { libc::SIGUSR1 } else { libc::SIGWINCH };
        let mut running = Init::new().program("print-signals").arg("member").spawn();
        running.ready();
        let child = running.main_child();
        running.within("member", || process::children(child).first().copied());
        if round % 4 > 1 {
            running.wait_until_settled();
        }
        // Init shares a processor with this test and the child, and only gets it
        // when neither wants it.
        let mut here = CpuSet::new();
        here.set(nix::sched::sched_getcpu().unwrap()).unwrap();
        for pid in [0, running.pid(), child] {
            sched_setaffinity(Pid::from_raw(pid), &here).unwrap();
        }
        let priority = libc::sched_param { sched_priority: 0 };
        // SAFETY: `priority` is what the call reads.
        assert_eq!(unsafe { libc::sched_setscheduler(running.pid(), libc::SCHED_IDLE, &raw const priority) }, 0);
        running.signal(signal);
        // SAFETY: no precondition; the child is alive.
        unsafe { libc::kill(child, libc::SIGKILL) };
        sched_setaffinity(Pid::from_raw(0), &everywhere).unwrap();
        assert_eq!(running.exit_code(), 128 + 9);
        // The child may have been quick enough to see it, too. Only a lower one surely comes
        // before the SIGTERM that the group gets at the child's end.
        let mut all = std::iter::repeat_with(|| running.received()).filter(|got| got.by == "member");
        let first = all.find(|got| signal < libc::SIGTERM || got.signal != libc::SIGTERM);
        assert_eq!(first.map(|got| got.signal), Some(signal), "round {round}");
    }
}

/// Orphans end all the time, and every signal still arrives once.
fn signals_pass_while_orphans_end(init: Init) {
    let script = "(while :; do (true &); done) & exec \"$0\"";
    let init = init.args(&["/bin/sh", "-c", script]).program("print-signals");
    let running = init.spawn();
    running.ready();
    for round in 0..300 {
        let signal = RTMIN + round % 30;
        running.signal(signal);
        // The shell's signals come to its parent, which is the main child.
        let got = loop {
            let got = running.received().signal;
            if got != libc::SIGCHLD {
                break got;
            }
        };
        assert_eq!(got, signal);
    }
}

in_both_modes!(
    a_signal_of_what_became_init_reaches_the_program,
    a_signal_pending_at_the_start_reaches_the_program,
    a_single_child_gets_a_signal_pending_at_the_start,
    dumb_init_forwards_a_signal_pending_at_the_start,
    a_signal_in_the_middle_of_the_start_reaches_the_program,
    ten_thousand_real_time_signals_arrive_after_a_stop,
    signals_pass_while_orphans_end,
);

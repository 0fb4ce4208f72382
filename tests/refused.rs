//! System calls that a sandbox refuses, each alone and all together.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::io;

use harness::{Init, process};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// A system call to refuse, or one use of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refused {
    All(i64),
    /// With any of these bits in its first argument.
    WithFlags(i64, i32),
    /// With this as its third argument.
    OfSize(i64, usize),
    /// With a third argument that is not null, which is the time.
    Timed(i64),
}
use Refused::{All, OfSize, Timed, WithFlags};

const PIDFD_OPEN: Refused = All(libc::SYS_pidfd_open);
const PIDFD_SEND_SIGNAL: Refused = All(libc::SYS_pidfd_send_signal);
const CLONE_VFORK: Refused = WithFlags(libc::SYS_clone, libc::CLONE_VFORK);
const CLONE_VM: Refused = WithFlags(libc::SYS_clone, libc::CLONE_VM);
const CLONE3: Refused = All(libc::SYS_clone3);
const CLOSE_RANGE: Refused = All(libc::SYS_close_range);
const PRCTL: Refused = All(libc::SYS_prctl);
const GETPPID: Refused = All(libc::SYS_getppid);
const SCHED_GETSCHEDULER: Refused = All(libc::SYS_sched_getscheduler);
const SCHED_SETSCHEDULER: Refused = All(libc::SYS_sched_setscheduler);
const SCHED_SETATTR: Refused = All(libc::SYS_sched_setattr);
const GETSID: Refused = All(libc::SYS_getsid);
const SIGPENDING: Refused = All(libc::SYS_rt_sigpending);
const CLOCK_GETTIME: Refused = All(libc::SYS_clock_gettime);
const SCHED_GETATTR: Refused = All(libc::SYS_sched_getattr);
const SCHED_GETAFFINITY: Refused = All(libc::SYS_sched_getaffinity);
const WAITID: Refused = All(libc::SYS_waitid);
/// Init's first wait: programs wait without an end.
const SHORT_WAIT: Refused = Timed(libc::SYS_rt_sigtimedwait);
/// Two records at once, as init reads them, and few others read anything.
const SIGNALFD_READ: Refused = OfSize(libc::SYS_read, 2 * size_of::<libc::signalfd_siginfo>());
const SIGNALFD: Refused = All(libc::SYS_signalfd4);
const EPOLL: Refused = All(libc::SYS_epoll_pwait);
const EPOLL_CREATE: Refused = All(libc::SYS_epoll_create1);
const EPOLL_CTL: Refused = All(libc::SYS_epoll_ctl);

const EVERYTHING: &[Refused] = &[
    PIDFD_OPEN,
    PIDFD_SEND_SIGNAL,
    CLONE_VFORK,
    CLONE_VM,
    CLONE3,
    CLOSE_RANGE,
    PRCTL,
    GETPPID,
    SCHED_GETSCHEDULER,
    SCHED_SETSCHEDULER,
    SCHED_SETATTR,
    GETSID,
    SIGPENDING,
    CLOCK_GETTIME,
    SCHED_GETATTR,
    SCHED_GETAFFINITY,
    SIGNALFD,
    EPOLL_CREATE,
];

fn filter(refused: &[Refused], errno: i32) -> BpfProgram {
    let mut rules = std::collections::BTreeMap::<i64, Vec<SeccompRule>>::new();
    for one in refused {
        let (number, argument, is_it, value) = match *one {
            All(number) => {
                rules.entry(number).or_default();
                continue;
            }
            WithFlags(number, flag) => {
                let flag = u64::from(flag.cast_unsigned());
                (number, 0, SeccompCmpOp::MaskedEq(flag), flag)
            }
            OfSize(number, size) => (number, 2, SeccompCmpOp::Eq, u64::try_from(size).unwrap()),
            Timed(number) => (number, 2, SeccompCmpOp::Ne, 0),
        };
        let rule = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, is_it, value)
            .and_then(|condition| SeccompRule::new(vec![condition]));
        rules.entry(number).or_default().push(rule.unwrap());
    }
    let refuse = SeccompAction::Errno(errno.cast_unsigned());
    let here = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, here).unwrap();
    filter.try_into().unwrap()
}

/// Applies to init and all its children.
fn without(init: Init, refused: &[Refused], errno: i32) -> Init {
    let program = filter(refused, errno);
    // Where there is but one, more calls are made.
    init.on_one_processor().before(move || seccompiler::apply_filter(&program).map_err(|_| io::Error::last_os_error()))
}

/// All that must still work.
fn works_without(refused: &[Refused]) {
    for errno in [libc::EPERM, libc::ENOSYS] {
        for pid_1 in [false, true] {
            let start = || {
                let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
                without(init, refused, errno)
            };
            let what = format!("without {refused:?}, errno {errno}, PID 1: {pid_1}");
            assert_eq!(start().script("exit 7").finish(), (7, String::new(), String::new()), "{what}");
            assert_eq!(start().script("kill -9 $$").code(), 137, "{what}");

            let (code, out, err) = start().arg("no-such-program").finish();
            assert_eq!((code, out.as_str()), (127, ""), "{what}: {err}");
            assert!(err.contains("no-such-program") && err.lines().count() == 1, "{what}: {err}");

            forwards(start(), &what);
            forwards(start().args(&["--forward=child"]), &what);
            forwards(start().arg("-c"), &what);
        }
    }
}

fn forwards(init: Init, what: &str) {
    let mut running = init.program("print-signals").arg("exit=15:3").spawn();
    running.ready();
    for signal in [libc::SIGUSR1, libc::SIGHUP, 40, libc::SIGTERM] {
        // Without what it would wait with, it must not look again and again; neither before
        // it has settled, nor afterwards.
        running.wait_for_state('S');
        running.signal(signal);
        assert_eq!(running.received().signal, signal, "{what}");
    }
    assert_eq!(running.exit_code(), 3, "{what}");
}

#[test]
fn pidfd_open_may_be_refused() {
    works_without(&[PIDFD_OPEN]);
}

#[test]
fn pidfd_send_signal_may_be_refused() {
    works_without(&[PIDFD_SEND_SIGNAL]);
}

#[test]
fn a_clone_that_shares_memory_may_be_refused() {
    works_without(&[CLONE_VFORK]);
    works_without(&[CLONE_VM]);
}

#[test]
fn clone3_may_be_refused() {
    works_without(&[CLONE3]);
}

#[test]
fn close_range_may_be_refused() {
    works_without(&[CLOSE_RANGE]);
}

#[test]
fn prctl_may_be_refused() {
    works_without(&[PRCTL]);
}

#[test]
fn what_concerns_the_scheduler_may_be_refused() {
    let slice = [SCHED_GETATTR, SCHED_SETATTR, GETSID];
    let policy = [GETPPID, SCHED_GETAFFINITY, SCHED_GETSCHEDULER, SCHED_SETSCHEDULER];
    for refused in slice.into_iter().chain(policy) {
        works_without(&[refused]);
    }
}

/// The policy that the child gave init, which is taken back together with the slice.
#[test]
fn the_usual_policy_is_inits_again_without_a_slice_of_its_own() {
    for refused in [SCHED_GETATTR, SCHED_SETATTR] {
        let running = without(Init::new(), &[refused], libc::EPERM).program("print-signals").spawn();
        running.ready();
        running.wait_until_settled();
        assert_eq!(process::policy(running.pid()), libc::SCHED_OTHER, "without {refused:?}");
    }
}

#[test]
fn everything_that_is_no_need_may_be_refused() {
    works_without(EVERYTHING);
}

#[test]
fn waiting_with_epoll_may_be_refused() {
    #[cfg(target_arch = "x86_64")]
    works_without(&[All(libc::SYS_epoll_wait), EPOLL, All(libc::SYS_epoll_pwait2)]);
    #[cfg(not(target_arch = "x86_64"))]
    works_without(&[EPOLL, All(libc::SYS_epoll_pwait2)]);
}

#[test]
fn a_poll_may_be_refused() {
    works_without(&[EPOLL_CREATE]);
    works_without(&[EPOLL_CTL]);
}

#[test]
fn the_wait_for_a_short_life_may_be_refused() {
    works_without(&[SHORT_WAIT]);
}

#[test]
fn a_signalfd_may_be_refused() {
    works_without(&[SIGNALFD]);
}

#[test]
fn reading_signals_may_be_refused() {
    works_without(&[SIGNALFD_READ]);
    let init = without(Init::new().arg("-v"), &[SIGNALFD_READ], libc::EPERM);
    let running = init.program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    running.signal(libc::SIGSTOP);
    running.wait_for_state('T');
    // None of several that wait is left behind, 64 being the last.
    for signal in [libc::SIGUSR1, 40, 64, libc::SIGCONT] {
        running.signal(signal);
    }
    assert_eq!(running.received_until(64), [libc::SIGUSR1, libc::SIGCONT, 40]);
    running.expect_error("cannot read signals");
}

/// The signal counts more than what was queued with it.
#[test]
fn sending_a_value_along_may_be_refused() {
    let running = without(Init::new().arg("-c"), &[All(libc::SYS_rt_sigqueueinfo)], libc::EPERM);
    let running = running.program("print-signals").spawn();
    running.ready();
    running.queue(40, 4711);
    let received = running.received();
    assert_eq!((received.signal, received.value), (40, 0));
}

/// Init's descriptors are closed one by one where they cannot be at once.
#[test]
fn descriptors_are_closed_without_close_range_too() {
    let init = Init::new().with_descriptors((3..1000).filter(|fd| ![50, 100, 150, 200].contains(fd)));
    let running = without(init, &[CLOSE_RANGE], libc::ENOSYS).program("print-signals").spawn();
    running.ready();
    running.within("init with few descriptors", || (process::descriptors(running.pid()).len() <= 6).then_some(()));
}

/// Without any child there is nothing to run: an error of init's own.
#[test]
fn no_clone_at_all_is_125() {
    let refused = [All(libc::SYS_clone), CLONE3, WAITID];
    #[cfg(target_arch = "x86_64")]
    let refused = [&refused[..], &[All(libc::SYS_fork), All(libc::SYS_vfork)]].concat();
    let (code, out, err) = without(Init::new(), &refused, libc::EAGAIN).arg("true").finish();
    assert_eq!((code, out.as_str()), (125, ""), "{err}");
    assert!(err.starts_with("sexton: ") && err.lines().count() == 1, "{err}");
    let dumb_init = without(Init::dumb_init(), &refused, libc::EAGAIN).arg("true");
    let expected = (1, String::new(), "[dumb-init] Unable to fork. Exiting.\n".to_owned());
    assert_eq!(dumb_init.finish(), expected);
}

//! The scheduler's policy and slice: others than the program's where init has but one
//! processor.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::process::policy;
use harness::{Init, Running, Session, in_both_modes, processors, program};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};

/// sched_getattr(2), of which the kernel tells the slice since Linux 6.12.
fn slice(pid: i32) -> u64 {
    let size = u32::try_from(size_of::<libc::sched_attr>()).unwrap();
    // SAFETY: plain old data; the kernel writes at most `size` bytes.
    let (told, attributes) = unsafe {
        let mut attributes: libc::sched_attr = std::mem::zeroed();
        let told = libc::syscall(libc::SYS_sched_getattr, pid, &raw mut attributes, size, 0);
        (told, attributes)
    };
    assert_eq!(told, 0, "sched_getattr of {pid}: {}", std::io::Error::last_os_error());
    attributes.sched_runtime
}

/// `init` on one processor, once it has settled and its program is ready.
fn settled(init: Init) -> Running {
    let running = init.on_one_processor().spawn();
    running.ready();
    running.wait_until_settled();
    running
}

/// What a settled init has is `expected` of the usual slice, and the usual policy.
fn check(running: &Running, expected: fn(u64) -> u64) {
    let usual = slice(0);
    assert_eq!(slice(running.main_child()), usual);
    assert_eq!([policy(running.pid()), policy(running.main_child())], [libc::SCHED_OTHER; 2]);
    // An older kernel tells of none, and has none changed.
    assert_eq!(slice(running.pid()), if usual == 0 { 0 } else { expected(usual) });
}

/// A program that is its own init, by `sexton::Init`.
#[test]
fn an_embedded_init_has_a_longer_slice_too() {
    let mut init = Init::new().pid_1().on_one_processor();
    init.path = program("embedded").into();
    let running = init.spawn();
    running.expect_line("ready yes 1");
    running.wait_until_settled();
    check(&running, longer);
}

fn longer(usual: u64) -> u64 {
    usual + 1_000_000
}

fn with_one_processor_the_slice_is_longer_than_the_programs(init: Init) {
    check(&settled(init.session(Session::Own).program("print-signals")), longer);
}

fn in_a_senders_session_the_slice_is_shorter(init: Init) {
    check(&settled(init.session(Session::Inherited).program("print-signals")), |usual| usual / 2);
}

fn with_the_program_in_that_session_too_the_slice_is_longer(init: Init) {
    check(&settled(init.session(Session::Inherited).arg("--single-child").program("print-signals")), longer);
}

/// An `init` that is started with this policy keeps it; its program has `childs`.
fn check_kept(init: Init, given: i32, priority: i32, childs: i32) {
    let set = move || {
        let priority = libc::sched_param { sched_priority: priority };
        // SAFETY: the kernel reads one struct.
        Ok(Errno::result(unsafe { libc::sched_setscheduler(0, given, &raw const priority) }).map(drop)?)
    };
    let running = settled(init.before(set).program("print-signals"));
    let pids = [running.pid(), running.main_child()];
    assert_eq!(pids.map(policy), [given, childs]);
    assert_eq!(slice(pids[0]), slice(pids[1]));
}

fn a_policy_for_what_can_wait_is_kept(init: Init) {
    check_kept(init, libc::SCHED_BATCH, 0, libc::SCHED_BATCH);
}

fn a_policy_for_real_time_is_kept(init: Init) {
    check_kept(init, libc::SCHED_FIFO, 1, libc::SCHED_FIFO);
}

fn a_policy_that_children_do_not_get_is_kept(init: Init) {
    check_kept(init, libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK, 0, libc::SCHED_OTHER);
}

/// To the program init has no pid then, and 0 would be the program's own.
fn from_another_pid_namespace_the_program_leaves_init_alone(init: Init) {
    let running = settled(init.before(|| Ok(unshare(CloneFlags::CLONE_NEWPID)?)).program("print-signals"));
    for pid in [running.pid(), running.main_child()] {
        assert_eq!((policy(pid), slice(pid)), (libc::SCHED_OTHER, slice(0)));
    }
}

/// Most likely before init has settled, which is some 10 ms after the start.
fn a_policy_that_the_program_gives_init_is_kept(init: Init) {
    let running = settled(init.script("chrt --fifo --pid 1 $PPID; echo ready $$; read line"));
    assert_eq!(policy(running.pid()), libc::SCHED_FIFO);
}

fn with_several_processors_the_slice_is_the_usual(init: Init) {
    if processors().count() == 1 {
        // There is but one.
        return;
    }
    let running = init.program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    assert_eq!(slice(running.pid()), slice(0));
}

in_both_modes!(
    a_policy_for_what_can_wait_is_kept,
    a_policy_for_real_time_is_kept,
    a_policy_that_children_do_not_get_is_kept,
    a_policy_that_the_program_gives_init_is_kept,
    from_another_pid_namespace_the_program_leaves_init_alone,
    with_one_processor_the_slice_is_longer_than_the_programs,
    in_a_senders_session_the_slice_is_shorter,
    with_the_program_in_that_session_too_the_slice_is_longer,
    with_several_processors_the_slice_is_the_usual,
);

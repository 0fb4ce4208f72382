//! Little is to be had: processes, descriptors, memory.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Cgroup, Init, Running, in_both_modes};
use nix::sys::resource::{Resource, setrlimit};

const USR1: i32 = libc::SIGUSR1;
const TERM: i32 = libc::SIGTERM;

/// Starts init with a child that ends with 3 on TERM.
fn start(init: Init) -> Running {
    let running = init.program("print-signals").arg("exit=15:3").spawn();
    running.ready();
    running
}

fn passes_signals_and_ends(mut running: Running) {
    for signal in [USR1, 40, TERM] {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
    assert_eq!((running.exit_code(), running.all_of_stderr().as_str()), (3, ""));
}

fn with_processes(count: u64) -> Cgroup {
    let group = Cgroup::new("pids");
    group.set(["pids.max"; 2], count);
    group
}

fn two_processes_are_enough(init: Init) {
    let group = with_processes(2);
    passes_signals_and_ends(start(group.of(init)));
}

fn no_process_to_be_had_is_125(init: Init) {
    let group = with_processes(1);
    let (code, out, err) = group.of(init).arg("true").finish();
    assert_eq!((code, out.as_str()), (125, ""), "{err}");
    assert!(err.starts_with("sexton: ") && err.lines().count() == 1, "{err}");
}

fn no_process_to_be_had_is_1_as_dumb_init(init: Init) {
    let group = with_processes(1);
    let expected = (1, String::new(), "[dumb-init] Unable to fork. Exiting.\n".to_owned());
    assert_eq!(group.of(init.named("dumb-init")).arg("true").finish(), expected);
}

fn what_came_before_is_told_where_no_process_is_to_be_had(init: Init) {
    let group = with_processes(1);
    let (code, _, err) = group.of(init.named("dumb-init")).args(&["-v", "true"]).finish();
    let detached = "[dumb-init] Unable to detach from controlling tty (errno=25 Inappropriate ioctl for device).\n";
    assert_eq!((code, err), (1, format!("{detached}[dumb-init] Unable to fork. Exiting.\n")));
}

/// Beside 0, 1 and 2. Init does without those that it cannot have; without any,
/// the C library of the programs here could not be loaded.
fn with_descriptors(init: Init, count: u64) {
    let limit = 3 + count;
    passes_signals_and_ends(start(init.before(move || Ok(setrlimit(Resource::RLIMIT_NOFILE, limit, limit)?))));
}

fn one_descriptor_is_enough(init: Init) {
    with_descriptors(init, 1);
}

fn two_descriptors_are_enough(init: Init) {
    with_descriptors(init, 2);
}

/// Nothing that init does for as long as it runs needs more.
fn memory_for_the_child_is_enough(init: Init) {
    const BEYOND: u64 = 64 << 10;
    let group = Cgroup::new("memory");
    let running = start(group.of(init));
    // Once around, so that every page that is needed has been touched.
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
    let used = group.get(["memory.usage_in_bytes", "memory.current"]);
    group.set(["memory.limit_in_bytes", "memory.max"], used + BEYOND);
    for _ in 0..300 {
        running.signal(USR1);
        assert_eq!(running.received().signal, USR1);
    }
    passes_signals_and_ends(running);
}

in_both_modes!(
    two_processes_are_enough,
    no_process_to_be_had_is_125,
    no_process_to_be_had_is_1_as_dumb_init,
    what_came_before_is_told_where_no_process_is_to_be_had,
    one_descriptor_is_enough,
    two_descriptors_are_enough,
    memory_for_the_child_is_enough,
);

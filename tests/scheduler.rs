//! The scheduler's slice: another than the program's where init has but one processor.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, Session, in_both_modes};
use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

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

/// What `init` has on one processor is `expected` of the usual slice.
fn check(init: Init, expected: fn(u64) -> u64) {
    let running = init.on_one_processor().program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    let usual = slice(0);
    assert_eq!(slice(running.main_child()), usual);
    // An older kernel tells of none, and has none changed.
    assert_eq!(slice(running.pid()), if usual == 0 { 0 } else { expected(usual) });
}

fn longer(usual: u64) -> u64 {
    usual + 1_000_000
}

fn with_one_processor_the_slice_is_longer_than_the_programs(init: Init) {
    check(init.session(Session::Own), longer);
}

fn in_a_senders_session_the_slice_is_shorter(init: Init) {
    check(init.session(Session::Inherited), |usual| usual / 2);
}

fn with_the_program_in_that_session_too_the_slice_is_longer(init: Init) {
    check(init.session(Session::Inherited).arg("--single-child"), longer);
}

fn with_several_processors_the_slice_is_the_usual(init: Init) {
    let all = sched_getaffinity(Pid::from_raw(0)).unwrap();
    if (0..CpuSet::count()).filter(|&number| all.is_set(number) == Ok(true)).count() == 1 {
        // There is but one.
        return;
    }
    let running = init.program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    assert_eq!(slice(running.pid()), slice(0));
}

in_both_modes!(
    with_one_processor_the_slice_is_longer_than_the_programs,
    in_a_senders_session_the_slice_is_shorter,
    with_the_program_in_that_session_too_the_slice_is_longer,
    with_several_processors_the_slice_is_the_usual,
);

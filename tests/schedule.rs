//! The scheduler slice that init takes, and where it leaves things as they are.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, Running, in_both_modes};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// As the kernel counts: in nanoseconds.
const SHORTEST: u64 = 100_000;

/// What sched_getattr(2) tells of the slice and the nice value of a process.
/// Linux before 6.12 has no slices and tells 0.
fn slice_and_nice(pid: i32) -> (u64, i32) {
    let mut attributes = [0u32; 12];
    let (place, size) = (attributes.as_mut_ptr(), size_of_val(&attributes));
    // SAFETY: the kernel writes at most as many bytes as there are.
    assert_eq!(unsafe { libc::syscall(libc::SYS_sched_getattr, pid, place, size, 0) }, 0);
    // u32 size, policy; u64 flags; i32 nice; u32 priority; u64 runtime.
    (u64::from(attributes[6]) | u64::from(attributes[7]) << 32, attributes[4].cast_signed())
}

fn on_the_first_of_its_processors(init: Init) -> Init {
    init.before(|| {
        let all = sched_getaffinity(Pid::from_raw(0))?;
        let mut first = CpuSet::new();
        first.set((0..CpuSet::count()).find(|&cpu| all.is_set(cpu) == Ok(true)).expect("a processor"))?;
        Ok(sched_setaffinity(Pid::from_raw(0), &first)?)
    })
}

fn start(init: Init) -> Running {
    let running = init.program("print-signals").spawn();
    running.ready();
    running
}

/// Two, for what follows the first is not seen otherwise.
fn forward(running: &Running) {
    for _ in 0..2 {
        running.signal(libc::SIGUSR1);
        assert_eq!(running.received().signal, libc::SIGUSR1);
    }
}

fn on_one_processor_it_is_the_shortest_once_a_signal_came(init: Init) {
    let running = start(on_the_first_of_its_processors(init));
    let usual = slice_and_nice(running.pid());
    forward(&running);
    let wanted = if usual.0 == 0 { 0 } else { SHORTEST };
    assert_eq!(slice_and_nice(running.pid()), (wanted, usual.1));
    assert_eq!(slice_and_nice(running.main_child()), usual);
}

fn the_nice_value_stays(init: Init) {
    // SAFETY: no precondition.
    let polite = init.before(|| (unsafe { libc::nice(5) } == 5).then_some(()).ok_or(std::io::ErrorKind::Other.into()));
    let running = start(on_the_first_of_its_processors(polite));
    forward(&running);
    assert_eq!(slice_and_nice(running.pid()).1, 5);
}

fn on_several_processors_it_stays(init: Init) {
    assert!(std::thread::available_parallelism().unwrap().get() > 1, "this test needs two processors");
    let running = start(init);
    let usual = slice_and_nice(running.pid());
    forward(&running);
    assert_eq!(slice_and_nice(running.pid()), usual);
}

in_both_modes!(
    on_one_processor_it_is_the_shortest_once_a_signal_came,
    the_nice_value_stays,
    on_several_processors_it_stays,
);

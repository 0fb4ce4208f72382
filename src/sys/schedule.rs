//! How soon init runs after it was woken: the length of its scheduler slice.

use super::{arch, done, number};

/// As many processors as are counted; with more there is more than one.
const WORDS: usize = 16;

/// The first version of the kernel's struct sched_attr, sched_setattr(2).
#[repr(C)]
#[derive(Default)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// The shortest slice that Linux gives, in nanoseconds (kernel/sched/syscalls.c,
/// __setparam_fair).
const SHORTEST: u64 = 100_000;

/// Takes the shortest slice there is, if init shares one processor with all that
/// it deals with. Then who has sent a signal keeps the processor until its slice
/// is over, or until someone with a shorter one is woken. Where there are more
/// processors the opposite is true: the preempted sender stays runnable, and the
/// program is woken on another, idle one, which takes longer.
///
/// sched_getaffinity(2), sched_setattr(2). Linux before 6.12 takes no notice of
/// it. Nothing depends on it, so no error is reported.
pub fn shorten_slice() {
    let mut set = [0u64; WORDS];
    // SAFETY: the kernel writes at most as many bytes as there are.
    let got = unsafe { arch::syscall3(libc::SYS_sched_getaffinity, 0, size_of_val(&set), set.as_mut_ptr() as usize) };
    // Equal where no bit is set twice, in two words.
    let (any, sum) = set.iter().fold((0, 0u64), |(any, sum), word| (any | word, sum.wrapping_add(*word)));
    if number(got).is_err() || any != sum || !any.is_power_of_two() {
        return;
    }
    let mut attributes = Attributes::default();
    let size = size_of::<Attributes>();
    // SAFETY: the kernel writes at most as many bytes as there are.
    let got = unsafe { arch::syscall4(libc::SYS_sched_getattr, 0, &raw mut attributes as usize, size, 0) };
    if done(got).is_ok() && attributes.policy == 0 {
        attributes.runtime = SHORTEST;
        // SAFETY: the kernel reads as many bytes as `size`, which it has set.
        let _ = unsafe { arch::syscall3(libc::SYS_sched_setattr, 0, &raw const attributes as usize, 0) };
    }
}

//! How init gets its turn on the processor: sched(7).

use super::arch;
use core::mem::MaybeUninit;

/// So many processors there may be; on a larger machine init takes it for
/// granted that it has more than one.
const MOST_PROCESSORS: usize = 1024;

/// So much longer than the program's is init's slice, in nanoseconds. Not much: who
/// has a long slice waits longer among others who never sleep.
const LONGER: u64 = 1_000_000;

/// `sched_yield()`: whoever else is to run on this processor goes first. Usually that
/// is the program, which execve has just let go of: it need not wait until init has
/// made what it supervises with, and init need not make that if the program has
/// ended by its next turn. Signals wait meanwhile, all are blocked: beside others
/// that never sleep, until each of them has had a turn. sched_yield(2).
#[doc(alias = "sched_yield")]
pub fn give_way() {
    // SAFETY: takes nothing.
    let _ = unsafe { arch::syscall1(libc::SYS_sched_yield, 0) };
}

/// `sched_setattr(runtime += 1 ms)`, if init has but one processor: then a program
/// that a signal wakes has the shorter slice, and gets its turn at once, not when
/// init is asleep again (Linux 6.12 and later; PREEMPT_SHORT in
/// kernel/sched/features.h). With several processors that would move the program to
/// another one, which has to be woken first. What fails is done without.
/// sched_setattr(2).
#[doc(alias = "sched_setattr")]
pub fn defer_to_program() {
    let mut processors = [MaybeUninit::<u64>::uninit(); MOST_PROCESSORS / 64];
    let size = size_of_val(&processors);
    // SAFETY: the kernel writes at most as many bytes as there are.
    let known = unsafe { arch::syscall3(libc::SYS_sched_getaffinity, 0, size, processors.as_mut_ptr() as usize) };
    let (mut words, mut bits) = (0, 0);
    for word in processors.iter().take(known.max(0).unsigned_abs() / size_of::<u64>()) {
        // SAFETY: it has written that many bytes.
        let word = unsafe { word.assume_init() };
        words += u32::from(word != 0);
        bits |= word;
    }
    if words != 1 || bits & bits.wrapping_sub(1) != 0 {
        return;
    }
    let mut attributes = MaybeUninit::<libc::sched_attr>::uninit();
    let size = size_of::<libc::sched_attr>();
    // SAFETY: the kernel writes at most as many bytes as there are.
    let known = unsafe { arch::syscall4(libc::SYS_sched_getattr, 0, attributes.as_mut_ptr() as usize, size, 0) };
    if known != 0 {
        return;
    }
    // SAFETY: it has written them all.
    let attributes = unsafe { attributes.assume_init_mut() };
    // With a policy for what can wait, or for real time, it is not meant so.
    if attributes.sched_policy == libc::SCHED_OTHER.unsigned_abs() {
        attributes.sched_runtime = attributes.sched_runtime.saturating_add(LONGER);
        // SAFETY: the kernel reads one struct.
        let _ = unsafe { arch::syscall3(libc::SYS_sched_setattr, 0, &raw const *attributes as usize, 0) };
    }
}

//! How init gets its turn on the processor: sched(7).

use super::{arch, process, word};
use core::mem::MaybeUninit;
use core::slice;

/// So many processors there may be; on a larger machine init takes it for
/// granted that it has more than one.
const MOST_PROCESSORS: usize = 1024;

/// So much longer than the usual is init's slice, where it is longer, in nanoseconds.
/// Not much: who has a long slice waits longer among others who never sleep.
const LONGER: u64 = 1_000_000;

/// `sched_setscheduler(init, SCHED_BATCH)` by the child, if init has but one processor and
/// the usual policy; whether it has been done. Init, which execve wakes, then waits
/// its turn, for a batch task preempts nobody but idle ones (check_preempt_wakeup_fair in
/// kernel/sched/fair.c). Who has had which turn is what the scheduler's accounts begin with,
/// and they decide whether a program that a signal wakes preempts init: without this the
/// first signals back to back take up to a third longer (docs/bench.md). The child itself
/// keeps what it has. What fails is done without. sched_setscheduler(2).
#[doc(alias = "sched_setscheduler")]
pub(super) fn hold_back(init: i32) -> bool {
    has_one_processor()
        // Not if init has been killed meanwhile, nor if it is outside of the child's PID
        // namespace, where its number is another's.
        && process::parent() == init
        // A policy for what can wait, or for real time, is meant.
        // SAFETY: takes no pointers.
        && unsafe { arch::syscall1(libc::SYS_sched_getscheduler, word(init)) } == libc::SCHED_OTHER as isize
        && set_policy(init, libc::SCHED_BATCH)
}

fn set_policy(pid: i32, policy: i32) -> bool {
    let no_priority = 0i32;
    // SAFETY: the kernel reads one sched_param, which is an int.
    unsafe {
        arch::syscall3(libc::SYS_sched_setscheduler, word(pid), word(policy), &raw const no_priority as usize) == 0
    }
}

/// `sched_setattr(runtime)`, and the usual policy again, for an init that has been held
/// back: with one processor. Of two processes the scheduler gives the one with the shorter
/// slice its turn as soon as it is woken (Linux 6.12 and later; PREEMPT_SHORT in
/// kernel/sched/features.h). A session is one to it, an autogroup, with the shortest slice
/// of who is awake in it (sched(7)).
///
/// Usually init gets a longer one: then a program that a signal wakes runs at once, not
/// when init is asleep again. Where init is in a session that others have made, and the
/// program is not, who signals init is likely in its session: there init gets a shorter
/// one, and runs before the sender has gone to sleep; and as the sender's turn was on the
/// account of that session, the program's comes next. With several processors whoever is
/// woken would move to another one, which has to be woken first. What fails is done
/// without. sched_setattr(2).
#[doc(alias = "sched_setattr")]
pub fn take_turns(child: i32, own_pid: i32) {
    let mut attributes = MaybeUninit::<libc::sched_attr>::uninit();
    let size = size_of::<libc::sched_attr>();
    // SAFETY: the kernel writes at most as many bytes as there are.
    let known = unsafe { arch::syscall4(libc::SYS_sched_getattr, 0, attributes.as_mut_ptr() as usize, size, 0) };
    if known == 0 {
        // SAFETY: it has written them all.
        let attributes = unsafe { attributes.assume_init_mut() };
        if attributes.sched_policy != libc::SCHED_BATCH.unsigned_abs() {
            // Somebody has given it another meanwhile.
            return;
        }
        attributes.sched_policy = libc::SCHED_OTHER.unsigned_abs();
        let session = process::session(0);
        if session == own_pid || session == process::session(child) {
            attributes.sched_runtime += LONGER;
        } else {
            attributes.sched_runtime /= 2;
        }
        // SAFETY: the kernel reads one struct.
        if unsafe { arch::syscall3(libc::SYS_sched_setattr, 0, &raw const *attributes as usize, 0) } == 0 {
            return;
        }
    }
    set_policy(0, libc::SCHED_OTHER);
}

/// `sched_getaffinity()`: sched_getaffinity(2).
fn has_one_processor() -> bool {
    let mut processors = [MaybeUninit::<u8>::uninit(); MOST_PROCESSORS / 8];
    let size = size_of_val(&processors);
    // SAFETY: the kernel writes at most as many bytes as there are.
    let known = unsafe { arch::syscall3(libc::SYS_sched_getaffinity, 0, size, processors.as_mut_ptr() as usize) };
    // SAFETY: it has written that many bytes, no more than there are.
    is_one(unsafe { slice::from_raw_parts(processors.as_ptr().cast(), known.max(0).unsigned_abs()) })
}

/// Whether just one bit is set.
fn is_one(processors: &[u8]) -> bool {
    let (mut sum, mut union) = (0, 0);
    for byte in processors {
        sum += u32::from(*byte);
        union |= u32::from(*byte);
    }
    // These are the same where no bit is set in two bytes.
    sum == union && union.is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn one_processor_is_told_from_none_and_several() {
        for one in [&[1][..], &[0, 0x80], &[0, 4, 0]] {
            assert!(is_one(one), "{one:?}");
        }
        for other in [&[][..], &[0], &[3], &[1, 1], &[0x40, 0, 0x40], &[1, 2], &[0xff; 128]] {
            assert!(!is_one(other), "{other:?}");
        }
    }
}

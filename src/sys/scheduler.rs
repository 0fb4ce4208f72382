//! How init gets its turn on the processor: sched(7).

use super::{arch, process};
use core::mem::MaybeUninit;
use core::slice;

/// So many processors there may be; on a larger machine init takes it for
/// granted that it has more than one.
const MOST_PROCESSORS: usize = 1024;

/// So much longer than the usual is init's slice, where it is longer, in nanoseconds.
/// Not much: who has a long slice waits longer among others who never sleep.
const LONGER: u64 = 1_000_000;

/// `sched_setattr(runtime)`, for an init with one processor and the usual policy: another
/// is for what can wait, or for real time, and is meant. Of two processes the scheduler gives
/// the one with the shorter slice its turn as soon as it is woken (Linux 6.12 and later;
/// PREEMPT_SHORT in kernel/sched/features.h). A session is one to it, an autogroup, with
/// the shortest slice of who is awake in it (sched(7)).
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
    if !has_one_processor()
        // SAFETY: the kernel writes at most as many bytes as there are.
        || unsafe { arch::syscall4(libc::SYS_sched_getattr, 0, attributes.as_mut_ptr() as usize, size, 0) } != 0
    {
        return;
    }
    // SAFETY: it has written them all.
    let attributes = unsafe { attributes.assume_init_mut() };
    // A flag says that children do not get the policy.
    if (attributes.sched_policy, attributes.sched_flags) != (libc::SCHED_OTHER.unsigned_abs(), 0) {
        return;
    }
    let session = process::session(0);
    if session == own_pid || session == process::session(child) {
        attributes.sched_runtime += LONGER;
    } else {
        attributes.sched_runtime /= 2;
    }
    // SAFETY: the kernel reads one struct.
    unsafe { arch::syscall3(libc::SYS_sched_setattr, 0, &raw const *attributes as usize, 0) };
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

//! Masks, dispositions, and sending signals.

use super::{arch, clock, done, word};
use crate::error::Errno;
use crate::signal::{Signal, SignalSet};

/// The size of the kernel's signal set, which some calls want to know.
const SET_BYTES: usize = size_of::<SignalSet>();

/// `rt_sigprocmask(SIG_BLOCK, all)`: from here on nothing is lost. The answer
/// is the mask until now. sigprocmask(2).
///
/// All 64, those included that C libraries keep from their users; the kernel
/// leaves KILL and STOP out, and kills on a fault of init's own even so
/// (`force_sig_info_to_task` in kernel/signal.c).
#[doc(alias = "sigprocmask")]
#[must_use]
pub fn block_all() -> SignalSet {
    let (all, mut old) = (SignalSet::ALL, SignalSet::EMPTY);
    // SAFETY: both sets are valid for SET_BYTES.
    unsafe {
        arch::syscall4(
            libc::SYS_rt_sigprocmask,
            word(libc::SIG_BLOCK),
            &raw const all as usize,
            &raw mut old as usize,
            SET_BYTES,
        )
    };
    old
}

/// `rt_sigprocmask(SIG_SETMASK, mask)`: sigprocmask(2).
pub(super) fn set_mask(mask: SignalSet) {
    // SAFETY: the set is valid for SET_BYTES.
    unsafe {
        arch::syscall4(libc::SYS_rt_sigprocmask, word(libc::SIG_SETMASK), &raw const mask as usize, 0, SET_BYTES)
    };
}

/// The kernel's struct sigaction as far as it matters to a process that
/// installs no handler: the handler comes first on every architecture but
/// mips, the rest is zero.
#[repr(C)]
struct Action {
    handler: usize,
    rest: [usize; 3],
}

/// `rt_sigaction(SIGCHLD, SIG_DFL)`: ignored, as a parent may have left it, it
/// makes the kernel reap by itself and lose the exit status. The answer tells
/// whether it was. sigaction(2), NOTES.
#[doc(alias = "sigaction")]
#[must_use]
pub fn default_sigchld() -> bool {
    let mut action = Action { handler: libc::SIG_DFL, rest: [0; 3] };
    // The kernel has read the new one when it writes the old one: one place does
    // for both.
    let place = &raw mut action as usize;
    // SAFETY: as large as the kernel's struct, at most 4 words.
    unsafe { arch::syscall4(libc::SYS_rt_sigaction, usize::from(Signal::CHLD.number()), place, place, SET_BYTES) };
    action.handler == libc::SIG_IGN
}

/// `rt_sigaction(signal, SIG_IGN or SIG_DFL)`: sigaction(2).
pub(super) fn set_disposition(signal: u8, handler: usize) {
    let action = Action { handler, rest: [0; 3] };
    // SAFETY: as large as the kernel's struct, at most 4 words.
    unsafe {
        arch::syscall4(libc::SYS_rt_sigaction, usize::from(signal), &raw const action as usize, 0, SET_BYTES);
    };
}

/// `kill(pid, signal)`: kill(2). `pid` must be a child not yet reaped, a
/// [`group`] or [`EVERYBODY`].
///
/// # Errors
/// EPERM if the child became another user, or none of those may be signalled;
/// ESRCH if there is none.
#[doc(alias = "kill")]
pub fn send(pid: i32, signal: Signal) -> Result<(), Errno> {
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall2(libc::SYS_kill, word(pid), usize::from(signal.number())) })
}

/// A process group, where [`send`] takes a pid; one with a member.
#[must_use]
pub const fn group(number: i32) -> i32 {
    number.wrapping_neg()
}

/// Every process of the namespace but init, which must be its PID 1, where
/// [`send`] takes a pid.
pub const EVERYBODY: i32 = -1;

/// `kill(-group, 0)`: whether the group has no member, zombies included. kill(2).
#[must_use]
pub fn is_group_empty(number: i32) -> bool {
    // SAFETY: takes no pointers.
    let looked = done(unsafe { arch::syscall2(libc::SYS_kill, word(group(number)), 0) });
    looked == Err(Errno::SRCH)
}

/// `rt_sigpending()`: whether this signal is pending, and no other. sigpending(2).
#[doc(alias = "sigpending")]
#[must_use]
pub fn is_alone_pending(signal: Signal) -> bool {
    let mut pending = SignalSet::EMPTY;
    // SAFETY: the set is SET_BYTES long.
    unsafe { arch::syscall2(libc::SYS_rt_sigpending, &raw mut pending as usize, SET_BYTES) };
    pending == SignalSet::EMPTY.with(signal)
}

/// The `si_code` of a signal that was sent with sigqueue(3).
pub use libc::SI_QUEUE;

/// Who queued a value with sigqueue(3), and which.
#[derive(Clone, Copy, Debug)]
pub struct Queued {
    /// The sender, as init's PID namespace counts.
    pub pid: i32,
    /// The sender's user.
    pub uid: u32,
    /// An int or a pointer.
    pub value: u64,
}

/// The kernel's siginfo for a queued signal: include/uapi/asm-generic/siginfo.h.
#[repr(C)]
struct QueuedInfo {
    signo: i32,
    errno: i32,
    code: i32,
    padding: i32,
    pid: i32,
    uid: u32,
    value: u64,
    rest: [u64; 12],
}
const _: () = assert!(size_of::<QueuedInfo>() == size_of::<libc::siginfo_t>());

/// `rt_sigqueueinfo(pid, signal, info)`: sends on what was queued, its value
/// and its sender included; where that is refused as [`send`] does, for the
/// signal counts more than its value. rt_sigqueueinfo(2). `pid` must be a child
/// not yet reaped.
///
/// # Errors
/// As [`send`].
#[doc(alias = "rt_sigqueueinfo")]
#[cold]
#[inline(never)]
pub fn send_on(to: i32, signal: Signal, queued: Queued) -> Result<(), Errno> {
    let Queued { pid, uid, value } = queued;
    let signo = i32::from(signal.number());
    let info = QueuedInfo { signo, errno: 0, code: SI_QUEUE, padding: 0, pid, uid, value, rest: [0; 12] };
    // SAFETY: the kernel reads one siginfo_t.
    done(unsafe { arch::syscall3(libc::SYS_rt_sigqueueinfo, word(to), word(signo), &raw const info as usize) })
        .or_else(|_| send(to, signal))
}

/// A signal taken from the queue, with the kernel's siginfo as it came.
pub struct Taken(libc::siginfo_t);

impl Taken {
    /// None yet.
    #[inline(never)]
    #[must_use]
    pub const fn none() -> Self {
        // SAFETY: siginfo_t is plain old data.
        Self(unsafe { core::mem::zeroed() })
    }

    /// Which signal it is.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        Signal::new(self.0.si_signo.unsigned_abs())
    }

    /// `si_code`: sigaction(2).
    #[must_use]
    pub const fn code(&self) -> i32 {
        self.0.si_code
    }

    /// `si_pid`, `si_uid` and `si_value`: who sent it, where `si_code` says that
    /// a process did, and what along with it.
    #[must_use]
    pub fn queued(&self) -> Queued {
        // SAFETY: every siginfo has these bytes, and any bits are a number.
        unsafe { Queued { pid: self.0.si_pid(), uid: self.0.si_uid(), value: self.0.si_value().sival_ptr as u64 } }
    }
}

/// `rt_sigtimedwait(set)`: takes one pending signal of `set` from the queue;
/// waits for one so many milliseconds, or without an end. Tells whether there
/// was one. sigtimedwait(2).
#[doc(alias = "sigtimedwait")]
#[must_use]
#[inline(never)]
pub fn take(set: SignalSet, wait: Option<u32>, taken: &mut Taken) -> bool {
    let time = wait.map(clock::timespec);
    let timeout = time.as_ref().map_or(0, |time| time.as_ptr() as usize);
    // SAFETY: the set is SET_BYTES long, the timeout null or a struct timespec;
    // the kernel writes one siginfo_t.
    let signal = unsafe {
        arch::syscall4(
            libc::SYS_rt_sigtimedwait,
            &raw const set as usize,
            &raw mut taken.0 as usize,
            timeout,
            SET_BYTES,
        )
    };
    signal > 0
}

/// `rt_sigqueueinfo(pid, signal, info)`: puts a taken signal back as it was; a
/// process may send itself any siginfo. rt_sigqueueinfo(2).
pub fn put_back(own_pid: i32, taken: &Taken) {
    // SAFETY: the kernel reads one siginfo_t.
    let _ = unsafe {
        arch::syscall3(libc::SYS_rt_sigqueueinfo, word(own_pid), word(taken.0.si_signo), &raw const taken.0 as usize)
    };
}

//! The controlling terminal on standard input: who has it, giving it away.

use super::signal::{self, Taken};
use super::{arch, done, fd, low, word};
use crate::error::Errno;
use crate::machine::Placement;
use crate::signal::{Signal, SignalSet};
use core::mem::MaybeUninit;

/// What the terminal means for the main child.
pub struct Terminal {
    /// Where the child is to live.
    pub placement: Placement,
    /// Init and the child share a session with a terminal.
    pub shared: bool,
    /// Init leads that session.
    pub leader: bool,
    /// The terminal of which the child's group takes the foreground.
    pub foreground: Option<i32>,
    /// What came of giving the terminal up.
    pub given_up: GivenUp,
}

/// What came of giving the terminal up.
#[derive(Clone, Copy)]
pub enum GivenUp {
    /// That was not tried.
    No,
    /// It failed.
    Failed(Errno),
    /// It was; these are the signals that this caused, and that were swallowed.
    Yes(SignalSet),
}

impl Terminal {
    /// There is none. (In bytes, nothing but zeros.)
    pub const NONE: Self =
        Self { placement: Placement::Session, shared: false, leader: false, foreground: None, given_up: GivenUp::No };
}

/// `tcgetpgrp(fd) == getpgrp()`: whether init's group holds the foreground of
/// the terminal that controls its session, if `fd` is that terminal.
/// tcgetpgrp(3).
#[doc(alias = "tcgetpgrp")]
#[must_use]
pub fn holds_foreground(fd: i32) -> Option<bool> {
    let mut group = 0i32;
    // Raw: rustix asserts that a pid is not negative.
    // SAFETY: the kernel writes one pid_t.
    let asked = unsafe { arch::syscall3(libc::SYS_ioctl, word(fd), request(libc::TIOCGPGRP), &raw mut group as usize) };
    done(asked).ok()?;
    // A group from outside the PID namespace is 0 in both.
    // SAFETY: takes no pointers.
    Some(low(unsafe { arch::syscall1(libc::SYS_getpgid, 0) }) == group)
}

/// `tcgetattr(fd)`: succeeds if `fd` is a terminal. isatty(3).
pub(super) fn is_one(fd: i32) -> Result<(), Errno> {
    let mut attributes = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the kernel writes its own struct termios, the C library's is
    // larger.
    done(unsafe { arch::syscall3(libc::SYS_ioctl, word(fd), request(libc::TCGETS), attributes.as_mut_ptr() as usize) })
}

/// `tcsetpgrp(fd, group)`: makes a group of the session the terminal's
/// foreground. SIGTTOU must be blocked. tcsetpgrp(3).
///
/// # Errors
/// ENOTTY if there is no such terminal any more, EPERM for a foreign group.
#[doc(alias = "tcsetpgrp")]
pub fn set_foreground(fd: i32, group: i32) -> Result<(), Errno> {
    // SAFETY: the kernel reads one pid_t.
    let asked =
        unsafe { arch::syscall3(libc::SYS_ioctl, word(fd), request(libc::TIOCSPGRP), &raw const group as usize) };
    done(asked)
}

/// `open("/dev/tty", O_RDWR | O_CLOEXEC)`: the terminal that controls init's
/// session. tty(4).
///
/// # Errors
/// ENXIO if there is none, ENOENT where there is no such file.
pub fn open() -> Result<i32, Errno> {
    fd::open(c"/dev/tty", libc::O_RDWR)
}

/// `ioctl(0, TIOCSCTTY, 0)`: makes standard input the controlling terminal of
/// the caller's new session. TIOCSCTTY(2const).
pub(super) fn acquire() -> Result<(), Errno> {
    // SAFETY: takes no pointer.
    let asked = unsafe { arch::syscall3(libc::SYS_ioctl, 0, request(libc::TIOCSCTTY), 0) };
    done(asked)
}

/// `ioctl(0, TIOCNOTTY)`: init's session has no terminal any longer.
/// TIOCNOTTY(2const).
///
/// # Errors
/// ENOTTY if standard input is not the controlling terminal, EBADF if closed.
pub fn give_up() -> Result<(), Errno> {
    // SAFETY: takes no pointer.
    let asked = unsafe { arch::syscall3(libc::SYS_ioctl, 0, request(libc::TIOCNOTTY), 0) };
    done(asked)
}

/// Takes back the SIGHUP and SIGCONT that the kernel sent, in the name of the
/// caller, to the terminal's foreground group because the session's leader
/// gave it up (`disassociate_ctty` in drivers/tty/tty_jobctrl.c), and none
/// that anybody else sent. All signals must be blocked.
#[must_use]
#[inline(never)]
pub fn swallow_hand_over(own_pid: i32) -> SignalSet {
    let mut swallowed = SignalSet::EMPTY;
    for &signal in &[Signal::HUP, Signal::CONT] {
        let mut taken = Taken::none();
        if !signal::take(SignalSet::EMPTY.with(signal), Some(0), &mut taken) {
            continue;
        }
        if taken.code() == libc::SI_USER && taken.queued().pid == own_pid {
            swallowed = swallowed.with(signal);
        } else {
            signal::put_back(own_pid, &taken);
        }
    }
    swallowed
}

/// An ioctl's number; libc declares it wider than the kernel reads it.
#[allow(clippy::cast_possible_truncation, reason = "the kernel reads 32 bits")]
const fn request(number: libc::Ioctl) -> usize {
    number as usize
}

//! Init's own process: who it is, whose orphans it gets, how it ends.

use super::word::Word;
use super::{arch, done, fd, low, number, signal, word};
use crate::error::Errno;
use crate::signal::Signal;
use rustix::process;

/// `getpid()`: getpid(2).
#[doc(alias = "getpid")]
#[must_use]
pub fn pid() -> i32 {
    process::getpid().as_raw_nonzero().get()
}

/// `getppid()`, 0 if that is outside of the PID namespace. getppid(2).
#[inline(always)]
pub(super) fn parent() -> i32 {
    // SAFETY: takes no pointers.
    low(unsafe { arch::syscall1(libc::SYS_getppid, 0) })
}

/// `getsid(pid)`, 0 for init's own: the session's leader, 0 if that is outside of the
/// PID namespace, negative if there is no such process. getsid(2).
#[doc(alias = "getsid")]
#[must_use]
pub fn session(pid: i32) -> i32 {
    // SAFETY: takes no pointers.
    low(unsafe { arch::syscall1(libc::SYS_getsid, word(pid)) })
}

/// `setsid()`: a session of the caller's own. setsid(2).
pub(super) fn make_session() -> Result<(), Errno> {
    // The answer is the session's number, of which nobody asks for more.
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall1(libc::SYS_setsid, 0) }.min(0))
}

/// `setpgid(0, 0)`: a process group of the caller's own. setpgid(2).
pub(super) fn make_group() -> Result<(), Errno> {
    // SAFETY: takes no pointers.
    done(unsafe { arch::syscall2(libc::SYS_setpgid, 0, 0) })
}

/// `prctl(PR_SET_CHILD_SUBREAPER, 1)`: orphaned descendants become init's
/// children though it is not PID 1. PR_SET_CHILD_SUBREAPER(2const).
///
/// # Errors
/// EINVAL before Linux 3.4; what a sandbox makes of it.
#[doc(alias = "prctl")]
pub fn adopt_orphans() -> Result<(), Errno> {
    // SAFETY: takes no pointers.
    done(unsafe { prctl(libc::PR_SET_CHILD_SUBREAPER, 1) })
}

/// `prctl(PR_GET_CHILD_SUBREAPER)`: whether they do. PR_GET_CHILD_SUBREAPER(2const).
#[must_use]
pub fn adopts_orphans() -> bool {
    let mut adopts = 0i32;
    // SAFETY: the kernel writes one int.
    let _ = unsafe { prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut adopts as usize) };
    adopts != 0
}

/// `prctl(PR_SET_PDEATHSIG, signal)`: init gets this signal when its parent
/// ends. If that has ended meanwhile it gets it at once. All signals must be
/// blocked. PR_SET_PDEATHSIG(2const).
///
/// # Errors
/// What a sandbox makes of it.
#[doc(alias = "prctl")]
pub fn set_parent_death_signal(own_pid: i32, signal: Signal) -> Result<(), Errno> {
    let before = parent();
    // SAFETY: takes no pointers.
    done(unsafe { prctl(libc::PR_SET_PDEATHSIG, usize::from(signal.number())) })?;
    if parent() != before {
        let _ = signal::send(own_pid, signal);
    }
    Ok(())
}

/// # Safety
/// As the operation asks for.
#[inline(never)]
unsafe fn prctl(operation: i32, argument: usize) -> isize {
    // SAFETY: the caller vouches for the argument.
    unsafe { arch::syscall5(libc::SYS_prctl, word(operation), argument, 0, 0, 0) }
}

/// `chdir(path)`: chdir(2). In `/` init pins no mount any longer.
///
/// # Errors
/// Those of chdir.
#[doc(alias = "chdir")]
pub fn change_directory(path: Word) -> Result<(), Errno> {
    // SAFETY: the path is null-terminated.
    done(unsafe { arch::syscall1(libc::SYS_chdir, path.as_ptr() as usize) })
}

/// `prctl(PR_SET_NO_NEW_PRIVS, 1)`: PR_SET_NO_NEW_PRIVS(2const).
pub(super) fn give_up_new_privileges() -> Result<(), Errno> {
    // SAFETY: takes no pointers.
    done(unsafe { prctl(libc::PR_SET_NO_NEW_PRIVS, 1) })
}

/// `prctl(PR_SET_DUMPABLE, 1)`: a child that changed its user while it shared
/// init's memory has made that as secret as its own. PR_SET_DUMPABLE(2const).
pub fn stay_dumpable() {
    // SAFETY: takes no pointers.
    let _ = unsafe { prctl(libc::PR_SET_DUMPABLE, 1) };
}

/// `pidfd_open(pid, 0)`, numbered above 2: readable once the process has ended.
/// pidfd_open(2).
///
/// # Errors
/// Those of pidfd_open; EMFILE.
#[doc(alias = "pidfd_open")]
pub fn open_pidfd(pid: i32) -> Result<i32, Errno> {
    // SAFETY: takes no pointers.
    let opened = unsafe { arch::syscall2(libc::SYS_pidfd_open, word(pid), 0) };
    fd::above_standard(number(opened)?)
}

/// `kill(getpid(), SIGSTOP)`: sleeps until a SIGCONT. The kernel drops it for
/// PID 1. kill(2).
#[doc(alias = "kill")]
pub fn stop_self() {
    // Nothing is lost where it fails: init goes on.
    let _ = process::kill_process(process::getpid(), process::Signal::STOP);
}

/// `exit_group(code)`: exit_group(2).
#[inline(never)]
pub fn exit(code: u8) -> ! {
    loop {
        // SAFETY: takes no pointers. A sandbox that refuses it leaves nothing
        // else to do.
        unsafe { arch::syscall1(libc::SYS_exit_group, word(i32::from(code))) };
    }
}

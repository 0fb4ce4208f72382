//! Reaping: waitid(2).

use super::{arch, done, word};
use crate::error::Errno;
use crate::signal::Signal;
use crate::status::Status;

/// What became of a child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It ended, and is reaped.
    Ended(Status),
    /// A signal stopped it.
    Stopped,
    /// It does not exist: init has no child.
    None,
}

/// `waitid(P_ALL, WEXITED | WNOHANG)`: reaps one child that has ended and tells
/// its pid; with `stops` also tells of one that was stopped. `None` if all live
/// on.
#[doc(alias = "waitid")]
#[must_use]
pub fn any(stops: bool) -> Option<(i32, Change)> {
    wait(stops, 0)
}

/// `waitid(P_ALL, WEXITED | WNOHANG | WNOWAIT)`: whether [`any`] would find
/// something. If so its SIGCHLD is pending by now, which a pidfd's readiness
/// alone does not tell: the kernel wakes the pidfd first, then sends the
/// signal, both within the lock that this call takes (exit_notify in
/// kernel/exit.c).
#[cold]
#[must_use]
pub fn is_announced(stops: bool) -> bool {
    wait(stops, libc::WNOWAIT).is_some()
}

fn wait(stops: bool, how: i32) -> Option<(i32, Change)> {
    let how = how | libc::WNOHANG | libc::WEXITED | if stops { libc::WSTOPPED } else { 0 };
    // SAFETY: siginfo_t is plain old data.
    let mut info: libc::siginfo_t = unsafe { core::mem::zeroed() };
    // SAFETY: `info` is a siginfo_t; no rusage is asked for.
    let waited =
        unsafe { arch::syscall5(libc::SYS_waitid, libc::P_ALL as usize, 0, &raw mut info as usize, word(how), 0) };
    match done(waited) {
        Err(Errno::CHILD) => return Some((0, Change::None)),
        other => other.ok()?,
    }
    // SAFETY: every siginfo has these bytes, and any bits are an i32; waitid
    // fills them in, or leaves the pid 0 if there was nothing to report.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    let change = match info.si_code {
        libc::CLD_EXITED => Change::Ended(Status::Exited(status.to_le_bytes()[0])),
        libc::CLD_KILLED | libc::CLD_DUMPED => {
            Change::Ended(Status::Killed(u32::try_from(status).ok().and_then(Signal::new)?))
        }
        libc::CLD_STOPPED => Change::Stopped,
        _ => return None,
    };
    (pid != 0).then_some((pid, change))
}

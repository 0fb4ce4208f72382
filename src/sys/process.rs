//! Init's own process: who it is, whose orphans it gets, how it ends.

use super::{arch, errno, word};
use crate::error::Errno;
use rustix::process;

/// `getpid()`: getpid(2).
#[doc(alias = "getpid")]
#[must_use]
pub fn pid() -> i32 {
    process::getpid().as_raw_nonzero().get()
}

/// `getsid(0) == getpid()`: whether init leads its session. getsid(2).
#[doc(alias = "getsid")]
#[must_use]
pub fn leads_session() -> bool {
    process::getsid(None).is_ok_and(|session| session == process::getpid())
}

/// `prctl(PR_SET_CHILD_SUBREAPER, 1)`: orphaned descendants become init's
/// children though it is not PID 1. PR_SET_CHILD_SUBREAPER(2const).
///
/// # Errors
/// EINVAL before Linux 3.4; what a sandbox makes of it.
#[doc(alias = "prctl")]
pub fn adopt_orphans() -> Result<(), Errno> {
    process::set_child_subreaper(Some(process::Pid::INIT)).map_err(errno)
}

/// `chdir("/")`: pins no mount any longer. chdir(2).
///
/// # Errors
/// Those of chdir.
#[doc(alias = "chdir")]
pub fn leave_directory() -> Result<(), Errno> {
    process::chdir(c"/").map_err(errno)
}

/// `kill(getpid(), SIGSTOP)`: sleeps until a SIGCONT. The kernel drops it for
/// PID 1. kill(2).
#[doc(alias = "kill")]
pub fn stop_self() {
    // Nothing is lost where it fails: init goes on.
    let _ = process::kill_process(process::getpid(), process::Signal::STOP);
}

/// `exit_group(code)`: exit_group(2).
#[inline(always)]
pub fn exit(code: u8) -> ! {
    loop {
        // SAFETY: takes no pointers. A sandbox that refuses it leaves nothing
        // else to do.
        unsafe { arch::syscall1(libc::SYS_exit_group, word(i32::from(code))) };
    }
}

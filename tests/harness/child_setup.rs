//! What happens between fork and exec of the process that becomes init.
//!
//! # Safety
//! The test process has threads, so after its fork only calls that are safe in
//! a signal handler may be made; allocation is avoided, too.

use std::io;
use std::os::fd::RawFd;

pub fn check(result: i64) -> io::Result<i64> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A known start: nothing blocked or ignored, no descriptor above 2 inherited.
pub fn normalise() -> io::Result<()> {
    for signal in 1..=64 {
        if signal != libc::SIGKILL && signal != libc::SIGSTOP {
            set_disposition(signal, libc::SIG_DFL)?;
        }
    }
    // SAFETY: marks descriptors close-on-exec, closes none.
    check(unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 4) })?;
    Ok(())
}

/// Ignores a signal, 32 and 33 included, which the C library refuses.
pub fn ignore(signal: i32) -> io::Result<()> {
    set_disposition(signal, libc::SIG_IGN)
}

fn set_disposition(signal: i32, disposition: usize) -> io::Result<()> {
    let action = [disposition, 0, 0, 0, 0];
    // SAFETY: `action` is as large as the kernel's struct and sets no handler.
    check(unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, &raw const action, 0, 8) })?;
    Ok(())
}

/// Adds to the signal mask, as the kernel's bits.
pub fn block(mask: u64) -> io::Result<()> {
    let how = libc::SIG_BLOCK;
    // SAFETY: the set is the kernel's 8 bytes.
    check(unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, &raw const mask, 0, 8) })?;
    Ok(())
}

/// Makes `fd` a copy of standard output; the soft limit is no hindrance.
pub fn fill(fd: RawFd) -> io::Result<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is what the calls write and read; the number is free.
    unsafe {
        check(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit).into())?;
        limit.rlim_cur = limit.rlim_max;
        check(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit).into())?;
        check(libc::dup2(1, fd).into())?;
    }
    Ok(())
}

/// Makes the caller's copy PID 1 of a new namespace, and returns in it only.
///
/// The caller itself stays behind to end as that process does; its pid as seen
/// from outside is written into `report`.
pub fn enter_pid_namespace(report: RawFd) -> io::Result<()> {
    // SAFETY: plain system calls on values of this frame; see the module.
    unsafe {
        check(libc::unshare(libc::CLONE_NEWPID | libc::CLONE_NEWNS).into())?;
        let pid = libc::fork();
        check(pid.into())?;
        if pid == 0 {
            return mount_proc();
        }
        let bytes = pid.to_ne_bytes();
        libc::write(report, bytes.as_ptr().cast(), bytes.len());
        libc::syscall(libc::SYS_close_range, 0, u32::MAX, 0);
        let mut status = 0;
        while libc::waitpid(pid, &raw mut status, 0) != pid {}
        if libc::WIFSIGNALED(status) {
            libc::kill(libc::getpid(), libc::WTERMSIG(status));
        }
        libc::_exit(libc::WEXITSTATUS(status));
    }
}

/// A /proc for the new namespace, unseen outside.
fn mount_proc() -> io::Result<()> {
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    let nothing = std::ptr::null();
    // SAFETY: all strings end with NUL and live for ever.
    unsafe {
        let private = libc::MS_REC | libc::MS_PRIVATE;
        let none = c"none".as_ptr();
        check(libc::mount(none, c"/".as_ptr(), nothing, private, nothing.cast()).into())?;
        let proc = c"proc".as_ptr();
        check(libc::mount(proc, c"/proc".as_ptr(), proc, flags, nothing.cast()).into())?;
    }
    Ok(())
}

/// Makes the caller leader of a session whose terminal is `tty`, on 0 to `last`.
pub fn lead_session_on(tty: RawFd, last: RawFd) -> io::Result<()> {
    // SAFETY: plain system calls on numbers.
    unsafe {
        check(libc::setsid().into())?;
        check(libc::ioctl(tty, libc::TIOCSCTTY, 0).into())?;
        for fd in 0..=last {
            check(libc::dup2(tty, fd).into())?;
        }
    }
    Ok(())
}

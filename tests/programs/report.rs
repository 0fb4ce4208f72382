//! `report FILE`: writes into FILE what it was started with.
//!
//! One `name value` line per fact. It looks at itself with system calls alone,
//! so it needs no /proc, and before it opens anything. There is no Rust runtime
//! before `main`: that would ignore SIGPIPE and fill closed descriptors.

#![no_main]
#![allow(unsafe_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::ffi::{c_char, c_int};
use std::fmt::Write as _;

#[unsafe(no_mangle)]
extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
    let text = facts();
    let file = std::env::args_os().nth(1).expect("report FILE");
    // Complete from the moment it has its name.
    let mut draft = file.clone();
    draft.push(".draft");
    std::fs::write(&draft, text).expect("the report's file");
    std::fs::rename(&draft, &file).expect("the report's file");
    0
}

fn facts() -> String {
    let mut text = String::new();
    let mut say = |name: &str, value: String| writeln!(text, "{name} {value}").unwrap();
    say("fds", open_descriptors());
    say("mask", format!("{:x}", mask()));
    say("ignored", ignored());
    // SAFETY: these calls have no preconditions.
    let (pid, parent, group, session, terminal_group) =
        unsafe { (libc::getpid(), libc::getppid(), libc::getpgrp(), libc::getsid(0), libc::tcgetpgrp(0)) };
    say("pid", pid.to_string());
    say("parent", parent.to_string());
    say("group", group.to_string());
    say("session", session.to_string());
    say("foreground", terminal_group.to_string());
    let has_terminal = std::fs::File::open("/dev/tty").is_ok();
    say("has-terminal", has_terminal.to_string());
    let cwd = std::env::current_dir().unwrap_or_default();
    say("cwd", cwd.display().to_string());
    for argument in std::env::args_os() {
        say("argument", argument.to_string_lossy().into_owned());
    }
    for (name, value) in std::env::vars_os() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        say("env", format!("{name}={value}"));
    }
    text
}

/// The open descriptors, as a list with commas.
fn open_descriptors() -> String {
    let mut list = Vec::new();
    for fd in 0..20_000 {
        // SAFETY: F_GETFD only looks.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0 {
            list.push(fd.to_string());
        }
    }
    list.join(",")
}

fn mask() -> u64 {
    let mut mask = 0u64;
    // SAFETY: without a new set the call only writes the 8 bytes of `mask`.
    unsafe { libc::syscall(libc::SYS_rt_sigprocmask, 0, 0, &raw mut mask, 8) };
    mask
}

/// The ignored signals, as a list with commas.
fn ignored() -> String {
    let mut list = Vec::new();
    for number in 1..=64 {
        let mut action = [0usize; 8];
        // SAFETY: without a new action the call only writes the old one, which
        // is at most 40 bytes and begins with the handler on all but MIPS.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, number, 0, &raw mut action, 8) };
        if action[0] == libc::SIG_IGN {
            list.push(number.to_string());
        }
    }
    list.join(",")
}

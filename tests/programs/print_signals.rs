//! `print-signals [member] [exit=SIGNAL:CODE]... [uid=UID]`: says each signal.
//!
//! Blocks every signal, the two that C libraries keep for themselves included,
//! prints `ready PID`, and then one line per signal received:
//! `WHO SIGNAL CODE SENDER VALUE`, where WHO is `child`. With `member` a forked
//! process in the same group does the same as `member`.

#![allow(unsafe_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::panic)]

use std::io::Write as _;

fn main() {
    let mut who = "child";
    let mut exits = Vec::new();
    let mut with_member = false;
    for argument in std::env::args().skip(1) {
        if argument == "member" {
            with_member = true;
        } else if let Some(pair) = argument.strip_prefix("exit=") {
            let (signal, code) = pair.split_once(':').expect("exit=SIGNAL:CODE");
            exits.push((signal.parse::<i32>().unwrap(), code.parse::<i32>().unwrap()));
        } else if let Some(uid) = argument.strip_prefix("uid=") {
            let uid = uid.parse::<u32>().unwrap().into();
            nix::unistd::setresuid(uid, uid, uid).expect("setresuid");
        } else {
            panic!("print-signals: what is {argument}?");
        }
    }
    block_everything();
    let main_child = std::process::id();
    if with_member {
        // SAFETY: this process has one thread, so the copy is a whole program.
        if unsafe { libc::fork() } == 0 {
            who = "member";
        }
    }
    if who == "child" {
        say(&format!("ready {main_child}\n"));
    }
    loop {
        let (signal, code, sender, value) = next_signal();
        say(&format!("{who} {signal} {code} {sender} {value}\n"));
        for &(wanted, code) in &exits {
            if signal == wanted {
                std::process::exit(code);
            }
        }
    }
}

/// One write for one line, so that the lines of two processes never mix.
fn say(line: &str) {
    std::io::stdout().write_all(line.as_bytes()).expect("stdout");
}

/// By the system call itself: the C library refuses to block 32 and 33.
fn block_everything() {
    let all = u64::MAX;
    // SAFETY: `all` is as long as the kernel's signal set, 8 bytes.
    let done = unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_BLOCK, &raw const all, 0, 8) };
    assert_eq!(done, 0, "rt_sigprocmask");
}

/// Waits for a signal: its number, code, sender and value.
fn next_signal() -> (i32, i32, i32, isize) {
    let all = u64::MAX;
    loop {
        // SAFETY: an all-zero siginfo_t is a valid value.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: the set is 8 bytes, as said; `info` has the kernel's layout.
        let got = unsafe { libc::syscall(libc::SYS_rt_sigtimedwait, &raw const all, &raw mut info, 0, 8) };
        if got > 0 {
            // SAFETY: the kernel writes pid and value for everything that was
            // sent by a process, and zeros otherwise.
            let (sender, value) = unsafe { (info.si_pid(), info.si_value().sival_ptr) };
            return (info.si_signo, info.si_code, sender, value.addr().cast_signed());
        }
    }
}

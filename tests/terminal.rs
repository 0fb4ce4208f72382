//! On a terminal whose session init leads: the main child gets it all.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, Report, Terminal, in_both_modes, process};

/// The code of a signal that the kernel sent.
const SI_KERNEL: i32 = 128;
const USR1: i32 = libc::SIGUSR1;
const BASH: [&str; 5] = ["bash", "--norc", "--noprofile", "--noediting", "-i"];

fn the_child_owns_the_terminal(init: Init) {
    let terminal = Terminal::new();
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.reading_from(&terminal).program("report").arg(&file).code(), 0);
    let seen = Report::read(&file);
    let pid = seen.get("pid");
    assert_eq!((seen.get("session"), seen.get("group")), (pid, pid));
    assert_eq!((seen.get("foreground"), seen.get("has-terminal")), (pid, "true"));
}

fn init_has_the_terminal_no_more(init: Init) {
    let terminal = Terminal::new();
    let running = init.reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    let child = running.main_child();
    assert_eq!(process::terminal(running.pid()), Some(0));
    assert_ne!(process::terminal(child), Some(0));
    assert_eq!(process::foreground(child), Some(child));
}

fn dumb_init_hands_the_terminal_over_too(init: Init) {
    init_has_the_terminal_no_more(init.named("dumb-init"));
}

fn a_single_child_shares_the_terminal(init: Init) {
    let terminal = Terminal::new();
    let running = init.arg("-c").reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    let child = running.main_child();
    assert_ne!(process::terminal(running.pid()), Some(0));
    assert_eq!(process::session(child), process::session(running.pid()));
    assert_eq!(process::foreground(child), Some(running.pid()));
}

/// Giving the terminal up makes the kernel send HUP and CONT to init. Blocked
/// from the start, they would not be lost on a child that is not yet ready.
fn what_the_hand_over_sends_is_not_forwarded(init: Init) {
    let terminal = Terminal::new();
    let init = init.blocking(&[libc::SIGHUP, libc::SIGCONT]);
    let running = init.reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    // 1 and 18 would come before 64.
    running.signal(64);
    assert_eq!(running.received().signal, 64);
    for signal in [libc::SIGHUP, libc::SIGCONT, libc::SIGHUP] {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
}

/// Pending before the hand-over, whose own HUP merges into it.
fn a_users_hangup_counts_though_the_hand_over_makes_one_too(init: Init) {
    let terminal = Terminal::new();
    let init = init.reading_from(&terminal).blocking(&[libc::SIGHUP]).before(|| {
        // SAFETY: plain system calls; the copy ends at once.
        unsafe {
            let own = libc::getpid();
            let sender = libc::fork();
            if sender == 0 {
                libc::kill(own, libc::SIGHUP);
                libc::_exit(0);
            }
            libc::waitpid(sender, std::ptr::null_mut(), 0);
        }
        Ok(())
    });
    let running = init.program("print-signals").spawn();
    running.ready();
    running.signal(64);
    assert_eq!(running.received().signal, libc::SIGHUP);
    assert_eq!(running.received().signal, 64);
}

/// The hand-over then signals that other group, and not init.
fn a_users_hangup_counts_if_another_group_had_the_foreground(init: Init) {
    let terminal = Terminal::new();
    let init = init.reading_from(&terminal).before(|| {
        // SAFETY: plain system calls; the copy only sleeps until it is killed by
        // the hang-up, or by its alarm.
        unsafe {
            let other = libc::fork();
            if other == 0 {
                libc::alarm(20);
                loop {
                    libc::pause();
                }
            }
            libc::setpgid(other, other);
            if libc::tcsetpgrp(0, other) != 0 {
                return Err(std::io::Error::last_os_error());
            }
        }
        Ok(())
    });
    let running = init.program("print-signals").spawn();
    running.ready();
    for signal in [libc::SIGHUP, libc::SIGCONT, libc::SIGHUP] {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
}

fn typed_signals_arrive_once(init: Init) {
    let terminal = Terminal::new();
    let running = init.reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    let typed = [("\x03", libc::SIGINT), ("\x1c", libc::SIGQUIT), ("\x1a", libc::SIGTSTP)];
    for _ in 0..10 {
        for (key, signal) in typed {
            terminal.type_in(key);
            let got = running.received();
            assert_eq!((got.signal, got.code), (signal, SI_KERNEL));
            running.signal(64);
            assert_eq!(running.received().signal, 64);
        }
    }
}

/// With `-c` init is in the foreground group as well.
fn the_terminals_signals_arrive_once_at_a_single_child(init: Init) {
    let terminal = Terminal::new();
    let running = init.arg("-c").reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    for round in 0..10 {
        for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGWINCH] {
            match signal {
                libc::SIGINT => terminal.type_in("\x03"),
                libc::SIGQUIT => terminal.type_in("\x1c"),
                _ => terminal.resize(30 + round, 100),
            }
            let got = running.received();
            assert_eq!((got.signal, got.code), (signal, SI_KERNEL));
            // Init takes the lower number first, so it is done with it then.
            running.signal(64);
            assert_eq!(running.received().signal, 64);
        }
    }
    // One that was sent by a process is forwarded.
    running.signal(libc::SIGINT);
    let got = running.received();
    assert_eq!((got.signal, got.code == SI_KERNEL), (libc::SIGINT, false));
}

fn a_new_window_size_arrives_once(init: Init) {
    let terminal = Terminal::new();
    let running = init.reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    for rows in 30..33 {
        terminal.resize(rows, 100);
        let got = running.received();
        assert_eq!((got.signal, got.code), (libc::SIGWINCH, SI_KERNEL));
        running.signal(64);
        assert_eq!(running.received().signal, 64);
    }
}

fn a_hang_up_reaches_the_child(init: Init) {
    let terminal = Terminal::new();
    let mut running = init.reading_from(&terminal).program("print-signals").arg("exit=10:4").spawn();
    running.ready();
    terminal.hang_up();
    assert_eq!(running.received().signal, libc::SIGHUP);
    assert_eq!(running.received().signal, libc::SIGCONT);
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
    assert_eq!(running.exit_code(), 4);
}

fn a_hang_up_reaches_a_single_child(init: Init) {
    let terminal = Terminal::new();
    let mut running = init.arg("-c").reading_from(&terminal).program("print-signals").arg("exit=10:4").spawn();
    running.ready();
    terminal.hang_up();
    assert_eq!(running.received().signal, libc::SIGHUP);
    running.signal(USR1);
    while running.received().signal != USR1 {}
    assert_eq!(running.exit_code(), 4);
}

/// A shell under init has its whole job control.
fn an_interactive_shell_controls_its_jobs(init: Init) {
    let terminal = Terminal::new();
    let init = init.on(&terminal).env("TERM", "dumb").env("PS1", "$ ").args(&BASH);
    let mut running = init.spawn();
    terminal.type_in("stty -echo; echo shell is $((40+2))\n");
    terminal.expect("shell is 42");
    assert!(!terminal.shown().contains("job control"), "{}", terminal.shown());

    terminal.type_in("sh -c 'echo started; exec sleep 60'\n");
    terminal.expect("started");
    terminal.type_in("\x1a");
    terminal.expect("Stopped");
    terminal.type_in("bg >/dev/null; echo in the $((40+3))\n");
    terminal.expect("in the 43");
    let shell = terminal.foreground();
    terminal.type_in("fg\n");
    terminal.expect("exec sleep 60");
    terminal.wait_for_foreground_other_than(shell);
    // The typed interrupt also ends the list of commands that it is part of.
    terminal.type_in("\x03");
    terminal.type_in("echo ended as $?\n");
    terminal.expect("ended as 130");

    terminal.resize(33, 77);
    terminal.type_in("stty size\n");
    terminal.expect("33 77");
    terminal.type_in("exit 9\n");
    assert_eq!(running.exit_code(), 9);
}

fn standard_input_that_is_no_terminal_is_no_matter(init: Init) {
    let terminal = Terminal::new();
    // The terminal is there, but not on 0.
    let init = init.reading_from(&terminal).before(|| {
        // SAFETY: a standard descriptor of the new process.
        unsafe { libc::close(0) };
        Ok(())
    });
    let mut running = init.program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    running.signal(USR1);
    assert_eq!(running.received().signal, USR1);
    running.signal(libc::SIGTERM);
    assert_eq!(running.exit_code(), 4);
}

in_both_modes!(
    the_child_owns_the_terminal,
    init_has_the_terminal_no_more,
    dumb_init_hands_the_terminal_over_too,
    a_single_child_shares_the_terminal,
    what_the_hand_over_sends_is_not_forwarded,
    a_users_hangup_counts_though_the_hand_over_makes_one_too,
    a_users_hangup_counts_if_another_group_had_the_foreground,
    typed_signals_arrive_once,
    the_terminals_signals_arrive_once_at_a_single_child,
    a_new_window_size_arrives_once,
    a_hang_up_reaches_the_child,
    a_hang_up_reaches_a_single_child,
    an_interactive_shell_controls_its_jobs,
    standard_input_that_is_no_terminal_is_no_matter,
);

//! Under the name catatonit: what the child gets, what is forwarded, the end.
//!
//! With `INIT_UNDER_TEST=/usr/bin/catatonit` all pass but those in
//! `unlike_catatonit`, which tell of deliberate differences.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, RTMAX, RTMIN, Report, in_both_modes, process};

const USR1: i32 = libc::SIGUSR1;
const TERM: i32 = libc::SIGTERM;

/// Those that catatonit leaves at their defaults, so that they kill it.
const SYNCHRONOUS: [i32; 7] =
    [libc::SIGILL, libc::SIGTRAP, libc::SIGABRT, libc::SIGBUS, libc::SIGFPE, libc::SIGSEGV, libc::SIGSYS];

fn catatonit(init: Init) -> Init {
    init.named("catatonit")
}

fn report(init: Init) -> Report {
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.program("report").arg(&file).code(), 0);
    Report::read(&file)
}

fn the_child_leads_a_group_in_inits_session(init: Init) {
    let seen = report(catatonit(init));
    assert_eq!(seen.get("group"), seen.get("pid"));
    assert_ne!(seen.get("session"), seen.get("pid"));
}

fn what_was_ignored_stays_ignored(init: Init) {
    let seen = report(catatonit(init).ignoring(&[libc::SIGHUP, libc::SIGPIPE]));
    assert_eq!(seen.get("ignored"), "1,13");
}

fn listen_pid_names_the_child_if_it_named_init(init: Init) {
    let folder = Folder::new();
    let file = folder.path("report");
    let script = format!("LISTEN_PID=$$ LISTEN_FDS=2; export LISTEN_PID LISTEN_FDS; exec \"$0\" \"$@\" {file}");
    let under_test = std::path::absolute(harness::init_under_test()).unwrap();
    let link = folder.path("catatonit");
    std::os::unix::fs::symlink(under_test, &link).unwrap();
    let mut init = init;
    init.path = "/bin/sh".into();
    assert_eq!(init.args(&["-c", &script, &link]).program("report").code(), 0);
    let seen = Report::read(&file);
    assert_eq!(seen.env("LISTEN_PID"), Some(seen.get("pid")));
    assert_eq!(seen.env("LISTEN_FDS"), Some("2"));
}

fn another_listen_pid_stays(init: Init) {
    let seen = report(catatonit(init).env("LISTEN_PID", "999999"));
    assert_eq!(seen.env("LISTEN_PID"), Some("999999"));
}

fn init_closes_its_copies_of_descriptors(init: Init) {
    let folder = Folder::new();
    let name = std::ffi::CString::new(folder.path("inherited")).unwrap();
    let init = catatonit(init).before(move || {
        // SAFETY: the path is a string; the descriptor is meant to be inherited.
        unsafe { libc::open(name.as_ptr(), libc::O_CREAT | libc::O_RDWR, 0o600) };
        Ok(())
    });
    let running = init.program("print-signals").spawn();
    running.ready();
    let holds = |pid: i32| process::descriptors(pid).iter().any(|(_, target)| target.ends_with("inherited"));
    assert!(holds(running.main_child()));
    running.within("init without it", || (!holds(running.pid())).then_some(()));
}

fn a_signal_goes_to_the_child_alone(init: Init) {
    let running = catatonit(init).program("print-signals").arg("member").spawn();
    running.ready();
    for signal in [USR1, libc::SIGHUP, USR1] {
        running.signal(signal);
        let got = running.received();
        assert_eq!((got.signal, got.by.as_str()), (signal, "child"));
    }
}

fn the_whole_group_gets_signals_with_g(init: Init) {
    let running = catatonit(init).arg("-g").program("print-signals").arg("member").spawn();
    running.ready();
    running.signal(USR1);
    let mut by = [running.received().by, running.received().by];
    by.sort();
    assert_eq!(by, ["child", "member"]);
}

fn every_other_signal_is_forwarded_and_init_goes_on(init: Init) {
    let running = catatonit(init).program("print-signals").spawn();
    running.ready();
    let not = |s: &i32| [9, 17, 19, 20, 21, 22, 32, 33].contains(s) || SYNCHRONOUS.contains(s);
    for signal in (1..=RTMAX).filter(|signal| !not(signal)) {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
}

fn ttin_and_ttou_are_dropped(init: Init) {
    let running = catatonit(init).program("print-signals").spawn();
    running.ready();
    running.signal(libc::SIGTTIN);
    running.signal(libc::SIGTTOU);
    running.signal(RTMIN);
    assert_eq!(running.received().signal, RTMIN);
    assert_ne!(process::state(running.pid()), Some('T'));
}

fn the_exit_code_is_the_childs(init: Init) {
    assert_eq!(catatonit(init).args(&["--", "sh", "-c", "exit 3"]).code(), 3);
}

fn a_death_by_signal_is_128_and_the_signal(init: Init) {
    assert_eq!(catatonit(init).args(&["--", "sh", "-c", "kill -TERM $$"]).code(), 143);
}

fn what_remains_of_the_group_is_left_alone(init: Init) {
    let pid_1 = init.is_pid_1();
    let mut running = catatonit(init).args(&["-g", "--", "sh", "-c", "sleep 60 & echo $!; exit 4"]).spawn();
    let rest: i32 = running.line().parse().unwrap();
    assert_eq!(running.exit_code(), 4);
    // With PID 1 the kernel ends its namespace.
    assert!(pid_1 || process::state(rest).is_some_and(|state| state != 'Z'));
}

fn orphans_come_to_it_without_being_asked(init: Init) {
    let pid_1 = init.is_pid_1();
    let running = catatonit(init).args(&["--", "sh", "-c", "(sleep 60 & echo $!); echo ready; read line"]).spawn();
    let orphan: i32 = running.line().parse().unwrap();
    running.expect_line("ready");
    let child = running.main_child();
    let is_ours = || process::children(running.pid()).len() == 2;
    running.within("orphan under init", || is_ours().then_some(()));
    assert!(pid_1 || process::children(running.pid()).contains(&orphan) && orphan != child);
}

mod unlike_catatonit {
    use super::*;

    /// The original blocks TSTP, TTIN and TTOU for the child, too.
    fn the_childs_mask_is_that_of_the_start(init: Init) {
        let seen = report(catatonit(init).blocking(&[libc::SIGTTIN, TERM]));
        assert_eq!(seen.get("mask"), format!("{:x}", 1 << (libc::SIGTTIN - 1) | 1 << (TERM - 1)));
    }

    fn tstp_is_forwarded_and_init_goes_on(init: Init) {
        let running = catatonit(init).program("print-signals").spawn();
        running.ready();
        running.signal(libc::SIGTSTP);
        assert_eq!(running.received().signal, libc::SIGTSTP);
        running.signal(USR1);
        assert_eq!(running.received().signal, USR1);
    }

    fn signals_of_faults_are_forwarded_if_a_process_sends_them(init: Init) {
        let running = catatonit(init).program("print-signals").spawn();
        running.ready();
        for signal in SYNCHRONOUS.into_iter().chain([32, 33]) {
            running.signal(signal);
            assert_eq!(running.received().signal, signal);
        }
    }

    fn an_ignored_sigchld_loses_no_status(init: Init) {
        assert_eq!(catatonit(init).ignoring(&[libc::SIGCHLD]).args(&["--", "sh", "-c", "exit 9"]).code(), 9);
    }

    in_both_modes!(
        the_childs_mask_is_that_of_the_start,
        tstp_is_forwarded_and_init_goes_on,
        signals_of_faults_are_forwarded_if_a_process_sends_them,
        an_ignored_sigchld_loses_no_status,
    );
}

in_both_modes!(
    the_child_leads_a_group_in_inits_session,
    what_was_ignored_stays_ignored,
    listen_pid_names_the_child_if_it_named_init,
    another_listen_pid_stays,
    init_closes_its_copies_of_descriptors,
    a_signal_goes_to_the_child_alone,
    the_whole_group_gets_signals_with_g,
    every_other_signal_is_forwarded_and_init_goes_on,
    ttin_and_ttou_are_dropped,
    the_exit_code_is_the_childs,
    a_death_by_signal_is_128_and_the_signal,
    what_remains_of_the_group_is_left_alone,
    orphans_come_to_it_without_being_asked,
);

//! Pause mode: no program; orphans are reaped until TERM or INT comes.
//!
//! With `INIT_UNDER_TEST=/usr/bin/catatonit` all pass but those in `sextons_own`.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, RTMAX, in_both_modes, process};

const TERM: i32 = libc::SIGTERM;
const INT: i32 = libc::SIGINT;

/// All but those that end it, and those that no process can keep off.
fn harmless() -> impl Iterator<Item = i32> {
    const FAULTS: [i32; 7] =
        [libc::SIGILL, libc::SIGTRAP, libc::SIGABRT, libc::SIGBUS, libc::SIGFPE, libc::SIGSEGV, libc::SIGSYS];
    let ends = |signal: &i32| [TERM, INT, libc::SIGKILL, libc::SIGSTOP, 32, 33].contains(signal);
    (1..=RTMAX).filter(move |signal| !ends(signal) && !FAULTS.contains(signal))
}

/// Signals sent earlier would be lost: init waits for them once it sleeps.
fn paused(init: Init) -> harness::Running {
    let running = init.spawn();
    running.within("init asleep with its signals blocked", || {
        process::set_has(running.pid(), "SigBlk", TERM).filter(|blocked| *blocked)?;
        (process::state(running.pid()) == Some('S')).then_some(())
    });
    running
}

fn ends_with_0_on(init: Init, signal: i32) {
    let mut running = paused(init);
    running.signal(signal);
    assert_eq!(running.exit_code(), 0);
    assert_eq!((running.all_of_stdout(), running.all_of_stderr()), (String::new(), String::new()));
}

fn catatonit(init: Init) -> Init {
    init.named("catatonit").arg("-P")
}

fn term_ends_it_with_0(init: Init) {
    ends_with_0_on(catatonit(init), TERM);
}

fn int_ends_it_with_0(init: Init) {
    ends_with_0_on(catatonit(init), INT);
}

fn nothing_else_ends_it(init: Init) {
    let mut running = paused(catatonit(init));
    for signal in harmless() {
        running.signal(signal);
    }
    running.within("empty queue", || {
        let pending = process::status(running.pid(), "ShdPnd")?;
        pending.bytes().all(|digit| digit == b'0').then_some(())
    });
    assert!(running.is_running() && process::state(running.pid()) != Some('T'));
    running.signal(TERM);
    assert_eq!(running.exit_code(), 0);
}

/// podman sets these to ignored before it executes its pause process.
fn signals_ignored_at_the_start_count_too(init: Init) {
    ends_with_0_on(catatonit(init).ignoring(&[libc::SIGHUP, INT, libc::SIGQUIT, libc::SIGPIPE]), INT);
}

fn a_program_named_too_is_not_run(init: Init) {
    ends_with_0_on(catatonit(init).args(&["echo", "ran"]), TERM);
}

/// What the shell starts is left to init, which takes its place by exec.
fn reaps(init: Init, name: &str) {
    let under_test = std::path::absolute(harness::init_under_test()).unwrap();
    let folder = harness::Folder::new();
    let link = folder.path(name);
    std::os::unix::fs::symlink(under_test, &link).unwrap();
    let mut init = init;
    init.path = "/bin/sh".into();
    let script = "for n in 1 2 3; do sleep 0 & done; (sleep 0 & sleep 0 &) ; exec \"$0\" -P";
    let mut running = init.args(&["-c", script, &link]).spawn();
    running.within("init", || process::status(running.pid(), "Name").filter(|found| found == name));
    // The shell may have reaped them: then only this tells that init is ready.
    let ready = || process::set_has(running.pid(), "SigBlk", TERM).filter(|&blocked| blocked);
    running.within("init that blocks signals", ready);
    let none = || process::children(running.pid()).is_empty() && process::zombies(running.pid()) == 0;
    running.within("init without children", || none().then_some(()));
    running.signal(TERM);
    assert_eq!(running.exit_code(), 0);
}

/// Ends of children after the start, too.
fn it_reaps_an_orphan_that_ends(init: Init) {
    let under_test = std::path::absolute(harness::init_under_test()).unwrap();
    let folder = harness::Folder::new();
    let link = folder.path("catatonit");
    std::os::unix::fs::symlink(under_test, &link).unwrap();
    let mut init = init;
    init.path = "/bin/sh".into();
    let mut running = init.args(&["-c", "sleep 60 & exec \"$0\" -P", &link]).spawn();
    running.within("init", || process::status(running.pid(), "Name").filter(|found| found == "catatonit"));
    let child = running.main_child();
    // SAFETY: the process is this test's.
    unsafe { libc::kill(child, libc::SIGKILL) };
    running.within("reaped child", || process::state(child).is_none().then_some(()));
    assert!(running.is_running());
}

mod sextons_own {
    use super::*;

    fn the_short_option_does_it(init: Init) {
        ends_with_0_on(init.arg("-P"), TERM);
    }

    fn the_long_option_does_it(init: Init) {
        ends_with_0_on(init.arg("--pause"), INT);
    }

    fn it_reaps(init: Init) {
        reaps(init, "sexton");
    }

    fn a_signal_is_rewritten_before_it_counts(init: Init) {
        ends_with_0_on(init.args(&["-P", "-r", "USR1:TERM"]), libc::SIGUSR1);
    }

    fn signals_of_faults_are_harmless(init: Init) {
        let mut running = paused(init.arg("-P"));
        for signal in [libc::SIGSEGV, libc::SIGABRT, 32, 33] {
            running.signal(signal);
        }
        running.signal(TERM);
        assert_eq!(running.exit_code(), 0);
    }

    #[test]
    fn a_program_beside_it_is_refused() {
        for args in [&["-P", "true"][..], &["--pause", "--", "true"]] {
            let (code, out, err) = Init::new().args(args).finish();
            assert_eq!((code, out.as_str()), (1, ""), "{err}");
            assert!(err.starts_with("sexton: ") && err.lines().count() == 1 && err.contains("'true'"), "{err}");
        }
    }

    in_both_modes!(
        the_short_option_does_it,
        the_long_option_does_it,
        it_reaps,
        a_signal_is_rewritten_before_it_counts,
        signals_of_faults_are_harmless,
    );
}

fn it_reaps_what_it_finds(init: Init) {
    reaps(init, "catatonit");
}

in_both_modes!(
    term_ends_it_with_0,
    int_ends_it_with_0,
    nothing_else_ends_it,
    signals_ignored_at_the_start_count_too,
    a_program_named_too_is_not_run,
    it_reaps_what_it_finds,
    it_reaps_an_orphan_that_ends,
);

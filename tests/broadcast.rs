//! `--forward=all`: every process of the namespace gets every signal.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, RTMIN, process};

/// A process that has left the session says which signals it gets.
const FAR: &str = r#"(setsid "$0" exit=15:0 &) ; exec "$0" exit=15:9"#;

fn start(init: Init) -> harness::Running {
    let init = init.pid_1().script(FAR).program("print-signals");
    let running = init.spawn();
    running.ready();
    running.ready();
    running
}

#[test]
fn processes_of_other_sessions_get_signals_too() {
    for init in [Init::new().arg("--forward=all"), Init::new().env("SEXTON_FORWARD", "all")] {
        let mut running = start(init.arg("--wait=all"));
        for signal in [libc::SIGUSR1, RTMIN] {
            running.signal(signal);
            let who: Vec<i32> = (0..2).map(|_| running.received().signal).collect();
            assert_eq!(who, [signal; 2]);
        }
        running.signal(libc::SIGTERM);
        assert_eq!(running.exit_code(), 9);
        assert_eq!(running.all_of_stdout().matches("child 15 ").count(), 2);
    }
}

/// Init keeps its own pid out of it: kill(2) does.
#[test]
fn the_rest_gets_sigterm_at_the_end() {
    let script =
        r#"setsid sh -c 'trap "echo told; exit" TERM; echo ready; while :; do sleep 0.01; done' & read line; exit 6"#;
    let mut running = Init::new().pid_1().args(&["--forward=all", "--wait=all"]).script(script).spawn();
    running.expect_line("ready");
    drop(running.stdin());
    running.expect_line("told");
    assert_eq!(running.exit_code(), 6);
}

#[test]
fn a_process_that_forks_for_ever_does_not_keep_init() {
    // Each one lives for a moment, and leaves the next one behind.
    let bomb = r#"f() { trap '' TERM; sleep 0.001; (f) & }; f; (setsid sh -c 'trap "" TERM; while :; do sh -c : & done' &); echo ready; read line; exit 3"#;
    let init = Init::new().pid_1().args(&["--forward=all", "--wait=all", "--grace=200ms"]);
    let mut running = init.script(bomb).spawn();
    running.expect_line("ready");
    drop(running.stdin());
    assert_eq!(running.exit_code(), 3);
}

#[test]
fn it_is_for_pid_1_alone() {
    for init in [Init::new().arg("--forward=all"), Init::new().env("SEXTON_FORWARD", "all")] {
        let (code, out, err) = init.script("echo started").finish();
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.starts_with("sexton: --forward=all is for PID 1 alone") && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn it_is_no_single_child() {
    let (code, out, err) = Init::new().pid_1().args(&["-c", "--forward=all", "true"]).finish();
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("--single-child") && err.lines().count() == 1, "{err}");
}

/// A signal that stops does not stop PID 1.
#[test]
fn everybody_is_stopped_and_continued() {
    let running = start(Init::new().arg("--forward=all"));
    let all = process::children(running.pid());
    running.signal(libc::SIGTSTP);
    for &pid in &all {
        running.within("a stopped process", || (process::state(pid) == Some('T')).then_some(()));
    }
    running.signal(libc::SIGCONT);
    assert_eq!((running.received().signal, running.received().signal), (libc::SIGCONT, libc::SIGCONT));
}

//! `--wait=all`: init stays until every child and orphan has ended.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, RTMIN, Running, in_both_modes, process};

const TERM: i32 = libc::SIGTERM;

/// Kills the main child, and returns when it is reaped.
fn kill_main_child(running: &Running) {
    let main = running.main_child();
    // SAFETY: a child of init, which is not reaped before it ends.
    unsafe { libc::kill(main, libc::SIGKILL) };
    running.within("main child's end", || process::state(main).is_none().then_some(()));
}

fn a_daemon_that_left_the_session_is_waited_for(init: Init) {
    let script = "exec 3<&0; (setsid sh -c 'echo daemon; read line <&3; echo gone' &); exec sleep 1000";
    let mut running = init.arg("--wait=all").script(script).spawn();
    running.expect_line("daemon");
    kill_main_child(&running);
    assert!(running.is_running());
    drop(running.stdin());
    running.expect_line("gone");
    assert_eq!(running.exit_code(), 137);
}

fn what_is_left_of_the_group_gets_sigterm_and_is_waited_for(init: Init) {
    let script = r#"sh -c 'trap "echo told; exit" TERM; echo ready; while :; do sleep 0.01; done' & read line; exit 6"#;
    let mut running = init.arg("--wait").arg("all").script(script).spawn();
    running.expect_line("ready");
    drop(running.stdin());
    running.expect_line("told");
    assert_eq!(running.exit_code(), 6);
}

fn sigterm_is_rewritten_for_them_too(init: Init) {
    let script = r#"sh -c 'trap "echo told; exit" USR1; trap "" TERM; echo ready; while :; do sleep 0.01; done' & read line; exit 6"#;
    let mut running = init.args(&["--wait=all", "-r", "TERM:USR1"]).script(script).spawn();
    running.expect_line("ready");
    drop(running.stdin());
    running.expect_line("told");
    assert_eq!(running.exit_code(), 6);
}

fn signals_reach_the_group_while_it_is_waited_for(init: Init) {
    let init = init.arg("--wait=all").program("print-signals").args(&["member", "exit=10:0", "exit=12:4"]);
    let mut running = init.spawn();
    running.ready();
    // The main child ends, and its member remains.
    let main = running.main_child();
    // SAFETY: as above.
    unsafe { libc::kill(main, libc::SIGUSR2) };
    let received = running.received();
    assert_eq!((received.by.as_str(), received.signal), ("child", libc::SIGUSR2));
    running.within("main child's end", || process::state(main).is_none().then_some(()));
    running.signal(RTMIN);
    let mut heard = Vec::new();
    while heard.last() != Some(&RTMIN) {
        let received = running.received();
        if received.by == "member" {
            heard.push(received.signal);
        }
    }
    assert!(heard.contains(&TERM), "{heard:?}");
    running.signal(libc::SIGUSR1);
    assert_eq!(running.exit_code(), 4);
}

fn a_child_alone_is_never_signalled_after_its_end(init: Init) {
    let script = r#"exec 3<&0; sh -c 'trap "echo told" TERM; echo ready; read line <&3' & exec sleep 1000"#;
    let mut running = init.args(&["-v", "-v", "--wait=all", "--forward=child"]).script(script).spawn();
    running.expect_line("ready");
    kill_main_child(&running);
    running.signal(TERM);
    running.expect_error("received SIGTERM");
    drop(running.stdin());
    assert_eq!(running.exit_code(), 137);
    assert_eq!(running.all_of_stdout(), "ready\n");
}

/// In a namespace of its own, where a process can be given the main child's pid
/// as soon as that is free again.
#[test]
fn another_group_with_the_number_of_one_that_is_gone_is_left_alone() {
    let daemon = r#"echo $0; while [ -d /proc/$0 ]; do sleep 0.01; done; echo $(($0 - 1)) >/proc/sys/kernel/ns_last_pid
        setsid sh -c 'trap "echo hit" TERM; echo $$; read line <&3' & wait"#;
    let init = Init::new().pid_1().args(&["-v", "--wait=all"]);
    let mut running = init.script(r#"exec 3<&0; setsid sh -c "$0" $$ & exec sleep 1000"#).arg(daemon).spawn();
    let main = running.line();
    kill_main_child(&running);
    running.expect_line(&main);
    running.signal(TERM);
    running.expect_error("SIGTERM not forwarded");
    drop(running.stdin());
    assert_eq!(running.exit_code(), 137);
    assert_eq!(running.all_of_stdout(), format!("{main}\n{main}\n"));
}

fn a_thousand_orphans_are_waited_for(init: Init) {
    let script = "i=0; while [ $i -lt 1000 ]; do (sleep 0.2 &); i=$((i + 1)); done; trap '' TERM; exit 8";
    assert_eq!(init.args(&["--wait=all", "--forward=child"]).script(script).code(), 8);
}

fn nobody_left_is_the_end_at_once(init: Init) {
    assert_eq!(init.arg("--wait=all").script("exit 3").code(), 3);
}

fn with_child_nobody_is_waited_for(init: Init) {
    let script = "trap '' TERM; sleep 60 & exit 4";
    let mut running = init.env("SEXTON_WAIT", "all").arg("--wait=child").script(script).spawn();
    assert_eq!(running.exit_code(), 4);
}

fn the_variable_works_under_every_name(init: Init) {
    let pid_1 = init.is_pid_1();
    for name in ["sexton", "dumb-init", "tini", "catatonit"] {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let script = "trap '' TERM; (setsid sh -c 'sleep 0.2; echo gone' &); exit 5";
        let (code, out, err) = init.named(name).env("SEXTON_WAIT", "all").arg("--").script(script).finish();
        assert_eq!((code, out.as_str(), err.as_str()), (5, "gone\n", ""), "{name}");
    }
}

in_both_modes!(
    a_daemon_that_left_the_session_is_waited_for,
    what_is_left_of_the_group_gets_sigterm_and_is_waited_for,
    sigterm_is_rewritten_for_them_too,
    signals_reach_the_group_while_it_is_waited_for,
    a_child_alone_is_never_signalled_after_its_end,
    a_thousand_orphans_are_waited_for,
    nobody_left_is_the_end_at_once,
    with_child_nobody_is_waited_for,
    the_variable_works_under_every_name,
);

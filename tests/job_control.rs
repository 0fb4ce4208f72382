//! Init as a job of an interactive shell.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Report, Shell, process};

const SLEEP: &str = "$INIT sh -c 'echo started; exec sleep 60'";

/// Init as the shell's job, which must be its only child.
fn job(shell: &Shell) -> i32 {
    shell.running.main_child()
}

#[track_caller]
fn wait_for(shell: &Shell, what: &str, mut is_so: impl FnMut() -> bool) {
    shell.running.within(what, || is_so().then_some(()));
}

fn interrupt_ends_the_job(name: &str) {
    let shell = Shell::new(name);
    shell.run(&format!("{SLEEP}; echo ended as $?"));
    shell.terminal.expect("started");
    shell.terminal.type_in("\x03");
    shell.terminal.expect("ended as 130");
    shell.expect_prompt();
}

#[test]
fn a_typed_interrupt_ends_the_job() {
    interrupt_ends_the_job("sexton");
}

#[test]
fn a_typed_interrupt_ends_a_dumb_init_job() {
    interrupt_ends_the_job("dumb-init");
}

fn suspends_and_goes_on(name: &str) {
    let shell = Shell::new(name);
    shell.run(SLEEP);
    shell.terminal.expect("started");
    let init = job(&shell);
    let child = shell.running.within("main child", || process::children(init).first().copied());
    for _ in 0..3 {
        shell.terminal.type_in("\x1a");
        shell.terminal.expect("Stopped");
        shell.expect_prompt();
        wait_for(&shell, "both stopped", || [init, child].iter().all(|&pid| process::state(pid) == Some('T')));
        shell.run("fg");
        shell.terminal.expect("exec sleep 60");
        wait_for(&shell, "both going on", || [init, child].iter().all(|&pid| process::state(pid) == Some('S')));
    }
    shell.terminal.type_in("\x03");
    shell.expect_prompt();
    shell.run("echo ended as $?");
    shell.terminal.expect("ended as ");
}

#[test]
fn a_typed_suspend_gives_the_prompt_back_and_fg_goes_on() {
    suspends_and_goes_on("sexton");
}

#[test]
fn a_typed_suspend_works_for_dumb_init_too() {
    suspends_and_goes_on("dumb-init");
}

/// Only the main child's stops are init's.
#[test]
fn a_stopped_orphan_stops_nobody_and_has_not_ended() {
    let shell = Shell::new("sexton");
    shell.run("$INIT sh -c '(sleep 60 & echo orphan made); exec sleep 60'; echo ended");
    shell.terminal.expect("orphan made");
    let init = job(&shell);
    let all = shell.running.within("main child and orphan", || <[i32; 2]>::try_from(process::children(init)).ok());
    let is_main = |pid: &&i32| process::status(**pid, "NSsid").as_deref() == Some(pid.to_string().as_str());
    let [main, orphan] = if all.iter().find(is_main) == Some(&all[1]) { [all[1], all[0]] } else { all };
    let send = |pid, signal| {
        // SAFETY: no precondition; both are children of init, and alive.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    };
    send(orphan, libc::SIGSTOP);
    wait_for(&shell, "a stopped orphan", || process::state(orphan) == Some('T'));
    // Init has looked when it has passed on what came later; the main child is woken by that too.
    send(init, libc::SIGURG);
    wait_for(&shell, "init and the main child asleep", || {
        process::status(init, "ShdPnd").is_some_and(|pending| pending.bytes().all(|digit| digit == b'0'))
            && [init, main].iter().all(|&pid| process::state(pid) == Some('S'))
    });
    assert_eq!(process::state(orphan), Some('T'));
    shell.terminal.type_in("\x03");
    shell.terminal.expect("ended");
}

#[test]
fn a_job_that_goes_on_in_the_background_leaves_the_foreground_to_the_shell() {
    let shell = Shell::new("sexton");
    shell.run(SLEEP);
    shell.terminal.expect("started");
    let init = job(&shell);
    let child = shell.running.within("main child", || process::children(init).first().copied());
    shell.terminal.type_in("\x1a");
    shell.terminal.expect("Stopped");
    shell.run("bg");
    wait_for(&shell, "both going on", || [init, child].iter().all(|&pid| process::state(pid) == Some('S')));
    shell.expect_prompt();
    assert_eq!(shell.terminal.foreground(), shell.running.pid());
}

/// Not typed, but sent to the child alone.
fn a_stop_gives_the_prompt_back(options: &str) {
    let shell = Shell::new("sexton");
    shell.run(&SLEEP.replacen(' ', options, 1));
    shell.terminal.expect("started");
    let init = job(&shell);
    let child = shell.running.within("main child", || process::children(init).first().copied());
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(child, libc::SIGSTOP) };
    shell.terminal.expect("Stopped");
    shell.expect_prompt();
    shell.run("fg");
    wait_for(&shell, "child going on", || process::state(child) == Some('S'));
    shell.terminal.wait_for_foreground_other_than(shell.running.pid());
    shell.terminal.type_in("\x03");
    shell.expect_prompt();
}

#[test]
fn a_stopped_child_stops_init_so_the_prompt_is_back() {
    a_stop_gives_the_prompt_back(" ");
}

/// Before it tells of a child's change, it looks for the signal that announces it.
#[test]
fn a_stopped_child_stops_a_verbose_init_too() {
    a_stop_gives_the_prompt_back(" -vv ");
}

#[test]
fn the_child_has_a_group_in_the_same_session_and_the_foreground() {
    let shell = Shell::new("sexton");
    let folder = Folder::new();
    let file = folder.path("report");
    shell.run(&format!("$INIT $P/report {file}"));
    let seen = Report::read(&file);
    assert_eq!(seen.get("session"), shell.running.pid().to_string());
    assert_eq!(seen.get("group"), seen.get("pid"));
    assert_eq!(seen.get("foreground"), seen.get("pid"));
    assert_eq!(seen.get("has-terminal"), "true");
    shell.expect_prompt();
    assert_eq!(shell.terminal.foreground(), shell.running.pid());
}

fn the_child_has_no_terminal(name: &str, behind: &str) {
    let shell = Shell::new(name);
    let folder = Folder::new();
    let file = folder.path("report");
    shell.run(&format!("$INIT $P/report {file} {behind}"));
    let seen = Report::read(&file);
    assert_eq!(seen.get("session"), seen.get("pid"));
    assert_eq!(seen.get("has-terminal"), "false");
    shell.expect_prompt();
}

#[test]
fn under_dumb_init_the_child_has_no_terminal() {
    the_child_has_no_terminal("dumb-init", "");
}

/// It would take the foreground from the others.
#[test]
fn in_a_pipeline_the_child_has_no_terminal() {
    the_child_has_no_terminal("sexton", "| cat");
}

fn typed_signals_arrive_once(options: &str) {
    let shell = Shell::new("sexton");
    shell.run(&format!("$INIT {options} $P/print-signals exit=10:0"));
    shell.terminal.expect("ready");
    for _ in 0..10 {
        shell.terminal.type_in("\x03");
        shell.terminal.expect("child 2 128 0 0");
        shell.terminal.type_in("\x1c");
        let between = shell.terminal.expect("child 3 128 0 0");
        assert!(!between.contains("child 2 "), "a second time: {between}");
        // This one goes through init, so init is done with the others.
        // SAFETY: no precondition; init is alive.
        unsafe { libc::kill(job(&shell), 40) };
        let between = shell.terminal.expect("child 40 ");
        assert!(!between.contains("child 3 "), "a second time: {between}");
    }
}

#[test]
fn typed_signals_arrive_once_at_a_group() {
    typed_signals_arrive_once("");
}

#[test]
fn typed_signals_arrive_once_at_a_single_child() {
    typed_signals_arrive_once("-c");
}

#[test]
fn a_shell_under_init_under_a_shell_has_job_control() {
    let shell = Shell::new("sexton");
    shell.run("$INIT bash --norc --noprofile --noediting -i");
    shell.run("stty -echo; echo inner is $((40+3))");
    shell.terminal.expect("inner is 43");
    let shown = shell.terminal.shown();
    assert!(!shown.contains("job control"), "{shown}");
    let inner = shell.terminal.foreground();
    shell.run("sh -c 'echo started; exec sleep 60'");
    shell.terminal.expect("started");
    shell.terminal.type_in("\x1a");
    shell.terminal.expect("Stopped");
    shell.run("bg >/dev/null; echo in the $((40+4))");
    shell.terminal.expect("in the 44");
    shell.run("fg");
    shell.terminal.expect("exec sleep 60");
    shell.terminal.wait_for_foreground_other_than(inner);
    // The typed interrupt also ends the list of commands that it is part of.
    shell.terminal.type_in("\x03");
    shell.run("echo ended as $?");
    shell.terminal.expect("ended as 130");
    shell.run("exit 6");
    shell.run("echo inner ended as $?");
    shell.terminal.expect("inner ended as 6");
}

fn in_the_background(name: &str) {
    let shell = Shell::new(name);
    shell.run(&format!("{SLEEP} &"));
    shell.terminal.expect("started");
    shell.expect_prompt();
    assert_eq!(shell.terminal.foreground(), shell.running.pid());
    let init = job(&shell);
    assert_ne!(process::state(init), Some('T'));
    shell.run("fg");
    shell.terminal.expect("exec sleep 60");
    shell.terminal.wait_for_foreground_other_than(shell.running.pid());
    shell.terminal.type_in("\x03");
    shell.expect_prompt();
    wait_for(&shell, "end of the job", || process::state(init).is_none());
}

#[test]
fn a_background_start_leaves_the_foreground_to_the_shell() {
    in_the_background("sexton");
}

#[test]
fn a_background_start_of_dumb_init_does_too() {
    in_the_background("dumb-init");
}

/// A group that is not in the foreground and reads is stopped by the kernel.
#[test]
fn a_background_reader_is_stopped_and_reads_after_fg() {
    let shell = Shell::new("sexton");
    shell.run("$INIT sh -c 'read line; echo read $line' &");
    shell.run("");
    let init = job(&shell);
    wait_for(&shell, "init stopped with its child", || process::state(init) == Some('T'));
    shell.run("fg");
    wait_for(&shell, "init going on", || process::state(init) == Some('S'));
    shell.run("some text");
    shell.terminal.expect("read some text");
    shell.expect_prompt();
}

/// The kernel sends HUP and CONT to all of a group that is stopped and that no
/// shell looks after any more.
#[test]
fn what_the_shells_end_sends_arrives_once_at_a_single_child() {
    let shell = Shell::new("sexton");
    let folder = Folder::new();
    let file = folder.path("signals");
    shell.run(&format!("$INIT -c $P/print-signals >{file}"));
    let received = |signal: i32| {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        text.lines().filter(|line| line.starts_with(&format!("child {signal} "))).count()
    };
    let is_ready = || std::fs::read_to_string(&file).is_ok_and(|text| text.starts_with("ready"));
    wait_for(&shell, "child ready", is_ready);
    let init = job(&shell);
    shell.terminal.type_in("\x1a");
    // A CONT takes a TSTP away that the child has not yet seen.
    wait_for(&shell, "TSTP at the child", || received(libc::SIGTSTP) > 0);
    wait_for(&shell, "init stopped", || process::state(init) == Some('T'));
    // Whoever has the foreground when a shell ends gets a HUP for that, too.
    shell.expect_prompt();
    // SAFETY: no precondition; both are alive.
    unsafe { libc::kill(shell.running.pid(), libc::SIGKILL) };
    wait_for(&shell, "CONT at the child", || received(libc::SIGCONT) > 0);
    wait_for(&shell, "init going on", || process::state(init) == Some('S'));
    // SAFETY: as above. It is forwarded after all that init got before.
    unsafe { libc::kill(init, 64) };
    wait_for(&shell, "the last signal", || received(64) > 0);
    assert_eq!([libc::SIGTSTP, libc::SIGHUP, libc::SIGCONT].map(received), [1; 3]);
}

#[test]
fn a_hang_up_ends_the_job() {
    let shell = Shell::new("sexton");
    shell.run(SLEEP);
    shell.terminal.expect("started");
    let init = job(&shell);
    shell.terminal.hang_up();
    wait_for(&shell, "end of init", || matches!(process::state(init), None | Some('Z')));
}

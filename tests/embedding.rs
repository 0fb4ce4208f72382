//! `sexton::Init`: a program that is its own init, `examples/embedded.rs`.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, Running, process, program};

const TERM: i32 = libc::SIGTERM;

/// In the place of init.
fn embedded(init: Init) -> Init {
    let mut init = init;
    init.path = program("embedded").into();
    init
}

/// The program's variable is there, and its parent is PID 1.
fn ready(running: &Running) {
    running.expect_line("ready yes 1");
}

#[test]
fn the_program_goes_on_as_a_child_of_init() {
    let mut running = embedded(Init::new().pid_1()).spawn();
    ready(&running);
    let child = running.main_child();
    assert_eq!(process::session(child), Some(child), "a session of its own");
    running.signal(TERM);
    running.expect_line("stopping at SIGTERM");
    assert_eq!(running.exit_code(), 3);
}

#[test]
fn init_ends_as_the_program_does() {
    let mut running = embedded(Init::new().pid_1()).spawn();
    ready(&running);
    running.signal(libc::SIGINT);
    assert_eq!(running.exit_code(), 0);
    let mut running = embedded(Init::new().pid_1()).spawn();
    ready(&running);
    // SAFETY: a child of init, which is not reaped before it ends.
    unsafe { libc::kill(running.main_child(), libc::SIGKILL) };
    assert_eq!(running.exit_code(), 137);
}

#[test]
fn it_is_the_program_alone_where_it_is_not_pid_1() {
    let mut running = embedded(Init::new()).spawn();
    running.expect_line(&format!("ready  {}", process::status(running.pid(), "PPid").unwrap()));
    assert_eq!(process::children(running.pid()), [0i32; 0]);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 3);
}

#[test]
fn variables_are_options_there_too() {
    let mut running =
        embedded(Init::new().pid_1()).env("SEXTON_REWRITE", "USR1:TERM").env("SEXTON_EXIT_MAP", "3:7").spawn();
    ready(&running);
    running.signal(libc::SIGUSR1);
    running.expect_line("stopping at SIGTERM");
    assert_eq!(running.exit_code(), 7);
}

#[test]
fn what_is_wrong_ends_it_before_it_begins() {
    for (name, value) in [("SEXTON_GRACE", "soon"), ("SEXTON_USER", "nobody-here"), ("SEXTON_CHDIR", "/no/such")] {
        let (code, out, err) = embedded(Init::new().pid_1()).env(name, value).finish();
        assert_eq!((code, out.as_str()), (1, ""), "{name}: {err}");
        assert!(err.contains("sexton: ") && err.contains(value), "{name}: {err}");
    }
}

#[test]
fn the_program_is_another_user_and_init_is_not() {
    let mut running = embedded(Init::new().pid_1()).env("SEXTON_USER", "5:6").spawn();
    ready(&running);
    assert_eq!(process::status(running.main_child(), "Uid").unwrap(), "5\t5\t5\t5");
    assert_eq!(process::status(running.pid(), "Uid").unwrap(), "0\t0\t0\t0");
    running.signal(TERM);
    assert_eq!(running.exit_code(), 3);
}

/// The engine is the same one: orphans are reaped, and a log is written.
#[test]
fn it_is_the_same_engine() {
    let folder = Folder::new();
    let log = folder.path("log");
    let mut running =
        embedded(Init::new().pid_1()).env("SEXTON_TERMINATION_LOG", &log).env("SEXTON_VERBOSE", "1").spawn();
    ready(&running);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 3);
    assert!(std::fs::read_to_string(log).unwrap().starts_with("exit code 3: "));
    assert!(running.all_of_stderr().contains("sexton: SIGTERM forwarded"));
}

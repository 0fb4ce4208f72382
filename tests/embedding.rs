//! `sexton::Init`: a program that is its own init, `examples/embedded.rs`, and one
//! that is so by each of its methods, `tests/programs/builder.rs`.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::io;
use std::time::{Duration, Instant};

use harness::{Folder, Init, RTMIN, Report, Running, process, program};

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

/// In the place of init, with these methods called.
fn built(init: Init, methods: &[&str]) -> Init {
    let mut init = init;
    init.path = program("builder").into();
    init.args(methods).arg("--")
}

/// The same as PID 1.
fn built_pid_1(methods: &[&str]) -> Init {
    built(Init::new().pid_1(), methods)
}

/// What a program started so says of itself.
fn report(init: Init) -> Report {
    let folder = Folder::new();
    let file = folder.path("report");
    let (code, _, err) = init.program("report").arg(&file).finish();
    assert_eq!((code, err.as_str()), (0, ""));
    Report::read(&file)
}

/// It ends with 1 and this line, and starts nothing.
#[track_caller]
fn refuses(init: Init, wrong: &str) {
    let (code, out, err) = init.script("echo started").finish();
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert_eq!(err, format!("{wrong}\n"));
}

#[test]
fn always_makes_it_init_where_it_is_not_pid_1_and_adopts_orphans() {
    let script = format!("echo $PPID; {}; read line; exit 3", process::ORPHAN);
    let mut running = built(Init::new(), &["always", "warn_on_reap"]).script(&script).spawn();
    running.expect_line(&running.pid().to_string());
    let orphan = running.line();
    running.expect_error(&format!("sexton: reaped orphan {orphan}\n"));
    drop(running.stdin());
    assert_eq!(running.exit_code(), 3);
    let parent = std::process::id();
    let (code, out, _) = built(Init::new(), &[]).script("echo $PPID").finish();
    assert_eq!((code, out), (0, format!("{parent}\n")), "without it there is no init");
}

#[test]
fn a_single_child_has_no_session_of_its_own() {
    let mut running = built_pid_1(&["single_child"]).program("print-signals").args(&["member", "exit=15:4"]).spawn();
    running.ready();
    assert_eq!(process::session(running.main_child()), process::session(running.pid()));
    for signal in [RTMIN, libc::SIGTERM] {
        running.signal(signal);
        let received = running.received();
        assert_eq!((received.by.as_str(), received.signal), ("child", signal));
    }
    assert_eq!(running.exit_code(), 4);
}

#[test]
fn signals_go_to_whom_they_are_forwarded() {
    for (method, reached) in [("forward=child", 1), ("forward=group", 2), ("forward=all", 3)] {
        let script = r#"(setsid "$0" &) ; exec "$0" member exit=15:9"#;
        let running = built_pid_1(&[method]).script(script).program("print-signals").spawn();
        // The one in another session and the main child, once it has its member.
        running.ready();
        running.ready();
        running.signal(RTMIN);
        let heard: Vec<i32> = (0..reached).map(|_| running.received().signal).collect();
        assert_eq!(heard, vec![RTMIN; reached], "{method}");
        running.signal(libc::SIGTERM);
        let next = running.received().signal;
        assert_eq!(next, libc::SIGTERM, "{method}: more than {reached} got the first");
    }
}

#[test]
fn everybody_is_waited_for() {
    let script = "exec 3<&0; (setsid sh -c 'echo daemon; read line <&3; echo gone' &); exec sleep 1000";
    let mut running = built_pid_1(&["wait_for_all"]).script(script).spawn();
    running.expect_line("daemon");
    let main = running.main_child();
    // SAFETY: a child of init, which is not reaped before it ends.
    unsafe { libc::kill(main, libc::SIGKILL) };
    running.within("main child's end", || process::state(main).is_none().then_some(()));
    assert!(running.is_running());
    drop(running.stdin());
    running.expect_line("gone");
    assert_eq!(running.exit_code(), 137);
}

#[test]
fn signals_are_rewritten_and_dropped() {
    let methods = ["rewrite=10:15", "rewrite=1:0"];
    let mut running = built_pid_1(&methods).program("print-signals").arg("exit=15:4").spawn();
    running.ready();
    running.signal(libc::SIGHUP);
    running.wait_for_empty_queue();
    running.signal(libc::SIGUSR1);
    assert_eq!(running.received().signal, libc::SIGTERM);
    assert_eq!(running.exit_code(), 4);
}

#[test]
fn deadlines_are_kept() {
    let mut running = built_pid_1(&["stop_delay=150", "grace=150"]).program("print-signals").spawn();
    running.ready();
    let start = Instant::now();
    running.signal(libc::SIGTERM);
    assert_eq!(running.received().signal, libc::SIGTERM);
    assert!(start.elapsed() >= Duration::from_millis(150), "{:?}", start.elapsed());
    assert_eq!(running.exit_code(), 137);
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}

#[test]
fn exit_codes_are_replaced() {
    assert_eq!(built_pid_1(&["exit_map=3:7", "exit_map=4:0"]).script("exit 3").code(), 7);
    assert_eq!(built_pid_1(&["exit_map=3:7", "exit_map=4:0"]).script("exit 4").code(), 0);
    let mut running = built_pid_1(&["stopped_ok"]).script("echo ready; exec sleep 60").spawn();
    running.expect_line("ready");
    running.signal(libc::SIGTERM);
    assert_eq!(running.exit_code(), 0);
}

/// Init's parent is a shell, which ends when a line comes.
#[test]
fn a_signal_comes_at_the_parents_end() {
    let mut shell = Init::new();
    shell.path = "/bin/sh".into();
    let script = r#""$0" always parent_death_signal=10 -- "$1" & read line"#;
    let shell = shell.args(&["-c", script, &program("builder")]).program("print-signals");
    let mut shell = shell.spawn();
    shell.ready();
    drop(shell.stdin());
    assert_eq!(shell.received().signal, libc::SIGUSR1);
}

#[test]
fn it_becomes_what_it_is_to_be_and_init_does_not() {
    let folder = Folder::new();
    let here = folder.path("here");
    std::fs::create_dir(&here).unwrap();
    let methods = ["user=5:6", &format!("chdir={here}"), "env=ONE:1", "env=TWO:2", "env=ONE:3", "no_new_privs"];
    let script = "id -u; pwd; echo $ONE $TWO; grep NoNewPrivs /proc/self/status; read line";
    let running = built_pid_1(&methods).script(script).spawn();
    for line in ["5", &here, "3 2", "NoNewPrivs:\t1"] {
        running.expect_line(line);
    }
    assert_eq!(process::status(running.pid(), "Uid").unwrap(), "0\t0\t0\t0");
    assert_eq!(process::status(running.pid(), "NoNewPrivs").unwrap(), "0");
    let script = "grep NoNewPrivs /proc/self/status";
    assert_eq!(built_pid_1(&[]).script(script).finish().1, "NoNewPrivs:\t0\n", "it does so unasked");
}

#[test]
fn its_end_is_put_down_and_notes_are_written() {
    let folder = Folder::new();
    let log = folder.path("log");
    let (code, _, err) = built_pid_1(&[&format!("termination_log={log}"), "verbose=1"]).script("exit 3").finish();
    assert_eq!(code, 3);
    assert_eq!(std::fs::read_to_string(log).unwrap(), format!("exit code 3: {}\n", program("builder")));
    assert!(err.ends_with("has ended; leaving with 3\n") && !err.contains("received"), "{err}");
    let (_, _, err) = built_pid_1(&["verbose=2"]).script("exit 3").finish();
    assert!(err.contains("exited with 3\n"), "{err}");
}

/// As the mask was, and so what was blocked before waits for the program.
#[test]
fn the_signal_mask_is_the_inherited_one() {
    let blocked: &'static [i32] = &[libc::SIGTERM, libc::SIGUSR1, 40];
    let mask = blocked.iter().fold(0u64, |mask, signal| mask | 1 << (signal - 1));
    assert_eq!(report(built(Init::new().pid_1().blocking(blocked), &[])).get("mask"), format!("{mask:x}"));
    assert_eq!(report(built_pid_1(&[])).get("mask"), "0");
}

/// Where it is blocked first thing: as PID 1 it would be dropped otherwise.
#[test]
fn a_signal_from_before_the_launch_reaches_the_program() {
    for single in [&["single_child"][..], &[]] {
        let init = Init::new().pid_1().blocking(&[libc::SIGTERM]).before(|| {
            nix::sys::signal::kill(nix::unistd::getpid(), nix::sys::signal::Signal::SIGTERM)?;
            Ok(())
        });
        let mut running = built(init, single).program("print-signals").arg("exit=15:3").spawn();
        running.ready();
        assert_eq!(running.received().signal, libc::SIGTERM);
        assert_eq!(running.exit_code(), 3);
    }
}

#[test]
fn listen_pid_names_the_child_where_it_named_init() {
    // As strtol reads it.
    for named in ["1", " +01x"] {
        let seen = report(built_pid_1(&[]).env("LISTEN_PID", named));
        assert_eq!(seen.env("LISTEN_PID"), Some(seen.get("pid")), "{named:?}");
    }
    for other in ["77", "", "x"] {
        assert_eq!(report(built_pid_1(&[]).env("LISTEN_PID", other)).env("LISTEN_PID"), Some(other));
    }
    assert_eq!(report(built_pid_1(&[])).env("LISTEN_PID"), None);
}

/// The program does not write it itself: what was printed is there by then, once.
#[test]
fn what_was_printed_before_is_written_once_and_first() {
    let (code, out, _) = built_pid_1(&["print=before, "]).script("echo after").finish();
    assert_eq!((code, out.as_str()), (0, "before, after\n"));
}

#[test]
fn beside_a_thread_there_is_no_init() {
    refuses(built_pid_1(&["thread"]), "sexton: there are threads already: call it first");
    refuses(built(Init::new(), &["always", "thread"]), "sexton: there are threads already: call it first");
    assert_eq!(built(Init::new(), &["thread"]).script("exit 3").code(), 3, "where there is nothing to do");
}

#[test]
fn what_is_wrong_is_told_in_the_command_lines_words() {
    for (method, option, value) in [
        ("user", "--user", "5:"),
        ("rewrite", "--rewrite", "9:15"),
        ("rewrite", "--rewrite", "17:0"),
        ("termination_log", "--termination-log", "log"),
    ] {
        let (_, _, err) = Init::new().arg(format!("{option}={value}")).script("echo started").finish();
        assert!(err.starts_with("sexton: ") && err.contains(&format!("'{value}'")), "{err}");
        refuses(built_pid_1(&[&format!("{method}={value}")]), err.trim_end());
    }
    for (name, value) in [("SEXTON_GRACE", "soon"), ("SEXTON_EXIT_MAP", "256"), ("SEXTON_VERBOSE", "loud")] {
        let (_, _, err) = Init::new().env(name, value).script("echo started").finish();
        assert!(err.starts_with(&format!("sexton: {name} '{value}'")), "{err}");
        refuses(built_pid_1(&["environment"]).env(name, value), err.trim_end());
    }
    let (_, _, err) = Init::new().args(&["-c", "--forward=group"]).script("echo started").finish();
    refuses(built_pid_1(&["single_child", "forward=group"]), err.trim_end());
    let (_, _, err) = Init::new().arg("--forward=all").script("echo started").finish();
    refuses(built(Init::new(), &["always", "forward=all"]), err.trim_end());
}

/// The kernel's own error, not one that stands for all.
#[test]
fn why_there_is_no_child_is_told() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    for (errno, text) in [(libc::EPERM, "Operation not permitted"), (libc::ENOMEM, "Cannot allocate memory")] {
        let here = std::env::consts::ARCH.try_into().unwrap();
        let refuse = SeccompAction::Errno(errno.cast_unsigned());
        let filter = SeccompFilter::new([(libc::SYS_clone, vec![])].into(), SeccompAction::Allow, refuse, here);
        let filter: BpfProgram = filter.unwrap().try_into().unwrap();
        let init = Init::new()
            .pid_1()
            .before(move || seccompiler::apply_filter(&filter).map_err(|_| io::Error::last_os_error()));
        refuses(built(init, &[]), &format!("sexton: cannot make a child: {text}"));
    }
}

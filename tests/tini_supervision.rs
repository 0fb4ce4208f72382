//! Under the name tini: what the child gets, what is forwarded, how it ends.
//!
//! With `INIT_UNDER_TEST=/usr/bin/tini` all pass but those in `unlike_tini`,
//! which tell of deliberate differences.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, RTMAX, RTMIN, Report, in_both_modes, process};

const USR1: i32 = libc::SIGUSR1;
const TERM: i32 = libc::SIGTERM;

/// Neither of the two reaches the program.
const DROPPED: [i32; 2] = [libc::SIGTTIN, libc::SIGTTOU];

/// Those that tini leaves at their defaults, so that they kill it.
const SYNCHRONOUS: [i32; 7] =
    [libc::SIGILL, libc::SIGTRAP, libc::SIGABRT, libc::SIGBUS, libc::SIGFPE, libc::SIGSEGV, libc::SIGSYS];

fn tini(init: Init) -> Init {
    init.named("tini").env("TINI_SUBREAPER", "")
}

fn report(init: Init) -> Report {
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.program("report").arg(&file).code(), 0);
    Report::read(&file)
}

fn the_child_leads_a_group_in_inits_session(init: Init) {
    let seen = report(tini(init));
    assert_eq!(seen.get("group"), seen.get("pid"));
    assert_ne!(seen.get("session"), seen.get("pid"));
}

fn the_childs_mask_and_dispositions_are_those_of_the_start(init: Init) {
    let init = tini(init).ignoring(&[libc::SIGTTOU, libc::SIGSEGV, libc::SIGINT, libc::SIGPIPE]);
    let seen = report(init.blocking(&[libc::SIGTTIN, libc::SIGILL, TERM]));
    assert_eq!(seen.get("ignored"), "2,11,13,22");
    assert_eq!(seen.get("mask"), format!("{:x}", 1 << (libc::SIGTTIN - 1) | 1 << (libc::SIGILL - 1) | 1 << (TERM - 1)));
}

fn a_signal_goes_to_the_child_alone(init: Init) {
    the_child_alone_gets_a_signal(tini(init));
}

fn the_child_alone_gets_a_signal(init: Init) {
    let running = init.program("print-signals").arg("member").spawn();
    running.ready();
    for signal in [USR1, libc::SIGHUP, USR1] {
        running.signal(signal);
        let got = running.received();
        assert_eq!((got.signal, got.by.as_str()), (signal, "child"));
    }
}

fn the_whole_group_gets_a_signal(init: Init) {
    let running = init.program("print-signals").arg("member").spawn();
    running.ready();
    running.signal(USR1);
    let mut by = [running.received().by, running.received().by];
    by.sort();
    assert_eq!(by, ["child", "member"]);
}

fn the_whole_group_gets_signals_with_g(init: Init) {
    the_whole_group_gets_a_signal(tini(init).arg("-g"));
}

fn the_whole_group_gets_signals_with_the_variable_set_to_anything(init: Init) {
    the_whole_group_gets_a_signal(tini(init).env("TINI_KILL_PROCESS_GROUP", ""));
}

fn what_remains_of_the_group_is_left_alone(init: Init) {
    let pid_1 = init.is_pid_1();
    let mut running = tini(init).args(&["-g", "--", "sh", "-c", "sleep 60 & echo $!; exit 4"]).spawn();
    let rest: i32 = running.line().parse().unwrap();
    assert_eq!(running.exit_code(), 4);
    // With PID 1 the kernel ends its namespace.
    assert!(pid_1 || process::state(rest).is_some_and(|state| state != 'Z'));
}

fn every_other_signal_is_forwarded_and_init_goes_on(init: Init) {
    let running = tini(init).program("print-signals").spawn();
    running.ready();
    let not = |s: &i32| [9, 17, 19, 32, 33].contains(s) || SYNCHRONOUS.contains(s) || DROPPED.contains(s);
    for signal in (1..=RTMAX).filter(|signal| !not(signal)) {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
}

fn tstp_is_forwarded_and_ttin_and_ttou_are_dropped(init: Init) {
    let running = tini(init).program("print-signals").spawn();
    running.ready();
    for signal in DROPPED {
        running.signal(signal);
    }
    running.signal(libc::SIGTSTP);
    running.signal(RTMIN);
    assert_eq!(running.received_until(RTMIN), [libc::SIGTSTP]);
    assert_ne!(process::state(running.pid()), Some('T'));
}

fn the_exit_code_is_the_childs(init: Init) {
    let pid_1 = init.is_pid_1();
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        assert_eq!(tini(init).args(&["--", "sh", "-c", script]).code(), code, "{script}");
    }
}

fn a_signals_code_can_be_remapped(init: Init) {
    let mut running = tini(init).args(&["-e", "143", "sleep", "60"]).spawn();
    let child = running.main_child();
    running.within("the program", || process::status(child, "Name").filter(|name| name == "sleep"));
    running.signal(TERM);
    assert_eq!(running.exit_code(), 0);
}

fn a_code_that_is_not_listed_stays(init: Init) {
    let mut args: Vec<String> = (0..=255).filter(|code| *code != 7).map(|code| format!("-e{code}")).collect();
    args.extend(["--", "sh", "-c", "exit 7"].map(String::from));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    assert_eq!(tini(init).args(&args).code(), 7);
}

fn why_a_program_is_not_executed_tells_the_code(init: Init) {
    let pid_1 = init.is_pid_1();
    let folder = Folder::new();
    let plain = folder.file("plain", "#!/bin/sh\n", 0o644);
    let below = folder.path("plain/x");
    for (program, code, why) in [
        ("/no/such/program", 127, "No such file or directory"),
        ("no-such-program", 127, "No such file or directory"),
        ("", 127, "No such file or directory"),
        (plain.as_str(), 126, "Permission denied"),
        ("/etc", 126, "Permission denied"),
        (below.as_str(), 1, "Not a directory"),
    ] {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let (got, out, err) = tini(init).args(&["--", program]).finish();
        assert_eq!((got, out.as_str()), (code, ""), "{program}: {err}");
        let rest = err.strip_prefix("[FATAL tini (").unwrap_or_else(|| panic!("{err}"));
        let (pid, rest) = rest.split_once(')').unwrap();
        // The child's, which fails, not init's.
        assert!(pid.parse::<i32>().is_ok_and(|pid| pid > 1), "{err}");
        assert_eq!(rest, format!("] exec {program} failed: {why}\n"));
    }
}

fn the_code_of_a_missing_program_can_be_remapped(init: Init) {
    assert_eq!(tini(init).args(&["-e", "127", "no-such-program"]).code(), 0);
}

fn a_script_without_a_first_line_is_the_shells(init: Init) {
    let folder = Folder::new();
    let script = folder.file("script", "exit $(($1 + 2))\n", 0o755);
    assert_eq!(tini(init).args(&[&script, "3"]).code(), 5);
}

#[test]
fn it_adopts_orphans_only_as_a_subreaper() {
    let adopts = |init: Init| {
        let script = "(sleep 60 & echo $!) ; echo ready; read line";
        let running = init.args(&["--", "sh", "-c", script]).spawn();
        let orphan: i32 = running.line().parse().unwrap();
        running.expect_line("ready");
        let parent = || process::stat(orphan, 4).filter(|parent| *parent != running.main_child());
        running.within("new parent", || parent().filter(|parent| process::state(*parent) != Some('Z'))) == running.pid()
    };
    assert!(adopts(Init::new().named("tini").arg("-s")));
    assert!(adopts(Init::new().named("tini").env("TINI_SUBREAPER", "0")));
    assert!(!adopts(Init::new().named("tini")));
}

mod unlike_tini {
    use super::*;

    fn signals_of_faults_are_forwarded_if_a_process_sends_them(init: Init) {
        let running = tini(init).program("print-signals").spawn();
        running.ready();
        for signal in SYNCHRONOUS.into_iter().chain([32, 33]) {
            running.signal(signal);
            assert_eq!(running.received().signal, signal);
        }
    }

    /// Whatever their order, which is the engine's.
    fn sextons_variable_counts_for_more(init: Init) {
        let init = tini(init).env("SEXTON_FORWARD", "child").env("TINI_KILL_PROCESS_GROUP", "");
        the_child_alone_gets_a_signal(init);
    }

    /// A TERM that may not be sent is no reason to end the container.
    fn a_child_that_became_someone_else_is_not_fatal(init: Init) {
        let someone = 12345.into();
        let init = init.before(move || Ok(nix::unistd::setresuid(someone, someone, someone)?));
        let folder = Folder::new();
        // A copy that belongs to another user and becomes that one.
        let copy = folder.copy(harness::program("print-signals"), "print-signals");
        nix::unistd::chown(copy.as_str(), Some(23456.into()), None).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o4755);
        std::fs::set_permissions(&copy, mode).unwrap();
        let mut running = tini(init).args(&[&copy, "uid=23456", "exit=10:6"]).spawn();
        running.ready();
        let child = running.main_child();
        running.signal(TERM);
        running.within("empty queue", || {
            let pending = process::status(running.pid(), "ShdPnd")?;
            pending.bytes().all(|digit| digit == b'0').then_some(())
        });
        // SAFETY: the child is alive.
        unsafe { libc::kill(child, USR1) };
        assert_eq!(running.exit_code(), 6);
    }

    fn an_ignored_sigchld_loses_no_status(init: Init) {
        assert_eq!(tini(init).ignoring(&[libc::SIGCHLD]).args(&["--", "sh", "-c", "exit 9"]).code(), 9);
    }

    fn a_closed_stdin_is_no_failure(init: Init) {
        let init = tini(init).before(|| {
            // SAFETY: closes standard input of the new process.
            unsafe { libc::close(0) };
            Ok(())
        });
        assert_eq!(init.arg("true").finish(), (0, String::new(), String::new()));
    }

    fn a_queued_value_arrives(init: Init) {
        let running = tini(init).program("print-signals").spawn();
        running.ready();
        running.queue(RTMIN, 77);
        assert_eq!(running.received().value, 77);
    }

    fn the_working_directory_is_left(init: Init) {
        let folder = Folder::new();
        let running = tini(init).cwd(folder.path("")).program("print-signals").spawn();
        running.ready();
        let cwd = || std::fs::read_link(format!("/proc/{}/cwd", running.pid())).ok();
        running.within("init in /", || cwd().filter(|cwd| cwd.as_os_str() == "/"));
    }

    in_both_modes!(
        signals_of_faults_are_forwarded_if_a_process_sends_them,
        sextons_variable_counts_for_more,
        a_child_that_became_someone_else_is_not_fatal,
        an_ignored_sigchld_loses_no_status,
        a_closed_stdin_is_no_failure,
        a_queued_value_arrives,
        the_working_directory_is_left,
    );
}

in_both_modes!(
    the_child_leads_a_group_in_inits_session,
    the_childs_mask_and_dispositions_are_those_of_the_start,
    a_signal_goes_to_the_child_alone,
    the_whole_group_gets_signals_with_g,
    the_whole_group_gets_signals_with_the_variable_set_to_anything,
    what_remains_of_the_group_is_left_alone,
    every_other_signal_is_forwarded_and_init_goes_on,
    tstp_is_forwarded_and_ttin_and_ttou_are_dropped,
    the_exit_code_is_the_childs,
    a_signals_code_can_be_remapped,
    a_code_that_is_not_listed_stays,
    why_a_program_is_not_executed_tells_the_code,
    the_code_of_a_missing_program_can_be_remapped,
    a_script_without_a_first_line_is_the_shells,
);

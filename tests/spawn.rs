//! What the main child is started with: exactly what init was started with.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::collections::BTreeSet;

use harness::{Folder, Init, Report, in_both_modes, process};

/// Runs `report` to its end.
fn report(init: Init) -> Report {
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.program("report").arg(&file).finish(), (0, String::new(), String::new()));
    Report::read(&file)
}

fn mask(signals: &[i32]) -> String {
    format!("{:x}", signals.iter().fold(0u64, |mask, signal| mask | 1 << (signal - 1)))
}

const SOME: &[i32] = &[1, 10, 14, 17, 32, 34, 64];

fn the_signal_mask_is_the_one_init_was_started_with(init: Init) {
    assert_eq!(report(init.blocking(SOME)).get("mask"), mask(SOME));
}

fn nothing_is_blocked_if_nothing_was(init: Init) {
    assert_eq!(report(init).get("mask"), "0");
}

fn dumb_init_empties_the_mask(init: Init) {
    assert_eq!(report(init.named("dumb-init").blocking(&[1, 10, 14, 15, 17, 64])).get("mask"), "0");
}

fn ignored_signals_stay_ignored(init: Init) {
    let init = init.ignoring(&[1, 13, 15, 17, 20, 32, 33, 34, 64]);
    assert_eq!(report(init).get("ignored"), "1,13,15,17,20,32,33,34,64");
}

fn none_is_ignored_if_none_was(init: Init) {
    assert_eq!(report(init).get("ignored"), "");
}

fn dumb_init_resets_all_but_the_real_time_signals(init: Init) {
    let init = init.named("dumb-init").ignoring(&[1, 2, 13, 15, 17, 20, 31, 34, 64]);
    assert_eq!(report(init).get("ignored"), "34,64");
}

fn list(numbers: impl Iterator<Item = i32>) -> String {
    let all: BTreeSet<i32> = numbers.collect();
    all.iter().map(i32::to_string).collect::<Vec<_>>().join(",")
}

fn a_thousand_descriptors_are_inherited_and_no_other(init: Init) {
    // With gaps, into which init's own must not leak.
    let numbers = (3..2003).filter(|fd| fd % 2 == 0).chain(4000..4002);
    let seen = report(init.with_descriptors(numbers.clone()));
    assert_eq!(seen.get("fds"), list((0..3).chain(numbers)));
}

fn no_descriptor_of_inits_own_is_inherited(init: Init) {
    assert_eq!(report(init).get("fds"), "0,1,2");
}

fn a_single_child_inherits_no_other_descriptor(init: Init) {
    assert_eq!(report(init.arg("-c")).get("fds"), "0,1,2");
}

/// All eight combinations, the empty one included.
fn closed_standard_descriptors_stay_closed(init: Init) {
    let pid_1 = init.is_pid_1();
    for closed in 0..8 {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let is_open = move |fd: &i32| closed >> fd & 1 == 0;
        let init = init.before(move || {
            for fd in (0..3).filter(|fd| !is_open(fd)) {
                // SAFETY: closes a standard descriptor of the new process.
                unsafe { libc::close(fd) };
            }
            Ok(())
        });
        let folder = Folder::new();
        let file = folder.path("report");
        let script = "$0 $1.1; : > $1.go; while [ -e $1.go ]; do sleep 0.01; done; exit 0";
        let program = harness::program("report");
        // The shell itself opens nothing that it keeps below 10.
        let mut running = init.args(&["/bin/sh", "-c", script, &program, &file]).spawn();
        let seen = Report::read(&format!("{file}.1"));
        assert_eq!(seen.get("fds"), list((0..3).filter(is_open)), "closed: {closed:#05b}");
        // Nor are they taken by init itself, once it has moved its own.
        let go = format!("{file}.go");
        running.within("the go file", || std::fs::exists(&go).unwrap().then_some(()));
        running.wait_until_settled();
        running.within(&format!("init without the descriptors closed in {closed:#05b}"), || {
            let own = process::descriptors(running.pid());
            own.iter().all(|(fd, _)| *fd > 2 || is_open(fd)).then_some(())
        });
        std::fs::remove_file(go).unwrap();
        assert_eq!(running.exit_code(), 0);
    }
}

fn init_keeps_only_its_own_descriptors(init: Init) {
    // Init's own get the numbers left out, so some are to close on every side.
    let numbers = (3..1000).filter(|fd| ![50, 100, 150, 200].contains(fd));
    let running = init.with_descriptors(numbers).program("print-signals").spawn();
    running.ready();
    running.within("init with few descriptors", || {
        let own = process::descriptors(running.pid());
        let targets: Vec<&str> = own.iter().skip(3).map(|(_, target)| target.as_str()).collect();
        let all_known =
            targets.iter().all(|target| ["signalfd", "eventpoll", "pidfd"].iter().any(|own| target.contains(own)));
        (own.len() == 6 && all_known).then_some(())
    });
}

fn the_working_directory_is_kept_and_init_leaves_it(init: Init) {
    let folder = Folder::new();
    let folder = std::fs::canonicalize(folder.path(".")).unwrap();
    let running = init.cwd(&folder).script("pwd; read line").spawn();
    running.expect_line(folder.to_str().unwrap());
    let path = format!("/proc/{}/cwd", running.pid());
    let cwd = || (std::fs::read_link(&path).ok()?.to_str()? == "/").then_some(());
    running.within("init in /", cwd);
    std::fs::remove_dir(&folder).unwrap();
}

fn the_environment_is_kept(init: Init) {
    let init = init.env("ONE", "1").env("EMPTY", "").env("ODD", "a=b\tc").env("LISTEN_FDS", "3");
    let seen = report(init.env("LISTEN_PID", "99999").env("DUMB_INIT_DEBUG", "0"));
    let mut names: Vec<&str> = seen.all("env").iter().map(|line| line.split('=').next().unwrap()).collect();
    names.sort_unstable();
    let mark = process::MARK;
    let expected = ["DUMB_INIT_DEBUG", "EMPTY", mark, "LC_ALL", "LISTEN_FDS", "LISTEN_PID", "ODD", "ONE", "PATH"];
    assert_eq!(names, expected);
    assert_eq!(seen.env("ODD"), Some("a=b\tc"));
    assert_eq!(seen.env("EMPTY"), Some(""));
    assert_eq!(seen.env("LISTEN_FDS"), Some("3"));
    assert_eq!(seen.env("LISTEN_PID"), Some("99999"));
}

/// The shell becomes init, so LISTEN_PID names it.
/// What a program sees of sockets that were meant for init, whose pid is spelt so.
fn with_sockets(init: Init, listen_pid: &str) -> Report {
    let path = init.path.to_str().unwrap().to_owned();
    let folder = Folder::new();
    let file = folder.path("report");
    let mut shell = init;
    shell.path = "/bin/sh".into();
    let script = format!("export LISTEN_PID={listen_pid} LISTEN_FDS=2; exec \"$@\"");
    let shell = shell.args(&["-c", &script, "sh", &path]).program("report").arg(&file);
    assert_eq!(shell.code(), 0);
    Report::read(&file)
}

fn listen_pid_is_rewritten_if_it_named_init(init: Init) {
    let seen = with_sockets(init, "$$");
    assert_eq!(seen.env("LISTEN_PID"), Some(seen.get("pid")));
    assert_eq!(seen.env("LISTEN_FDS"), Some("2"));
}

/// As strtol reads it, which catatonit calls.
fn listen_pid_may_have_a_blank_and_a_sign(init: Init) {
    let seen = with_sockets(init, "\" +$$\"");
    assert_eq!(seen.env("LISTEN_PID"), Some(seen.get("pid")));
}

fn the_child_leads_a_session_of_its_own(init: Init) {
    let seen = report(init);
    let pid = seen.get("pid");
    assert_eq!((seen.get("group"), seen.get("session")), (pid, pid));
}

fn forward_child_gives_a_session_too(init: Init) {
    let seen = report(init.arg("--forward=child"));
    let pid = seen.get("pid");
    assert_eq!((seen.get("group"), seen.get("session")), (pid, pid));
}

/// A single child stays where init is; the harness made init a leader.
fn a_single_child_shares_inits_group_and_session(init: Init) {
    let seen = report(init.arg("-c"));
    let parent = seen.get("parent");
    assert_eq!((seen.get("group"), seen.get("session")), (parent, parent));
}

fn arguments_are_passed_as_they_are(init: Init) {
    let folder = Folder::new();
    let file = folder.path("report");
    let init = init.arg("-v").program("report").arg(&file).args(&["-c", "", "--", "-V", "a b"]);
    assert_eq!(init.code(), 0);
    let seen = Report::read(&file);
    assert_eq!(seen.all("argument")[1..], [&file, "-c", "", "--", "-V", "a b"]);
}

/// The main child's end wakes init by itself, and not by its SIGCHLD alone.
fn the_poll_waits_for_signals_and_for_the_main_child(init: Init) {
    let running = init.program("print-signals").spawn();
    running.ready();
    let folder = format!("/proc/{}/fd", running.pid());
    let is = |name: &str, what: &str| {
        std::fs::read_link(format!("{folder}/{name}")).is_ok_and(|to| to.to_str().is_some_and(|to| to.contains(what)))
    };
    running.within("poll for a signalfd and a pidfd", || {
        let all = std::fs::read_dir(&folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let poll = all.into_iter().find(|name| is(name, "eventpoll"))?;
        // proc_pid_fdinfo(5): a line "tfd: NUMBER ..." for each that it waits for.
        let text = std::fs::read_to_string(format!("/proc/{}/fdinfo/{poll}", running.pid())).ok()?;
        let waits = |what: &str| {
            text.lines()
                .filter_map(|line| line.strip_prefix("tfd:"))
                .any(|line| line.split_whitespace().next().is_some_and(|number| is(number, what)))
        };
        (waits("signalfd") && waits("pidfd")).then_some(())
    });
}

in_both_modes!(
    the_poll_waits_for_signals_and_for_the_main_child,
    the_signal_mask_is_the_one_init_was_started_with,
    nothing_is_blocked_if_nothing_was,
    dumb_init_empties_the_mask,
    ignored_signals_stay_ignored,
    none_is_ignored_if_none_was,
    dumb_init_resets_all_but_the_real_time_signals,
    a_thousand_descriptors_are_inherited_and_no_other,
    no_descriptor_of_inits_own_is_inherited,
    a_single_child_inherits_no_other_descriptor,
    closed_standard_descriptors_stay_closed,
    init_keeps_only_its_own_descriptors,
    the_working_directory_is_kept_and_init_leaves_it,
    the_environment_is_kept,
    listen_pid_is_rewritten_if_it_named_init,
    listen_pid_may_have_a_blank_and_a_sign,
    the_child_leads_a_session_of_its_own,
    forward_child_gives_a_session_too,
    a_single_child_shares_inits_group_and_session,
    arguments_are_passed_as_they_are,
);

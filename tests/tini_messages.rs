//! Under the name tini: what it says, at which level, and on which stream.
//!
//! With `INIT_UNDER_TEST=/usr/bin/tini` all pass.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Init, PATIENCE, RTMIN, in_both_modes, process};

/// The lines, with N for every pid.
fn lines(text: &str) -> Vec<String> {
    let hidden = |line: &str| {
        let mut line = line.to_owned();
        for before in ["tini (", "pid '", "pid: '", "pid="] {
            let Some(start) = line.find(before).map(|at| at + before.len()) else { continue };
            let len = line[start..].bytes().take_while(u8::is_ascii_digit).count();
            line.replace_range(start..start + len, "N");
        }
        line
    };
    let cut = |line: String| if line.starts_with(FIX) { FIX.to_owned() } else { line };
    text.lines().map(hidden).map(cut).collect()
}

#[track_caller]
fn says(init: Init, code: i32, out: &[&str], err: &[&str]) {
    let (got, stdout, stderr) = init.finish();
    assert_eq!(got, code, "{stderr}");
    assert_eq!(lines(&stdout), out, "on stdout");
    assert_eq!(lines(&stderr), err, "on stderr");
}

fn subreaper(init: Init) -> Init {
    init.named("tini").env("TINI_SUBREAPER", "")
}

const WARNING: [&str; 3] = [
    "[WARN  tini (N)] Tini is not running as PID 1 and isn't registered as a child subreaper.",
    "Zombie processes will not be re-parented to Tini, so zombie reaping won't work.",
    FIX,
];
/// The third line, whose rest is in each program's own words.
const FIX: &str = "To fix the problem, use the -s option";
const SPAWNED: &str = "[INFO  tini (N)] Spawned child process 'sh' with pid 'N'";
const SIGCHLD: &str = "[DEBUG tini (N)] Received SIGCHLD";
const REAPED: &str = "[DEBUG tini (N)] Reaped child with pid: 'N'";
const EXITED: &str = "[INFO  tini (N)] Main child exited normally (with status '5')";

#[test]
fn it_warns_where_orphans_are_not_its_own() {
    let tini = || Init::new().named("tini");
    says(tini().arg("true"), 0, &[], &WARNING);
    says(tini().arg("true").env("TINI_VERBOSITY", "1"), 0, &[], &WARNING);
    let missing = "[FATAL tini (N)] exec no-such-program failed: No such file or directory";
    let err = [&WARNING[..], &[missing]].concat();
    says(tini().arg("no-such-program"), 127, &[], &err);
    says(tini().arg("no-such-program").env("TINI_VERBOSITY", "0"), 127, &[], &[missing]);
}

#[test]
fn it_does_not_warn_if_orphans_come_to_it() {
    let tini = || Init::new().named("tini").arg("true");
    says(tini().arg("-s"), 0, &[], &[]);
    says(tini().env("TINI_SUBREAPER", ""), 0, &[], &[]);
    says(tini().pid_1(), 0, &[], &[]);
    let inherited = tini().before(|| {
        // SAFETY: takes no pointers.
        unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) };
        Ok(())
    });
    says(inherited, 0, &[], &[]);
}

#[test]
fn level_0_silences_the_warning() {
    for silent in ["0", "", "x", "4294967296"] {
        says(Init::new().named("tini").env("TINI_VERBOSITY", silent).args(&["-vvv", "true"]), 0, &[], &[]);
    }
}

const END: [&str; 4] = ["--", "sh", "-c", "exit 5"];

fn one_v_tells_of_the_start_and_the_end(init: Init) {
    says(subreaper(init).arg("-v").args(&END), 5, &[SPAWNED, EXITED], &[]);
}

fn two_tell_what_is_received_and_reaped(init: Init) {
    says(subreaper(init).arg("-vv").args(&END), 5, &[SPAWNED, SIGCHLD, REAPED, EXITED], &[]);
}

fn the_variable_replaces_what_options_asked_for(init: Init) {
    says(subreaper(init).arg("-vvvv").args(&END).env("TINI_VERBOSITY", " +2x"), 5, &[SPAWNED, EXITED], &[]);
}

fn three_tell_also_why_it_ends(init: Init) {
    let (code, out, err) = subreaper(init).env("TINI_VERBOSITY", "-1").args(&END).finish();
    assert_eq!((code, err.as_str()), (5, ""));
    let out = lines(&out);
    assert_eq!(out.last().unwrap(), "[TRACE tini (N)] Exiting: child has exited");
    assert!([SPAWNED, SIGCHLD, REAPED, EXITED].iter().all(|line| out.iter().any(|said| said == line)), "{out:?}");
}

fn signals_that_pass_are_told(init: Init) {
    let mut running = subreaper(init).arg("-vv").program("print-signals").arg("exit=15:5").spawn();
    let signals = [libc::SIGWINCH, RTMIN, libc::SIGTERM];
    // The program's lines mix with init's.
    running.stdout.until("ready ", PATIENCE).expect("the program");
    for signal in signals {
        running.signal(signal);
        running.stdout.until(&format!("child {signal} "), PATIENCE).expect("the signal's arrival");
    }
    assert_eq!(running.exit_code(), 5);
    let passing = running.all_of_stdout().matches("] Passing signal: '").count();
    assert_eq!(passing, signals.len());
}

fn a_death_by_signal_is_told(init: Init) {
    let (code, out, err) = subreaper(init).args(&["-v", "--", "sh", "-c", "kill -KILL $$"]).finish();
    assert_eq!((code, err.as_str()), (137, ""));
    let text = "[INFO  tini (N)] Main child exited with signal (with signal '";
    assert!(lines(&out)[1].starts_with(text), "{out}");
}

fn w_warns_of_each_orphan_that_is_reaped(init: Init) {
    let script = format!("{}; read line", process::ORPHAN);
    let mut running = subreaper(init).args(&["-w", "--", "sh", "-c", &script]).spawn();
    let orphan = running.line();
    running.expect_error("Reaped zombie process with pid=");
    drop(running.stdin());
    assert_eq!(running.exit_code(), 1);
    assert_eq!(lines(&running.all_of_stderr()), ["[WARN  tini (N)] Reaped zombie process with pid=N"]);
    assert_eq!(running.all_of_stdout(), format!("{orphan}\n"));
}

in_both_modes!(
    one_v_tells_of_the_start_and_the_end,
    two_tell_what_is_received_and_reaped,
    the_variable_replaces_what_options_asked_for,
    three_tell_also_why_it_ends,
    signals_that_pass_are_told,
    a_death_by_signal_is_told,
    w_warns_of_each_orphan_that_is_reaped,
);

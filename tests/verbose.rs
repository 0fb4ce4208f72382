//! What is said when asked to be verbose, and that saying it harms nothing.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::process::Stdio;

use nix::sys::resource::{Resource, setrlimit};

use harness::{Folder, Init, Terminal, in_both_modes, process};

const TERM: i32 = libc::SIGTERM;
const USR1: i32 = libc::SIGUSR1;

/// The lines of dumb-init, without its name, and with the child's pid as P.
fn lines(text: &str) -> Vec<String> {
    let word = "spawned with PID ";
    let pid = text.split(word).nth(1).and_then(|rest| rest.split('.').next()).unwrap_or("?");
    let own = |line: &str| {
        let line = line.strip_prefix("[dumb-init] ").unwrap_or_else(|| panic!("{line} in {text}"));
        line.replace(&format!("PID {pid}"), "PID P")
    };
    text.lines().map(own).collect()
}

/// Those of the child, which are mixed with init's as it happens, taken out.
fn without_the_childs(mut lines: Vec<String>) -> (Vec<String>, Vec<String>) {
    let is_childs = |line: &String| line.starts_with("Unable to attach") || line.starts_with("setsid");
    let childs = lines.extract_if(.., |line| is_childs(line)).collect();
    (lines, childs)
}

const DETACH: &str = "Unable to detach from controlling tty (errno=25 Inappropriate ioctl for device).";
const ATTACH: &str = "Unable to attach to controlling tty (errno=25 Inappropriate ioctl for device).";
const SPAWNED: &str = "Child spawned with PID P.";

fn dumb_init_tells_of_a_whole_life(init: Init) {
    let init = init.named("dumb-init").args(&["-v", "sh", "-c", "exit 3"]);
    let (code, out, err) = init.finish();
    assert_eq!((code, out.as_str()), (3, ""));
    let (init, child) = without_the_childs(lines(&err));
    assert_eq!(child, [ATTACH, "setsid complete."]);
    let expected = [
        DETACH,
        SPAWNED,
        "Received signal 17.",
        "A child with PID P exited with exit status 3.",
        "Forwarded signal 15 to children.",
        "Child exited with status 3. Goodbye.",
    ];
    assert_eq!(init, expected);
}

fn dumb_init_tells_of_a_program_that_is_missing(init: Init) {
    let (code, out, err) = init.named("dumb-init").args(&["-v", "/nowhere"]).finish();
    assert_eq!((code, out.as_str()), (2, ""));
    let (mut init, child) = without_the_childs(lines(&err));
    // The child's line and init's own come in either order.
    let failure = init.iter().position(|line| line == "/nowhere: No such file or directory");
    init.remove(failure.expect(&err));
    assert_eq!(child, [ATTACH, "setsid complete."]);
    let expected = [
        DETACH,
        SPAWNED,
        "Received signal 17.",
        "A child with PID P exited with exit status 2.",
        "Forwarded signal 15 to children.",
        "Child exited with status 2. Goodbye.",
    ];
    assert_eq!(init, expected);
}

fn dumb_init_tells_of_its_variables(init: Init) {
    let init = init.named("dumb-init").env("DUMB_INIT_DEBUG", "1").env("DUMB_INIT_SETSID", "0");
    let expected = [
        "Running in debug mode.",
        "Not running in setsid mode.",
        SPAWNED,
        "Received signal 17.",
        "A child with PID P exited with exit status 0.",
        "Forwarded signal 15 to children.",
        "Child exited with status 0. Goodbye.",
    ];
    assert_eq!(lines(&init.arg("true").finish().2), expected);
}

fn dumb_init_tells_of_a_death_by_signal(init: Init) {
    let init = init.named("dumb-init").args(&["-vc", "sh", "-c", "kill -9 $$"]);
    let expected = [
        SPAWNED,
        "Received signal 17.",
        "A child with PID P was terminated by signal 9.",
        "Forwarded signal 15 to children.",
        "Child exited with status 137. Goodbye.",
    ];
    assert_eq!(lines(&init.finish().2), expected);
}

fn dumb_init_tells_of_signals_and_rewrites(init: Init) {
    let args = ["-v", "-r", "10:12", "-r", "1:0", "-r", "28:28"];
    let init = init.named("dumb-init").args(&args).program("print-signals").arg("exit=15:0");
    let mut running = init.spawn();
    running.ready();
    running.signal(USR1);
    running.expect_error("Forwarded signal 12 to children.\n");
    running.signal(1);
    running.expect_error("(ignored).\n");
    running.signal(64);
    running.expect_error("Forwarded signal 64 to children.\n");
    running.signal(28);
    running.expect_error("Forwarded signal 28 to children.\n");
    running.signal(TERM);
    assert_eq!(running.exit_code(), 0);
    let (init, _) = without_the_childs(lines(&running.all_of_stderr()));
    let expected = [
        DETACH,
        SPAWNED,
        "Received signal 10.",
        "Translating signal 10 to 12.",
        "Forwarded signal 12 to children.",
        "Received signal 1.",
        "Translating signal 1 to 0.",
        "Not forwarding signal 0 to children (ignored).",
        "Received signal 64.",
        "Forwarded signal 64 to children.",
        "Received signal 28.",
        "Translating signal 28 to 28.",
        "Forwarded signal 28 to children.",
        "Received signal 15.",
        "Forwarded signal 15 to children.",
        "Received signal 17.",
        "A child with PID P exited with exit status 0.",
        "Forwarded signal 15 to children.",
        "Child exited with status 0. Goodbye.",
    ];
    assert_eq!(init, expected);
}

fn dumb_init_tells_that_it_stops_itself(init: Init) {
    let is_pid_1 = init.is_pid_1();
    let init = init.named("dumb-init").args(&["-v"]).program("print-signals").arg("exit=15:0");
    let running = init.spawn();
    running.ready();
    running.signal(libc::SIGTSTP);
    running.expect_error("Received signal 20.\n");
    let text = running.expect_error("Suspending self due to TTY signal.\n");
    let before: Vec<&str> = text.lines().collect();
    assert_eq!(before[0], "[dumb-init] Translating signal 20 to 19.");
    assert_eq!(before[1], "[dumb-init] Forwarded signal 19 to children.");
    // It says so before it stops; a CONT that came between would be lost.
    if !is_pid_1 {
        running.wait_for_state('T');
    }
    running.signal(libc::SIGCONT);
    assert_eq!(running.received().signal, libc::SIGCONT);
}

fn other_values_of_the_debug_variable_say_nothing(init: Init) {
    let init = init.named("dumb-init").env("DUMB_INIT_DEBUG", "2");
    assert_eq!(init.arg("true").finish(), (0, String::new(), String::new()));
}

fn sexton_says_nothing_unless_asked(init: Init) {
    let mut running = init.program("print-signals").arg("exit=15:5").spawn();
    running.ready();
    running.signal(USR1);
    running.received();
    running.signal(TERM);
    assert_eq!((running.exit_code(), running.all_of_stderr().as_str()), (5, ""));
}

fn asked(init: Init) {
    let mut running = init.program("print-signals").arg("exit=15:5").spawn();
    running.ready();
    running.signal(TERM);
    assert_eq!(running.exit_code(), 5);
    let err = running.all_of_stderr();
    assert!(!err.is_empty() && err.ends_with('\n'), "{err:?}");
    assert!(err.lines().all(|line| line.starts_with("sexton: ")), "{err}");
}

/// The wait that it interrupts is no failure.
fn sexton_says_nothing_of_being_stopped_and_continued(init: Init) {
    let mut running = init.args(&["-v", "-v"]).program("print-signals").arg("exit=15:5").spawn();
    running.ready();
    running.signal(libc::SIGSTOP);
    running.wait_for_state('T');
    running.signal(libc::SIGCONT);
    assert_eq!(running.received().signal, libc::SIGCONT);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 5);
    let err = running.all_of_stderr();
    assert!(err.contains("SIGCONT") && !err.contains("poll"), "{err}");
}

fn sexton_begins_its_notes_with_its_name(init: Init) {
    asked(init.arg("-v"));
}

#[test]
fn sexton_says_more_when_asked_twice() {
    let notes = |option| Init::new().args(&[option, "true"]).finish().2;
    let [once, twice] = ["-v", "-vv"].map(notes);
    assert!(once.contains("'true' has ended") && !once.contains("exited with 0"), "{once}");
    assert!(twice.contains("'true' has ended") && twice.contains("exited with 0"), "{twice}");
}

fn a_number_in_the_variable_is_verbose_too(init: Init) {
    asked(init.env("SEXTON_VERBOSE", "2"));
}

fn dumb_inits_variable_makes_sexton_verbose(init: Init) {
    asked(init.env("DUMB_INIT_DEBUG", "1"));
}

/// Which does not take them as a pipe does: at once or not at all.
fn notes_reach_a_file(init: Init) {
    let folder = Folder::new();
    let path = folder.path("notes");
    let file = File::create(&path).unwrap();
    assert_eq!(init.output_to(Stdio::piped(), file).args(&["-v", "true"]).spawn().exit_code(), 0);
    let notes = std::fs::read_to_string(path).unwrap();
    assert!(notes.ends_with("'true' has ended; leaving with 0\n"), "{notes}");
}

fn notes_reach_a_terminal(init: Init) {
    let terminal = Terminal::new();
    let _running = init.on(&terminal).arg("-v").program("print-signals").spawn();
    terminal.expect(" is to run ");
}

/// Many signals pass through an init that cannot say what it does.
fn works_all_the_same(init: Init, signals: usize) {
    let running = init.env("SEXTON_VERBOSE", "2").program("print-signals").arg("exit=15:5");
    let mut running = running.spawn();
    running.ready();
    for round in 0..signals {
        let signal = [USR1, libc::SIGHUP, 40][round % 3];
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
    // A SIGPIPE of init's own making is not forwarded, one that was sent is.
    running.signal(libc::SIGPIPE);
    assert_eq!(running.received().signal, libc::SIGPIPE);
    running.signal(TERM);
    assert_eq!(running.received().signal, TERM);
    assert_eq!(running.exit_code(), 5);
}

fn a_closed_stderr_is_harmless(init: Init) {
    let init = init.before(|| {
        // SAFETY: closes standard error of the new process.
        unsafe { libc::close(2) };
        Ok(())
    });
    works_all_the_same(init, 50);
}

fn a_full_disk_is_harmless(init: Init) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    works_all_the_same(init.output_to(Stdio::piped(), full), 50);
}

fn to_pipe(init: Init, pipe: OwnedFd) -> Init {
    init.output_to(Stdio::piped(), pipe)
}

fn a_broken_pipe_is_harmless_and_its_sigpipe_ours(init: Init) {
    let (_, writer) = io::pipe().unwrap();
    works_all_the_same(to_pipe(init, writer.into()), 50);
}

/// Nobody reads: the pipe fills up, and init must not wait for a reader.
fn a_full_pipe_does_not_stall_forwarding(init: Init) {
    let (reader, writer) = io::pipe().unwrap();
    works_all_the_same(to_pipe(init, writer.into()), 3000);
    drop(reader);
}

/// Nor the end of init, where there is no program to run.
fn a_full_pipe_does_not_keep_init(init: Init) {
    let (reader, mut writer) = io::pipe().unwrap();
    // SAFETY: changes how much this pipe of the test's own holds.
    let room = unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETPIPE_SZ, 4096) };
    writer.write_all(&vec![b'x'; usize::try_from(room).unwrap()]).unwrap();
    let mut running = init.output_to(Stdio::piped(), OwnedFd::from(writer)).arg("no-such-program").spawn();
    assert_eq!(running.exit_code(), 127);
    drop(reader);
}

/// Nor for one who stopped reading a terminal, which has room for a part of a line.
fn a_full_terminal_does_not_stall_forwarding(init: Init) {
    let terminal = Terminal::unread();
    works_all_the_same(init.output_to(Stdio::piped(), terminal.open_far_end()), 3000);
}

/// The kernel's SIGXFSZ for a note that is one too many is not for the program.
fn a_file_at_its_limit_is_harmless(init: Init) {
    let folder = Folder::new();
    let path = folder.path("notes");
    let init = init.output_to(Stdio::piped(), File::create(&path).unwrap());
    let init = init.before(|| Ok(setrlimit(Resource::RLIMIT_FSIZE, 1000, 1000)?));
    let mut running = init.env("SEXTON_VERBOSE", "2").program("print-signals").arg("exit=15:5").spawn();
    running.ready();
    for _ in 0..50 {
        running.signal(USR1);
        assert_eq!(running.received().signal, USR1);
    }
    assert_eq!(std::fs::metadata(path).unwrap().len(), 1000);
    // One that was sent is.
    running.signal(libc::SIGXFSZ);
    assert_eq!(running.received().signal, libc::SIGXFSZ);
    running.signal(TERM);
    assert_eq!(running.exit_code(), 5);
}

fn dumb_init_goes_on_without_stderr(init: Init) {
    let (_, writer) = io::pipe().unwrap();
    works_all_the_same(to_pipe(init.named("dumb-init").arg("-v"), writer.into()), 50);
}

/// Standard error belongs to the child, too: its flags are not init's to change.
fn the_childs_stderr_stays_blocking(init: Init) {
    let running = init.arg("-v").program("print-signals").spawn();
    running.ready();
    running.signal(USR1);
    running.received();
    let info = format!("/proc/{}/fdinfo/2", running.main_child());
    let info = std::fs::read_to_string(info).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
    let flags = i32::from_str_radix(flags, 8).unwrap();
    assert_eq!(flags & libc::O_NONBLOCK, 0, "{}", process::all_of_this_test());
}

in_both_modes!(
    dumb_init_tells_of_a_whole_life,
    dumb_init_tells_of_a_program_that_is_missing,
    dumb_init_tells_of_its_variables,
    dumb_init_tells_of_a_death_by_signal,
    dumb_init_tells_of_signals_and_rewrites,
    dumb_init_tells_that_it_stops_itself,
    other_values_of_the_debug_variable_say_nothing,
    sexton_says_nothing_unless_asked,
    sexton_says_nothing_of_being_stopped_and_continued,
    sexton_begins_its_notes_with_its_name,
    a_number_in_the_variable_is_verbose_too,
    dumb_inits_variable_makes_sexton_verbose,
    notes_reach_a_file,
    notes_reach_a_terminal,
    a_closed_stderr_is_harmless,
    a_full_disk_is_harmless,
    a_broken_pipe_is_harmless_and_its_sigpipe_ours,
    a_full_pipe_does_not_stall_forwarding,
    a_full_pipe_does_not_keep_init,
    a_full_terminal_does_not_stall_forwarding,
    a_file_at_its_limit_is_harmless,
    dumb_init_goes_on_without_stderr,
    the_childs_stderr_stays_blocking,
);

//! The signal that init gets when its own parent ends, and passes on.
//!
//! With `INIT_UNDER_TEST=/usr/bin/tini` all of `tini` pass.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, process};
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Init's parent is a shell that goes on to end when a line comes.
struct Family {
    _folder: Folder,
    shell: harness::Running,
    init: i32,
}

impl Family {
    /// Starts `name` with these options, as a grandchild of this test.
    fn start(name: &str, options: &str, variable: (&str, &str)) -> Self {
        let folder = Folder::new();
        let link = folder.path(name);
        let under_test = std::path::absolute(harness::init_under_test()).unwrap();
        std::os::unix::fs::symlink(under_test, &link).unwrap();
        let mut init = Init::new().env("TINI_SUBREAPER", "").env(variable.0, variable.1);
        init.path = "/bin/sh".into();
        let script = format!("\"$0\" {options} -- \"$1\" & echo init $!; read line");
        let shell = init.args(&["-c", &script, &link]).program("print-signals").spawn();
        let line = shell.line();
        let (init, ready) = match line.strip_prefix("init ") {
            Some(pid) => (pid.to_owned(), shell.line()),
            // The program may be faster than the shell.
            None => (shell.line()["init ".len()..].to_owned(), line),
        };
        assert!(ready.starts_with("ready "), "{ready}");
        Self { _folder: folder, shell, init: init.parse().unwrap() }
    }

    /// Ends the parent; the first signal that the program gets.
    fn orphaned(mut self) -> i32 {
        drop(self.shell.stdin());
        self.shell.received().signal
    }
}

fn is_passed_on(name: &str, options: &str, variable: (&str, &str)) {
    assert_eq!(Family::start(name, options, variable).orphaned(), libc::SIGUSR1, "{name} {options}");
}

mod tini {
    use super::*;

    #[test]
    fn the_signal_is_passed_on() {
        is_passed_on("tini", "-p SIGUSR1", ("X", ""));
        is_passed_on("tini", "-vpSIGUSR1 ", ("TINI_VERBOSITY", "0"));
    }

    #[test]
    fn kill_ends_init() {
        let family = Family::start("tini", "-p SIGKILL", ("X", ""));
        let Family { mut shell, init, _folder } = family;
        drop(shell.stdin());
        shell.within("end of init", || process::state(init).is_none_or(|state| state == 'Z').then_some(()));
    }
}

#[test]
fn the_signal_is_passed_on_under_sextons_own_name() {
    is_passed_on("sexton", "-p USR1", ("X", ""));
    is_passed_on("sexton", "--parent-death-signal=10", ("X", ""));
    is_passed_on("sexton", "--parent-death-signal sigusr1", ("SEXTON_PARENT_DEATH_SIGNAL", "KILL"));
}

#[test]
fn the_variable_works_under_every_name() {
    for name in ["sexton", "tini", "catatonit", "dumb-init"] {
        is_passed_on(name, "", ("SEXTON_PARENT_DEATH_SIGNAL", "USR1"));
    }
}

#[test]
fn what_is_no_signal_is_refused() {
    for bad in ["", "0", "65", "TERMS", "-1", "TERM,INT", "SIG"] {
        for init in [Init::new().args(&["-p", bad]), Init::new().env("SEXTON_PARENT_DEATH_SIGNAL", bad)] {
            let (code, out, err) = init.arg("true").finish();
            assert_eq!((code, out.as_str()), (1, ""), "{bad}: {err}");
            assert!(err.starts_with("sexton: ") && err.lines().count() == 1, "{err}");
            assert!(err.contains(&format!("'{bad}'")), "{err}");
        }
    }
}

/// Stops a process that has stopped itself on its way into its first prctl.
fn hold_up_at_prctl(pid: i32) {
    let pid = Pid::from_raw(pid);
    ptrace::seize(pid, ptrace::Options::PTRACE_O_TRACESYSGOOD | ptrace::Options::PTRACE_O_TRACEEXEC).unwrap();
    loop {
        let stop = waitpid(pid, Some(WaitPidFlag::__WALL)).unwrap();
        if let WaitStatus::PtraceSyscall(_) = stop {
            let info = ptrace::syscall_info(pid).unwrap();
            // SAFETY: this is what the union holds on the way in.
            if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY && unsafe { info.u.entry.nr } == libc::SYS_prctl as u64 {
                return;
            }
        }
        assert!(!matches!(stop, WaitStatus::Exited(..) | WaitStatus::Signaled(..)), "it never came there: {stop:?}");
        ptrace::syscall(pid, None).unwrap();
    }
}

/// The kernel sends nothing for a parent that has ended already: init looks again.
#[test]
fn a_parent_that_ends_meanwhile_is_not_missed() {
    let init = std::path::absolute(harness::init_under_test()).unwrap();
    let script = "sh -c 'kill -STOP $$; exec \"$@\"' sh \"$0\" -p USR1 -- \"$1\" & echo init $!; read line";
    // The signal may be there before the program has blocked it.
    let mut start = Init::new().blocking(&[libc::SIGUSR1]);
    start.path = "/bin/sh".into();
    let mut shell = start.args(&["-c", script, init.to_str().unwrap()]).program("print-signals").spawn();
    let pid: i32 = shell.line().strip_prefix("init ").unwrap().parse().unwrap();
    shell.within("what becomes init stopped", || (process::state(pid)? == 'T').then_some(()));
    hold_up_at_prctl(pid);
    let before = process::status(pid, "PPid");
    drop(shell.stdin());
    shell.within("another parent", || (process::status(pid, "PPid") != before).then_some(()));
    ptrace::detach(Pid::from_raw(pid), None).unwrap();
    // Whom nobody traces any longer, a stop that nobody ended holds again.
    kill(Pid::from_raw(pid), Signal::SIGCONT).unwrap();
    assert!(shell.line().starts_with("ready "));
    assert_eq!(shell.received().signal, libc::SIGUSR1);
}

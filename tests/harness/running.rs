//! An init that was started.

use std::process::{Child, ChildStdin, ExitStatus};

use super::stream::Stream;
use super::wait::try_within;
use super::{PATIENCE, process};

/// One signal as `print-signals` saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `child` or `member`.
    pub by: String,
    pub signal: i32,
    pub code: i32,
    pub sender: i32,
    pub value: i64,
}

/// A running init; killed with everything it started on drop.
pub struct Running {
    started: Child,
    ended: Option<ExitStatus>,
    pid: i32,
    mark: String,
    pub stdout: Stream,
    pub stderr: Stream,
}

impl Running {
    pub fn new(started: Child, pid: i32, mark: String, stdout: Stream, stderr: Stream) -> Self {
        Self { started, ended: None, pid, mark, stdout, stderr }
    }

    /// Init's pid as this test sees it.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The standard input of init; dropping it closes it.
    pub fn stdin(&mut self) -> ChildStdin {
        self.started.stdin.take().expect("standard input is a pipe, and not yet taken")
    }

    /// The first child of init, as this test sees it.
    #[track_caller]
    pub fn main_child(&self) -> i32 {
        self.within("main child", || process::children(self.pid).first().copied())
    }

    #[track_caller]
    pub fn signal(&self, signal: i32) {
        // SAFETY: no precondition; init is our unreaped child, or the child of
        // one that reaps it only just before it ends itself.
        let sent = unsafe { libc::kill(self.pid, signal) };
        assert_eq!(sent, 0, "signal {signal}: {}", std::io::Error::last_os_error());
    }

    /// Sends a signal with a value.
    #[track_caller]
    pub fn queue(&self, signal: i32, value: usize) {
        let value = libc::sigval { sival_ptr: std::ptr::without_provenance_mut(value) };
        // SAFETY: as in `signal`.
        let sent = unsafe { libc::sigqueue(self.pid, signal, value) };
        assert_eq!(sent, 0, "signal {signal}: {}", std::io::Error::last_os_error());
    }

    /// Asks until there is an answer; panics with the whole state otherwise.
    #[track_caller]
    pub fn within<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        try_within(PATIENCE, ask).unwrap_or_else(|| self.give_up(what))
    }

    #[track_caller]
    fn give_up(&self, what: &str) -> ! {
        panic!(
            "no {what} within {PATIENCE:?}\n{}--- stdout\n{}\n--- stderr\n{}\n---",
            process::all_of_this_test(),
            self.stdout.so_far(),
            self.stderr.so_far(),
        )
    }

    /// Waits for init to be in that state.
    #[track_caller]
    pub fn wait_for_state(&self, state: char) {
        let is_it = || (process::state(self.pid) == Some(state)).then_some(());
        self.within(&format!("init in state {state}"), is_it);
    }

    /// Waits until init has made all that it supervises a longer life with, and sleeps
    /// again: of its descriptors the main child's pidfd is the last.
    #[track_caller]
    pub fn wait_until_settled(&self) {
        self.within("pidfd of the main child", || process::has_pidfd(self.pid));
        self.wait_for_state('S');
    }

    /// Waits until init has taken every signal that was sent to it.
    #[track_caller]
    pub fn wait_for_empty_queue(&self) {
        self.within("empty queue", || {
            let pending = process::status(self.pid, "ShdPnd")?;
            pending.bytes().all(|digit| digit == b'0').then_some(())
        });
    }

    /// The next line of standard output.
    #[track_caller]
    pub fn line(&self) -> String {
        self.stdout.line(PATIENCE).unwrap_or_else(|| self.give_up("line on stdout"))
    }

    #[track_caller]
    pub fn expect_line(&self, expected: &str) {
        assert_eq!(self.line(), expected, "the next line on stdout");
    }

    /// Waits for a line of standard error that holds `text`.
    #[track_caller]
    pub fn expect_error(&self, text: &str) -> String {
        let missing = || self.give_up(&format!("{text:?} on stderr"));
        self.stderr.until(text, PATIENCE).unwrap_or_else(missing)
    }

    /// Waits for `print-signals` to be ready; gives its pid as it sees it.
    #[track_caller]
    pub fn ready(&self) -> i32 {
        let line = self.line();
        let pid = line.strip_prefix("ready ").unwrap_or_else(|| panic!("not ready: {line}"));
        pid.parse().expect("ready PID")
    }

    /// The next signal that `print-signals` received.
    #[track_caller]
    pub fn received(&self) -> Received {
        let line = self.line();
        let words: Vec<&str> = line.split(' ').collect();
        let [by, numbers @ ..] = words.as_slice() else { panic!("an empty line") };
        let numbers: Vec<i64> = numbers.iter().filter_map(|n| n.parse().ok()).collect();
        let [signal, code, sender, value] = numbers[..] else { panic!("no signal: {line}") };
        let small = |number: i64| i32::try_from(number).expect("an int");
        Received { by: (*by).to_owned(), signal: small(signal), code: small(code), sender: small(sender), value }
    }

    /// All signals received up to that one, which is not among them.
    #[track_caller]
    pub fn received_until(&self, last: i32) -> Vec<i32> {
        let mut list = Vec::new();
        loop {
            match self.received().signal {
                signal if signal == last => return list,
                signal => list.push(signal),
            }
        }
    }

    /// Waits for init's end.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        if self.ended.is_none() {
            let started = &mut self.started;
            self.ended = try_within(PATIENCE, || started.try_wait().expect("wait"));
        }
        self.ended.unwrap_or_else(|| self.give_up("end of init"))
    }

    /// What init started, or what that did, and that lives still.
    pub fn survivors(&self) -> Vec<i32> {
        process::all_pids().into_iter().filter(|&pid| process::is_marked(pid, &self.mark)).collect()
    }

    /// Whether init has not ended.
    pub fn is_running(&mut self) -> bool {
        self.ended = self.ended.or_else(|| self.started.try_wait().expect("wait"));
        self.ended.is_none()
    }

    /// Waits for init to exit; it must not be killed by a signal.
    #[track_caller]
    pub fn exit_code(&mut self) -> i32 {
        let status = self.wait();
        let err = self.stderr.so_far();
        status.code().unwrap_or_else(|| panic!("init was killed: {status}\n{err}"))
    }

    #[track_caller]
    pub fn all_of_stdout(&self) -> String {
        self.stdout.to_end(PATIENCE).unwrap_or_else(|| self.give_up("end of stdout"))
    }

    #[track_caller]
    pub fn all_of_stderr(&self) -> String {
        self.stderr.to_end(PATIENCE).unwrap_or_else(|| self.give_up("end of stderr"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_running() {
            // SAFETY: as in `signal`; and the process is not reaped yet.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
        }
        process::kill_marked(&self.mark);
        let _ = self.started.wait();
    }
}

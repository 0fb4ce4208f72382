//! A pseudo-terminal, and an interactive shell on one.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::path::PathBuf;

use nix::fcntl::{OFlag, open};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::stat::Mode;

use super::stream::Stream;
use super::{Folder, Init, PATIENCE, Running, process};

/// The near end of a pseudo-terminal: what is typed and what is shown.
pub struct Terminal {
    near: File,
    far: PathBuf,
    shown: Stream,
}

impl Terminal {
    /// Opens one; no process started meanwhile by another test inherits it.
    pub fn new() -> Self {
        let mut this = Self::unread();
        this.shown = Stream::of(this.near.try_clone().expect("dup"));
        this
    }

    /// One that nobody reads: it fills up.
    pub fn unread() -> Self {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let near = posix_openpt(flags).expect("a pseudo-terminal");
        grantpt(&near).expect("grantpt");
        unlockpt(&near).expect("unlockpt");
        let far = ptsname_r(&near).expect("ptsname").into();
        let near = File::from(near.as_fd().try_clone_to_owned().expect("dup"));
        Self { shown: Stream::default(), near, far }
    }

    pub fn open_far_end(&self) -> OwnedFd {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        open(&self.far, flags, Mode::empty()).expect("the far end of the terminal")
    }

    pub fn type_in(&self, text: &str) {
        (&self.near).write_all(text.as_bytes()).expect("typing");
    }

    /// Waits until the terminal shows `text`; gives what came before it, too.
    #[track_caller]
    pub fn expect(&self, text: &str) -> String {
        self.shown.until(text, PATIENCE).unwrap_or_else(|| {
            panic!(
                "the terminal does not show {text:?} within {PATIENCE:?}\n{}--- shown\n{}\n---",
                process::all_of_this_test(),
                self.shown.so_far()
            )
        })
    }

    pub fn shown(&self) -> String {
        self.shown.so_far()
    }

    /// The group in the foreground, as the test sees it.
    pub fn foreground(&self) -> i32 {
        nix::unistd::tcgetpgrp(&self.near).map_or(0, nix::unistd::Pid::as_raw)
    }

    /// Waits until another group than that has the foreground: a shell says what
    /// it continues before it gives the terminal away.
    #[track_caller]
    pub fn wait_for_foreground_other_than(&self, group: i32) {
        super::within("job in the foreground", || (self.foreground() != group).then_some(()));
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: `size` is what the request reads.
        let done = unsafe { libc::ioctl(self.near.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) };
        assert_eq!(done, 0, "TIOCSWINSZ");
    }

    /// Hangs up, as if the line were cut.
    pub fn hang_up(&self) {
        let far = self.open_far_end();
        // SAFETY: the request takes no argument.
        let done = unsafe { libc::ioctl(far.as_raw_fd(), libc::TIOCVHANGUP) };
        assert_eq!(done, 0, "TIOCVHANGUP: {}", std::io::Error::last_os_error());
    }
}

/// An interactive bash on a terminal, with init as a command called `INIT`.
pub struct Shell {
    pub terminal: Terminal,
    pub running: Running,
    _folder: Folder,
}

impl Shell {
    /// Starts bash with job control; init will be called by `name`.
    #[track_caller]
    pub fn new(name: &str) -> Self {
        let folder = Folder::new();
        let init = folder.link(super::init_under_test(), name);
        let terminal = Terminal::new();
        let mut bash = Init::new().on(&terminal).env("INIT", &init).env("PS1", "$ ");
        bash.path = "/bin/bash".into();
        let examples = super::program("print-signals");
        let examples = examples.rsplit_once('/').expect("a path").0.to_owned();
        let bash = bash.env("P", &examples).env("TERM", "dumb");
        let running = bash.args(&["--norc", "--noprofile", "--noediting", "-i"]).spawn();
        // Nothing typed is shown, so whatever is shown was said by a program.
        terminal.type_in("stty -echo; echo shell is $((40+2))\n");
        terminal.expect("shell is 42");
        Self { terminal, running, _folder: folder }
    }

    pub fn run(&self, line: &str) {
        self.terminal.type_in(line);
        self.terminal.type_in("\n");
    }

    /// Waits for the shell itself to answer, so it has the terminal.
    #[track_caller]
    pub fn expect_prompt(&self) {
        let token = super::init::unique();
        self.run(&format!("echo here-{token}-again"));
        self.terminal.expect(&format!("here-{token}-again"));
    }
}

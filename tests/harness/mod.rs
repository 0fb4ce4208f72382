//! What the integration tests share: an init to start, and to look at.
//!
//! [`Init`] says how init is started, [`Running`] is one that was. Every wait is
//! bounded by [`PATIENCE`] and, when that is over, panics with what was missing
//! and with the state of all processes involved. Everything started is marked
//! by a variable in its environment and killed by its pid on drop.
//!
//! The init under test is the crate's own, or the one named by the variable
//! `INIT_UNDER_TEST`.

#![allow(dead_code, unused_imports, unused_macros, unsafe_code, missing_docs)]

mod cgroup;
mod child_setup;
mod init;
pub mod process;
mod running;
mod stream;
mod terminal;
mod wait;

pub use cgroup::Cgroup;
pub use child_setup::ignore;
pub use init::{Init, Session, init_under_test, processors, program};
pub use running::{Received, Running};
pub use terminal::{Shell, Terminal};
pub use wait::{PATIENCE, within};

/// The lowest real-time signal of the kernel; C libraries begin two later.
pub const RTMIN: i32 = 34;
/// The highest signal.
pub const RTMAX: i32 = 64;

/// Runs each behaviour with init as a plain process and as PID 1.
macro_rules! in_both_modes {
    ($($name:ident),* $(,)?) => {
        mod plain {
            $(#[test] fn $name() { super::$name($crate::harness::Init::new()); })*
        }
        mod pid_1 {
            $(#[test] fn $name() { super::$name($crate::harness::Init::new().pid_1()); })*
        }
    };
}
pub(crate) use in_both_modes;

/// A folder of its own for one test, removed on drop.
pub struct Folder(std::path::PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("init-test-{}", init::unique()));
        std::fs::create_dir(&path).expect("a folder below the temporary one");
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a UTF-8 path").to_owned()
    }

    /// Writes a file with that mode.
    pub fn file(&self, name: &str, text: &str, mode: u32) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        // No process may be forked with this file open for writing: until its
        // exec the file could not be run.
        let _alone = init::forking();
        std::fs::write(&path, text).expect("a file in the test's folder");
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&path, mode).expect("its mode");
        path
    }

    /// Links to a program, which is thereby called by that name.
    pub fn link(&self, to: impl AsRef<std::path::Path>, name: &str) -> String {
        let (path, to) = (self.path(name), std::path::absolute(to).expect("a path"));
        std::os::unix::fs::symlink(to, &path).expect("a link in the test's folder");
        path
    }

    /// Copies a program.
    pub fn copy(&self, from: impl AsRef<std::path::Path>, name: &str) -> String {
        let path = self.path(name);
        let _alone = init::forking();
        std::fs::copy(from, &path).expect("a copy in the test's folder");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the helper program `report` wrote.
pub struct Report(String);

impl Report {
    /// Waits for the report in `file`.
    pub fn read(file: &str) -> Self {
        Self(within("a report in the file", || std::fs::read_to_string(file).ok()))
    }

    /// The fact of that name.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).into_iter().next().unwrap_or_else(|| panic!("no {name}: {}", self.0))
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        let prefix = format!("{name} ");
        self.0.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).collect()
    }

    pub fn env(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}=");
        self.all("env").into_iter().find_map(|line| line.strip_prefix(prefix.as_str()))
    }
}

//! Init for Rust programs, by one call: see [`Init`].

extern crate std;

mod options;
#[cfg(test)]
mod tests;

use crate::cli::{self, Settings};
use crate::dialect::{Dialect, Stream};
use crate::driver;
use crate::report::{Facts, Paper};
use crate::sys::child::set_variable;
use crate::sys::process;
use crate::sys::word::Word;
use crate::topic::Note;
use core::ffi::CStr;
use std::borrow::ToOwned as _;
use std::boxed::Box;
use std::ffi::CString;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::string::String;
use std::vec::Vec;

/// Makes the calling process init where it is PID 1, and goes on in a child.
///
/// To be called at the top of `main`, before there are threads. The options are
/// those of the command line, under their names, and their meaning is theirs.
///
/// ```no_run
/// fn main() -> std::io::Result<()> {
///     sexton::Init::new().grace(std::time::Duration::from_secs(10)).launch()?;
///     // From here on this is the program, and not PID 1.
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Init {
    settings: Settings,
    /// Those that `SEXTON_` variables make.
    variables: Settings,
    additions: Vec<(CString, CString)>,
    always: bool,
    /// What to say of the first thing that was wrong.
    wrong: Option<String>,
}

impl Init {
    /// With no option set.
    #[must_use]
    pub fn new() -> Self {
        let settings = Settings::new();
        Self { settings, variables: settings, additions: Vec::new(), always: false, wrong: None }
    }

    /// Also where this process is not PID 1: it adopts orphans all the same.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// `SEXTON_` variables count, where no option is set here.
    #[must_use]
    pub fn environment(mut self) -> Self {
        let entries = std::env::vars_os().map(|(name, value)| {
            let mut entry = name.into_vec();
            entry.push(b'=');
            entry.extend(value.into_vec());
            entry
        });
        let ours = entries.filter(|entry| entry.starts_with(b"SEXTON_"));
        let words: Vec<Word> = ours.filter_map(|entry| CString::new(entry).ok()).map(kept).collect();
        let mut facts = facts();
        if let Err(topic) = cli::read_variables(&mut facts, &mut self.variables, words.into_iter()) {
            self.wrong.get_or_insert(said(&facts, Note::new(topic, 0, 0)));
        }
        self
    }

    /// Does it: returns in the child, or at once where there is nothing to do.
    ///
    /// # Errors
    /// A wrong option or variable, threads, or why there is no such child. The
    /// process should end then: where it is the child, init ends with its exit
    /// code; signals may be blocked.
    pub fn launch(self) -> io::Result<()> {
        let mut facts = facts();
        let pid1 = facts.pid == 1;
        if !pid1 && !self.always {
            return Ok(());
        }
        if let Some(wrong) = self.wrong {
            return Err(io::Error::other(wrong));
        }
        // Of the others there would be nothing left in the child.
        if std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() > 1) {
            return Err(io::Error::other("sexton: there are threads already: call it first"));
        }
        let mut settings = self.settings;
        let contradiction = |topic| io::Error::other(said(&facts, Note::new(topic, 0, 0)));
        settings.add(&self.variables);
        settings.resolve(pid1).map_err(contradiction)?;
        // What is in this buffer would be written twice.
        io::stdout().flush()?;
        driver::become_init(&mut facts, &mut settings).map_err(|note| io::Error::other(said(&facts, note)))?;
        let named = std::env::var_os("LISTEN_PID").and_then(|pid| CString::new(pid.into_vec()).ok());
        if named.is_some_and(|pid| cli::atoi(kept(pid)) == facts.pid.unsigned_abs())
            && let Ok(pid) = CString::new(std::format!("{}", process::pid()))
        {
            set_variable(c"LISTEN_PID", &pid);
        }
        for (name, value) in &self.additions {
            set_variable(name, value);
        }
        Ok(())
    }
}

impl Default for Init {
    fn default() -> Self {
        Self::new()
    }
}

/// What messages may name: the program is this one.
fn facts() -> Facts {
    let name = Word::of(c"sexton");
    let program = std::env::args_os().next().and_then(|program| CString::new(program.into_vec()).ok());
    let subject = program.map_or(name, kept);
    Facts { dialect: Dialect::of(name), pid: process::pid(), argv0: name, subject, origin: Word::EMPTY }
}

/// A word, for ever: there are a few of them.
fn kept(text: CString) -> Word {
    let text: &'static CStr = Box::leak(text.into_boxed_c_str());
    Word::of(text)
}

impl Paper for Vec<u8> {
    fn write(&mut self, _: Stream, text: &[u8]) {
        self.extend_from_slice(text);
    }
}

fn said(facts: &Facts, note: Note) -> String {
    let mut bytes = Vec::new();
    facts.say(note, 0, &mut bytes);
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

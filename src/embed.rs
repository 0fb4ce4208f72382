//! Init for Rust programs, by one call: see [`Init`].

extern crate std;

use crate::cli::{self, Settings};
use crate::dialect::{Dialect, Setting, Slot, TextSlot};
use crate::driver;
use crate::machine::Target;
use crate::report::Facts;
use crate::signal::Signal;
use crate::sys::child::set_variable;
use crate::sys::process;
use crate::sys::word::Word;
use crate::topic::{Note, Topic};
use core::ffi::CStr;
use core::time::Duration;
use std::borrow::ToOwned as _;
use std::boxed::Box;
use std::ffi::{CString, OsStr};
use std::io::{self, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
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
    /// The first thing that was wrong, with what it was about.
    wrong: Option<(Topic, Word)>,
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
            self.wrong.get_or_insert((topic, facts.subject));
        }
        self
    }

    /// `--single-child`: no new session for the program, and signals to it alone.
    #[must_use]
    pub fn single_child(self) -> Self {
        self.number(Slot::SingleChild, 1)
    }

    /// `--forward`: whom signals go to. [`Target::All`] needs PID 1.
    #[must_use]
    pub fn forward(self, target: Target) -> Self {
        let whom = match target {
            Target::Child => c"child",
            Target::Group => c"group",
            Target::All => c"all",
        };
        self.set(Setting::Whom(Slot::Forward, Topic::BadForward), Word::of(whom))
    }

    /// `--wait=all`: stay until every child and orphan has ended.
    #[must_use]
    pub fn wait_for_all(self) -> Self {
        self.set(Setting::Whom(Slot::Wait, Topic::BadWait), Word::of(c"all"))
    }

    /// `--rewrite`: forward `from` as `to`; `None` drops it.
    #[must_use]
    pub fn rewrite(mut self, from: Signal, to: Option<Signal>) -> Self {
        self.settings.rewrites.set(from, to);
        self
    }

    /// `--grace`: so long after the first stop signal whatever is left is killed.
    #[must_use]
    pub fn grace(self, time: Duration) -> Self {
        self.time(Slot::Grace, time)
    }

    /// `--stop-delay`: hold the first SIGTERM back so long.
    #[must_use]
    pub fn stop_delay(self, time: Duration) -> Self {
        self.time(Slot::StopDelay, time)
    }

    /// `--stopped-ok`: ending by the stop signal that was forwarded is no failure.
    #[must_use]
    pub fn stopped_ok(self) -> Self {
        self.number(Slot::StoppedOk, 1)
    }

    /// `--exit-map`: exit with `to` in place of `from`.
    #[must_use]
    pub fn exit_map(mut self, from: u8, to: u8) -> Self {
        self.settings.exit_map.set(from, to);
        self
    }

    /// `--parent-death-signal`: be sent this when the parent ends.
    #[must_use]
    pub fn parent_death_signal(self, signal: Signal) -> Self {
        self.number(Slot::ParentDeathSignal, signal.number().into())
    }

    /// `--user`: who the program becomes, as `1000:1000` or `app`.
    #[must_use]
    pub fn user(self, user: &str) -> Self {
        self.text(Setting::User, user)
    }

    /// `--chdir`: the program's working directory.
    #[must_use]
    pub fn chdir(self, directory: impl AsRef<Path>) -> Self {
        self.text(Setting::Text(TextSlot::Directory), directory.as_ref())
    }

    /// `--env`: a variable for the program.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        match (CString::new(name), CString::new(value.as_ref().as_bytes())) {
            (Ok(name), Ok(value)) if !name.is_empty() && !name.as_bytes().contains(&b'=') => {
                self.additions.push((name, value));
            }
            _ => {
                let name = Word::of(c"a name that is empty, or a null or = in it");
                self.wrong.get_or_insert((Topic::BadAddition, name));
            }
        }
        self
    }

    /// `--no-new-privs`: the program gets no new privileges by what it executes.
    #[must_use]
    pub fn no_new_privs(self) -> Self {
        self.number(Slot::NoNewPrivileges, 1)
    }

    /// `--warn-on-reap`: a line on standard error for each orphan.
    #[must_use]
    pub fn warn_on_reap(self) -> Self {
        self.number(Slot::WarnOnReap, 1)
    }

    /// `--termination-log`: a line into this file on what ended the program.
    #[must_use]
    pub fn termination_log(self, path: impl AsRef<Path>) -> Self {
        self.text(Setting::Log, path.as_ref())
    }

    /// `--verbose`, so many times: notes on standard error.
    #[must_use]
    pub fn verbose(self, level: u8) -> Self {
        self.number(Slot::Verbosity, level.into())
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
        if let Some((topic, subject)) = self.wrong {
            facts.subject = subject;
            return Err(told(&facts, Note::new(topic, 0, 0)));
        }
        // Of the others there would be nothing left in the child.
        if std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() > 1) {
            return Err(io::Error::other("sexton: there are threads already: call it first"));
        }
        let mut settings = self.settings;
        settings.resolve(&self.variables, pid1).map_err(|topic| told(&facts, Note::new(topic, 0, 0)))?;
        // What is in this buffer would be written twice.
        io::stdout().flush()?;
        driver::become_init(&mut facts, &mut settings).map_err(|note| told(&facts, note))?;
        let sockets = std::env::var("LISTEN_PID").is_ok_and(|pid| pid.parse() == Ok(facts.pid));
        if let Ok(pid) = CString::new(std::format!("{}", process::pid()))
            && sockets
        {
            set_variable(c"LISTEN_PID", &pid);
        }
        for (name, value) in &self.additions {
            set_variable(name, value);
        }
        Ok(())
    }

    fn number(mut self, slot: Slot, number: u32) -> Self {
        self.settings.set(slot, number);
        self
    }

    fn time(self, slot: Slot, time: Duration) -> Self {
        // One more is kept, and that is the most there is.
        let most = u32::MAX.wrapping_sub(1);
        let time = u32::try_from(time.as_millis()).unwrap_or(most).min(most.wrapping_sub(1));
        self.number(slot, time.wrapping_add(1))
    }

    fn text(mut self, setting: Setting, text: impl AsRef<OsStr>) -> Self {
        match CString::new(text.as_ref().as_bytes()) {
            Ok(text) => self.set(setting, kept(text)),
            Err(_) => {
                self.wrong.get_or_insert((Topic::BadPath, Word::of(c"what has a null in it")));
                self
            }
        }
    }

    fn set(mut self, setting: Setting, text: Word) -> Self {
        if let Err(topic) = self.settings.apply(&setting, text, false) {
            self.wrong.get_or_insert((topic, text));
        }
        self
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

fn told(facts: &Facts, note: Note) -> io::Error {
    let mut bytes = Vec::new();
    facts.say(note, 0, &mut |_, text| bytes.extend_from_slice(text));
    io::Error::other(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

//! The options of an embedded init, under their names on the command line.

extern crate std;

use super::{Init, facts, kept, said};
use crate::dialect::{Dialect, Slot};
use crate::machine::Target;
use crate::report::Facts;
use crate::signal::Signal;
use crate::sys::word::Word;
use crate::topic::{Note, Topic};
use core::ffi::CStr;
use core::time::Duration;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

const HAS_NULL: &str = "has a null in it";

impl Init {
    /// `--single-child`: no new session for the program, and signals to it alone.
    #[must_use]
    pub fn single_child(self) -> Self {
        self.option(c"single-child", "")
    }

    /// `--forward`: whom signals go to. [`Target::All`] needs PID 1.
    #[must_use]
    pub fn forward(self, target: Target) -> Self {
        let whom = match target {
            Target::Child => "child",
            Target::Group => "group",
            Target::All => "all",
        };
        self.option(c"forward", whom)
    }

    /// `--wait=all`: stay until every child and orphan has ended.
    #[must_use]
    pub fn wait_for_all(self) -> Self {
        self.option(c"wait", "all")
    }

    /// `--rewrite`: forward `from` as `to`; `None` drops it. `from` is not KILL,
    /// STOP or CHLD.
    #[must_use]
    pub fn rewrite(self, from: Signal, to: Option<Signal>) -> Self {
        self.option(c"rewrite", std::format!("{}:{}", from.number(), to.map_or(0, Signal::number)))
    }

    /// `--grace`: so long after the first stop signal whatever is left is killed.
    /// Less than 50 days.
    #[must_use]
    pub fn grace(self, time: Duration) -> Self {
        self.time(c"grace", time)
    }

    /// `--stop-delay`: hold the first SIGTERM back so long. Less than 50 days.
    #[must_use]
    pub fn stop_delay(self, time: Duration) -> Self {
        self.time(c"stop-delay", time)
    }

    /// `--stopped-ok`: ending by the stop signal that was forwarded is no failure.
    #[must_use]
    pub fn stopped_ok(self) -> Self {
        self.option(c"stopped-ok", "")
    }

    /// `--exit-map`: exit with `to` in place of `from`.
    #[must_use]
    pub fn exit_map(self, from: u8, to: u8) -> Self {
        self.option(c"exit-map", std::format!("{from}:{to}"))
    }

    /// `--parent-death-signal`: be sent this when the parent ends.
    #[must_use]
    pub fn parent_death_signal(self, signal: Signal) -> Self {
        self.option(c"parent-death-signal", std::format!("{}", signal.number()))
    }

    /// `--user`: who the program becomes, as `1000:1000` or `app`.
    #[must_use]
    pub fn user(self, user: &str) -> Self {
        self.option(c"user", user)
    }

    /// `--chdir`: the program's working directory.
    #[must_use]
    pub fn chdir(self, directory: impl AsRef<Path>) -> Self {
        self.option(c"chdir", directory.as_ref())
    }

    /// `--env`: a variable for the program.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        match (CString::new(name), CString::new(value.as_ref().as_bytes())) {
            (Ok(name), Ok(value)) if !name.is_empty() && !name.as_bytes().contains(&b'=') => {
                self.additions.push((name, value));
                self
            }
            (Ok(name), Ok(_)) if name.is_empty() => self.refuse(Topic::BadAddition, c"env", Word::of(c"=")),
            (Ok(_), Ok(_)) => self.refuse_bytes(c"env", name.as_ref(), "has a = in its name"),
            (Err(_), _) => self.refuse_bytes(c"env", name.as_ref(), HAS_NULL),
            (_, Err(_)) => self.refuse_bytes(c"env", value.as_ref(), HAS_NULL),
        }
    }

    /// `--no-new-privs`: the program gets no new privileges by what it executes.
    #[must_use]
    pub fn no_new_privs(self) -> Self {
        self.option(c"no-new-privs", "")
    }

    /// `--warn-on-reap`: a line on standard error for each orphan.
    #[must_use]
    pub fn warn_on_reap(self) -> Self {
        self.option(c"warn-on-reap", "")
    }

    /// `--termination-log`: a line into this file on what ended the program.
    #[must_use]
    pub fn termination_log(self, path: impl AsRef<Path>) -> Self {
        self.option(c"termination-log", path.as_ref())
    }

    /// `--verbose`, so many times: notes on standard error.
    #[must_use]
    pub fn verbose(mut self, level: u8) -> Self {
        self.settings.set(Slot::Verbosity, level.into());
        self
    }

    fn time(self, option: &'static CStr, time: Duration) -> Self {
        // Never too early; and the most that an option can say.
        let milliseconds = time.as_nanos().div_ceil(1_000_000).min(u128::from(u32::MAX.wrapping_sub(1)));
        self.option(option, std::format!("{milliseconds}ms"))
    }

    /// Does what the option of that long name does with `text`, which is nothing
    /// where it takes no value.
    fn option(mut self, long: &'static CStr, text: impl AsRef<OsStr>) -> Self {
        let Ok(text) = CString::new(text.as_ref().as_bytes()) else {
            return self.refuse_bytes(long, text.as_ref(), HAS_NULL);
        };
        let text = kept(text);
        let options = &Dialect::of(Word::of(c"sexton")).options;
        let is_it = |name: Word| matches!(Word::of(long).place(name, Word::SAME), Some((1, rest)) if rest.is_empty());
        let option = options.each().find(|(name, _)| is_it(*name)).ok_or(Topic::UnknownLong);
        let done = option.and_then(|(_, option)| self.settings.apply(&option.setting, text, false));
        match done {
            Ok(()) => self,
            Err(topic) => self.refuse(topic, long, text),
        }
    }

    /// In the words of the command line.
    fn refuse(mut self, topic: Topic, option: &'static CStr, text: Word) -> Self {
        let facts = Facts { origin: Word::of(option), subject: text, ..facts() };
        self.wrong.get_or_insert(said(&facts, Note::new(topic, 0, 0)));
        self
    }

    /// For what no command line can say.
    fn refuse_bytes(mut self, option: &'static CStr, text: &OsStr, why: &str) -> Self {
        let option = option.to_string_lossy();
        let wrong = std::format!("sexton: {option} '{}' {why}", text.as_bytes().escape_ascii());
        self.wrong.get_or_insert(wrong);
        self
    }
}

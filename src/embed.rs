//! Init for Rust programs, by one call: see [`Init`].

extern crate std;

use crate::cli::{self, Settings};
use crate::dialect::{Dialect, Slot, Stream};
use crate::driver;
use crate::machine::Target;
use crate::report::{Facts, Paper};
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

const HAS_NULL: &str = "has a null in it";

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::TextSlot;
    use crate::machine::Time;
    use std::string::ToString as _;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn times_are_kept_to_the_millisecond_and_never_cut() {
        for (time, milliseconds) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (MILLISECOND, 1),
            (Duration::from_micros(1001), 2),
            (Duration::from_secs(10), 10_000),
            (MILLISECOND * (u32::MAX - 1), u32::MAX - 1),
            (MILLISECOND * u32::MAX, u32::MAX - 1),
            (Duration::MAX, u32::MAX - 1),
        ] {
            let init = Init::new().grace(time).stop_delay(time);
            assert_eq!(init.wrong, None, "{time:?}");
            assert_eq!(init.settings.time(Slot::Grace), Time::new(milliseconds + 1), "{time:?}");
            assert_eq!(init.settings.time(Slot::StopDelay), Time::new(milliseconds + 1), "{time:?}");
        }
    }

    #[test]
    fn each_option_sets_what_it_is_called_and_nothing_else() {
        let usr1 = Signal::new(10).unwrap();
        let numbers = |init: Init| {
            assert_eq!(init.wrong, None);
            let all = [
                Slot::SingleChild,
                Slot::Forward,
                Slot::Verbosity,
                Slot::ParentDeathSignal,
                Slot::WarnOnReap,
                Slot::Wait,
                Slot::Grace,
                Slot::StopDelay,
                Slot::StoppedOk,
                Slot::NoNewPrivileges,
            ];
            all.map(|slot| init.settings.number(slot))
        };
        let new = Init::new;
        assert_eq!(numbers(new()), [0; 10]);
        assert_eq!(numbers(new().single_child()), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().forward(Target::Child)), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().forward(Target::Group)), [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().forward(Target::All)), [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().verbose(2)), [0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().parent_death_signal(usr1)), [0, 0, 0, 10, 0, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().warn_on_reap()), [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
        assert_eq!(numbers(new().wait_for_all()), [0, 0, 0, 0, 0, 3, 0, 0, 0, 0]);
        assert_eq!(numbers(new().grace(MILLISECOND)), [0, 0, 0, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(numbers(new().stop_delay(MILLISECOND)), [0, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
        assert_eq!(numbers(new().stopped_ok()), [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(numbers(new().no_new_privs()), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn texts_and_tables_are_kept_where_they_belong() {
        let usr1 = Signal::new(10).unwrap();
        let init = Init::new().user("5:6").chdir("/").termination_log("/log").exit_map(3, 4).exit_map(3, 5);
        let init = init.rewrite(Signal::TERM, Some(Signal::INT)).rewrite(usr1, None);
        assert_eq!(init.wrong, None);
        let texts = [TextSlot::User, TextSlot::Directory, TextSlot::Log, TextSlot::Install];
        let texts = texts.map(|slot| init.settings.text(slot).map(|text| core::str::from_utf8(text.until(0)).unwrap()));
        assert_eq!(texts, [Some("5:6"), Some("/"), Some("/log"), None]);
        assert_eq!([3, 4].map(|code| init.settings.exit_map.apply(code)), [5, 4]);
        let forwarded = [Signal::TERM, usr1, Signal::HUP].map(|from| init.settings.rewrites.apply(from));
        assert_eq!(forwarded, [Some(Signal::INT), None, Some(Signal::HUP)]);
    }

    #[test]
    fn what_is_wrong_is_told_as_the_command_line_does_and_the_first_counts() {
        let new = Init::new;
        for (init, wrong) in [
            (new().user(""), "user '' is no USER[:GROUP,...], as 1000:1000 or app"),
            (new().user("5:").user("6:"), "user '5:' is no USER[:GROUP,...], as 1000:1000 or app"),
            (new().termination_log("log"), "termination-log 'log' is no absolute path"),
            (new().env("", "x"), "env '=' is no NAME=VALUE"),
            (new().env("A=B", "x"), "env 'A=B' has a = in its name"),
            (new().env("A\0", "x"), "env 'A\\x00' has a null in it"),
            (new().env("A", "x\0"), "env 'x\\x00' has a null in it"),
            (new().chdir("a\0b"), "chdir 'a\\x00b' has a null in it"),
            (new().user("5\0"), "user '5\\x00' has a null in it"),
        ] {
            assert_eq!(init.wrong, Some("sexton: ".to_string() + wrong));
        }
        for from in [Signal::KILL, Signal::STOP, Signal::CHLD] {
            let wrong = new().rewrite(from, None).wrong.unwrap();
            assert!(wrong.starts_with(&std::format!("sexton: rewrite '{}:0' is no FROM:TO", from.number())), "{wrong}");
        }
    }
}

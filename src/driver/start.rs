//! Start-up, in the order that loses nothing: parse, block all signals, hand
//! over the terminal, start the child, let go.

use super::Supervisor;
use super::hands::Hands;
use super::last_word::LastWord;
use super::sweeps::Sweeps;
use super::terminal;
use super::voice::Voice;
use crate::cli::{self, Settings};
use crate::dialect::{Dialect, Slot, TextSlot};
use crate::error::Errno;
use crate::machine::{Machine, Placement, Policy};
use crate::report::Facts;
use crate::signal::Signal;
use crate::sys::account::{Account, GROUPS, USERS};
use crate::sys::args::Args;
use crate::sys::child::{self, Birth, Failure, LISTEN_PID};
use crate::sys::signalfd::SignalFd;
use crate::sys::terminal::{GivenUp, Terminal};
use crate::sys::word::Word;
use crate::sys::{fd, install::install, process};
use crate::topic::{Note, Topic};
use core::cell::Cell;
use core::mem::ManuallyDrop;
use mio::Events;

/// Is init, to the end of the process: starts what the arguments ask for and
/// supervises. Calls `settled` once, if the program lives on: what only the start
/// needed may go then.
pub fn run(args: Args, settled: fn()) -> ! {
    let argv = args.argv();
    let argv0 = argv.first().map_or(Word::of(c"sexton"), Cell::get);
    let facts =
        Facts { dialect: Dialect::of(argv0), pid: process::pid(), argv0, subject: Word::EMPTY, origin: Word::EMPTY };
    let mut voice = Voice { facts, verbosity: 0, has_notes: false };
    let mut settings = Settings::new();
    let environment = args.environment().filter_map(Cell::get);
    let (topic, errno, code) = match cli::parse(&mut voice.facts, &mut settings, argv, environment) {
        Ok(()) => {
            let program = settings.program;
            voice = Voice::new(voice.facts, &settings);
            let code = voice.facts.dialect.failure_codes.start;
            let mut who = None;
            let Failure { topic, errno } = match installed(&settings, &mut voice) {
                Some(Ok(())) => process::exit(0),
                Some(Err(failure)) => failure,
                None => match account(&settings, &mut voice, &mut who) {
                    Ok(()) => {
                        let mut birth = Birth::new(args, program, voice.facts.dialect, who.as_ref());
                        launch(&mut birth, &mut settings, &mut voice, settled)
                    }
                    Err(failure) => failure,
                },
            };
            (topic, errno.number(), if topic == Topic::NotInstalled { 1 } else { code })
        }
        Err(topic) => (topic, 0, cli::exit_code(topic)),
    };
    voice.answer(Note::error(topic, errno));
    process::exit(code)
}

/// Copies init to where it was asked to, if it was.
fn installed(settings: &Settings, voice: &mut Voice) -> Option<Result<(), Failure>> {
    let to = settings.text(TextSlot::Install)?;
    voice.facts.subject = to;
    Some(install(to).map_err(Failure::of(Topic::NotInstalled)))
}

/// Looks up who the program is to be, if somebody else.
#[inline(always)]
pub(super) fn account(settings: &Settings, voice: &mut Voice, account: &mut Option<Account>) -> Result<(), Failure> {
    settings.text(TextSlot::User).map_or(Ok(()), |user| look_up(user, voice, account))
}

#[cold]
#[inline(never)]
fn look_up(user: Word, voice: &mut Voice, account: &mut Option<Account>) -> Result<(), Failure> {
    let account = account.insert(Account::NONE);
    let (topic, errno) = match account.find(user, USERS, GROUPS) {
        Err(errno) => (Topic::NoAccounts, errno),
        Ok(()) if account.is_nobody() => (Topic::UnknownUser, Errno::NOENT),
        Ok(()) => return Ok(()),
    };
    voice.facts.subject = user;
    Err(Failure { topic, errno })
}

/// Starts the program and supervises it, or answers why there is no process to
/// supervise.
#[inline(never)]
fn launch(birth: &mut Birth<'_>, settings: &mut Settings, voice: &mut Voice, settled: fn()) -> Failure {
    if let Err(failure) = prepare(birth, settings, voice) {
        return failure;
    }
    let last_word = LastWord::new(settings.text(TextSlot::Log));
    if !settings.is_set(Slot::Pause)
        && let Err(errno) = child::spawn(birth)
    {
        return Failure { topic: Topic::NoChild, errno };
    }
    supervise(birth, &last_word, settings, voice, settled)
}

/// Everything before there is a child.
pub(super) fn prepare(birth: &mut Birth<'_>, settings: &Settings, voice: &Voice) -> Result<(), Failure> {
    let (own_pid, dialect) = (voice.facts.pid, birth.dialect);
    if settings.is_set(Slot::Debug) {
        voice.tell(Note::new(Topic::DebugByVariable, 0, 0));
    }
    if settings.is_set(Slot::NoSession) {
        voice.tell(Note::new(Topic::NoSessionByVariable, 0, 0));
    }
    if let Some(signal) = Signal::new(settings.number(Slot::ParentDeathSignal)) {
        process::set_parent_death_signal(own_pid, signal).map_err(Failure::of(Topic::NoParentDeathSignal))?;
    }
    adopt(voice, settings.is_set(Slot::Subreaper) || settings.waits_for_all());
    terminal::prepare(&mut birth.terminal, settings.placement(dialect), dialect, own_pid);
    birth.no_new_privileges = settings.is_set(Slot::NoNewPrivileges);
    birth.directory = settings.text(TextSlot::Directory);
    birth.program = birth.args.add_variables(settings.number(Slot::Additions) as usize, birth.program);
    birth.listen_pid = listen_pid(&birth.args, own_pid);
    birth.init = own_pid;
    if voice.has_notes {
        tell_detached(voice, &birth.terminal);
    }
    Ok(())
}

/// Everything after: supervises the child, to the end.
pub(super) fn supervise(
    birth: &Birth<'_>,
    last_word: &LastWord,
    settings: &mut Settings,
    voice: &mut Voice,
    settled: fn(),
) -> ! {
    let events = ManuallyDrop::new(Events::with_capacity(2));
    let dialect = birth.dialect;
    let pause = settings.is_set(Slot::Pause);
    if voice.has_notes && !pause {
        tell_birth(voice, birth);
    }
    let Birth { child, terminal, .. } = birth;
    let mut exit_map = Some(&settings.exit_map);
    if let Some(Failure { topic, errno }) = child.outcome.failure {
        // The child exits with the code for that, and is reaped as any. It
        // would say so itself if it could.
        let program = voice.facts.subject;
        voice.facts.subject = subject(topic, settings).unwrap_or(program);
        voice.warn(Note::new(topic, child.pid, errno.number()));
        voice.facts.subject = program;
        if !dialect.maps_failures {
            exit_map = None;
        }
    }

    if birth.account.is_some() {
        process::stay_dumpable();
    }
    // Before anything can end or stop init: what it was given is the program's.
    fd::close_inherited();
    let pid1 = voice.facts.pid == 1;
    let target = settings.target(dialect);
    let warn_on_reap = settings.is_set(Slot::WarnOnReap);
    let wait = settings.waits_for_all();
    let grace = settings.time(Slot::Grace);
    let stop_delay = settings.time(Slot::StopDelay);
    let stopped_ok = settings.is_set(Slot::StoppedOk);
    let rewrites = &mut settings.rewrites;
    if dialect.always_group {
        rewrites.set_default(Signal::TTIN, None);
        rewrites.set_default(Signal::TTOU, None);
    }
    let policy = Policy {
        stops: !dialect.always_group,
        farewell: !dialect.always_group,
        exit_map,
        warn_on_reap,
        pause,
        wait,
        grace,
        stop_delay,
        stopped_ok,
        log: last_word.is_wanted(),
        ..Policy::new(target, terminal.placement, rewrites, pid1, terminal.shared, terminal.leader)
    };
    let mut supervisor = Supervisor {
        // Never taken down: the end of the process does that.
        poll: ManuallyDrop::new(None),
        events,
        signals: SignalFd::NONE,
        machine: Machine::new(policy),
        hands: Hands::new(child.pid, target, voice, last_word),
        own_pid: voice.facts.pid,
        held_back: child.outcome.init_held_back,
        reap_wanted: true,
        announced: false,
        read_wanted: false,
        sweeps: Sweeps::NONE,
    };
    supervisor.run(settled)
}

/// What a failure is about, if not the program.
pub(super) fn subject(topic: Topic, settings: &Settings) -> Option<Word> {
    match topic {
        Topic::NoDirectory => settings.text(TextSlot::Directory),
        Topic::NoUser => settings.text(TextSlot::User),
        _ => None,
    }
}

/// Makes orphans init's own, where it is not PID 1, whose they are anyway.
#[inline(always)]
fn adopt(voice: &Voice, asked: bool) {
    let pid1 = voice.facts.pid == 1;
    if asked || !pid1 && !voice.facts.dialect.adopts_if_asked {
        if let Err(errno) = process::adopt_orphans() {
            voice.tell_error(Topic::NoSubreaper, errno);
        }
    } else if !pid1 && !process::adopts_orphans() {
        voice.warn(Note::new(Topic::NotAdopting, 0, 0));
    }
}

/// The place of LISTEN_PID in the environment, if C's strtol finds init's own pid
/// in it: the sockets were meant for the program.
fn listen_pid(args: &Args, own_pid: i32) -> Option<&'static Cell<Option<Word>>> {
    let (value, entry) = args.variable(Word::of(LISTEN_PID))?;
    (cli::atoi(value) == own_pid.cast_unsigned()).then_some(entry)
}

#[cold]
#[inline(never)]
fn tell_detached(voice: &Voice, terminal: &Terminal) {
    match terminal.given_up {
        GivenUp::Failed(errno) => voice.tell_error(Topic::NotDetached, errno),
        GivenUp::Yes(_) if terminal.leader => voice.tell(Note::new(Topic::DetachedAsLeader, 0, 0)),
        GivenUp::Yes(_) => voice.tell(Note::new(Topic::Detached, 0, 0)),
        GivenUp::No => {}
    }
}

#[cold]
#[inline(never)]
fn tell_birth(voice: &Voice, birth: &Birth<'_>) {
    let Birth { child, terminal, .. } = birth;
    voice.tell(Note::new(Topic::Spawned, child.pid, 0));
    if terminal.placement == Placement::Session {
        if let Some(errno) = child.outcome.no_terminal {
            voice.tell_error(Topic::NotAttached, errno);
        }
        voice.tell(Note::new(Topic::SessionMade, child.pid, 0));
    }
    if let GivenUp::Yes(swallowed) = terminal.given_up {
        for &signal in &[Signal::HUP, Signal::CONT] {
            if swallowed.contains(signal) {
                voice.tell(Note::new(Topic::HandOffIgnored, signal.number().into(), signal.number().into()));
            }
        }
    }
}

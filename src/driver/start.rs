//! Start-up, in the order that loses nothing: parse, block all signals, make
//! what supervision needs, hand over the terminal, start the child, let go.

use super::std;
use super::voice::Voice;
use super::{Hands, MAIN_CHILD, SIGNALS, Supervisor};
use crate::cli::{self, Options};
use crate::dialect::Dialect;
use crate::error::Errno;
use crate::machine::{Machine, Placement, Policy};
use crate::signal::{Signal, SignalSet};
use crate::sys::args::{Args, EnvSlot};
use crate::sys::child::{self, Birth, Child, Failure, LISTEN_PID};
use crate::sys::signalfd::SignalFd;
use crate::sys::{fd, process, signal, terminal};
use crate::text::{after, decimal};
use crate::topic::{Note, Topic};
use core::mem::ManuallyDrop;
use mio::{Events, Interest, Poll, unix::SourceFd};
use std::os::fd::AsRawFd;

/// Is init, to the end of the process: starts what the arguments ask for, calls
/// `started`, and supervises. Nothing is allocated after `started`.
pub fn run(args: Args, started: fn()) -> ! {
    match prepare(args) {
        Ok(mut supervisor) => supervisor.run(started),
        Err(code) => process::exit(code),
    }
}

/// Starts the program, or answers the exit code, the reason having been said.
fn prepare(args: Args) -> Result<Supervisor, u8> {
    let argv0 = args.argument(0).unwrap_or(b"sexton");
    let mut voice = Voice { dialect: Dialect::of(argv0), verbosity: 0, argv0, program: b"" };
    let options = match cli::parse(voice.dialect, &|at| args.argument(at), args.environment(cli::INITIALS)) {
        Ok(options) => options,
        Err(stop) => {
            voice.end(stop.topic, stop.subject, stop.origin, 0);
            return Err(stop.exit_code());
        }
    };
    voice.verbosity = options.verbosity;
    voice.program = args.argument(options.program).unwrap_or(b"");
    launch(args, &options, voice).map_err(|Failure { topic, errno }| {
        voice.end(topic, voice.program, b"", errno.number());
        match topic {
            Topic::ExecNotFound => voice.dialect.exec_failure.not_found,
            Topic::ExecNoInterpreter | Topic::ExecFailed => voice.dialect.exec_failure.not_executable,
            _ => voice.dialect.start_failure,
        }
    })
}

#[inline(never)]
fn launch(args: Args, options: &Options, voice: Voice) -> Result<Supervisor, Failure> {
    let mask = signal::block_all();
    let ignore_sigchld = signal::default_sigchld();
    let own_pid = process::pid();
    let pid1 = own_pid == 1;
    if options.debug_by_variable {
        voice.tell(Note::new(Topic::DebugByVariable, 0, 0));
    }
    if options.no_session_by_variable {
        voice.tell(Note::new(Topic::NoSessionByVariable, 0, 0));
    }
    if !pid1 && let Err(errno) = process::adopt_orphans() {
        tell_error(&voice, Topic::NoSubreaper, errno);
    }

    let signals = SignalFd::new().map_err(Failure::of(Topic::NoSignalFd))?;
    let poll = match signals.standard_open() {
        true => Poll::new(),
        false => fd::with_standard_occupied(signals.raw(), Poll::new),
    };
    let poll = poll.map_err(errno_of);
    // Neither is ever taken down: the end of the process does that.
    let poll = ManuallyDrop::new(poll.map_err(Failure::of(Topic::NoPoll))?);
    let events = ManuallyDrop::new(Events::with_capacity(2));
    register(&poll, signals.raw(), SIGNALS).map_err(Failure::of(Topic::NoPoll))?;

    let terminal = Terminal::prepare(options.placement, own_pid, &voice);
    let birth = Birth {
        args,
        program: options.program,
        path: args.slot(b"PATH=").map_or(voice.dialect.default_path, |slot| slot.text().get(5..).unwrap_or(b"")),
        shell_fallback: voice.dialect.shell_fallback,
        placement: terminal.placement,
        foreground: terminal.foreground,
        mask: if voice.dialect.resets_signals { SignalSet::EMPTY } else { mask },
        ignore_sigchld,
        reset_standard: voice.dialect.resets_signals,
        listen_pid: listen_pid(args, own_pid),
    };
    let child = child::spawn(&birth)?;
    tell_birth(&voice, &terminal, &child);

    if let Err(errno) = process::leave_directory() {
        tell_error(&voice, Topic::NoRootDirectory, errno);
    }
    fd::close_all_but([signals.raw(), poll.as_raw_fd(), child.pidfd.unwrap_or(-1)]);
    if let Some(pidfd) = child.pidfd {
        // SIGCHLD tells the same where this cannot be had.
        let _ = register(&poll, pidfd, MAIN_CHILD);
    }
    let policy =
        Policy::new(options.target, terminal.placement, options.rewrites, pid1, terminal.shared, terminal.leader);
    Ok(Supervisor {
        poll,
        events,
        signals,
        machine: Machine::new(policy),
        hands: Hands { target: options.target, child: child.pid, voice, queued: None, leave: None },
        own_pid,
        watch_stops: policy.follow_stops,
        reap_wanted: true,
    })
}

/// What the terminal means for the child.
struct Terminal {
    placement: Placement,
    /// The child's group takes the foreground.
    foreground: bool,
    /// Init and the child share a session with a terminal.
    shared: bool,
    /// Init leads that session.
    leader: bool,
    /// What came of giving the terminal up, if that was tried.
    given_up: Option<Result<SignalSet, Errno>>,
}

impl Terminal {
    /// Decides where the child is to live, and gives the terminal up if it is
    /// to be the child's.
    #[inline(never)]
    fn prepare(wanted: Placement, own_pid: i32, voice: &Voice) -> Self {
        let plain = Self { placement: wanted, foreground: false, shared: false, leader: false, given_up: None };
        if wanted == Placement::Session && voice.dialect.always_session {
            return plain.give_up(own_pid);
        }
        let Some(foreground) = terminal::holds_foreground(0) else { return plain };
        let leader = process::leads_session();
        match wanted {
            Placement::Shared => Self { shared: true, leader, ..plain },
            _ if leader => plain.give_up(own_pid),
            // A job of a shell: the terminal belongs to the shell's session, so
            // a child in another could not have it. Unless this is one end of a
            // pipeline, whose other programs must keep the foreground.
            _ if terminal::holds_foreground(1).is_some() => {
                Self { placement: Placement::Group, foreground, shared: true, ..plain }
            }
            _ => plain,
        }
    }

    fn give_up(self, own_pid: i32) -> Self {
        let leader = process::leads_session();
        let given_up = terminal::give_up();
        let swallow = |()| if leader { terminal::swallow_hand_over(own_pid) } else { SignalSet::EMPTY };
        Self { leader, given_up: Some(given_up.map(swallow)), ..self }
    }
}

/// The place of LISTEN_PID in the environment, if its value begins with init's
/// own pid: the sockets were meant for the program.
#[inline(never)]
fn listen_pid(args: Args, own_pid: i32) -> Option<EnvSlot> {
    let slot = args.slot(LISTEN_PID)?;
    let value = after(slot.text(), LISTEN_PID)?;
    let end = value.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(value.len());
    let named = decimal(value.get(..end)?)?;
    (named == own_pid.unsigned_abs()).then_some(slot)
}

fn register(poll: &Poll, fd: i32, token: mio::Token) -> Result<(), Errno> {
    poll.registry().register(&mut SourceFd(&fd), token, Interest::READABLE).map_err(errno_of)
}

/// mio's errors are the kernel's.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn errno_of(error: std::io::Error) -> Errno {
    Errno::of(error.raw_os_error().unwrap_or(0))
}

fn tell_error(voice: &Voice, topic: Topic, errno: Errno) {
    voice.tell(Note::new(topic, errno.number(), errno.number()));
}

#[inline(never)]
fn tell_birth(voice: &Voice, terminal: &Terminal, child: &Child) {
    if !voice.has_notes() {
        return;
    }
    match &terminal.given_up {
        Some(Err(errno)) => tell_error(voice, Topic::NotDetached, *errno),
        Some(Ok(_)) if terminal.leader => voice.tell(Note::new(Topic::DetachedAsLeader, 0, 0)),
        Some(Ok(_)) => voice.tell(Note::new(Topic::Detached, 0, 0)),
        None => {}
    }
    voice.tell(Note::new(Topic::Spawned, child.pid, 0));
    if terminal.placement == Placement::Session {
        if let Some(errno) = child.no_terminal {
            tell_error(voice, Topic::NotAttached, errno);
        }
        voice.tell(Note::new(Topic::SessionMade, 0, 0));
    }
    if let Some(Ok(swallowed)) = terminal.given_up {
        for signal in [Signal::HUP, Signal::CONT] {
            if swallowed.contains(signal) {
                let number = i32::from(signal.number());
                voice.tell(Note::new(Topic::HandOffIgnored, number, number));
            }
        }
    }
}

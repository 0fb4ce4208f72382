//! Start-up, in the order that loses nothing: parse, block all signals, make
//! what supervision needs, hand over the terminal, start the child, let go.

use super::std;
use super::voice::Voice;
use super::{MAIN_CHILD, SIGNALS, Supervisor};
use crate::cli::{self, Options};
use crate::decimal;
use crate::dialect::Dialect;
use crate::error::Errno;
use crate::machine::{Machine, Placement, Policy};
use crate::sys::args::{Args, EnvSlot};
use crate::sys::child::{self, Birth, Child, Failure, LISTEN_PID};
use crate::sys::signalfd::SignalFd;
use crate::sys::terminal::{self, Swallowed};
use crate::sys::{fd, process, signal};
use crate::topic::{Note, Topic};
use mio::{Events, Interest, Poll, unix::SourceFd};
use std::os::fd::AsRawFd;

/// Starts what `args` ask for. Nothing is allocated after this returns.
///
/// # Errors
/// The exit code to end with, if nothing was started; the reason has been
/// said.
pub fn start(args: Args) -> Result<Supervisor, u8> {
    let argv0 = args.argument(0).unwrap_or(b"sexton");
    let dialect = Dialect::of(argv0);
    let mut voice = Voice { dialect, verbosity: 0, argv0, program: b"" };
    let options = cli::parse(dialect, &|at| args.argument(at), args.environment(cli::INITIALS)).map_err(|stop| {
        voice.end(stop.topic, stop.subject, stop.origin, 0);
        stop.exit_code()
    })?;
    voice.verbosity = options.verbosity;
    voice.program = args.argument(options.program).unwrap_or(b"");
    launch(args, &options, voice).map_err(|failure| failure.tell(&voice))
}

/// Why init cannot supervise.
enum Obstacle {
    SignalFd(Errno),
    Poll(Errno),
    Child(Failure),
}

fn launch(args: Args, options: &Options, voice: Voice) -> Result<Supervisor, Obstacle> {
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
    if !pid1 {
        if let Err(errno) = process::adopt_orphans() {
            tell_error(&voice, Topic::NoSubreaper, errno);
        }
    }

    let signals = SignalFd::new().map_err(Obstacle::SignalFd)?;
    let poll =
        fd::with_standard_occupied(signals.raw(), Poll::new).map_err(|error| Obstacle::Poll(errno_of(&error)))?;
    register(&poll, signals.raw(), SIGNALS).map_err(Obstacle::Poll)?;
    let events = Events::with_capacity(2);

    let terminal = Terminal::prepare(options.placement, own_pid, &voice);
    let birth = Birth {
        args,
        program: options.program,
        path: args.slot(b"PATH=").map_or(voice.dialect.default_path, |slot| slot.text().get(5..).unwrap_or(b"")),
        shell_fallback: voice.dialect.shell_fallback,
        placement: terminal.placement,
        foreground: terminal.foreground,
        mask: if voice.dialect.resets_signals { crate::signal::SignalSet::EMPTY } else { mask },
        ignore_sigchld,
        reset_standard: voice.dialect.resets_signals,
        listen_pid: listen_pid(args, own_pid),
    };
    let child = child::spawn(&birth).map_err(Obstacle::Child)?;
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
        target: options.target,
        child: child.pid,
        own_pid,
        watch_stops: policy.follow_stops,
        voice,
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
    given_up: Option<Result<Swallowed, Errno>>,
}

impl Terminal {
    /// Decides where the child is to live, and gives the terminal up if it is
    /// to be the child's.
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
        let swallow = |()| if leader { terminal::swallow_hand_over(own_pid) } else { Swallowed::default() };
        Self { leader, given_up: Some(given_up.map(swallow)), ..self }
    }
}

/// The place of LISTEN_PID in the environment, if its value begins with init's
/// own pid: the sockets were meant for the program.
fn listen_pid(args: Args, own_pid: i32) -> Option<EnvSlot> {
    let slot = args.slot(LISTEN_PID)?;
    let value = slot.text().strip_prefix(LISTEN_PID)?;
    let digits = value.split(|byte| !byte.is_ascii_digit()).next()?;
    let named = decimal::parse(digits)?;
    (named == own_pid.unsigned_abs()).then_some(slot)
}

fn register(poll: &Poll, fd: i32, token: mio::Token) -> Result<(), Errno> {
    poll.registry().register(&mut SourceFd(&fd), token, Interest::READABLE).map_err(|error| errno_of(&error))
}

fn errno_of(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().and_then(|errno| u16::try_from(errno).ok()).unwrap_or(0))
}

fn tell_error(voice: &Voice, topic: Topic, errno: Errno) {
    voice.tell(Note::new(topic, i32::from(errno.0), i32::from(errno.0)));
}

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
    if let Some(Ok(Swallowed(pair))) = terminal.given_up {
        for signal in pair.into_iter().flatten() {
            let number = i32::from(signal.number());
            voice.tell(Note::new(Topic::HandOffIgnored, number, number));
        }
    }
}

impl Obstacle {
    /// Says what is in the way; the answer is the exit code.
    fn tell(self, voice: &Voice) -> u8 {
        let dialect = voice.dialect;
        let (topic, errno, code) = match self {
            Self::SignalFd(errno) => (Topic::NoSignalFd, errno, dialect.start_failure),
            Self::Poll(errno) => (Topic::NoPoll, errno, dialect.start_failure),
            Self::Child(Failure::Clone(errno)) => (Topic::NoChild, errno, dialect.start_failure),
            Self::Child(Failure::Placement(errno)) => (Topic::NoSession, errno, dialect.start_failure),
            Self::Child(Failure::Foreground(errno)) => (Topic::NoForeground, errno, dialect.start_failure),
            Self::Child(Failure::Exec(error)) => match (error.errno, error.no_interpreter) {
                (Errno::NOENT, false) => (Topic::ExecNotFound, error.errno, dialect.exec_failure.not_found),
                (Errno::NOENT, true) => (Topic::ExecNoInterpreter, error.errno, dialect.exec_failure.not_executable),
                _ => (Topic::ExecFailed, error.errno, dialect.exec_failure.not_executable),
            },
        };
        voice.end(topic, voice.program, b"", i32::from(errno.0));
        code
    }
}

//! Starting the main child: from clone(2) to execve(2).
//!
//! The child is made as by vfork(2), in init's memory, and init sleeps until
//! it has executed the program or failed. So no signal can be forwarded to
//! something that is not yet the program, no page table is copied, and a
//! failure comes back through memory. Where a sandbox refuses that, a plain
//! fork does, and a pipe that execve closes takes the place of the memory.

use super::args::Args;
use super::word::Word;
use super::{arch, credentials, done, exec, fd, number, process, signal, terminal, word};
use crate::account::Account;
use crate::dialect::Dialect;
use crate::error::Errno;
use crate::machine::Placement;
use crate::signal::{Signal, SignalSet};
use crate::text::digits;
use crate::topic::Topic;
use core::cell::Cell;
use core::ffi::CStr;
use core::ptr::NonNull;

/// Everything that makes the main child what it is to be.
pub struct Birth<'a> {
    /// argv and environment, init's own.
    pub args: Args,
    /// Which argument is the program, never 0.
    pub program: usize,
    /// How it is made.
    pub dialect: &'static Dialect,
    /// Where it is to live.
    pub placement: Placement,
    /// The terminal of which its group takes the foreground.
    pub foreground: Option<i32>,
    /// The signal mask that init was started with.
    pub mask: SignalSet,
    /// Its working directory, if not init's.
    pub directory: Option<Word>,
    /// Who it is to be, if not who init is.
    pub account: Option<&'a Account>,
    /// It is to get no new privileges by what it executes.
    pub no_new_privileges: bool,
    /// SIGCHLD is to be ignored again, as init found it.
    pub ignore_sigchld: bool,
    /// The environment's LISTEN_PID, if it named init: it is to name the child.
    pub listen_pid: Option<&'static Cell<Option<Word>>>,
}

/// The variable that names the process which gets the sockets.
pub const LISTEN_PID: Word = Word::of(c"LISTEN_PID=");

/// A main child, which runs its program or has exited because it could not.
pub struct Child {
    /// Its pid, and its process group's where it has one of its own.
    pub pid: i32,
    /// A pidfd of it, numbered above 2; negative where the kernel gave none.
    pub pidfd: i32,
    /// What it told.
    pub outcome: Outcome,
}

impl Child {
    /// Not made yet.
    pub const NONE: Self = Self { pid: 0, pidfd: -1, outcome: Outcome { failure: None, no_terminal: None } };
}

/// What the child tells, the same in memory and through a pipe.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// Why it does not run its program.
    pub failure: Option<Failure>,
    /// Why its new session has no terminal, if it has none.
    pub no_terminal: Option<Errno>,
}

/// The step that failed, as a message has it, and its error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// One of the topics on the start.
    pub topic: Topic,
    /// What the kernel said.
    pub errno: Errno,
}

impl Failure {
    /// For `map_err`.
    pub fn of(topic: Topic) -> impl FnOnce(Errno) -> Self {
        move |errno| Self { topic, errno }
    }
}

/// What parent and child share, by memory or by pipe.
struct Shared<'a> {
    birth: &'a Birth<'a>,
    child: &'a mut Child,
    /// Both ends, where memory is not shared.
    pipe: Option<[i32; 2]>,
    listen_pid: [u8; 24],
}

/// The flags to try, most wanted first. Linux before 5.2 ignores CLONE_PIDFD;
/// qemu's user mode and sandboxes refuse some.
const FLAGS: [i32; 3] = [
    libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD,
    libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD,
    libc::SIGCHLD,
];

/// `clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD)`, then execve in the child.
/// clone(2). All signals must be blocked.
///
/// # Errors
/// Those of clone. A child that is made but fails exits, to be reaped as any:
/// see [`Outcome`].
#[doc(alias = "clone")]
#[doc(alias = "vfork")]
#[inline(never)]
pub fn spawn(birth: &Birth<'_>, child: &mut Child) -> Result<(), Errno> {
    let mut shared = Shared { birth, child, pipe: None, listen_pid: [0; 24] };
    let mut made = Err(Errno::AGAIN);
    for flags in FLAGS {
        if flags == libc::SIGCHLD {
            shared.pipe = pipe().ok();
        }
        let pidfd = &raw mut shared.child.pidfd;
        // SAFETY: `shared` and what it refers to live on in this frame and its
        // caller's, which outlast the child's use of them; CLONE_VM comes with
        // CLONE_VFORK.
        made = number(unsafe { arch::clone(flags, live, &raw mut shared, pidfd) });
        // Limits would be met again.
        if matches!(made, Ok(_) | Err(Errno::AGAIN | Errno::NOMEM)) {
            break;
        }
    }
    if let Some([reader, writer]) = shared.pipe {
        fd::close(writer);
        if made.is_ok() {
            hear(reader, &mut shared.child.outcome);
        }
        fd::close(reader);
    }
    child.pid = made?;
    child.pidfd = fd::above_standard(child.pidfd).unwrap_or(-1);
    Ok(())
}

/// Who returns from [`fork`].
pub enum Side {
    /// The parent, which is to be init.
    Parent,
    /// The child, which goes on as it is now, or says why it is not what it was
    /// to be.
    Child(Result<(), Failure>),
}

/// `fork()`: a child that is everything but the program that it executes, and
/// goes on with this one. The parent returns once that is done. fork(2).
///
/// # Errors
/// Those of fork and of pipe(2).
pub fn fork(birth: &Birth<'_>, child: &mut Child) -> Result<Side, Errno> {
    let [reader, writer] = pipe()?;
    // SAFETY: the C library's: it keeps its own state whole in both. The caller
    // has one thread.
    child.pid = unsafe { libc::fork() };
    match child.pid {
        0 => {
            fd::close(reader);
            let mut shared = Shared { birth, child, pipe: None, listen_pid: [0; 24] };
            let prepared = prepare(&mut shared);
            signal::set_mask(birth.mask);
            fd::close(writer);
            Ok(Side::Child(prepared))
        }
        ..0 => {
            fd::close(reader);
            fd::close(writer);
            Err(Errno::AGAIN)
        }
        pid => {
            fd::close(writer);
            // Until the child has closed its end.
            hear(reader, &mut child.outcome);
            fd::close(reader);
            // SAFETY: takes no pointers.
            let pidfd = number(unsafe { arch::syscall2(libc::SYS_pidfd_open, word(pid), 0) });
            child.pidfd = pidfd.and_then(fd::above_standard).unwrap_or(-1);
            Ok(Side::Parent)
        }
    }
}

/// `setenv(name, value)`: for a child that goes on with this program. setenv(3).
pub fn set_variable(name: &CStr, value: &CStr) {
    // SAFETY: both are null-terminated, and there is one thread.
    let _ = unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
}

/// The child: on init's stack below init's frames, so only plain system calls.
extern "C" fn live(shared: *mut Shared<'_>) -> ! {
    // SAFETY: `spawn` passes a valid pointer and sleeps, or this is a copy.
    let shared = unsafe { &mut *shared };
    let failure = prepare(shared).err().unwrap_or_else(|| become_program(shared));
    shared.child.outcome.failure = Some(failure);
    tell(shared);
    process::exit(shared.birth.dialect.failure_codes.of(failure.topic, failure.errno))
}

/// Session or group, terminal, dispositions, directory, user: everything before
/// the mask.
#[inline(never)]
fn prepare(shared: &mut Shared<'_>) -> Result<(), Failure> {
    let birth = shared.birth;
    match birth.placement {
        Placement::Session => {
            process::make_session().map_err(Failure::of(Topic::NoSession))?;
            shared.child.outcome.no_terminal = terminal::acquire().err();
        }
        Placement::Group => process::make_group().map_err(Failure::of(Topic::NoSession))?,
        Placement::Shared => {}
    }
    if let Some(terminal) = birth.foreground {
        terminal::set_foreground(terminal, process::pid()).map_err(Failure::of(Topic::NoForeground))?;
    }
    if birth.dialect.resets_signals {
        for signal in 1..32 {
            signal::set_disposition(signal, libc::SIG_DFL);
        }
    } else if birth.ignore_sigchld {
        signal::set_disposition(Signal::CHLD.number(), libc::SIG_IGN);
    }
    if let Some(entry) = birth.listen_pid {
        write_listen_pid(&mut shared.listen_pid, process::pid());
        // SAFETY: the text ends with a null and lies in `spawn`'s frame, which
        // init does not leave before the program has its own copy.
        entry.set(NonNull::new(shared.listen_pid.as_mut_ptr()).map(|text| unsafe { Word::new(text) }));
    }
    if let Some(directory) = birth.directory {
        process::change_directory(directory).map_err(Failure::of(Topic::NoDirectory))?;
    }
    if let Some(account) = birth.account {
        credentials::assume(account).map_err(Failure::of(Topic::NoUser))?;
    }
    if birth.no_new_privileges {
        process::give_up_new_privileges().map_err(Failure::of(Topic::NoNewPrivileges))?;
    }
    Ok(())
}

fn become_program(shared: &Shared<'_>) -> Failure {
    let birth = shared.birth;
    tell(shared);
    // The last thing before the program: what is pending acts on it alone.
    signal::set_mask(if birth.dialect.resets_signals { SignalSet::EMPTY } else { birth.mask });
    exec::execute(birth)
}

/// `LISTEN_PID=` and the number, null-terminated. sd_listen_fds(3).
fn write_listen_pid(text: &mut [u8; 24], pid: i32) {
    let mut room = text.iter_mut();
    let mut put = |byte| {
        if let Some(place) = room.next() {
            *place = byte;
        }
    };
    LISTEN_PID.bytes().for_each(&mut put);
    digits(pid.unsigned_abs(), &mut put);
}

/// `pipe2(O_CLOEXEC)`: pipe(2).
fn pipe() -> Result<[i32; 2], Errno> {
    let mut ends = [-1; 2];
    // SAFETY: the kernel writes two ints.
    let made = unsafe { arch::syscall2(libc::SYS_pipe2, &raw mut ends as usize, word(libc::O_CLOEXEC)) };
    done(made).map(|()| ends)
}

/// The child tells its outcome so far; the last one counts.
fn tell(shared: &Shared<'_>) {
    if let Some([_, writer]) = shared.pipe {
        let outcome = &raw const shared.child.outcome;
        // SAFETY: the kernel reads the bytes of one Outcome.
        unsafe { arch::syscall3(libc::SYS_write, word(writer), outcome as usize, size_of::<Outcome>()) };
    }
}

/// The parent listens until execve or the child's end closes the pipe.
#[inline(never)]
fn hear(reader: i32, outcome: &mut Outcome) {
    loop {
        let mut heard = *outcome;
        // SAFETY: the kernel writes at most one Outcome, and only a child that
        // is a copy of this process writes to the pipe, one whole Outcome at a
        // time (less than PIPE_BUF, so in one piece).
        let got =
            unsafe { arch::syscall3(libc::SYS_read, word(reader), &raw mut heard as usize, size_of::<Outcome>()) };
        match number(got) {
            Ok(0) => return,
            Ok(_) => *outcome = heard,
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

//! Starting the main child: from clone(2) to execve(2).
//!
//! The child is made as by vfork(2), in init's memory, and init sleeps until
//! it has executed the program or failed. So no signal can be forwarded to
//! something that is not yet the program, no page table is copied, and a
//! failure comes back through memory. Where a sandbox refuses that, a plain
//! fork does, and a pipe that execve closes takes the place of the memory.

use super::account::Account;
use super::args::Args;
use super::terminal::{self, Terminal};
use super::word::Word;
use super::{arch, credentials, done, exec, fd, number, process, scheduler, signal, word};
use crate::dialect::Dialect;
use crate::error::Errno;
use crate::machine::Placement;
use crate::signal::{Signal, SignalSet};
use crate::topic::Topic;
use core::cell::Cell;
use core::ffi::CStr;
use core::ptr::NonNull;

/// Everything that makes the main child what it is to be, and what becomes of
/// it: the one thing that init and the child share, by memory or by pipe. In
/// this order, so that what is used most is near its beginning, where
/// instructions are short.
#[repr(C)]
pub struct Birth<'a> {
    /// Who it has become.
    pub child: Child,
    /// It is to get no new privileges by what it executes.
    pub no_new_privileges: bool,
    /// Its working directory, if not init's.
    pub directory: Option<Word>,
    /// How the child is made.
    pub dialect: &'static Dialect,
    /// Where it is to live, and what becomes of the terminal.
    pub terminal: Terminal,
    /// SIGCHLD is to be ignored again, as init found it.
    pub ignore_sigchld: bool,
    /// The signal mask that init was started with.
    pub mask: SignalSet,
    /// The environment's LISTEN_PID, if it named init: it is to name the child.
    pub listen_pid: Option<&'static Cell<Option<Word>>>,
    /// Which argument is the program, never 0.
    pub program: usize,
    /// Init's pid.
    pub init: i32,
    /// argv and environment, init's own.
    pub args: Args,
    /// Both ends, where memory is not shared, otherwise negative.
    pipe: [i32; 2],
    /// Who it is to be, if not who init is.
    pub account: Option<&'a Account>,
}

impl<'a> Birth<'a> {
    /// One that begins here: all signals are blocked.
    #[inline(always)]
    pub fn new(args: Args, program: usize, dialect: &'static Dialect, account: Option<&'a Account>) -> Self {
        Self {
            mask: signal::block_all(),
            ignore_sigchld: signal::default_sigchld(),
            child: Child { pid: 0, outcome: Outcome { failure: None, no_terminal: None, init_held_back: false } },
            no_new_privileges: false,
            directory: None,
            dialect,
            terminal: Terminal::NONE,
            listen_pid: None,
            program,
            init: 0,
            args,
            account,
            pipe: [-1; 2],
        }
    }
}

/// The variable that names the process which gets the sockets.
pub const LISTEN_PID: &CStr = c"LISTEN_PID=";

/// A main child, which runs its program or has exited because it could not.
pub struct Child {
    /// Its pid, and its process group's where it has one of its own.
    pub pid: i32,
    /// What it told.
    pub outcome: Outcome,
}

/// What the child tells, the same in memory and through a pipe.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// Why it does not run its program.
    pub failure: Option<Failure>,
    /// Why its new session has no terminal, if it has none.
    pub no_terminal: Option<Errno>,
    /// Init's turn comes after the program's.
    pub init_held_back: bool,
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

/// The flags that are wanted. qemu's user mode and sandboxes refuse some: then it is
/// tried with SIGCHLD alone.
const FLAGS: i32 = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;

/// `clone(CLONE_VM | CLONE_VFORK)`, then execve in the child.
/// clone(2). All signals must be blocked.
///
/// # Errors
/// Those of clone. A child that is made but fails exits, to be reaped as any:
/// see [`Outcome`].
#[doc(alias = "clone")]
#[doc(alias = "vfork")]
#[inline(never)]
pub fn spawn(birth: &mut Birth<'_>) -> Result<(), Errno> {
    let mut flags = FLAGS;
    let made = loop {
        // SAFETY: `birth` and what it refers to live on in the callers' frames,
        // which outlast the child's use of them; CLONE_VM comes with
        // CLONE_VFORK.
        let made = number(unsafe { arch::clone(flags, live, &raw mut *birth) });
        // Limits would be met again.
        if flags == libc::SIGCHLD || matches!(made, Ok(_) | Err(Errno::AGAIN | Errno::NOMEM)) {
            break made;
        }
        flags = libc::SIGCHLD;
        // Without one it tells nothing.
        let _ = pipe(&mut birth.pipe);
    };
    let [reader, writer] = birth.pipe;
    if writer >= 0 {
        fd::close(writer);
        if made.is_ok() {
            hear(reader, &mut birth.child.outcome);
        }
        fd::close(reader);
    }
    birth.child.pid = made?;
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
pub fn fork(birth: &mut Birth<'_>) -> Result<Side, Errno> {
    pipe(&mut birth.pipe)?;
    let [reader, writer] = birth.pipe;
    // SAFETY: the C library's: it keeps its own state whole in both. The caller
    // has one thread.
    birth.child.pid = unsafe { libc::fork() };
    match birth.child.pid {
        0 => {
            fd::close(reader);
            let prepared = prepare(birth);
            tell(birth);
            signal::set_mask(birth.mask);
            fd::close(writer);
            Ok(Side::Child(prepared))
        }
        ..0 => {
            // SAFETY: the C library's, of this thread, for ever.
            let errno = Errno::of(unsafe { *libc::__errno_location() });
            fd::close(reader);
            fd::close(writer);
            Err(errno)
        }
        _ => {
            fd::close(writer);
            // Until the child has closed its end.
            hear(reader, &mut birth.child.outcome);
            fd::close(reader);
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
extern "C" fn live(birth: *mut Birth<'_>) -> ! {
    // SAFETY: `spawn` passes a valid pointer and sleeps, or this is a copy.
    let birth = unsafe { &mut *birth };
    let failure = prepare(birth).err().unwrap_or_else(|| become_program(birth));
    birth.child.outcome.failure = Some(failure);
    tell(birth);
    process::exit(birth.dialect.failure_codes.of(failure.topic, failure.errno))
}

/// Session or group, terminal, dispositions, directory, user: everything before
/// the mask.
#[inline(always)]
fn prepare(birth: &mut Birth<'_>) -> Result<(), Failure> {
    birth.child.outcome.init_held_back = scheduler::hold_back(birth.init);
    match birth.terminal.placement {
        Placement::Session => {
            process::make_session().map_err(Failure::of(Topic::NoSession))?;
            birth.child.outcome.no_terminal = terminal::acquire().err();
        }
        Placement::Group => process::make_group().map_err(Failure::of(Topic::NoSession))?,
        Placement::Shared => {}
    }
    if let Some(terminal) = birth.terminal.foreground {
        terminal::set_foreground(terminal, process::pid()).map_err(Failure::of(Topic::NoForeground))?;
    }
    if birth.dialect.resets_signals {
        for signal in 1..32 {
            signal::set_disposition(signal, libc::SIG_DFL);
        }
    } else if birth.ignore_sigchld {
        signal::set_disposition(Signal::CHLD.number(), libc::SIG_IGN);
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

fn become_program(birth: &Birth<'_>) -> Failure {
    tell(birth);
    let mut text = [0; 24];
    if let Some(entry) = birth.listen_pid {
        // SAFETY: the text lies in this frame, which is left by executing the
        // program, who has its own copy, or for the end of the process.
        entry.set(write_listen_pid(&mut text, process::pid()).map(|text| unsafe { Word::new(text) }));
    }
    // The last thing before the program: what is pending acts on it alone.
    signal::set_mask(if birth.dialect.resets_signals { SignalSet::EMPTY } else { birth.mask });
    exec::execute(birth)
}

/// `LISTEN_PID=` and the number, before the null at the end of `text`.
/// sd_listen_fds(3).
fn write_listen_pid(text: &mut [u8; 24], pid: i32) -> Option<NonNull<u8>> {
    let mut rest = pid.cast_unsigned();
    let mut name = LISTEN_PID.to_bytes().iter().rev();
    let mut begin = None;
    let [room @ .., _] = text;
    for place in room.iter_mut().rev() {
        *place = if rest > 0 {
            let digit = b'0' | (rest % 10).to_le_bytes()[0];
            rest /= 10;
            digit
        } else {
            match name.next() {
                Some(&byte) => byte,
                None => break,
            }
        };
        begin = Some(NonNull::from(place));
    }
    begin
}

/// `pipe2(O_CLOEXEC)`: pipe(2).
fn pipe(ends: &mut [i32; 2]) -> Result<(), Errno> {
    // SAFETY: the kernel writes two ints.
    done(unsafe { arch::syscall2(libc::SYS_pipe2, ends.as_mut_ptr() as usize, word(libc::O_CLOEXEC)) })
}

/// The child tells its outcome so far; the last one counts.
fn tell(birth: &Birth<'_>) {
    let [_, writer] = birth.pipe;
    if writer >= 0 {
        let outcome = &raw const birth.child.outcome;
        // SAFETY: the kernel reads the bytes of one Outcome.
        unsafe { arch::syscall3(libc::SYS_write, word(writer), outcome as usize, size_of::<Outcome>()) };
    }
}

/// The parent listens until execve or the child's end closes the pipe.
fn hear(reader: i32, outcome: &mut Outcome) {
    loop {
        // SAFETY: the kernel writes one Outcome or nothing, for only a child
        // that is a copy of this process writes to the pipe, one whole Outcome
        // at a time (less than PIPE_BUF, so in one piece).
        let got =
            unsafe { arch::syscall3(libc::SYS_read, word(reader), &raw mut *outcome as usize, size_of::<Outcome>()) };
        if !matches!(number(got), Ok(1..) | Err(Errno::INTR)) {
            return;
        }
    }
}

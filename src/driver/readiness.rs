//! What init waits with, made little by little: a poll for signals once the program
//! outlives its start, the rest once it outlives a short life.

use super::std::io;
use super::{MAIN_CHILD, SIGNALS, Supervisor, errno_of};
use crate::sys::signalfd::SignalFd;
use crate::sys::{fd, process, scheduler};
use crate::topic::Topic;
use core::mem::ManuallyDrop;
use mio::{Interest, Poll, unix::SourceFd};

/// Has the supervisor read signals and poll for them; without a poll it waits for
/// signals alone. After the start, so the child neither waits for this nor fails for it.
#[inline(never)]
pub(super) fn listen(supervisor: &mut Supervisor<'_>) {
    let poll = SignalFd::new().and_then(|(signals, standard_open)| {
        supervisor.signals = signals;
        poll_for(signals, standard_open).map_err(errno_of)
    });
    match poll {
        Ok(poll) => supervisor.poll = ManuallyDrop::new(Some(ManuallyDrop::into_inner(poll))),
        Err(errno) => supervisor.hands.voice.tell_error(Topic::PollFailed, errno),
    }
}

/// Does what a program of a short life can do without: has the poll tell of the main
/// child's end by itself, which SIGCHLD tells of as well, and settles who takes turns
/// with whom when signals come. The kernel makes an inode for each pidfd (fs/pidfs.c), which
/// takes as long as all the rest.
#[inline(never)]
pub(super) fn settle(supervisor: &mut Supervisor<'_>) {
    if let Some(poll) = &*supervisor.poll
        && let Ok(pidfd) = process::open_pidfd(supervisor.hands.child)
    {
        let _ = ManuallyDrop::new(register(poll, pidfd, MAIN_CHILD));
    }
    if supervisor.held_back {
        scheduler::take_turns(supervisor.hands.child, supervisor.own_pid);
    }
}

/// A poll above the standard descriptors that waits for signals. It is not taken
/// down where it cannot, either.
fn poll_for(signals: SignalFd, standard_open: bool) -> io::Result<ManuallyDrop<Poll>> {
    let plugs = if standard_open { 0 } else { fd::plug(signals.raw()) };
    let poll = Poll::new();
    fd::unplug(plugs);
    let poll = ManuallyDrop::new(poll?);
    register(&poll, signals.raw(), SIGNALS)?;
    Ok(poll)
}

#[inline(never)]
fn register(poll: &Poll, fd: i32, token: mio::Token) -> io::Result<()> {
    poll.registry().register(&mut SourceFd(&fd), token, Interest::READABLE)
}

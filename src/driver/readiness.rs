//! What init waits with, once the program outlives a short life.

use super::std::io;
use super::{MAIN_CHILD, SIGNALS, Supervisor, errno_of};
use crate::sys::signalfd::SignalFd;
use crate::sys::word::Word;
use crate::sys::{fd, process, scheduler};
use crate::topic::Topic;
use core::mem::ManuallyDrop;
use mio::{Interest, Poll, unix::SourceFd};

/// Has the supervisor read signals and poll for them, and for the main child's end, which
/// SIGCHLD tells of as well; without a poll it waits for signals alone. And settles who
/// takes turns with whom when signals come; and leaves the working directory, whose
/// filesystem might be unmounted. The child neither waits for this nor fails for it.
#[inline(never)]
pub(super) fn settle(supervisor: &mut Supervisor<'_>) {
    let child = supervisor.hands.child;
    if let Err(errno) = process::change_directory(Word::of(c"/")) {
        supervisor.hands.voice.tell_error(Topic::NoRootDirectory, errno);
    }
    let poll = SignalFd::new().and_then(|(signals, standard_open)| {
        supervisor.signals = signals;
        poll_for(signals, standard_open).map_err(errno_of)
    });
    match poll {
        Ok(poll) => {
            if let Ok(pidfd) = process::open_pidfd(child) {
                let _ = ManuallyDrop::new(register(&poll, pidfd, MAIN_CHILD));
            }
            supervisor.poll = ManuallyDrop::new(Some(ManuallyDrop::into_inner(poll)));
        }
        Err(errno) => supervisor.hands.voice.tell_error(Topic::PollFailed, errno),
    }
    if supervisor.held_back {
        scheduler::take_turns(child, supervisor.own_pid);
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

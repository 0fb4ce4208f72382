//! The loop: readiness to events, actions to system calls.
//!
//! Nothing is decided here; that is the machine's. After the child has been
//! started no error ends init: what fails is told to whoever wants notes, and
//! the loop goes on.

// mio's calls speak of io::Error and AsRawFd; nothing else of std is used.
extern crate std;

mod start;
mod voice;

pub use start::start;

use crate::error::Errno;
use crate::machine::{Action, Event, Machine, Sender, Target};
use crate::signal::{Signal, SignalSet};
use crate::sys::signalfd::{Received, SignalFd};
use crate::sys::wait::{self, Change};
use crate::sys::{process, signal, terminal};
use crate::topic::{Note, Topic};
use mio::{Events, Poll, Token};
use voice::Voice;

const SIGNALS: Token = Token(0);
const MAIN_CHILD: Token = Token(1);

/// Children reaped before signals are looked at again: a storm of orphans must
/// not keep a SIGTERM waiting.
const REAP_BATCH: u32 = 32;

/// A started main child, and everything that supervises it.
pub struct Supervisor {
    poll: Poll,
    events: Events,
    signals: SignalFd,
    machine: Machine,
    target: Target,
    child: i32,
    own_pid: i32,
    watch_stops: bool,
    voice: Voice,
}

/// What one round of signals and reaping leaves to do.
#[derive(Clone, Copy, Default)]
struct Pending {
    /// Children may be waiting to be reaped.
    reap: bool,
    /// Init has been told to leave with this code.
    leave: Option<u8>,
}

impl Supervisor {
    /// Supervises until the main child has ended, and answers its exit code.
    pub fn run(&mut self) -> u8 {
        // Children may have died before the descriptors were registered.
        let mut pending = Pending { reap: true, leave: None };
        loop {
            self.take_signals(&mut pending);
            if pending.reap {
                self.reap(&mut pending);
            }
            if let Some(code) = pending.leave {
                return code;
            }
            if !pending.reap {
                self.sleep(&mut pending);
            }
        }
    }

    /// Sleeps until a signal is pending or the main child has ended.
    fn sleep(&mut self, pending: &mut Pending) {
        if let Err(error) = self.poll.poll(&mut self.events, None) {
            let errno = error.raw_os_error().unwrap_or(0);
            // Stopped and continued, or traced: a wake-up for nothing.
            if errno != i32::from(Errno::INTR.0) {
                self.voice.tell(Note::new(Topic::PollFailed, errno, errno));
                self.take_one_signal(true, pending);
            }
            return;
        }
        if self.events.iter().any(|event| event.token() == MAIN_CHILD) {
            pending.reap = true;
            if self.voice.has_notes() {
                // So that the notes come in one order: SIGCHLD, then the end.
                wait::settle(self.child);
            }
        }
    }

    /// Takes every pending signal: the edge-triggered poll tells of each
    /// arrival once.
    fn take_signals(&mut self, pending: &mut Pending) {
        loop {
            match self.signals.read() {
                Ok(batch) => {
                    for received in batch.signals() {
                        self.receive(received, pending);
                    }
                    if batch.was_last() {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(errno) => {
                    self.voice.tell(Note::new(Topic::ReadFailed, i32::from(errno.0), i32::from(errno.0)));
                    while self.take_one_signal(false, pending) {}
                    return;
                }
            }
        }
    }

    /// The way without descriptors, where a sandbox forbids to poll or read
    /// them: takes one signal, if need be after waiting for it.
    fn take_one_signal(&mut self, wait: bool, pending: &mut Pending) -> bool {
        let Some(taken) = signal::take(SignalSet::ALL, wait) else { return false };
        if let Some(signal) = taken.signal() {
            self.receive(Received { signal, code: taken.code(), pid: taken.pid() }, pending);
        }
        true
    }

    fn receive(&mut self, received: Received, pending: &mut Pending) {
        let sender = match received.code {
            // SI_USER, SI_QUEUE, SI_TKILL and their like: a process.
            ..=0 if received.pid == self.own_pid => Sender::Init,
            ..=0 => Sender::Process,
            _ => Sender::Kernel,
        };
        pending.reap |= received.signal == Signal::CHLD;
        self.handle(Event::Signal(received.signal, sender), pending);
    }

    /// Reaps up to a batch; if that was not all, says so.
    fn reap(&mut self, pending: &mut Pending) {
        for _ in 0..REAP_BATCH {
            let Some((pid, change)) = wait::any(self.watch_stops) else {
                pending.reap = false;
                return;
            };
            match (change, pid == self.child) {
                (Change::Ended(status), true) => self.handle(Event::MainEnded(pid, status), pending),
                (Change::Ended(status), false) => self.handle(Event::OrphanEnded(pid, status), pending),
                (Change::Stopped, true) => self.handle(Event::MainStopped, pending),
                (Change::Stopped, false) => {}
            }
        }
    }

    fn handle(&mut self, event: Event, pending: &mut Pending) {
        let actions = self.machine.handle(event);
        for &action in actions.as_slice() {
            match action {
                Action::Forward(signal) => self.forward(signal),
                Action::HandForeground => {
                    if terminal::holds_foreground(0) == Some(true) {
                        // Where it fails the child is stopped when it reads.
                        let _ = terminal::set_foreground(self.child);
                    }
                }
                Action::StopSelf => process::stop_self(),
                Action::Tell(note) => self.voice.tell(note),
                Action::Leave(code) => pending.leave = Some(code),
            }
        }
    }

    fn forward(&self, signal: Signal) {
        let sent = match self.target {
            Target::Child => signal::send(self.child, signal),
            Target::Group => signal::send_to_group(self.child, signal),
        };
        let number = i32::from(signal.number());
        self.voice.tell(match sent {
            Ok(()) => Note::new(Topic::Forwarded, number, 0),
            Err(errno) => Note::new(Topic::ForwardFailed, number, i32::from(errno.0)),
        });
    }
}

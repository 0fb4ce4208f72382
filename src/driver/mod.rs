//! The loop: readiness to events, actions to system calls.
//!
//! Nothing is decided here; that is the machine's. After the child has been
//! started no error ends init: what fails is told to whoever wants notes, and
//! the loop goes on.

// mio's calls speak of io::Error and AsRawFd; nothing else of std is used.
extern crate std;

mod start;
mod voice;

pub use start::run;

use crate::error::Errno;
use crate::machine::{Action, Event, Machine, Sender, Target};
use crate::signal::{Signal, SignalSet};
use crate::sys::signal::{Queued, SI_QUEUE};
use crate::sys::signalfd::{Batch, Received, SignalFd};
use crate::sys::wait::{self, Change};
use crate::sys::{process, signal, terminal};
use crate::topic::{Note, Topic};
use core::mem::ManuallyDrop;
use mio::{Events, Poll, Token};
use voice::Voice;

const SIGNALS: Token = Token(0);
const MAIN_CHILD: Token = Token(1);

/// Children reaped before signals are looked at again: a storm of orphans must
/// not keep a SIGTERM waiting.
const REAP_BATCH: u32 = 32;

/// A started main child, and everything that supervises it.
struct Supervisor {
    poll: ManuallyDrop<Poll>,
    events: ManuallyDrop<Events>,
    signals: SignalFd,
    machine: Machine,
    hands: Hands,
    own_pid: i32,
    watch_stops: bool,
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
    fn run(&mut self) -> u8 {
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
            if errno != Errno::INTR.number() {
                self.hands.voice.tell(Note::new(Topic::PollFailed, errno, errno));
                self.take_one_signal(true, pending);
            }
            return;
        }
        if self.events.iter().any(|event| event.token() == MAIN_CHILD) {
            pending.reap = true;
            if self.hands.voice.has_notes() {
                // So that the notes come in one order: SIGCHLD, then the end.
                wait::settle(self.hands.child);
            }
        }
    }

    /// Takes every pending signal: the edge-triggered poll tells of each
    /// arrival once.
    fn take_signals(&mut self, pending: &mut Pending) {
        let mut batch = Batch::new();
        loop {
            match self.signals.read(&mut batch) {
                Ok(()) => {
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
                    self.hands.voice.tell(Note::new(Topic::ReadFailed, errno.number(), errno.number()));
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
            let Queued { pid, uid, value } = taken.queued();
            self.receive(Received { signal, code: taken.code(), pid, uid, value }, pending);
        }
        true
    }

    fn receive(&mut self, received: Received, pending: &mut Pending) {
        let sender = match received.code {
            // What became init may have sent itself anything but this.
            ..=0 if received.pid == self.own_pid && received.signal == Signal::PIPE => Sender::Init,
            // SI_USER, SI_QUEUE, SI_TKILL and their like: a process.
            ..=0 => Sender::Process,
            _ => Sender::Kernel,
        };
        let Received { pid, uid, value, .. } = received;
        self.hands.queued = (received.code == SI_QUEUE).then_some(Queued { pid, uid, value });
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
            match (change, pid == self.hands.child) {
                (Change::Ended(status), true) => self.handle(Event::MainEnded(pid, status), pending),
                (Change::Ended(status), false) => self.handle(Event::OrphanEnded(pid, status), pending),
                (Change::Stopped, true) => self.handle(Event::MainStopped, pending),
                (Change::Stopped, false) => {}
            }
        }
    }

    fn handle(&mut self, event: Event, pending: &mut Pending) {
        let hands = &self.hands;
        self.machine.handle(event, &mut |action| match action {
            Action::Forward(signal) => hands.forward(signal, hands.target, Topic::ForwardFailed),
            Action::BidFarewell(signal) => hands.forward(signal, Target::Group, Topic::Spared),
            Action::HandForeground => hands.hand_foreground(),
            Action::StopSelf => process::stop_self(),
            Action::Tell(note) => hands.voice.tell(note),
            Action::Leave(code) => pending.leave = Some(code),
        });
    }
}

/// What actions are carried out with.
struct Hands {
    target: Target,
    child: i32,
    voice: Voice,
    /// What the signal in hand was queued with, if it was.
    queued: Option<Queued>,
}

impl Hands {
    fn forward(&self, signal: Signal, target: Target, otherwise: Topic) {
        let sent = match target {
            Target::Child => match self.queued {
                // Where that is refused the signal counts more than its value.
                Some(queued) => {
                    signal::send_on(self.child, signal, queued).or_else(|_| signal::send(self.child, signal))
                }
                None => signal::send(self.child, signal),
            },
            Target::Group => signal::send_to_group(self.child, signal),
        };
        let (topic, errno) = match sent {
            Ok(()) => (Topic::Forwarded, 0),
            Err(errno) => (otherwise, errno.number()),
        };
        self.voice.tell(Note::new(topic, i32::from(signal.number()), errno));
    }

    /// Passes the foreground on, if init's group has it.
    fn hand_foreground(&self) {
        if terminal::holds_foreground(0) == Some(true) {
            // Where it fails the child is stopped when it reads.
            let _ = terminal::set_foreground(self.child);
        }
    }
}

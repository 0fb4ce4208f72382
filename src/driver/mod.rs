//! The loop: readiness to events, actions to system calls.
//!
//! Nothing is decided here; that is the machine's. After the child has been
//! started no error ends init: what fails is told to whoever wants notes, and
//! the loop goes on.

// mio's calls speak of io::Error and AsRawFd; nothing else of std is used.
extern crate std;

mod start;
mod terminal;
mod voice;

pub use start::run;

use crate::error::Errno;
use crate::machine::{Action, Event, Machine, Sender, Sink, Target};
use crate::signal::{Signal, SignalSet};
use crate::sys::signal::{Queued, SI_QUEUE, Taken};
use crate::sys::signalfd::{Batch, Received, SignalFd};
use crate::sys::wait::{self, Change};
use crate::sys::{process, signal, terminal as tty};
use crate::topic::{Note, Topic};
use core::mem::ManuallyDrop;
use mio::{Events, Poll, Token};
use voice::Voice;

const SIGNALS: Token = Token(0);
const MAIN_CHILD: Token = Token(1);

/// Children reaped before signals are looked at again: a storm of orphans must
/// not keep a SIGTERM waiting.
const REAP_BATCH: u32 = 32;

/// Reads of signals before children are looked at again: nor must a flood of
/// signals hide the main child's end.
const SIGNAL_BATCH: u32 = 32;

/// A started main child, and everything that supervises it.
struct Supervisor<'v> {
    poll: ManuallyDrop<Option<Poll>>,
    events: ManuallyDrop<Events>,
    signals: SignalFd,
    machine: Machine<'v>,
    hands: Hands<'v>,
    own_pid: i32,
    watch_stops: bool,
    /// Children may be waiting to be reaped.
    reap_wanted: bool,
    /// Signals may be pending, of which the poll will not tell again.
    read_wanted: bool,
}

impl Supervisor<'_> {
    /// Calls `started`, then supervises until the main child has ended, and ends
    /// as it did.
    #[inline(never)]
    fn run(&mut self, started: fn()) -> ! {
        started();
        loop {
            // At first for children that died before the descriptors were
            // registered.
            if self.reap_wanted {
                self.reap();
            }
            if let Some(code) = self.hands.leave {
                process::exit(code);
            }
            // After a full batch there may be more, but signals come first.
            if !self.reap_wanted && !self.read_wanted {
                self.sleep();
            }
            self.take_signals();
        }
    }

    /// Sleeps until a signal is pending or the main child has ended.
    fn sleep(&mut self) {
        let Some(poll) = &mut *self.poll else {
            self.take_one_signal(true);
            return;
        };
        if let Err(error) = poll.poll(&mut self.events, None) {
            let errno = error.raw_os_error().unwrap_or(0);
            // Stopped and continued, or traced: a wake-up for nothing.
            if errno != Errno::INTR.number() {
                self.hands.voice.tell_error(Topic::PollFailed, Errno::of(errno));
                self.take_one_signal(true);
            }
            return;
        }
        if self.events.iter().any(|event| event.token() == MAIN_CHILD) {
            self.reap_wanted = true;
        }
    }

    /// Takes every pending signal, for the edge-triggered poll tells of each
    /// arrival once; if that may not have been all, more is wanted.
    fn take_signals(&mut self) {
        let mut batch = Batch::new();
        self.read_wanted = false;
        for _ in 0..SIGNAL_BATCH {
            match self.signals.read(&mut batch) {
                Ok(()) => {
                    for received in batch.signals() {
                        self.receive(received);
                    }
                    if batch.was_last() {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(errno) => {
                    self.hands.voice.tell_error(Topic::ReadFailed, errno);
                    for _ in 0..SIGNAL_BATCH {
                        if !self.take_one_signal(false) {
                            return;
                        }
                    }
                    break;
                }
            }
        }
        self.read_wanted = true;
    }

    /// The way without descriptors, where a sandbox forbids to poll or read
    /// them: takes one signal, if need be after waiting for it.
    #[cold]
    #[inline(never)]
    fn take_one_signal(&mut self, wait: bool) -> bool {
        let mut taken = Taken::none();
        let any = signal::take(SignalSet::ALL, wait, &mut taken);
        if let Some(signal) = taken.signal() {
            let Queued { pid, uid, value } = taken.queued();
            self.receive(Received { signal, code: taken.code(), pid, uid, value });
        }
        any
    }

    #[inline(never)]
    fn receive(&mut self, received: Received) {
        let sender = match received.code {
            // What became init may have sent itself anything but these, of
            // which a note that could not be written is the cause.
            ..=0 if received.pid == self.own_pid && matches!(received.signal, Signal::PIPE | Signal::XFSZ) => {
                Sender::Init
            }
            // SI_USER, SI_QUEUE, SI_TKILL and their like: a process.
            ..=0 => Sender::Process,
            _ => Sender::Kernel,
        };
        let Received { pid, uid, value, .. } = received;
        self.hands.queued = (received.code == SI_QUEUE).then_some(Queued { pid, uid, value });
        self.reap_wanted |= received.signal == Signal::CHLD;
        self.machine.handle(Event::Signal(received.signal, sender), &mut self.hands);
    }

    /// Reaps up to a batch, or up to the main child, whose end is init's too;
    /// if that may not have been all, more is wanted.
    fn reap(&mut self) {
        // So that notes come in one order, a signal before what it tells of.
        if self.hands.voice.has_notes {
            self.reap_wanted = wait::is_announced(self.watch_stops);
            if !self.reap_wanted {
                return;
            }
            self.take_signals();
        }
        for _ in 0..REAP_BATCH {
            if self.hands.leave.is_some() {
                return;
            }
            let Some((pid, change)) = wait::any(self.watch_stops) else {
                self.reap_wanted = false;
                return;
            };
            match (change, pid == self.hands.child) {
                (Change::Ended(status), true) => self.machine.handle(Event::MainEnded(pid, status), &mut self.hands),
                (Change::Ended(status), false) => self.machine.handle(Event::OrphanEnded(pid, status), &mut self.hands),
                (Change::Stopped, true) => self.machine.handle(Event::MainStopped, &mut self.hands),
                (Change::Stopped, false) => {}
            }
        }
    }
}

/// What actions are carried out with.
struct Hands<'v> {
    target: Target,
    child: i32,
    voice: &'v Voice,
    /// What the signal in hand was queued with, if it was.
    queued: Option<Queued>,
    /// Init has been told to leave with this code.
    leave: Option<u8>,
}

impl Sink for Hands<'_> {
    #[inline(never)]
    fn act(&mut self, action: Action) {
        match action {
            Action::Forward(signal) => self.forward(signal, self.target, Topic::Forwarded, Topic::ForwardFailed),
            Action::BidFarewell(signal) => self.forward(signal, Target::Group, Topic::TakenLeave, Topic::Spared),
            Action::HandForeground => self.hand_foreground(),
            Action::StopSelf => process::stop_self(),
            Action::Tell(note) => self.voice.tell(note),
            Action::Leave(code) => self.leave = Some(code),
        }
    }
}

impl Hands<'_> {
    fn forward(&self, signal: Signal, target: Target, sent: Topic, failed: Topic) {
        let outcome = match target {
            Target::Child => match self.queued {
                // Where that is refused the signal counts more than its value.
                Some(queued) => {
                    signal::send_on(self.child, signal, queued).or_else(|_| signal::send(self.child, signal))
                }
                None => signal::send(self.child, signal),
            },
            Target::Group => signal::send_to_group(self.child, signal),
        };
        let (topic, errno) = match outcome {
            Ok(()) => (sent, 0),
            Err(errno) => (failed, errno.number()),
        };
        self.voice.tell(Note::new(topic, i32::from(signal.number()), errno));
    }

    /// Passes the foreground on, if init's group has it.
    fn hand_foreground(&self) {
        if tty::holds_foreground(0) == Some(true) {
            // Where it fails the child is stopped when it reads.
            let _ = tty::set_foreground(0, self.child);
        }
    }
}

//! The loop: readiness to events, actions to system calls.
//!
//! Nothing is decided here; that is the machine's. After the child has been
//! started no error ends init: what fails is told to whoever wants notes, and
//! the loop goes on.

// mio's calls speak of io::Error and AsRawFd; nothing else of std is used.
extern crate std;

mod embedded;
mod last_word;
mod start;
mod terminal;
mod timers;
mod voice;

pub use embedded::become_init;
pub use start::run;

use crate::error::Errno;
use crate::machine::{Action, Event, Machine, Sender, Sink};
use crate::signal::{Signal, SignalSet};
use crate::sys::signal::{Queued, SI_QUEUE, Taken};
use crate::sys::signalfd::{Batch, Received, SignalFd};
use crate::sys::wait::{self, Change};
use crate::sys::{file, process, signal, terminal as tty};
use crate::topic::{Note, Topic};
use core::mem::ManuallyDrop;
use core::time::Duration;
use last_word::LastWord;
use mio::{Events, Poll, Token};
use timers::Timers;
use voice::Voice;

/// The pid of no process that init signals: kill(2) takes it for init's group.
const NOBODY: i32 = 0;

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
    /// Children may be waiting to be reaped.
    reap_wanted: bool,
    /// The signals that tell of them have been waited for.
    announced: bool,
    /// Signals may be pending, of which the poll will not tell again.
    read_wanted: bool,
}

impl Supervisor<'_> {
    /// Supervises until the main child has ended; then ends as it did. What that
    /// takes is made little by little: a child that has ended by the first sweep
    /// needs none of it, one that ends soon no more than a poll for signals.
    ///
    /// What a signal has to go through is inlined here, from the poll's wake-up
    /// to its next sleep, and calls nothing that makes a system call: of each
    /// that did, the return would go where the processor does not expect it, for
    /// the kernel's own calls and returns have overwritten its return stack. The
    /// first such return after a system call takes as long as a hundred other
    /// instructions (docs/bench.md).
    #[inline(never)]
    fn run(&mut self, settled: fn()) -> ! {
        // All signals are blocked, so of who ends after this sweep SIGCHLD tells.
        self.announce_or_reap();
        if self.hands.leave.is_none() {
            start::listen(self);
            self.hands.timers.settle_later();
        }
        loop {
            if let Some(code) = self.hands.leave {
                process::exit(code);
            }
            // After a full batch there may be more, but signals come first.
            if !self.reap_wanted && !self.read_wanted {
                self.sleep();
            }
            self.take_signals();
            if self.reap_wanted {
                self.announce_or_reap();
            }
            if self.hands.timers.any() {
                self.expire(settled);
            }
        }
    }

    /// Tells the machine of deadlines that have come. The first round that is not the
    /// last ends with init's settling: something has come, or nothing in a short
    /// life's time.
    #[inline(never)]
    fn expire(&mut self, settled: fn()) {
        if self.hands.leave.is_some() {
            return;
        }
        if self.hands.timers.take_settling() {
            start::settle(self);
            settled();
            return;
        }
        while let Some(timer) = self.hands.timers.expired() {
            // It is not the signal in hand that is let go.
            self.hands.queued = None;
            self.machine.handle(Event::Expired(timer), &mut self.hands);
            self.hands.catch_up();
        }
    }

    /// Sleeps until a signal is pending, the main child has ended, or a deadline
    /// comes.
    #[inline(always)]
    fn sleep(&mut self) {
        let wait = self.hands.timers.any().then(|| self.hands.timers.until_next());
        let Some(poll) = &mut *self.poll else {
            self.take_one_signal(wait);
            return;
        };
        let timeout = wait.map(|time| Duration::from_millis(time.into()));
        if let Err(error) = poll.poll(&mut self.events, timeout) {
            let errno = errno_of(error);
            // Stopped and continued, or traced: a wake-up for nothing.
            if errno != Errno::INTR {
                self.hands.voice.tell_error(Topic::PollFailed, errno);
                self.take_one_signal(wait);
            }
            return;
        }
        if self.events.iter().any(|event| event.token() == MAIN_CHILD) {
            self.reap_wanted = true;
        }
    }

    /// Takes every pending signal, for the edge-triggered poll tells of each
    /// arrival once; if that may not have been all, more is wanted.
    #[inline(always)]
    fn take_signals(&mut self) {
        let mut batch = Batch::new();
        self.read_wanted = false;
        for _ in 0..SIGNAL_BATCH {
            match self.signals.read(&mut batch) {
                Ok(()) => {
                    for received in batch.signals() {
                        self.receive(received);
                        self.hands.send_outgoing();
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
                        if !self.take_one_signal(Some(0)) {
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
    /// them: takes one signal, if need be after waiting for it so many milliseconds,
    /// or without an end.
    #[cold]
    #[inline(never)]
    fn take_one_signal(&mut self, wait: Option<u32>) -> bool {
        let mut taken = Taken::none();
        let any = signal::take(SignalSet::ALL, wait, &mut taken);
        if let Some(signal) = taken.signal() {
            let Queued { pid, uid, value } = taken.queued();
            self.receive(Received { signal, code: taken.code(), pid, uid, value });
            self.hands.catch_up();
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
        self.hands.queued = None;
        if received.code == SI_QUEUE {
            self.hands.keep(received);
        }
        self.reap_wanted |= received.signal == Signal::CHLD;
        self.machine.signal(received.signal, sender, &mut self.hands);
    }

    /// Reaps; but before that, where there are notes, has the signals read that
    /// tell of it: so they come in one order, a signal before what it tells of.
    fn announce_or_reap(&mut self) {
        self.announced =
            self.hands.voice.has_notes && !self.announced && wait::is_announced(self.machine.follows_stops());
        if !self.announced {
            self.reap();
        }
    }

    /// Reaps up to a batch, or up to the main child, whose end is init's too;
    /// if that may not have been all, more is wanted.
    fn reap(&mut self) {
        for _ in 0..REAP_BATCH {
            if self.hands.leave.is_some() {
                return;
            }
            let Some((pid, change)) = wait::any(self.machine.follows_stops()) else {
                self.reap_wanted = false;
                self.hands.look_for_group();
                self.machine.handle(Event::OthersLive, &mut self.hands);
                return;
            };
            let event = match (change, pid == self.hands.child) {
                (Change::Ended(status), true) => {
                    self.hands.reaped = true;
                    Event::MainEnded(pid, status)
                }
                (Change::Ended(status), false) => Event::OrphanEnded(pid, status),
                (Change::Stopped, true) => Event::MainStopped,
                (Change::Stopped, false) => continue,
                (Change::None, _) => {
                    self.reap_wanted = false;
                    self.machine.handle(Event::Childless, &mut self.hands);
                    return;
                }
            };
            self.machine.handle(event, &mut self.hands);
        }
    }
}

/// mio's errors are the kernel's, of which there is nothing to drop.
fn errno_of(error: std::io::Error) -> Errno {
    Errno::of(ManuallyDrop::new(error).raw_os_error().unwrap_or(0))
}

/// What actions are carried out with.
struct Hands<'v> {
    /// Whom signals are forwarded to, as kill(2) has it; [`NOBODY`] any longer.
    address: i32,
    /// The main child and its group; [`NOBODY`] once all of that is reaped, for
    /// then the number may be another's.
    child: i32,
    /// The main child is reaped.
    reaped: bool,
    voice: &'v Voice,
    timers: Timers,
    last_word: &'v LastWord,
    /// What the signal in hand was queued with, if it was.
    queued: Option<Queued>,
    /// The signal that is to be forwarded before anything else is done or said.
    outgoing: Option<Signal>,
    /// Init has been told to leave with this code.
    leave: Option<u8>,
}

impl Sink for Hands<'_> {
    #[inline(never)]
    fn act(&mut self, action: Action) {
        self.catch_up();
        match action {
            Action::Forward(signal) => self.outgoing = Some(signal),
            Action::BidFarewell(signal) => self.send_now(signal, Topic::TakenLeave, Topic::Spared),
            Action::KillTheRest => self.kill_the_rest(),
            Action::Set(timer, time) => self.timers.set(timer, time),
            Action::Log(status, killed) => self.last_word.put_down(status, killed, self.voice),
            Action::HandForeground => self.hand_foreground(),
            Action::StopSelf => process::stop_self(),
            Action::Leave(code) => self.leave = Some(code),
        }
    }

    #[inline(never)]
    fn tell(&mut self, topic: Topic, first: i32, second: i32) {
        if self.voice.has_notes {
            self.catch_up();
            self.voice.tell(Note::new(topic, first, second));
        }
    }
}

impl Hands<'_> {
    /// Keeps what a signal was queued with. Out of line: to copy that of every
    /// signal, just after the kernel has written it, takes as long as to send one.
    #[cold]
    #[inline(never)]
    fn keep(&mut self, received: Received) {
        let Received { pid, uid, value, .. } = received;
        self.queued = Some(Queued { pid, uid, value });
    }

    /// Forwards the outgoing signal, if there is one, here and now.
    #[inline(always)]
    fn send_outgoing(&mut self) {
        if let Some(signal) = self.outgoing {
            if self.voice.has_notes || self.queued.is_some() || self.address == NOBODY {
                self.forward_now();
            } else {
                // What fails is a note's business.
                let _ = signal::send(self.address, signal);
                self.outgoing = None;
            }
        }
    }

    /// The same where it is rare that there is one.
    #[inline(always)]
    fn catch_up(&mut self) {
        if self.outgoing.is_some() {
            self.forward_now();
        }
    }

    #[inline(never)]
    fn forward_now(&mut self) {
        if let Some(signal) = self.outgoing.take() {
            self.send_now(signal, Topic::Forwarded, Topic::ForwardFailed);
        }
    }

    #[inline(never)]
    fn send_now(&self, signal: Signal, sent: Topic, failed: Topic) {
        let outcome = match (self.address, self.queued) {
            (NOBODY, _) => Err(Errno::SRCH),
            (child @ 1.., Some(queued)) => signal::send_on(child, signal, queued),
            (address, _) => signal::send(address, signal),
        };
        let (topic, errno) = match outcome {
            Ok(()) => (sent, 0),
            Err(errno) => (failed, errno.number()),
        };
        self.voice.tell(Note::new(topic, i32::from(signal.number()), errno));
    }

    /// Finds out whether the main child's group still has members. As long as it
    /// has, its number is nobody else's (alloc_pid in kernel/pid.c); so to be
    /// called whenever a sweep may have reaped the last, once the main child is.
    fn look_for_group(&mut self) {
        if self.reaped && self.child != NOBODY && signal::is_group_empty(self.child) {
            self.child = NOBODY;
            if self.address != signal::EVERYBODY {
                self.address = NOBODY;
            }
        }
    }

    /// SIGKILL to everybody, as PID 1; otherwise to the main child, its group
    /// and whatever else is init's child. Whom those have made becomes that
    /// as they end.
    #[cold]
    #[inline(never)]
    fn kill_the_rest(&self) {
        if self.voice.facts.pid == 1 {
            let _ = signal::send(signal::EVERYBODY, Signal::KILL);
            return;
        }
        if !self.reaped {
            let _ = signal::send(self.child, Signal::KILL);
        }
        if self.child != NOBODY {
            let _ = signal::send(signal::group(self.child), Signal::KILL);
        }
        file::signal_children(Signal::KILL);
    }

    /// Passes the foreground on, if init's group has it.
    #[cold]
    #[inline(never)]
    fn hand_foreground(&self) {
        if tty::holds_foreground(0) == Some(true) {
            // Where it fails the child is stopped when it reads.
            let _ = tty::set_foreground(0, self.child);
        }
    }
}

//! The loop: readiness to events.
//!
//! Nothing is decided here; that is the machine's. After the child has been
//! started no error ends init: what fails is told to whoever wants notes, and
//! the loop goes on.

// mio's calls speak of io::Error and AsRawFd; nothing else of std is used.
extern crate std;

mod embedded;
mod hands;
mod last_word;
mod readiness;
mod start;
mod sweeps;
mod terminal;
mod timers;
mod voice;

pub use embedded::become_init;
pub use start::run;

use crate::error::Errno;
use crate::machine::{Event, Machine, Sender};
use crate::signal::{Signal, SignalSet};
use crate::sys::process;
use crate::sys::signal::{self, Queued, SI_QUEUE, Taken};
use crate::sys::signalfd::{Batch, Received, SignalFd};
use crate::sys::wait::{self, Change};
use crate::topic::Topic;
use core::mem::ManuallyDrop;
use core::time::Duration;
use hands::Hands;
use mio::{Events, Poll, Token};
use sweeps::Sweeps;

const SIGNALS: Token = Token(0);
const MAIN_CHILD: Token = Token(1);

/// Children reaped before signals are looked at again: a storm of orphans must
/// not keep a SIGTERM waiting.
const REAP_BATCH: u32 = 32;

/// So many milliseconds a program lives before init makes what it supervises a longer
/// life with: most that end sooner end much sooner, and need not wait for that.
const SHORT_LIFE: u32 = 10;

/// Reads of signals before children are looked at again: nor must a flood of
/// signals hide the main child's end.
const SIGNAL_BATCH: u32 = 32;

/// A started main child, and everything that supervises it, in this order: what the loop
/// looks at most is near the beginning, where fewer bytes of code tell its place.
#[repr(C)]
struct Supervisor<'v> {
    hands: Hands<'v>,
    sweeps: Sweeps,
    /// Children may be waiting to be reaped.
    reap_wanted: bool,
    /// Signals may be pending, of which the poll will not tell again.
    read_wanted: bool,
    /// The signals that tell of such children have been waited for.
    announced: bool,
    /// Its turn comes after the program's, see [`scheduler`](crate::sys::scheduler).
    held_back: bool,
    own_pid: i32,
    signals: SignalFd,
    poll: ManuallyDrop<Option<Poll>>,
    events: ManuallyDrop<Events>,
    machine: Machine<'v>,
}

impl Supervisor<'_> {
    /// Supervises until the main child has ended; then ends as it did. A short life is
    /// waited for as sigtimedwait(2) does, which needs no descriptor: to make what
    /// another is supervised with, and to take it down, is a tenth of what init adds to a
    /// start (docs/bench.md). That comes when something else has come than the main child's
    /// end, or nothing for so long.
    ///
    /// What a signal has to go through is inlined here, from the poll's wake-up
    /// to its next sleep, and calls nothing that makes a system call: of each
    /// that did, the return would go where the processor does not expect it, for
    /// the kernel's own calls and returns have overwritten its return stack. The
    /// first such return after a system call takes as long as a hundred other
    /// instructions (docs/bench.md).
    #[inline(never)]
    fn run(&mut self, settled: fn()) -> ! {
        // All signals have been blocked since before there was a child: of its end SIGCHLD
        // tells. Behind that others may be pending, and are forwarded before it is reaped.
        // Of children that init had before tells this sweep.
        self.take_one_by_one(Some(SHORT_LIFE));
        self.announce_or_reap();
        if self.hands.leave.is_none() {
            readiness::settle(self);
            settled();
        }
        loop {
            if let Some(code) = self.hands.leave {
                process::exit(code);
            }
            // After a full batch there may be more, but signals come first.
            if !self.reap_wanted && !self.read_wanted {
                // Once more if what init has been woken for is put off.
                let mut put_off = false;
                loop {
                    self.sleep(put_off);
                    put_off = self.sweeps.twice && !self.reap_wanted && self.sweeps.put_off();
                    if !put_off {
                        break;
                    }
                }
            }
            self.take_signals();
            if self.reap_wanted {
                self.announce_or_reap();
            }
            if self.hands.timers.any() {
                self.expire();
            }
        }
    }

    /// Tells the machine of deadlines that have come.
    #[cold]
    #[inline(never)]
    fn expire(&mut self) {
        if self.hands.leave.is_some() {
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
    /// comes; if a sweep is put off, a millisecond at most.
    #[inline(always)]
    fn sleep(&mut self, put_off: bool) {
        let wait = if put_off { Some(1) } else { self.hands.timers.any().then(|| self.hands.timers.until_next()) };
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
                    self.read_wanted = self.take_one_by_one(Some(0));
                    return;
                }
            }
        }
        self.read_wanted = true;
    }

    /// Takes signals without a descriptor until none is pending, the first of them as
    /// [`take_one_signal`](Self::take_one_signal) does; whether there may be more.
    #[inline(never)]
    fn take_one_by_one(&mut self, mut wait: Option<u32>) -> bool {
        for _ in 0..SIGNAL_BATCH {
            if !self.take_one_signal(wait) {
                return false;
            }
            wait = Some(0);
        }
        true
    }

    /// The way without descriptors, for a short life and where a sandbox forbids to poll
    /// or read them: takes one signal, if need be after waiting for it so many
    /// milliseconds, or without an end.
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
        for reaped in 0..REAP_BATCH {
            if self.hands.leave.is_some() {
                return;
            }
            let Some((pid, change)) = wait::any(self.machine.follows_stops()) else {
                self.reap_wanted = false;
                if reaped != 0 {
                    self.sweeps.over();
                }
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

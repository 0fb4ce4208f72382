//! Actions to system calls: what the machine decides is done here.

use super::last_word::LastWord;
use super::timers::Timers;
use super::voice::Voice;
use crate::error::Errno;
use crate::machine::{Action, Sink, Target};
use crate::signal::Signal;
use crate::sys::signal::{self, Queued};
use crate::sys::signalfd::Received;
use crate::sys::{file, process, terminal};
use crate::topic::{Note, Topic};

/// The pid of no process that init signals: kill(2) takes it for init's group.
const NOBODY: i32 = 0;

/// What actions are carried out with.
pub(super) struct Hands<'v> {
    /// Whom signals are forwarded to, as kill(2) has it; [`NOBODY`] any longer.
    address: i32,
    /// The main child and its group; [`NOBODY`] once all of that is reaped, for
    /// then the number may be another's.
    pub child: i32,
    /// The main child is reaped.
    pub reaped: bool,
    pub voice: &'v Voice,
    pub timers: Timers,
    last_word: &'v LastWord,
    /// What the signal in hand was queued with, if it was.
    pub queued: Option<Queued>,
    /// The signal that is to be forwarded before anything else is done or said.
    outgoing: Option<Signal>,
    /// Init has been told to leave with this code.
    pub leave: Option<u8>,
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

impl<'v> Hands<'v> {
    /// For a main child that was just made; `target` is whom signals are forwarded to.
    #[inline(always)]
    pub fn new(child: i32, target: Target, voice: &'v Voice, last_word: &'v LastWord) -> Self {
        let address = match target {
            Target::Child => child,
            Target::Group => signal::group(child),
            Target::All => signal::EVERYBODY,
        };
        Self {
            address,
            child,
            reaped: false,
            voice,
            timers: Timers::NONE,
            last_word,
            queued: None,
            outgoing: None,
            leave: None,
        }
    }

    /// Keeps what a signal was queued with. Out of line: to copy that of every
    /// signal, just after the kernel has written it, takes as long as to send one.
    #[cold]
    #[inline(never)]
    pub fn keep(&mut self, received: Received) {
        let Received { pid, uid, value, .. } = received;
        self.queued = Some(Queued { pid, uid, value });
    }

    /// Forwards the outgoing signal, if there is one, here and now.
    #[inline(always)]
    pub fn send_outgoing(&mut self) {
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
    pub fn catch_up(&mut self) {
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
    pub fn look_for_group(&mut self) {
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
        if terminal::holds_foreground(0) == Some(true) {
            // Where it fails the child is stopped when it reads.
            let _ = terminal::set_foreground(0, self.child);
        }
    }
}

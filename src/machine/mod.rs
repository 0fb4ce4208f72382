//! What init does about what happens, as a value: events in, actions out.
//!
//! Nothing here makes a system call, reads a clock or allocates. The driver
//! turns readiness into [`Event`]s and [`Action`]s into system calls, and
//! decides nothing. The promises are checked for all short sequences of events
//! in `tests.rs`; no event causes more than six actions.

mod exit_map;
mod policy;
mod rewrite;
#[cfg(test)]
mod tests;

pub use exit_map::ExitMap;
pub use policy::{Placement, Policy, Target};
pub use rewrite::Rewrites;

use crate::signal::Signal;
use crate::status::Status;
use crate::topic::{Note, Topic};

/// Who sent a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender {
    /// A process other than init.
    Process,
    /// The kernel of its own accord: a terminal, a timer.
    Kernel,
    /// Init: the echo of something it did, such as SIGPIPE for a closed stderr.
    Init,
}

/// Something that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A signal arrived.
    Signal(Signal, Sender),
    /// The main child ended and was reaped.
    MainEnded(i32, Status),
    /// Another child ended and was reaped.
    OrphanEnded(i32, Status),
    /// The main child was stopped by a signal.
    MainStopped,
}

/// Something for the driver to do, in the order given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send this to the policy's target.
    Forward(Signal),
    /// Send this to what is left of the main child's group, now that it is
    /// reaped itself.
    BidFarewell(Signal),
    /// Give the terminal's foreground to the main child's group, if it is
    /// init's own group that holds it.
    HandForeground,
    /// Stop init itself.
    StopSelf,
    /// Say this to whoever wants to know.
    Tell(Note),
    /// End init with this exit code.
    Leave(u8),
}

/// Where a machine's actions go, one by one, in order.
pub trait Sink {
    /// Carries out one action.
    fn act(&mut self, action: Action);
}

/// Where supervision stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// The main child lives (stopped or not).
    Running,
    /// The main child ended and leaving was announced.
    Done,
}

/// The supervision of one main child.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    policy: Policy<'a>,
    state: State,
}

impl<'a> Machine<'a> {
    /// Supervision of a main child that has just been started.
    #[must_use]
    pub const fn new(policy: Policy<'a>) -> Self {
        Self { policy, state: State::Running }
    }

    /// Puts the actions that `event` causes into `sink`. Every pair of state and
    /// event:
    ///
    /// | event | running | done |
    /// |---|---|---|
    /// | signal, init's own echo | nothing | nothing |
    /// | signal, in pause mode | leave on TERM and INT, as rewritten: done | nothing |
    /// | SIGCHLD | a note: the driver reaps on it | nothing |
    /// | signal that the terminal gave to the child too | stop self if it stops | nothing |
    /// | other signal | forward as rewritten; stop self if it stops | nothing |
    /// | main child ended | farewell, leave: done | nothing |
    /// | orphan ended | a note; a warning if that is wanted | nothing |
    /// | main child stopped | stop self if job control wants it | nothing |
    pub fn handle(&mut self, event: Event, sink: &mut impl Sink) {
        match (self.state, event) {
            (State::Done, _) | (State::Running, Event::Signal(_, Sender::Init)) => {}
            (State::Running, Event::Signal(signal, sender)) => {
                tell(sink, Topic::Received, i32::from(signal.number()), 0);
                match self.policy.pause {
                    true => self.pause(signal, sink),
                    false => self.signal(signal, sender, sink),
                }
            }
            (State::Running, Event::OrphanEnded(pid, status)) => {
                ended(pid, status, sink);
                if self.policy.warn_on_reap {
                    tell(sink, Topic::OrphanReaped, pid, 0);
                }
            }
            (State::Running, Event::MainEnded(pid, status)) => {
                ended(pid, status, sink);
                let (topic, number) = match status {
                    Status::Exited(code) => (Topic::MainExited, code),
                    Status::Killed(signal) => (Topic::MainKilled, signal.number()),
                };
                tell(sink, topic, i32::from(number), 0);
                if self.policy.farewell {
                    self.farewell(sink);
                }
                let code = status.exit_code();
                self.leave(self.policy.exit_map.map_or(code, |map| map.apply(code)), sink);
            }
            (State::Running, Event::MainStopped) => {
                if self.policy.follow_stops {
                    sink.act(Action::StopSelf);
                }
            }
        }
    }

    #[inline(never)]
    fn leave(&mut self, code: u8, sink: &mut impl Sink) {
        self.state = State::Done;
        tell(sink, Topic::Leaving, i32::from(code), 0);
        sink.act(Action::Leave(code));
    }

    fn pause(&mut self, signal: Signal, sink: &mut impl Sink) {
        if matches!(self.translate(signal, sink), Some(Signal::TERM | Signal::INT)) {
            self.leave(0, sink);
        }
    }

    fn signal(&self, signal: Signal, sender: Sender, sink: &mut impl Sink) {
        if signal == Signal::CHLD {
            return;
        }
        if signal == Signal::CONT && self.policy.hand_foreground {
            sink.act(Action::HandForeground);
        }
        let child_has_it = sender == Sender::Kernel && self.policy.from_terminal.contains(signal);
        if !child_has_it && let Some(to) = self.translate(signal, sink) {
            sink.act(Action::Forward(to));
        }
        // The received signal counts, not what it was rewritten to.
        if self.policy.stops && matches!(signal, Signal::TSTP | Signal::TTIN | Signal::TTOU) {
            tell(sink, Topic::Suspending, 0, 0);
            // The kernel drops a stop that PID 1 sends to itself.
            if !self.policy.pid1 {
                sink.act(Action::StopSelf);
            }
        }
    }

    /// SIGTERM to those whom the main child leaves behind, rewritten like any.
    fn farewell(&self, sink: &mut impl Sink) {
        let Some(to) = self.translate(Signal::TERM, sink) else { return };
        match self.policy.target {
            Target::Group => sink.act(Action::BidFarewell(to)),
            // The only target has been reaped: its pid may be another's by now.
            Target::Child => tell(sink, Topic::Spared, i32::from(to.number()), 0),
        }
    }

    #[inline(never)]
    fn translate(&self, signal: Signal, sink: &mut impl Sink) -> Option<Signal> {
        let to = self.policy.rewrites.apply(signal);
        if self.policy.rewrites.has(signal) {
            let number = to.map_or(0, Signal::number);
            tell(sink, Topic::Translated, i32::from(signal.number()), i32::from(number));
        }
        if to.is_none() {
            tell(sink, Topic::Dropped, i32::from(signal.number()), 0);
        }
        to
    }
}

fn ended(pid: i32, status: Status, sink: &mut impl Sink) {
    let (topic, number) = match status {
        Status::Exited(code) => (Topic::ChildExited, code),
        Status::Killed(signal) => (Topic::ChildKilled, signal.number()),
    };
    tell(sink, topic, pid, i32::from(number));
}

fn tell(sink: &mut impl Sink, topic: Topic, first: i32, second: i32) {
    sink.act(Action::Tell(Note::new(topic, first, second)));
}

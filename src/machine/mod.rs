//! What init does about what happens, as a value: events in, actions out.
//!
//! Nothing here makes a system call, reads a clock or allocates. The driver
//! turns readiness into [`Event`]s and [`Action`]s into system calls, and
//! decides nothing. The promises are checked for all short sequences of events
//! in `tests`; no event causes more than nine actions and notes.

mod exit_map;
mod pairs;
mod policy;
mod rewrite;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use exit_map::ExitMap;
pub use policy::{Placement, Policy, Target};
pub use rewrite::Rewrites;
pub use vocabulary::{Action, Event, Sender, Sink, Time, Timer};

use crate::signal::{Signal, SignalSet};
use crate::status::Status;
use crate::topic::Topic;

/// Signals that ask a program to end: they begin the grace period.
const STOPS: SignalSet = SignalSet::EMPTY.with(Signal::TERM).with(Signal::INT).with(Signal::QUIT);

/// Signals that ask a job to stop, which init then does, too.
const SUSPENDS: SignalSet = SignalSet::EMPTY.with(Signal::TSTP).with(Signal::TTIN).with(Signal::TTOU);

/// How long the killed may take to be gone: one that hangs in the kernel must not
/// keep init.
const PATIENCE: Option<Time> = Time::new(501);

/// Where supervision stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// The main child lives (stopped or not).
    Running,
    /// The main child has ended, others are waited for.
    Draining,
    /// Time is over: everybody has been killed, and is waited for.
    Killing,
    /// Leaving was announced.
    Done,
}

/// What has become of the first SIGTERM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hold {
    /// It has not come.
    Before,
    /// It is held back.
    Holding,
    /// It has been let go.
    After,
}

/// The supervision of one main child.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    policy: Policy<'a>,
    state: State,
    hold: Hold,
    /// The grace period has begun.
    hurried: bool,
    /// The stop signals that were forwarded.
    stops: SignalSet,
    /// What init will leave with.
    code: u8,
}

impl<'a> Machine<'a> {
    /// Supervision of a main child that has just been started.
    #[must_use]
    pub const fn new(policy: Policy<'a>) -> Self {
        Self {
            policy,
            state: State::Running,
            hold: Hold::Before,
            hurried: false,
            stops: SignalSet::EMPTY,
            // Where even SIGKILL did not end the main child in time.
            code: 128 + Signal::KILL.number(),
        }
    }

    /// Whether stops of the main child are of any interest.
    #[inline(always)]
    #[must_use]
    pub const fn follows_stops(&self) -> bool {
        self.policy.follow_stops
    }

    /// Puts the actions that `event` causes into `sink`. Every pair of state and
    /// event, where - cannot come about; once done nothing causes anything. Notes
    /// are named where there is nothing else:
    ///
    /// | event | running | draining | killing |
    /// |---|---|---|---|
    /// | signal, init's own echo | nothing | nothing | nothing |
    /// | SIGCHLD | a note: the driver reaps on it | same | same |
    /// | any other signal, in pause mode | leave with 0 if it is TERM or INT, as rewritten: done | - | - |
    /// | first TERM, with a stop delay | hold it, set the delay | as other signals | a note |
    /// | TERM while one is held | cancel the delay, and as other signals: one is forwarded | - | - |
    /// | signal that the terminal gave to the child too | stop self if it stops | same | a note |
    /// | other signal | CONT: hand the foreground on if that is wanted. Forward as rewritten; a stop signal sets the grace. Stop self if it stops | same, but if the child alone is the target a note in place of the second | a note |
    /// | main child ended | log if not exit 0; cancel the delay; farewell if that or waiting is wanted; leave: done, or if all are waited for set the grace: draining | - | log if not exit 0 |
    /// | orphan ended | a note; a warning if that is wanted | same | same |
    /// | others live | nothing | nothing | kill those whom the killed left to init |
    /// | childless | nothing: the main child's end is told first | leave: done | leave: done |
    /// | main child stopped | stop self if job control wants it | - | nothing |
    /// | delay expired | cancel it, and forward TERM as other signals | - | - |
    /// | grace expired | cancel the delay; kill, set the patience: killing | kill, set the patience: killing | - |
    /// | patience expired | - | - | leave: done |
    ///
    /// Each deadline is set once at most, and cancelled only if it is set. The
    /// farewell is rewritten, and a note where the child alone is the target.
    #[inline(always)]
    pub fn handle(&mut self, event: Event, sink: &mut impl Sink) {
        match event {
            Event::Signal(signal, sender) => self.signal(signal, sender, sink),
            other => self.happen(other, sink),
        }
    }

    /// The rows of the table that are not about signals.
    #[inline(never)]
    fn happen(&mut self, event: Event, sink: &mut impl Sink) {
        use State::{Done, Draining, Killing, Running};
        match (self.state, event) {
            (Done, _) => {}
            (_, Event::OrphanEnded(pid, status)) => {
                ended(pid, status, sink);
                if self.policy.warn_on_reap {
                    sink.tell(Topic::OrphanReaped, pid, 0);
                }
            }
            (state, Event::MainEnded(pid, status)) => {
                ended(pid, status, sink);
                self.conclude(status, sink);
                self.let_go(sink);
                if state == Running && (self.policy.farewell || self.policy.wait) {
                    self.farewell(sink);
                }
                match state {
                    Running if self.policy.wait => {
                        self.state = Draining;
                        self.hurry(sink);
                    }
                    Running => self.leave(sink),
                    // Whom the killed leave to init is to be killed, too.
                    _ => {}
                }
            }
            (Running, Event::MainStopped) => {
                if self.policy.follow_stops {
                    sink.act(Action::StopSelf);
                }
            }
            (Running, Event::Expired(Timer::Delay)) => {
                if self.let_go(sink) {
                    self.pass(Signal::TERM, sink);
                }
            }
            (Running | Draining, Event::Expired(Timer::Grace)) => {
                sink.tell(Topic::KilledTheRest, 0, 0);
                self.let_go(sink);
                sink.act(Action::KillTheRest);
                sink.act(Action::Set(Timer::Patience, PATIENCE));
                self.state = Killing;
            }
            // They were the children of those that SIGKILL has ended.
            (Killing, Event::OthersLive) => sink.act(Action::KillTheRest),
            (Draining | Killing, Event::Childless) | (Killing, Event::Expired(Timer::Patience)) => self.leave(sink),
            (_, _) => {}
        }
    }

    #[inline(never)]
    fn leave(&mut self, sink: &mut impl Sink) {
        self.state = State::Done;
        sink.tell(Topic::Leaving, i32::from(self.code), 0);
        sink.act(Action::Leave(self.code));
    }

    #[cold]
    #[inline(never)]
    fn pause(&mut self, signal: Signal, sink: &mut impl Sink) {
        if matches!(self.translate(signal, sink), Some(Signal::TERM | Signal::INT)) {
            self.code = 0;
            self.leave(sink);
        }
    }

    /// The rows of the table about signals: [`Machine::handle`] of one.
    #[inline(never)]
    pub fn signal(&mut self, signal: Signal, sender: Sender, sink: &mut impl Sink) {
        if self.state == State::Done || sender == Sender::Init {
            return;
        }
        sink.tell(Topic::Received, i32::from(signal.number()), 0);
        if self.state == State::Killing || signal == Signal::CHLD {
            return;
        }
        if self.policy.pause {
            return self.pause(signal, sink);
        }
        if signal == Signal::CONT && self.policy.hand_foreground {
            sink.act(Action::HandForeground);
        }
        let child_has_it = sender == Sender::Kernel && self.policy.from_terminal.contains(signal);
        let held = !child_has_it && signal == Signal::TERM && self.hold_back(sink);
        if !child_has_it && !held {
            self.pass(signal, sink);
        }
        // The received signal counts, not what it was rewritten to.
        if self.policy.stops && SUSPENDS.contains(signal) {
            sink.tell(Topic::Suspending, 0, 0);
            // The kernel drops a stop that PID 1 sends to itself.
            if !self.policy.pid1 {
                sink.act(Action::StopSelf);
            }
        }
    }

    /// Forwards a signal as it is rewritten.
    fn pass(&mut self, signal: Signal, sink: &mut impl Sink) {
        let Some(to) = self.translate(signal, sink) else { return };
        if self.state != State::Running && self.policy.target == Target::Child {
            // The only target has been reaped: its pid may be another's by now.
            return sink.tell(Topic::Spared, i32::from(to.number()), 0);
        }
        sink.act(Action::Forward(to));
        if STOPS.contains(signal) || STOPS.contains(to) {
            self.stops = self.stops.with(to);
            self.hurry(sink);
        }
    }

    /// Tells whether a SIGTERM is to wait; one that comes meanwhile ends that. After
    /// the main child's end none is the first: see [`Machine::let_go`].
    #[cold]
    #[inline(never)]
    fn hold_back(&mut self, sink: &mut impl Sink) -> bool {
        match self.policy.stop_delay {
            Some(delay) if self.hold == Hold::Before => {
                self.hold = Hold::Holding;
                sink.tell(Topic::HeldBack, i32::from(Signal::TERM.number()), 0);
                sink.act(Action::Set(Timer::Delay, Some(delay)));
                true
            }
            _ => {
                self.let_go(sink);
                false
            }
        }
    }

    /// Holds SIGTERM back no longer; tells whether one was.
    fn let_go(&mut self, sink: &mut impl Sink) -> bool {
        let held = self.hold == Hold::Holding;
        if held {
            sink.act(Action::Set(Timer::Delay, None));
        }
        self.hold = Hold::After;
        held
    }

    /// Begins the grace period, if there is one and it has not begun.
    fn hurry(&mut self, sink: &mut impl Sink) {
        if self.policy.grace.is_some() && !self.hurried {
            self.hurried = true;
            sink.act(Action::Set(Timer::Grace, self.policy.grace));
        }
    }

    /// Finds the exit code that the main child's end means, and puts down why.
    #[inline(never)]
    fn conclude(&mut self, status: Status, sink: &mut impl Sink) {
        let (topic, number) = match status {
            Status::Exited(code) => (Topic::MainExited, code),
            Status::Killed(signal) => (Topic::MainKilled, signal.number()),
        };
        sink.tell(topic, i32::from(number), 0);
        let mut code = status.exit_code();
        if self.policy.log && code != 0 {
            sink.act(Action::Log(status, self.state == State::Killing));
        }
        // A program that ends itself by 128 + signal has been stopped by it, too.
        let stopped_by = Signal::new(code.wrapping_sub(128).into());
        if self.policy.stopped_ok && stopped_by.is_some_and(|by| self.stops.contains(by)) {
            code = 0;
        }
        self.code = self.policy.exit_map.map_or(code, |map| map.apply(code));
    }

    /// SIGTERM to those whom the main child leaves behind, rewritten like any.
    #[inline(never)]
    fn farewell(&self, sink: &mut impl Sink) {
        let Some(to) = self.translate(Signal::TERM, sink) else { return };
        match self.policy.target {
            Target::Group | Target::All => sink.act(Action::BidFarewell(to)),
            // The only target has been reaped: its pid may be another's by now.
            Target::Child => sink.tell(Topic::Spared, i32::from(to.number()), 0),
        }
    }

    fn translate(&self, signal: Signal, sink: &mut impl Sink) -> Option<Signal> {
        match self.policy.rewrites.entry(signal) {
            None => Some(signal),
            Some(to) => translated(signal, to, sink),
        }
    }
}

/// Tells of a rewrite.
#[cold]
#[inline(never)]
fn translated(signal: Signal, to: Option<Signal>, sink: &mut impl Sink) -> Option<Signal> {
    sink.tell(Topic::Translated, i32::from(signal.number()), i32::from(to.map_or(0, Signal::number)));
    if to.is_none() {
        sink.tell(Topic::Dropped, i32::from(signal.number()), 0);
    }
    to
}

fn ended(pid: i32, status: Status, sink: &mut impl Sink) {
    let (topic, number) = match status {
        Status::Exited(code) => (Topic::ChildExited, code),
        Status::Killed(signal) => (Topic::ChildKilled, signal.number()),
    };
    sink.tell(topic, pid, i32::from(number));
}

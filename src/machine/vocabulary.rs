//! What goes into the machine and what comes out of it.

use crate::signal::Signal;
use crate::status::Status;
use crate::topic::Topic;
use core::num::NonZeroU32;

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
    /// All that have ended are reaped, and others live on.
    OthersLive,
    /// There is no child any longer.
    Childless,
    /// A deadline has come.
    Expired(Timer),
}

/// A deadline: absolute once it is set, and never moved by later events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// SIGTERM is held back no longer.
    Delay,
    /// Whoever still lives is killed.
    Grace,
    /// Whoever is not even killed is waited for no longer.
    Patience,
}

impl Timer {
    /// Every deadline.
    pub const ALL: [Self; 3] = [Self::Delay, Self::Grace, Self::Patience];
}

/// A time in milliseconds from now, with 1 added: the clock that it is added to
/// is rounded down, and nothing may come too early. One word, so that an action
/// fits into a register.
pub type Time = NonZeroU32;

/// Something for the driver to do, in the order given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send this to the policy's target.
    Forward(Signal),
    /// Send this to those of the policy's target that are left, now that the
    /// main child is reaped.
    BidFarewell(Signal),
    /// Send SIGKILL to every process that init may wait for.
    KillTheRest,
    /// Give the terminal's foreground to the main child's group, if it is
    /// init's own group that holds it.
    HandForeground,
    /// Stop init itself.
    StopSelf,
    /// Set a deadline, or none.
    Set(Timer, Option<Time>),
    /// Put down what ended the main child; and whether [`Action::KillTheRest`]
    /// came before.
    Log(Status, bool),
    /// End init with this exit code.
    Leave(u8),
}

/// Where a machine's actions go, one by one, in order, and its notes on them.
pub trait Sink {
    /// Carries out one action.
    fn act(&mut self, action: Action);

    /// Says something, with the topic's numbers, to whoever wants to know. Apart
    /// from actions, for mostly nobody does: that costs next to nothing then.
    fn tell(&mut self, topic: Topic, first: i32, second: i32);
}

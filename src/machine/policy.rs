//! What the machine is told once, before the first event.

use super::{ExitMap, Rewrites, Time};
use crate::signal::{Signal, SignalSet};

/// Whom signals go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The main child alone.
    Child,
    /// The main child's process group.
    Group,
    /// Every process in init's PID namespace, of which it is PID 1.
    All,
}

/// Where the main child lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placement {
    /// In a session of its own.
    Session,
    /// In init's session, in a process group of its own: a job of the shell
    /// that started init.
    Group,
    /// In init's own process group.
    Shared,
}

/// The rules of one supervision.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// Whom signals go to.
    pub target: Target,
    /// What they are replaced by.
    pub rewrites: &'a Rewrites,
    /// Init is PID 1 of its namespace.
    pub pid1: bool,
    /// Signals that, sent by the kernel, reached the main child without init.
    pub from_terminal: SignalSet,
    /// Init stops with its main child, so that the shell that started it gets
    /// its prompt back.
    pub follow_stops: bool,
    /// The main child's group holds the terminal's foreground when init's
    /// would: continued, init passes it on.
    pub hand_foreground: bool,
    /// A signal that stops makes init stop itself, too.
    pub stops: bool,
    /// What the main child leaves behind gets SIGTERM.
    pub farewell: bool,
    /// What the main child's exit code is replaced by.
    pub exit_map: Option<&'a ExitMap>,
    /// Each orphan that is reaped is told of.
    pub warn_on_reap: bool,
    /// There is no main child: init reaps until SIGTERM or SIGINT.
    pub pause: bool,
    /// Init stays until every child and orphan has ended.
    pub wait: bool,
    /// How long those that were told to end may take.
    pub grace: Option<Time>,
    /// How long the first SIGTERM is held back.
    pub stop_delay: Option<Time>,
    /// A main child that ends by the stop signal that was forwarded to it has
    /// not failed.
    pub stopped_ok: bool,
    /// What ended the main child is put down where it failed.
    pub log: bool,
}

/// What the terminal driver sends to a whole process group: typed characters
/// and job control (tty_jobctrl.c), window changes (tty_io.c).
const TO_THE_GROUP: SignalSet = SignalSet::EMPTY
    .with(Signal::INT)
    .with(Signal::QUIT)
    .with(Signal::TSTP)
    .with(Signal::TTIN)
    .with(Signal::TTOU)
    .with(Signal::WINCH);

impl<'a> Policy<'a> {
    /// The rules that follow from where the main child lives.
    ///
    /// `terminal`: init's session has a controlling terminal that it shares
    /// with the main child. `leader`: init leads that session.
    #[inline(always)]
    #[must_use]
    pub fn new(
        target: Target,
        placement: Placement,
        rewrites: &'a mut Rewrites,
        pid1: bool,
        terminal: bool,
        leader: bool,
    ) -> Self {
        if placement == Placement::Session {
            // The default action of these is discarded in a process group whose
            // parents are all in other sessions (an orphaned one, setpgid(2)).
            for &signal in &[Signal::TSTP, Signal::TTIN, Signal::TTOU] {
                rewrites.set_default(signal, Some(Signal::STOP));
            }
        }
        let from_terminal = match (placement, leader) {
            // A hang-up is told to the session's leader alone.
            (Placement::Shared, true) => TO_THE_GROUP,
            (Placement::Shared, false) => TO_THE_GROUP.with(Signal::HUP).with(Signal::CONT),
            _ => SignalSet::EMPTY,
        };
        Self {
            target,
            rewrites,
            pid1,
            from_terminal,
            follow_stops: terminal && !pid1,
            hand_foreground: terminal && placement == Placement::Group,
            stops: true,
            farewell: true,
            exit_map: None,
            warn_on_reap: false,
            pause: false,
            wait: false,
            grace: None,
            stop_delay: None,
            stopped_ok: false,
            log: false,
        }
    }
}

//! What the terminal means for the child.

use crate::dialect::Dialect;
use crate::error::Errno;
use crate::machine::Placement;
use crate::signal::SignalSet;
use crate::sys::{process, terminal};

/// Where the child is to live, and what becomes of the terminal.
pub(super) struct Terminal {
    pub placement: Placement,
    /// The terminal of which the child's group takes the foreground.
    pub foreground: Option<i32>,
    /// Init and the child share a session with a terminal.
    pub shared: bool,
    /// Init leads that session.
    pub leader: bool,
    /// What came of giving the terminal up, if that was tried: the signals that
    /// this caused, and that were swallowed.
    pub given_up: Option<Result<SignalSet, Errno>>,
}

impl Terminal {
    /// Decides where the child is to live, and gives the terminal up if it is
    /// to be the child's.
    #[inline(never)]
    pub fn prepare(wanted: Placement, dialect: &Dialect, own_pid: i32) -> Self {
        let mut this = Self { placement: wanted, foreground: None, shared: false, leader: false, given_up: None };
        let always = wanted == Placement::Session && dialect.always_session;
        let fd = if dialect.opens_terminal { terminal::open().unwrap_or(0) } else { 0 };
        let holds = if always { None } else { terminal::holds_foreground(fd) };
        if !always && holds.is_none() {
            return this;
        }
        this.leader = process::leads_session(own_pid);
        if wanted == Placement::Shared {
            this.shared = true;
        } else if wanted == Placement::Session && (always || this.leader) {
            let leader = this.leader;
            let swallow = |()| if leader { terminal::swallow_hand_over(own_pid) } else { SignalSet::EMPTY };
            this.given_up = Some(terminal::give_up().map(swallow));
        } else if wanted == Placement::Group || terminal::holds_foreground(1).is_some() {
            // A job of a shell: the terminal belongs to the shell's session, so
            // a child in another could not have it. Unless this is one end of a
            // pipeline, whose other programs must keep the foreground.
            this.placement = Placement::Group;
            this.foreground = holds.filter(|&holds| holds).map(|_| fd);
            this.shared = true;
        }
        this
    }
}

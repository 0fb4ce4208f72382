//! What the terminal means for the child.

use crate::dialect::Dialect;
use crate::machine::Placement;
use crate::signal::SignalSet;
use crate::sys::process;
use crate::sys::terminal::{self, GivenUp, Terminal};

/// Decides where the child is to live, and gives the terminal up if it is to be
/// the child's.
#[inline(always)]
pub(super) fn prepare(this: &mut Terminal, wanted: Placement, dialect: &Dialect, own_pid: i32) {
    this.placement = wanted;
    let always = wanted == Placement::Session && dialect.always_session;
    let fd = if dialect.opens_terminal { terminal::open().unwrap_or(0) } else { 0 };
    let holds = if always { None } else { terminal::holds_foreground(fd) };
    if !always && holds.is_none() {
        return;
    }
    this.leader = process::session(0) == own_pid;
    if wanted == Placement::Shared {
        this.shared = true;
    } else if wanted == Placement::Session && (always || this.leader) {
        this.given_up = match terminal::give_up() {
            Ok(()) if this.leader => GivenUp::Yes(terminal::swallow_hand_over(own_pid)),
            Ok(()) => GivenUp::Yes(SignalSet::EMPTY),
            Err(errno) => GivenUp::Failed(errno),
        };
    } else if wanted == Placement::Group || terminal::holds_foreground(1).is_some() {
        // A job of a shell: the terminal belongs to the shell's session, so
        // a child in another could not have it. Unless this is one end of a
        // pipeline, whose other programs must keep the foreground.
        this.placement = Placement::Group;
        this.foreground = holds.filter(|&holds| holds).map(|_| fd);
        this.shared = true;
    }
}

//! Whether the kernel killed for want of memory: cgroups(7).

use super::file::fields;
use super::word::join;
use crate::line::Line;
use core::mem::MaybeUninit;

/// How many processes of init's cgroup were killed for want of memory, as far
/// as that can be known: `oom_kill` in memory.events of version 2 and in
/// memory.oom_control of version 1. cgroups(7).
#[must_use]
pub fn kills() -> u32 {
    let mut found = Found { kills: Line::NONE, old: false };
    // HIERARCHY:CONTROLLERS:PATH, of which version 2 is hierarchy 0.
    let _ = fields(c"/proc/self/cgroup", b':', 2, &mut found, Found::look_at);
    if found.kills == Line::NONE { 0 } else { found.kills }
}

/// What the lines up to now tell.
struct Found {
    kills: u32,
    /// The line is about version 1's controller of memory.
    old: bool,
}

impl Found {
    fn look_at(&mut self, line: &Line) {
        if line.at == 2 && self.kills == Line::NONE && (self.old || line.has_name(b"0")) {
            self.kills = kills_in(self.old, line.text());
        }
        self.old = line.at != 0 && (self.old || line.is(b"memory"));
    }
}

#[inline(never)]
fn kills_in(old: bool, path: &[u8]) -> u32 {
    // The one root begins with the other: two literals would be longer.
    let root = b"/sys/fs/cgroup/memory";
    let (len, file): (usize, &[u8]) = match old {
        true => (root.len(), b"/memory.oom_control"),
        false => (b"/sys/fs/cgroup".len(), b"/memory.events"),
    };
    let root = root.get(..len).unwrap_or_default();
    let mut kills = Line::NONE;
    let mut room = [MaybeUninit::uninit(); 1024];
    if let Some(path) = join(&mut room, &[root, path, file]) {
        let _ = fields(path, b' ', u32::MAX, &mut kills, take_kills);
    }
    // In a container its own cgroup may be mounted in the root's place.
    if kills == Line::NONE && !path.is_empty() { kills_in(old, b"") } else { kills }
}

fn take_kills(kills: &mut u32, line: &Line) {
    if line.at == 1 && line.has_name(b"oom_kill") {
        *kills = line.number;
    }
}

//! Whether the kernel killed for want of memory: cgroups(7).

use super::file::{bytes, fields, join};
use core::mem::MaybeUninit;

/// How many processes of init's cgroup were killed for want of memory, as far
/// as that can be known: `oom_kill` in memory.events of version 2 and in
/// memory.oom_control of version 1. cgroups(7).
#[must_use]
pub fn kills() -> u32 {
    let mut kills = None;
    let (mut old, mut new) = (false, false);
    // HIERARCHY:CONTROLLERS:PATH, of which version 2 has no controllers.
    let _ = fields(c"/proc/self/cgroup", &mut |at, field| match at {
        0 => (old, new) = (false, false),
        1 => {
            old |= field == b"memory";
            new |= field.is_empty();
        }
        2 if old || new => {
            let (root, file): (&[u8], &[u8]) = match old {
                true => (b"/sys/fs/cgroup/memory", b"/memory.oom_control"),
                false => (b"/sys/fs/cgroup", b"/memory.events"),
            };
            // In a container its own cgroup may be mounted in the root's place.
            kills = kills.or_else(|| kills_in(&[root, field, file])).or_else(|| kills_in(&[root, b"", file]));
        }
        _ => {}
    });
    kills.unwrap_or(0)
}

fn kills_in(path: &[&[u8]; 3]) -> Option<u32> {
    let mut kills = None;
    // How much of it has been read; all of it, and its number follows.
    let name = b"oom_kill ";
    let mut known = Some(0usize);
    let mut take = |byte| match known {
        _ if byte == b'\n' => known = Some(0),
        Some(len) if len == name.len() => {
            kills = Some(kills.unwrap_or(0u32).wrapping_mul(10).wrapping_add(u32::from(byte & 15)));
        }
        Some(len) => known = (name.get(len) == Some(&byte)).then(|| len.wrapping_add(1)),
        None => {}
    };
    let mut room = [MaybeUninit::uninit(); 1024];
    bytes(join(&mut room, path)?, &mut take).ok()?;
    kills
}

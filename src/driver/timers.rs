//! Deadlines, kept as times of the monotonic clock.

use crate::machine::Timer;
use crate::sys::clock;

/// Never comes: a deadline that is not set.
const NEVER: u64 = u64::MAX;

/// When each deadline comes.
pub(super) struct Timers([u64; Timer::ALL.len()]);

impl Timers {
    /// None is set.
    pub const NONE: Self = Self([NEVER; Timer::ALL.len()]);

    /// Whether any is set: where none is, nobody asks for the time.
    pub fn any(&self) -> bool {
        self.0.iter().any(|&due| due != NEVER)
    }

    /// Sets a deadline so many milliseconds from now, or none.
    #[cold]
    #[inline(never)]
    pub fn set(&mut self, timer: Timer, milliseconds: Option<u32>) {
        if let Some(due) = self.0.get_mut(timer as usize) {
            // The clock is read to a millisecond, rounded down: never too early.
            *due = milliseconds.map_or(NEVER, |time| clock::now().saturating_add(time.into()).saturating_add(1));
        }
    }

    /// Milliseconds until the first one.
    #[cold]
    #[inline(never)]
    pub fn until_next(&self) -> u32 {
        let next = self.0.iter().copied().min().unwrap_or(NEVER);
        // No more than epoll_wait(2) takes.
        u32::try_from(next.saturating_sub(clock::now())).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
    }

    /// One that has come; it is none any longer.
    #[cold]
    #[inline(never)]
    pub fn expired(&mut self) -> Option<Timer> {
        let now = clock::now();
        let (due, timer) = self.0.iter_mut().zip(Timer::ALL).find(|(due, _)| **due <= now)?;
        *due = NEVER;
        Some(timer)
    }
}

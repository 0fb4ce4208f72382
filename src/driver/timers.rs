//! Deadlines, kept as times of the monotonic clock.

use crate::machine::Timer;
use crate::sys::clock;

/// Never comes: a deadline that is not set.
const NEVER: u64 = u64::MAX;

/// When each deadline comes.
pub(super) struct Timers {
    due: [u64; Timer::ALL.len()],
    /// The first of them.
    next: u64,
}

impl Timers {
    /// None is set.
    pub const NONE: Self = Self { due: [NEVER; Timer::ALL.len()], next: NEVER };

    /// Whether any is set: where none is, nobody asks for the time.
    pub const fn any(&self) -> bool {
        self.next != NEVER
    }

    /// Sets a deadline so many milliseconds from now, or none.
    #[cold]
    #[inline(never)]
    pub fn set(&mut self, timer: Timer, milliseconds: Option<u32>) {
        if let Some(due) = self.due.get_mut(timer as usize) {
            // The clock is read to a millisecond, rounded down: never too early.
            *due = milliseconds.map_or(NEVER, |time| clock::now().saturating_add(time.into()).saturating_add(1));
        }
        self.next = self.due.iter().copied().min().unwrap_or(NEVER);
    }

    /// Milliseconds until the first one.
    #[cold]
    #[inline(never)]
    pub fn until_next(&self) -> u32 {
        // No more than epoll_wait(2) takes.
        u32::try_from(self.next.saturating_sub(clock::now())).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
    }

    /// One that has come; it is none any longer.
    #[cold]
    #[inline(never)]
    pub fn expired(&mut self) -> Option<Timer> {
        let now = clock::now();
        let timer = *Timer::ALL.iter().find(|&&timer| self.due.get(timer as usize).is_some_and(|&due| due <= now))?;
        self.set(timer, None);
        Some(timer)
    }
}

//! Deadlines, kept as times of the monotonic clock.

use crate::machine::{Time, Timer};
use crate::sys::clock;

/// Never comes: a deadline that is not set.
const NEVER: u64 = u64::MAX;

/// When each deadline comes.
pub(super) struct Timers {
    due: [u64; Timer::ALL.len()],
    /// The first of them all.
    next: u64,
}

impl Timers {
    /// None is set.
    pub const NONE: Self = Self { due: [NEVER; Timer::ALL.len()], next: NEVER };

    /// Whether any is set: where none is, nobody asks for the time.
    pub const fn any(&self) -> bool {
        self.next != NEVER
    }

    /// Sets a deadline, or none.
    #[cold]
    #[inline(never)]
    pub fn set(&mut self, timer: Timer, time: Option<Time>) {
        if let Some(due) = self.due.get_mut(timer as usize) {
            *due = time.map_or(NEVER, |time| clock::now().wrapping_add(time.get().into()));
        }
        self.next = self.due.iter().copied().fold(NEVER, u64::min);
    }

    /// Milliseconds until the first one.
    #[inline(never)]
    pub fn until_next(&self) -> u32 {
        // No more than epoll_wait(2) takes.
        self.next.saturating_sub(clock::now()).try_into().unwrap_or(i32::MAX).unsigned_abs()
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

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::time::{Duration, Instant};

    /// By the clock that init reads, to the nanosecond: wherever in a millisecond
    /// it is set, and however often it is looked at.
    #[test]
    fn no_deadline_comes_early() {
        for round in 0..60 {
            let milliseconds = round % 4;
            let mut timers = Timers::NONE;
            let start = Instant::now();
            timers.set(Timer::Grace, Time::new(milliseconds + 1));
            let mut looks = 0u64;
            while timers.expired().is_none() {
                looks += 1;
            }
            let elapsed = start.elapsed();
            assert!(elapsed >= Duration::from_millis(milliseconds.into()), "{milliseconds} ms: {elapsed:?}");
            assert!(!timers.any(), "it comes once, after {looks} looks");
        }
    }

    #[test]
    fn the_first_that_is_due_comes_first_and_a_cancelled_one_never() {
        let mut timers = Timers::NONE;
        timers.set(Timer::Patience, Time::new(2));
        timers.set(Timer::Grace, Time::new(10_000_001));
        timers.set(Timer::Delay, Time::new(1));
        timers.set(Timer::Delay, None);
        assert!(timers.until_next() <= 2);
        let first = core::iter::repeat_with(|| timers.expired()).flatten().next();
        assert_eq!((first, timers.expired(), timers.any()), (Some(Timer::Patience), None, true));
        assert!(timers.until_next() > 9_000_000);
    }
}

//! Deadlines, kept as times of the monotonic clock.

use crate::machine::{Time, Timer};
use crate::sys::clock;

/// Never comes: a deadline that is not set.
const NEVER: u64 = u64::MAX;

/// So many milliseconds a program lives before init makes what it can do without:
/// most that end sooner end much sooner, and need not wait for it.
const SHORT_LIFE: u64 = 10;

/// When each deadline comes.
pub(super) struct Timers {
    due: [u64; Timer::ALL.len()],
    /// When init settles.
    settling: u64,
    /// The first of them all.
    next: u64,
}

impl Timers {
    /// None is set.
    pub const NONE: Self = Self { due: [NEVER; Timer::ALL.len()], settling: NEVER, next: NEVER };

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
        self.find_next();
    }

    #[inline(never)]
    fn find_next(&mut self) {
        self.next = self.settling;
        for &due in &self.due {
            self.next = self.next.min(due);
        }
    }

    /// Has init settle once the program is no longer one of a short life.
    pub fn settle_later(&mut self) {
        self.settling = clock::now().wrapping_add(SHORT_LIFE);
        self.find_next();
    }

    /// Whether init has yet to settle. It is asked once: then it does so.
    pub fn take_settling(&mut self) -> bool {
        let is_settling = self.settling != NEVER;
        self.settling = NEVER;
        self.find_next();
        is_settling
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

    /// Whatever is set and comes meanwhile.
    #[test]
    fn init_settles_once_and_wakes_for_it() {
        let mut timers = Timers::NONE;
        assert!(!timers.take_settling());
        timers.settle_later();
        timers.set(Timer::Grace, Time::new(10_000_001));
        assert!(timers.any() && timers.until_next() <= u32::try_from(SHORT_LIFE).unwrap());
        assert_eq!(timers.expired(), None);
        assert_eq!([timers.take_settling(), timers.take_settling()], [true, false]);
        assert!(timers.until_next() > 9_000_000);
        timers.set(Timer::Grace, None);
        assert!(!timers.any());
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

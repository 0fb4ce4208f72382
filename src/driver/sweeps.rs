//! When children that have ended are looked for once more.
//!
//! A sweep reaps all that have ended, and goes through all that live on to know it
//! (`do_wait` in kernel/exit.c). Where a thousand end one after the other on init's
//! processor, and init has a turn after each, the sweeps take longer than the ends do
//! (docs/bench.md).

use crate::signal::Signal;
use crate::sys::{clock, signal};
use core::mem;

/// The last sweep, and how soon the next one comes.
pub(super) struct Sweeps {
    /// When the last one was over, in milliseconds; 0 once nobody asks.
    last: u64,
    /// It began in the millisecond in which the one before was over.
    hasty: bool,
}

impl Sweeps {
    /// There has been none.
    pub const NONE: Self = Self { last: 0, hasty: false };

    /// One that has reaped somebody is over.
    #[inline(always)]
    pub fn over(&mut self) {
        self.last = clock::now();
    }

    /// Whether there has been one of late.
    #[inline(always)]
    pub const fn any(&self) -> bool {
        self.last != 0
    }

    /// Whether the next one, for which init has been woken, is to be put off: it would be
    /// the third within a millisecond, and no other signal has come. As long as SIGCHLD
    /// stays pending nobody is woken by a further child's end (`legacy_queue` in
    /// kernel/signal.c); by any other signal init is.
    #[inline(never)]
    pub fn put_off(&mut self) -> bool {
        let early = clock::now() == mem::take(&mut self.last);
        let hasty = mem::replace(&mut self.hasty, early);
        early && hasty && signal::is_none_pending_but(Signal::CHLD)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use nix::sys::signal::{SigSet, Signal as Known, raise};
    use std::vec::Vec;

    /// What is answered to `count` wake-ups, each after a sweep; all in one millisecond.
    fn answers(count: usize) -> Vec<bool> {
        loop {
            let mut sweeps = Sweeps::NONE;
            let begun = clock::now();
            let answers = core::iter::repeat_with(|| {
                sweeps.over();
                sweeps.put_off()
            });
            let answers = answers.take(count).collect();
            if clock::now() == begun {
                return answers;
            }
        }
    }

    #[test]
    fn a_third_sweep_in_a_millisecond_is_put_off_and_no_earlier_one() {
        assert_eq!(answers(3), [false, true, true]);
    }

    #[test]
    fn none_is_put_off_while_another_signal_is_pending() {
        let both = SigSet::from_iter([Known::SIGTERM, Known::SIGCHLD]);
        both.thread_block().unwrap();
        for (sent, expected) in [(Known::SIGCHLD, true), (Known::SIGTERM, false)] {
            raise(sent).unwrap();
            assert_eq!(answers(2), [false, expected], "{sent}");
        }
        both.wait().unwrap();
        both.wait().unwrap();
    }

    #[test]
    fn one_in_another_millisecond_is_not_put_off_nor_asked_of_twice() {
        let mut sweeps = Sweeps::NONE;
        for _ in 0..3 {
            sweeps.over();
            let over = sweeps.last;
            while clock::now() == over {}
            assert!(sweeps.any());
            assert!(!sweeps.put_off());
            assert!(!sweeps.any());
        }
    }
}

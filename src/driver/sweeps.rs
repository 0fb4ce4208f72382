//! When children that have ended are looked for once more.
//!
//! A sweep reaps all that have ended, and goes through all that live on to know it
//! (`do_wait` in kernel/exit.c). Where a thousand end one after the other on init's
//! processor, and init has a turn after each, the sweeps take longer than the ends do
//! (docs/bench.md).

use crate::signal::Signal;
use crate::sys::{clock, signal};
use core::mem;

/// The last sweeps, as far as it matters how soon the next one comes.
pub(super) struct Sweeps {
    /// When the last one that reaped somebody was over, in milliseconds.
    last: u64,
    /// In the same millisecond the one before was over; nobody has asked since.
    pub twice: bool,
}

impl Sweeps {
    /// There has been none.
    pub const NONE: Self = Self { last: 0, twice: false };

    /// One that has reaped somebody is over.
    #[inline(always)]
    pub fn over(&mut self) {
        let now = clock::now();
        self.twice = now == mem::replace(&mut self.last, now);
    }

    /// Whether the next one, for which init has been woken after two in a millisecond, is to
    /// be put off: that is not over, and no other signal has come. As long as SIGCHLD stays
    /// pending nobody is woken by a further child's end (`legacy_queue` in kernel/signal.c);
    /// by any other signal init is. It is put off once: the next time there have been none.
    #[inline(never)]
    pub fn put_off(&mut self) -> bool {
        self.twice = false;
        let put_off = clock::now() == self.last && signal::is_alone_pending(Signal::CHLD);
        // In the millisecond that is begun then it counts for two: where they go on, the next
        // one is put off at once.
        self.last = self.last.wrapping_add(put_off.into());
        put_off
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::signal::{SigSet, Signal as Known, raise};

    /// Whether a sweep is put off after so many, all in one millisecond.
    fn is_put_off_after(count: usize) -> bool {
        loop {
            let mut sweeps = Sweeps::NONE;
            let begun = clock::now();
            for _ in 0..count {
                sweeps.over();
            }
            let put_off = sweeps.twice && sweeps.put_off();
            if clock::now() == begun {
                assert!(!sweeps.twice, "asked for once");
                return put_off;
            }
        }
    }

    fn with_pending(signals: &[Known], test: impl FnOnce()) {
        let set = SigSet::from_iter(signals.iter().copied());
        set.thread_block().unwrap();
        for signal in signals {
            raise(*signal).unwrap();
        }
        test();
        for _ in signals {
            set.wait().unwrap();
        }
    }

    #[test]
    fn a_third_sweep_in_a_millisecond_is_put_off_and_no_earlier_one() {
        with_pending(&[Known::SIGCHLD], || {
            assert_eq!([1, 2, 3].map(is_put_off_after), [false, true, true]);
        });
    }

    #[test]
    fn none_is_put_off_unless_it_is_a_childs_end_alone_that_wakes() {
        assert!(!is_put_off_after(2));
        with_pending(&[Known::SIGTERM, Known::SIGCHLD], || assert!(!is_put_off_after(2)));
    }

    #[test]
    fn after_one_that_was_put_off_the_next_is_too() {
        with_pending(&[Known::SIGCHLD], || {
            let mut sweeps = Sweeps::NONE;
            // Any of them may be late for its millisecond.
            let goes_on = (0..1000).any(|_| {
                while !sweeps.twice || !sweeps.put_off() {
                    sweeps.over();
                }
                let put_off = clock::now();
                while clock::now() == put_off {}
                sweeps.over();
                sweeps.twice && sweeps.put_off()
            });
            assert!(goes_on);
        });
    }

    #[test]
    fn none_is_put_off_beyond_the_millisecond() {
        with_pending(&[Known::SIGCHLD], || {
            let mut sweeps = Sweeps::NONE;
            while !sweeps.twice {
                sweeps.over();
            }
            while clock::now() == sweeps.last {}
            assert!(!sweeps.put_off());
            sweeps.over();
            assert!(!sweeps.twice);
        });
    }
}

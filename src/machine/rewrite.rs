//! The table of signal rewrites.

use super::pairs;
use crate::signal::Signal;
use crate::sys::word::Word;
use crate::topic::Topic;

/// What each received signal is forwarded as. A signal with no entry is
/// forwarded as itself; an entry that was made stays (the first one wins), so
/// that explicit options are entered first and fallbacks after them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rewrites([u8; 65]);

/// An entry is kept with this changed, so that 0 is none.
pub(super) const FLIPPED: u32 = 255;

impl Rewrites {
    /// No rewrites.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 65])
    }

    /// The entry for `signal`, if there is one: what it is to be forwarded as,
    /// if it is not to be dropped.
    #[must_use]
    pub fn entry(&self, signal: Signal) -> Option<Option<Signal>> {
        let &entry = self.0.get(usize::from(signal.number()))?;
        (entry != 0).then(|| Signal::new(u32::from(entry) ^ FLIPPED))
    }

    /// What `signal` is to be forwarded as; `None` drops it.
    #[must_use]
    pub fn apply(&self, signal: Signal) -> Option<Signal> {
        self.entry(signal).unwrap_or(Some(signal))
    }

    /// Makes an entry where there is none yet.
    pub fn set_default(&mut self, from: Signal, to: Option<Signal>) {
        if let Some(entry @ 0) = self.0.get_mut(usize::from(from.number())) {
            *entry = match to {
                Some(to) => !to.number(),
                None => !0,
            };
        }
    }

    /// Enters every pair of `other` for which there is no entry here.
    pub fn or(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            if *mine == 0 {
                *mine = *theirs;
            }
        }
    }

    /// Enters `FROM:TO` pairs, separated by commas: signals as
    /// [`Signal::parse`] reads them, `TO` may be 0.
    ///
    /// # Errors
    /// What to say if anything is wrong, a `FROM` that never reaches init (KILL,
    /// STOP) or that it keeps (CHLD) included.
    pub fn parse(&mut self, list: Word) -> Result<(), Topic> {
        pairs::enter(&mut self.0, &pairs::SIGNALS, list)
    }

    /// Enters a pair of numbers up to 31 in scanf's `%d:%d`; `TO` may be 0.
    /// What follows is not looked at.
    ///
    /// # Errors
    /// What to say if anything in it is wrong.
    pub fn parse_numbers(&mut self, text: Word) -> Result<(), Topic> {
        pairs::enter(self.0.get_mut(..32).unwrap_or_default(), &pairs::SCANF, text)
    }
}

impl Default for Rewrites {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;

    fn entry(text: &str, from: Signal) -> Option<Option<Signal>> {
        let mut rewrites = Rewrites::new();
        rewrites.parse(word(text)).ok().map(|()| rewrites.apply(from))
    }

    #[test]
    fn a_signal_without_an_entry_stays_itself() {
        for number in 1..=64 {
            let signal = Signal::new(number).unwrap();
            assert_eq!(Rewrites::new().apply(signal), Some(signal));
        }
    }

    #[test]
    fn names_numbers_and_lists_are_read() {
        assert_eq!(entry("15:2", Signal::TERM), Some(Some(Signal::INT)));
        assert_eq!(entry("sigterm:QUIT", Signal::TERM), Some(Some(Signal::QUIT)));
        assert_eq!(entry("TERM:0", Signal::TERM), Some(None));
        assert_eq!(entry("HUP:0,RTMIN+1:USR1,term:RTMAX", Signal::TERM), Some(Signal::new(64)));
        assert_eq!(entry("TERM:INT,TERM:QUIT", Signal::TERM), Some(Some(Signal::QUIT)));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "",
            "15",
            "15:",
            ":2",
            "15:2,",
            ",15:2",
            "15:2:3",
            "15:65",
            "0:1",
            "65:1",
            "x:1",
            "1:x",
            " 15:2",
            "KILL:TERM",
            "STOP:TERM",
            "CHLD:TERM",
        ] {
            assert_eq!(entry(text, Signal::TERM), None, "{text}");
        }
    }

    #[test]
    fn explicit_entries_beat_fallbacks() {
        let (mut explicit, mut fallback) = (Rewrites::new(), Rewrites::new());
        explicit.parse(word("TERM:0")).unwrap();
        fallback.parse(word("TERM:INT,HUP:USR1")).unwrap();
        explicit.or(&fallback);
        explicit.set_default(Signal::TERM, Some(Signal::STOP));
        explicit.set_default(Signal::TSTP, Some(Signal::STOP));
        assert_eq!(explicit.apply(Signal::TERM), None);
        assert_eq!(explicit.apply(Signal::HUP), Signal::new(10));
        assert_eq!(explicit.apply(Signal::TSTP), Some(Signal::STOP));
    }
}

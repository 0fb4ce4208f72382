//! Signals as numbers, names and sets, as the kernel counts them.
//!
//! Numbers are those of `asm-generic/signal.h`, which x86, arm, riscv, powerpc
//! and s390 share; 64 is the kernel's `_NSIG` there.

use crate::sys::word::Word;
use crate::text::decimal;

/// A signal number from 1 to 64. Not a promise that it can be caught or sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signal(u8);

/// The first real-time signal, as the kernel counts: a C library that keeps
/// 32 and 33 for itself (glibc, musl) starts at 34, and so do users' scripts.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

/// Names of 1 to 31 in their order, then others for [`ALIASED`]. See
/// signal(7).
const NAMES: Word = Word::of(
    c"HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT \
      CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS IOT CLD POLL RTMIN RTMAX",
);
const ALIASED: [Signal; 5] = [Signal::ABRT, Signal::CHLD, Signal::IO, Signal(RTMIN), Signal(RTMAX)];

#[allow(missing_docs, reason = "the names are signal(7)'s")]
impl Signal {
    pub const HUP: Self = Self(1);
    pub const INT: Self = Self(2);
    pub const QUIT: Self = Self(3);
    pub const ABRT: Self = Self(6);
    pub const KILL: Self = Self(9);
    pub const PIPE: Self = Self(13);
    pub const TERM: Self = Self(15);
    pub const CHLD: Self = Self(17);
    pub const CONT: Self = Self(18);
    pub const STOP: Self = Self(19);
    pub const TSTP: Self = Self(20);
    pub const TTIN: Self = Self(21);
    pub const TTOU: Self = Self(22);
    pub const XFSZ: Self = Self(25);
    pub const WINCH: Self = Self(28);
    pub const IO: Self = Self(29);
}

impl Signal {
    /// The signal with this number, if there is one.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        let [low, ..] = number.to_le_bytes();
        (1..=RTMAX.into()).contains(&number).then_some(Self(low))
    }

    /// The number, 1 to 64.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Reads `15`, `TERM`, `sigterm`, `RTMIN+3`, `RTMAX-1`: any case, the `SIG`
    /// may be left out. What follows is the caller's to look at; a name is not
    /// followed by another letter or digit.
    #[must_use]
    pub fn parse(text: Word) -> Option<(Self, Word)> {
        let (number, rest) = Self::parse_number(text)?;
        Some((Self::new(number)?, rest))
    }

    /// The same as a number, which need not be that of a signal.
    #[inline(never)]
    #[must_use]
    pub fn parse_number(text: Word) -> Option<(u32, Word)> {
        if let read @ Some(_) = decimal(text) {
            return read;
        }
        let name = text.after_folded(Word::of(c"SIG"), CAPITAL).unwrap_or(text);
        let (place, mut rest) = name.place(NAMES, CAPITAL)?;
        let aliased = ALIASED.get((place as usize).wrapping_sub(32));
        let mut number = aliased.map_or(place, |signal| signal.0.into());
        let sign = if number == RTMAX.into() { b'-' } else { b'+' };
        if number >= RTMIN.into() && rest.first() == sign {
            let (distance, others) = decimal(rest.tail())?;
            if distance > u32::from(RTMAX - RTMIN) {
                return None;
            }
            number = if sign == b'-' { number.wrapping_sub(distance) } else { number.wrapping_add(distance) };
            rest = others;
        }
        Some((number, rest))
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> Name {
        if self.0 >= RTMIN {
            return Name::RealTime(self.0.wrapping_sub(RTMIN));
        }
        if self.0 > 31 {
            return Name::None;
        }
        let mut name = NAMES;
        for _ in 1..self.0 {
            name = name.find(b' ').unwrap_or(name);
        }
        Name::Standard(name)
    }
}

/// What a signal is called.
#[derive(Clone, Copy, Debug)]
pub enum Name {
    /// A name without its `SIG`, up to a blank.
    Standard(Word),
    /// `RTMIN` and so much.
    RealTime(u8),
    /// 32 and 33 have none.
    None,
}

/// A set of signals in the kernel's layout: bit n-1 is signal n.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(transparent)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: Self = Self(0);
    /// Every signal; the kernel quietly leaves KILL and STOP out of a mask.
    pub const ALL: Self = Self(!0);

    /// This set and `signal`.
    #[must_use]
    pub const fn with(self, signal: Signal) -> Self {
        Self(self.0 | 1 << ((signal.0 - 1) & 63))
    }

    /// Whether `signal` is a member.
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & Self::EMPTY.with(signal).0 != 0
    }
}

/// Names are read whatever the case of their letters.
const CAPITAL: fn(u8) -> u8 = |byte| byte.to_ascii_uppercase();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::{said, word};

    /// The signal that all of `text` means.
    fn parse(text: &str) -> Option<Signal> {
        Signal::parse(word(text)).filter(|(_, rest)| rest.is_empty()).map(|(signal, _)| signal)
    }

    #[test]
    fn every_number_has_a_name_that_reads_back() {
        for number in (1..=31).chain(34..=64) {
            let signal = Signal::new(number).unwrap();
            let name = match signal.name() {
                Name::Standard(name) => said(name).split(' ').next().unwrap().into(),
                Name::RealTime(distance) => format!("RTMIN+{distance}"),
                Name::None => panic!("{number}"),
            };
            assert_eq!(parse(&name), Some(signal), "{name}");
            assert_eq!(parse(&format!("Sig{}", name.to_lowercase())), Some(signal), "{name}");
        }
        assert!([32, 33].iter().all(|&number| matches!(Signal(number).name(), Name::None)));
    }

    #[test]
    fn numbers_outside_1_to_64_are_no_signals() {
        for text in ["0", "65", "256", "257", "4294967297", "-1", "+1", "1x", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("32"), Signal::new(32));
    }

    #[test]
    fn real_time_names_stay_within_their_range() {
        for (text, number) in [("RTMIN", 34), ("rtmin+0", 34), ("SIGRTMIN+30", 64), ("RTMAX", 64), ("sigrtmax-30", 34)]
        {
            assert_eq!(parse(text), Signal::new(number), "{text}");
        }
        for text in [
            "RTMIN+31",
            "RTMIN-1",
            "RTMIN+",
            "RTMAX-31",
            "RTMAX+1",
            "RTMAX-",
            "RTMIN+x",
            "RTMIN+4294967295",
            "SIG",
            "SIGSIGTERM",
            "TERM2",
            "IOS",
            "TER",
            "HUP INT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn second_names_mean_the_same_signal() {
        assert_eq!(parse("SIGPOLL"), parse("IO"));
        assert_eq!(parse("iot"), Some(Signal::ABRT));
        assert_eq!(parse("CLD"), Some(Signal::CHLD));
    }

    #[test]
    fn a_set_holds_what_was_added() {
        let set = SignalSet::EMPTY.with(Signal::HUP).with(Signal(64));
        assert_eq!(set, SignalSet(1 | 1 << 63));
        assert!(set.contains(Signal::HUP) && set.contains(Signal(64)) && !set.contains(Signal::INT));
    }
}

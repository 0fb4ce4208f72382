//! Signals as numbers, names and sets, as the kernel counts them.
//!
//! Numbers are those of `asm-generic/signal.h`, which x86, arm, riscv, powerpc
//! and s390 share; 64 is the kernel's `_NSIG` there.

use crate::text::{self, decimal};

/// A signal number from 1 to 64. Not a promise that it can be caught or sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signal(u8);

/// The first real-time signal, as the kernel counts: a C library that keeps
/// 32 and 33 for itself (glibc, musl) starts at 34, and so do users' scripts.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

/// Names of 1 to 31, without `SIG`, padded with zeros. See signal(7).
const NAMES: [[u8; 6]; 31] = [
    *b"HUP\0\0\0",
    *b"INT\0\0\0",
    *b"QUIT\0\0",
    *b"ILL\0\0\0",
    *b"TRAP\0\0",
    *b"ABRT\0\0",
    *b"BUS\0\0\0",
    *b"FPE\0\0\0",
    *b"KILL\0\0",
    *b"USR1\0\0",
    *b"SEGV\0\0",
    *b"USR2\0\0",
    *b"PIPE\0\0",
    *b"ALRM\0\0",
    *b"TERM\0\0",
    *b"STKFLT",
    *b"CHLD\0\0",
    *b"CONT\0\0",
    *b"STOP\0\0",
    *b"TSTP\0\0",
    *b"TTIN\0\0",
    *b"TTOU\0\0",
    *b"URG\0\0\0",
    *b"XCPU\0\0",
    *b"XFSZ\0\0",
    *b"VTALRM",
    *b"PROF\0\0",
    *b"WINCH\0",
    *b"IO\0\0\0\0",
    *b"PWR\0\0\0",
    *b"SYS\0\0\0",
];

/// Second names of the same numbers.
const ALIASES: [(&[u8], Signal); 3] = [(b"IOT", Signal::ABRT), (b"CLD", Signal::CHLD), (b"POLL", Signal::IO)];

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
    pub const WINCH: Self = Self(28);
    pub const IO: Self = Self(29);
}

impl Signal {
    /// The signal with this number, if there is one.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        match u8::try_from(number) {
            Ok(n @ 1..=RTMAX) => Some(Self(n)),
            _ => None,
        }
    }

    /// The number, 1 to 64.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Reads `15`, `TERM`, `sigterm`, `RTMIN+3`, `RTMAX-1`: any case, the `SIG`
    /// may be left out.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.first().is_some_and(u8::is_ascii_digit) {
            return Self::new(decimal(text)?);
        }
        let name = after_letters(text, b"SIG").unwrap_or(text);
        if let Some(offset) = after_letters(name, b"RTMIN") {
            return real_time(u32::from(RTMIN).checked_add(distance(offset, b'+')?)?);
        }
        if let Some(offset) = after_letters(name, b"RTMAX") {
            return real_time(u32::from(RTMAX).checked_sub(distance(offset, b'-')?)?);
        }
        if let Some(&(_, signal)) = ALIASES.iter().find(|(alias, _)| text::same_letters(alias, name)) {
            return Some(signal);
        }
        (1u8..).zip(&NAMES).find(|(_, known)| text::same_letters(trimmed(known), name)).map(|(n, _)| Self(n))
    }

    /// The name without `SIG`, and for real-time signals the distance from
    /// RTMIN. 32 and 33 have no name: they are `signal ` and their number.
    #[must_use]
    pub fn name(self) -> (&'static [u8], i32) {
        match NAMES.get(usize::from(self.0).wrapping_sub(1)) {
            Some(name) => (trimmed(name), 0),
            None if self.0 < RTMIN => (b"signal ", i32::from(self.0)),
            None => (b"RTMIN", i32::from(self.0.wrapping_sub(RTMIN))),
        }
    }
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

/// What follows `prefix`, whatever the case of its letters.
fn after_letters<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    text::same_letters(start, prefix).then_some(rest)
}

fn trimmed(padded: &'static [u8; 6]) -> &'static [u8] {
    text::cut(padded, 0).0
}

fn real_time(number: u32) -> Option<Signal> {
    Signal::new(number).filter(|signal| signal.0 >= RTMIN)
}

/// What follows `RTMIN` or `RTMAX`: nothing, or `sign` and a number.
fn distance(text: &[u8], sign: u8) -> Option<u32> {
    match text.split_first() {
        None => Some(0),
        Some((&first, digits)) if first == sign => decimal(digits),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name_that_reads_back() {
        for number in (1..=31).chain(34..=64) {
            let signal = Signal::new(number).unwrap();
            let (stem, offset) = signal.name();
            let mut text = stem.to_vec();
            if offset > 0 {
                text.extend(format!("+{offset}").bytes());
            }
            assert_eq!(Signal::parse(&text), Some(signal), "{text:?}");
            text.splice(0..0, *b"Sig");
            assert_eq!(Signal::parse(&text.to_ascii_lowercase()), Some(signal), "{text:?}");
        }
    }

    #[test]
    fn numbers_outside_1_to_64_are_no_signals() {
        for text in ["0", "65", "256", "257", "4294967297", "-1", "+1", "1x", ""] {
            assert_eq!(Signal::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Signal::parse(b"32"), Signal::new(32));
    }

    #[test]
    fn real_time_names_stay_within_their_range() {
        for (text, number) in [("RTMIN", 34), ("rtmin+0", 34), ("SIGRTMIN+30", 64), ("RTMAX", 64), ("sigrtmax-30", 34)]
        {
            assert_eq!(Signal::parse(text.as_bytes()), Signal::new(number), "{text}");
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
        ] {
            assert_eq!(Signal::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn second_names_mean_the_same_signal() {
        assert_eq!(Signal::parse(b"SIGPOLL"), Signal::parse(b"IO"));
        assert_eq!(Signal::parse(b"iot"), Some(Signal::ABRT));
        assert_eq!(Signal::parse(b"CLD"), Some(Signal::CHLD));
    }

    #[test]
    fn a_set_holds_what_was_added() {
        let set = SignalSet::EMPTY.with(Signal::HUP).with(Signal(64));
        assert_eq!(set, SignalSet(1 | 1 << 63));
        assert!(set.contains(Signal::HUP) && set.contains(Signal(64)) && !set.contains(Signal::INT));
    }
}

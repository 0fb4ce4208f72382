//! How a process ended, and the exit code that tells it.

use crate::signal::Signal;

/// How a process ended, as wait(2) tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It called exit with this code.
    Exited(u8),
    /// This signal ended it.
    Killed(Signal),
}

impl Status {
    /// The code a shell would give: the process's own, or 128 + signal.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            Self::Killed(signal) => 128u8.wrapping_add(signal.number()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_the_shells() {
        assert_eq!(Status::Exited(0).exit_code(), 0);
        assert_eq!(Status::Exited(255).exit_code(), 255);
        assert_eq!(Status::Killed(Signal::TERM).exit_code(), 143);
        assert_eq!(Status::Killed(Signal::new(64).unwrap()).exit_code(), 192);
    }
}

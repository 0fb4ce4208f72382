//! The kernel's error numbers; their words are [`crate::dialect`]'s.

use core::num::NonZeroI32;

/// An error number as the kernel returns it, positive. Not a return value, and
/// never 0, so that a `Result<(), Errno>` is as small as the kernel's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(NonZeroI32);

#[allow(missing_docs, reason = "the names are errno(3)'s")]
impl Errno {
    pub const PERM: Self = Self::of(1);
    pub const NOENT: Self = Self::of(2);
    pub const SRCH: Self = Self::of(3);
    pub const IO: Self = Self(NonZeroI32::new(5).unwrap());
    pub const INTR: Self = Self::of(4);
    pub const NOEXEC: Self = Self::of(8);
    pub const BADF: Self = Self::of(9);
    pub const CHILD: Self = Self::of(10);
    pub const AGAIN: Self = Self::of(11);
    pub const NOMEM: Self = Self::of(12);
    pub const ACCES: Self = Self::of(13);
    pub const NODEV: Self = Self::of(19);
    pub const NOTDIR: Self = Self::of(20);
    pub const NAMETOOLONG: Self = Self::of(36);
    pub const PIPE: Self = Self::of(32);
    pub const STALE: Self = Self::of(116);
    pub const TIMEDOUT: Self = Self::of(110);
}

impl Errno {
    /// The error with this number; 0, which is none, becomes EIO.
    #[must_use]
    pub const fn of(number: i32) -> Self {
        match NonZeroI32::new(number) {
            Some(number) => Self(number),
            None => Self::IO,
        }
    }

    /// # Errors
    /// The one with this number, unless it is 0.
    pub const fn unless_zero(number: i32) -> Result<(), Self> {
        match NonZeroI32::new(number) {
            Some(number) => Err(Self(number)),
            None => Ok(()),
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.get()
    }
}

//! A string as the kernel hands it over: null-terminated, and one pointer wide.
//!
//! Pure code reads words from front to back and never needs their length, so
//! everything that parses takes a word and gives back what follows. A slice is
//! twice as wide, and every step on it has to prove that it stays inside.

use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::slice;

/// A null-terminated string that lives as long as the process.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Word(NonNull<u8>);

// SAFETY: what it points to is never changed.
unsafe impl Sync for Word {}

impl Word {
    /// No text.
    pub const EMPTY: Self = Self::of(c"");

    /// A literal.
    #[must_use]
    pub const fn of(text: &'static CStr) -> Self {
        // SAFETY: ends with a null, lives for ever, and is not null itself.
        unsafe { Self(NonNull::new_unchecked(text.as_ptr().cast_mut().cast())) }
    }

    /// # Safety
    /// `text` is null-terminated, lives as long as the process and is never
    /// changed.
    #[must_use]
    pub const unsafe fn new(text: NonNull<u8>) -> Self {
        Self(text)
    }

    /// Where it begins, for the kernel.
    #[must_use]
    pub const fn as_ptr(self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    /// Its first byte; 0 if it is empty.
    #[inline(always)]
    #[must_use]
    pub const fn first(self) -> u8 {
        // SAFETY: there is a byte, if only the null.
        unsafe { *self.0.as_ptr() }
    }

    /// Whether it is empty.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.first() == 0
    }

    /// Its first byte, and what follows it.
    #[inline(always)]
    #[must_use]
    pub const fn split(self) -> Option<(u8, Self)> {
        match self.first() {
            0 => None,
            // SAFETY: this byte is not the null, so the next one is part of it.
            byte => Some((byte, unsafe { Self(self.0.add(1)) })),
        }
    }

    /// What follows its first byte; nothing, if there is none.
    #[inline(always)]
    #[must_use]
    pub const fn tail(self) -> Self {
        match self.split() {
            Some((_, rest)) => rest,
            None => self,
        }
    }

    /// Its bytes, without the null.
    #[inline(always)]
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        let mut rest = self;
        core::iter::from_fn(move || {
            let (byte, others) = rest.split()?;
            rest = others;
            Some(byte)
        })
    }

    /// What stands in it before the first `end`.
    #[inline(never)]
    #[must_use]
    pub fn until(self, end: u8) -> &'static [u8] {
        let len = self.bytes().take_while(|&byte| byte != end).count();
        // SAFETY: so many bytes are there, for ever.
        unsafe { slice::from_raw_parts(self.0.as_ptr(), len) }
    }

    /// What follows the first byte that is `wanted`.
    #[inline(never)]
    #[must_use]
    pub fn find(self, wanted: u8) -> Option<Self> {
        let mut rest = self;
        while let Some((byte, others)) = rest.split() {
            if byte == wanted {
                return Some(others);
            }
            rest = others;
        }
        None
    }

    /// What follows `prefix`, or what stands in it before a blank, if this
    /// begins with it, each byte having passed through `fold`.
    #[inline(never)]
    #[must_use]
    pub fn after_folded(self, prefix: Self, fold: fn(u8) -> u8) -> Option<Self> {
        let mut rest = self;
        for wanted in prefix.bytes().take_while(|&wanted| wanted != b' ') {
            let (byte, others) = rest.split()?;
            if fold(byte) != wanted {
                return None;
            }
            rest = others;
        }
        Some(rest)
    }

    /// What follows `prefix`, if this begins with it; see
    /// [`Word::after_folded`].
    #[must_use]
    pub fn after(self, prefix: Self) -> Option<Self> {
        self.after_folded(prefix, Self::SAME)
    }

    /// For [`Word::after_folded`], where case counts.
    pub const SAME: fn(u8) -> u8 = |byte| byte;

    /// Which of `names` this begins with, counted from 1, and what follows: no
    /// letter or digit. They are separated by blanks; see
    /// [`Word::after_folded`].
    #[inline(never)]
    #[must_use]
    pub fn place(self, names: Self, fold: fn(u8) -> u8) -> Option<(u32, Self)> {
        let mut name = names;
        let mut place = 1u32;
        loop {
            match self.after_folded(name, fold) {
                Some(rest) if !rest.first().is_ascii_alphanumeric() => return Some((place, rest)),
                _ => name = name.find(b' ')?,
            }
            place = place.wrapping_add(1);
        }
    }

    /// Whether it sets the variable that `entry` sets: both begin with the same
    /// name and a `=`.
    #[inline(never)]
    #[must_use]
    pub fn is_variable_of(self, entry: Self) -> bool {
        let (mut mine, mut theirs) = (self, entry);
        while let (Some((byte, rest)), Some((other, others))) = (mine.split(), theirs.split()) {
            if byte != other || byte == b'=' {
                return byte == other;
            }
            (mine, theirs) = (rest, others);
        }
        false
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(self, text: Self) -> bool {
        self.after(text).is_some_and(Self::is_empty)
    }
}

/// One path of these parts, in which there is no null, if there is room for it.
pub(super) fn join<'a>(room: &'a mut [MaybeUninit<u8>], parts: &[&[u8]; 3]) -> Option<&'a CStr> {
    let mut len = 0usize;
    for part in parts {
        for &byte in *part {
            room.get_mut(len)?.write(byte);
            len = len.wrapping_add(1);
        }
    }
    room.get_mut(len)?.write(0);
    // SAFETY: so many bytes and the null were written, and it is the only one.
    unsafe {
        let path = slice::from_raw_parts(room.as_ptr().cast(), len.wrapping_add(1));
        Some(CStr::from_bytes_with_nul_unchecked(path))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::ffi::CString;

    /// A word for ever.
    pub fn word(text: &str) -> Word {
        Word::of(Box::leak(CString::new(text).unwrap().into_boxed_c_str()))
    }

    /// What it says.
    pub fn said(word: Word) -> String {
        String::from_utf8(word.bytes().collect()).unwrap()
    }

    #[test]
    fn a_word_is_read_from_front_to_back() {
        let text = word("a=b=c");
        assert_eq!(said(text), "a=b=c");
        assert_eq!(text.find(b'=').map(said).as_deref(), Some("b=c"));
        assert!(text.find(b'x').is_none() && text.find(b'c').unwrap().is_empty());
        assert_eq!(text.split().map(|(byte, rest)| (byte, said(rest))), Some((b'a', "=b=c".into())));
        assert!(Word::EMPTY.split().is_none() && Word::EMPTY.find(b'a').is_none());
    }

    #[test]
    fn a_prefix_is_all_of_it() {
        assert_eq!(word("abc").after(word("ab")).map(said).as_deref(), Some("c"));
        assert!(word("ab").after(word("ab")).unwrap().is_empty());
        assert!(word("a").after(word("ab")).is_none() && word("xbc").after(word("ab")).is_none());
        assert!(word("Ab").after_folded(word("AB"), |byte| byte.to_ascii_uppercase()).unwrap().is_empty());
        assert!(word("abc").after(word("ab c")).map(said).as_deref() == Some("c"));
        assert!(word("ab").is(word("ab")) && !word("abc").is(word("ab")) && !word("a").is(word("ab")));
    }
}

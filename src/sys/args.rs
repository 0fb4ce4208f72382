//! The argument and environment vectors that the kernel left on the stack.

use core::ffi::{CStr, c_char};
use core::ptr;

/// argv and envp as execve(2) hands them over: null-terminated arrays of
/// null-terminated strings, which live as long as the process.
///
/// The arrays are init's to change before the child is started; the strings
/// stay as they are, for `/proc/PID/cmdline` shows them.
#[derive(Clone, Copy)]
pub struct Args {
    argv: *mut *const c_char,
    argc: usize,
    envp: *mut *const c_char,
}

impl Args {
    /// # Safety
    /// `argv` has `argc` strings and a null after them, `envp` strings up to a
    /// null; all of it writable, valid for the life of the process, and used
    /// by nobody else from now on.
    #[must_use]
    pub const unsafe fn new(argc: usize, argv: *mut *const c_char, envp: *mut *const c_char) -> Self {
        Self { argv, argc, envp }
    }

    /// The argument at `index`, if there are so many.
    #[must_use]
    pub fn argument(&self, index: usize) -> Option<&'static [u8]> {
        if index >= self.argc {
            return None;
        }
        // SAFETY: `index` is below argc, so this is a string (`Args::new`).
        Some(unsafe { bytes(*self.argv.add(index)) })
    }

    /// The environment's entries whose first byte is one of `initials`, in
    /// order. Most entries are none of init's, and are not even measured.
    pub fn environment(&self, initials: &'static [u8]) -> impl Iterator<Item = &'static [u8]> + use<> {
        // SAFETY: the slots end before a null, and each holds a string, which
        // has a first byte if only its null.
        self.slots()
            .filter(move |&slot| initials.iter().any(|&initial| initial == unsafe { *(*slot).cast() }))
            .map(|slot| EnvSlot(slot).text())
    }

    /// The place of the first environment entry that begins as `prefix`.
    #[must_use]
    pub fn slot(&self, prefix: &[u8]) -> Option<EnvSlot> {
        self.slots().map(EnvSlot).find(|slot| slot.begins(prefix))
    }

    fn slots(&self) -> impl Iterator<Item = *mut *const c_char> + use<> {
        let mut slot = self.envp;
        core::iter::from_fn(move || {
            // SAFETY: the walk stops at the null that ends the array.
            unsafe {
                if (*slot).is_null() {
                    return None;
                }
                let this = slot;
                slot = slot.add(1);
                Some(this)
            }
        })
    }

    /// argv from `index` on, for execve; with room for one more before it,
    /// since `index` is never 0.
    pub(super) const fn argv_from(&self, index: usize) -> *mut *const c_char {
        // Past argc the null at argc stands for all: callers have looked.
        self.argv.wrapping_add(index)
    }

    pub(super) const fn envp(&self) -> *const *const c_char {
        self.envp.cast_const()
    }
}

/// Where one entry of the environment stands.
#[derive(Clone, Copy)]
pub struct EnvSlot(*mut *const c_char);

impl EnvSlot {
    /// The entry's text.
    #[must_use]
    pub fn text(&self) -> &'static [u8] {
        // SAFETY: the slot was found before the end of the array.
        unsafe { bytes(*self.0) }
    }

    fn begins(&self, prefix: &[u8]) -> bool {
        // SAFETY: as in `text`; the comparison ends with the string, whose null
        // differs from every byte of a prefix.
        prefix.iter().enumerate().all(|(at, byte)| unsafe { *(*self.0).add(at).cast::<u8>() } == *byte)
    }

    /// Puts another string there.
    ///
    /// # Safety
    /// `text` ends with a null and outlives every use of the environment.
    pub(super) unsafe fn replace(self, text: *const c_char) {
        // SAFETY: the array is init's to change (`Args::new`).
        unsafe { ptr::write(self.0, text) }
    }
}

/// # Safety
/// `string` is null-terminated and lives as long as the process.
unsafe fn bytes(string: *const c_char) -> &'static [u8] {
    // SAFETY: the caller vouches for it.
    unsafe { CStr::from_ptr(string) }.to_bytes()
}

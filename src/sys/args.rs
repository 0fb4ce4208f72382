//! The argument and environment vectors that the kernel left on the stack.

use super::word::Word;
use core::cell::Cell;
use core::ffi::c_char;
use core::{ptr, slice};

/// argv and envp as execve(2) hands them over: null-terminated arrays of
/// null-terminated strings, which live as long as the process.
///
/// The arrays are init's to change before the child is started; the strings
/// stay as they are, for `/proc/PID/cmdline` shows them.
#[derive(Clone, Copy)]
pub struct Args {
    argv: &'static [Cell<Word>],
    envp: *const Cell<Option<Word>>,
}

impl Args {
    /// # Safety
    /// `argv` has `argc` strings and a null after them, `envp` strings up to a
    /// null; all of it writable, valid for the life of the process, and used
    /// by nobody else from now on.
    #[must_use]
    pub const unsafe fn new(argc: usize, argv: *mut *const c_char, envp: *mut *const c_char) -> Self {
        // SAFETY: the caller vouches for the strings, and a cell is laid out as
        // what is in it, a word as the pointer that it is, or is not.
        Self { argv: unsafe { slice::from_raw_parts(argv.cast(), argc) }, envp: envp.cast_const().cast() }
    }

    /// None, and no environment.
    pub const NONE: Self = Self { argv: &[], envp: ptr::null() };

    /// The arguments.
    #[must_use]
    pub const fn argv(&self) -> &'static [Cell<Word>] {
        self.argv
    }

    /// The environment's entries, in order.
    pub fn environment(&self) -> impl Iterator<Item = &'static Cell<Option<Word>>> + use<> {
        let mut next = self.envp;
        core::iter::from_fn(move || {
            // SAFETY: null, or within the array: the walk stops at the null that
            // ends it.
            let entry = unsafe { next.as_ref()? };
            entry.get()?;
            next = next.wrapping_add(1);
            Some(entry)
        })
    }

    /// The value of the first entry that begins with `name`, which ends with
    /// `=`, and where it stands.
    #[inline(never)]
    #[must_use]
    pub fn variable(&self, name: Word) -> Option<(Word, &'static Cell<Option<Word>>)> {
        let begins_so = |entry: &Word| entry.first() == name.first();
        self.environment().find_map(|entry| Some((entry.get().filter(begins_so)?.after(name)?, entry)))
    }

    /// Sets variables in the environment: those that stand in the arguments
    /// after the first, as `NAME=VALUE`, `count` of them, each name once. One
    /// that is there already is replaced. Where others begin the arguments from
    /// `program` on are moved; the answer is where that begins then.
    ///
    /// The environment follows the arguments in memory, and options that have
    /// been read leave a place for each that is added.
    pub fn add_variables(&mut self, count: usize, program: usize) -> usize {
        let mut program = program;
        for before in (0..count).rev() {
            let Some(addition) = self.argv.get(before.wrapping_add(1)).map(Cell::get) else { continue };
            let same = |entry: &&Cell<Option<Word>>| entry.get().is_some_and(|entry| addition.is_variable_of(entry));
            if let Some(entry) = self.environment().find(same) {
                entry.set(Some(addition));
            } else {
                program = program.wrapping_sub(1);
                let argv = self.argv;
                self.argv = argv.get(..argv.len().wrapping_sub(1)).unwrap_or_default();
                let mut place: *const Cell<Option<Word>> = argv.as_ptr().wrapping_add(program).cast();
                // SAFETY: one pointer before the environment is the null that
                // ends the arguments: all are ours, cells, and moved by one.
                unsafe {
                    self.envp = self.envp.sub(1);
                    while place < self.envp {
                        let next = place.add(1);
                        (*place).set((*next).get());
                        place = next;
                    }
                    (*place).set(Some(addition));
                }
            }
        }
        program
    }

    /// argv from `index` on, for execve.
    pub(super) fn argv_from(&self, index: usize) -> *const *const c_char {
        self.argv.get(index).map_or(ptr::null(), ptr::from_ref).cast()
    }

    pub(super) const fn envp(&self) -> *const *const c_char {
        self.envp.cast()
    }
}

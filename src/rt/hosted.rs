//! The entry point where a C library has set up the process.

use super::arena::Store;
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int};
use sexton::Args;

struct Global(UnsafeCell<Store>);

// SAFETY: init has one thread. (A debug build that panics may use it from no
// other thread either.)
unsafe impl Sync for Global {}

static STORE: Global = Global(UnsafeCell::new(Store::new()));

pub(super) fn store() -> *mut Store {
    STORE.0.get()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn main(argc: c_int, argv: *mut *const c_char, envp: *mut *const c_char) -> c_int {
    // SAFETY: the C library passes the kernel's vectors on; nobody else uses
    // them here.
    let args = unsafe { Args::new(usize::try_from(argc).unwrap_or(0), argv, envp) };
    crate::init(args)
}

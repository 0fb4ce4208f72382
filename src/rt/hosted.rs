//! The entry point where a C library has set up the process.

use core::ffi::{c_char, c_int};
use sexton::Args;

#[unsafe(no_mangle)]
unsafe extern "C" fn main(argc: c_int, argv: *mut *const c_char, envp: *mut *const c_char) -> c_int {
    // SAFETY: the C library passes the kernel's vectors on; nobody else uses
    // them here.
    let args = unsafe { Args::new(usize::try_from(argc).unwrap_or(0), argv, envp) };
    crate::init(args)
}

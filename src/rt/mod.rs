//! The binary's runtime: its entry point and its memory.
//!
//! Linked without a C library (`cfg(freestanding)`, see build.rs), the kernel
//! jumps to [`freestanding`]; otherwise the C library calls [`hosted`].
//!
//! # Safety
//! The classes of risk: the stack as the kernel left it, symbols that the
//! compiler and mio expect of a C library, and the allocator. Each block names
//! what it relies on.
#![allow(unsafe_code, reason = "the border to the linker")]

pub mod arena;
#[cfg(freestanding)]
mod freestanding;
#[cfg(not(freestanding))]
mod hosted;
#[cfg(freestanding)]
mod symbols;

#[cfg(freestanding)]
use freestanding::store;
#[cfg(not(freestanding))]
use hosted::store;

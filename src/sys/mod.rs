//! The kernel: every system call that init makes, and nothing else.
//!
//! Calls that rustix wraps at no cost go through it. Raw are those it lacks
//! (signalfd, sigtimedwait, execve, clone), those whose answer it hides (the
//! pid of waitid), those that return a new descriptor (its conversion asserts),
//! and those where its conversion of the answer is longer than the call.
//!
//! # Safety
//! The classes of risk here are pointers given to the kernel, which must be
//! valid for what the call reads and writes, and the child between clone and
//! exec, which runs in init's memory. Each block names what it relies on.
#![allow(unsafe_code, reason = "the border to the kernel")]

pub mod account;
#[cfg_attr(target_arch = "x86_64", path = "arch/x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "arch/aarch64.rs")]
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), path = "arch/other.rs")]
pub mod arch;
pub mod args;
pub mod child;
pub mod clock;
pub mod credentials;
mod exec;
pub mod fd;
pub mod file;
pub mod install;
pub mod oom;
pub mod output;
pub mod process;
pub mod scheduler;
pub mod signal;
pub mod signalfd;
pub mod terminal;
pub mod wait;
pub mod word;

use crate::error::Errno;

/// The answer of a call that returns 0 if it succeeds.
#[inline(always)]
fn done(value: isize) -> Result<(), Errno> {
    Errno::unless_zero(low(value).wrapping_neg())
}

/// The answer of a call that returns a pid, a descriptor or a count.
#[inline(never)]
fn number(value: isize) -> Result<i32, Errno> {
    Errno::unless_zero(low(value.min(0)).wrapping_neg()).map(|()| low(value))
}

#[allow(clippy::cast_possible_truncation, reason = "the kernel declares pids, descriptors and errors as int")]
const fn low(value: isize) -> i32 {
    value as i32
}

/// A small integer as a system call's argument, of which the kernel reads 32 bits:
/// to extend its sign would take an instruction.
const fn word(value: i32) -> usize {
    value.cast_unsigned() as usize
}

//! The engine of `sexton`, a container init: it starts a program, forwards
//! every signal to it, reaps every orphan and ends as the program did.
//!
//! Layers, each knowing only those above it in this list:
//!
//! | module | what it owns |
//! |---|---|
//! | [`text`], [`line`](mod@line), [`pack`] | bytes |
//! | [`signal`], [`status`], [`error`] | numbers with names |
//! | [`account`] | how users and groups are named |
//! | [`topic`] | everything that can be said, as data |
//! | [`machine`] | what to do about what happens: a pure value |
//! | [`dialect`], [`report`], [`cli`] | command lines and words, pure too |
//! | [`sys`] | the kernel: the only system calls, and the only `unsafe` here |
//! | [`driver`] | readiness to events, actions to system calls |
//! | [`embed`] | init within another program, [`Init`] |
//!
//! The binary adds `src/rt`: the entry point and, where it is linked without a
//! C library, the few symbols that are left.
#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)
)]

pub mod account;
pub mod cli;
pub mod dialect;
pub mod driver;
pub mod embed;
pub mod error;
pub mod line;
pub mod machine;
pub mod pack;
pub mod report;
pub mod signal;
pub mod status;
pub mod sys;
pub mod text;
pub mod topic;

pub use driver::run;
pub use embed::Init;
pub use sys::args::Args;

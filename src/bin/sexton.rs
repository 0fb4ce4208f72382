//! The `sexton` program: the library's engine behind an entry point.
#![no_main]

#[path = "../rt/mod.rs"]
mod rt;

/// What the process does between its entry and its exit.
fn init(args: sexton::Args) -> u8 {
    sexton::run(args, rt::arena::seal)
}

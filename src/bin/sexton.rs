//! The `sexton` program: the library's engine behind an entry point.
#![no_main]

#[path = "../rt/mod.rs"]
mod rt;

/// What the process does after its entry.
fn init(args: sexton::Args) -> ! {
    sexton::run(args, rt::arena::seal)
}

//! `stubborn`: ignores every signal that can be ignored and stays.

#![allow(unsafe_code, missing_docs)]

fn main() {
    for number in 1..=64 {
        // SAFETY: SIG_IGN runs no code; for KILL and STOP the call only fails.
        unsafe { libc::signal(number, libc::SIG_IGN) };
    }
    println!("ready {}", std::process::id());
    loop {
        std::thread::park();
    }
}

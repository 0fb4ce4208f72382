//! A program that is its own init: where it is PID 1, `launch` makes this process
//! init and goes on in a child of it; elsewhere it does nothing.
//!
//! ```sh
//! cargo build --release --example embedded
//! unshare -pf --mount-proc target/release/examples/embedded
//! ```

use std::io;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

fn main() -> io::Result<()> {
    // Before there are threads.
    sexton::Init::new().environment().grace(Duration::from_secs(10)).env("LAUNCHED", "yes").launch()?;

    let mut stop = SigSet::empty();
    stop.add(Signal::SIGTERM);
    stop.add(Signal::SIGINT);
    stop.thread_block()?;

    let launched = std::env::var("LAUNCHED").unwrap_or_default();
    println!("ready {launched} {}", std::os::unix::process::parent_id());

    // The work: here, to wait for being told to stop.
    let signal = stop.wait()?;
    println!("stopping at {signal}");
    std::process::exit(if signal == Signal::SIGTERM { 3 } else { 0 })
}

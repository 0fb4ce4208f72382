//! Bounded waiting for a condition.

use std::time::{Duration, Instant};

/// How long any one thing may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(2);

/// Asks until there is an answer, and panics when that takes too long.
#[track_caller]
pub fn within<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    match try_within(PATIENCE, ask) {
        Some(answer) => answer,
        None => panic!("no {what} within {PATIENCE:?}\n{}", super::process::all_of_this_test()),
    }
}

/// Asks until there is an answer, but no longer than `limit`.
pub fn try_within<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        std::thread::sleep(POLL);
    }
}

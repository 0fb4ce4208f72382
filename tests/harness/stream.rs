//! An output stream of init, read by a thread as it comes.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// The text so far, and what of it was already taken.
#[derive(Default)]
struct Text {
    all: String,
    taken: usize,
    ended: bool,
}

/// A stream that a thread reads; clones share it.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<Text>, Condvar)>);

impl Stream {
    pub fn of(mut source: impl Read + Send + 'static) -> Self {
        let stream = Self::default();
        let ours = stream.clone();
        std::thread::spawn(move || {
            let mut chunk = vec![0; 65536];
            loop {
                // The end of a terminal is the error EIO.
                let len = source.read(&mut chunk).unwrap_or(0);
                let mut text = ours.lock();
                text.all.push_str(&String::from_utf8_lossy(&chunk[..len]));
                text.ended = len == 0;
                ours.0.1.notify_all();
                if len == 0 {
                    return;
                }
            }
        });
        stream
    }

    fn lock(&self) -> MutexGuard<'_, Text> {
        self.0.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// All text so far, the taken included.
    pub fn so_far(&self) -> String {
        self.lock().all.clone()
    }

    /// Takes the next whole line, without its end; none if it does not come.
    pub fn line(&self, limit: Duration) -> Option<String> {
        self.take(limit, |rest| rest.find('\n').map(|at| at + 1)).map(|mut line| {
            line.pop();
            line
        })
    }

    /// Takes up to and including `needle`.
    pub fn until(&self, needle: &str, limit: Duration) -> Option<String> {
        self.take(limit, |rest| rest.find(needle).map(|at| at + needle.len()))
    }

    fn take(&self, limit: Duration, find: impl Fn(&str) -> Option<usize>) -> Option<String> {
        let end = Instant::now() + limit;
        let mut text = self.lock();
        loop {
            let rest = &text.all[text.taken..];
            if let Some(len) = find(rest) {
                let found = rest[..len].to_owned();
                text.taken += len;
                return Some(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if text.ended || left.is_zero() {
                return None;
            }
            text = self.0.1.wait_timeout(text, left).unwrap_or_else(|e| e.into_inner()).0;
        }
    }

    /// All text up to the end of the stream; none if it does not end.
    pub fn to_end(&self, limit: Duration) -> Option<String> {
        let end = Instant::now() + limit;
        let mut text = self.lock();
        while !text.ended {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            text = self.0.1.wait_timeout(text, left).unwrap_or_else(|e| e.into_inner()).0;
        }
        Some(text.all.clone())
    }
}

//! `orphans COUNT [storm|one-by-one|end=CODE]`: leaves COUNT orphans to init.
//!
//! They are children of a process between, which does not wait for them and
//! ends once they have all ended: at that moment init inherits COUNT zombies.
//!
//! It prints `made` once they exist, and lets that moment come when it has read
//! a line. By default it then prints `done`, the moment being past, and waits for
//! another line. With
//! `storm` it sends TERM to init in the middle of init's reaping and prints
//! `left N`, the number of zombies that were still there when the TERM came
//! back, then waits likewise. With `end=CODE` it exits with CODE instead. With
//! `one-by-one` they are no zombies: it prints `left` once they are init's, ends one
//! after the other when it has read another line, and then prints `done`.

#![allow(unsafe_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::io::Read as _;
use std::os::fd::AsRawFd as _;

use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, getppid, pipe};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().unwrap().parse().unwrap();
    let what = arguments.next().unwrap_or_default();
    let mut term = SigSet::empty();
    term.add(Signal::SIGTERM);
    term.thread_block().unwrap();

    let one_by_one = what == "one-by-one";
    let (between, pids, release) = make_orphans(count, one_by_one);
    println!("made");
    read_line();
    drop(release);
    if let Some(code) = what.strip_prefix("end=") {
        std::process::exit(code.parse().unwrap());
    }
    if what == "storm" {
        println!("left {}", zombies_at_term(&pids, &term));
    } else {
        waitpid(between, None).unwrap();
        if one_by_one {
            println!("left");
            read_line();
            // SAFETY: takes no pointers. A nanosecond late, not 50 microseconds.
            unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
            for pid in pids {
                kill(pid, Signal::SIGKILL).unwrap();
                // An init that has a turn for each end has it now.
                std::thread::sleep(std::time::Duration::from_micros(20));
            }
        }
        println!("done");
    }
    read_line();
}

fn read_line() {
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
}

/// Their parent, the orphans-to-be, and the pipe whose closing ends the former.
fn make_orphans(count: usize, living: bool) -> (Pid, Vec<Pid>, std::os::fd::OwnedFd) {
    let (pids_in, pids_out) = pipe().unwrap();
    let (release_in, release_out) = pipe().unwrap();
    // SAFETY: this process has one thread.
    let ForkResult::Parent { child: between } = unsafe { fork() }.unwrap() else {
        drop(release_out);
        let mut list = Vec::with_capacity(count * 4);
        for _ in 0..count {
            // SAFETY: as above; the copy ends at once, or sleeps.
            match unsafe { fork() }.expect("fork") {
                // SAFETY: the copy's descriptor is its own.
                ForkResult::Child => unsafe {
                    if living {
                        // Whoever reads the list reads on to the end of the pipe.
                        libc::close(pids_out.as_raw_fd());
                        libc::pause();
                    }
                    libc::_exit(0)
                },
                ForkResult::Parent { child } => list.extend(child.as_raw().to_ne_bytes()),
            }
        }
        std::io::Write::write_all(&mut std::fs::File::from(pids_out), &list).unwrap();
        // Ends at the end of the pipe.
        let _ = std::fs::File::from(release_in).read(&mut [0]);
        std::process::exit(0);
    };
    drop((pids_out, release_in));
    let mut list = Vec::new();
    std::fs::File::from(pids_in).read_to_end(&mut list).unwrap();
    assert_eq!(list.len(), count * 4, "not all could be forked");
    let pids = list.chunks_exact(4);
    let pids = pids.map(|four| Pid::from_raw(i32::from_ne_bytes(four.try_into().unwrap())));
    (between, pids.collect(), release_out)
}

/// Sends TERM to init once it has begun to reap; the zombies left at the answer.
fn zombies_at_term(pids: &[Pid], term: &SigSet) -> usize {
    let is_there = |pid: &&Pid| kill(**pid, None).is_ok();
    while pids.iter().take(100).filter(is_there).count() == 100 {}
    kill(getppid(), Signal::SIGTERM).expect("TERM to init");
    term.wait().expect("sigwait");
    pids.iter().rev().filter(is_there).count()
}

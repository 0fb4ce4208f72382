//! Every orphan is reaped, and no end of the main child is missed.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use harness::{Init, Running, in_both_modes, process};

fn expect_no_zombies(running: &Running) {
    running.within("init without zombies", || (process::zombies(running.pid()) == 0).then_some(()));
}

fn orphans_are_reaped(init: Init) {
    let mut running = init.program("orphans").arg("50").spawn();
    let mut stdin = running.stdin();
    running.expect_line("made");
    stdin.write_all(b"\n").unwrap();
    running.expect_line("done");
    expect_no_zombies(&running);
    assert_eq!(process::children(running.pid()).len(), 1, "{}", process::all_of_this_test());
    stdin.write_all(b"\n").unwrap();
    assert_eq!(running.exit_code(), 0);
}

/// Left by what became init, its SIGCHLD long gone.
fn a_zombie_from_before_the_start_is_reaped_at_once(init: Init) {
    let init = init.before(|| {
        // SAFETY: plain system calls; the copy ends at once, and stays a zombie.
        unsafe {
            let zombie = libc::fork();
            if zombie == 0 {
                libc::_exit(0);
            }
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let id = libc::id_t::try_from(zombie).unwrap_or(0);
            libc::waitid(libc::P_PID, id, &raw mut info, libc::WEXITED | libc::WNOWAIT);
        }
        Ok(())
    });
    let running = init.program("print-signals").spawn();
    running.ready();
    expect_no_zombies(&running);
}

/// An orphan that lives on is init's child, as PID 1 or as subreaper.
fn a_living_orphan_is_inits_child_until_it_ends(init: Init) {
    let mut running = init.script("(sleep 60 & echo made); read line; exit 3").spawn();
    let mut stdin = running.stdin();
    running.expect_line("made");
    let pid = running.pid();
    let main_child = running.main_child();
    let orphan = running
        .within("orphan as init's child", || process::children(pid).into_iter().find(|&child| child != main_child));
    // SAFETY: no precondition; the orphan is alive.
    unsafe { libc::kill(orphan, libc::SIGKILL) };
    let only_one = || (process::children(pid) == [main_child]).then_some(());
    running.within("end of the orphan", only_one);
    stdin.write_all(b"\n").unwrap();
    assert_eq!(running.exit_code(), 3);
}

/// Of children that end one after the other init is not woken by each.
fn a_storm_of_ends_wakes_init_now_and_then(init: Init) {
    let mut running = init.program("orphans").args(&["1000", "one-by-one"]).spawn();
    let mut stdin = running.stdin();
    running.expect_line("made");
    stdin.write_all(b"\n").unwrap();
    running.expect_line("left");
    let pid = running.pid();
    running.within("1001 children", || (process::children(pid).len() == 1001).then_some(()));
    running.within("sleeping init", || (process::state(pid)? == 'S').then_some(()));
    let sleeps = || process::status(pid, "voluntary_ctxt_switches").unwrap().parse::<u128>().unwrap();
    let before = sleeps();
    let start = Instant::now();
    stdin.write_all(b"\n").unwrap();
    running.expect_line("done");
    running.within("one child", || (process::children(pid).len() == 1).then_some(()));
    let sleeps = sleeps() - before;
    let milliseconds = start.elapsed().as_millis() + 1;
    // In a millisecond two sweeps, the wake-up for the third, and the end of its delay.
    assert!(sleeps <= 4 * milliseconds + 4, "{sleeps} sleeps in {milliseconds} ms");
    stdin.write_all(b"\n").unwrap();
    assert_eq!(running.exit_code(), 0);
}

/// All at once for one SIGCHLD: init stands still meanwhile.
fn merged_sigchlds_lose_nobody(init: Init) {
    let mut running = init.program("orphans").arg("500").spawn();
    let mut stdin = running.stdin();
    running.expect_line("made");
    running.signal(libc::SIGSTOP);
    running.wait_for_state('T');
    stdin.write_all(b"\n").unwrap();
    running.expect_line("done");
    let pid = running.pid();
    running.within("500 zombies", || (process::zombies(pid) == 500).then_some(()));
    running.signal(libc::SIGCONT);
    expect_no_zombies(&running);
    assert!(running.is_running());
}

/// The main child is found among many that died before init looked.
fn the_main_child_is_found_among_many_dead(init: Init) {
    let mut running = init.program("orphans").args(&["500", "end=33"]).spawn();
    let mut stdin = running.stdin();
    running.expect_line("made");
    running.signal(libc::SIGSTOP);
    running.wait_for_state('T');
    stdin.write_all(b"\n").unwrap();
    let pid = running.pid();
    // The orphans, the process between them and the main child, and the latter.
    running.within("502 zombies", || (process::zombies(pid) == 502).then_some(()));
    running.signal(libc::SIGCONT);
    assert_eq!(running.exit_code(), 33);
}

/// Each run is a whole start; a lost end would hang one of them.
fn three_hundred_short_runs(prefix: &str) {
    let path = harness::init_under_test();
    let path = path.to_str().unwrap();
    let script = format!(
        "i=0; while [ $i -lt 300 ]; do {prefix} {path} sh -c 'exit 5' </dev/null; \
         echo $i $?; i=$((i+1)); done"
    );
    let mut shell = Init::new().args(&["-c", &script]);
    shell.path = "/bin/sh".into();
    let mut running = shell.spawn();
    for run in 0..300 {
        running.expect_line(&format!("{run} 5"));
    }
    assert_eq!((running.exit_code(), running.all_of_stderr().as_str()), (0, ""));
}

#[test]
fn three_hundred_short_runs_end() {
    three_hundred_short_runs("");
}

#[test]
fn three_hundred_short_runs_as_pid_1_end() {
    three_hundred_short_runs("unshare --pid --fork");
}

/// Orphans all end while init reaps, and a TERM does not wait for the last.
fn sigterm_is_forwarded_within_a_storm_of_orphans(init: Init) {
    // Two storms at a time would need more pids than many systems have.
    static ONE_STORM: Mutex<()> = Mutex::new(());
    let _alone = ONE_STORM.lock().unwrap_or_else(PoisonError::into_inner);
    let pid_1 = init.is_pid_1();
    let mut left = String::new();
    // The scheduler may keep the main child from looking in time; init cannot
    // be lucky, however, if it reaps everything first.
    for _ in 0..5 {
        let again = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let mut running = again.program("orphans").args(&["20000", "storm"]).spawn();
        running.expect_line("made");
        let mut stdin = running.stdin();
        stdin.write_all(b"\n").unwrap();
        left = running.line();
        expect_no_zombies(&running);
        assert!(running.is_running());
        if left != "left 0" {
            return;
        }
    }
    panic!("{left}: SIGTERM came only after all orphans were reaped");
}

in_both_modes!(
    a_zombie_from_before_the_start_is_reaped_at_once,
    orphans_are_reaped,
    a_living_orphan_is_inits_child_until_it_ends,
    a_storm_of_ends_wakes_init_now_and_then,
    merged_sigchlds_lose_nobody,
    the_main_child_is_found_among_many_dead,
    sigterm_is_forwarded_within_a_storm_of_orphans,
);

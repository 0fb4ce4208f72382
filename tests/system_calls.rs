//! The system calls that init makes, as strace sees them, and their number.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harness::{Folder, Init, Running, in_both_modes, process, processors, within};

const TERM: i32 = libc::SIGTERM;

/// strace, attached to a running init; ended on drop.
struct Trace(Child, String);

impl Trace {
    fn of(running: &Running, folder: &Folder) -> Self {
        let file = folder.path("trace");
        let pid = running.pid();
        let mut strace = Command::new("strace");
        strace.args(["-o", &file, "-p", &pid.to_string()]).stderr(Stdio::null());
        let strace = strace.spawn().expect("strace is needed: install it");
        let is_traced = || (process::status(pid, "TracerPid")? != "0").then_some(());
        within("strace attached to init", is_traced);
        Self(strace, file)
    }

    /// The calls so far, by name; lines about signals are none.
    fn calls(&self) -> Vec<String> {
        calls(&self.1)
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn calls(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let call = |line: &str| line.split_once('(').map(|(name, _)| name.to_owned());
    let is_name = |name: &String| name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    text.lines().filter_map(call).filter(is_name).collect()
}

/// The times that init was given a processor.
fn switches(pid: i32) -> u64 {
    let number = |field| process::status(pid, field)?.parse::<u64>().ok();
    number("voluntary_ctxt_switches").unwrap() + number("nonvoluntary_ctxt_switches").unwrap()
}

/// Also with a signal behind it, after which a deadline might have been armed.
fn an_idle_init_never_wakes(init: Init) {
    let running = init.program("print-signals").spawn();
    running.ready();
    let idle = || {
        let pid = running.pid();
        running.within("second and a half without a wake-up", || {
            let before = switches(pid);
            // Long enough for anything that happens every second.
            std::thread::sleep(Duration::from_millis(1500));
            (switches(pid) == before).then_some(())
        });
    };
    running.wait_until_settled();
    idle();
    running.signal(TERM);
    assert_eq!(running.received().signal, TERM);
    idle();
}

fn a_forwarded_signal_costs_three_calls(init: Init) {
    const COUNT: usize = 100;
    let running = init.program("print-signals").spawn();
    running.ready();
    running.wait_until_settled();
    let folder = Folder::new();
    let trace = Trace::of(&running, &folder);
    for _ in 0..COUNT {
        running.signal(libc::SIGUSR1);
        assert_eq!(running.received().signal, libc::SIGUSR1);
        // In its next wait, or a signal more may be read in the same round.
        running.wait_for_state('S');
    }
    let calls = running.within("trace of it all", || {
        let calls = trace.calls();
        let sent = calls.iter().filter(|call| is_a_kill(call)).count();
        (sent >= COUNT).then_some(calls)
    });
    // The first wait was entered before, the last is not over.
    assert!(calls.len() <= 3 * COUNT + 2, "{} calls: {calls:?}", calls.len());
}

/// However many signals are queued, children are looked at between them.
fn a_flood_of_signals_does_not_hide_a_childs_end(init: Init) {
    const FLOOD: usize = 2000;
    let mut running = init.args(&["--forward=child", "sh", "-c", "echo ready $$; read line; exit 3"]).spawn();
    running.ready();
    running.wait_for_state('S');
    let folder = Folder::new();
    let trace = Trace::of(&running, &folder);
    running.signal(libc::SIGSTOP);
    running.within("init stopped", || (process::state(running.pid())?.eq_ignore_ascii_case(&'t')).then_some(()));
    for _ in 0..FLOOD {
        running.signal(harness::RTMAX);
    }
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(running.main_child(), libc::SIGKILL) };
    running.signal(libc::SIGCONT);
    assert_eq!(running.exit_code(), 128 + libc::SIGKILL);
    let calls = within("trace to the end", || {
        let calls = trace.calls();
        (calls.last()? == "exit_group").then_some(calls)
    });
    let before = calls.iter().take_while(|call| *call != "waitid").filter(|call| is_a_kill(call)).count();
    assert!(before < FLOOD / 10, "{before} signals were passed on before a look at the children");
}

fn is_a_kill(call: &str) -> bool {
    ["kill", "tgkill", "pidfd_send_signal", "rt_sigqueueinfo"].contains(&call)
}

/// strace, which starts init and writes to `file` what that does from its exec on.
fn traced(init: Init, file: &str) -> Init {
    let path = init.path.to_str().unwrap().to_owned();
    let mut strace = init;
    strace.path = "/usr/bin/strace".into();
    assert!(strace.path.exists(), "strace is needed: install it");
    strace.args(&["-o", file, &path])
}

/// What init does from its exec to its end, its children left out.
fn whole_life(init: Init) -> Vec<String> {
    let folder = Folder::new();
    let file = folder.path("trace");
    let mut running = traced(init, &file).program("print-signals").arg("exit=15:3").spawn();
    running.ready();
    // The first child of strace is init.
    let init = running.main_child();
    running.within("init settled", || process::has_pidfd(init));
    for signal in [libc::SIGUSR1, 40, TERM] {
        // SAFETY: no precondition; init is alive.
        unsafe { libc::kill(init, signal) };
        assert_eq!(running.received().signal, signal);
    }
    assert_eq!(running.exit_code(), 3);
    calls(&file)
}

// Not madvise: it takes none, and gives some back.
const MEMORY: [&str; 4] = ["brk", "mmap", "mremap", "munmap"];
const TIMERS: [&str; 8] = [
    "alarm",
    "setitimer",
    "timer_create",
    "timerfd_create",
    "nanosleep",
    "clock_nanosleep",
    "timerfd_settime",
    "timer_settime",
];

#[test]
fn init_takes_no_memory_once_the_child_runs() {
    let all = whole_life(Init::new());
    let start = ["clone", "clone3", "vfork", "fork"];
    let start = all.iter().position(|call| start.contains(&call.as_str())).unwrap();
    let after: Vec<&String> = all[start..].iter().filter(|call| MEMORY.contains(&call.as_str())).collect();
    assert_eq!(after, Vec::<&String>::new(), "{all:?}");
}

/// Not even to start, if it is linked without a C library.
#[test]
fn a_freestanding_init_takes_no_memory_at_all() {
    let file = std::fs::read(harness::init_under_test()).unwrap();
    let has_loader = file.windows(7).any(|seven| seven == b"/ld-lin");
    if has_loader {
        // A hosted build, as tests and debuggers use.
        return;
    }
    let all = whole_life(Init::new());
    let some: Vec<&String> = all.iter().filter(|call| MEMORY.contains(&call.as_str())).collect();
    assert_eq!(some, Vec::<&String>::new(), "{all:?}");
}

#[test]
fn init_sets_no_timer() {
    let all = whole_life(Init::new());
    let some: Vec<&String> = all.iter().filter(|call| TIMERS.contains(&call.as_str())).collect();
    assert_eq!(some, Vec::<&String>::new(), "{all:?}");
}

/// No descriptor of the program's is held when a child's end or stop may first be init's;
/// what a longer life is supervised with is made after the first wait.
#[test]
fn init_lets_go_then_waits_then_looks_at_its_children_then_settles() {
    let all = whole_life(Init::new().on_one_processor());
    let wait = ["epoll_wait", "epoll_pwait"].into_iter().find(|wait| all.iter().any(|call| call == wait)).unwrap();
    let first = ["close_range", "rt_sigtimedwait", "waitid", "chdir", "signalfd4", "epoll_create1"];
    let steps = [&first[..], &["pidfd_open", "sched_setattr", wait]].concat();
    let places: Vec<_> = steps.iter().map(|step| all.iter().position(|call| call == step)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{places:?} of {steps:?} in {all:?}");
}

/// The policies that `init` and its program set, and what they execute.
fn policies(init: Init) -> String {
    let folder = Folder::new();
    let file = folder.path("trace");
    let init = traced(init.args(&["-f", "-etrace=execve,sched_setscheduler,sched_setattr"]), &file);
    // Until init has settled.
    let mut running = init.args(&["--user=65534", "/bin/sleep", "0.2"]).spawn();
    assert_eq!(running.exit_code(), 0);
    std::fs::read_to_string(&file).unwrap()
}

/// Before the program is executed, which wakes init, and whoever that runs as.
#[test]
fn with_one_processor_the_child_has_init_wait_its_turn() {
    let trace = policies(Init::new().on_one_processor());
    let (init, _) = trace.split_once(' ').unwrap();
    let batch = format!("sched_setscheduler({init}, SCHED_BATCH, [0])");
    let usual = format!("sched_setattr(0, {{size={}, sched_policy=SCHED_OTHER", size_of::<libc::sched_attr>());
    let steps = [&batch, "execve(\"/bin/sleep", &usual];
    let places = steps.map(|step| trace.find(step));
    assert!(places.is_sorted() && places[0].is_some(), "{places:?} of {steps:?} in {trace}");
    assert_eq!(trace.matches("sched_set").count(), 2, "{trace}");
}

#[test]
fn with_several_processors_no_policy_is_set() {
    if processors().count() == 1 {
        // There is but one.
        return;
    }
    let trace = policies(Init::new());
    assert!(!trace.contains("sched_set"), "{trace}");
}

/// A trace of an init whose program is this script.
fn trace_of(script: &str) -> String {
    let folder = Folder::new();
    let file = folder.path("trace");
    let mut running = traced(Init::new(), &file).args(&["sh", "-c", script]).spawn();
    assert_eq!(running.exit_code(), 0);
    std::fs::read_to_string(&file).unwrap()
}

/// Init makes what a longer life is supervised with after 10 ms in which nothing came.
#[test]
fn init_settles_after_ten_milliseconds_without_a_signal() {
    let trace = trace_of("sleep 0.2");
    let is_wait = |line: &str| {
        line.starts_with("rt_sigtimedwait(~[], ") && line.contains(", {tv_sec=0, tv_nsec=10000000}, 8) = -1 EAGAIN")
    };
    let waited = trace.lines().position(is_wait);
    let settled = trace.lines().position(|line| line.starts_with("signalfd4("));
    assert!(waited.is_some() && settled > waited, "{trace}");
}

/// A signal within that time is forwarded, and then init settles.
#[test]
fn init_settles_after_a_signal_too() {
    let trace = || trace_of("trap '' USR1; kill -USR1 $PPID; sleep 0.2");
    let is_so = |trace: &str| {
        let places = ["rt_sigtimedwait(", "kill(-", "signalfd4("].map(|step| trace.find(step));
        places.is_sorted() && places[0].is_some()
    };
    // On a busy machine the signal may come later.
    assert!((0..50).any(|_| is_so(&trace())), "{}", trace());
}

/// None of that is made for a short life.
#[test]
fn a_short_life_is_not_settled_for() {
    let is_short = |trace: &str| trace.contains("rt_sigtimedwait(") && !trace.contains("signalfd4(");
    let trace = || trace_of("sleep 0.002");
    // On a busy machine even this takes longer at times.
    assert!((0..50).any(|_| is_short(&trace())), "{}", trace());
}

in_both_modes!(
    an_idle_init_never_wakes,
    a_forwarded_signal_costs_three_calls,
    a_flood_of_signals_does_not_hide_a_childs_end,
);

//! Processes as /proc shows them.

use std::fs;

thread_local! {
    /// The marks of what this test has started: each test is one thread.
    static MARKS: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The variable that marks every process of a test.
pub const MARK: &str = "INIT_TEST_MARK";

/// For a shell that is init's child: starts a process that ends once it is
/// init's, too, and prints its pid.
pub const ORPHAN: &str =
    r#"(sh -c 'until [ "$(cut -d" " -f4 /proc/$$/stat)" = '$PPID' ]; do sleep 0.01; done' & echo $!)"#;

pub fn remember(mark: &str) {
    MARKS.with_borrow_mut(|marks| marks.push(mark.to_owned()));
}

/// One field of /proc/PID/status.
pub fn status(pid: i32, field: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.split(':').next() == Some(field))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// R, S, D, T (stopped) or Z, and nothing if there is no such process.
pub fn state(pid: i32) -> Option<char> {
    status(pid, "State")?.chars().next()
}

/// sched_getscheduler(2), with its flag.
pub fn policy(pid: i32) -> i32 {
    // SAFETY: takes no pointers.
    unsafe { libc::sched_getscheduler(pid) }
}

/// The field of /proc/PID/stat with that number, as the manual counts.
pub fn stat(pid: i32, number: usize) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    rest.split(' ').nth(number - 3)?.parse().ok()
}

pub fn group(pid: i32) -> Option<i32> {
    stat(pid, 5)
}

pub fn session(pid: i32) -> Option<i32> {
    stat(pid, 6)
}

/// The controlling terminal's number, 0 for none.
pub fn terminal(pid: i32) -> Option<i32> {
    stat(pid, 7)
}

/// The foreground group of the controlling terminal.
pub fn foreground(pid: i32) -> Option<i32> {
    stat(pid, 8)
}

pub fn all_pids() -> Vec<i32> {
    let entries = fs::read_dir("/proc").expect("/proc");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

pub fn children(pid: i32) -> Vec<i32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// The children of `pid` that are dead and not reaped.
///
/// From all of /proc: the kernel's list of children loses some while it changes.
pub fn zombies(pid: i32) -> usize {
    let is_one = |child: &i32| stat(*child, 4) == Some(pid) && state(*child) == Some('Z');
    all_pids().iter().filter(|child| is_one(child)).count()
}

/// The open descriptors of `pid` and what they are.
pub fn descriptors(pid: i32) -> Vec<(i32, String)> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("/proc/PID/fd");
    let mut list: Vec<(i32, String)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let target = fs::read_link(entry.path()).ok()?;
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, target.to_string_lossy().into_owned()))
        })
        .collect();
    list.sort();
    list
}

/// Something, if `pid` has a pidfd among them.
pub fn has_pidfd(pid: i32) -> Option<()> {
    descriptors(pid).iter().any(|(_, target)| target.contains("pidfd")).then_some(())
}

/// Whether a signal set of /proc/PID/status (SigBlk, SigIgn, ...) has `signal`.
pub fn set_has(pid: i32, field: &str, signal: i32) -> Option<bool> {
    let set = u64::from_str_radix(&status(pid, field)?, 16).ok()?;
    Some(set >> (signal - 1) & 1 == 1)
}

pub fn is_marked(pid: i32, mark: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let entry = format!("{MARK}={mark}");
    environment.split(|&byte| byte == 0).any(|variable| variable == entry.as_bytes())
}

/// Kills, by pid, whatever still carries the mark.
pub fn kill_marked(mark: &str) {
    for pid in all_pids() {
        if is_marked(pid, mark) {
            // SAFETY: no precondition; the pid carries this test's own mark.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
    }
}

/// A table of this test's processes and their zombies, for a human.
pub fn all_of_this_test() -> String {
    let mut table = String::from("  pid  ppid  pgid   sid state blocked ignored command\n");
    let marks = MARKS.with_borrow(Clone::clone);
    let pids = all_pids();
    let marked: Vec<i32> = pids.iter().copied().filter(|&pid| marks.iter().any(|mark| is_marked(pid, mark))).collect();
    let mut rows = 0;
    for pid in pids {
        let parent = stat(pid, 4).unwrap_or(0);
        if !(marked.contains(&pid) || marked.contains(&parent)) {
            continue;
        }
        rows += 1;
        if rows > 40 {
            table.push_str("... and more\n");
            break;
        }
        let text = |field| status(pid, field).unwrap_or_default();
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        table.push_str(&format!(
            "{pid:5} {parent:5} {:5} {:5} {} {} {} {} {}\n",
            group(pid).unwrap_or(0),
            session(pid).unwrap_or(0),
            text("State"),
            text("SigBlk"),
            text("SigIgn"),
            text("Name"),
            command.replace('\0', " "),
        ));
    }
    table
}

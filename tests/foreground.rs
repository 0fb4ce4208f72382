//! Under the names tini and catatonit on a terminal: who has the foreground.
//!
//! With `INIT_UNDER_TEST=/usr/bin/tini` all of `tini` pass, with catatonit's
//! path all of `catatonit`, but those in `unlike_the_original`, which tell of
//! deliberate differences.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, Report, Shell, Terminal, in_both_modes, process};

fn the_childs_group_gets_the_foreground(init: Init) {
    let terminal = Terminal::new();
    let folder = Folder::new();
    let file = folder.path("report");
    assert_eq!(init.reading_from(&terminal).program("report").arg(&file).code(), 0);
    let seen = Report::read(&file);
    assert_eq!(seen.get("group"), seen.get("pid"));
    assert_eq!((seen.get("foreground"), seen.get("has-terminal")), (seen.get("pid"), "true"));
    assert_ne!(seen.get("session"), seen.get("pid"));
}

fn what_is_typed_arrives_once(init: Init) {
    let terminal = Terminal::new();
    let running = init.reading_from(&terminal).program("print-signals").spawn();
    running.ready();
    for (key, signal) in [("\x03", libc::SIGINT), ("\x1c", libc::SIGQUIT), ("\x1a", libc::SIGTSTP)] {
        terminal.type_in(key);
        assert_eq!(running.received().signal, signal);
    }
    running.signal(libc::SIGUSR1);
    assert_eq!(running.received().signal, libc::SIGUSR1);
}

fn an_interactive_shell_controls_its_jobs(init: Init) {
    let terminal = Terminal::new();
    let running = init.on(&terminal).args(&["--", "bash", "--norc", "--noprofile", "--noediting", "-i"]);
    let mut running = running.env("PS1", "$ ").env("TERM", "dumb").spawn();
    terminal.type_in("stty -echo; echo shell is $((40+2))\n");
    terminal.expect("shell is 42");
    assert!(!terminal.shown().contains("no job control"), "{}", terminal.shown());
    for (key, code) in [("\x03", 130), ("\x1a", 148)] {
        terminal.type_in("sh -c 'echo started; exec sleep 60'\n");
        terminal.expect("started");
        terminal.type_in(key);
        terminal.type_in("echo ended as $?\n");
        terminal.expect(&format!("ended as {code}"));
    }
    terminal.type_in("exec sh -c 'exit 6'\n");
    assert_eq!(running.exit_code(), 6);
}

fn as_a_job_the_child_has_the_foreground(name: &str) {
    let shell = Shell::new(name);
    let folder = Folder::new();
    let file = folder.path("report");
    shell.run(&format!("$INIT $P/report {file}"));
    let seen = Report::read(&file);
    assert_eq!(seen.get("session"), shell.running.pid().to_string());
    assert_eq!((seen.get("group"), seen.get("foreground")), (seen.get("pid"), seen.get("pid")));
    shell.expect_prompt();
    assert_eq!(shell.terminal.foreground(), shell.running.pid());
}

fn a_typed_interrupt_ends_the_job(name: &str) {
    let shell = Shell::new(name);
    shell.run("$INIT -- sh -c 'echo started; exec sleep 60'; echo ended as $?");
    shell.terminal.expect("started");
    shell.terminal.type_in("\x03");
    shell.terminal.expect("ended as 130");
    shell.expect_prompt();
}

/// The original goes on while its child is stopped: the shell never knows.
fn a_typed_suspend_gives_the_prompt_back(name: &str) {
    let shell = Shell::new(name);
    shell.run("$INIT -- sh -c 'echo started; exec sleep 60'");
    shell.terminal.expect("started");
    let init = shell.running.main_child();
    let child = shell.running.within("main child", || process::children(init).first().copied());
    for _ in 0..2 {
        shell.terminal.type_in("\x1a");
        shell.terminal.expect("Stopped");
        shell.expect_prompt();
        shell.run("fg");
        shell.terminal.expect("exec sleep 60");
        let both = || [init, child].iter().all(|&pid| process::state(pid) == Some('S'));
        shell.running.within("both going on", || both().then_some(()));
    }
    shell.terminal.type_in("\x03");
    shell.expect_prompt();
}

/// The original takes the terminal from the shell.
fn a_start_in_the_background_leaves_the_foreground(name: &str) {
    let shell = Shell::new(name);
    let folder = Folder::new();
    let file = folder.path("report");
    shell.run(&format!("$INIT $P/report {file} &"));
    let seen = Report::read(&file);
    assert_ne!(seen.get("foreground"), seen.get("pid"));
    shell.expect_prompt();
}

mod tini {
    use super::*;

    fn tini(init: Init) -> Init {
        init.named("tini").env("TINI_SUBREAPER", "")
    }

    fn the_childs_group_gets_the_foreground(init: Init) {
        super::the_childs_group_gets_the_foreground(tini(init));
    }

    fn what_is_typed_arrives_once(init: Init) {
        super::what_is_typed_arrives_once(tini(init));
    }

    fn an_interactive_shell_controls_its_jobs(init: Init) {
        super::an_interactive_shell_controls_its_jobs(tini(init));
    }

    #[test]
    fn as_a_job_the_child_has_the_foreground() {
        super::as_a_job_the_child_has_the_foreground("tini");
    }

    #[test]
    fn a_typed_interrupt_ends_the_job() {
        super::a_typed_interrupt_ends_the_job("tini");
    }

    in_both_modes!(
        the_childs_group_gets_the_foreground,
        what_is_typed_arrives_once,
        an_interactive_shell_controls_its_jobs,
    );
}

mod catatonit {
    use super::*;

    fn the_childs_group_gets_the_foreground(init: Init) {
        super::the_childs_group_gets_the_foreground(init.named("catatonit"));
    }

    fn what_is_typed_arrives_once(init: Init) {
        super::what_is_typed_arrives_once(init.named("catatonit"));
    }

    /// It looks for the terminal at /dev/tty first.
    fn a_stdin_elsewhere_is_no_hindrance(init: Init) {
        let terminal = Terminal::new();
        let init = init.named("catatonit").reading_from(&terminal).before(|| {
            // SAFETY: takes a string and numbers; the terminal is still open as 3.
            unsafe {
                libc::dup2(0, 200);
                let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
                libc::dup2(null, 0);
            }
            Ok(())
        });
        let running = init.program("print-signals").spawn();
        running.ready();
        let child = running.main_child();
        assert_eq!(process::foreground(child), Some(child));
    }

    #[test]
    fn as_a_job_the_child_has_the_foreground() {
        super::as_a_job_the_child_has_the_foreground("catatonit");
    }

    #[test]
    fn a_typed_interrupt_ends_the_job() {
        super::a_typed_interrupt_ends_the_job("catatonit");
    }

    in_both_modes!(the_childs_group_gets_the_foreground, what_is_typed_arrives_once, a_stdin_elsewhere_is_no_hindrance,);
}

mod unlike_the_original {
    use super::*;

    #[test]
    fn a_typed_suspend_gives_the_prompt_back_under_tini() {
        a_typed_suspend_gives_the_prompt_back("tini");
    }

    #[test]
    fn a_typed_suspend_gives_the_prompt_back_under_catatonit() {
        a_typed_suspend_gives_the_prompt_back("catatonit");
    }

    #[test]
    fn a_start_in_the_background_leaves_the_foreground_under_tini() {
        a_start_in_the_background_leaves_the_foreground("tini");
    }

    #[test]
    fn a_start_in_the_background_leaves_the_foreground_under_catatonit() {
        a_start_in_the_background_leaves_the_foreground("catatonit");
    }

    /// The original blocks the signal of Ctrl-Z in its child.
    fn an_interactive_shell_controls_its_jobs_under_catatonit(init: Init) {
        an_interactive_shell_controls_its_jobs(init.named("catatonit"));
    }

    in_both_modes!(an_interactive_shell_controls_its_jobs_under_catatonit);
}

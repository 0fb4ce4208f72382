//! `--chdir`, `--env` and `--no-new-privs`: what the program finds.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use harness::{Folder, Init, in_both_modes};

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

fn says(init: Init, script: &str, expected: &str) {
    assert_eq!(init.script(script).finish(), (0, expected.to_owned(), String::new()), "{script}");
}

fn the_working_directory_is_the_one_that_was_asked_for(init: Init) {
    let folder = Folder::new();
    let path = folder.path("");
    let path = path.trim_end_matches('/');
    says(again(&init).args(&["--chdir", path]), "pwd", &format!("{path}\n"));
    says(again(&init).env("SEXTON_CHDIR", path), "pwd", &format!("{path}\n"));
    says(init.cwd("/usr").arg("--chdir=bin/.."), "pwd -P", "/usr\n");
}

/// A program's name without a slash is looked for there, if PATH says so.
fn a_relative_program_is_found_there(init: Init) {
    let folder = Folder::new();
    folder.file("program", "#!/bin/sh\necho ran\n", 0o755);
    let (code, out, err) = init.args(&["--chdir", &folder.path(""), "./program"]).finish();
    assert_eq!((code, out.as_str()), (0, "ran\n"), "{err}");
}

fn a_directory_that_is_not_there_starts_nothing(init: Init) {
    for bad in ["/no/such", "", "/etc/passwd"] {
        let (code, out, err) = again(&init).args(&["--chdir", bad]).script("echo started").finish();
        assert_eq!((code, out.as_str()), (125, ""), "{bad}: {err}");
        assert!(err.contains(&format!("cannot change to '{bad}': ")) && err.lines().count() == 1, "{err}");
    }
}

fn variables_are_added_and_replaced(init: Init) {
    let script = "echo $A-$B-$C-$D; env | grep -c ^A=; env | grep -c ^B=";
    let options = ["--env", "A=1", "--env=B=x=y", "--env", "A=2", "--env=C=", "--env=D=$A"];
    says(again(&init).env("B", "old").args(&options), script, "2-x=y--$A\n1\n1\n");
    // Beside other options, with arguments and none left over.
    let (code, out, err) = init
        .args(&["-v", "--env=A=1", "-r15:2", "--env", "B=2", "--", "/bin/sh", "-c", "echo $A $B $0 $# $1", "a", "b"])
        .finish();
    assert_eq!((code, out.as_str()), (0, "1 2 a 1 b\n"), "{err}");
}

fn many_variables_are_added(init: Init) {
    let options: Vec<String> = (0..200).map(|at| format!("--env=V{at}={at}")).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let script = "env | grep -c '^V[0-9]*='; echo $V0 $V199";
    says(again(&init).args(&options), script, "200\n0 199\n");
    // Into an environment that has nothing.
    let (code, out, _) = init.args(&options).args(&["env"]).finish();
    assert_eq!((code, out.lines().filter(|line| line.starts_with('V')).count()), (0, 200));
}

fn the_path_that_was_added_is_searched(init: Init) {
    let folder = Folder::new();
    folder.file("program", "#!/bin/sh\necho ran\n", 0o755);
    let path = format!("PATH={}", folder.path(""));
    let (code, out, err) = init.args(&["--env", &path, "program"]).finish();
    assert_eq!((code, out.as_str()), (0, "ran\n"), "{err}");
}

fn what_is_no_variable_is_refused(init: Init) {
    for bad in ["", "A", "=1", "="] {
        let (code, out, err) = again(&init).args(&["--env", bad]).script("echo started").finish();
        assert_eq!((code, out.as_str()), (1, ""), "{bad}: {err}");
        assert!(err.contains(&format!("'{bad}'")) && err.contains("NAME=VALUE") && err.lines().count() == 1, "{err}");
    }
}

fn new_privileges_are_given_up(init: Init) {
    let script = "grep NoNewPrivs: /proc/self/status";
    says(again(&init).arg("--no-new-privs"), script, "NoNewPrivs:\t1\n");
    says(again(&init).env("SEXTON_NO_NEW_PRIVS", "1"), script, "NoNewPrivs:\t1\n");
    says(again(&init).env("SEXTON_NO_NEW_PRIVS", "0"), script, "NoNewPrivs:\t0\n");
    says(init.args(&["--no-new-privs", "--user=5:6"]), script, "NoNewPrivs:\t1\n");
}

in_both_modes!(
    the_working_directory_is_the_one_that_was_asked_for,
    a_relative_program_is_found_there,
    a_directory_that_is_not_there_starts_nothing,
    variables_are_added_and_replaced,
    many_variables_are_added,
    the_path_that_was_added_is_searched,
    what_is_no_variable_is_refused,
    new_privileges_are_given_up,
);

//! Which program is run, and what is said if it cannot be.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::os::unix::fs::PermissionsExt as _;

use harness::{Folder, Init, in_both_modes};

/// One line of sexton's own on stderr, nothing on stdout.
fn fails(init: Init, expected: i32, words: &[&str]) {
    let (code, out, err) = init.finish();
    assert_eq!((code, out.as_str()), (expected, ""), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.starts_with("sexton: ") && err.ends_with('\n'), "{err}");
    for word in words {
        assert!(err.contains(word), "{word:?} is not in {err}");
    }
}

fn a_missing_program_is_127(init: Init) {
    fails(init.arg("no-such-program"), 127, &["no-such-program", "o such file"]);
}

fn a_missing_path_is_127(init: Init) {
    fails(init.arg("/no/such/program"), 127, &["/no/such/program"]);
}

/// As execvp(3) has it: the search ends at an error that is not about a place.
fn a_name_that_is_too_long_ends_the_search(init: Init) {
    let name = "x".repeat(300);
    fails(init.env("PATH", "/none:/bin").arg(&name), 126, &[&name, "File name too long"]);
}

fn an_empty_name_is_127(init: Init) {
    fails(init.arg(""), 127, &[]);
}

fn a_file_without_x_is_126(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "#!/bin/sh\n", 0o644);
    fails(init.arg(&file), 126, &[&file, "ermission denied"]);
}

fn a_folder_is_126(init: Init) {
    fails(init.arg("/usr"), 126, &["/usr", "ermission denied"]);
}

fn a_component_that_is_no_folder_is_no_program(init: Init) {
    let (code, _, err) = init.arg("/etc/passwd/program").finish();
    assert!([126, 127].contains(&code), "{code} {err}");
    assert!(err.contains("/etc/passwd/program"), "{err}");
}

fn a_missing_interpreter_is_told_from_a_missing_file(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "#!/no/such/interpreter\n", 0o755);
    fails(init.arg(&file), 126, &[&file, "nterpreter"]);
}

fn a_file_without_a_format_is_126(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "exit 3\n", 0o755);
    fails(init.arg(&file), 126, &[&file, "xec format"]);
}

fn a_name_too_long_is_126(init: Init) {
    fails(init.arg("/".repeat(5000)), 126, &["ame too long"]);
}

/// What init is told by the exec itself never looks like a program's status.
fn a_program_may_exit_with_those_codes(init: Init) {
    let (code, out, err) = init.script("exit 127").finish();
    assert_eq!((code, out.as_str(), err.as_str()), (127, "", ""));
}

const OK: &str = "#!/bin/sh\necho \"ran $0\"\n";

fn the_path_is_searched_in_order(init: Init) {
    let folder = Folder::new();
    for name in ["a", "b", "c"] {
        std::fs::create_dir(folder.path(name)).unwrap();
    }
    let program = folder.file("b/program", OK, 0o755);
    folder.file("c/program", OK, 0o755);
    let path = [folder.path("a"), folder.path("b"), folder.path("c")].join(":");
    let (code, out, _) = init.env("PATH", &path).arg("program").finish();
    assert_eq!((code, out), (0, format!("ran {program}\n")));
}

fn searching_goes_on_after_a_file_that_may_not_run(init: Init) {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("a")).unwrap();
    std::fs::create_dir(folder.path("b")).unwrap();
    folder.file("a/program", OK, 0o644);
    let program = folder.file("b/program", OK, 0o755);
    let path = format!("/etc/passwd:{}:{}", folder.path("a"), folder.path("b"));
    let (code, out, _) = init.env("PATH", &path).arg("program").finish();
    assert_eq!((code, out), (0, format!("ran {program}\n")));
}

fn a_file_that_may_not_run_is_remembered_to_the_end(init: Init) {
    let folder = Folder::new();
    folder.file("program", OK, 0o644);
    let path = format!("{}:/no/such/folder", folder.path(""));
    fails(init.env("PATH", &path).arg("program"), 126, &["program", "ermission denied"]);
}

/// As glibc's execvp, whose tini makes another exit code of it.
fn the_last_directorys_error_counts_as_tini(init: Init) {
    let init = init.named("tini").env("TINI_SUBREAPER", "").env("PATH", "/no/such:/etc/passwd");
    let (code, _, err) = init.arg("no-such-program").finish();
    assert_eq!(code, 1, "{err}");
    assert!(err.ends_with(" exec no-such-program failed: Not a directory\n"), "{err}");
}

fn a_last_directory_that_is_none_is_127_all_the_same(init: Init) {
    fails(init.env("PATH", "/etc/passwd").arg("no-such-program"), 127, &["No such file or directory"]);
}

fn an_empty_path_element_is_the_working_directory(init: Init) {
    let pid_1 = init.is_pid_1();
    let folder = Folder::new();
    folder.file("program", OK, 0o755);
    for path in [":/no/such", "/no/such:", "/no/such::/usr/no", ""] {
        let init = if pid_1 { Init::new().pid_1() } else { Init::new() };
        let init = init.cwd(folder.path("")).env("PATH", path).arg("program");
        assert_eq!(init.code(), 0, "PATH={path:?}");
    }
}

fn the_working_directory_is_not_searched_otherwise(init: Init) {
    let folder = Folder::new();
    folder.file("program", OK, 0o755);
    fails(init.cwd(folder.path("")).env("PATH", "/no/such").arg("program"), 127, &[]);
}

fn a_name_with_a_slash_is_not_searched(init: Init) {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("sub")).unwrap();
    folder.file("sub/program", OK, 0o755);
    let init = init.env("PATH", &folder.path(""));
    fails(init.cwd("/").arg("sub/program"), 127, &["sub/program"]);
}

fn there_is_a_path_if_none_is_set(init: Init) {
    finds_ls_without_a_path(init, "sexton");
}

fn dumb_init_has_a_path_if_none_is_set_too(init: Init) {
    finds_ls_without_a_path(init, "dumb-init");
}

/// Through env(1), as the harness always sets PATH.
fn finds_ls_without_a_path(init: Init, name: &str) {
    let folder = Folder::new();
    let path = folder.link(&init.path, name);
    let mut env = init;
    env.path = "/usr/bin/env".into();
    let (code, _, err) = env.args(&["-u", "PATH", &path, "ls", "/"]).finish();
    assert_eq!(code, 0, "{err}");
}

fn init_can_be_a_scripts_interpreter(init: Init) {
    interprets_a_script(init, "sexton");
}

fn dumb_init_can_be_a_scripts_interpreter(init: Init) {
    interprets_a_script(init, "dumb-init");
}

/// The kernel passes all that follows the interpreter as one argument.
fn interprets_a_script(init: Init, name: &str) {
    let folder = Folder::new();
    let path = folder.link(&init.path, name);
    let script = format!("#!{path} /bin/sh\necho \"$0 $1\"; exit 5\n");
    let file = folder.file("script", &script, 0o755);
    let mut init = init.arg("one");
    init.path = file.clone().into();
    let (code, out, err) = init.finish();
    assert_eq!((code, out), (5, format!("{file} one\n")), "{err}");
}

fn dumb_init_says(init: Init, program: &str, reason: &str) {
    let (code, out, err) = init.named("dumb-init").arg(program).finish();
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(err, format!("[dumb-init] {program}: {reason}\n"));
}

fn dumb_init_exits_2_if_the_program_is_missing(init: Init) {
    dumb_init_says(init, "no-such-program", "No such file or directory");
}

fn dumb_init_exits_2_if_the_program_may_not_run(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "#!/bin/sh\n", 0o644);
    dumb_init_says(init, &file, "Permission denied");
}

fn dumb_init_exits_2_if_the_interpreter_is_missing(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "#!/no/such/interpreter\n", 0o755);
    dumb_init_says(init, &file, "No such file or directory");
}

fn dumb_init_exits_2_if_a_component_is_no_folder(init: Init) {
    dumb_init_says(init, "/etc/passwd/x", "Not a directory");
}

/// As the C library's execvp does.
fn dumb_init_gives_a_file_without_a_format_to_the_shell(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "echo \"$0 $1\"; exit 3\n", 0o755);
    let (code, out, err) = init.named("dumb-init").args(&[&file, "one"]).finish();
    assert_eq!((code, out, err), (3, format!("{file} one\n"), String::new()));
}

fn dumb_init_finds_such_a_file_on_the_path_too(init: Init) {
    let folder = Folder::new();
    let file = folder.file("program", "echo \"$0 $1\"; exit 3\n", 0o755);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    let path = folder.path("").trim_end_matches('/').to_owned();
    let init = init.named("dumb-init").env("PATH", &path).args(&["program", "one"]);
    let (code, out, _) = init.finish();
    assert_eq!((code, out), (3, format!("{file} one\n")));
}

in_both_modes!(
    a_missing_program_is_127,
    a_missing_path_is_127,
    a_name_that_is_too_long_ends_the_search,
    an_empty_name_is_127,
    a_file_without_x_is_126,
    a_folder_is_126,
    a_component_that_is_no_folder_is_no_program,
    a_missing_interpreter_is_told_from_a_missing_file,
    a_file_without_a_format_is_126,
    a_name_too_long_is_126,
    a_program_may_exit_with_those_codes,
    the_path_is_searched_in_order,
    searching_goes_on_after_a_file_that_may_not_run,
    a_file_that_may_not_run_is_remembered_to_the_end,
    the_last_directorys_error_counts_as_tini,
    a_last_directory_that_is_none_is_127_all_the_same,
    an_empty_path_element_is_the_working_directory,
    the_working_directory_is_not_searched_otherwise,
    a_name_with_a_slash_is_not_searched,
    there_is_a_path_if_none_is_set,
    dumb_init_has_a_path_if_none_is_set_too,
    init_can_be_a_scripts_interpreter,
    dumb_init_can_be_a_scripts_interpreter,
    dumb_init_exits_2_if_the_program_is_missing,
    dumb_init_exits_2_if_the_program_may_not_run,
    dumb_init_exits_2_if_the_interpreter_is_missing,
    dumb_init_exits_2_if_a_component_is_no_folder,
    dumb_init_gives_a_file_without_a_format_to_the_shell,
    dumb_init_finds_such_a_file_on_the_path_too,
);

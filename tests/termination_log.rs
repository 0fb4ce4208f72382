//! `--termination-log`: one line on what ended the program.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;

use harness::{Cgroup, Folder, Init, in_both_modes};

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

/// What the log says after that script, unless init itself was killed.
fn log_unless_killed(init: Init, script: &str, code: i32) -> Option<String> {
    let folder = Folder::new();
    let path = folder.path("log");
    let mut running = init.arg(format!("--termination-log={path}")).script(script).spawn();
    if running.wait().signal() == Some(libc::SIGKILL) {
        return None;
    }
    assert_eq!(running.exit_code(), code);
    assert_eq!((running.all_of_stdout(), running.all_of_stderr()), (String::new(), String::new()));
    Some(std::fs::read_to_string(path).unwrap_or_default())
}

/// What the log says after that script.
fn log(init: Init, script: &str, code: i32) -> String {
    log_unless_killed(init, script, code).expect("init to be left alone")
}

fn what_failed_is_told(init: Init) {
    assert_eq!(log(again(&init), "exit 3", 3), "exit code 3: /bin/sh\n");
    assert_eq!(log(again(&init), "kill -SEGV $$", 139), "killed by SIGSEGV: /bin/sh\n");
    assert_eq!(log(init, "kill -KILL $$", 137), "killed by SIGKILL: /bin/sh\n");
}

fn success_is_not(init: Init) {
    assert_eq!(log(init, "exit 0", 0), "");
}

/// The program's own end counts, not what is made of it.
fn what_the_exit_map_hides_is_told(init: Init) {
    assert_eq!(log(init.args(&["-e", "3"]), "exit 3", 0), "exit code 3: /bin/sh\n");
}

fn an_older_log_is_replaced_and_kept_after_success(init: Init) {
    let folder = Folder::new();
    let path = folder.file("log", &"old\n".repeat(100), 0o600);
    let option = format!("--termination-log={path}");
    assert_eq!(again(&init).arg(&option).script("exit 0").code(), 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old\n".repeat(100));
    assert_eq!(init.arg(&option).script("exit 1").code(), 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "exit code 1: /bin/sh\n");
}

/// As Kubernetes has them do.
fn what_the_program_has_written_itself_stays(init: Init) {
    let folder = Folder::new();
    let path = folder.file("log", "", 0o644);
    let init = init.args(&["-c", &format!("--termination-log={path}")]).script("echo mine >$0; exit 3").arg(&path);
    assert_eq!(init.code(), 3);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine\nexit code 3: /bin/sh\n");
}

/// Nor is a device's mode, which would hit everybody else.
fn the_files_mode_stays(init: Init) {
    let folder = Folder::new();
    let null = folder.path("null");
    let (kind, all) = (nix::sys::stat::SFlag::S_IFCHR, nix::sys::stat::Mode::from_bits_truncate(0o666));
    nix::sys::stat::mknod(null.as_str(), kind, all, nix::sys::stat::makedev(1, 3)).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&null, open).unwrap();
    assert_eq!(init.arg(format!("--termination-log={null}")).script("exit 3").code(), 3);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&null).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o666);
}

fn the_end_of_patience_is_told(init: Init) {
    let folder = Folder::new();
    let path = folder.path("log");
    let init = init.args(&["--grace=0", &format!("--termination-log={path}")]).program("stubborn");
    let mut running = init.spawn();
    running.ready();
    running.signal(libc::SIGTERM);
    assert_eq!(running.exit_code(), 137);
    let program = harness::program("stubborn");
    assert_eq!(std::fs::read_to_string(path).unwrap(), format!("killed by SIGKILL, out of time: {program}\n"));
}

fn the_variable_works_under_every_name(init: Init) {
    for name in ["sexton", "dumb-init", "tini", "catatonit"] {
        let folder = Folder::new();
        let path = folder.path("log");
        let init = again(&init).named(name).env("SEXTON_TERMINATION_LOG", &path).env("TINI_SUBREAPER", "");
        assert_eq!(init.arg("--").script("exit 9").finish(), (9, String::new(), String::new()), "{name}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "exit code 9: /bin/sh\n", "{name}");
    }
}

/// Without a value it is where Kubernetes reads.
fn the_default_is_kubernetess(init: Init) {
    let folder = Folder::new();
    folder.file("termination-log", "", 0o644);
    let dev = folder.path("");
    let init = init.before(move || {
        use nix::mount::{MsFlags, mount};
        let none = None::<&str>;
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        Ok(mount(Some(dev.as_str()), "/dev", none, MsFlags::MS_BIND, none)?)
    });
    assert_eq!(init.args(&["--termination-log", "/bin/sh", "-c", "exit 4"]).code(), 4);
    assert_eq!(std::fs::read_to_string(folder.path("termination-log")).unwrap(), "exit code 4: /bin/sh\n");
}

fn a_long_name_is_cut(init: Init) {
    let folder = Folder::new();
    let path = folder.path("log");
    let long = format!("/{}", "x/".repeat(4000));
    let init = init.args(&[&format!("--termination-log={path}"), &long]);
    assert_eq!(init.finish().0, 126);
    assert_eq!(std::fs::metadata(path).unwrap().len(), 4096);
}

/// What cannot be written is a note, and no more.
fn a_log_that_cannot_be_written_is_a_note(init: Init) {
    let folder = Folder::new();
    folder.file("file", "", 0o644);
    let dangling = folder.path("dangling");
    symlink("/no/such/place", &dangling).unwrap();
    let pipe = folder.path("pipe");
    nix::unistd::mkfifo(pipe.as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (path, why) in [
        ("/dev/full", "No space left on device"),
        (folder.path("").as_str(), "Is a directory"),
        (&dangling, "No such file or directory"),
        (&folder.path("file/log"), "Not a directory"),
        // Nobody reads it, and nobody is waited for.
        (&pipe, "No such device or address"),
        ("/proc/version", ""),
    ] {
        let option = format!("--termination-log={path}");
        assert_eq!(again(&init).arg(&option).script("exit 3").finish(), (3, String::new(), String::new()), "{path}");
        let (code, _, err) = again(&init).args(&["-v", &option]).script("exit 3").finish();
        assert_eq!(code, 3, "{path}");
        assert!(err.contains(&format!("cannot write the termination log: {why}")), "{path}: {err}");
    }
}

/// A link that leads nowhere yet is followed, as by any that writes a file.
fn a_link_to_what_is_not_there_yet_is_followed(init: Init) {
    let folder = Folder::new();
    symlink(folder.path("target"), folder.path("link")).unwrap();
    let option = format!("--termination-log={}", folder.path("link"));
    assert_eq!(init.arg(&option).script("exit 3").code(), 3);
    assert_eq!(std::fs::read_to_string(folder.path("target")).unwrap(), "exit code 3: /bin/sh\n");
}

fn what_is_no_absolute_path_is_refused(init: Init) {
    for bad in ["", "log", "./log"] {
        let (code, out, err) = again(&init).arg(format!("--termination-log={bad}")).script("echo started").finish();
        assert_eq!((code, out.as_str()), (1, ""), "{bad}");
        assert!(err.contains(&format!("'{bad}'")) && err.lines().count() == 1, "{err}");
        let (code, out, _) = again(&init).env("SEXTON_TERMINATION_LOG", bad).script("echo started").finish();
        assert_eq!((code, out.as_str()), (1, ""), "{bad}");
    }
}

fn a_program_that_cannot_be_run_is_told_too(init: Init) {
    let folder = Folder::new();
    let path = folder.path("log");
    assert_eq!(init.args(&[&format!("--termination-log={path}"), "/no/such"]).finish().0, 127);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "exit code 127: /no/such\n");
}

const HUNGRY: &str = "exec dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null";

/// What the log says of the hungry one. While that ends, the kernel may find that somebody
/// else has to end as well, and there is nobody but init: then it is tried once more.
fn log_of_hungry(init: impl Fn() -> Init) -> String {
    (0..5).find_map(|_| log_unless_killed(init(), HUNGRY, 137)).expect("init to be left alone once in five times")
}

/// The path in /proc/self/cgroup leads nowhere there.
fn want_of_memory_is_told_where_the_cgroup_is_mounted_as_the_root(init: Init) {
    let group = Cgroup::new("memory");
    group.set(["memory.limit_in_bytes", "memory.max"], 16 << 20);
    assert_eq!(log_of_hungry(|| group.as_root_of(again(&init))), "killed by SIGKILL, out of memory: /bin/sh\n");
    assert_eq!(log(group.as_root_of(init), "kill -KILL $$", 137), "killed by SIGKILL: /bin/sh\n");
}

/// The cgroup's own count tells of it.
fn want_of_memory_is_told(init: Init) {
    let group = Cgroup::new("memory");
    group.set(["memory.limit_in_bytes", "memory.max"], 16 << 20);
    assert_eq!(log_of_hungry(|| group.of(again(&init))), "killed by SIGKILL, out of memory: /bin/sh\n");
    // What was so before does not count.
    assert_eq!(log(group.of(init), "kill -KILL $$", 137), "killed by SIGKILL: /bin/sh\n");
}

in_both_modes!(
    what_failed_is_told,
    success_is_not,
    what_the_exit_map_hides_is_told,
    an_older_log_is_replaced_and_kept_after_success,
    what_the_program_has_written_itself_stays,
    the_files_mode_stays,
    the_end_of_patience_is_told,
    the_variable_works_under_every_name,
    the_default_is_kubernetess,
    a_long_name_is_cut,
    a_log_that_cannot_be_written_is_a_note,
    a_link_to_what_is_not_there_yet_is_followed,
    what_is_no_absolute_path_is_refused,
    a_program_that_cannot_be_run_is_told_too,
    want_of_memory_is_told,
    want_of_memory_is_told_where_the_cgroup_is_mounted_as_the_root,
);

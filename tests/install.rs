//! `--install`: init copies itself.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use harness::{Folder, Init, in_both_modes};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

/// It is there, the same, executable, and nothing else is.
fn is_installed(init: &Init, folder: &Folder, name: &str) {
    let path = folder.path(name);
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&Init::new().path).unwrap());
    let meta = std::fs::metadata(&path).unwrap();
    assert_eq!((meta.mode() & 0o7777, meta.is_file()), (0o755, true));
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 1, "something else is there");
    let mut copy = again(init);
    copy.path = path.into();
    assert_eq!(copy.script("exit 7").code(), 7);
}

fn installs(init: Init, to: &str) {
    assert_eq!(init.args(&["--install", to]).finish(), (0, String::new(), String::new()));
}

fn a_copy_is_made(init: Init) {
    let folder = Folder::new();
    installs(again(&init), &folder.path("sexton"));
    is_installed(&init, &folder, "sexton");
}

fn the_umask_does_not_matter(init: Init) {
    let folder = Folder::new();
    let strict = again(&init).before(|| {
        nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o777));
        Ok(())
    });
    installs(strict, &folder.path("sexton"));
    is_installed(&init, &folder, "sexton");
}

fn a_relative_path_will_do(init: Init) {
    let folder = Folder::new();
    installs(again(&init).cwd(folder.path("")), "sexton");
    is_installed(&init, &folder, "sexton");
}

fn another_file_is_replaced_and_its_readers_keep_it(init: Init) {
    let folder = Folder::new();
    let path = folder.file("sexton", "old", 0o600);
    let mut old = std::fs::File::open(&path).unwrap();
    installs(again(&init), &path);
    is_installed(&init, &folder, "sexton");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut old, &mut text).unwrap();
    assert_eq!(text, "old");
}

/// Text file busy, said open(2) to whoever writes into such a file.
fn a_copy_that_is_being_executed_is_replaced(init: Init) {
    let folder = Folder::new();
    let path = folder.copy(&init.path, "sexton");
    let mut running = again(&init);
    running.path = path.clone().into();
    let mut running = running.program("print-signals").arg("exit=15:3").spawn();
    running.ready();
    installs(again(&init), &path);
    is_installed(&init, &folder, "sexton");
    running.signal(libc::SIGTERM);
    assert_eq!(running.exit_code(), 3);
}

fn onto_itself_is_no_loss(init: Init) {
    let folder = Folder::new();
    let path = folder.copy(&init.path, "sexton");
    let mut own = again(&init);
    own.path = path.clone().into();
    installs(own, &path);
    is_installed(&init, &folder, "sexton");
}

/// What a link names stays as it is: the link is replaced.
fn a_link_is_replaced(init: Init) {
    let (folder, other) = (Folder::new(), Folder::new());
    let target = other.file("target", "kept", 0o644);
    std::os::unix::fs::symlink(&target, folder.path("sexton")).unwrap();
    installs(again(&init), &folder.path("sexton"));
    is_installed(&init, &folder, "sexton");
    assert_eq!(std::fs::read_to_string(target).unwrap(), "kept");
}

fn in_memory(init: Init, folder: &Folder, size: &'static str, flags: MsFlags) -> Init {
    let volume = folder.path("volume");
    std::fs::create_dir(&volume).unwrap();
    init.before(move || {
        let none = None::<&str>;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        Ok(mount(Some("tmpfs"), volume.as_str(), Some("tmpfs"), flags, Some(size))?)
    })
}

/// As into an emptyDir.
fn another_file_system_will_do(init: Init) {
    let folder = Folder::new();
    // The copy is gone with its namespace: so it is run there.
    let path = folder.path("volume/sexton");
    let outer = in_memory(again(&init), &folder, "size=64m", MsFlags::empty());
    let script = "\"$0\" --install \"$1\" && ls \"${1%/*}\" && exec \"$1\" sh -c 'exit 7'";
    let own = Init::new().path;
    let (code, out, err) = outer.args(&["/bin/sh", "-c", script, own.to_str().unwrap(), &path]).finish();
    assert_eq!((code, out.as_str()), (7, "sexton\n"), "{err}");
}

fn fails(init: Init, to: &str, why: &str) {
    let (code, out, err) = init.args(&["--install", to]).finish();
    assert_eq!((code, out.as_str(), err), (1, "", format!("sexton: cannot install '{to}': {why}\n")));
}

fn what_cannot_be_done_is_told_and_leaves_nothing(init: Init) {
    let folder = Folder::new();
    fails(
        in_memory(again(&init), &folder, "size=64m", MsFlags::MS_RDONLY),
        &folder.path("volume/x"),
        "Read-only file system",
    );
    let folder = Folder::new();
    fails(again(&init), &folder.path("no/such/place"), "No such file or directory");
    fails(again(&init), &folder.path(""), "Not a directory");
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 0);
    std::fs::create_dir(folder.path("x")).unwrap();
    fails(again(&init), &folder.path("x"), "Is a directory");
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 1);
    fails(again(&init), "", "No such file or directory");
    fails(init, &format!("/{}", "x".repeat(300)), "File name too long");
}

/// The volume is too small for it.
fn a_full_target_is_left_as_it_was(init: Init) {
    let folder = Folder::new();
    let path = folder.path("volume/sexton");
    let own = Init::new().path;
    let script = "echo old >\"$1\"; \"$0\" --install \"$1\"; echo $?; ls \"${1%/*}\"; cat \"$1\"";
    let outer = in_memory(init, &folder, "size=8k", MsFlags::empty());
    let (code, out, err) = outer.args(&["/bin/sh", "-c", script, own.to_str().unwrap(), &path]).finish();
    assert_eq!((code, out.as_str()), (0, "1\nsexton\nold\n"), "{err}");
    assert!(err.contains("No space left on device"), "{err}");
}

/// As init containers of several pods on one volume.
fn many_at_once_leave_one_whole_file(init: Init) {
    let folder = Folder::new();
    let path = folder.path("sexton");
    let all: Vec<_> = (0..8).map(|_| again(&init).args(&["--install", &path]).spawn()).collect();
    for mut one in all {
        assert_eq!((one.exit_code(), one.all_of_stderr().as_str()), (0, ""));
    }
    is_installed(&init, &folder, "sexton");
}

/// The kernel answers this call with that error, and does nothing.
fn with_call_answered(init: Init, call: libc::c_long, error: i32) -> Init {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let here = std::env::consts::ARCH.try_into().unwrap();
    let answer = SeccompAction::Errno(error.cast_unsigned());
    let filter = SeccompFilter::new([(call, vec![])].into(), SeccompAction::Allow, answer, here);
    let filter: BpfProgram = filter.unwrap().try_into().unwrap();
    init.before(move || seccompiler::apply_filter(&filter).map_err(|_| std::io::Error::last_os_error()))
}

/// After a crash it might be empty, under a name that had a whole file before.
fn what_cannot_be_brought_to_the_disk_replaces_nothing(init: Init) {
    let folder = Folder::new();
    let path = folder.file("sexton", "old", 0o600);
    fails(with_call_answered(init, libc::SYS_fsync, libc::EIO), &path, "Input/output error");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 1);
}

/// Where nothing is random there the name beside it can be known before: what is
/// there already is neither written to nor followed, nor taken away.
fn what_has_the_name_beside_it_is_left_alone(init: Init) {
    let (folder, other) = (Folder::new(), Folder::new());
    let path = folder.path("sexton");
    let target = other.file("target", "kept", 0o644);
    std::os::unix::fs::symlink(&target, folder.path("sexton.aaaaaaaa")).unwrap();
    fails(with_call_answered(init, libc::SYS_getrandom, 0), &path, "error 17");
    assert_eq!(std::fs::read_to_string(target).unwrap(), "kept");
    let left: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["sexton.aaaaaaaa"]);
}

fn a_program_beside_it_is_an_error(init: Init) {
    let folder = Folder::new();
    let (code, out, err) = init.args(&["--install", &folder.path("x"), "echo", "started"]).finish();
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("--install") && err.contains("'echo'") && err.lines().count() == 1, "{err}");
    assert!(!Path::new(&folder.path("x")).exists());
}

in_both_modes!(
    a_copy_is_made,
    the_umask_does_not_matter,
    a_relative_path_will_do,
    another_file_is_replaced_and_its_readers_keep_it,
    a_copy_that_is_being_executed_is_replaced,
    onto_itself_is_no_loss,
    a_link_is_replaced,
    another_file_system_will_do,
    what_cannot_be_done_is_told_and_leaves_nothing,
    a_full_target_is_left_as_it_was,
    many_at_once_leave_one_whole_file,
    what_cannot_be_brought_to_the_disk_replaces_nothing,
    what_has_the_name_beside_it_is_left_alone,
    a_program_beside_it_is_an_error,
);

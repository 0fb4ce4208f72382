//! Surroundings in which little is there: files, rights.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::os::unix::fs::symlink;

use harness::{Folder, Init, in_both_modes, process};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// A root that is read-only and holds init, the helper programs and their
/// libraries, but no /proc, no /dev, no /etc and no /tmp.
fn in_bare_root(init: Init, folder: &Folder) -> Init {
    let root = folder.path("root");
    for name in ["", "usr", "programs"] {
        std::fs::create_dir(format!("{root}/{name}")).unwrap();
    }
    let mut binds = vec![("/usr".to_owned(), format!("{root}/usr"))];
    for name in ["bin", "lib", "lib64"] {
        let [real, inside] = [format!("/{name}"), format!("{root}/{name}")];
        match std::fs::read_link(&real) {
            Ok(target) => symlink(target, inside).unwrap(),
            Err(_) if std::fs::exists(&real).unwrap() => {
                std::fs::create_dir(&inside).unwrap();
                binds.push((real, inside));
            }
            Err(_) => {}
        }
    }
    folder.copy(&init.path, "root/init");
    let programs = harness::program("print-signals");
    let programs = programs.rsplit_once('/').unwrap().0.to_owned();
    binds.push((programs, format!("{root}/programs")));

    let mut init = init;
    init.path = "/init".into();
    init.before(move || {
        let none = None::<&str>;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        let root = root.as_str();
        mount(Some(root), root, none, MsFlags::MS_BIND, none)?;
        for (from, to) in &binds {
            mount(Some(from.as_str()), to.as_str(), none, MsFlags::MS_BIND, none)?;
        }
        let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
        mount(none, root, none, read_only, none)?;
        nix::unistd::chroot(root)?;
        Ok(nix::unistd::chdir("/")?)
    })
}

fn init_needs_no_files(init: Init) {
    let folder = Folder::new();
    let init = in_bare_root(init, &folder).arg("/programs/print-signals").arg("exit=15:3");
    let mut running = init.spawn();
    running.ready();
    for signal in [libc::SIGUSR1, 40, libc::SIGTERM] {
        running.signal(signal);
        assert_eq!(running.received().signal, signal);
    }
    assert_eq!((running.exit_code(), running.all_of_stderr().as_str()), (3, ""));
}

fn init_says_what_is_missing_without_any_files(init: Init) {
    let folder = Folder::new();
    let (code, out, err) = in_bare_root(init, &folder).arg("no-such-program").finish();
    assert_eq!((code, out.as_str()), (127, ""));
    assert!(err.contains("no-such-program"), "{err}");
}

fn dumb_init_needs_no_files(init: Init) {
    let folder = Folder::new();
    let init = in_bare_root(init.named("dumb-init"), &folder);
    assert_eq!(init.script("test ! -e /proc && test ! -e /dev; exit $((6 + $?))").code(), 6);
}

/// A copy where anyone may run it.
fn for_everyone(mut init: Init, folder: &Folder) -> Init {
    init.path = folder.copy(&init.path, "init").into();
    init
}

fn as_user(init: Init, number: u32) -> Init {
    init.before(move || {
        nix::unistd::setgroups(&[])?;
        nix::unistd::setresgid(number.into(), number.into(), number.into())?;
        Ok(nix::unistd::setresuid(number.into(), number.into(), number.into())?)
    })
}

fn any_user_will_do(init: Init) {
    let folder = Folder::new();
    let program = folder.copy(harness::program("print-signals"), "print-signals");
    let init = as_user(for_everyone(init, &folder), 1_234_567);
    let mut running = init.args(&[&program, "exit=15:5"]).spawn();
    running.ready();
    let user = process::status(running.pid(), "Uid").unwrap();
    assert!(user.starts_with("1234567\t1234567\t1234567"), "{user}");
    running.signal(libc::SIGTERM);
    assert_eq!(running.received().signal, libc::SIGTERM);
    assert_eq!((running.exit_code(), running.all_of_stderr().as_str()), (5, ""));
}

/// Others may have made init's neighbours unable to be killed, but not it.
fn a_child_that_ignores_everything_still_ends_by_kill(init: Init) {
    let mut running = init.program("stubborn").spawn();
    running.ready();
    running.signal(libc::SIGTERM);
    running.signal(64);
    assert!(running.is_running());
    // SAFETY: no precondition; the child is alive.
    unsafe { libc::kill(running.main_child(), libc::SIGKILL) };
    assert_eq!(running.exit_code(), 128 + 9);
}

in_both_modes!(
    init_needs_no_files,
    init_says_what_is_missing_without_any_files,
    dumb_init_needs_no_files,
    any_user_will_do,
    a_child_that_ignores_everything_still_ends_by_kill,
);

//! `--user`: who the program becomes, or an error.

#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, missing_docs)]

mod harness;

use std::io;
use std::os::unix::fs::PermissionsExt as _;

use harness::{Folder, Init, in_both_modes, process};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// What a program says of itself.
const WHO: &str = "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | xargs";

const USERS: &str = "root:x:0:0:root:/root:/bin/sh\n\
    broken:x:x:7::/:/bin/sh\n\
    short\n\
    app:x:4001:4002:,,,:/nowhere:/bin/false\n\
    app:x:4003:4004::/:/bin/sh\n\
    lonely:x:4005:4006::/:/bin/sh";
const GROUPS: &str = "root:x:0:\n\
    app:x:4002:\n\
    wheel:x:4010:lonelyx,app,x\n\
    video:x:4011:app\n\
    apps:x:4012:apps,xapp\n\
    broken:x:4x:\n\
    last:x:4013:x,app";

/// In a mount namespace where /etc is this folder.
fn with_accounts(init: Init, folder: &Folder, users: Option<&str>, groups: Option<&str>) -> Init {
    for (name, text) in [("passwd", users), ("group", groups)] {
        if let Some(text) = text {
            folder.file(name, text, 0o644);
        }
    }
    let etc = folder.path("");
    init.before(move || {
        let none = None::<&str>;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        Ok(mount(Some(etc.as_str()), "/etc", none, MsFlags::MS_BIND, none)?)
    })
}

fn again(init: &Init) -> Init {
    if init.is_pid_1() { Init::new().pid_1() } else { Init::new() }
}

/// The user, the group and all groups that the program has.
fn becomes(init: Init, user: &str, expected: &str) {
    let folder = Folder::new();
    let init = with_accounts(init, &folder, Some(USERS), Some(GROUPS)).args(&["--user", user]);
    let (code, out, err) = init.script(WHO).finish();
    assert_eq!(
        (code, out.lines().collect::<Vec<_>>().join(" "), err),
        (0, expected.to_owned(), String::new()),
        "{user}"
    );
}

fn numbers_are_taken_as_they_are(init: Init) {
    becomes(again(&init), "5:6", "5 6 6");
    becomes(again(&init), "4294967294:4294967293", "4294967294 4294967293 4294967293");
    becomes(again(&init), "5:6,8,7,6", "5 6 6 7 8");
    becomes(init, "0:0", "0 0 0");
}

/// The first line that names it counts, even where others are strange.
fn a_name_brings_its_groups(init: Init) {
    becomes(again(&init), "app", "4001 4002 4002 4010 4011 4013");
    becomes(init, "lonely", "4005 4006 4006");
}

fn a_number_alone_brings_them_too(init: Init) {
    becomes(again(&init), "4001", "4001 4002 4002 4010 4011 4013");
    becomes(init, "4003", "4003 4004 4004 4010 4011 4013");
}

fn groups_that_are_named_are_all_there_are(init: Init) {
    becomes(again(&init), "app:video", "4001 4011 4011");
    becomes(again(&init), "app:last,7,wheel", "4001 4013 7 4010 4013");
    becomes(init, "5:app", "5 4002 4002");
}

fn init_stays_who_it_is(init: Init) {
    let running = init.args(&["--user", "5:6"]).script("echo ready; exec sleep 60").spawn();
    running.expect_line("ready");
    assert_eq!(process::status(running.pid(), "Uid").unwrap(), "0\t0\t0\t0");
    assert_eq!(process::status(running.main_child(), "Uid").unwrap(), "5\t5\t5\t5");
    assert_eq!(process::status(running.main_child(), "Gid").unwrap(), "6\t6\t6\t6");
    assert_eq!(process::status(running.main_child(), "CapPrm").unwrap(), "0000000000000000");
}

fn signals_still_reach_it(init: Init) {
    let folder = Folder::new();
    let program = folder.copy(harness::program("print-signals"), "print-signals");
    let mut running = init.args(&["--user=5:6", &program, "exit=15:3"]).spawn();
    running.ready();
    running.signal(libc::SIGTERM);
    assert_eq!(running.exit_code(), 3);
}

fn fails(init: Init, user: &str, code: i32, users: Option<&str>, groups: Option<&str>) {
    let folder = Folder::new();
    let init = with_accounts(init, &folder, users, groups).args(&["--user", user]);
    let (got, out, err) = init.script("echo started").finish();
    assert_eq!((got, out.as_str()), (code, ""), "{user}: {err}");
    assert!(err.starts_with("sexton: ") && err.lines().count() == 1, "{user}: {err}");
    assert!(err.contains(&format!("'{user}'")), "{user}: {err}");
}

fn unknown_names_and_numbers_without_a_group_start_nothing(init: Init) {
    for user in ["ap", "appx", "nobody", "app:vide", "app:video,no", "77", "short", "broken", "5:broken", "5:wheel,x"] {
        fails(again(&init), user, 125, Some(USERS), Some(GROUPS));
    }
}

fn without_the_files_only_numbers_will_do(init: Init) {
    for user in ["app", "5", "5:app", "app:5"] {
        fails(again(&init), user, 125, None, None);
    }
    // The groups are needed, too.
    fails(again(&init), "app", 125, Some(USERS), None);
    let folder = Folder::new();
    let init = with_accounts(init, &folder, None, None).args(&["--user=5:6"]);
    assert_eq!(init.script("exit 3").code(), 3);
}

fn what_nobody_can_be_is_refused(init: Init) {
    let bad = [
        "",
        ":",
        "5:",
        ":6",
        "5:6,",
        "5:,6",
        "4294967295",
        "5:4294967295",
        "4294967296",
        "5:99999999999",
        "-1",
        "5x",
        "5:6:7",
        "1:2,3x",
    ];
    for user in bad {
        // A minus is no digit: a name then, which nobody has.
        fails(again(&init), user, if user == "-1" { 125 } else { 1 }, Some(USERS), Some(GROUPS));
    }
}

fn more_groups_than_there_is_room_for_start_nothing(init: Init) {
    let list = |count: u32| format!("5:{}", (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(","));
    fails(again(&init), &list(65), 125, Some(USERS), Some(GROUPS));
    assert_eq!(init.args(&["--user", &list(64)]).script("exit $(id -G | wc -w)").code(), 64);
}

/// A program may be who it is already.
fn as_user(init: Init, folder: &Folder, number: u32) -> Init {
    let mut init = init;
    init.path = folder.copy(&init.path, "init").into();
    init.before(move || {
        nix::unistd::setgroups(&[number.into()])?;
        nix::unistd::setresgid(number.into(), number.into(), number.into())?;
        Ok(nix::unistd::setresuid(number.into(), number.into(), number.into())?)
    })
}

fn without_the_privilege_nothing_is_started(init: Init) {
    let folder = Folder::new();
    for user in ["5:6", "0:0", "7:8", "8:7", "7:7,8"] {
        let (code, out, err) =
            as_user(again(&init), &folder, 7).args(&["--user", user]).script("echo started").finish();
        assert_eq!((code, out.as_str()), (125, ""), "{user}: {err}");
        assert!(err.contains(&format!("cannot become '{user}': Operation not permitted")), "{err}");
    }
    assert_eq!(as_user(init, &folder, 7).arg("--user=7:7").script("exit 3").code(), 3);
}

/// The kernel's word counts: who is told that all went well looks again.
fn a_sandbox_that_lies_starts_nothing(init: Init) {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    for call in [libc::SYS_setgroups, libc::SYS_setresgid, libc::SYS_setresuid] {
        let here = std::env::consts::ARCH.try_into().unwrap();
        let filter = SeccompFilter::new([(call, vec![])].into(), SeccompAction::Allow, SeccompAction::Errno(0), here);
        let filter: BpfProgram = filter.unwrap().try_into().unwrap();
        let init =
            again(&init).before(move || seccompiler::apply_filter(&filter).map_err(|_| io::Error::last_os_error()));
        let (code, out, err) = init.arg("--user=5:6").script("echo started").finish();
        assert_eq!((code, out.as_str()), (125, ""), "{call}: {err}");
        assert!(err.contains("cannot become '5:6'"), "{err}");
    }
}

/// As many groups as are wanted are not yet those.
fn a_sandbox_that_lies_about_other_groups_starts_nothing(init: Init) {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    for (user, has, code) in [("5:6", &[8][..], 125), ("5:6,7", &[6, 8], 125), ("5:6,7", &[7, 6], 0)] {
        let here = std::env::consts::ARCH.try_into().unwrap();
        let lie = [(libc::SYS_setgroups, vec![])].into();
        let filter = SeccompFilter::new(lie, SeccompAction::Allow, SeccompAction::Errno(0), here);
        let filter: BpfProgram = filter.unwrap().try_into().unwrap();
        let groups: Vec<nix::unistd::Gid> = has.iter().map(|&group: &u32| group.into()).collect();
        let init = again(&init).before(move || {
            nix::unistd::setgroups(&groups)?;
            seccompiler::apply_filter(&filter).map_err(|_| io::Error::last_os_error())
        });
        let (got, out, err) = init.args(&["--user", user]).script("echo started").finish();
        assert_eq!((got, out.is_empty()), (code, code != 0), "{user} as one of {has:?}: {err}");
        assert!(code == 0 || err.contains(&format!("cannot become '{user}': Operation not permitted")), "{err}");
    }
}

fn the_variable_works_under_every_name(init: Init) {
    for name in ["sexton", "dumb-init", "tini", "catatonit"] {
        let init = again(&init).named(name).env("SEXTON_USER", "5:6").env("TINI_SUBREAPER", "");
        assert_eq!(init.arg("--").script("id -u").finish(), (0, "5\n".to_owned(), String::new()), "{name}");
    }
    let (code, out, _) = init.named("dumb-init").env("SEXTON_USER", "nobody-here").script("echo started").finish();
    assert_eq!((code, out.as_str()), (1, ""));
}

fn files_of_its_own_are_still_its_business(init: Init) {
    let folder = Folder::new();
    let program = folder.file("program", "#!/bin/sh\necho ran\n", 0o700);
    std::fs::set_permissions(folder.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (code, _, err) = init.args(&["--user=5:6", &program]).finish();
    assert_eq!(code, 126, "{err}");
}

in_both_modes!(
    numbers_are_taken_as_they_are,
    a_name_brings_its_groups,
    a_number_alone_brings_them_too,
    groups_that_are_named_are_all_there_are,
    init_stays_who_it_is,
    signals_still_reach_it,
    unknown_names_and_numbers_without_a_group_start_nothing,
    without_the_files_only_numbers_will_do,
    what_nobody_can_be_is_refused,
    more_groups_than_there_is_room_for_start_nothing,
    without_the_privilege_nothing_is_started,
    a_sandbox_that_lies_starts_nothing,
    a_sandbox_that_lies_about_other_groups_starts_nothing,
    the_variable_works_under_every_name,
    files_of_its_own_are_still_its_business,
);

//! The options of an embedded init: what each sets, and what is told of wrong ones.

use super::*;
use crate::dialect::{Slot, TextSlot};
use crate::machine::{Target, Time};
use crate::signal::Signal;
use core::time::Duration;
use std::string::ToString as _;

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn times_are_kept_to_the_millisecond_and_never_cut() {
    for (time, milliseconds) in [
        (Duration::ZERO, 0),
        (Duration::from_nanos(1), 1),
        (MILLISECOND, 1),
        (Duration::from_micros(1001), 2),
        (Duration::from_secs(10), 10_000),
        (MILLISECOND * (u32::MAX - 1), u32::MAX - 1),
        (MILLISECOND * u32::MAX, u32::MAX - 1),
        (Duration::MAX, u32::MAX - 1),
    ] {
        let init = Init::new().grace(time).stop_delay(time);
        assert_eq!(init.wrong, None, "{time:?}");
        assert_eq!(init.settings.time(Slot::Grace), Time::new(milliseconds + 1), "{time:?}");
        assert_eq!(init.settings.time(Slot::StopDelay), Time::new(milliseconds + 1), "{time:?}");
    }
}

#[test]
fn each_option_sets_what_it_is_called_and_nothing_else() {
    let usr1 = Signal::new(10).unwrap();
    let numbers = |init: Init| {
        assert_eq!(init.wrong, None);
        let all = [
            Slot::SingleChild,
            Slot::Forward,
            Slot::Verbosity,
            Slot::ParentDeathSignal,
            Slot::WarnOnReap,
            Slot::Wait,
            Slot::Grace,
            Slot::StopDelay,
            Slot::StoppedOk,
            Slot::NoNewPrivileges,
        ];
        all.map(|slot| init.settings.number(slot))
    };
    let new = Init::new;
    assert_eq!(numbers(new()), [0; 10]);
    assert_eq!(numbers(new().single_child()), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().forward(Target::Child)), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().forward(Target::Group)), [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().forward(Target::All)), [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().verbose(2)), [0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().parent_death_signal(usr1)), [0, 0, 0, 10, 0, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().warn_on_reap()), [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(new().wait_for_all()), [0, 0, 0, 0, 0, 3, 0, 0, 0, 0]);
    assert_eq!(numbers(new().grace(MILLISECOND)), [0, 0, 0, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(numbers(new().stop_delay(MILLISECOND)), [0, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
    assert_eq!(numbers(new().stopped_ok()), [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(numbers(new().no_new_privs()), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn texts_and_tables_are_kept_where_they_belong() {
    let usr1 = Signal::new(10).unwrap();
    let init = Init::new().user("5:6").chdir("/").termination_log("/log").exit_map(3, 4).exit_map(3, 5);
    let init = init.rewrite(Signal::TERM, Some(Signal::INT)).rewrite(usr1, None);
    assert_eq!(init.wrong, None);
    let texts = [TextSlot::User, TextSlot::Directory, TextSlot::Log, TextSlot::Install];
    let texts = texts.map(|slot| init.settings.text(slot).map(|text| core::str::from_utf8(text.until(0)).unwrap()));
    assert_eq!(texts, [Some("5:6"), Some("/"), Some("/log"), None]);
    assert_eq!([3, 4].map(|code| init.settings.exit_map.apply(code)), [5, 4]);
    let forwarded = [Signal::TERM, usr1, Signal::HUP].map(|from| init.settings.rewrites.apply(from));
    assert_eq!(forwarded, [Some(Signal::INT), None, Some(Signal::HUP)]);
}

#[test]
fn what_is_wrong_is_told_as_the_command_line_does_and_the_first_counts() {
    let new = Init::new;
    for (init, wrong) in [
        (new().user(""), "user '' is no USER[:GROUP,...], as 1000:1000 or app"),
        (new().user("5:").user("6:"), "user '5:' is no USER[:GROUP,...], as 1000:1000 or app"),
        (new().termination_log("log"), "termination-log 'log' is no absolute path"),
        (new().env("", "x"), "env '=' is no NAME=VALUE"),
        (new().env("A=B", "x"), "env 'A=B' has a = in its name"),
        (new().env("A\0", "x"), "env 'A\\x00' has a null in it"),
        (new().env("A", "x\0"), "env 'x\\x00' has a null in it"),
        (new().chdir("a\0b"), "chdir 'a\\x00b' has a null in it"),
        (new().user("5\0"), "user '5\\x00' has a null in it"),
    ] {
        assert_eq!(init.wrong, Some("sexton: ".to_string() + wrong));
    }
    for from in [Signal::KILL, Signal::STOP, Signal::CHLD] {
        let wrong = new().rewrite(from, None).wrong.unwrap();
        assert!(wrong.starts_with(&std::format!("sexton: rewrite '{}:0' is no FROM:TO", from.number())), "{wrong}");
    }
}

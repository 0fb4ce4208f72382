//! Which name chooses which dialect, and what holds for the tables of all.

use super::*;
use crate::sys::word::tests::{said, word};

fn name_of(dialect: &Dialect) -> String {
    said(dialect.names).split(' ').next_back().unwrap().to_owned()
}

#[test]
fn the_last_path_component_chooses_the_dialect() {
    for (argv0, name) in [
        ("dumb-init", "dumb-init"),
        ("/usr/bin/dumb-init", "dumb-init"),
        ("-dumb-init", "dumb-init"),
        ("./x/-dumb-init", "dumb-init"),
        ("sexton", "sexton"),
        ("init", "sexton"),
        ("docker-init", "tini"),
        ("/sbin/tini-static", "tini"),
        ("/run/podman-init", "catatonit"),
        ("dumb-init/", "sexton"),
        ("dumb-init2", "sexton"),
        ("", "sexton"),
    ] {
        assert_eq!(name_of(Dialect::of(word(argv0))), name, "{argv0}");
    }
}

#[test]
fn a_dialect_says_a_thing_in_one_way_and_finds_all_it_says() {
    let sections = [Section::Errors, Section::Sexton, Section::DumbInit, Section::Tini, Section::Catatonit];
    for (section, messages) in sections.into_iter().zip(words::SECTIONS) {
        for (at, message) in messages.iter().enumerate() {
            let first = messages.iter().position(|other| other.key == message.key);
            assert_eq!(first, Some(at), "{:?} twice in {section:?}", message.text);
            let found = words::find(section, message.key).unwrap();
            assert_eq!((found.level, found.stream), (message.level, message.stream));
            assert_eq!(words::said(found), message.text);
        }
    }
}

#[test]
fn complaints_that_a_dialect_lacks_are_sextons_and_notes_are_not() {
    let dialect = Dialect::of(word("dumb-init"));
    assert!(dialect.wording(Topic::BadForward).is_some());
    assert!(dialect.wording(Topic::PollFailed).is_none());
}

/// Nor does a name begin with another and a dash, which would be found first.
#[test]
fn an_option_is_named_once() {
    for table in ALL.iter().flat_map(|dialect| [&dialect.options, &dialect.variables]) {
        let names: Vec<String> = said(table.names).split_whitespace().map(str::to_owned).collect();
        let letters: Vec<u8> = table.options.iter().map(|option| option.short).filter(|&short| short != 0).collect();
        for (at, name) in names.iter().enumerate() {
            let same = |other: &String| format!("{name}-").starts_with(&format!("{other}-"));
            assert_eq!(names.iter().position(same), Some(at), "{name} in {names:?}");
        }
        for (at, letter) in letters.iter().enumerate() {
            assert_eq!(letters.iter().position(|other| other == letter), Some(at), "{letter} of {names:?}");
        }
    }
}

#[test]
fn each_option_is_told_with_its_name() {
    let told: Vec<(String, u8)> = tini::DIALECT
        .options
        .each()
        .map(|(name, option)| (said(name).split(' ').next().unwrap().to_owned(), option.short))
        .collect();
    let [first, second, .., last] = &told[..] else { panic!("{told:?}") };
    assert_eq!([first, second, last], [&("p".into(), b'p'), &("e".into(), b'e'), &("".into(), b's')]);
}

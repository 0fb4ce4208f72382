use super::*;
use crate::dialect::{Dialect, Slot};
use crate::machine::{Placement, Rewrites, Target, Time};
use crate::signal::Signal;
use crate::sys::word::tests::{said, word};

/// What a command line comes to.
#[derive(Debug)]
struct Parsed {
    settings: Settings,
    program: usize,
    target: Target,
    placement: Placement,
    verbosity: u8,
    rewrites: Rewrites,
}

/// Why it comes to nothing.
#[derive(Debug)]
struct Stop {
    topic: Topic,
    subject: String,
    origin: String,
}

fn parsed(argv: &[&str], environment: &[&str]) -> Result<Parsed, Stop> {
    let argv: Vec<_> = argv.iter().map(|text| Cell::new(word(text))).collect();
    let argv0 = argv[0].get();
    let mut facts = Facts { dialect: Dialect::of(argv0), pid: 1, argv0, subject: Word::EMPTY, origin: Word::EMPTY };
    let mut settings = Settings::new();
    match parse(&mut facts, &mut settings, &argv, environment.iter().map(|entry| word(entry))) {
        Ok(()) => Ok(Parsed {
            settings,
            program: settings.program,
            target: settings.target(facts.dialect),
            placement: settings.placement(facts.dialect),
            verbosity: settings.verbosity(facts.dialect),
            rewrites: settings.rewrites,
        }),
        Err(topic) => Err(Stop { topic, subject: said(facts.subject), origin: said(facts.origin) }),
    }
}

fn stop(argv: &[&str]) -> (Topic, String) {
    let stop = parsed(argv, &[]).unwrap_err();
    (stop.topic, stop.subject)
}

#[test]
fn options_end_at_the_program() {
    assert_eq!(parsed(&["sexton", "-v", "x", "-c"], &[]).unwrap().program, 2);
    assert_eq!(parsed(&["sexton", "--", "-v"], &[]).unwrap().program, 2);
    assert_eq!(parsed(&["sexton", "--", "--", "x"], &[]).unwrap().program, 2);
    assert_eq!(parsed(&["sexton", "-"], &[]).unwrap().program, 1);
}

#[test]
fn short_options_combine_and_take_values() {
    let options = parsed(&["sexton", "-cvvrTERM:INT", "x"], &[]).unwrap();
    assert_eq!((options.placement, options.target, options.verbosity), (Placement::Shared, Target::Child, 2));
    assert_eq!(options.rewrites.apply(Signal::TERM), Some(Signal::INT));
    assert_eq!(parsed(&["sexton", "-vr", "--", "x"], &[]).unwrap_err().topic, Topic::BadRewrite);
}

#[test]
fn long_options_take_values_in_both_ways() {
    for argv in [&["sexton", "--forward=child", "x"][..], &["sexton", "--forward", "child", "x"]] {
        let options = parsed(argv, &[]).unwrap();
        assert_eq!((options.target, options.placement), (Target::Child, Placement::Session));
    }
    assert_eq!(stop(&["sexton", "--forward"]).0, Topic::MissingLong);
    assert_eq!(stop(&["sexton", "--forward=everyone", "x"]), (Topic::BadForward, "everyone".into()));
    assert_eq!(stop(&["sexton", "--verbose=1", "x"]).0, Topic::UnwantedValue);
}

#[test]
fn only_dumb_init_abbreviates() {
    assert_eq!(stop(&["sexton", "--verb", "x"]), (Topic::UnknownLong, "--verb".into()));
    assert_eq!(parsed(&["dumb-init", "--s", "x"], &[]).unwrap().placement, Placement::Shared);
    assert_eq!(stop(&["dumb-init", "--ver"]), (Topic::Ambiguous, "--ver".into()));
    assert_eq!(stop(&["dumb-init", "--=x"]), (Topic::Ambiguous, "--=x".into()));
    assert_eq!(stop(&["dumb-init", "--h"]).0, Topic::Help);
    assert_eq!(stop(&["dumb-init", "--yolo=5"]), (Topic::UnknownLong, "--yolo=5".into()));
}

#[test]
fn the_first_option_that_ends_the_scan_wins() {
    assert_eq!(stop(&["dumb-init", "-cV", "--yolo"]).0, Topic::Version);
    assert_eq!(stop(&["dumb-init", "-x", "-V"]), (Topic::UnknownShort, "x".into()));
    assert_eq!(stop(&["dumb-init", "-r", "x", "-V"]).0, Topic::BadRewriteNumbers);
    assert_eq!(stop(&["dumb-init", "-r"]), (Topic::MissingShort, "r".into()));
    assert_eq!(stop(&["sexton"]).0, Topic::NoProgram);
    assert_eq!(stop(&["sexton", "-v", "--"]).0, Topic::NoProgram);
}

#[test]
fn the_rewrite_grammar_of_dumb_init_is_scanfs() {
    let rewrite = |text| match parsed(&["dumb-init", "-r", text, "x"], &[]) {
        Ok(options) => Ok(options.rewrites),
        Err(stop) => Err(stop.topic),
    };
    let (term, int, hup) = (Signal::TERM, Some(Signal::INT), Signal::HUP);
    for text in ["15:2", " 15: 2", "+15:+2", "15:2junk", "15:2:3", "15:2,16:3", "4294967311:2"] {
        assert_eq!(rewrite(text).unwrap().apply(term), int, "{text}");
    }
    assert_eq!(rewrite("1:0x1f").unwrap().apply(hup), None);
    for text in [
        "",
        "15",
        "15:",
        ":2",
        "15 :2",
        "15::12",
        "0:1",
        "32:1",
        "1:32",
        "15:-1",
        "0x0f:2",
        "2147483663:2",
        "-9223372036854775809:4",
        "99999999999999999999:2",
    ] {
        assert_eq!(rewrite(text).unwrap_err(), Topic::BadRewriteNumbers, "{text}");
    }
    assert_eq!(
        parsed(&["dumb-init", "-r15:2", "-r", "15:3", "x"], &[]).unwrap().rewrites.apply(term),
        Some(Signal::QUIT)
    );
}

#[test]
fn an_option_beats_its_variable() {
    let options = parsed(
        &["sexton", "--forward=group", "-r15:2", "-v", "x"],
        &["SEXTON_FORWARD=child", "SEXTON_REWRITE=TERM:QUIT,HUP:0", "SEXTON_VERBOSE=2", "DUMB_INIT_SETSID=0"],
    )
    .unwrap();
    assert_eq!((options.target, options.placement, options.verbosity), (Target::Group, Placement::Session, 1));
    assert_eq!(options.rewrites.apply(Signal::TERM), Some(Signal::INT));
    assert_eq!(options.rewrites.apply(Signal::HUP), None);
    assert_eq!(parsed(&["sexton", "-c", "x"], &["SEXTON_FORWARD=group"]).unwrap().placement, Placement::Shared);
}

#[test]
fn variables_work_under_every_name() {
    for name in ["sexton", "dumb-init"] {
        let options =
            parsed(&[name, "x"], &["SEXTON_FORWARD=child", "SEXTON_REWRITE=RTMIN:0", "SEXTON_VERBOSE=2"]).unwrap();
        assert_eq!((options.target, options.verbosity), (Target::Child, 2));
        assert_eq!(options.rewrites.apply(Signal::new(34).unwrap()), None);
        let options = parsed(&[name, "x"], &["DUMB_INIT_SETSID=0", "DUMB_INIT_DEBUG=1"]).unwrap();
        assert_eq!((options.placement, options.verbosity), (Placement::Shared, 1));
        assert!(options.settings.is_set(Slot::Debug) && options.settings.is_set(Slot::NoSession));
    }
}

#[test]
fn only_the_exact_values_of_dumb_inits_variables_count() {
    let options = parsed(&["dumb-init", "x"], &["DUMB_INIT_SETSID=00", "DUMB_INIT_DEBUG=true"]).unwrap();
    assert_eq!((options.placement, options.verbosity), (Placement::Session, 0));
    assert!(!options.settings.is_set(Slot::Debug) && !options.settings.is_set(Slot::NoSession));
}

#[test]
fn a_malformed_variable_is_an_error_that_names_it() {
    for entry in
        ["SEXTON_FORWARD=everyone", "SEXTON_FORWARD=", "SEXTON_REWRITE=15", "SEXTON_VERBOSE=-1", "SEXTON_VERBOSE=10"]
    {
        // Even where an option speaks: the mistake would show up another day.
        let stop = parsed(&["sexton", "-vr15:2", "--forward=child", "x"], &[entry]).unwrap_err();
        assert_eq!((stop.origin, exit_code(stop.topic)), (entry.to_owned(), 1), "{entry}");
    }
}

#[test]
fn what_the_options_ask_for_or_have_wrong_comes_before_a_wrong_variable() {
    let wrong = ["SEXTON_FORWARD=x", "SEXTON_REWRITE=15:"];
    for (option, topic) in [("-h", Topic::Help), ("-V", Topic::Version), ("-x", Topic::UnknownShort)] {
        assert_eq!(parsed(&["sexton", option, "x"], &wrong).unwrap_err().topic, topic);
    }
    let stop = parsed(&["sexton", "-v", "x"], &wrong).unwrap_err();
    assert_eq!((stop.topic, stop.subject.as_str(), stop.origin.as_str()), (Topic::BadForward, "x", wrong[0]));
}

#[test]
fn strange_environments_are_harmless() {
    let options = parsed(
        &["sexton", "x"],
        &[
            "",
            "=",
            "S",
            "SEXTON_",
            "SEXTON_PORT=tcp://1",
            "SEXTON_FORWARDS=x",
            "SEXTON_forward=child",
            "SEXTON_VERBOSE=1",
            "sexton_verbose=2",
        ],
    )
    .unwrap();
    assert_eq!((options.target, options.verbosity), (Target::Group, 1));
}

/// All command lines of up to four words over a vocabulary that mixes every
/// kind of word: the parser answers each, and a program it names exists.
#[test]
fn every_short_command_line_has_an_answer() {
    const WORDS: [&str; 14] = [
        "-",
        "--",
        "-c",
        "-cv",
        "-r",
        "-r15:2",
        "15:2",
        "--rewrite",
        "--rewrite=1",
        "--ver",
        "--forward",
        "child",
        "-x",
        "",
    ];
    for name in ["sexton", "dumb-init"] {
        for number in 0..WORDS.len().pow(4) {
            let mut argv = vec![name];
            let mut rest = number;
            while rest > 0 {
                argv.push(WORDS[rest % WORDS.len()]);
                rest /= WORDS.len();
            }
            match parsed(&argv, &[]) {
                Ok(options) => assert!((1..argv.len()).contains(&options.program), "{argv:?}"),
                Err(stop) => assert!(Dialect::of(word(name)).wording(stop.topic).is_some(), "{argv:?}"),
            }
        }
    }
}

#[test]
fn times_have_units_and_an_end() {
    for (text, milliseconds) in [
        ("0", 0),
        ("10", 10_000),
        ("10s", 10_000),
        ("500ms", 500),
        ("2m", 120_000),
        ("4294967", 4_294_967_000),
        ("4294967294ms", u32::MAX - 1),
        ("71582m", 4_294_920_000),
    ] {
        let parsed = parsed(&["sexton", "--grace", text, "x"], &[&format!("SEXTON_STOP_DELAY={text}")]).unwrap();
        assert_eq!(parsed.settings.time(Slot::Grace), Time::new(milliseconds + 1), "{text}");
        assert_eq!(parsed.settings.time(Slot::StopDelay), Time::new(milliseconds + 1), "{text}");
    }
    assert_eq!(parsed(&["sexton", "x"], &[]).unwrap().settings.time(Slot::Grace), None);
    for text in ["", "s", "ms", "-1", "+1", " 1", "1 s", "1.5", "1h", "1S", "4294968", "4294967295ms", "71583m"] {
        assert_eq!(stop(&["sexton", "--grace", text, "x"]), (Topic::BadDuration, text.to_owned()));
    }
}

//! `builder [OPTION[=VALUE]]... -- PROGRAM [ARG]...`: is its own init by
//! [`sexton::Init`], with the methods that the options name, and becomes PROGRAM
//! where that has returned; an error is said, and ends it with 1.
//!
//! An option is a method's name; times are in milliseconds, and what takes two
//! values has a colon between them. Beside the methods: `thread` has a second
//! thread, and `print=TEXT` prints TEXT, which ends no line, and does not flush it.
//! Both come before `launch`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::CString;
use std::os::unix::ffi::OsStringExt as _;
use std::time::Duration;

use sexton::machine::Target;
use sexton::signal::Signal;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let mut init = sexton::Init::new();
    for option in arguments.by_ref().map_while(|argument| argument.into_string().ok().filter(|text| text != "--")) {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        init = set(init, name, value);
    }
    if let Err(error) = init.launch() {
        eprintln!("{error}");
        std::process::exit(1);
    }
    let program: Vec<CString> = arguments.map(|word| CString::new(word.into_vec()).unwrap()).collect();
    // Neither the mask is touched nor anything flushed.
    let Err(error) = nix::unistd::execvp(program.first().expect("a PROGRAM"), &program);
    panic!("builder: {error}")
}

fn set(init: sexton::Init, name: &str, value: &str) -> sexton::Init {
    let pair = || value.split_once(':').expect("two values");
    let number = |text: &str| text.parse::<u8>().expect("a small number");
    let signal = |text: &str| Signal::new(number(text).into());
    let time = || Duration::from_millis(value.parse().expect("milliseconds"));
    match name {
        "always" => init.always(),
        "environment" => init.environment(),
        "single_child" => init.single_child(),
        "forward" => init.forward(match value {
            "child" => Target::Child,
            "group" => Target::Group,
            _ => Target::All,
        }),
        "wait_for_all" => init.wait_for_all(),
        "rewrite" => init.rewrite(signal(pair().0).expect("a signal"), signal(pair().1)),
        "grace" => init.grace(time()),
        "stop_delay" => init.stop_delay(time()),
        "stopped_ok" => init.stopped_ok(),
        "exit_map" => init.exit_map(number(pair().0), number(pair().1)),
        "parent_death_signal" => init.parent_death_signal(signal(value).expect("a signal")),
        "user" => init.user(value),
        "chdir" => init.chdir(value),
        "env" => init.env(pair().0, pair().1),
        "no_new_privs" => init.no_new_privs(),
        "warn_on_reap" => init.warn_on_reap(),
        "termination_log" => init.termination_log(value),
        "verbose" => init.verbose(number(value)),
        "thread" => {
            std::thread::spawn(std::thread::park);
            init
        }
        "print" => {
            print!("{value}");
            init
        }
        _ => panic!("builder: what is {name}?"),
    }
}

//! What needs no kernel, timed in process: `cargo bench`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot start is to say why")]

use core::cell::Cell;
use core::ffi::CStr;
use divan::{Bencher, black_box};
use sexton::cli::{self, Settings};
use sexton::dialect::Dialect;
use sexton::machine::{Action, Event, Machine, Placement, Policy, Rewrites, Sender, Sink, Target};
use sexton::report::Facts;
use sexton::signal::Signal;
use sexton::status::Status;
use sexton::sys::signal::{block_all, send};
use sexton::sys::signalfd::{Batch, SignalFd};
use sexton::sys::word::Word;
use sexton::topic::Topic;

fn main() {
    divan::main();
}

/// Counts actions, so that none is optimised away.
struct Count(u32);

impl Sink for Count {
    fn act(&mut self, action: Action) {
        black_box(action);
        self.0 += 1;
    }

    fn tell(&mut self, topic: Topic, first: i32, second: i32) {
        black_box((topic, first, second));
        self.0 += 1;
    }
}

/// Times one event, again and again, at a machine that rewrites as told.
fn time(bencher: Bencher, rewrite: Option<(Signal, Signal)>, event: Event) {
    let mut rewrites = Rewrites::new();
    if let Some((from, to)) = rewrite {
        rewrites.set_default(from, Some(to));
    }
    let policy = Policy::new(Target::Group, Placement::Session, &mut rewrites, true, false, false);
    let mut machine = Machine::new(policy);
    let mut count = Count(0);
    bencher.bench_local(|| machine.handle(black_box(event), &mut count));
    assert!(count.0 > 0, "nothing was done about {event:?}");
}

#[divan::bench]
fn machine_forwards_a_signal(bencher: Bencher) {
    time(bencher, None, Event::Signal(Signal::TERM, Sender::Process));
}

#[divan::bench]
fn machine_rewrites_a_signal(bencher: Bencher) {
    time(bencher, Some((Signal::TERM, Signal::QUIT)), Event::Signal(Signal::TERM, Sender::Process));
}

#[divan::bench]
fn machine_notes_an_orphan(bencher: Bencher) {
    time(bencher, None, Event::OrphanEnded(9, Status::Exited(0)));
}

const ENVIRONMENT: [Word; 4] = [
    Word::of(c"PATH=/usr/bin:/bin"),
    Word::of(c"HOME=/root"),
    Word::of(c"SEXTON_VERBOSE=0"),
    Word::of(c"DUMB_INIT_SETSID=1"),
];

/// Times the reading of a command line.
fn read(bencher: Bencher, line: &[&'static CStr]) {
    let argv: Vec<_> = line.iter().map(|word| Cell::new(Word::of(word))).collect();
    let argv0 = argv.first().expect("argv[0]").get();
    bencher.bench_local(|| {
        let mut facts = Facts { dialect: Dialect::of(argv0), pid: 1, argv0, subject: Word::EMPTY, origin: Word::EMPTY };
        let mut settings = Settings::new();
        let parsed = cli::parse(&mut facts, &mut settings, black_box(&argv), ENVIRONMENT.into_iter());
        assert!(parsed.is_ok(), "the line was refused: {parsed:?}");
        settings
    });
}

#[divan::bench]
fn command_line_without_options(bencher: Bencher) {
    read(bencher, &[c"sexton", c"--", c"program"]);
}

#[divan::bench]
fn command_line_with_options(bencher: Bencher) {
    read(bencher, &[c"sexton", c"-cv", c"--rewrite=TERM:QUIT", c"-r", c"HUP:0", c"--", c"program", c"-x"]);
}

#[divan::bench]
fn command_line_of_dumb_init(bencher: Bencher) {
    read(bencher, &[c"dumb-init", c"--single", c"--rewrite", c"15:3", c"--", c"program"]);
}

#[divan::bench]
fn command_line_of_tini(bencher: Bencher) {
    read(bencher, &[c"tini", c"-gv", c"-e", c"143", c"--", c"program"]);
}

/// A batch with one signal in it, read from a real signalfd: decoding it anew is
/// what is timed.
#[divan::bench]
fn siginfo_is_decoded(bencher: Bencher) {
    let _inherited = block_all();
    let (signals, _) = SignalFd::new().expect("a signalfd");
    let mut batch = Batch::new();
    let own_pid = i32::try_from(std::process::id()).expect("a pid");
    send(own_pid, Signal::TERM).expect("a signal to this process");
    signals.read(&mut batch).expect("the signal");
    bencher.bench_local(|| {
        let received = black_box(&batch).signals().next().expect("a signal");
        assert_eq!((received.signal, received.pid), (Signal::TERM, own_pid));
        received
    });
}

//! The promises of the machine, for every sequence of events up to a length,
//! under every policy.

use super::promises::{Seen, check};
use super::*;

fn every_sequence(policies: &[Policy<'_>], alphabet: &[Event], length: u32) {
    for policy in policies {
        follow(policy, Machine::new(*policy), Seen::default(), alphabet, length);
    }
}

/// Every sequence of so many events from here on.
fn follow(policy: &Policy<'_>, machine: Machine<'_>, seen: Seen, alphabet: &[Event], length: u32) {
    if length == 0 {
        return;
    }
    for &event in alphabet.iter().filter(|&&event| seen.may_be_told(policy, event)) {
        let (mut machine, mut seen) = (machine, seen);
        if let Event::Expired(timer) = event {
            seen.set[timer as usize] = false;
        }
        let caused = caused(&mut machine, event);
        check(policy, event, &caused.deeds, &caused.notes, &mut seen);
        follow(policy, machine, seen, alphabet, length - 1);
    }
}

#[test]
fn every_short_sequence_of_events_keeps_the_promises() {
    every_sequence(&policies(&exit_map(CODES)), &alphabet(), 3);
}

#[test]
fn every_longer_sequence_about_deadlines_keeps_the_promises() {
    every_sequence(&timed_policies(&ordinary()), &few(), 5);
}

#[test]
fn deadlines_keep_the_promises_in_every_place() {
    let more = [
        Event::Signal(Signal::INT, Sender::Kernel),
        Event::Signal(Signal::TSTP, Sender::Process),
        Event::Signal(Signal::CONT, Sender::Process),
        Event::MainStopped,
        Event::MainEnded(MAIN, Status::Exited(0)),
    ];
    every_sequence(&timed_policies(&others(&exit_map(CODES))), &[few(), more.to_vec()].concat(), 4);
}

/// With 0, too, for what --stopped-ok makes of an end.
const CODES: &str = "3:5,0:6";

fn alphabet() -> Vec<Event> {
    let mut events: Vec<Event> = [
        (Signal::TERM, Sender::Process),
        (Signal::INT, Sender::Kernel),
        (Signal::HUP, Sender::Kernel),
        (Signal::TSTP, Sender::Process),
        (Signal::TSTP, Sender::Kernel),
        (Signal::CONT, Sender::Process),
        (Signal::CHLD, Sender::Process),
        (Signal::PIPE, Sender::Init),
        (signal(64), Sender::Process),
    ]
    .map(|(signal, sender)| Event::Signal(signal, sender))
    .to_vec();
    events.push(Event::OrphanEnded(9, Status::Killed(Signal::KILL)));
    events.push(Event::MainStopped);
    events.push(Event::MainEnded(MAIN, Status::Exited(3)));
    events.push(Event::MainEnded(MAIN, Status::Exited(0)));
    events.push(Event::OthersLive);
    events.push(Event::Childless);
    events.extend(Timer::ALL.map(Event::Expired));
    events
}

/// Of these, longer sequences.
fn few() -> Vec<Event> {
    let mut events = vec![
        Event::Signal(Signal::TERM, Sender::Process),
        Event::Signal(Signal::QUIT, Sender::Process),
        Event::Signal(signal(USR1), Sender::Process),
        Event::OrphanEnded(9, Status::Exited(0)),
        Event::MainEnded(MAIN, Status::Killed(Signal::TERM)),
        Event::OthersLive,
        Event::Childless,
    ];
    events.extend(Timer::ALL.map(Event::Expired));
    events
}

fn policies(exit_map: &ExitMap) -> Vec<Policy<'_>> {
    let mut policies = Vec::new();
    for target in [Target::Child, Target::Group, Target::All] {
        for placement in [Placement::Session, Placement::Group, Placement::Shared] {
            for rewrite in ["", "TERM:QUIT,TSTP:TSTP", "TERM:0,TSTP:0,RTMAX:USR1"] {
                for bits in 0..8 {
                    let [pid1, terminal, leader] = [1, 2, 4].map(|bit| bits & bit != 0);
                    let policy = Policy::new(target, placement, rewrites(rewrite), pid1, terminal, leader);
                    policies.push(policy);
                    policies.push(Policy {
                        stops: false,
                        farewell: false,
                        warn_on_reap: true,
                        exit_map: Some(exit_map),
                        log: true,
                        wait: true,
                        ..policy
                    });
                    policies.push(Policy { pause: true, ..policy });
                }
            }
        }
    }
    policies
}

/// What is crossed with times: a child of PID 1 in its own session, and others.
fn ordinary() -> [Policy<'static>; 1] {
    [Policy::new(Target::Group, Placement::Session, rewrites(""), true, false, false)]
}

/// Every placement with and without a terminal, PID 1 or not, with a log and an
/// exit map in turn; and without a child.
fn others(exit_map: &ExitMap) -> Vec<Policy<'_>> {
    let of =
        |placement, pid1, terminal, leader| Policy::new(Target::Group, placement, rewrites(""), pid1, terminal, leader);
    let (log, exit_map) = (true, Some(exit_map));
    vec![
        Policy { log, ..of(Placement::Session, false, false, false) },
        Policy { exit_map, stops: false, farewell: false, ..of(Placement::Group, true, true, false) },
        Policy { log, exit_map, ..of(Placement::Group, false, true, true) },
        Policy { exit_map, ..of(Placement::Shared, false, true, false) },
        Policy { log, ..of(Placement::Shared, true, true, true) },
        Policy { log, exit_map, pause: true, ..of(Placement::Shared, false, false, false) },
    ]
}

fn timed_policies<'a>(of: &[Policy<'a>]) -> Vec<Policy<'a>> {
    let mut policies = Vec::new();
    for policy in of {
        for target in [Target::Child, Target::Group, Target::All] {
            for rewrite in ["", "TERM:USR1", "TERM:0"] {
                let mut table = *policy.rewrites;
                assert!(rewrite.is_empty() || table.parse(word(rewrite)).is_ok());
                let rewrites: &Rewrites = Box::leak(Box::new(table));
                for bits in 0..16 {
                    let [wait, grace, stop_delay, stopped_ok] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
                    policies.push(Policy {
                        target,
                        rewrites,
                        wait,
                        grace: grace.then_some(5).and_then(Time::new),
                        stop_delay: stop_delay.then_some(7).and_then(Time::new),
                        stopped_ok,
                        ..*policy
                    });
                }
            }
        }
    }
    policies
}

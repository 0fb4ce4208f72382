//! The promises of the machine, for every sequence of events up to a length,
//! under every policy.

use super::*;
use crate::signal::SignalSet;
use crate::sys::word::tests::word;

#[derive(Default)]
struct Record(Vec<Action>);

impl Sink for Record {
    fn act(&mut self, action: Action) {
        self.0.push(action);
    }
}

fn actions(machine: &mut Machine, event: Event) -> Vec<Action> {
    let mut record = Record::default();
    machine.handle(event, &mut record);
    record.0
}

/// The same without notes.
fn deeds(machine: &mut Machine, event: Event) -> Vec<Action> {
    actions(machine, event).into_iter().filter(|action| !matches!(action, Action::Tell(_))).collect()
}

const USR1: u32 = 10;
const MAIN: i32 = 7;

fn signal(number: u32) -> Signal {
    Signal::new(number).unwrap()
}

/// Rewrites for as long as the tests run.
fn rewrites(list: &str) -> &'static mut Rewrites {
    let mut rewrites = Rewrites::new();
    assert!(list.is_empty() || rewrites.parse(word(list)).is_some());
    Box::leak(Box::new(rewrites))
}

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
    events
}

fn policies(exit_map: &ExitMap) -> Vec<Policy<'_>> {
    let mut policies = Vec::new();
    for target in [Target::Child, Target::Group] {
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
                        ..policy
                    });
                    policies.push(Policy { pause: true, ..policy });
                }
            }
        }
    }
    policies
}

/// The most actions that any one event may cause.
const MOST: usize = 6;

#[test]
fn every_short_sequence_of_events_keeps_the_promises() {
    let alphabet = alphabet();
    let mut exit_map = ExitMap::new();
    exit_map.set(3, 5);
    for policy in policies(&exit_map) {
        for sequence in 0..alphabet.len().pow(3) {
            let mut machine = Machine::new(policy);
            let mut left = None;
            for place in 0..3 {
                let event = alphabet[sequence / alphabet.len().pow(place) % alphabet.len()];
                let caused = actions(&mut machine, event);
                check(&policy, event, &caused, left);
                if let Some(Action::Leave(code)) = caused.last() {
                    left = Some(*code);
                }
            }
        }
    }
}

fn check(policy: &Policy<'_>, event: Event, caused: &[Action], left: Option<u8>) {
    let context = || format!("{event:?} caused {caused:?} under {policy:?}");
    assert!(caused.len() <= MOST, "too many actions: {}", context());
    if left.is_some() {
        assert!(caused.is_empty(), "an action after leaving: {}", context());
        return;
    }
    let count = |wanted: fn(&Action) -> bool| caused.iter().filter(|action| wanted(action)).count();
    let leaves = count(|action| matches!(action, Action::Leave(_)));
    let forwards = count(|action| matches!(action, Action::Forward(_)));
    let farewells = count(|action| matches!(action, Action::BidFarewell(_)));
    let stops = count(|action| matches!(action, Action::StopSelf));
    match event {
        Event::MainEnded(..) => {
            assert_eq!(leaves, 1, "not one leave: {}", context());
            let code = policy.exit_map.map_or(3, |map| map.apply(3));
            assert_eq!(caused.last(), Some(&Action::Leave(code)), "leaving is not last: {}", context());
            assert_eq!(forwards, 0, "a signal to a reaped pid: {}", context());
            let dropped = policy.rewrites.apply(Signal::TERM).is_none();
            let wanted = policy.farewell && policy.target == Target::Group && !dropped;
            assert_eq!(farewells, usize::from(wanted), "farewell: {}", context());
        }
        Event::Signal(signal, sender) => {
            assert_eq!(farewells, 0, "{}", context());
            let to = policy.rewrites.apply(signal);
            let ends = policy.pause && sender != Sender::Init && matches!(to, Some(Signal::TERM | Signal::INT));
            assert_eq!(leaves, usize::from(ends), "leaves: {}", context());
            if policy.pause {
                assert_eq!(forwards + stops, 0, "{}", context());
                return;
            }
            let echo = sender == Sender::Init || signal == Signal::CHLD;
            let known = sender == Sender::Kernel && policy.from_terminal.contains(signal);
            let dropped = policy.rewrites.apply(signal).is_none();
            assert_eq!(forwards, usize::from(!echo && !known && !dropped), "forwards: {}", context());
            let stopping = matches!(signal, Signal::TSTP | Signal::TTIN | Signal::TTOU);
            assert_eq!(stops, usize::from(stopping && !policy.pid1 && policy.stops), "stops: {}", context());
            let handed = caused.contains(&Action::HandForeground);
            assert_eq!(handed, signal == Signal::CONT && policy.hand_foreground, "foreground: {}", context());
        }
        Event::OrphanEnded(..) => {
            assert_eq!(leaves + forwards + farewells + stops, 0, "{}", context());
            let warnings = count(|action| matches!(action, Action::Tell(Note { topic: Topic::OrphanReaped, .. })));
            assert_eq!(warnings, usize::from(policy.warn_on_reap), "warnings: {}", context());
        }
        Event::MainStopped => {
            assert_eq!(leaves + forwards + farewells, 0, "{}", context());
            assert_eq!(stops, usize::from(policy.follow_stops), "{}", context());
        }
    }
}

fn plain(target: Target, placement: Placement) -> Machine<'static> {
    Machine::new(Policy::new(target, placement, rewrites(""), false, true, false))
}

#[test]
fn every_signal_but_sigchld_is_forwarded_as_itself_once() {
    for number in (1..=64).filter(|number| ![9, 17, 19, 20, 21, 22].contains(number)) {
        let mut machine = plain(Target::Group, Placement::Session);
        let caused = deeds(&mut machine, Event::Signal(signal(number), Sender::Process));
        assert_eq!(caused, [Action::Forward(signal(number))]);
    }
}

#[test]
fn a_child_in_a_session_of_its_own_gets_stop_for_what_it_could_not_obey() {
    for stopping in [Signal::TSTP, Signal::TTIN, Signal::TTOU] {
        let event = Event::Signal(stopping, Sender::Process);
        let own_session = deeds(&mut plain(Target::Group, Placement::Session), event);
        assert_eq!(own_session, [Action::Forward(Signal::STOP), Action::StopSelf]);
        let own_group = deeds(&mut plain(Target::Group, Placement::Group), event);
        assert_eq!(own_group, [Action::Forward(stopping), Action::StopSelf]);
    }
}

#[test]
fn what_the_terminal_sends_to_a_shared_group_is_not_sent_again() {
    let mut machine = plain(Target::Child, Placement::Shared);
    assert_eq!(deeds(&mut machine, Event::Signal(Signal::INT, Sender::Kernel)), []);
    assert_eq!(deeds(&mut machine, Event::Signal(Signal::TSTP, Sender::Kernel)), [Action::StopSelf]);
    let typed = Event::Signal(Signal::INT, Sender::Process);
    assert_eq!(deeds(&mut machine, typed), [Action::Forward(Signal::INT)]);
    // A hang-up is told to the leader of the session alone.
    let mut leader = Machine::new(Policy::new(Target::Child, Placement::Shared, rewrites(""), true, true, true));
    assert_eq!(deeds(&mut leader, Event::Signal(Signal::HUP, Sender::Kernel)), [Action::Forward(Signal::HUP)]);
    assert_eq!(deeds(&mut machine, Event::Signal(Signal::HUP, Sender::Kernel)), []);
}

#[test]
fn pid_1_is_never_asked_to_stop_itself() {
    for placement in [Placement::Session, Placement::Group, Placement::Shared] {
        let mut machine = Machine::new(Policy::new(Target::Group, placement, rewrites(""), true, true, true));
        for event in [Event::Signal(Signal::TSTP, Sender::Process), Event::MainStopped] {
            assert!(!deeds(&mut machine, event).contains(&Action::StopSelf));
        }
    }
}

#[test]
fn the_exit_code_is_the_main_childs() {
    for (status, code) in [
        (Status::Exited(0), 0),
        (Status::Exited(255), 255),
        (Status::Killed(Signal::TERM), 143),
        (Status::Killed(signal(64)), 192),
    ] {
        let caused = deeds(&mut plain(Target::Child, Placement::Session), Event::MainEnded(MAIN, status));
        assert_eq!(caused, [Action::Leave(code)]);
    }
}

#[test]
fn a_rewrite_is_not_rewritten_again() {
    let policy = Policy::new(Target::Group, Placement::Session, rewrites("TERM:INT,INT:USR1"), true, false, false);
    let mut machine = Machine::new(policy);
    let caused = deeds(&mut machine, Event::Signal(Signal::TERM, Sender::Process));
    assert_eq!(caused, [Action::Forward(Signal::INT)]);
    let caused = deeds(&mut machine, Event::Signal(Signal::INT, Sender::Process));
    assert_eq!(caused, [Action::Forward(signal(USR1))]);
    assert_eq!(policy.from_terminal, SignalSet::EMPTY);
}

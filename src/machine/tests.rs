//! The promises of the machine, for every sequence of events up to a length,
//! under every policy.

use super::*;
use crate::signal::SignalSet;
use crate::sys::word::tests::word;

/// What one event caused.
#[derive(Default)]
struct Caused {
    deeds: Vec<Action>,
    notes: Vec<Topic>,
}

impl Sink for Caused {
    fn act(&mut self, action: Action) {
        self.deeds.push(action);
    }

    fn tell(&mut self, topic: Topic, _: i32, _: i32) {
        self.notes.push(topic);
    }
}

fn caused(machine: &mut Machine, event: Event) -> Caused {
    let mut caused = Caused::default();
    machine.handle(event, &mut caused);
    caused
}

/// The same without notes.
fn deeds(machine: &mut Machine, event: Event) -> Vec<Action> {
    caused(machine, event).deeds
}

const USR1: u32 = 10;
const MAIN: i32 = 7;

fn signal(number: u32) -> Signal {
    Signal::new(number).unwrap()
}

/// Rewrites for as long as the tests run.
fn rewrites(list: &str) -> &'static mut Rewrites {
    let mut rewrites = Rewrites::new();
    assert!(list.is_empty() || rewrites.parse(word(list)).is_ok());
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

/// The most actions and notes that any one event may cause.
const MOST: usize = 9;

/// What has been seen of one machine so far.
#[derive(Default, Clone, Copy)]
struct Seen {
    left: bool,
    ended: bool,
    killed: bool,
    /// Deadlines that are set.
    set: [bool; 3],
    /// How often each was.
    times: [u32; 3],
    /// The stop signals that were forwarded.
    stopped: SignalSet,
    /// What the main child's end means.
    code: Option<u8>,
}

impl Seen {
    /// Whether a driver could tell this now.
    fn may_be_told(&self, policy: &Policy<'_>, event: Event) -> bool {
        match event {
            Event::Expired(timer) => self.set[timer as usize],
            Event::MainEnded(..) | Event::MainStopped => !self.ended && !policy.pause,
            _ => true,
        }
    }
}

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

/// With 0, too, for what --stopped-ok makes of an end.
const CODES: &str = "3:5,0:6";

fn exit_map(pairs: &str) -> ExitMap {
    let mut exit_map = ExitMap::new();
    exit_map.parse(word(pairs), false, false).unwrap();
    exit_map
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

fn check(policy: &Policy<'_>, event: Event, caused: &[Action], notes: &[Topic], seen: &mut Seen) {
    let context = || format!("{event:?} caused {caused:?} and {notes:?} under {policy:?}");
    assert!(caused.len() + notes.len() <= MOST, "too many actions: {}", context());
    if seen.left {
        assert!(caused.is_empty() && notes.is_empty(), "an action after leaving: {}", context());
        return;
    }
    let count = |wanted: fn(&Action) -> bool| caused.iter().filter(|action| wanted(action)).count();
    let leaves = count(|action| matches!(action, Action::Leave(_)));
    let forwards = count(|action| matches!(action, Action::Forward(_)));
    let farewells = count(|action| matches!(action, Action::BidFarewell(_)));
    let stops = count(|action| matches!(action, Action::StopSelf));
    let kills = count(|action| matches!(action, Action::KillTheRest));
    let was_held = seen.set[Timer::Delay as usize] || event == Event::Expired(Timer::Delay);
    let first_term = seen.times[Timer::Delay as usize] == 0;
    for action in caused {
        match *action {
            Action::Set(timer, time) => {
                let known = match timer {
                    Timer::Delay => policy.stop_delay,
                    Timer::Grace => policy.grace,
                    Timer::Patience => PATIENCE,
                };
                assert!(time.is_none() || time == known, "{}", context());
                seen.set[timer as usize] = time.is_some();
                seen.times[timer as usize] += u32::from(time.is_some());
                assert!(seen.times[timer as usize] <= 1, "a deadline was moved: {}", context());
            }
            Action::Forward(to) => {
                assert!(!(seen.killed || seen.ended && policy.target == Target::Child), "{}", context());
                let by_term = policy.rewrites.apply(Signal::TERM) == Some(to);
                let stops = by_term || matches!(to, Signal::TERM | Signal::INT | Signal::QUIT);
                if stops && !matches!(event, Event::Signal(from, _) if from.number() == 10) {
                    seen.stopped = seen.stopped.with(to);
                }
            }
            _ => {}
        }
    }
    let hurried = policy.grace.is_some() && (seen.stopped != SignalSet::EMPTY || seen.ended && policy.wait);
    let map = |code| policy.exit_map.map_or(code, |map| map.apply(code));
    let dropped = |signal| policy.rewrites.apply(signal).is_none();
    match event {
        Event::MainEnded(_, status) => {
            seen.ended = true;
            assert_eq!(forwards + kills, 0, "a signal to a reaped pid: {}", context());
            // Of those who are killed the rest is waited for, too.
            let leaving = !policy.wait && !seen.killed;
            assert_eq!(leaves, usize::from(leaving), "leaves: {}", context());
            let code = match status {
                Status::Killed(by) if policy.stopped_ok && seen.stopped.contains(by) => 0,
                _ => status.exit_code(),
            };
            seen.code = Some(map(code));
            let wanted = (policy.farewell || policy.wait) && policy.target != Target::Child;
            let wanted = wanted && !dropped(Signal::TERM) && !seen.killed;
            assert_eq!(farewells, usize::from(wanted), "farewell: {}", context());
            let log = caused.iter().find(|action| matches!(action, Action::Log(..)));
            let wanted = policy.log && status != Status::Exited(0);
            assert_eq!(log.copied(), wanted.then_some(Action::Log(status, seen.killed)), "log: {}", context());
            assert!(!seen.set[Timer::Delay as usize], "a delay for nobody: {}", context());
            if policy.wait && policy.grace.is_some() {
                assert_eq!(seen.times[Timer::Grace as usize], 1, "no deadline: {}", context());
            }
        }
        Event::Signal(signal, sender) => {
            assert_eq!(farewells + kills, 0, "{}", context());
            let to = policy.rewrites.apply(signal);
            let ends = policy.pause && sender != Sender::Init && matches!(to, Some(Signal::TERM | Signal::INT));
            assert_eq!(leaves, usize::from(ends), "leaves: {}", context());
            if policy.pause || seen.killed {
                assert_eq!(forwards + stops, 0, "{}", context());
            } else {
                let echo = sender == Sender::Init || signal == Signal::CHLD;
                let known = sender == Sender::Kernel && policy.from_terminal.contains(signal);
                let nobody = seen.ended && policy.target == Target::Child;
                let delays = policy.stop_delay.is_some() && first_term && !seen.ended && signal == Signal::TERM;
                let silent = echo || known || nobody || delays || dropped(signal);
                assert_eq!(forwards, usize::from(!silent), "forwards: {}", context());
                assert_eq!(
                    seen.set[Timer::Delay as usize],
                    delays || was_held && signal != Signal::TERM,
                    "{}",
                    context()
                );
                let stopping = matches!(signal, Signal::TSTP | Signal::TTIN | Signal::TTOU);
                assert_eq!(stops, usize::from(stopping && !policy.pid1 && policy.stops), "stops: {}", context());
                let handed = caused.contains(&Action::HandForeground);
                assert_eq!(handed, signal == Signal::CONT && policy.hand_foreground, "foreground: {}", context());
                assert!(!hurried || seen.times[Timer::Grace as usize] == 1, "no deadline: {}", context());
            }
        }
        Event::OrphanEnded(..) => {
            assert_eq!(leaves + forwards + farewells + stops + kills, 0, "{}", context());
            let warnings = notes.iter().filter(|&&topic| topic == Topic::OrphanReaped).count();
            assert_eq!(warnings, usize::from(policy.warn_on_reap), "warnings: {}", context());
        }
        Event::MainStopped => {
            assert_eq!(leaves + forwards + farewells + kills, 0, "{}", context());
            assert_eq!(stops, usize::from(policy.follow_stops && !seen.killed), "{}", context());
        }
        Event::Expired(Timer::Delay) => {
            let wanted = usize::from(!dropped(Signal::TERM));
            assert_eq!(
                (forwards, caused.len()),
                (wanted, wanted + 1 + usize::from(caused.iter().any(|a| matches!(a, Action::Set(Timer::Grace, _))))),
                "{}",
                context()
            );
        }
        Event::Expired(Timer::Grace) => {
            seen.killed = true;
            assert_eq!((kills, leaves, forwards), (1, 0, 0), "{}", context());
            assert_eq!(seen.times[Timer::Patience as usize], 1, "{}", context());
        }
        Event::OthersLive => assert_eq!(kills, usize::from(seen.killed), "{}", context()),
        // While the main child lives it is a child.
        Event::Childless => assert_eq!(leaves, usize::from(seen.ended || seen.killed), "{}", context()),
        Event::Expired(Timer::Patience) => assert_eq!(leaves, 1, "{}", context()),
    }
    if leaves > 0 {
        // Not even SIGKILL has ended it, or there is none.
        let code = seen.code.unwrap_or(if policy.pause { 0 } else { 128 + 9 });
        assert_eq!(caused.last(), Some(&Action::Leave(code)), "leaving is not last: {}", context());
    }
    seen.left = leaves > 0;
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

fn timed(wait: bool, grace: Option<u32>, stop_delay: Option<u32>) -> Machine<'static> {
    let [grace, stop_delay] = [grace, stop_delay].map(|time| time.and_then(Time::new));
    let policy = Policy::new(Target::Group, Placement::Session, rewrites(""), true, false, false);
    Machine::new(Policy { wait, grace, stop_delay, ..policy })
}

const TERM: Event = Event::Signal(Signal::TERM, Sender::Process);

#[test]
fn delay_then_grace_then_drain() {
    let mut machine = timed(true, Some(50), Some(20));
    assert_eq!(deeds(&mut machine, TERM), [Action::Set(Timer::Delay, Time::new(20))]);
    let caused = deeds(&mut machine, Event::Expired(Timer::Delay));
    let expected =
        [Action::Set(Timer::Delay, None), Action::Forward(Signal::TERM), Action::Set(Timer::Grace, Time::new(50))];
    assert_eq!(caused, expected);
    let caused = deeds(&mut machine, Event::MainEnded(MAIN, Status::Exited(4)));
    assert_eq!(caused, [Action::BidFarewell(Signal::TERM)]);
    assert_eq!(deeds(&mut machine, Event::OrphanEnded(9, Status::Exited(0))), []);
    assert_eq!(deeds(&mut machine, Event::OthersLive), []);
    let killed = [Action::KillTheRest, Action::Set(Timer::Patience, PATIENCE)];
    assert_eq!(deeds(&mut machine, Event::Expired(Timer::Grace)), killed);
    assert_eq!(deeds(&mut machine, Event::OthersLive), [Action::KillTheRest]);
    assert_eq!(deeds(&mut machine, Event::Childless), [Action::Leave(4)]);
}

#[test]
fn a_second_term_ends_the_delay_and_is_one_with_the_first() {
    let mut machine = timed(false, None, Some(20));
    assert_eq!(deeds(&mut machine, TERM), [Action::Set(Timer::Delay, Time::new(20))]);
    let other = Event::Signal(signal(USR1), Sender::Process);
    assert_eq!(deeds(&mut machine, other), [Action::Forward(signal(USR1))]);
    assert_eq!(deeds(&mut machine, TERM), [Action::Set(Timer::Delay, None), Action::Forward(Signal::TERM)]);
    assert_eq!(deeds(&mut machine, TERM), [Action::Forward(Signal::TERM)]);
}

#[test]
fn whoever_outlives_sigkill_is_left() {
    let mut machine = timed(false, Some(50), None);
    deeds(&mut machine, TERM);
    deeds(&mut machine, Event::Expired(Timer::Grace));
    assert_eq!(deeds(&mut machine, Event::Expired(Timer::Patience)), [Action::Leave(137)]);
}

#[test]
fn only_the_stop_signal_that_was_forwarded_is_no_failure() {
    for (rewrite, sent, status, code) in [
        ("", Signal::TERM, Status::Killed(Signal::TERM), 0),
        ("", Signal::TERM, Status::Exited(143), 0),
        ("", Signal::TERM, Status::Exited(1), 1),
        ("", Signal::INT, Status::Killed(Signal::TERM), 143),
        ("", Signal::HUP, Status::Killed(Signal::HUP), 129),
        ("TERM:USR1", Signal::TERM, Status::Killed(signal(USR1)), 0),
        ("TERM:USR1", Signal::TERM, Status::Killed(Signal::TERM), 143),
        ("TERM:0", Signal::TERM, Status::Killed(Signal::TERM), 143),
        ("HUP:TERM", Signal::HUP, Status::Killed(Signal::TERM), 0),
    ] {
        let policy = Policy::new(Target::Child, Placement::Session, rewrites(rewrite), true, false, false);
        let mut machine = Machine::new(Policy { stopped_ok: true, ..policy });
        deeds(&mut machine, Event::Signal(sent, Sender::Process));
        let caused = deeds(&mut machine, Event::MainEnded(MAIN, status));
        assert_eq!(caused, [Action::Leave(code)], "{rewrite} {sent:?} {status:?}");
    }
}

/// First the end is found to be no failure, then its code is replaced.
#[test]
fn what_is_no_failure_is_replaced_as_any_exit_code() {
    let exit_map = exit_map("0:6,143:7,3:0");
    for (stopped_ok, status, code) in [
        (true, Status::Killed(Signal::TERM), 6),
        (true, Status::Exited(143), 6),
        (true, Status::Exited(0), 6),
        (true, Status::Killed(Signal::INT), 130),
        (true, Status::Exited(3), 0),
        (false, Status::Killed(Signal::TERM), 7),
        (false, Status::Exited(143), 7),
    ] {
        let policy = Policy::new(Target::Child, Placement::Session, rewrites(""), true, false, false);
        let mut machine = Machine::new(Policy { stopped_ok, exit_map: Some(&exit_map), ..policy });
        deeds(&mut machine, TERM);
        let caused = deeds(&mut machine, Event::MainEnded(MAIN, status));
        assert_eq!(caused, [Action::Leave(code)], "{stopped_ok} {status:?}");
    }
}

//! Single cases, each of which tells what the machine does.

use super::*;

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

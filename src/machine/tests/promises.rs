//! The promises of the machine, checked for one event after another.

use super::*;

/// The most actions and notes that any one event may cause.
const MOST: usize = 9;

/// What has been seen of one machine so far.
#[derive(Default, Clone, Copy)]
pub(super) struct Seen {
    left: bool,
    ended: bool,
    killed: bool,
    /// Deadlines that are set.
    pub(super) set: [bool; 3],
    /// How often each was.
    times: [u32; 3],
    /// The stop signals that were forwarded.
    stopped: SignalSet,
    /// What the main child's end means.
    code: Option<u8>,
}

impl Seen {
    /// Whether a driver could tell this now.
    pub(super) fn may_be_told(&self, policy: &Policy<'_>, event: Event) -> bool {
        match event {
            Event::Expired(timer) => self.set[timer as usize],
            Event::MainEnded(..) | Event::MainStopped => !self.ended && !policy.pause,
            _ => true,
        }
    }
}

pub(super) fn check(policy: &Policy<'_>, event: Event, caused: &[Action], notes: &[Topic], seen: &mut Seen) {
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

//! The tests of the machine: what they share.

mod cases;
mod promises;
mod sequences;

use super::*;
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

fn exit_map(pairs: &str) -> ExitMap {
    let mut exit_map = ExitMap::new();
    exit_map.parse(word(pairs), false, false).unwrap();
    exit_map
}

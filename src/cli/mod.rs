//! Command line and environment to [`Settings`]: pure, and table-driven by the
//! dialect.

mod getopt;
mod numbers;
mod settings;
#[cfg(test)]
mod tests;
mod variables;

use crate::dialect::{Slot, TextSlot};
use crate::report::Facts;
use crate::sys::word::Word;
use crate::topic::Topic;
use core::cell::Cell;
use getopt::Scan;
pub use numbers::atoi;
pub use settings::Settings;
pub use variables::read as read_variables;

/// The exit code where init ends with this answer to its command line: 0 if it
/// was asked for, 1 if it is a complaint, as all the programs that sexton
/// stands in for have it.
#[must_use]
pub fn exit_code(topic: Topic) -> u8 {
    u8::from(!matches!(topic, Topic::Help | Topic::Version | Topic::License))
}

/// Puts into `settings` what the arguments after the first set, and what
/// variables do where they do not, given as `NAME=VALUE`; and which argument is
/// the program, which `facts` names then.
///
/// # Errors
/// What to say of the first word that asks for an answer or is wrong; `facts`
/// names that word then.
#[inline(never)]
pub fn parse(
    facts: &mut Facts,
    settings: &mut Settings,
    argv: &[Cell<Word>],
    environment: impl Iterator<Item = Word>,
) -> Result<(), Topic> {
    // First, for some tell how options are to be read, and options replace them.
    let read = variables::read(facts, settings, environment);
    if read == Err(Topic::Reserved) {
        return read;
    }
    // Any other that is wrong keeps nobody from the help or the version.
    let named = (facts.subject, facts.origin);
    let permutes = facts.dialect.permutes && !settings.is_set(Slot::InOrder);
    let mut scan = Scan { facts, argv, settings, first: 1, next: 1 };
    scan.options(permutes)?;
    if read.is_err() {
        (scan.facts.subject, scan.facts.origin) = named;
        return read;
    }
    let Scan { facts, settings, next, .. } = scan;
    let mut without = None;
    if settings.text(TextSlot::Install).is_some() {
        without = Some(Word::of(c"install"));
    } else {
        settings.resolve(facts.pid == 1)?;
        if settings.is_set(Slot::Pause) {
            without = Some(Word::of(c"pause"));
        }
    }
    settings.program = next;
    let program = argv.get(next).map(Cell::get);
    facts.subject = program.unwrap_or(Word::EMPTY);
    match (program, without) {
        (None, None) => Err(Topic::NoProgram),
        (Some(_), Some(option)) if !(settings.is_set(Slot::Pause) && facts.dialect.ignores_program) => {
            facts.origin = option;
            Err(Topic::ProgramInPause)
        }
        _ => Ok(()),
    }
}

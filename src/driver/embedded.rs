//! Init within a program that goes on as init's child.

use super::last_word::LastWord;
use super::start;
use super::voice::Voice;
use crate::cli::Settings;
use crate::dialect::TextSlot;
use crate::report::Facts;
use crate::sys::args::Args;
use crate::sys::child::{self, Birth, Failure, Side};
use crate::topic::{Note, Topic};

/// Makes the calling process init, and returns in a child of it. The process
/// must have one thread.
///
/// # Errors
/// What to say of why there is no such child. If it is said in the child, that is
/// not what it was to be, and should end: then init ends with its exit code.
pub fn become_init(facts: &mut Facts, settings: &mut Settings) -> Result<(), Note> {
    let mut voice = Voice::new(*facts, settings);
    let mut account = None;
    let found = start::account(settings, &mut voice, &mut account);
    *facts = voice.facts;
    let told = |Failure { topic, errno }| Note::error(topic, errno.number());
    found.map_err(told)?;
    let mut birth = Birth::new(Args::NONE, 0, facts.dialect, account.as_ref());
    start::prepare(&mut birth, settings, &voice).map_err(told)?;
    let last_word = LastWord::new(settings.text(TextSlot::Log));
    match child::fork(&mut birth) {
        Ok(Side::Child(prepared)) => prepared.map_err(|failure| {
            facts.subject = start::subject(failure.topic, settings).unwrap_or(facts.subject);
            told(failure)
        }),
        Ok(Side::Parent) => start::supervise(&birth, &last_word, settings, &mut voice, || ()),
        Err(errno) => Err(Note::error(Topic::NoChild, errno.number())),
    }
}

//! What options and variables set, and what follows from them together.

use super::Options;
use crate::dialect::Setting;
use crate::machine::{Placement, Rewrites, Target};
use crate::signal::Signal;
use crate::text::{after, decimal};
use crate::topic::Topic;

/// Highest verbosity that may be asked for; above 2 nothing is added.
const MOST_VERBOSE: u32 = 9;

/// What was set, by options or by variables.
#[derive(Default)]
pub(super) struct Settings {
    single_child: bool,
    target: Option<Target>,
    rewrites: Rewrites,
    verbosity: Option<u8>,
    debug_variable: bool,
    setsid_variable: bool,
}

impl Settings {
    /// Does what `setting` says with `text`.
    #[inline(never)]
    pub fn apply(&mut self, setting: Setting, text: &[u8]) -> Result<(), Topic> {
        match setting {
            Setting::Show(topic) => return Err(topic),
            Setting::SingleChild => self.single_child = true,
            Setting::Forward => self.target = Some(target(text).ok_or(Topic::BadForward)?),
            Setting::Rewrite => self.rewrites.parse(text).ok_or(Topic::BadRewrite)?,
            Setting::RewriteNumbers => {
                let (from, to) = scanned_pair(text).ok_or(Topic::BadRewriteNumbers)?;
                self.rewrites.set(from, to);
            }
            Setting::Verbose => self.verbosity = Some(self.verbosity.unwrap_or(0).saturating_add(1)),
            Setting::Verbosity => self.verbosity = Some(verbosity(text).ok_or(Topic::BadVerbosity)?),
            Setting::SetsidVariable => self.setsid_variable = text == b"0",
            Setting::DebugVariable => self.debug_variable = text == b"1",
        }
        Ok(())
    }

    /// What these settings, made by options, and those made by variables mean
    /// together: a variable counts where no option spoke.
    #[inline(never)]
    pub fn resolve(mut self, variables: &Self, program: usize) -> Result<Options, Topic> {
        if self.single_child && self.target == Some(Target::Group) {
            return Err(Topic::Contradiction);
        }
        if self.target.is_none() && !self.single_child {
            self.target = variables.target;
        }
        // SEXTON_FORWARD says more than this one.
        let no_session_by_variable = variables.setsid_variable && self.target.is_none();
        let shared = self.single_child || no_session_by_variable;
        self.rewrites.or(&variables.rewrites);
        let debug = variables.debug_variable.then_some(1);
        Ok(Options {
            target: if shared { Target::Child } else { self.target.unwrap_or(Target::Group) },
            placement: if shared { Placement::Shared } else { Placement::Session },
            rewrites: self.rewrites,
            verbosity: self.verbosity.or(variables.verbosity).max(debug).unwrap_or(0),
            program,
            debug_by_variable: variables.debug_variable,
            no_session_by_variable,
        })
    }
}

fn target(text: &[u8]) -> Option<Target> {
    match text {
        b"child" => Some(Target::Child),
        b"group" => Some(Target::Group),
        _ => None,
    }
}

fn verbosity(text: &[u8]) -> Option<u8> {
    decimal(text).filter(|&level| level <= MOST_VERBOSE).and_then(|level| u8::try_from(level).ok())
}

/// `sscanf(text, "%d:%d")` with both numbers within 1 (or 0) and 31. What
/// follows the second number is not looked at.
fn scanned_pair(text: &[u8]) -> Option<(Signal, Option<Signal>)> {
    let (from, rest) = scanned_int(text)?;
    let (to, _) = scanned_int(after(rest, b":")?)?;
    let standard = |number: u32| Signal::new(number).filter(|_| number <= 31);
    let to = if to == 0 { None } else { Some(standard(to)?) };
    Some((standard(from)?, to))
}

/// scanf's `%d`: blanks, a sign, digits, cut to 32 bits as C's conversion from
/// long does. The bits are answered; a negative number is a large one.
fn scanned_int(text: &[u8]) -> Option<(u32, &[u8])> {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r'))?;
    let text = text.get(start..)?;
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let len = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(len).filter(|(digits, _)| !digits.is_empty())?;
    let sign = if negative { -1 } else { 1 };
    // strtol's: beyond long it stays at long's limit.
    let value = digits
        .iter()
        .fold(0i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit & 15).wrapping_mul(sign)));
    let [a, b, c, d, ..] = value.to_le_bytes();
    Some((u32::from_le_bytes([a, b, c, d]), rest))
}

//! Command line and environment to [`Options`]: pure, and table-driven by the
//! dialect.

mod getopt;
mod settings;
#[cfg(test)]
mod tests;
mod variables;

use crate::dialect::Dialect;
use crate::machine::{Placement, Rewrites, Target};
use crate::topic::Topic;
use getopt::Scan;
use settings::Settings;
pub use variables::INITIALS;

/// What init was asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whom signals go to.
    pub target: Target,
    /// Where the main child is to live, as far as the command line can tell.
    pub placement: Placement,
    /// What signals are replaced by.
    pub rewrites: Rewrites,
    /// How many notes are wanted: 0 is none.
    pub verbosity: u8,
    /// Which argument is the program, never 0.
    pub program: usize,
    /// `DUMB_INIT_DEBUG=1` was met.
    pub debug_by_variable: bool,
    /// `DUMB_INIT_SETSID=0` was met.
    pub no_session_by_variable: bool,
}

/// Why nothing is started: a message, and what it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stop<'a> {
    /// What to say.
    pub topic: Topic,
    /// The offending word.
    pub subject: &'a [u8],
    /// The option or variable that it was given to.
    pub origin: &'a [u8],
}

impl Stop<'_> {
    /// The exit code: 0 if it is an answer, 1 if a complaint, as all the
    /// programs that sexton stands in for have it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(!matches!(self.topic, Topic::Help | Topic::Version | Topic::License))
    }
}

/// Reads `argument(1)`, `argument(2)` and so on up to the first `None`, then
/// the environment as `NAME=VALUE`.
///
/// # Errors
/// A [`Stop`] at the first word that asks for an answer or is wrong.
#[inline(never)]
pub fn parse<'a>(
    dialect: &Dialect,
    argument: &dyn Fn(usize) -> Option<&'a [u8]>,
    environment: impl Iterator<Item = &'a [u8]>,
) -> Result<Options, Stop<'a>> {
    let mut scan = Scan::new(dialect, argument);
    scan.options()?;
    let variables = variables::read(environment)?;
    let program = scan.next;
    if argument(program).is_none() {
        return Err(Stop { topic: Topic::NoProgram, subject: b"", origin: b"" });
    }
    scan.settings.resolve(&variables, program).map_err(|topic| Stop { topic, subject: b"", origin: b"" })
}

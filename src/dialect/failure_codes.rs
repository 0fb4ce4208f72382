//! Which failure ends in which exit code.

use crate::error::Errno;
use crate::topic::Topic;

/// Exit codes of failures.
#[derive(Clone, Copy, Debug)]
pub struct FailureCodes {
    /// There is no such program.
    pub not_found: u8,
    /// What it names to run it is missing.
    pub no_interpreter: u8,
    /// The program may not be executed.
    pub denied: u8,
    /// It could not be executed for another reason.
    pub not_executable: u8,
    /// There is no process to execute it, or not such a one as was asked for.
    pub start: u8,
}

impl FailureCodes {
    /// The exit code for what a topic on the start tells.
    #[must_use]
    pub fn of(&self, topic: Topic, errno: Errno) -> u8 {
        match topic {
            Topic::ExecNoInterpreter => self.no_interpreter,
            Topic::ExecFailed => match errno {
                Errno::NOENT => self.not_found,
                Errno::ACCES => self.denied,
                _ => self.not_executable,
            },
            _ => self.start,
        }
    }
}

//! The environment: what no option set, a variable may.

use super::Settings;
use crate::report::Facts;
use crate::sys::word::Word;
use crate::topic::Topic;

/// Reads the variables as if they were options of their own. Of a variable
/// that stands twice the last counts. Other names that begin with `SEXTON_`
/// are left alone: Kubernetes makes such variables for a service called sexton.
///
/// # Errors
/// What to say of the first wrong one, which `facts` names then.
#[inline(never)]
pub fn read(facts: &mut Facts, settings: &mut Settings, environment: impl Iterator<Item = Word>) -> Result<(), Topic> {
    for entry in environment {
        if let Some((setting, value)) = facts.dialect.variable(entry) {
            facts.origin = entry;
            facts.subject = value;
            settings.apply(setting, value, true)?;
        }
    }
    Ok(())
}

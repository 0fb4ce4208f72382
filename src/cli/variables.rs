//! The environment: what no option set, a variable may.

use super::{Settings, Stop};
use crate::dialect::Setting;

/// The variables and what they set, under every name.
const VARIABLES: [(&str, Setting); 5] = [
    ("SEXTON_FORWARD", Setting::Forward),
    ("SEXTON_REWRITE", Setting::Rewrite),
    ("SEXTON_VERBOSE", Setting::Verbosity),
    ("DUMB_INIT_SETSID", Setting::SetsidVariable),
    ("DUMB_INIT_DEBUG", Setting::DebugVariable),
];

/// The first bytes of those names: no other entry needs to be looked at.
pub const INITIALS: &[u8] = b"SD";

/// Reads the variables as if they were options of their own. Of a variable
/// that stands twice the first counts, as with getenv(3). Other names that
/// begin with `SEXTON_` are left alone: Kubernetes makes such variables for a
/// service called sexton.
pub(super) fn read<'a>(environment: impl Iterator<Item = &'a [u8]>) -> Result<Settings, Stop<'a>> {
    let mut settings = Settings::default();
    let mut seen = [false; VARIABLES.len()];
    for entry in environment {
        for (&(name, setting), seen) in VARIABLES.iter().zip(&mut seen) {
            let value = entry.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            if let Some(text) = value.filter(|_| !core::mem::replace(seen, true)) {
                settings.apply(setting, name.as_bytes(), text)?;
            }
        }
    }
    Ok(settings)
}

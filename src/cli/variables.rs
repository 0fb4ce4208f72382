//! The environment: what no option set, a variable may.

use super::{Settings, Stop};
use crate::dialect::Setting;
use crate::text::after;

/// The variables and what they set, under every name.
const VARIABLES: [(&[u8], Setting); 5] = [
    (b"SEXTON_FORWARD", Setting::Forward),
    (b"SEXTON_REWRITE", Setting::Rewrite),
    (b"SEXTON_VERBOSE", Setting::Verbosity),
    (b"DUMB_INIT_SETSID", Setting::SetsidVariable),
    (b"DUMB_INIT_DEBUG", Setting::DebugVariable),
];

/// The first bytes of those names: no other entry needs to be looked at.
pub const INITIALS: &[u8] = b"SD";

/// Reads the variables as if they were options of their own. Of a variable
/// that stands twice the first counts, as with getenv(3). Other names that
/// begin with `SEXTON_` are left alone: Kubernetes makes such variables for a
/// service called sexton.
#[inline(never)]
pub(super) fn read<'a>(environment: impl Iterator<Item = &'a [u8]>) -> Result<Settings, Stop<'a>> {
    let mut settings = Settings::default();
    let mut seen = [false; VARIABLES.len()];
    for entry in environment {
        for (&(name, setting), seen) in VARIABLES.iter().zip(&mut seen) {
            let value = after(entry, name).and_then(|rest| after(rest, b"="));
            if let Some(text) = value.filter(|_| !core::mem::replace(seen, true)) {
                let wrong = |topic| Stop { topic, subject: text, origin: name };
                settings.apply(setting, text).map_err(wrong)?;
            }
        }
    }
    Ok(settings)
}

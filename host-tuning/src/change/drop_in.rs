//! The text of the file that sets the values at boot.

use super::plan::Step;
use crate::profile::Setting;

/// How we know our own file again.
pub(crate) const HEADER: &str = "# Written by provision tune: edit the profile, not this file.";

/// For a host whose state is known: what the host has more of is left alone.
pub(super) fn text(steps: &[Step]) -> String {
    let lines = steps
        .iter()
        .map(|step| if step.is_exceeded() { exceeded(&step.setting) } else { assignment(&step.setting) });
    with_header(lines)
}

pub(crate) fn with_header(lines: impl Iterator<Item = String>) -> String {
    [HEADER.to_owned()].into_iter().chain(lines).map(|line| line + "\n").collect()
}

/// A key that some kernels don't have must not fail the others.
pub(crate) fn assignment(setting: &Setting) -> String {
    let parameter = setting.parameter;
    let may_be_missing = parameter.since.is_some() || parameter.module.is_some();
    let ignoring_errors = if may_be_missing { "-" } else { "" };
    format!("{ignoring_errors}{} = {}", parameter.key, setting.value)
}

fn exceeded(setting: &Setting) -> String {
    format!("# {} {} {}: this host is beyond that", setting.parameter.key, setting.mode, setting.value)
}

use crate::catalogue::Parameter;
use crate::change::drop_in::HEADER;
use crate::profile::{Mode, Setting};
use crate::value::Kind;

const TEMPLATE: &str = include_str!("script.sh");

/// Keys and values hold nothing that a shell would read otherwise between its single quotes.
pub(super) fn script(settings: &[Setting]) -> String {
    let rows: Vec<String> = settings.iter().map(row).collect();
    let optional: Vec<&str> = settings
        .iter()
        .map(|setting| setting.parameter)
        .filter(|parameter| parameter.since.is_some() || parameter.module.is_some())
        .map(|parameter| parameter.key.as_str())
        .collect();
    TEMPLATE
        .replace("@SETTINGS@", &rows.join("\n"))
        .replace("@OPTIONAL@", &optional.join(" "))
        .replace("@HEADER@", HEADER)
}

fn row(setting: &Setting) -> String {
    let Setting { parameter, mode, value, .. } = setting;
    let counterpart = parameter.counterpart.as_ref().map_or("-", |key| key.as_str());
    let (count, lowest, highest) = bounds(parameter);
    let mode = match mode {
        Mode::Equal => "equal",
        Mode::AtLeast => "at-least",
        Mode::AtMost => "at-most",
    };
    format!("{mode} {} {counterpart} {count} {lowest} {highest} {value}", parameter.key)
}

/// What an original may be: how many numbers, and between which bounds.
fn bounds(parameter: &Parameter) -> (usize, i64, i64) {
    match parameter.kernel_takes.as_ref().unwrap_or(&parameter.kind) {
        Kind::Integer(lowest, highest) => (1, *lowest, *highest),
        Kind::Ascending(ranges) => {
            let lowest = ranges.iter().map(|(lowest, _)| *lowest).min().unwrap_or_default();
            let highest = ranges.iter().map(|(_, highest)| *highest).max().unwrap_or_default();
            (ranges.len(), lowest, highest)
        }
        Kind::PortRanges => (0, 0, 0),
    }
}

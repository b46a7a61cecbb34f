//! Puts each marked value into its place: escaped for what stands around it, or refused.

pub(super) mod hcl;
mod html;
mod ini;
mod json;
mod markdown;
mod shell;
mod systemd;
mod yaml;

use thiserror::Error;

use super::file_type::FileType;
use super::marks::{Piece, pieces};

/// A value stands where no escaping can protect it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("template `{template}`, line {line} of what it renders: {reason}")]
pub struct Misplaced {
    pub template: String,
    pub line: usize,
    pub reason: Reason,
}

/// Why, and what to do instead.
pub(super) type Reason = &'static str;

/// Reads one file type and knows at each point what stands around it.
trait Machine {
    /// Goes over the template's own text.
    fn literal(&mut self, text: &str) -> Result<(), Reason>;
    /// Writes a value at this point.
    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason>;
    /// Whether the text may end here.
    fn finish(&mut self) -> Result<(), Reason> {
        Ok(())
    }
}

/// The text with every value escaped for its place, and no marks.
pub(super) fn place(file_type: FileType, template: &str, marked: &str) -> Result<String, Misplaced> {
    let mut machine: Box<dyn Machine> = match file_type {
        FileType::Hcl => Box::new(hcl::Hcl::default()),
        FileType::Yaml => Box::new(yaml::Yaml::default()),
        FileType::Json => Box::new(json::Json::default()),
        FileType::Shell => Box::new(shell::Shell::default()),
        FileType::Systemd => Box::new(systemd::Systemd::default()),
        FileType::Ini => Box::new(ini::Ini::default()),
        FileType::Html => Box::new(html::Html::default()),
        FileType::Markdown => Box::new(markdown::Markdown::default()),
    };
    let refuse = |out: &str, reason| Misplaced {
        template: template.to_owned(),
        line: out.matches('\n').count() + 1,
        reason,
    };
    let Some(pieces) = pieces(marked) else {
        return Err(refuse(
            "",
            "a filter was applied to text that already holds values: apply it to the value",
        ));
    };
    let mut out = String::with_capacity(marked.len());
    for piece in pieces {
        match piece {
            Piece::Literal(text) => {
                machine.literal(text).map_err(|reason| refuse(&out, reason))?;
                out.push_str(text);
            }
            Piece::Value(value) => machine.value(value, &mut out).map_err(|reason| refuse(&out, reason))?,
        }
    }
    machine.finish().map_err(|reason| refuse(&out, reason))?;
    Ok(out)
}

/// A value in a comment: what would end the comment becomes a space.
fn comment(value: &str, out: &mut String) {
    let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    out.extend(value.chars().map(|c| if ends_a_line(c) { ' ' } else { c }));
}

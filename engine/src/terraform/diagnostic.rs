use std::fmt;

use serde_json::Value as Json;

/// An error or a warning of the binary, with the lines that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub is_error: bool,
    pub summary: String,
    pub detail: String,
    /// The resource it is about, as the binary writes it.
    pub address: Option<String>,
    /// `network.tf:12:3`
    pub place: Option<String>,
    /// The source at that place.
    pub code: Option<String>,
}

impl Diagnostic {
    /// From one line of JSON, where that is one.
    pub(super) fn from_line(line: &Json) -> Option<Self> {
        let said = (line["type"] == "diagnostic").then(|| &line["diagnostic"])?;
        Self::from_json(said)
    }

    pub(super) fn from_json(said: &Json) -> Option<Self> {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let some = |value: &Json| value.as_str().map(str::to_owned);
        let start = &said["range"]["start"];
        let place = some(&said["range"]["filename"])
            .map(|file| format!("{file}:{}:{}", start["line"], start["column"]));
        Some(Diagnostic {
            is_error: said["severity"].as_str()? == "error",
            summary: text(&said["summary"]),
            detail: text(&said["detail"]),
            address: some(&said["address"]),
            place,
            code: some(&said["snippet"]["code"]),
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_error { "error" } else { "warning" };
        write!(f, "{word}: {}", self.summary)?;
        if let Some(place) = &self.place {
            write!(f, "\n --> {place}")?;
        }
        for line in self.code.iter().flat_map(|code| code.lines()) {
            write!(f, "\n  | {line}")?;
        }
        for line in self.detail.lines() {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

use provision_architecture::{Diagnostics, Position};
use serde::Serialize;

/// A spec that could not be read, for the formats that tools read.
#[derive(Debug, Clone, Serialize)]
pub struct Unreadable {
    pub file: String,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    pub position: Position,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl From<&Diagnostics> for Unreadable {
    fn from(diagnostics: &Diagnostics) -> Self {
        let problems = diagnostics
            .list
            .iter()
            .map(|diagnostic| Problem {
                position: diagnostics.source.position(diagnostic.span.start),
                message: diagnostic.message.clone(),
                hint: diagnostic.hint.clone(),
            })
            .collect();
        Self { file: diagnostics.source.name().to_owned(), problems }
    }
}

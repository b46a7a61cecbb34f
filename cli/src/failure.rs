use std::fmt;

/// Why a command could not do its work: one line that says what, the causes, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), hints: Vec::new(), signal: None }
    }

    /// A failure with everything that the error says about its causes.
    pub fn because(message: impl Into<String>, error: &dyn std::error::Error) -> Self {
        let mut failure = Self::new(message);
        let mut cause = Some(error);
        while let Some(error) = cause {
            failure.causes.push(error.to_string());
            cause = error.source();
        }
        failure
    }

    /// What it is, without its causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// It was a signal that ended it.
    #[must_use]
    pub fn interrupted(mut self, signal: i32) -> Self {
        self.signal = Some(signal);
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        for cause in &self.causes {
            write!(f, "\n  caused by: {cause}")?;
        }
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

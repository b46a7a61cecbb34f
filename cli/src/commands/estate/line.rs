use std::fmt;
use std::path::Path;

/// A command that can be copied from the screen, and what of it may be written down.
#[derive(Debug, Clone)]
pub struct CommandLine(Vec<Word>);

#[derive(Debug, Clone)]
enum Word {
    Plain(String),
    /// `name=value`: the value is for the screen only.
    Variable(String),
}

impl CommandLine {
    pub fn new(verb: &str, target: &Path) -> Self {
        let words = ["provision", verb].map(str::to_owned).into_iter().chain([target.display().to_string()]);
        CommandLine(words.map(Word::Plain).collect())
    }

    #[must_use]
    pub fn flag(mut self, name: &str) -> Self {
        self.0.push(Word::Plain(name.to_owned()));
        self
    }

    #[must_use]
    pub fn option(self, name: &str, value: impl fmt::Display) -> Self {
        let mut line = self.flag(name);
        line.0.push(Word::Plain(value.to_string()));
        line
    }

    #[must_use]
    pub fn variable(self, argument: &str) -> Self {
        let mut line = self.flag("--var");
        line.0.push(Word::Variable(argument.to_owned()));
        line
    }

    /// For the ledger: no value of a variable.
    pub fn redacted(&self) -> String {
        self.joined(|argument| {
            argument.split_once('=').map_or("…".to_owned(), |(name, _)| format!("{name}=…"))
        })
    }

    fn joined(&self, variable: impl Fn(&str) -> String) -> String {
        let words = self.0.iter().map(|word| match word {
            Word::Plain(text) => quoted(text),
            Word::Variable(text) => quoted(&variable(text)),
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(str::to_owned))
    }
}

/// As a POSIX shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+…".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_copied_and_what_is_kept_holds_no_value() {
        let line = CommandLine::new("apply", Path::new("it's mine.yaml"))
            .option("--engine", "sandbox")
            .variable("who=the boss");
        assert_eq!(
            line.to_string(),
            r"provision apply 'it'\''s mine.yaml' --engine sandbox --var 'who=the boss'"
        );
        assert!(line.redacted().ends_with("--var who=…"), "{}", line.redacted());
    }
}

use super::{Machine, Reason, comment};

/// Values stand in quoted strings, or in `#` comments.
pub(super) struct Hcl {
    stack: Vec<Frame>,
    previous: char,
    /// How many times in a row `previous` was a `$` or a `%`: two or more take each other's meaning
    /// away.
    signs: usize,
    /// The last character came from a value.
    after_value: bool,
}

enum Frame {
    /// Between brackets or at the top; how many braces are open here.
    Code(usize),
    Quoted {
        backslash: bool,
    },
    LineComment,
    BlockComment,
    /// `<<EOT` was begun: its word so far.
    HeredocWord(String),
    Heredoc {
        word: String,
        line: String,
    },
}

impl Default for Hcl {
    fn default() -> Self {
        Self { stack: vec![Frame::Code(0)], previous: '\n', signs: 0, after_value: false }
    }
}

const UNQUOTED: Reason = "a plain value stands outside of quotes: quote it, or pass an expression";
const IN_BLOCK_COMMENT: Reason = "a value stands in a block comment, which it could end: use `#`";
const IN_HEREDOC: Reason =
    "a value stands in a heredoc, where nothing is escaped: use a quoted string or a file";
const AFTER_BACKSLASH: Reason =
    "a value stands right after a backslash, which would take its first character away";
const MAKES_TEMPLATE: Reason = "a value and what stands beside it would make `${`, `%{` or their escapes together: put something between them";
const UNCLOSED: Reason = "the text ends within a quoted string, a heredoc or a comment";
const TEMPLATE_NEVER_BEGAN: Reason = "one brace too many";

impl Machine for Hcl {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        if self.after_value && matches!(self.previous, '$' | '%') && text.starts_with(['{', '$', '%']) {
            return Err(MAKES_TEMPLATE);
        }
        self.after_value = false;
        for c in text.chars() {
            self.step(c)?;
            self.signs = match c {
                '$' | '%' if c == self.previous => self.signs + 1,
                '$' | '%' => 1,
                _ => 0,
            };
            self.previous = c;
        }
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        match self.stack.last() {
            Some(Frame::Quoted { backslash: false }) => {
                if matches!(self.previous, '$' | '%') && value.starts_with(['{', '$', '%']) {
                    return Err(MAKES_TEMPLATE);
                }
                escape(value, out);
            }
            Some(Frame::Quoted { backslash: true }) => return Err(AFTER_BACKSLASH),
            Some(Frame::LineComment) => comment(value, out),
            Some(Frame::BlockComment) => return Err(IN_BLOCK_COMMENT),
            Some(Frame::HeredocWord(_) | Frame::Heredoc { .. }) => return Err(IN_HEREDOC),
            Some(Frame::Code(_)) | None => return Err(UNQUOTED),
        }
        if let Some(last) = value.chars().last() {
            self.previous = last;
            self.signs = 0;
            self.after_value = true;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        match self.stack.as_slice() {
            [Frame::Code(_)] | [Frame::Code(_), Frame::LineComment] => Ok(()),
            _ => Err(UNCLOSED),
        }
    }
}

impl Hcl {
    fn step(&mut self, c: char) -> Result<(), Reason> {
        let previous = self.previous;
        let bottom = self.stack.len() == 1;
        let Some(frame) = self.stack.last_mut() else { return Err(TEMPLATE_NEVER_BEGAN) };
        match frame {
            Frame::Quoted { backslash } if *backslash => *backslash = false,
            Frame::Quoted { backslash } => match c {
                '\\' => *backslash = true,
                '"' => drop(self.stack.pop()),
                '{' if self.signs == 1 => self.stack.push(Frame::Code(0)),
                _ => {}
            },
            Frame::Code(open) => match c {
                '{' => *open += 1,
                '}' if *open > 0 => *open -= 1,
                '}' if bottom => return Err(TEMPLATE_NEVER_BEGAN),
                '}' => drop(self.stack.pop()),
                '"' => self.stack.push(Frame::Quoted { backslash: false }),
                '#' => self.stack.push(Frame::LineComment),
                '/' if previous == '/' => self.stack.push(Frame::LineComment),
                '*' if previous == '/' => self.stack.push(Frame::BlockComment),
                '<' if previous == '<' => self.stack.push(Frame::HeredocWord(String::new())),
                _ => {}
            },
            Frame::LineComment => {
                if c == '\n' {
                    self.stack.pop();
                }
            }
            Frame::BlockComment => {
                if c == '/' && previous == '*' {
                    self.stack.pop();
                }
            }
            Frame::HeredocWord(word) => match c {
                '\n' => {
                    let word = std::mem::take(word);
                    *frame = Frame::Heredoc {
                        word: word.trim().trim_start_matches('-').to_owned(),
                        line: String::new(),
                    };
                }
                _ => word.push(c),
            },
            Frame::Heredoc { word, line } => match c {
                '\n' if line.trim() == word => drop(self.stack.pop()),
                '\n' => line.clear(),
                _ => line.push(c),
            },
        }
        Ok(())
    }
}

/// Writes a value so that it reads back unchanged between quotes.
pub(in crate::text) fn escape(value: &str, out: &mut String) {
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn hcl(text: &str) -> Result<String, Misplaced> {
        place(FileType::Hcl, "x.tf", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn in_quotes_and_comments() {
        assert_eq!(hcl("a = \"«x\"${y}»\" # «one\ntwo»\n").expect("safe"), "a = \"x\\\"$${y}\" # one two\n");
        assert_eq!(hcl("a = \"${f(\"«x»\")}\"\n").expect("safe"), "a = \"${f(\"x\")}\"\n");
        assert_eq!(hcl("a = \"$${«x»}\"\n").expect("safe"), "a = \"$${x}\"\n");
        assert_eq!(
            hcl("a = <<-EOT\n  \"\n  EOT\nb = \"«x»\"\n").expect("safe"),
            "a = <<-EOT\n  \"\n  EOT\nb = \"x\"\n"
        );
    }

    #[test]
    fn everywhere_else_it_is_refused() {
        for bad in [
            "a = «x»",
            "a = \"${«x»}\"",
            "a = \"%{ if «x» }\"",
            "/* «x» */",
            "a = <<EOT\n«x»\nEOT\n",
            "a = \"\\«x»\"",
            "a = \"$«{x}»\"",
            "a = \"«$»«{x}»\"",
            "a = \"«$»{x}\"",
            "a = \"«$»${x}\"",
            "a = \"«x»",
            "}",
        ] {
            assert!(hcl(bad).is_err(), "{bad}");
        }
        let line = hcl("a = 1\nb = «x»\n").expect_err("outside of quotes").line;
        assert_eq!(line, 2);
    }
}

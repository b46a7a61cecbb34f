use super::{Machine, Reason, comment};

/// Values stand in double quotes, or in comments.
pub(super) struct Yaml {
    state: State,
    previous: char,
    /// Of the line so far.
    indent: usize,
    only_spaces: bool,
    /// What the line says outside of quotes and comments.
    line: String,
    /// How deep the key stands whose `|` or `>` block this may be.
    block: Option<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Plain,
    Single,
    Double,
    Backslash,
    Comment,
    /// In the lines of a `|` or `>` block.
    Block,
}

impl Default for Yaml {
    fn default() -> Self {
        Self {
            state: State::Plain,
            previous: '\n',
            indent: 0,
            only_spaces: true,
            line: String::new(),
            block: None,
        }
    }
}

impl Machine for Yaml {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        text.chars().for_each(|c| self.step(c));
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        match self.state {
            State::Double => escape(value, out),
            State::Comment => comment(value, out),
            State::Single => return Err("a value stands in single quotes: use double quotes"),
            State::Backslash => return Err("a value stands right after a backslash"),
            State::Block => {
                return Err("a value stands in a block of text, which it could end: use double quotes");
            }
            State::Plain => return Err("a plain value stands outside of quotes: put it into double quotes"),
        }
        self.previous = 'v';
        self.only_spaces = false;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        match self.state {
            State::Single | State::Double | State::Backslash => Err("the text ends within a quoted string"),
            _ => Ok(()),
        }
    }
}

impl Yaml {
    fn step(&mut self, c: char) {
        if c == '\n' {
            self.end_line();
            return;
        }
        if self.only_spaces {
            if c == ' ' {
                self.indent += 1;
                self.previous = c;
                return;
            }
            self.only_spaces = false;
            self.begin_line();
        }
        self.inside(c);
        self.previous = c;
    }

    /// The first character of a line that is no space: is it still in the block above it?
    fn begin_line(&mut self) {
        match self.block {
            Some(indent) if self.indent > indent => self.state = State::Block,
            Some(_) => {
                self.block = None;
                self.state = State::Plain;
            }
            None => {}
        }
    }

    fn inside(&mut self, c: char) {
        // A quote that follows a letter, as in `it's`, opens nothing.
        let opens = self.previous.is_whitespace() || "[{,(:-".contains(self.previous);
        self.state = match (self.state, c) {
            (State::Plain, '"') if opens => State::Double,
            (State::Plain, '\'') if opens => State::Single,
            (State::Plain, '#') if self.previous.is_whitespace() => State::Comment,
            (State::Double, '\\') => State::Backslash,
            (State::Backslash, _) => State::Double,
            (State::Double, '"') | (State::Single, '\'') => State::Plain,
            (state, _) => state,
        };
        if self.state == State::Plain {
            self.line.push(c);
        }
    }

    fn end_line(&mut self) {
        if self.state == State::Plain || self.state == State::Comment {
            let header =
                self.line.trim_end().trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
            let begins_block =
                header.ends_with(" |") || header.ends_with(" >") || header == "|" || header == ">";
            if begins_block {
                // The block of `- key: |` stands deeper than its key, that of `- |` only than the dash.
                let after_dashes = header.trim_start_matches("- ");
                let dashes = header.len() - after_dashes.len();
                let last_dash = if after_dashes.len() == 1 { "- ".len() } else { 0 };
                self.block = Some(self.indent + dashes.saturating_sub(last_dash));
            }
            self.state = State::Plain;
        }
        self.line.clear();
        self.indent = 0;
        self.only_spaces = true;
        self.previous = '\n';
    }
}

/// Whole files stand as values in what machines read at their first start: what needs no escape is copied in one go.
fn escape(value: &str, out: &mut String) {
    let mut copied = 0;
    for (at, c) in value.char_indices().filter(|(_, c)| !stands_for_itself(*c)) {
        out.push_str(&value[copied..at]);
        copied = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push_str(&value[copied..]);
}

fn stands_for_itself(c: char) -> bool {
    match c {
        '"' | '\\' => false,
        ' '..='~' => true,
        _ => is_printable(c),
    }
}

/// What YAML lets stand for itself, and no reader takes for a line's end.
fn is_printable(c: char) -> bool {
    let special = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !special
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn yaml(text: &str) -> Result<String, Misplaced> {
        place(FileType::Yaml, "x.yaml", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn in_double_quotes_and_comments() {
        assert_eq!(yaml("a: \"«x\"\n»\" # «y\nz»\n").expect("safe"), "a: \"x\\\"\\n\" # y z\n");
        assert_eq!(
            yaml("about: it's \"x\"\nb: [\"«v»\"]\n").expect("safe"),
            "about: it's \"x\"\nb: [\"v\"]\n"
        );
        let block = "a: |\n  it's \"\n\n  # no comment\nb: \"«v»\"\n";
        assert_eq!(yaml(block).expect("safe"), block.replace(['«', '»'], ""));
    }

    #[test]
    fn everywhere_else_it_is_refused() {
        for bad in [
            "a: «x»",
            "a: '«x»'",
            "a: |\n  «x»\n",
            "- >-\n  \"«x»\"\n",
            "a: \"\\«x»\"",
            "a: \"«x»",
            "\"k\": x\"«v»\"",
        ] {
            assert!(yaml(bad).is_err(), "{bad}");
        }
    }
}

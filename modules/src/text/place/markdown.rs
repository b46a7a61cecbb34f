use super::{Machine, Reason};

/// Values stand in running text or in code spans.
#[derive(Default)]
pub(super) struct Markdown {
    /// In backticks.
    code: bool,
    /// In a fenced block.
    fenced: bool,
    /// The line so far.
    line: String,
}

impl Machine for Markdown {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        for c in text.chars() {
            if c != '\n' {
                self.line.push(c);
                self.code ^= c == '`' && !self.fenced;
                continue;
            }
            if self.line.trim_start().starts_with("```") {
                self.fenced = !self.fenced;
                self.code = false;
            }
            self.line.clear();
        }
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        if value.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err("a value has more than one line");
        }
        if self.code || self.fenced {
            if value.contains('`') {
                return Err("a value holds a backtick and stands in code");
            }
            out.push_str(value);
        } else {
            let at_start = self.line.trim_start().is_empty();
            escape(value, at_start, out);
        }
        self.line.push('v');
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        if self.code || self.fenced { Err("the text ends within code") } else { Ok(()) }
    }
}

/// At the start of a line more characters mean something: lists, headings, rules, quotes.
fn escape(value: &str, at_start: bool, out: &mut String) {
    for (index, c) in value.chars().enumerate() {
        let special = "\\`*_{}[]<>()|&!#~$".contains(c);
        if special || (at_start && c.is_ascii_punctuation()) || (at_start && index > 0 && c == '.') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn markdown(text: &str) -> Result<String, Misplaced> {
        place(FileType::Markdown, "x.md", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn text_and_code() {
        assert_eq!(
            markdown("It is «[a](b)» in `«a_b»`.\n").expect("safe"),
            "It is \\[a\\]\\(b\\) in `a_b`.\n"
        );
        assert_eq!(markdown("«- 1.»\n").expect("safe"), "\\- 1\\.\n");
        for bad in ["«a\nb»", "`«a`b»`", "```\n«`»\n```\n", "`«a»"] {
            assert!(markdown(bad).is_err(), "{bad}");
        }
    }
}

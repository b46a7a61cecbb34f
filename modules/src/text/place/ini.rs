use super::{Machine, Reason, comment};

/// Values stand after the `=` of a line. The readers of such files disagree about quotes and escapes, so a value that
/// would need them is refused.
#[derive(Default)]
pub(super) struct Ini {
    /// The line so far.
    line: String,
}

const REFUSED: Reason = "a value holds quotes, a backslash, `$`, a backtick, a control character or spaces around it, which readers of such files understand differently";

impl Machine for Ini {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        match text.rsplit_once('\n') {
            Some((_, last)) => last.clone_into(&mut self.line),
            None => self.line.push_str(text),
        }
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        let line = self.line.trim_start();
        if line.starts_with(['#', ';', '!']) {
            comment(value, out);
            return Ok(());
        }
        if !line.contains('=') {
            return Err("a value stands before the `=` of its line");
        }
        let odd = |c: char| c.is_control() || "\"'\\$`\u{2028}\u{2029}".contains(c);
        if value.contains(odd) || value.trim() != value {
            return Err(REFUSED);
        }
        out.push_str(value);
        self.line.push('v');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn ini(text: &str) -> Result<String, Misplaced> {
        place(FileType::Ini, "x.properties", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn plain_values_only() {
        assert_eq!(ini("# «a\nb»\nk=«v»,«w=1»\n").expect("safe"), "# a b\nk=v,w=1\n");
        for bad in ["«k»=v", "k=«a\nb»", "k=«a\\»", "k=« a»", "k=«'a'»", "k=«$a»"] {
            assert!(ini(bad).is_err(), "{bad}");
        }
    }
}

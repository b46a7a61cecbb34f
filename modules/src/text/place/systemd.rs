use super::{Machine, Reason, comment};

/// Values stand in assignments; whatever a unit file gives a meaning to is refused but for `%`, which is doubled.
#[derive(Default)]
pub(super) struct Systemd {
    /// The line so far.
    line: String,
}

const REFUSED: Reason =
    "a value holds quotes, a backslash, `$` or a control character, which a unit file reads as its own";
const SPACES: Reason = "a value with spaces stands in a command outside of double quotes";

impl Machine for Systemd {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        match text.rsplit_once('\n') {
            Some((_, last)) => last.clone_into(&mut self.line),
            None => self.line.push_str(text),
        }
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        let line = self.line.trim_start();
        if line.starts_with(['#', ';']) {
            comment(value, out);
            return Ok(());
        }
        let Some((key, before)) = line.split_once('=') else {
            return Err("a value stands outside of an assignment");
        };
        if value.chars().any(|c| c.is_control() || "\"'\\$".contains(c)) {
            return Err(REFUSED);
        }
        let quoted = before.matches('"').count() % 2 == 1;
        let free_text = key == "Description";
        if value.contains(char::is_whitespace) && !quoted && !free_text {
            return Err(SPACES);
        }
        out.push_str(&value.replace('%', "%%"));
        self.line.push('v');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn unit(text: &str) -> Result<String, Misplaced> {
        place(FileType::Systemd, "x.service", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn assignments_only_and_nothing_with_a_meaning() {
        let text = "# «a\nb»\n[Unit]\nDescription=«50% of it»\n[Service]\nExecStart=run \"«a b»\" «c»\n";
        let expected = "# a b\n[Unit]\nDescription=50%% of it\n[Service]\nExecStart=run \"a b\" c\n";
        assert_eq!(unit(text).expect("safe"), expected);
        for bad in ["[«x»]", "A=«a\nb»", "ExecStart=run «a b»", "A=«$x»", "A=\"«\"»\"", "A=«\\»"]
        {
            assert!(unit(bad).is_err(), "{bad}");
        }
    }
}

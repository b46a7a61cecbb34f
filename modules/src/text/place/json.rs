use super::{Machine, Reason};

/// Values stand in strings.
#[derive(Default)]
pub(super) struct Json {
    quoted: bool,
    backslash: bool,
}

impl Machine for Json {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        for c in text.chars() {
            match c {
                _ if self.backslash => self.backslash = false,
                '\\' if self.quoted => self.backslash = true,
                '"' => self.quoted = !self.quoted,
                _ => {}
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        if !self.quoted || self.backslash {
            return Err("a plain value stands outside of a string: quote it");
        }
        escape(value, out);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        if self.quoted { Err("the text ends within a string") } else { Ok(()) }
    }
}

fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}

//! Well-formed XML, element by element.

/// Text under construction. Every value is escaped on its way in.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

/// Attributes in their order.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Xml {
    pub(crate) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes, ">");
        self.text.push('\n');
        self.open.push(name);
    }

    pub(crate) fn close(&mut self) {
        let name = self.open.pop().expect("each close has its open: the callers pair them");
        self.indent();
        self.text += &format!("</{name}>\n");
    }

    /// An element without content.
    pub(crate) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes, "/>");
        self.text.push('\n');
    }

    /// An element that holds text.
    pub(crate) fn words(&mut self, name: &'static str, attributes: Attributes<'_>, content: &str) {
        self.start(name, attributes, ">");
        escape(content, &mut self.text);
        self.text += &format!("</{name}>\n");
    }

    pub(crate) fn finish(self) -> String {
        debug_assert!(self.open.is_empty(), "every element is closed");
        self.text
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>, end: &str) {
        self.indent();
        self.text += &format!("<{name}");
        for (key, value) in attributes {
            self.text += &format!(" {key}=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
        self.text += end;
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n(' ', self.open.len()));
    }
}

/// As text and in double quotes. XML has no way to say most control characters.
pub(crate) fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        let mut xml = Xml::default();
        xml.open("g", &[("class", "a\"><script>")]);
        xml.words("text", &[], "</text>&\u{1}");
        xml.close();
        let expected =
            "<g class=\"a&quot;&gt;&lt;script&gt;\">\n <text>&lt;/text&gt;&amp;\u{fffd}</text>\n</g>\n";
        assert_eq!(xml.finish(), expected);
    }
}

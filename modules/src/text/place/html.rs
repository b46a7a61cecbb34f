use super::{Machine, Reason};

/// Values stand in text, in quoted attributes, or, as JSON, in a script element of the type `application/json`.
#[derive(Default)]
pub(super) struct Html {
    state: State,
    /// The tag so far, without the quotes' content.
    tag: String,
    /// The element whose content is not markup, and what came last of it.
    raw: String,
    tail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    /// Between `<` and `>`, outside of quotes.
    Tag,
    Double,
    Single,
    Comment,
    /// In a script of data.
    Data,
    /// In a script or a style.
    Raw,
}

impl Machine for Html {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        text.chars().for_each(|c| self.step(c));
        Ok(())
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        match self.state {
            State::Text => escape(value, out),
            State::Double => self.attribute(value, out)?,
            State::Data => data(value, out)?,
            State::Single => return Err("a value stands in single quotes: use double quotes"),
            State::Tag => return Err("a value stands in a tag outside of quotes: put it into double quotes"),
            State::Comment => return Err("a value stands in a comment, which it could end"),
            State::Raw => {
                return Err(
                    "a value stands in a script or a style: give it to a script of type application/json",
                );
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        if self.state == State::Text {
            Ok(())
        } else {
            Err("the text ends within a tag, a script or a comment")
        }
    }
}

impl Html {
    fn step(&mut self, c: char) {
        match (self.state, c) {
            (State::Text, '<') => (self.state, self.tag) = (State::Tag, String::from("<")),
            (State::Tag, '"') => self.state = State::Double,
            (State::Tag, '\'') => self.state = State::Single,
            (State::Double, '"') | (State::Single, '\'') => {
                self.state = State::Tag;
                self.tag.push('"');
            }
            (State::Tag, '>') => self.close(),
            (State::Tag, c) => {
                self.tag.push(c.to_ascii_lowercase());
                if self.tag == "<!--" {
                    (self.state, self.tail) = (State::Comment, String::new());
                }
            }
            // What a data script is known by.
            (State::Double, c) if self.tag.ends_with("type=") || self.is_in_type() => self.tag.push(c),
            (State::Comment, c) => {
                self.tail.push(c);
                if self.tail.ends_with("-->") {
                    self.state = State::Text;
                }
            }
            (State::Raw | State::Data, c) => self.raw_step(c),
            _ => {}
        }
    }

    fn is_in_type(&self) -> bool {
        self.tag.rsplit_once("type=").is_some_and(|(_, value)| !value.contains(['"', ' ']))
    }

    fn close(&mut self) {
        let name: String = self.tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        self.state = match name.as_str() {
            "script" if self.tag.contains(" type=application/json\"") => State::Data,
            "script" | "style" => State::Raw,
            _ => State::Text,
        };
        (self.raw, self.tail) = (format!("</{name}"), String::new());
    }

    /// Only its own end tag ends a script.
    fn raw_step(&mut self, c: char) {
        self.tail.push(c.to_ascii_lowercase());
        if self.tail.ends_with(&self.raw) {
            (self.state, self.tag) = (State::Tag, self.raw.clone());
            self.tag.insert(1, '/');
        }
        let keep = self.tail.len().saturating_sub(16);
        if self.tail.is_char_boundary(keep) {
            self.tail.drain(..keep);
        }
    }

    fn attribute(&self, value: &str, out: &mut String) -> Result<(), Reason> {
        let name = self.tag.rsplit([' ', '\n', '"']).next().unwrap_or_default().trim_end_matches('=');
        if name.starts_with("on") || name == "style" || name == "srcdoc" {
            return Err("a value stands in an attribute that is a program or a style");
        }
        let is_link = matches!(name, "href" | "src" | "action" | "formaction");
        if is_link && !["https://", "http://", "#"].iter().any(|start| value.starts_with(start)) {
            return Err("a link leads elsewhere than to the web or into the page");
        }
        escape(value, out);
        Ok(())
    }
}

fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// JSON in which nothing can end the script: what has a meaning to HTML stands in JSON only within strings, where it can
/// be said otherwise.
fn data(value: &str, out: &mut String) -> Result<(), Reason> {
    if serde_json::from_str::<serde_json::Value>(value).is_err() {
        return Err("a value stands in a script of data and is no JSON");
    }
    for c in value.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn html(text: &str) -> Result<String, Misplaced> {
        place(FileType::Html, "x.html", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn in_text_and_in_attributes() {
        assert_eq!(
            html("<p class=\"a «\"><b»\">«</p><script>alert(1)</script>»</p>").expect("safe"),
            "<p class=\"a &quot;&gt;&lt;b\">&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        );
        assert_eq!(
            html("<a href=\"«https://a.example/?a=1&b=2»\">x</a>").expect("safe"),
            "<a href=\"https://a.example/?a=1&amp;b=2\">x</a>"
        );
        assert_eq!(
            html("<style>a > b {}</style><i>«<»</i>").expect("safe"),
            "<style>a > b {}</style><i>&lt;</i>"
        );
        assert_eq!(html("<!-- a > b --><i>«&»</i>").expect("safe"), "<!-- a > b --><i>&amp;</i>");
    }

    #[test]
    fn data_cannot_end_its_script() {
        let page = "<script type=\"application/json\" id=\"d\">«{\"a\":\"</script><!--&\u{2028}\"}»</script><p>«<»</p>";
        assert_eq!(
            html(page).expect("safe"),
            "<script type=\"application/json\" id=\"d\">{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"}</script><p>&lt;</p>"
        );
        assert!(html("<script type=\"application/json\">«alert(1)»</script>").is_err());
    }

    #[test]
    fn everywhere_else_it_is_refused() {
        for bad in [
            "<«b»>",
            "<p «a»=\"b\">",
            "<p class=«a»>",
            "<p class='«a»'>",
            "<a href=\"«javascript:alert(1)»\">",
            "<a href=\"«data:text/html,x»\">",
            "<p onclick=\"«a»\">",
            "<p style=\"«a»\">",
            "<iframe srcdoc=\"«a»\">",
            "<script>«a»</script>",
            "<script type=\"module\">«1»</script>",
            "<script>a = \"application/json\"; «1»</script>",
            "<script data-x=\"type=application/json\">«1»</script>",
            "<STYLE>«a»</STYLE>",
            "<!-- «a» -->",
            "<p>«a»</p",
            "<script>",
        ] {
            assert!(html(bad).is_err(), "{bad}");
        }
    }
}

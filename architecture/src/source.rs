use std::ops::Range;

/// A range of bytes in a source text.
pub type Span = Range<usize>;

/// A place in a text as people count: both from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// A text with the name it was read under.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        Self { name, text, line_starts }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let line = self.line_index(offset);
        let column = self.text[self.line_starts[line]..offset].chars().count() + 1;
        Position { line: line + 1, column }
    }

    /// The line that a place is on, without its end.
    pub fn line_around(&self, offset: usize) -> Span {
        let line = self.line_index(offset);
        let start = self.line_starts[line];
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        start..end
    }

    /// The index of the line that a place is on.
    fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= self.floor(offset)) - 1
    }

    /// The same span, moved onto character boundaries inside the text.
    pub fn clamp(&self, span: &Span) -> Span {
        let start = self.floor(span.start);
        start..self.floor(span.end).max(start)
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The text with the given spans covered by `*`, every other byte at its place: what may be shown to people.
    pub fn masked(&self, secrets: &[Span]) -> String {
        let mut bytes = self.text.clone().into_bytes();
        for secret in secrets {
            for byte in &mut bytes[self.clamp(secret)] {
                if *byte != b'\n' {
                    *byte = b'*';
                }
            }
        }
        String::from_utf8(bytes).expect("whole characters were replaced by ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("a.yaml", "é: 1\nb: ü!\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        let exclamation = source.text().find('!').expect("it stands there");
        assert_eq!(source.position(exclamation), Position { line: 2, column: 5 });
        assert_eq!(source.position(10_000), Position { line: 3, column: 1 });
    }

    #[test]
    fn masking_covers_whole_characters_and_keeps_lines() {
        let source = Source::new("a.yaml", "password: é2\nnext: 1\n");
        let start = "password: ".len();
        let masked = |secret: Span| source.masked(std::slice::from_ref(&secret));
        assert_eq!(masked(start..start + 4), "password: ***\nnext: 1\n");
        assert_eq!(
            masked(start + 1..start + 2),
            "password: **2\nnext: 1\n",
            "half a character hides all of it"
        );
    }
}

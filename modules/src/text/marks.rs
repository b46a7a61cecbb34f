//! Where a value begins and ends in the text that comes from Tera.

use std::io::{self, Write};

use memchr::memchr2;

/// Two control characters that no value may hold. A byte each, and no byte of another character.
const START: u8 = 1;
const END: u8 = 2;

/// Tera's escape function: marks the value, leaves the escaping to the pass that sees its place.
pub(super) fn mark(value: &str, out: &mut dyn Write) -> io::Result<()> {
    if memchr2(START, END, value.as_bytes()).is_some() {
        return Err(io::Error::other("a value holds the control characters U+0001 or U+0002"));
    }
    out.write_all(&[START])?;
    out.write_all(value.as_bytes())?;
    out.write_all(&[END])
}

/// A part of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// The template's own words, and expressions.
    Literal(&'a str),
    Value(&'a str),
}

/// The text cut at its marks; none where marks don't pair, because a filter was applied to marked text.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = memchr2(START, END, rest.as_bytes()) {
        if start > 0 {
            pieces.push(Piece::Literal(&rest[..start]));
        }
        let value = rest[start..].strip_prefix(char::from(START))?;
        let end = memchr2(START, END, value.as_bytes())?;
        rest = value[end..].strip_prefix(char::from(END))?;
        pieces.push(Piece::Value(&value[..end]));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_pair_or_the_text_is_refused() {
        let cut = pieces("a \u{1}b\u{2}\u{1}\u{2} c").expect("paired");
        let expected = [Piece::Literal("a "), Piece::Value("b"), Piece::Value(""), Piece::Literal(" c")];
        assert_eq!(cut, expected);
        for bad in ["\u{1}", "\u{2}", "\u{1}\u{1}a\u{2}\u{2}", "\u{2}a\u{1}"] {
            assert_eq!(pieces(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_value_cannot_bring_marks_of_its_own() {
        assert!(mark("a\u{2}b", &mut Vec::new()).is_err());
    }
}

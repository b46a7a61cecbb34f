use serde::{Serialize, Serializer};
use thiserror::Error;

/// A drawing that a page takes as it is: the only thing that may bring tags of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is no drawing for a page: {0}")]
pub struct NoDrawing(&'static str);

/// What a drawing of ours never holds, and what could act or reach out of the page.
const REFUSED: [(&str, &str); 8] = [
    ("<script", "it holds a script"),
    ("<foreignobject", "it holds a foreign object"),
    ("<iframe", "it holds a frame"),
    ("<image", "it holds an image"),
    ("<use", "it takes something from elsewhere"),
    ("href", "it holds a link"),
    ("javascript:", "it holds a program"),
    ("<!", "it holds a declaration or a comment"),
];

impl Markup {
    /// An SVG element that neither acts nor reaches out.
    pub fn drawing(svg: &str) -> Result<Self, NoDrawing> {
        let svg = svg.trim();
        if !svg.starts_with("<svg ") || !svg.ends_with("</svg>") {
            return Err(NoDrawing("it is not one svg element"));
        }
        let lower = svg.to_ascii_lowercase();
        if let Some((_, why)) = REFUSED.iter().find(|(part, _)| lower.contains(part)) {
            return Err(NoDrawing(why));
        }
        if has_handler(&lower) {
            return Err(NoDrawing("it holds an event handler"));
        }
        Ok(Self(svg.to_owned()))
    }
}

/// Whether a tag has an attribute like `onload`.
fn has_handler(lower: &str) -> bool {
    let mut tags = lower.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    tags.any(|tag| {
        tag.split([' ', '\n', '\t', '"', '\'', '/']).any(|word| word.starts_with("on") && word.contains('='))
    })
}

impl Serialize for Markup {
    /// As Tera's safe string, which passes the escape function by.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tera::Value::safe_string(&self.0).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drawings() {
        assert!(Markup::drawing("<svg a=\"b\"><text>on = off</text></svg>\n").is_ok());
        for bad in [
            "<p>x</p>",
            "<svg a=\"b\"></svg><p></p>",
            "<svg a=\"b\"><SCRIPT>x</SCRIPT></svg>",
            "<svg onload=\"x\"></svg>",
            "<svg a=\"b\"/onload=x></svg>",
            "<svg a=\"b\"><a xlink:href=\"x\"/></svg>",
            "<svg a=\"b\"><image a=\"b\"/></svg>",
        ] {
            assert!(Markup::drawing(bad).is_err(), "{bad}");
        }
    }
}

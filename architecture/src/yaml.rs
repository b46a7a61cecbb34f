//! YAML text to a tree that knows where everything stands.
//!
//! Scalars stay text: what `1.10` or `no` means is decided by the field that holds it. What a spec has no use for
//! and what makes YAML hard to trust (aliases, tags, several documents) is refused, not ignored.

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError};
use unicode_normalization::UnicodeNormalization;

use crate::diagnostic::{Diagnostic, note};
use crate::source::Span;

pub(crate) const LARGEST_SPEC: usize = 1024 * 1024;
pub(crate) const DEEPEST_SPEC: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A text, and whether it stood there plain (without quotes, not as a block).
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub key: Node,
    pub value: Node,
}

impl Node {
    /// `null`, `~` or nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of this map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key.text() == Some(key))
    }

    /// What kind of thing this is, for a message.
    pub(crate) fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { .. } if self.is_empty() => "nothing",
            Kind::Scalar { .. } => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}

/// The tree, and what is wrong with the text; a tree may come back beside complaints, so that its fields can be
/// read and every problem be reported at once.
pub(crate) fn parse(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    if text.len() > LARGEST_SPEC {
        let message = format!("a spec holds at most {LARGEST_SPEC} bytes, this one has {}", text.len());
        return (None, vec![Diagnostic::new(0..0, message)]);
    }
    let mut options = Options::default();
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    let mut builder =
        Builder { events: Parser::new_from_str_with_options(text, options), problems: Vec::new() };
    let root = builder.document(text.len());
    (root, builder.problems)
}

struct Builder<P> {
    events: P,
    problems: Vec<Diagnostic>,
}

type Parsed<'a> = Result<(Event<'a>, granit_parser::Span), ScanError>;

/// The text cannot be understood beyond this point; the reason has been noted.
struct Broken;

impl<'a, P: Iterator<Item = Parsed<'a>>> Builder<P> {
    fn document(&mut self, length: usize) -> Option<Node> {
        let root = match self.node(0) {
            Ok(Some(root)) => root,
            Ok(None) => {
                if self.problems.is_empty() {
                    self.problems.push(
                        Diagnostic::new(0..0, "the spec is empty")
                            .hint("`provision init` writes one that you can start from"),
                    );
                }
                return None;
            }
            Err(Broken) => return None,
        };
        if let Ok(Some(second)) = self.node(0) {
            let start = second.span.start.min(length);
            self.problems.push(Diagnostic::new(
                start..start,
                "a second document begins here: a file holds one deployment",
            ));
        }
        Some(root)
    }

    /// The next node, or `None` where a collection, the document or the stream ends.
    fn node(&mut self, depth: usize) -> Result<Option<Node>, Broken> {
        loop {
            let Some(next) = self.events.next() else { return Ok(None) };
            let (event, span) = next.map_err(|error| self.broken(&error))?;
            let span = span.byte_range().unwrap_or(0..0);
            let too_deep = depth >= DEEPEST_SPEC;
            match event {
                Event::Scalar(text, style, _, tag) => {
                    self.refuse_tag(tag.is_some(), &span);
                    let kind = Kind::Scalar {
                        text: text.nfc().collect(),
                        plain: matches!(style, ScalarStyle::Plain),
                    };
                    return Ok(Some(Node { span, kind }));
                }
                Event::SequenceStart(..) | Event::MappingStart(..) if too_deep => {
                    let message = format!("a spec is at most {DEEPEST_SPEC} levels deep");
                    note(&mut self.problems, Diagnostic::new(span, message));
                    return Err(Broken);
                }
                Event::SequenceStart(_, _, tag) => {
                    self.refuse_tag(tag.is_some(), &span);
                    return self.list(span, depth).map(Some);
                }
                Event::MappingStart(_, _, tag) => {
                    self.refuse_tag(tag.is_some(), &span);
                    return self.map(span, depth).map(Some);
                }
                Event::Alias(_) | Event::UnresolvedAlias(_) => {
                    let problem = Diagnostic::new(span.clone(), "aliases are not used in a spec")
                        .hint("write the value where it is needed");
                    note(&mut self.problems, problem);
                    return Ok(Some(Node { span, kind: Kind::Scalar { text: String::new(), plain: true } }));
                }
                Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd => return Ok(None),
                _ => {}
            }
        }
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        let mut items: Vec<Node> = Vec::new();
        while let Some(item) = self.node(depth + 1)? {
            items.push(item);
        }
        let end = items.last().map_or(start.end, |last| last.span.end);
        Ok(Node { span: start.start..end.max(start.end), kind: Kind::List(items) })
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(key) = self.node(depth + 1)? {
            let Some(value) = self.node(depth + 1)? else { break };
            entries.push(Entry { key, value });
        }
        let end = entries.last().map_or(start.end, |last| last.value.span.end);
        Ok(Node { span: start.start..end.max(start.end), kind: Kind::Map(entries) })
    }

    fn refuse_tag(&mut self, tagged: bool, span: &Span) {
        if tagged {
            let problem = Diagnostic::new(span.clone(), "tags (`!…`) are not used in a spec");
            note(&mut self.problems, problem);
        }
    }

    fn broken(&mut self, error: &ScanError) -> Broken {
        let offset = error.marker().byte_offset().unwrap_or(0);
        // The parser explains itself as "while doing this, that happened": people need the second half first.
        self.problems.push(Diagnostic::new(offset..offset, format!("this is not YAML: {}", error.info())));
        Broken
    }
}

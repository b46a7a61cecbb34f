//! From the tree to types, collecting every problem on the way.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Diagnostic, MOST_PROBLEMS, did_you_mean, note, quoted};
use crate::source::Span;
use crate::spec::SecretStore;
use crate::spec::shape::Shape;
use crate::yaml::{Entry, Kind, Node};

/// Words in a key that say: the value may be a secret, do not show it.
const SECRET_WORDS: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "licence",
    "license",
    "credential",
    "privatekey",
    "apikey",
    "accesskey",
    "integrationkey",
    "connectionstring",
    "pagerduty",
    "victorops",
    "webhook",
];

/// A list or a map longer than this describes no deployment.
const MOST_ENTRIES: usize = 1_000;

/// What reading has found so far.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub problems: Vec<Diagnostic>,
    pub secrets: Vec<Span>,
}

impl Reader {
    pub(crate) fn problem(&mut self, node: &Node, message: impl Into<String>) {
        note(&mut self.problems, Diagnostic::new(pointed(node), message));
    }

    pub(crate) fn problem_with_hint(
        &mut self,
        node: &Node,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        note(&mut self.problems, Diagnostic::new(pointed(node), message).hint(hint));
    }

    /// Whether further problems would not be shown: then what it takes to word them is not worth it.
    fn has_enough(&self) -> bool {
        self.problems.len() > MOST_PROBLEMS
    }

    /// A value of the spec as a problem may quote it; not at all, where it may be a secret.
    pub(crate) fn quoted(&self, node: &Node, text: &str) -> String {
        if self.is_hidden(node) { "the value".to_owned() } else { quoted(text) }
    }

    /// From now on nothing below this node is shown.
    pub(crate) fn hide(&mut self, node: &Node) {
        match &node.kind {
            Kind::Scalar { .. } => self.secrets.push(node.span.clone()),
            Kind::List(items) => items.iter().for_each(|item| self.hide(item)),
            Kind::Map(entries) => {
                for Entry { key, value } in entries {
                    // `{ hunter2 }` is a map whose key is the secret.
                    if !matches!(key.text(), Some("from" | "name")) {
                        self.hide(key);
                    }
                    self.hide(value);
                }
            }
        }
    }

    fn is_hidden(&self, node: &Node) -> bool {
        self.secrets.iter().any(|secret| secret.start <= node.span.start && node.span.end <= secret.end)
    }

    /// Hides what this tree calls a secret, wherever it stands.
    pub(crate) fn hide_what_is_named_secret(&mut self, node: &Node) {
        match &node.kind {
            Kind::Scalar { text, .. } => {
                if carries_secret(text) {
                    self.hide(node);
                }
            }
            Kind::List(items) => items.iter().for_each(|item| self.hide_what_is_named_secret(item)),
            Kind::Map(entries) => {
                for Entry { key, value } in entries {
                    if key.text().is_some_and(sounds_secret) && !is_reference(value) {
                        self.hide(value);
                    } else {
                        self.hide_what_is_named_secret(value);
                    }
                }
            }
        }
    }
}

/// `{ from, name }` names a secret; it holds none. With anything else in its place, it may hold one.
fn is_reference(node: &Node) -> bool {
    let well_formed = |Entry { key, value }: &Entry| match (key.text(), value.text()) {
        (Some("from"), Some(store)) => SecretStore::from_word(store).is_some(),
        (Some("name"), Some(_)) => true,
        _ => false,
    };
    !node.entries().is_empty() && node.entries().iter().all(well_formed)
}

/// Whether a text says of itself that it holds a secret: `PASSWORD=hunter2`, `https://me:hunter2@host`, a key.
fn carries_secret(text: &str) -> bool {
    text.split_once(['=', ':']).is_some_and(|(name, _)| sounds_secret(name)) || is_credential(text)
}

/// Whether a text is of a kind that holds a secret, whatever it is called.
pub(crate) fn is_credential(text: &str) -> bool {
    let in_address = text.split("://").skip(1).any(|rest| {
        let host = rest.split(['/', '?', '#', ' ', '\n']).next().unwrap_or_default();
        host.contains('@')
    });
    in_address || text.contains("PRIVATE KEY")
}

pub(crate) fn sounds_secret(key: &str) -> bool {
    let plain: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_WORDS.iter().any(|word| plain.contains(word))
}

/// What the caret stands under: a whole map or list would underline half the file.
fn pointed(node: &Node) -> Span {
    match &node.kind {
        Kind::Scalar { .. } => node.span.clone(),
        Kind::List(_) => node.span.start..node.span.start + 1,
        Kind::Map(entries) => entries.first().map_or(node.span.clone(), |first| first.key.span.clone()),
    }
}

/// A type that can be read from the tree of a spec, and that can say what it looks like.
pub(crate) trait Read: Sized {
    /// `None` means: reported, go on with the next.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// The value of a field that was left out; `None` means it may not be.
    fn absent() -> Option<Self> {
        None
    }

    /// The value where it says something, the other where it doesn't, field by field.
    #[must_use]
    fn or(self, _other: Self) -> Self {
        self
    }

    /// Whether the value says nothing, so that it isn't written.
    fn says_nothing(&self) -> bool {
        false
    }

    fn shape() -> Shape;
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Some(mine), Some(other)) => Some(mine.or(other)),
            (mine, other) => mine.or(other),
        }
    }

    fn says_nothing(&self) -> bool {
        self.is_none()
    }

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Kind::List(items) = &node.kind else {
            reader.problem(node, format!("expected a list, found {}", node.what()));
            return None;
        };
        if items.len() > MOST_ENTRIES {
            reader
                .problem(node, format!("a list has at most {MOST_ENTRIES} items, this one {}", items.len()));
            return None;
        }
        // Every item is read, so that every problem is reported, before the list is given up.
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, reader)).collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn or(self, other: Self) -> Self {
        if self.is_empty() { other } else { self }
    }

    fn says_nothing(&self) -> bool {
        self.is_empty()
    }

    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}

impl<K: Read + Ord, T: Read> Read for BTreeMap<K, T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            reader.problem(node, format!("expected a map, found {}", node.what()));
            return None;
        };
        if entries.len() > MOST_ENTRIES {
            let message = format!("a map has at most {MOST_ENTRIES} entries, this one {}", entries.len());
            reader.problem(node, message);
            return None;
        }
        report_doubles(entries, reader);
        let read: Vec<Option<(K, T)>> = entries
            .iter()
            .map(|entry| {
                let key = K::read(&entry.key, reader);
                let value = T::read(&entry.value, reader);
                key.zip(value)
            })
            .collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(BTreeMap::new())
    }

    fn or(mut self, other: Self) -> Self {
        for (key, theirs) in other {
            let value = match self.remove(&key) {
                Some(mine) => mine.or(theirs),
                None => theirs,
            };
            self.insert(key, value);
        }
        self
    }

    fn says_nothing(&self) -> bool {
        self.is_empty()
    }

    fn shape() -> Shape {
        Shape::Map { keys: Box::new(K::shape()), values: Box::new(T::shape()) }
    }
}

/// Any text, of any length: only our own data files have such fields.
impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        scalar(node, "a text", reader).map(str::to_owned)
    }

    fn shape() -> Shape {
        Shape::Text { about: "a text", pattern: None, examples: &[] }
    }
}

/// Any number: only our own data files have such fields.
impl Read for f64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = scalar(node, "a number", reader)?;
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            reader.problem(node, format!("expected a number, found {}", reader.quoted(node, text)));
        }
        number
    }

    fn shape() -> Shape {
        Shape::Text { about: "a number", pattern: None, examples: &[] }
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.kind {
            Kind::Scalar { text, plain: true } if text == "true" => Some(true),
            Kind::Scalar { text, plain: true } if text == "false" => Some(false),
            Kind::Scalar { text, .. } => {
                let found = reader.quoted(node, text);
                reader.problem(node, format!("expected `true` or `false`, found {found}"));
                None
            }
            _ => {
                reader.problem(node, format!("expected `true` or `false`, found {}", node.what()));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::Boolean
    }
}

/// The text of a scalar, or a complaint.
pub(crate) fn scalar<'n>(node: &'n Node, wanted: &str, reader: &mut Reader) -> Option<&'n str> {
    match &node.kind {
        Kind::Scalar { text, .. } if !node.is_empty() => Some(text),
        _ => {
            reader.problem(node, format!("expected {wanted}, found {}", node.what()));
            None
        }
    }
}

/// A whole number within bounds.
pub(crate) fn whole_number(node: &Node, least: u64, most: u64, reader: &mut Reader) -> Option<u64> {
    let wanted = format!("a whole number from {least} to {most}");
    let text = scalar(node, &wanted, reader)?;
    let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    if number.is_none() {
        reader.problem(node, format!("expected {wanted}, found {}", reader.quoted(node, text)));
    }
    number
}

/// The same key twice: YAML readers disagree on which one counts.
pub(crate) fn report_doubles(entries: &[Entry], reader: &mut Reader) {
    let mut seen: HashMap<&str, ()> = HashMap::with_capacity(entries.len());
    for Entry { key, .. } in entries {
        if reader.has_enough() {
            return;
        }
        let Some(name) = key.text() else {
            reader.problem(key, format!("a key must be a text, found {}", key.what()));
            continue;
        };
        if seen.insert(name, ()).is_some() {
            reader.problem_with_hint(
                key,
                format!("{} stands here twice", quoted(name)),
                "keep one of the two",
            );
        }
    }
}

/// The entries of a map that must consist of these fields.
pub(crate) fn known_entries<'n>(
    node: &'n Node,
    what: &str,
    fields: &[&str],
    reader: &mut Reader,
) -> Option<&'n [Entry]> {
    let Kind::Map(entries) = &node.kind else {
        reader.problem_with_hint(
            node,
            format!("expected {what}, found {}", node.what()),
            format!("its fields: {}", fields.join(", ")),
        );
        return None;
    };
    report_doubles(entries, reader);
    for Entry { key, value } in entries {
        let Some(name) = key.text() else { continue };
        if fields.contains(&name) {
            continue;
        }
        if sounds_secret(name) {
            reader.hide(value);
        }
        if reader.has_enough() {
            continue;
        }
        let hint = did_you_mean(name, fields.iter().copied());
        reader.problem_with_hint(key, format!("unknown field {}", quoted(name)), hint);
    }
    Some(entries)
}

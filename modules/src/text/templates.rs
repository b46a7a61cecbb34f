use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use tera::{Context, Delimiters, Error, Kwargs, State, Tera, TeraResult, Value};
use thiserror::Error as ThisError;

use super::canonical::canonical;
use super::file_type::{FileType, UnknownFileType};
use super::marks::mark;
use super::overrides::Overrides;
use super::place::{Misplaced, place};

/// The templates, one engine for each file type.
pub struct Templates {
    engines: BTreeMap<FileType, Tera>,
    listed: BTreeMap<String, Listed>,
}

/// One template, as a list of them shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub name: String,
    pub origin: Origin,
    /// SHA-256 of its text.
    pub hash: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    BuiltIn,
    /// From a user's folder.
    Override,
}

#[derive(Debug, ThisError)]
pub enum TemplateError {
    #[error(transparent)]
    UnknownFileType(#[from] UnknownFileType),
    #[error("there is no template `{name}`; {advice}")]
    Unknown { name: String, advice: String },
    #[error("a template is not well formed:\n{message}")]
    Malformed { message: String },
    #[error("template `{name}` can't be filled:\n{message}")]
    Unfilled { name: String, message: String },
    #[error("template `{name}` nests more than {DEEPEST_LOOPS} loops: take the inner ones out")]
    TooDeep { name: String },
    #[error(transparent)]
    Misplaced(#[from] Misplaced),
}

/// More than anything that we render needs; what a template of somebody else's may cost at most.
const DEEPEST_LOOPS: usize = 4;
const LONGEST_RANGE: i128 = 1_000;
const LARGEST_TEXT: usize = 64 * 1024 * 1024;

/// Filters whose result Tera takes for safe text: with them a template could switch the escaping off.
const REFUSED_FILTERS: [&str; 5] = ["safe", "escape", "escape_html", "escape_xml", "newlines_to_br"];

impl Templates {
    /// Our templates by name and text, with a user's in their places.
    pub fn load<'a>(
        built_in: impl IntoIterator<Item = (&'a str, &'a str)>,
        overrides: &Overrides,
    ) -> Result<Self, TemplateError> {
        let mut texts: BTreeMap<&str, (Origin, &str)> =
            built_in.into_iter().map(|(name, text)| (name, (Origin::BuiltIn, text))).collect();
        for (name, text) in &overrides.texts {
            if !texts.contains_key(name.as_str()) {
                return Err(unknown(name, texts.keys().copied()));
            }
            texts.insert(name, (Origin::Override, text));
        }
        let mut templates = Self { engines: BTreeMap::new(), listed: BTreeMap::new() };
        let mut by_type: BTreeMap<FileType, Vec<(&str, String)>> = BTreeMap::new();
        for (name, (origin, text)) in texts {
            let file_type = FileType::of(name)?;
            if deepest_loops(text, &file_type.delimiters().block_start) > DEEPEST_LOOPS {
                return Err(TemplateError::TooDeep { name: name.to_owned() });
            }
            by_type
                .entry(file_type)
                .or_default()
                .push((name, without_tag_lines(text, &file_type.delimiters())));
            let hash = crate::hash::sha256(text.as_bytes());
            templates.listed.insert(name.to_owned(), Listed { name: name.to_owned(), origin, hash });
        }
        for (file_type, texts) in by_type {
            // All at once, because they may include each other.
            let malformed = |error: Error| TemplateError::Malformed { message: error.to_string() };
            let mut engine = engine(file_type).map_err(malformed)?;
            engine.add_raw_templates(texts).map_err(malformed)?;
            templates.engines.insert(file_type, engine);
        }
        Ok(templates)
    }

    /// Every template, by name.
    pub fn list(&self) -> impl Iterator<Item = &Listed> {
        self.listed.values()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.listed.contains_key(name)
    }

    /// Fills a template. Every value is escaped for its place; Terraform comes out as `terraform fmt` leaves it.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let file_type = FileType::of(name)?;
        let unfilled =
            |error: Error| TemplateError::Unfilled { name: name.to_owned(), message: error.to_string() };
        let engine = self
            .engines
            .get(&file_type)
            .filter(|_| self.contains(name))
            .ok_or_else(|| unknown(name, self.listed.keys().map(String::as_str)))?;
        let context = Context::from_serialize(context).map_err(unfilled)?;
        let mut out = Limited(Vec::new());
        engine.render_to(name, &context, &mut out).map_err(unfilled)?;
        let marked = String::from_utf8(out.0).map_err(|error| unfilled(Error::message(error.to_string())))?;
        let text = place(file_type, name, &marked)?;
        Ok(if file_type == FileType::Hcl { canonical(&text) } else { text })
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> TemplateError {
    let file = name.rsplit('/').next().unwrap_or(name);
    let alike = known.filter(|known| known.rsplit('/').next() == Some(file)).collect::<Vec<_>>();
    let advice = if alike.is_empty() {
        "`provision render --list-templates` shows them".to_owned()
    } else {
        format!("did you mean `{}`?", alike.join("` or `"))
    };
    TemplateError::Unknown { name: name.to_owned(), advice }
}

fn engine(file_type: FileType) -> Result<Tera, Error> {
    let mut engine = Tera::new();
    engine.set_delimiters(file_type.delimiters())?;
    engine.set_escape_fn(mark);
    engine.autoescape_on([""]);
    for filter in REFUSED_FILTERS {
        engine.register_filter(filter, move |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Err(Error::message(format!("`{filter}` would switch the escaping off: templates can't")))
        });
    }
    engine.register_filter("ident", |name: &str, _: Kwargs, _: &State| -> TeraResult<Value> {
        identifier(name)
    });
    engine.register_function("range", |arguments: Kwargs, _: &State| -> TeraResult<Vec<i128>> {
        let start = arguments.get::<i128>("start")?.unwrap_or_default();
        let end = arguments.must_get::<i128>("end")?;
        if !(0..=LONGEST_RANGE).contains(&end.saturating_sub(start)) {
            return Err(Error::message(format!("a range has between 0 and {LONGEST_RANGE} numbers")));
        }
        Ok((start..end).collect())
    });
    Ok(engine)
}

/// A part of a reference, `aws_vpc.{{ vpc.local | ident }}.id`: nothing but a name passes.
fn identifier(name: &str) -> TeraResult<Value> {
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_name && !name.is_empty() {
        Ok(Value::safe_string(name))
    } else {
        Err(Error::message(format!(
            "{name:?} is no name: a part of a reference holds letters, digits and `_`"
        )))
    }
}

/// A line that holds nothing but a tag leaves no line behind: its line break moves into the tag, so that the numbers of
/// lines stay what they are.
fn without_tag_lines(text: &str, delimiters: &Delimiters) -> String {
    let (start, end) = (delimiters.block_start.as_ref(), delimiters.block_end.as_ref());
    let alone = |line: &str| {
        let tag = line.trim();
        let inside = tag.strip_prefix(start)?.strip_suffix(end)?;
        let one = !inside.contains(end) && line.ends_with('\n');
        let (inside, trims) = inside.strip_suffix('-').map_or((inside, ""), |inside| (inside, "-"));
        one.then(|| format!("{start}{inside}\n{trims}{end}"))
    };
    text.split_inclusive('\n').map(|line| alone(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// How deeply loops stand in each other.
fn deepest_loops(text: &str, block_start: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for block in text.split(block_start).skip(1) {
        let word = block.trim_start_matches(['-', ' ', '\n', '\t', '\r']).split_whitespace().next();
        match word {
            Some("for") => depth += 1,
            Some(word) if word.starts_with("endfor") => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Takes so much and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST_TEXT {
            return Err(io::Error::other(format!("the text grows beyond {LARGEST_TEXT} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

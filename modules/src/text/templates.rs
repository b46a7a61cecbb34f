use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::OnceLock;

use serde::Serialize;
use tera::{Context, Error, Tera};
use thiserror::Error as ThisError;

use super::canonical::canonical;
use super::engine::engine;
use super::file_type::{FileType, UnknownFileType};
use super::overrides::Overrides;
use super::place::{Misplaced, place};
use super::source::{deepest_loops, included, without_tag_lines};

/// The templates, each in an engine for the type of its file.
pub struct Templates {
    by_name: BTreeMap<String, Template>,
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
const LARGEST_TEXT: usize = 64 * 1024 * 1024;

/// What is known of a template: its text, and the engine that fills it once somebody asked for it.
struct Template {
    origin: Origin,
    file_type: FileType,
    text: String,
    engine: OnceLock<Tera>,
}

impl Template {
    fn listed(&self, name: &str) -> Listed {
        let hash = crate::hash::sha256(self.text.as_bytes());
        Listed { name: name.to_owned(), origin: self.origin, hash }
    }
}

impl Templates {
    /// Our templates by name and text, with a user's in their places. Ours are read when they are first filled: a
    /// deployment needs those of one cloud, and all of them take longer to read than its own take to fill. With a
    /// user's among them all are read at once, so that a mistake is told before anything is written.
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
        let by_name = texts
            .into_iter()
            .map(|(name, (origin, text))| {
                let (file_type, text) = (FileType::of(name)?, text.to_owned());
                Ok((name.to_owned(), Template { origin, file_type, text, engine: OnceLock::new() }))
            })
            .collect::<Result<_, TemplateError>>()?;
        let templates = Self { by_name };
        if !overrides.texts.is_empty() {
            templates.check()?;
        }
        Ok(templates)
    }

    /// Reads every template.
    pub fn check(&self) -> Result<(), TemplateError> {
        self.by_name.iter().try_for_each(|(name, template)| self.engine_of(name, template).map(drop))
    }

    /// Every template, by name.
    pub fn list(&self) -> impl Iterator<Item = Listed> {
        self.by_name.iter().map(|(name, template)| template.listed(name))
    }

    /// Those of a user.
    pub fn overridden(&self) -> impl Iterator<Item = Listed> {
        let theirs = self.by_name.iter().filter(|(_, template)| template.origin == Origin::Override);
        theirs.map(|(name, template)| template.listed(name))
    }

    /// Fills a template. Every value is escaped for its place; Terraform comes out as `terraform fmt` leaves it.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let unfilled =
            |error: Error| TemplateError::Unfilled { name: name.to_owned(), message: error.to_string() };
        let template =
            self.by_name.get(name).ok_or_else(|| unknown(name, self.by_name.keys().map(String::as_str)))?;
        let engine = self.engine_of(name, template)?;
        let context = Context::from_serialize(context).map_err(unfilled)?;
        let mut out = Limited(Vec::new());
        engine.render_to(name, &context, &mut out).map_err(unfilled)?;
        let marked = String::from_utf8(out.0).map_err(|error| unfilled(Error::message(error.to_string())))?;
        let text = place(template.file_type, name, &marked)?;
        Ok(if template.file_type == FileType::Hcl { canonical(&text) } else { text })
    }

    /// The engine that holds a template and what it takes in, and nothing else.
    fn engine_of<'a>(&self, name: &str, template: &'a Template) -> Result<&'a Tera, TemplateError> {
        if let Some(engine) = template.engine.get() {
            return Ok(engine);
        }
        let malformed = |error: Error| TemplateError::Malformed { message: error.to_string() };
        let delimiters = template.file_type.delimiters();
        let mut texts = BTreeMap::new();
        let mut wanted = vec![name];
        while let Some(name) = wanted.pop() {
            // What isn't there, or is of another type, is Tera's to report: it knows the line.
            let known = self.by_name.get(name).filter(|known| known.file_type == template.file_type);
            let Some(known) = known else { continue };
            if deepest_loops(&known.text, &delimiters.block_start) > DEEPEST_LOOPS {
                return Err(TemplateError::TooDeep { name: name.to_owned() });
            }
            if texts.insert(name, without_tag_lines(&known.text, &delimiters)).is_none() {
                wanted.extend(included(&known.text, &delimiters.block_start));
            }
        }
        let mut engine = engine(template.file_type).map_err(malformed)?;
        engine.add_raw_templates(texts).map_err(malformed)?;
        Ok(template.engine.get_or_init(|| engine))
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

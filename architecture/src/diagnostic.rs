use crate::source::{Source, Span};

/// One thing that is wrong with a spec: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub span: Span,
    pub message: String,
    pub hint: Option<String>,
}

impl Diagnostic {
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Everything that is wrong with one spec, in the order of the text, and what of the text must not be shown.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    pub source: Source,
    pub list: Vec<Diagnostic>,
    secrets: Vec<Span>,
}

impl Diagnostics {
    pub fn new(source: Source, mut list: Vec<Diagnostic>, secrets: Vec<Span>) -> Self {
        list.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
        list.dedup();
        if list.len() > MOST_PROBLEMS {
            list.truncate(MOST_PROBLEMS);
            let last = list[MOST_PROBLEMS - 1].span.clone();
            let message = format!("there are more problems than these {MOST_PROBLEMS}: mend these first");
            list.push(Diagnostic::new(last, message));
        }
        Self { source, list, secrets }
    }

    /// The source as it may be shown.
    pub fn shown_text(&self) -> String {
        self.source.masked(&self.secrets)
    }
}

/// More problems than this are not read by anybody, and a spec of a mebibyte could have a hundred thousand.
pub(crate) const MOST_PROBLEMS: usize = 100;

/// Notes a problem, as long as there are few enough to be read.
pub(crate) fn note(problems: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
    // One more than is shown, so that it is known that there are more.
    if problems.len() <= MOST_PROBLEMS {
        problems.push(diagnostic);
    }
}

/// More words than this in a hint are not read by anybody.
const MOST_LISTED: usize = 24;

/// A text longer than this is no misspelt word, and measuring how far it is from one takes memory by its length.
const LONGEST_WORD: usize = 64;

/// A hint that names the nearest of the valid words, or else all of them.
pub fn did_you_mean<'a>(got: &str, valid: impl IntoIterator<Item = &'a str>) -> String {
    let valid: Vec<&str> = valid.into_iter().collect();
    let nearest = valid
        .iter()
        .filter(|_| got.len() <= LONGEST_WORD)
        .map(|word| (strsim::damerau_levenshtein(got, word), *word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .min();
    match nearest {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None if valid.len() > MOST_LISTED => {
            format!("known here: {}, … ({} in all)", valid[..MOST_LISTED].join(", "), valid.len())
        }
        None => format!("known here: {}", valid.join(", ")),
    }
}

/// A value as an error may quote it: on one line, without control characters, cut when long.
pub fn quoted(value: &str) -> String {
    const LONGEST: usize = 48;
    let clean: String = value.chars().map(|c| if c.is_control() { '·' } else { c }).collect();
    if clean.chars().count() <= LONGEST {
        return format!("`{clean}`");
    }
    let start: String = clean.chars().take(LONGEST).collect();
    format!("`{start}…`")
}

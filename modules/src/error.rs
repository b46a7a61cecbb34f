use std::borrow::Cow;

use thiserror::Error;

use crate::text::{NotAnExpression, TemplateError};

/// Why a topology can't be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// What is asked for does not exist on this cloud or in this runtime.
    #[error("`{at}`: {what}; {instead}")]
    Impossible {
        /// The field of the spec.
        at: Cow<'static, str>,
        what: String,
        /// What to choose instead.
        instead: String,
    },
    #[error("the tag `{key}` {what}")]
    Tag { key: String, what: String },
    #[error(
        "{address} is a `{kind}`, of which no facts are known: add them to the kinds, or correct the template"
    )]
    UnknownKind { address: String, kind: String },
    #[error("{address} stands twice in the rendered files: rename one of them in its template")]
    Twice { address: String },
    #[error("{address} would have {found} tags, its kind allows {most}: leave some of `tags` out")]
    TooManyTags { address: String, found: usize, most: usize },
    #[error(
        "the user data of {role} comes to {size} bytes, {most} are allowed: shorten what its templates write"
    )]
    UserDataTooLarge { role: String, size: usize, most: usize },
    #[error("the spec can't be written: {why}")]
    Spec { why: String },
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Expression(#[from] NotAnExpression),
    #[error("the kernel profile of {role} can't be composed")]
    Tuning {
        role: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl RenderError {
    pub(crate) fn impossible(
        at: impl Into<Cow<'static, str>>,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self::Impossible { at: at.into(), what: what.into(), instead: instead.into() }
    }
}

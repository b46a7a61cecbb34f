//! The one place that reads the environment.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What of the environment the tool heeds. Every flag has a twin here, which clap declares beside the flag.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `NO_COLOR` is set to something: no colours, whatever the terminal can do.
    pub no_color: bool,
    /// `COLUMNS`: how wide text may be.
    pub columns: Option<usize>,
}

#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn read() -> Environment {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    Environment {
        no_color: set("NO_COLOR"),
        columns: std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()),
    }
}

/// The values of Terraform variables: `TF_VAR_name`, without the prefix.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn terraform_variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)))
        .collect()
}

/// Who runs it, as far as the environment knows.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn user() -> Option<String> {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty() && !name.chars().any(char::is_control))
}

/// A program on PATH.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

/// A variable that a cloud's own tools heed, too.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

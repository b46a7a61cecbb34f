//! The values of variables: where they may come from, and which source wins.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::Scope;
use crate::Value;
use crate::load::expression::Expression;
use crate::load::{Directory, ExpressionConverter, Files, Type, Variable, constant};
use crate::problem::{Problem, Problems, SourceFile};

pub type Variables = BTreeMap<String, Value>;

/// Values from outside the directory.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `TF_VAR_name=text`, without the prefix.
    pub environment: BTreeMap<String, String>,
    /// From files named on the command line, later over earlier.
    pub files: IndexMap<String, Value>,
    /// `--var name=text`, later over earlier.
    pub arguments: Vec<(String, String)>,
}

/// Gives every variable its value: environment, then the directory's own files of values, then the named files, then
/// the command line; else its default.
pub fn resolve_variables(directory: &Directory, files: &Files, given: &Given) -> Result<Variables, Problems> {
    let mut problems = Problems::default();
    let mut values = Variables::new();
    for (name, _) in &given.arguments {
        if !directory.variables.contains_key(name) {
            problems
                .add(Problem::new(None, format!("`--var {name}=…`: the directory has no variable `{name}`")));
        }
    }
    for (name, variable) in &directory.variables {
        match value_of(name, variable, directory, given) {
            Ok(value) => {
                values.insert(name.clone(), value.hidden_if(variable.sensitive));
            }
            Err(problem) => problems.add(problem),
        }
    }
    validate(directory, files, &values, &mut problems);
    problems.none().map(|()| values)
}

/// For those who only look: a variable without a value is not known yet; a value that can't be is said.
pub(crate) fn variables_as_far_as_known(
    directory: &Directory,
    given: &Given,
    problems: &mut Problems,
) -> Variables {
    let mut values = Variables::new();
    for (name, variable) in &directory.variables {
        let is_given = variable.default.is_some() || directory.values.contains_key(name);
        let value = match value_of(name, variable, directory, given) {
            Ok(value) => value.hidden_if(variable.sensitive),
            Err(problem) => {
                if is_given {
                    problems.add(problem);
                }
                Value::Unknown(BTreeSet::new())
            }
        };
        values.insert(name.clone(), value);
    }
    values
}

fn value_of(name: &str, variable: &Variable, directory: &Directory, given: &Given) -> Result<Value, Problem> {
    let problem = |what: String| Problem::new(variable.span.clone(), what);
    let argument = given.arguments.iter().rev().find(|(given, _)| given == name).map(|(_, text)| text);
    if argument.is_some() && variable.sensitive {
        return Err(problem(format!(
            "`{name}` is sensitive, and everyone on the machine can read a command line"
        ))
        .advise(format!("set `TF_VAR_{name}` in the environment")));
    }
    let raw = if let Some(text) = argument {
        from_text(text, &variable.kind).map_err(&problem)?
    } else if let Some(value) = given.files.get(name).or_else(|| directory.values.get(name)) {
        value.clone()
    } else if let Some(text) = given.environment.get(name) {
        from_text(text, &variable.kind).map_err(&problem)?
    } else if let Some(default) = &variable.default {
        constant(default).ok_or_else(|| problem(format!("the default of `{name}` is no plain value")))?
    } else {
        // A sensitive one would be refused on the command line.
        let on_the_line = if variable.sensitive { String::new() } else { format!("`--var {name}=…`, ") };
        return Err(problem(format!("the variable `{name}` has no value")).advise(format!(
            "give it one: {on_the_line}a `.tfvars` file, or `TF_VAR_{name}` in the environment"
        )));
    };
    let raw = match (&raw, &variable.default) {
        (Value::Null, Some(default)) if !variable.nullable => constant(default).unwrap_or(Value::Null),
        _ => raw,
    };
    if raw == Value::Null && !variable.nullable {
        return Err(problem(format!("`{name}` must not be null")));
    }
    variable.kind.convert(raw).map_err(|what| problem(format!("`{name}`: {what}")))
}

fn from_text(text: &str, kind: &Type) -> Result<Value, String> {
    if kind.takes_text_as_is() {
        return Ok(Value::text(text));
    }
    expression(text)
        .as_ref()
        .and_then(constant)
        .ok_or_else(|| "a value as in a `.tfvars` file is needed".to_owned())
}

fn expression(text: &str) -> Option<Expression> {
    let parsed: hcl_edit::expr::Expression = text.parse().ok()?;
    let mut problems = Problems::default();
    let file = Arc::new(SourceFile { name: "a given value".to_owned(), text: text.to_owned() });
    let expression = ExpressionConverter { file, problems: &mut problems }.expression(&parsed);
    problems.0.is_empty().then_some(expression)
}

fn validate(directory: &Directory, files: &Files, values: &Variables, problems: &mut Problems) {
    let scope = Scope::new(directory, files, values);
    for (name, variable) in &directory.variables {
        if !values.contains_key(name) {
            continue;
        }
        for check in &variable.validations {
            if let Err(problem) = scope.holds(check) {
                problems.add(problem);
            }
        }
    }
}

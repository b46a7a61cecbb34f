use clap::Args;
use provision_host_tuning::catalogue::{Parameter, parameters, source};
use provision_host_tuning::profile::roles;
use serde_json::json;

use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::table;

/// List every role and every kernel parameter: range, default, scope
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune list
  provision tune list tcp
  provision tune list --json")]
pub struct Arguments {
    /// Only parameters whose name holds this
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let is_wanted = |parameter: &&Parameter| {
        arguments.text.as_ref().is_none_or(|text| parameter.key.as_str().contains(text.as_str()))
    };
    let wanted: Vec<&Parameter> = parameters().iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        return Err(Failure::new("no parameter is named like that").hint("provision tune list"));
    }
    if arguments.json {
        let list: Vec<_> = wanted.into_iter().map(document).collect();
        let roles: Vec<_> =
            roles().map(|role| json!({ "role": role.name(), "about": role.about() })).collect();
        output.json(&json!({ "schema": "provision.tune.list/1", "roles": roles, "parameters": list }))?;
        return Ok(ExitStatus::Fine);
    }
    let mut text = String::new();
    if arguments.text.is_none() {
        let rows: Vec<Vec<String>> =
            roles().map(|role| vec![role.name().to_owned(), role.about().to_owned()]).collect();
        text += &format!("ROLES\n{}\nPARAMETERS\n", table(&rows));
    }
    let heading = ["KEY", "VALUES", "DEFAULT", "POD", "SCOPE"].map(str::to_owned).to_vec();
    let rows: Vec<_> = [heading].into_iter().chain(wanted.into_iter().map(row)).collect();
    output.data(&(text + &table(&rows)))?;
    Ok(ExitStatus::Fine)
}

fn row(parameter: &Parameter) -> Vec<String> {
    vec![
        parameter.key.to_string(),
        parameter.kind.brief(),
        parameter.default.clone().unwrap_or_else(|| "by memory".to_owned()),
        parameter.pod.word().to_owned(),
        parameter.scope.word().to_owned(),
    ]
}

fn document(parameter: &Parameter) -> serde_json::Value {
    let sources: Vec<_> = parameter.sources.iter().filter_map(source).collect();
    json!({
        "key": parameter.key,
        "does": parameter.does,
        "values": parameter.kind.valid(),
        "default": parameter.default,
        "scope": parameter.scope,
        "pod": parameter.pod,
        "pod_safe_since": parameter.pod_safe_since,
        "since": parameter.since,
        "counterpart": parameter.counterpart,
        "module": parameter.module,
        "danger": parameter.danger,
        "verified": parameter.verified,
        "sources": sources,
    })
}

use clap::Args;
use provision_architecture::diagnostic::did_you_mean;
use provision_validation::rules::explain::{Explanation, every_rule, explain};

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{table, wrapped};

/// Explain a rule: what it asks, why, where it is said, how it changed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision explain KES-04
  provision explain            # every rule there is")]
pub struct Arguments {
    /// The rule's id; without one, all rules are listed
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let Some(id) = &arguments.rule else {
        list(arguments.json, output)?;
        return Ok(ExitStatus::Fine);
    };
    let explanation = explain(id).ok_or_else(|| {
        let ids: Vec<String> = every_rule().into_iter().map(|rule| rule.id).collect();
        Failure::new(format!("there is no rule `{id}`")).hint(did_you_mean(id, near(&ids, id)))
    })?;
    if arguments.json {
        output.json(&explanation)?;
    } else {
        output.data(&text(&explanation, output.style().width))?;
    }
    Ok(ExitStatus::Fine)
}

/// The ids of the same family, or else the first of each.
fn near<'a>(ids: &'a [String], id: &str) -> Vec<&'a str> {
    let family: String = id.chars().take(3).collect::<String>().to_uppercase();
    let same: Vec<&str> = ids.iter().map(String::as_str).filter(|known| known.starts_with(&family)).collect();
    if same.is_empty() {
        ids.iter().map(String::as_str).filter(|known| known.ends_with("-01")).collect()
    } else {
        same
    }
}

fn list(json: bool, output: &Output) -> Result<(), Failure> {
    let rules = every_rule();
    if json {
        return output.json(&serde_json::json!({ "schema": "provision.explain/1", "rules": rules }));
    }
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            let decided =
                rule.severity.map_or_else(|| rule.decided.to_owned(), |severity| severity.to_string());
            vec![rule.id.clone(), decided, rule.versions.clone(), rule.title.clone()]
        })
        .collect();
    output.data(&table(&rows))
}

fn text(rule: &Explanation, width: usize) -> String {
    let mut text = format!("{}  {}\n\n", rule.id, rule.title);
    let mut part = |name: &str, content: &str| {
        if !content.is_empty() {
            text += &format!("{name}\n{}\n", wrapped(content, 2, width));
        }
    };
    part("Asks", &rule.asks);
    part("Severity", &rule.severity.map(|severity| severity.to_string()).unwrap_or_default());
    part("Holds for versions", &rule.versions);
    part("Decided", &rule.decided_how);
    part("Applies when", rule.when.as_deref().unwrap_or_default());
    part("Requires", rule.require.as_deref().unwrap_or_default());
    part("Remedy", &rule.remedy);
    part("How it changed", rule.history.as_deref().unwrap_or_default());
    part("Known by", &rule.evidence);
    if rule.require.is_some() && !rule.waivable {
        part("Waiving", "this rule cannot be waived");
    }
    for quote in &rule.citations {
        text += &format!("Source\n  {} (read {})\n  {}\n", quote.title, quote.read, quote.url);
        text += &wrapped(&quote.says, 4, width);
        text.push('\n');
    }
    format!("{}\n", text.trim_end())
}

use clap::Args;
use provision_architecture::documented::{self, Architecture, DocumentedSize};
use provision_architecture::spec::{Platform, Replicas};
use serde::Serialize;

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{table, wrapped};

/// List the documented architectures: platforms, sizes, what each asks for
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision architectures
  provision architectures kestra
  provision architectures --json")]
pub struct Arguments {
    /// One platform only
    #[arg(value_name = "PLATFORM")]
    platform: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Entry {
    platform: String,
    size: String,
    versions: String,
    highly_available: bool,
    says: String,
    edition: Option<String>,
    zones: u64,
    components: Vec<(String, u64)>,
    backends: Vec<String>,
    source: Option<documented::Reference>,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let wanted = arguments.platform.as_deref().map(platform).transpose()?;
    let architectures = Platform::ALL
        .iter()
        .filter(|platform| wanted.is_none_or(|wanted| wanted == **platform))
        .map(|platform| documented::architecture(*platform));
    if arguments.json {
        let entries: Vec<Entry> =
            architectures.flat_map(|it| it.sizes.iter().map(|size| entry(it, size))).collect();
        output
            .json(&serde_json::json!({ "schema": "provision.architectures/1", "architectures": entries }))?;
    } else {
        let text: Vec<String> = architectures.map(|it| describe(it, output.style().width)).collect();
        output.data(&text.join("\n"))?;
    }
    Ok(ExitStatus::Fine)
}

fn platform(word: &str) -> Result<Platform, Failure> {
    Platform::from_word(word).ok_or_else(|| {
        let words = Platform::ALL.iter().map(|platform| platform.word());
        Failure::new(format!("there is no platform `{word}`"))
            .hint(provision_architecture::diagnostic::did_you_mean(word, words))
    })
}

fn entry(architecture: &Architecture, size: &DocumentedSize) -> Entry {
    Entry {
        platform: architecture.platform.to_string(),
        size: size.name.to_string(),
        versions: size.versions.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string),
        highly_available: size.highly_available,
        says: size.says.clone(),
        edition: size.edition.map(|edition| edition.to_string()),
        zones: size.zones.get(),
        components: size
            .components
            .iter()
            .map(|(name, component)| (name.to_string(), component.replicas.map_or(1, Replicas::get)))
            .collect(),
        backends: backends(size),
        source: documented::sources().get(&size.source).cloned(),
    }
}

fn backends(size: &DocumentedSize) -> Vec<String> {
    let backends = &size.backends;
    let database = backends.database.as_ref().and_then(|database| {
        let standby = if database.multi_zone == Some(true) { " with a standby in another zone" } else { "" };
        database.kind.map(|kind| format!("{kind}{standby}"))
    });
    let queue = backends.queue.as_ref().and_then(|queue| queue.kind).map(|kind| kind.to_string());
    let search = backends.search.as_ref().and_then(|search| search.kind).map(|kind| kind.to_string());
    let queue = queue.filter(|kind| kind != "database");
    [database, queue, search].into_iter().flatten().collect()
}

fn describe(architecture: &Architecture, width: usize) -> String {
    let mut text = format!("{} (`platform: {}`)\n", architecture.title, architecture.platform);
    text += &wrapped(&architecture.about, 2, width);
    for size in &architecture.sizes {
        let entry = entry(architecture, size);
        text += &format!("\n  {}", entry.size);
        if entry.versions != "all" {
            text += &format!(", versions {}", entry.versions);
        }
        text += if entry.highly_available { "  (highly available)\n" } else { "\n" };
        text += &wrapped(&entry.says, 4, width);
        let components: Vec<String> =
            entry.components.iter().map(|(name, replicas)| format!("{replicas} {name}")).collect();
        let mut rows = vec![vec!["components".to_owned(), components.join(", ")]];
        rows.push(vec!["backends".to_owned(), entry.backends.join(", ")]);
        rows.push(vec!["zones".to_owned(), entry.zones.to_string()]);
        if let Some(edition) = entry.edition {
            rows.push(vec!["edition".to_owned(), edition]);
        }
        if let Some(source) = entry.source {
            rows.push(vec!["source".to_owned(), format!("{}, {}", source.title, source.url)]);
        }
        text += &table(&rows).lines().map(|line| format!("    {line}\n")).collect::<String>();
    }
    text
}

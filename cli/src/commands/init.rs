use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use provision_architecture::diagnostic::did_you_mean;
use provision_architecture::documented;
use provision_architecture::spec::{Edition, Platform, Provider, Size};
use provision_architecture::starter::Starter;
use provision_architecture::values::{DeploymentName, Region, Version};

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Write a first spec
///
/// Prints it, or writes it to a file with --output. What is not said by a flag is asked for when a terminal is there.
/// The spec that comes out validates without a finding.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision init                                     # asks
  provision init --platform kestra --size high-availability --provider aws --region eu-west-1 -o provision.yaml")]
pub struct Arguments {
    /// The platform: kestra, rudderstack, octopus or event-platform
    #[arg(long)]
    platform: Option<String>,
    /// The documented size; `provision architectures` lists them
    #[arg(long)]
    size: Option<String>,
    /// The cloud: aws, google or azure
    #[arg(long)]
    provider: Option<String>,
    /// The cloud's region
    #[arg(long)]
    region: Option<String>,
    /// The deployment's name
    #[arg(long)]
    deployment: Option<String>,
    /// The product's version
    #[arg(long)]
    version: Option<String>,
    /// The product's edition
    #[arg(long)]
    edition: Option<String>,
    /// How many zones
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=6))]
    zones: Option<u64>,
    /// The file to write; it must not exist
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let starter = gather(arguments, output)?;
    let text = starter.text().ok_or_else(|| {
        let version = starter.version.as_ref().map(ToString::to_string).unwrap_or_default();
        Failure::new(format!("no size `{}` is documented for {} {version}", starter.size, starter.platform))
            .hint("`provision architectures` lists what is documented")
    })?;
    match &arguments.output {
        None => output.data(&text)?,
        Some(path) => {
            write_new(path, &text)?;
            output.say(&format!("{} is written; check it with `provision validate {0}`", path.display()));
        }
    }
    Ok(ExitStatus::Fine)
}

fn gather(arguments: &Arguments, output: &Output) -> Result<Starter, Failure> {
    let mut questions = Questions::new(output);
    let platforms = words(Platform::ALL, Platform::word);
    let platform = questions.choose("platform", arguments.platform.as_deref(), &platforms)?;
    let platform = Platform::from_word(&platform).ok_or_else(|| Failure::new("no such platform"))?;
    let sizes = words(&documented::architecture(platform).size_names(), Size::word);
    let size = questions.choose("size", arguments.size.as_deref(), &sizes)?;
    let providers = words(Provider::ALL, Provider::word);
    let provider = questions.choose("provider", arguments.provider.as_deref(), &providers)?;
    let region = questions.ask("region", arguments.region.as_deref(), None)?;
    let deployment = questions.ask("deployment", arguments.deployment.as_deref(), Some(platform.word()))?;
    questions.finish()?;
    let editions = words(&documented::architecture(platform).editions, Edition::word);
    let edition = arguments.edition.as_deref().map(|word| known("edition", word, &editions)).transpose()?;
    Ok(Starter {
        deployment: parsed("deployment", &deployment, DeploymentName::try_from)?,
        platform,
        size: Size::from_word(&size).ok_or_else(|| Failure::new("no such size"))?,
        provider: Provider::from_word(&provider).ok_or_else(|| Failure::new("no such cloud"))?,
        region: parsed("region", &region, Region::try_from)?,
        version: arguments
            .version
            .as_deref()
            .map(|text| parsed("version", text, Version::try_from))
            .transpose()?,
        edition: edition.and_then(|word| Edition::from_word(&word)),
        zones: arguments.zones,
    })
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| word(*one)).collect()
}

fn known(what: &str, word: &str, words: &[&str]) -> Result<String, Failure> {
    if words.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(Failure::new(format!("`{word}` is no {what} here")).hint(did_you_mean(word, words.iter().copied())))
}

fn parsed<'t, T>(
    what: &str,
    text: &'t str,
    parse: impl FnOnce(&'t str) -> Result<T, String>,
) -> Result<T, Failure> {
    parse(text).map_err(|refusal| Failure::new(format!("--{what} `{text}`: {refusal}")))
}

/// Asks for what no flag says, when somebody is there; else collects what is missing, to say it at once.
struct Questions<'o> {
    output: &'o Output,
    somebody_is_there: bool,
    missing: Vec<String>,
}

impl<'o> Questions<'o> {
    fn new(output: &'o Output) -> Self {
        let somebody_is_there = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self { output, somebody_is_there, missing: Vec::new() }
    }

    fn choose(&mut self, what: &str, given: Option<&str>, words: &[&'static str]) -> Result<String, Failure> {
        if let Some(word) = given {
            return known(what, word, words);
        }
        // Without an answer the other questions still have to make sense.
        let first = words.first().copied().unwrap_or_default();
        loop {
            let answer = self.ask(what, None, Some(&words.join(" | ")))?;
            if !self.somebody_is_there {
                return Ok(first.to_owned());
            }
            match known(what, &answer, words) {
                Ok(word) => return Ok(word),
                Err(failure) => self.output.say(&failure.to_string()),
            }
        }
    }

    fn ask(&mut self, what: &str, given: Option<&str>, suggestion: Option<&str>) -> Result<String, Failure> {
        if let Some(text) = given {
            return Ok(text.to_owned());
        }
        if !self.somebody_is_there {
            if what == "deployment" {
                return Ok(suggestion.unwrap_or_default().to_owned());
            }
            self.missing.push(format!("--{what}"));
            return Ok("x".to_owned());
        }
        let shown = suggestion.map(|suggestion| format!(" [{suggestion}]")).unwrap_or_default();
        let unheard = |error: io::Error| Failure::because("the answer could not be read", &error);
        write!(io::stderr(), "{what}{shown}: ").and_then(|()| io::stderr().flush()).map_err(unheard)?;
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer).map_err(unheard)? == 0 {
            return Err(Failure::new("no answer, so nothing is written"));
        }
        let answer = answer.trim();
        Ok(if answer.is_empty() { suggestion.unwrap_or_default().to_owned() } else { answer.to_owned() })
    }

    fn finish(self) -> Result<(), Failure> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("no terminal is here to ask at; missing: {}", self.missing.join(", ")))
            .hint(
                "provision init --platform kestra --size high-availability --provider aws --region eu-west-1",
            ))
    }
}

/// Never over something that is there.
fn write_new(path: &PathBuf, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| {
        let failure = Failure::because(format!("{} could not be written", path.display()), &error);
        match error.kind() {
            io::ErrorKind::AlreadyExists => failure.hint("choose another name, or move the file away"),
            _ => failure,
        }
    })
}

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use provision_architecture::Topology;
use provision_architecture::spec::{Provider, SecretReference, SecretStore};

use super::ExitStatus;
use crate::clouds::{self, Stored, Whereabouts};
use crate::environment::setting;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Put secrets into the cloud's store, where a spec refers to them
///
/// A secret's value is in no spec, no file, no ledger and no output.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Put(Put),
    Check(Check),
}

/// Where the cloud's store of secrets is.
#[derive(Debug, Args)]
struct At {
    /// Google's project
    #[arg(long, value_name = "PROJECT", env = "GOOGLE_CLOUD_PROJECT")]
    project: Option<String>,
    /// The address of Azure's key vault: https://NAME.vault.azure.net
    #[arg(long, value_name = "ADDRESS", env = "AZURE_KEY_VAULT_URL")]
    vault: Option<String>,
}

/// Put a secret; its value comes from standard input, never from the command line
///
/// One newline at its end is not part of it. One that is there is replaced only with consent: what was made with an old
/// key can't be read with a new one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision secret put provision.yaml provision/orders/licence < licence.txt
  pass show kestra/licence | provision secret put provision.yaml provision/orders/licence --replace

Exit codes: 0 it is there now, 1 it is not.")]
struct Put {
    /// The spec: its cloud and region say where the secret is put
    #[arg(value_name = "SPEC")]
    spec: PathBuf,
    /// Its name, as the spec refers to it
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    at: At,
    /// Put it over one that is there, without asking
    #[arg(long)]
    replace: bool,
    /// A copy of the old value is kept: asked for where it is a master key or an encryption key
    #[arg(long)]
    backed_up: bool,
}

/// Name the secrets that a spec refers to and that are not there
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision secret check provision.yaml

Exit codes: 0 all are there, 1 they could not be looked for, 2 some are missing.")]
struct Check {
    /// The spec
    #[arg(value_name = "SPEC", default_value = "provision.yaml")]
    spec: PathBuf,
    #[command(flatten)]
    at: At,
}

/// No licence and no key is longer; clouds take 64 KiB.
const LONGEST: u64 = 64 * 1024;

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    match &arguments.what {
        What::Put(put) => run_put(put, output),
        What::Check(check) => run_check(check, output),
    }
}

fn run_put(arguments: &Put, output: &Output) -> Result<ExitStatus, Failure> {
    let topology = topology(&arguments.spec, output)?;
    is_a_name(&arguments.name)?;
    let value = value()?;
    let place = place(&topology, &arguments.at);
    let vault = clouds::vault(topology.provider, &place)?;
    output.say(&format!("Into {}, as {}.", vault.name(), vault.identity));
    let name = &arguments.name;
    let mut stored = vault.put(name, &value, false)?;
    if stored == Stored::Kept {
        may_replace(arguments, output)?;
        stored = vault.put(name, &value, true)?;
    }
    output.say(&match stored {
        Stored::Made => format!("`{name}` is there now."),
        Stored::Replaced => format!("`{name}` has a new value; the old one stays as an older version."),
        Stored::Kept => format!("`{name}` is as it was."),
    });
    Ok(ExitStatus::Fine)
}

/// What was encrypted with a key is lost with it.
fn may_replace(arguments: &Put, output: &Output) -> Result<(), Failure> {
    let name = &arguments.name;
    let is_key = ["master-key", "encryption-key", "master_key", "encryption_key"]
        .iter()
        .any(|word| name.to_lowercase().contains(word));
    if is_key && !arguments.backed_up {
        return Err(Failure::new(format!(
            "`{name}` is there, and is a key: what it encrypted can't be read with another"
        ))
        .hint("keep a copy of the old one, and say so with `--backed-up`"));
    }
    let is_agreed = arguments.replace || asked(&format!("`{name}` is there. Replace it?"), output)?;
    if is_agreed { Ok(()) } else { Err(Failure::new(format!("`{name}` is as it was"))) }
}

/// Standard input holds the value, so the terminal itself is asked.
fn asked(question: &str, output: &Output) -> Result<bool, Failure> {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else {
        return Err(Failure::new(format!("{question} There is nobody to ask"))
            .hint("`--replace` says yes beforehand"));
    };
    output.say(&format!("{question} Type `yes` to go on:"));
    let mut line = String::new();
    let read = BufReader::new(terminal).read_line(&mut line);
    read.map_err(|error| Failure::because("no answer could be read", &error))?;
    Ok(line.trim() == "yes")
}

fn value() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::new("a secret's value comes from standard input, so that it is on no screen")
            .hint("`provision secret put SPEC NAME < FILE`, or from the program that keeps it"));
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes);
    let length = read.map_err(|error| Failure::because("the value could not be read", &error))?;
    if u64::try_from(length).is_ok_and(|length| length > LONGEST) {
        return Err(Failure::new(format!("the value is longer than {LONGEST} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::new("the value is no UTF-8 text"))?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() {
        return Err(Failure::new("the value is empty"));
    }
    Ok(text.to_owned())
}

fn is_a_name(name: &str) -> Result<(), Failure> {
    provision_architecture::values::SecretName::try_from(name)
        .map(|_| ())
        .map_err(|refused| Failure::new(format!("this is no name of a secret: it {refused}")))
}

fn run_check(arguments: &Check, output: &Output) -> Result<ExitStatus, Failure> {
    let topology = topology(&arguments.spec, output)?;
    let referred = referred(&topology);
    if referred.is_empty() {
        output.say("The spec refers to no secret.");
        return Ok(ExitStatus::Fine);
    }
    let vault = clouds::vault(topology.provider, &place(&topology, &arguments.at))?;
    let mut text = String::new();
    let mut missing = 0;
    for (field, name) in &referred {
        let is_there = vault.holds(name)?;
        missing += usize::from(!is_there);
        let _ = writeln!(text, "{} {name} ({field})", if is_there { "there  " } else { "missing" });
    }
    output.data(&text)?;
    if missing == 0 {
        return Ok(ExitStatus::Fine);
    }
    output.say(&format!(
        "Put what is missing into {}:\n  provision secret put {} NAME < FILE",
        vault.name(),
        arguments.spec.display()
    ));
    Ok(ExitStatus::Findings)
}

/// Before a cloud is changed: machines that look for a secret in vain don't start.
pub fn preflight(topology: &Topology, spec: &Path, output: &Output) -> Result<(), Failure> {
    let referred = referred(topology);
    if referred.is_empty() {
        return Ok(());
    }
    let at = At { project: setting("GOOGLE_CLOUD_PROJECT"), vault: setting("AZURE_KEY_VAULT_URL") };
    let looked = clouds::vault(topology.provider, &place(topology, &at)).and_then(|vault| {
        let mut missing = Vec::new();
        for (field, name) in referred {
            if !vault.holds(&name)? {
                missing.push(format!("`{name}` ({field})"));
            }
        }
        Ok(missing)
    });
    match looked {
        Ok(missing) if missing.is_empty() => Ok(()),
        Ok(missing) => {
            Err(Failure::new(format!("secrets are missing that the spec refers to: {}", missing.join(", ")))
                .hint(format!("`provision secret put {} NAME < FILE` puts one", spec.display())))
        }
        // Whoever may apply need not be allowed to look at secrets.
        Err(failure) => {
            output.say(&format!(
                "warning: the secrets that the spec refers to were not looked for: {}",
                failure.message()
            ));
            Ok(())
        }
    }
}

/// The secrets that are to be there already, each with the field that refers to it.
fn referred(topology: &Topology) -> Vec<(&'static str, String)> {
    let spec = &topology.spec;
    let alerting = spec.alerting.as_ref();
    let password = alerting.and_then(|alerting| alerting.smtp.as_ref()?.password.as_ref());
    let all: [(&'static str, Option<&SecretReference>); 5] = [
        ("licence", spec.licence.as_ref()),
        ("alerting.pagerduty", alerting.and_then(|alerting| alerting.pagerduty.as_ref())),
        ("alerting.victorops", alerting.and_then(|alerting| alerting.victorops.as_ref())),
        ("alerting.webhook", alerting.and_then(|alerting| alerting.webhook.as_ref())),
        ("alerting.smtp.password", password),
    ];
    let own = match topology.provider {
        Provider::Aws => SecretStore::AwsSecretsmanager,
        Provider::Google => SecretStore::GoogleSecretManager,
        Provider::Azure => SecretStore::AzureKeyVault,
    };
    all.into_iter()
        .filter_map(|(field, reference)| Some((field, reference?)))
        .filter(|(_, reference)| reference.store() == own)
        .map(|(field, reference)| (field, reference.name().to_string()))
        .collect()
}

fn topology(spec: &Path, output: &Output) -> Result<Topology, Failure> {
    let file = input::read_spec(spec, output)?;
    input::resolve_spec(&file, output)
}

fn place(topology: &Topology, at: &At) -> Whereabouts {
    Whereabouts { region: topology.region.to_string(), project: at.project.clone(), vault: at.vault.clone() }
}

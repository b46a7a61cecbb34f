mod collect;

use std::time::Duration;

use clap::Args;
use provision_architecture::values;
use provision_engine::sandbox::Part;
use provision_validation::status::Status;

use super::ExitStatus;
use super::estate::{Stage, Target};
use crate::failure::Failure;
use crate::output::Output;

pub use collect::look;

/// Show what lives, and what of it is not as promised
///
/// Holds the live estate against the documented architecture and the plan: machines in their zones and their health,
/// who is behind the load balancer, standbys, disks, versions, drift, who holds the lock, and which failure it would
/// not survive right now although it was promised to. Changes nothing, takes no lock.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision status provision.yaml --engine sandbox
  provision status out/ --json
  provision status provision.yaml --wait 10m --count 3
  provision status provision.yaml --engine sandbox --fail zone=eu-west-1a

Exit codes: 0 as promised, 1 it could not be looked at, 2 something is not as promised. What nobody can
tell is said, and counts neither way: Terraform and OpenTofu can't tell how machines are.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Look again until it is as promised, at most so long
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "watch")]
    wait: Option<values::Duration>,
    /// With --wait: how many times in a row it must be
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1000), requires = "wait")]
    count: u32,
    /// Look again and again, and show what changed, until you stop it
    #[arg(long)]
    watch: bool,
    /// How long between two looks
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    every: values::Duration,
    /// As one versioned JSON document; with --watch one on each line
    #[arg(long)]
    json: bool,
    /// Let something fail in the sandbox first: `zone=NAME`, `machine=ID`, or `service=ID`, which then doesn't answer
    #[arg(long, value_name = "PART", value_parser = part, help_heading = "Sandbox", hide_short_help = true)]
    fail: Vec<Part>,
    /// Let what failed in the sandbox be back first
    #[arg(long, help_heading = "Sandbox", hide_short_help = true)]
    recover: bool,
}

fn part(text: &str) -> Result<Part, String> {
    match text.split_once('=') {
        Some(("zone", name)) => Ok(Part::Zone(name.to_owned())),
        Some(("machine", id)) => Ok(Part::Machine(id.to_owned())),
        Some(("service", id)) => Ok(Part::Service(id.to_owned())),
        _ => Err("write it like `zone=eu-west-1a`, `machine=ID` or `service=ID`".to_owned()),
    }
}

fn duration(text: &str) -> Result<values::Duration, String> {
    values::Duration::try_from(text)
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let stage = arguments.target.open(output)?;
    stage.announce(output);
    stage.strike(&arguments.fail, arguments.recover)?;
    let every = Duration::from_millis(arguments.every.milliseconds().max(1_000));
    let status = match arguments.wait {
        _ if arguments.watch => return watch(&stage, every, arguments.json, output),
        Some(longest) => wait(&stage, arguments, every, longest, output)?,
        None => look(&stage, output)?,
    };
    if arguments.json {
        output.json(&status)?;
    } else {
        output.data(&status.text(output.style().width))?;
    }
    Ok(if status.as_promised { ExitStatus::Fine } else { ExitStatus::Findings })
}

/// Until it is as promised so many times in a row, or it has taken too long.
fn wait(
    stage: &Stage,
    arguments: &Arguments,
    every: Duration,
    longest: values::Duration,
    output: &Output,
) -> Result<Status, Failure> {
    let longest = Duration::from_millis(longest.milliseconds());
    let (mut waited, mut good) = (Duration::ZERO, 0);
    let mut last = None;
    loop {
        let status = look(stage, output)?;
        good = if status.as_promised { good + 1 } else { 0 };
        if good >= arguments.count || waited + every > longest {
            if good < arguments.count {
                output.say(&format!(
                    "Not {} in a row within {} s.",
                    times(arguments.count),
                    longest.as_secs()
                ));
            }
            // As promised, but not often enough, is not what was waited for.
            let as_promised = status.as_promised && good >= arguments.count;
            return Ok(Status { as_promised, ..status });
        }
        let said = match status.findings.as_slice() {
            [] => format!("as promised, {good} of {}", times(arguments.count)),
            [first] => first.says.clone(),
            [first, rest @ ..] => format!("{} (and {} more)", first.says, rest.len()),
        };
        if last.as_ref() != Some(&said) {
            output.say(&format!("{:>4} s  {said}", waited.as_secs()));
            last = Some(said);
        }
        stage.pass(every, false)?;
        waited += every;
    }
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Shows it whenever it has changed.
fn watch(stage: &Stage, every: Duration, json: bool, output: &Output) -> Result<ExitStatus, Failure> {
    let mut last = None;
    loop {
        let status = look(stage, output)?;
        let text = if json {
            let line = serde_json::to_string(&status)
                .map_err(|error| Failure::because("the document could not be written as JSON", &error))?;
            line + "\n"
        } else {
            status.text(output.style().width)
        };
        if last.as_ref() != Some(&text) {
            if last.is_some() && !json {
                output.data(&format!("\n--- {}\n", crate::clock::shown(crate::clock::seconds())))?;
            }
            output.data(&text)?;
            last = Some(text);
        }
        stage.pass(every, true)?;
    }
}

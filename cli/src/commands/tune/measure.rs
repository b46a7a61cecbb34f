use std::process::Command;

use clap::Args;
use provision_host_tuning::measure::{self, Experiment, MeasureError, Outcome};
use serde_json::json;

use super::wish::RouteArguments;
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::table;

/// Measure how long this kernel waits for a dead peer, beside what is predicted
///
/// A real connection, inside a fresh user and network namespace, whose peer suddenly drops everything. Needs no root
/// and touches nothing of the host.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune measure                    # 5 retries, about 13 s
  provision tune measure --retries 1,2,3
  provision tune measure --all              # 1 to 6 at the same time, about 27 s
  provision tune measure --retries 15 --user-timeout 3000

Exit codes: 0 each measurement lies where it was predicted, 1 nothing could be measured, 2 one lies elsewhere.")]
pub struct Arguments {
    /// Values of net.ipv4.tcp_retries2
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "5", conflicts_with = "all")]
    retries: Vec<u8>,
    /// 1 to 6 retries
    #[arg(long)]
    all: bool,
    /// With net.ipv4.tcp_rto_max_ms, in milliseconds (Linux 6.15 and later)
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1000..=120_000))]
    rto_max: Option<u32>,
    /// With TCP_USER_TIMEOUT on the connection, in milliseconds
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    user_timeout: Option<u32>,
    #[command(flatten)]
    route: RouteArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let retries = if arguments.all { (1..=6).collect() } else { arguments.retries.clone() };
    let experiments: Vec<Experiment> = retries
        .into_iter()
        .map(|retries2| Experiment {
            retries2,
            rto_max_ms: arguments.rto_max,
            user_timeout_ms: arguments.user_timeout,
        })
        .collect();
    let ticks = arguments.route.ticks();
    let longest = experiments.iter().map(|experiment| experiment.predicted(ticks).worst).max();
    let seconds = longest.unwrap_or_default().as_secs_f64().ceil();
    output.say(&format!("measuring {} connections at the same time, about {seconds} s", experiments.len()));

    let program = std::env::current_exe()
        .map_err(|error| Failure::because("this program could not find itself", &error))?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(["tune", "measure-child"]);
        command
    };
    let outcomes = measure::measure(&experiments, ticks, command)
        .into_iter()
        .collect::<Result<Vec<Outcome>, MeasureError>>()
        .map_err(|error| Failure::new(error.to_string()))?;
    if arguments.json {
        output.json(&json!({
            "schema": "provision.tune.measure/1",
            "unit": "seconds",
            "outcomes": outcomes,
        }))?;
    } else {
        output.data(&text(&outcomes))?;
    }
    let all_agree = outcomes.iter().all(|outcome| outcome.agrees);
    Ok(if all_agree { ExitStatus::Fine } else { ExitStatus::Findings })
}

fn text(outcomes: &[Outcome]) -> String {
    let heading = ["tcp_retries2", "predicted", "measured", "error", ""].map(str::to_owned).to_vec();
    let rows = outcomes.iter().map(|outcome| {
        vec![
            outcome.experiment.retries2.to_string(),
            outcome.predicted.to_string(),
            format!("{:.2} s", outcome.observed.seconds.0.as_secs_f64()),
            outcome.observed.error.clone(),
            if outcome.agrees { "as predicted" } else { "NOT as predicted" }.to_owned(),
        ]
    });
    table(&[heading].into_iter().chain(rows).collect::<Vec<_>>())
}

/// The process that enters a namespace: it must not have started a thread.
pub fn child() -> Result<ExitStatus, Failure> {
    measure::child(std::io::stdin(), std::io::stdout())
        .map_err(|error| Failure::because("no experiment was understood", &error))?;
    Ok(ExitStatus::Fine)
}

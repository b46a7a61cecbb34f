use std::time::Duration;

use clap::Args;
use provision_host_tuning::timers::{Detection, Path, Settings, Span, documented, established};
use serde_json::json;

use super::wish::{RouteArguments, time};
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{table, wrapped};

/// Say how long TCP waits for a dead peer, or which values keep a budget
///
/// The documented time of tcp_retries2 is only a lower bound; this runs the kernel's algorithm over all phases of its
/// timers. A budget is kept by the worst of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune timeout                    # the table
  provision tune timeout --retries 5
  provision tune timeout --budget 30s
  provision tune timeout --budget 30s --rto-max   # for Linux 6.15 and later
  provision tune timeout --retries 5 --rtt 80ms --hz 1000")]
pub struct Arguments {
    /// One value of net.ipv4.tcp_retries2
    #[arg(long, value_name = "N", conflicts_with = "budget")]
    retries: Option<u8>,
    /// The time within which a dead peer has to be noticed, at worst
    #[arg(long, value_name = "TIME", value_parser = time)]
    budget: Option<Duration>,
    /// The kernel has net.ipv4.tcp_rto_max_ms (6.15 and later), which fits closer
    #[arg(long, requires = "budget")]
    rto_max: bool,
    #[command(flatten)]
    route: RouteArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    match arguments.budget {
        Some(budget) => fit(arguments, budget, output)?,
        None => tabulate(arguments, output)?,
    }
    Ok(ExitStatus::Fine)
}

struct Row {
    retries: u8,
    documented: Duration,
    span: Span,
}

fn tabulate(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let route = arguments.route.route();
    let wanted = arguments.retries.map_or(0..=Settings::KERNEL.retries2, |retries| retries..=retries);
    let rows: Vec<Row> = wanted.map(|retries| row(retries, &route)).collect();
    if arguments.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "retries2": row.retries,
                    "documented": row.documented.as_secs_f64(),
                    "in_flight": row.span,
                })
            })
            .collect();
        return output
            .json(&json!({ "schema": "provision.tune.timeout/1", "unit": "seconds", "rows": rows }));
    }
    let heading = ["tcp_retries2", "documented", "earliest", "typical", "worst"].map(str::to_owned).to_vec();
    let shown = rows.iter().map(|Row { retries, documented, span }| {
        let times = [*documented, span.lower, span.typical, span.worst]
            .map(|time| format!("{:.1} s", time.as_secs_f64()));
        [vec![retries.to_string()], times.to_vec()].concat()
    });
    output.data(&table(&[heading].into_iter().chain(shown).collect::<Vec<_>>()))?;
    if rows.iter().any(|row| row.retries == 4) {
        output.say(
            "note: 4 takes the time of 3 or that of 5, depending on the phase of the timers: take 3 or 5",
        );
    }
    Ok(())
}

fn row(retries: u8, route: &Path) -> Row {
    let settings = Settings { retries2: retries, ..Settings::KERNEL };
    Row { retries, documented: documented(retries, settings.rto_max), span: established(&settings, route) }
}

fn fit(arguments: &Arguments, budget: Duration, output: &Output) -> Result<(), Failure> {
    let fitted = arguments.route.fit(budget, arguments.rto_max)?;
    let values = values(&fitted.settings);
    if arguments.json {
        let settings: serde_json::Map<_, _> =
            values.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        let says: Vec<_> = fitted.caveats.iter().map(ToString::to_string).collect();
        return output.json(&json!({
            "schema": "provision.tune.budget/1",
            "unit": "seconds",
            "budget": budget.as_secs_f64(),
            "settings": settings,
            "detection": fitted.detection,
            "caveats": says,
        }));
    }
    let Detection { in_flight, unreachable, idle, connect, .. } = fitted.detection;
    let mut text: String = values.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    let rows = [
        ("data in flight", in_flight),
        ("the same, reported unreachable", unreachable),
        ("idle, with keepalive", idle),
        ("connecting", connect),
    ];
    let rows: Vec<_> = rows.iter().map(|(what, span)| vec![format!("  {what}"), span.to_string()]).collect();
    text += &format!("\nA dead peer is noticed after\n{}", table(&rows));
    output.data(&text)?;
    let width = output.stderr_style().width;
    let notes: String =
        fitted.caveats.iter().map(|caveat| wrapped(&format!("note: {caveat}"), 0, width)).collect();
    output.say(&notes);
    Ok(())
}

fn values(settings: &Settings) -> Vec<(&'static str, u128)> {
    let mut values = vec![
        ("net.ipv4.tcp_retries2", u128::from(settings.retries2)),
        ("net.ipv4.tcp_syn_retries", u128::from(settings.syn_retries)),
        ("net.ipv4.tcp_keepalive_time", u128::from(settings.keepalive_time)),
        ("net.ipv4.tcp_keepalive_intvl", u128::from(settings.keepalive_interval)),
        ("net.ipv4.tcp_keepalive_probes", u128::from(settings.keepalive_probes)),
    ];
    if settings.rto_max != Settings::KERNEL.rto_max {
        values.insert(1, ("net.ipv4.tcp_rto_max_ms", settings.rto_max.as_millis()));
    }
    values
}

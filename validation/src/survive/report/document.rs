//! The report as a document: headings, paragraphs, tables and lists.

use super::super::analysis::Report;
use super::super::availability::Availability;
use super::super::cutsets::{CutSet, CutSets};
use super::super::effect::{Effect, State};
use super::super::objectives::Check;
use super::super::recovery::Step;
use super::super::rows::Row;
use super::super::upgrades::UpgradeReport;
use super::super::words::{plural, spoken, thousands};
use super::sentences::{cell, origin, sentence, sentence_start, sentences};
use super::view::Told;

pub(super) enum Block {
    Title(String),
    Heading(String),
    Paragraph(String),
    Table(Table),
    List(Vec<Item>),
}

pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

pub(super) struct Item {
    pub(super) text: String,
    pub(super) below: Vec<String>,
}

impl Item {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), below: Vec::new() }
    }
}

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What a person reads at night: what happens, what it takes, what would help.
    Brief,
    /// And why: every step of every recovery, every set of failures, where each time comes from.
    Full,
}

/// More sets of failures than this for one capability are counted, not listed, in a brief report.
const MOST_SETS: usize = 6;

pub(super) fn of(report: &Report, detail: Detail) -> Vec<Block> {
    let mut blocks =
        vec![Block::Title(format!("What {} survives", report.deployment)), Block::Paragraph(summary(report))];
    tuning(report, &mut blocks);
    objectives(&report.objectives, &mut blocks);
    blocks.extend(matrix(report));
    if detail == Detail::Full {
        details(report, &mut blocks);
    }
    pairs(report, &mut blocks);
    if let Some(upgrade) = &report.upgrade {
        upgrades(report, upgrade, &mut blocks);
    }
    cut_sets(report, detail, &mut blocks);
    improvements(report, &mut blocks);
    availability(report, &mut blocks);
    match detail {
        Detail::Full => times(report, &mut blocks),
        Detail::Brief => {
            blocks.push(Block::Heading("What this rests on".to_owned()));
            asked_for(report, &mut blocks);
            blocks.push(Block::Paragraph(rests_on(report)));
        }
    }
    blocks
}

/// One sentence in place of the table of times.
fn rests_on(report: &Report) -> String {
    let assumed = report.assumed_times().count();
    format!(
        "This rests on {} times and rates, {assumed} of them assumed. `--detail` names each with its source, and \
         every step of every recovery; `--set NAME=DURATION` sets one to your own.",
        report.times.len()
    )
}

pub(super) fn summary(report: &Report) -> String {
    let (machines, zones) = (report.machines, &report.zones);
    let zone_word = plural("zone", zones.len() as u64);
    format!(
        "{} {}, size {}: {machines} {} in {zone_word} {}. {}",
        report.title,
        report.version,
        report.size,
        plural("machine", machines),
        zones.join(", "),
        verdict(report)
    )
}

/// Whether it is highly available, and what is not there in the first place.
pub(super) fn verdict(report: &Report) -> String {
    let absent: Vec<&str> = report
        .cut_sets
        .iter()
        .filter(|sets| sets.never_stands)
        .map(|sets| sets.capability.as_str())
        .collect();
    let mut said = match absent.is_empty() {
        true => String::new(),
        false => format!("Even while nothing has failed there is no {}. ", absent.join(", no ")),
    };
    let mut present = report.cut_sets.iter().filter(|sets| !sets.never_stands).peekable();
    if present.peek().is_some() {
        said += match present.all(|sets| sets.single_points().next().is_none()) {
            true => "No single machine, zone or server stops anything for longer than a failover.",
            false => {
                "It is not highly available: single failures stop it until something is replaced or returns, as listed below."
            }
        };
    }
    said.trim_end().to_owned()
}

/// What the hosts' kernel parameters buy, where anything waits for them.
fn tuning(report: &Report, blocks: &mut Vec<Block>) {
    let hung = report.times.iter().find(|step| step.tuned != step.kernel);
    blocks.extend(hung.map(|hung| {
        Block::Paragraph(format!(
            "What tuning buys: clients give a dead machine up after {} at the latest; with the kernel's own timers \
             after {}.",
            spoken(hung.tuned),
            spoken(hung.kernel)
        ))
    }));
}

fn objectives(checks: &[Check], blocks: &mut Vec<Block>) {
    if checks.is_empty() {
        return;
    }
    let item = |told: Told| Item {
        text: format!("{}: {}", if told.good { "met" } else { "MISSED" }, told.name),
        below: told.says,
    };
    blocks.push(Block::Heading("Objectives".to_owned()));
    blocks.push(Block::List(objectives_told(checks).into_iter().map(item).collect()));
}

pub(super) fn objectives_told(checks: &[Check]) -> Vec<Told> {
    let told = |check: &Check| Told {
        name: check.objective.clone(),
        good: check.met,
        says: check
            .misses
            .iter()
            .map(|miss| sentence(&format!("when {}, {}: {}", miss.failure, miss.capability, miss.found)))
            .chain(check.caveats.iter().map(|caveat| sentence(&format!("all the same, {caveat}"))))
            .collect(),
    };
    checks.iter().map(told).collect()
}

/// The matrix failure by capability.
pub(super) fn matrix(report: &Report) -> Vec<Block> {
    vec![
        Block::Heading("Every single failure, and every zone".to_owned()),
        Block::Table(matrix_table(report)),
        Block::Paragraph(LEGEND.to_owned()),
    ]
}

pub(super) fn matrix_table(report: &Report) -> Table {
    let mut table = table_of(report, "when");
    table.rows.push(matrix_row(&report.nothing));
    table.rows.extend(report.zone_losses.iter().chain(&report.singles).map(matrix_row));
    table
}

pub(super) const LEGEND: &str = "A percentage is what is left of what is needed. “stops 1 min (16 min)” is back by itself after \
    one minute, and after 16 on hosts with the kernel's own timers; “stopped” is not back by itself. \
    * something that was under way is late; † work is given up and not done again.";

fn table_of(report: &Report, first: &str) -> Table {
    let names = report.capabilities.iter().map(|capability| capability.name.clone());
    Table { header: std::iter::once(first.to_owned()).chain(names).collect(), rows: Vec::new() }
}

fn matrix_row(row: &Row) -> Vec<String> {
    std::iter::once(failure(row)).chain(row.effects.iter().map(cell)).collect()
}

pub(super) fn failure(row: &Row) -> String {
    if row.failures.is_empty() {
        return "nothing has failed".to_owned();
    }
    let count = if row.count > 1 { format!(" (any of {})", thousands_of(row.count)) } else { String::new() };
    row.failures.join(" and ") + &count
}

#[expect(clippy::cast_precision_loss, reason = "a count to be read, not to calculate with")]
fn thousands_of(count: u64) -> String {
    thousands(count as f64)
}

fn details(report: &Report, blocks: &mut Vec<Block>) {
    let rows = std::iter::once(&report.nothing).chain(&report.zone_losses).chain(&report.singles);
    let told: Vec<&Row> =
        rows.filter(|row| row.effects.iter().any(|effect| *effect != Effect::none())).collect();
    if told.is_empty() {
        return;
    }
    let mut items: Vec<(Vec<&Row>, &Row)> = Vec::new();
    for row in told {
        match items.iter_mut().find(|(_, known)| known.effects == row.effects) {
            Some((rows, _)) => rows.push(row),
            None => items.push((vec![row], row)),
        }
    }
    blocks.push(Block::Heading("In detail".to_owned()));
    blocks.push(Block::List(items.into_iter().map(|(rows, row)| detail(report, &rows, row)).collect()));
}

/// Capabilities to which the same happens are told together.
fn detail(report: &Report, rows: &[&Row], row: &Row) -> Item {
    let mut told: Vec<(Vec<&str>, &Effect)> = Vec::new();
    for (capability, effect) in report.capabilities.iter().zip(&row.effects) {
        if *effect == Effect::none() {
            continue;
        }
        match told.iter_mut().find(|(_, known)| *known == effect) {
            Some((names, _)) => names.push(&capability.name),
            None => told.push((vec![&capability.name], effect)),
        }
    }
    let below = told
        .into_iter()
        .map(|(names, effect)| format!("{}: {}", names.join(", "), sentences(effect).join(" ")));
    let failures: Vec<String> = rows.iter().map(|row| failure(row)).collect();
    Item { text: format!("{}:", sentence_start(&failures.join(", or "))), below: below.collect() }
}

fn pairs(report: &Report, blocks: &mut Vec<Block>) {
    let Some(pairs) = &report.pairs else { return };
    blocks.push(Block::Heading("Two failures at once".to_owned()));
    let worse: Vec<&Row> = pairs.iter().filter(|row| row.worse_together).collect();
    let all: u64 = pairs.iter().map(|row| row.count).fold(0, u64::saturating_add);
    let some: u64 = worse.iter().map(|row| row.count).fold(0, u64::saturating_add);
    blocks.push(Block::Paragraph(format!(
        "{} pairs were tried. {} of them stop something that neither failure stops alone:",
        thousands_of(all),
        thousands_of(some)
    )));
    let mut table = table_of(report, "when both");
    table.rows = worse.into_iter().map(matrix_row).collect();
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
}

fn upgrades(report: &Report, upgrade: &UpgradeReport, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading("During an upgrade".to_owned()));
    let style = if upgrade.rolling { "Rolling" } else { "An upgrade is an outage" };
    blocks.push(Block::Paragraph(sentence(&format!("{style}: {}", upgrade.says))));
    let mut table = table_of(report, "while one is away");
    for component in &upgrade.components {
        let mut away = component.away.clone();
        away.failures = vec![format!("one {} is away", component.component)];
        table.rows.push(matrix_row(&away));
        for then in &component.then {
            let mut row = matrix_row(then);
            row[0] = format!("… and {}", row[0]);
            table.rows.push(row);
        }
    }
    blocks.push(Block::Table(table));
    blocks.push(Block::Paragraph(
        "Listed are the failures that then stop what they would not stop otherwise.".to_owned(),
    ));
}

fn cut_sets(report: &Report, detail: Detail, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading("What it takes to stop it".to_owned()));
    blocks.push(Block::Paragraph(
        "The smallest sets of failures that stop a capability until something is replaced or returns. What a standby \
         takes over from is not among them."
            .to_owned(),
    ));
    blocks.push(Block::List(report.cut_sets.iter().map(|sets| cuts_of(sets, detail)).collect()));
}

/// Every set of failures, by capability.
pub(super) fn cut_sets_told(report: &Report) -> Vec<Told> {
    let told = |sets: &CutSets| {
        let item = cuts_of(sets, Detail::Full);
        let good = !sets.never_stands && sets.single_points().next().is_none();
        // What has no list below says all in its one line.
        let says = if item.below.is_empty() { vec![sentence(&item.text)] } else { item.below };
        Told { name: sets.capability.clone(), good, says }
    };
    report.cut_sets.iter().map(told).collect()
}

fn cuts_of(sets: &CutSets, detail: Detail) -> Item {
    if sets.never_stands {
        return Item::plain(format!("{}: nothing has to fail; it does not stand now", sets.capability));
    }
    if sets.sets.is_empty() {
        return Item::plain(format!("{}: nothing of this size", sets.capability));
    }
    let listed = match detail {
        Detail::Brief if sets.sets.len() > MOST_SETS + 1 => MOST_SETS,
        _ => sets.sets.len(),
    };
    let mut below: Vec<String> = sets.sets[..listed].iter().map(cut).collect();
    if listed < sets.sets.len() {
        below.push(format!("and {} more kinds of sets", sets.sets.len() - listed));
    }
    Item { text: format!("{}:", sets.capability), below }
}

fn cut(set: &CutSet) -> String {
    let how = match (&set.stopped_for, &set.until) {
        (_, Some(until)) => format!("stopped until {until}"),
        (Some(time), None) => format!("stopped for {}", spoken(*time)),
        (None, None) => "stopped".to_owned(),
    };
    let lost = if set.state == State::Lost { ", data lost" } else { "" };
    let count =
        if set.count > 1 { format!(" ({} such sets)", thousands_of(set.count)) } else { String::new() };
    let shared = if set.regional { ", a service of the whole region" } else { "" };
    format!("{}{count}: {how}{lost}{shared}", set.failures.join(" and "))
}

fn improvements(report: &Report, blocks: &mut Vec<Block>) {
    if report.improvements.is_empty() {
        return;
    }
    blocks.push(Block::Heading("What one change would buy".to_owned()));
    blocks.push(Block::Paragraph(
        "Each change was resolved and analysed by itself; the best first. Counted are the smallest sets of failures \
         that stop something, over all capabilities."
            .to_owned(),
    ));
    let header = ["change", "single failures", "pairs"].map(str::to_owned).to_vec();
    let rows = improvement_rows(report).into_iter().map(Vec::from).collect();
    blocks.push(Block::Table(Table { header, rows }));
}

pub(super) fn improvement_rows(report: &Report) -> Vec<[String; 3]> {
    let step = |before: u64, after: u64| format!("{} → {}", thousands_of(before), thousands_of(after));
    let row = |it: &super::super::improvements::Improvement| {
        [it.change.clone(), step(it.singles_before, it.singles_after), step(it.pairs_before, it.pairs_after)]
    };
    report.improvements.iter().take(8).map(row).collect()
}

fn availability(report: &Report, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading("How much of the time".to_owned()));
    blocks.push(Block::Paragraph(
        "Exact for the rates that it rests on, which nobody documents. The sets of failures above say more than these numbers."
            .to_owned(),
    ));
    let header =
        ["capability", "stands", "down in a year", "failing over in a year", "with the kernel's own timers"];
    let header = header.map(str::to_owned).to_vec();
    let rows = availability_rows(report).into_iter().map(Vec::from).collect();
    blocks.push(Block::Table(Table { header, rows }));
}

pub(super) fn availability_rows(report: &Report) -> Vec<[String; 5]> {
    let row = |it: &Availability| {
        [
            it.capability.clone(),
            share(it.available),
            minutes(it.down_minutes),
            minutes(it.failover_minutes),
            minutes(it.failover_minutes_kernel),
        ]
    };
    report.availability.iter().map(row).collect()
}

/// As many nines as there are.
fn share(available: f64) -> String {
    let missing = 1.0 - available;
    let digits =
        if missing <= 0.0 { 9 } else { (1..9).find(|digits| missing > 10f64.powi(-digits - 2)).unwrap_or(9) };
    format!("{:.*} %", usize::try_from(digits).unwrap_or(2), available * 100.0)
}

fn minutes(minutes: f64) -> String {
    match minutes {
        minutes if minutes <= 0.0 => "none".to_owned(),
        minutes if minutes < 0.1 => "less than 0.1 min".to_owned(),
        minutes if minutes < 10.0 => format!("{minutes:.1} min"),
        minutes => format!("{} min", thousands(minutes)),
    }
}

fn times(report: &Report, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading("What this rests on".to_owned()));
    asked_for(report, blocks);
    let header = ["time", "value", "what it is", "where it comes from"].map(str::to_owned).to_vec();
    let row = |step: &Step| {
        let value = match step.tuned == step.kernel {
            true => spoken(step.tuned),
            false => format!("{} ({})", spoken(step.tuned), spoken(step.kernel)),
        };
        vec![step.name.clone(), value, step.about.clone(), origin(step)]
    };
    blocks.push(Block::Table(Table { header, rows: report.times.iter().map(row).collect() }));
    blocks
        .push(Block::Paragraph("Each can be set to a value of your own: `--set NAME=DURATION`.".to_owned()));
    let assumed = report.assumptions.iter().map(|text| Item::plain(format!("assumed: {text}")));
    blocks.push(Block::List(assumed.collect()));
}

/// What the spec asks of the hosts' timers, and whether they can do it.
fn asked_for(report: &Report, blocks: &mut Vec<Block>) {
    if let Some(asked) = report.timers.asked {
        blocks.push(Block::Paragraph(budget(report, &spoken(asked))));
    }
    if let Some(problem) = &report.timers.problem {
        blocks.push(Block::Paragraph(sentence(&format!(
            "the hosts could not be tuned as the spec asks: {problem}"
        ))));
    }
}

fn budget(report: &Report, asked: &str) -> String {
    let timers = &report.timers;
    let exactly = |time: provision_architecture::values::Duration| format!("{:.1} s", time.seconds());
    match timers.meets_budget() {
        Some(true) => format!("A dead peer is noticed within the {asked} that the spec asks for."),
        _ => format!(
            "A dead peer is NOT always noticed within the {asked} that the spec asks for: it takes up to {}, and up to \
             {} where the network reports the peer as unreachable.",
            exactly(timers.tuned),
            exactly(timers.tuned_unreachable)
        ),
    }
}

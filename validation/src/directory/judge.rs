use provision_architecture::spec::SpecFile;
use provision_architecture::topology::Topology;
use provision_architecture::values::Date;

use super::changes::{Change, changes};
use super::{Place, Reading, Said, hosts, own};
use crate::rules::catalogue::RuleError;
use crate::rules::{Finding, OwnRule, Verdict, close, judge};

/// Judges what a directory or a plan says now, by the rules that hold for the spec that it was rendered from. What an
/// edit broke stands where the edit is; what the spec itself breaks stands in the spec.
pub fn check(
    file: &SpecFile,
    topology: &Topology,
    reading: &Reading,
    today: Date,
) -> Result<Verdict, RuleError> {
    let before = judge(file, topology)?;
    let changes = changes(topology, reading);
    let mut verdict =
        if changes.is_empty() { before.clone() } else { judge(file, &applied(topology, &changes))? };
    let alone = alone(file, topology, &changes)?;
    for finding in verdict.findings.iter_mut().filter(|finding| !holds(&before, finding)) {
        if let Some(said) = cause(finding, &changes, &alone).and_then(|change| change.said) {
            move_to(finding, said);
        }
    }
    verdict.findings.extend(changes.iter().map(|change| edited(change, file)));
    own::apply(file, topology, reading, &mut verdict);
    hosts::apply(file, topology, reading, &mut verdict);
    close(&mut verdict, file, &topology.spec, today, true);
    Ok(verdict)
}

fn applied(topology: &Topology, changes: &[Change<'_>]) -> Topology {
    let mut now = topology.clone();
    changes.iter().for_each(|change| (change.apply)(&mut now));
    now
}

/// What each difference would break by itself.
fn alone(file: &SpecFile, topology: &Topology, changes: &[Change<'_>]) -> Result<Vec<Verdict>, RuleError> {
    let one = |change| judge(file, &applied(topology, std::slice::from_ref(change)));
    changes.iter().map(one).collect()
}

fn holds(verdict: &Verdict, finding: &Finding) -> bool {
    let same = |other: &Finding| {
        (&other.rule, &other.path, &other.found) == (&finding.rule, &finding.path, &finding.found)
    };
    verdict.findings.iter().any(same)
}

/// The difference that breaks the rule by itself; or else the one whose field is nearest to the rule's.
fn cause<'c, 'a>(finding: &Finding, changes: &'c [Change<'a>], alone: &[Verdict]) -> Option<&'c Change<'a>> {
    let by_itself = changes.iter().zip(alone).filter(|(change, verdict)| {
        let found = verdict.findings.iter().any(|it| (&it.rule, &it.path) == (&finding.rule, &finding.path));
        found && change.said.is_some()
    });
    let near = |change: &Change<'_>| {
        change.path.split('.').zip(finding.path.split('.')).take_while(|(one, other)| one == other).count()
    };
    let nearest = |changes: Vec<&'c Change<'a>>| changes.into_iter().max_by_key(|change| near(change));
    nearest(by_itself.map(|(change, _)| change).collect())
        .or_else(|| nearest(changes.iter().filter(|change| near(change) > 1).collect()))
}

/// The finding is about this argument.
pub(super) fn move_to(finding: &mut Finding, said: &Said) {
    finding.position = said.place.source.position(said.span.start);
    finding.span = said.span.clone();
    finding.place = Some(said.place.clone());
}

/// A rule of ours that this argument breaks.
pub(super) fn complaint(rule: OwnRule, said: &Said, found: String, file: &SpecFile) -> Finding {
    let path = format!("{}.{}", said.address, said.argument);
    let mut finding = rule.finding(file, 0..0, path, found);
    move_to(&mut finding, said);
    finding
}

/// What would be undone when the spec is rendered again.
fn edited(change: &Change<'_>, file: &SpecFile) -> Finding {
    let found =
        format!("the directory says {} where the spec's `{}` says something else", change.now, change.path);
    match change.said {
        Some(said) => complaint(OwnRule::EditedAway, said, found, file),
        None => OwnRule::EditedAway.finding(file, file.locate(&change.path), change.path.clone(), found),
    }
}

/// A place in a file that no argument says anything about.
pub(super) fn place_in(finding: &mut Finding, place: Place, start: usize) {
    let end = place.source.line_around(start).end;
    finding.position = place.source.position(start);
    finding.span = start..end;
    finding.place = Some(place);
}

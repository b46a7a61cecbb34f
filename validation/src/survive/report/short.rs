//! What survives, in the few lines that fit under something else: what anybody would notice, and for how long.

use super::super::analysis::Report;
use super::super::effect::{Effect, State};
use super::super::recovery::Tuning;
use super::super::rows::Row;
use super::super::words::{percent, spoken};
use super::document::{Block, Item, failure};
use super::sentences::{sentence, stop_in_short};

/// What a word means, told where it stands.
const LEGEND: [(&str, &str); 3] = [
    ("%", "A percentage is what is left of what is needed."),
    ("stops ", "“stops 5 min”: back by itself after five minutes."),
    ("late ", "“late 20 s”: what was under way goes on after twenty seconds."),
];
const KERNEL: &str = "In parentheses: on hosts with the kernel's own timers.";

pub(super) fn of(report: &Report) -> Vec<Block> {
    let mut noticed = Vec::new();
    let mut unnoticed = Vec::new();
    for row in zones(report).into_iter().chain(report.singles.iter().cloned()) {
        if row.effects.iter().all(is_unnoticed) {
            unnoticed.push(failure(&row));
        } else {
            let text = format!("{}: {}", failure(&row), what_happens(report, &row));
            noticed.push(Item { text, below: Vec::new() });
        }
    }
    let mut blocks = Vec::new();
    if !noticed.is_empty() {
        let legend = legend(&noticed);
        blocks.extend([Block::List(noticed), Block::Paragraph(legend)]);
    }
    if !unnoticed.is_empty() {
        blocks.push(Block::Paragraph(sentence(&format!("nobody notices when {}", unnoticed.join(", ")))));
    }
    blocks
}

/// `ui, log-search stop 1 h; execution 67 %`
fn what_happens(report: &Report, row: &Row) -> String {
    let mut told: Vec<(Vec<&str>, String)> = Vec::new();
    for (capability, effect) in report.capabilities.iter().zip(&row.effects) {
        if is_unnoticed(effect) {
            continue;
        }
        let cell = cell(effect);
        match told.iter_mut().find(|(_, known)| *known == cell) {
            Some((names, _)) => names.push(&capability.name),
            None => told.push((vec![&capability.name], cell)),
        }
    }
    let parts = told.into_iter().map(|(names, cell)| {
        let all = names.len() == report.capabilities.len() && names.len() > 1;
        format!("{} {cell}", if all { "everything".to_owned() } else { names.join(", ") })
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn legend(items: &[Item]) -> String {
    let stands = |word: &str| items.iter().any(|item| item.text.contains(word));
    let mut told: Vec<&str> =
        LEGEND.iter().filter(|(word, _)| stands(word)).map(|(_, meaning)| *meaning).collect();
    // A time in parentheses follows another time.
    if ["s (", "min (", "h (", "d ("].iter().any(|end| stands(end)) {
        told.push(KERNEL);
    }
    told.join(" ")
}

/// The zones in one row where the loss of each does the same.
fn zones(report: &Report) -> Vec<Row> {
    match report.zone_losses.as_slice() {
        [first, _, ..] if report.zone_losses.iter().all(|row| row.effects == first.effects) => {
            let mut row = first.clone();
            row.failures = vec!["one zone is lost".to_owned()];
            row.count = report.zone_losses.iter().map(|row| row.count).sum();
            vec![row]
        }
        rows => rows.to_vec(),
    }
}

fn is_unnoticed(effect: &Effect) -> bool {
    effect.state == State::Running && effect.delays.is_empty() && !effect.cancels_work
}

/// `running`, `late 20 s (16 min)`, `67 %, late 3 min`, `stops 5 min`, `stopped`, `LOST`.
fn cell(effect: &Effect) -> String {
    let share = match (effect.state, effect.share) {
        (State::Stopped, _) => return effect.stop.as_ref().map_or("stopped".to_owned(), stop_in_short),
        (State::Lost, _) => return "LOST".to_owned(),
        (State::Degraded, share) => Some(share.map_or("degraded".to_owned(), percent)),
        (State::Running, _) => None,
    };
    let parts: Vec<String> = share.into_iter().chain(late(effect)).collect();
    if parts.is_empty() { "running".to_owned() } else { parts.join(", ") }
}

fn late(effect: &Effect) -> Option<String> {
    if effect.delays.is_empty() {
        return effect.cancels_work.then(|| "work is given up".to_owned());
    }
    let time = |tuning| effect.interruption(tuning).map(spoken);
    Some(match (time(Tuning::Tuned), time(Tuning::Kernel)) {
        (Some(tuned), Some(kernel)) if tuned == kernel => format!("late {tuned}"),
        (Some(tuned), Some(kernel)) => format!("late {tuned} ({kernel})"),
        _ => "late".to_owned(),
    })
}

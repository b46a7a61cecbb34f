//! The plan for people: what is risky first, names and counts last.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Action, Plan, Verb};
use crate::Address;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// What is risky, and counts.
    Concise,
    /// Changes of what exists, field by field; what is new, or goes with everything else, by its kind.
    #[default]
    Normal,
    /// Every action by itself, long texts in full.
    Diff,
}

/// What goes to no terminal is this wide.
const WIDTH: usize = 100;

/// The whole plan as text, without colour: who prints it may colour lines by their symbol.
pub fn text(plan: &Plan, detail: Detail) -> String {
    fitted(plan, detail, WIDTH)
}

/// The same for a terminal of so many columns.
pub fn fitted(plan: &Plan, detail: Detail, width: usize) -> String {
    if plan.is_empty() {
        return nothing(plan);
    }
    let mut out = String::new();
    let mut actions: Vec<&Action> = plan.actions.iter().collect();
    actions.sort_by_key(|action| (action.blocked.is_none(), !loses_data(action), action.verb));
    let (alone, together): (Vec<&Action>, Vec<&Action>) =
        actions.into_iter().partition(|action| detail == Detail::Diff || !is_one_of_many(plan, action));
    for action in &alone {
        one(action, detail, &mut out);
    }
    if detail != Detail::Concise {
        by_kind(&together, width, &mut out);
    }
    out.push_str(&foreign(plan));
    if !out.is_empty() {
        out.push('\n');
    }
    summary(plan, &alone, width, &mut out);
    out
}

fn nothing(plan: &Plan) -> String {
    if plan.destroy {
        return format!("Nothing to destroy.\n{}", foreign(plan));
    }
    let count = plan.unchanged;
    let resources = if count == 1 { "resource is" } else { "resources are" };
    format!("No changes: {count} {resources} as the directory says.\n{}", foreign(plan))
}

fn loses_data(action: &Action) -> bool {
    action.holds_data && action.verb.ends_object()
}

/// What there is nothing to say about beyond its name: a new object, or one that goes because everything goes.
fn is_one_of_many(plan: &Plan, action: &Action) -> bool {
    let plain = action.blocked.is_none()
        && action.reason.is_none()
        && action.moved_from.is_none()
        && !action.drift
        && !loses_data(action);
    plain
        && (matches!(action.verb, Verb::Create | Verb::Import) || plan.destroy && action.verb == Verb::Delete)
}

fn one(action: &Action, detail: Detail, out: &mut String) {
    let _ = write!(out, "{:>3} {}", action.verb.symbol(), action.address);
    if let Some(id) = action.id.as_deref().filter(|_| action.verb != Verb::Create) {
        let _ = write!(out, "  ({id})");
    }
    if let Some(from) = &action.moved_from {
        let _ = write!(out, "  was {from}");
    }
    if action.verb == Verb::Replace {
        out.push_str(if action.create_first { "  new one first" } else { "  old one first" });
    }
    if action.drift {
        out.push_str("  [drift]");
    }
    out.push('\n');
    if let Some(reason) = &action.reason {
        let _ = writeln!(out, "      because {reason}");
    }
    if let Some(blocked) = &action.blocked {
        let _ = writeln!(out, "      blocked: {blocked}");
    } else if loses_data(action) {
        out.push_str("      its data is lost, as was allowed\n");
    }
    if detail == Detail::Concise {
        return forcing(action, out);
    }
    for change in &action.changes {
        let mark = if change.forces_replacement { "   forces the replacement" } else { "" };
        let (before, after) = (short(&change.before, detail), short(&change.after, detail));
        let _ = writeln!(out, "      {}: {before} → {after}{mark}", change.field);
    }
}

/// A replacement always says why.
fn forcing(action: &Action, out: &mut String) {
    let fields: Vec<&str> =
        action.changes.iter().filter(|c| c.forces_replacement).map(|c| c.field.as_str()).collect();
    if !fields.is_empty() {
        let _ = writeln!(out, "      because of {}", fields.join(", "));
    }
}

/// `  + aws_subnet (6): private_a, private_b, …`
fn by_kind(actions: &[&Action], width: usize, out: &mut String) {
    let mut kinds: BTreeMap<(Verb, &str), Vec<&str>> = BTreeMap::new();
    for action in actions {
        kinds.entry((action.verb, action.address.kind())).or_default().push(action.address.name());
    }
    for ((verb, kind), names) in kinds {
        let count = if names.len() > 1 { format!(" ({})", names.len()) } else { String::new() };
        let head = format!("{:>3} {kind}{count}:", verb.symbol());
        out.push_str(&hanging(&head, &names, ", ", width));
    }
}

/// A head and words behind it, broken where the line is full, the rest indented beneath.
fn hanging(head: &str, words: &[&str], separator: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = head.to_owned();
    for (index, word) in words.iter().enumerate() {
        let last = index + 1 == words.len();
        let word = if last { (*word).to_owned() } else { format!("{word}{}", separator.trim_end()) };
        if line.chars().count() + 1 + word.chars().count() > width && line.trim() != "" {
            out.push_str(&line);
            out.push('\n');
            line = "     ".to_owned();
        }
        line.push(' ');
        line.push_str(&word);
    }
    out.push_str(&line);
    out.push('\n');
    out
}

fn short(value: &Json, detail: Detail) -> String {
    let text = match value {
        Json::Null => return "(not set)".to_owned(),
        Json::String(text) if text.starts_with('(') => return text.clone(),
        other => other.to_string(),
    };
    if detail == Detail::Diff || text.chars().count() <= 72 {
        return text;
    }
    let head: String = text.chars().take(60).collect();
    format!("{head}… ({} characters)", text.chars().count())
}

fn foreign(plan: &Plan) -> String {
    plan.foreign.iter().fold(String::new(), |mut out, foreign| {
        let _ = writeln!(out, "  ! {} {}: {}", foreign.kind, foreign.id, foreign.what);
        out
    })
}

fn summary(plan: &Plan, named: &[&Action], width: usize, out: &mut String) {
    for verb in [
        Verb::Replace,
        Verb::Delete,
        Verb::Forget,
        Verb::Update,
        Verb::Move,
        Verb::Await,
        Verb::Import,
        Verb::Create,
    ] {
        let count = plan.count(verb);
        if count == 0 {
            continue;
        }
        let mut names: Vec<&str> = named
            .iter()
            .filter(|action| action.verb == verb)
            .take(6)
            .map(|action| action.address.as_str())
            .collect();
        // Those that were only listed by their kind aren't named again.
        let head = format!("{count:>4} to {:<8}", verb.word());
        let more = format!("… ({} more)", count - names.len());
        if !names.is_empty() && names.len() < count {
            names.push(&more);
        }
        out.push_str(hanging(&head, &names, ", ", width).trim_end());
        out.push('\n');
    }
    if plan.unchanged > 0 {
        let _ = writeln!(out, "{:>4} unchanged", plan.unchanged);
    }
    let drifted = plan.actions.iter().filter(|action| action.drift).count();
    if drifted > 0 {
        let _ = writeln!(
            out,
            "{drifted} of them drift: the configuration is as it was applied last, the estate moved."
        );
    }
    let blocked = plan.blocked().count();
    if blocked > 0 {
        let _ = writeln!(out, "{blocked} blocked: nothing is applied until that is decided.");
    } else if plan.estimate.seconds > 0 {
        out.push_str(&estimate(plan, width));
    }
}

/// How long it takes, and what that hangs on.
pub fn estimate(plan: &Plan, width: usize) -> String {
    let path = &plan.estimate.critical_path;
    let mut names: Vec<&str> = path.iter().map(Address::as_str).collect();
    if names.len() > 5 {
        names.splice(2..names.len() - 2, ["…"]);
    }
    let took = duration(plan.estimate.seconds);
    hanging(&format!("About {took}. What decides it:"), &names, " →", width)
}

/// `1h 05m`, `12m 30s`, `8s`.
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, 0) => format!("{m}m"),
        (0, m, s) => format!("{m}m {s:02}s"),
        (h, m, _) => format!("{h}h {m:02}m"),
    }
}

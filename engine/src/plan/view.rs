//! The plan for people: what is risky first, names and counts last.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Action, Plan, Verb};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// One line an action.
    Concise,
    /// Changes of what exists, field by field.
    #[default]
    Normal,
    /// Long texts line by line too.
    Diff,
}

/// The whole plan as text, without colour: who prints it may colour lines by their symbol.
pub fn text(plan: &Plan, detail: Detail) -> String {
    if plan.is_empty() {
        let what = if plan.destroy { "Nothing to destroy" } else { "No changes" };
        return format!(
            "{what}: {} {} as the directory says.\n{}",
            plan.unchanged,
            resources(plan.unchanged),
            foreign(plan)
        );
    }
    let mut out = String::new();
    let mut actions: Vec<&Action> = plan.actions.iter().collect();
    actions.sort_by_key(|action| {
        (action.blocked.is_none(), !(action.holds_data && action.verb.ends_object()), action.verb)
    });
    for action in &actions {
        one(action, detail, &mut out);
    }
    out.push_str(&foreign(plan));
    summary(plan, &actions, &mut out);
    out
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

fn summary(plan: &Plan, actions: &[&Action], out: &mut String) {
    out.push('\n');
    for verb in
        [Verb::Replace, Verb::Delete, Verb::Forget, Verb::Update, Verb::Move, Verb::Await, Verb::Create]
    {
        let names: Vec<&str> = actions
            .iter()
            .filter(|action| action.verb == verb)
            .map(|action| action.address.as_str())
            .collect();
        if names.is_empty() {
            continue;
        }
        let shown = names.iter().take(6).copied().collect::<Vec<_>>().join(", ");
        let more = if names.len() > 6 { format!(", … ({} more)", names.len() - 6) } else { String::new() };
        let _ = writeln!(out, "{:>4} to {:<8} {shown}{more}", names.len(), verb.word());
    }
    if plan.unchanged > 0 {
        let _ = writeln!(out, "{:>4} unchanged", plan.unchanged);
    }
    let _ = writeln!(out, "About {}, decided by {}.", duration(plan.estimate.seconds), path(plan));
    let blocked = plan.blocked().count();
    if blocked > 0 {
        let _ = writeln!(out, "{blocked} blocked: nothing is applied until that is decided.");
    }
}

fn path(plan: &Plan) -> String {
    let path = &plan.estimate.critical_path;
    let mut names: Vec<&str> = path.iter().map(crate::Address::as_str).collect();
    if names.len() > 5 {
        names.splice(2..names.len() - 2, ["…"]);
    }
    names.join(" → ")
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

fn resources(count: usize) -> &'static str {
    if count == 1 { "resource is" } else { "resources are" }
}

//! The picture as a Mermaid flowchart, for READMEs and wikis that draw them: tiers as frames, zones as nodes, so that
//! it stays small however many machines there are.

use crate::marks::{Marks, State};
use crate::scene::{Member, Place, Scene, Tier};

pub(crate) fn written(scene: &Scene, marks: &Marks) -> String {
    let mut text = String::from("flowchart TB\n");
    for (at, tier) in scene.tiers.iter().enumerate() {
        tier_lines(scene, at, tier, marks, &mut text);
    }
    for edge in &scene.edges {
        let ports: Vec<String> = edge.ports.iter().map(u16::to_string).collect();
        let label = if ports.is_empty() { String::new() } else { format!("|{}|", quoted(&ports.join(", "))) };
        text += &format!("  t{} -->{label} t{}\n", edge.from, edge.to);
    }
    text += "  classDef degraded fill:#fff1cc,stroke:#8a6100,color:#1d2733\n";
    text += "  classDef stopped fill:#fbe6e3,stroke:#b0332a,stroke-dasharray:5 3,color:#1d2733\n";
    text += "  classDef lost fill:#8f1d16,stroke:#4d0e0b,color:#ffffff\n";
    text
}

fn tier_lines(scene: &Scene, at: usize, tier: &Tier, marks: &Marks, text: &mut String) {
    let detail = if tier.detail.is_empty() { String::new() } else { format!(" ({})", tier.detail) };
    let title = quoted(&format!("{}{detail}", tier.name));
    if tier.members.is_empty() {
        let (open, close) = if tier.place == Place::Outside { ("([", "])") } else { ("[", "]") };
        let class = class(marks.get(&tier.id).map_or(State::Running, |mark| mark.state));
        *text += &format!("  t{at}{open}{title}{close}{class}\n");
        return;
    }
    *text += &format!("  subgraph t{at}[{title}]\n    direction LR\n");
    for node in by_zone(scene, tier, marks) {
        let (zone, label, class) = (node.zone, quoted(&node.label), class(node.state));
        *text += &format!("    t{at}z{zone}[{label}]{class}\n");
    }
    *text += "  end\n";
}

fn class(state: State) -> String {
    if state == State::Running { String::new() } else { format!(":::{}", state.word()) }
}

/// Mermaid knows HTML's entities in quotes.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' => safe += &format!("#{};", u32::from(c)),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}

/// A tier's members in one zone.
pub(crate) struct InZone {
    pub(crate) zone: usize,
    pub(crate) label: String,
    pub(crate) state: State,
}

pub(crate) fn by_zone(scene: &Scene, tier: &Tier, marks: &Marks) -> Vec<InZone> {
    let in_zone = |zone: usize| {
        let members: Vec<&Member> = tier.members.iter().filter(|member| member.zone == zone).collect();
        let state = |member: &&Member| marks.get(&member.id).map_or(State::Running, |mark| mark.state);
        let worst = members.iter().map(state).max()?;
        let down = members.iter().filter(|member| state(member) >= State::Stopped).count();
        let standbys = members.iter().filter(|member| member.standby).count();
        let mut label = format!("{}: {}", scene.zones[zone], members.len() - standbys);
        if standbys > 0 {
            label = format!("{label} and {standbys} standby");
        }
        let all = down == members.len();
        if down > 0 {
            label = if all { format!("{label}, down") } else { format!("{label}, {down} down") };
        }
        let state = if down > 0 && !all { State::Degraded } else { worst };
        Some(InZone { zone, label, state })
    };
    (0..scene.zones.len()).filter_map(in_zone).collect()
}

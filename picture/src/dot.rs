//! The picture for Graphviz: tiers as clusters, zones as nodes.

use crate::marks::{Marks, State};
use crate::mermaid::by_zone;
use crate::scene::{Scene, Tier};

pub(crate) fn written(scene: &Scene, marks: &Marks) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&scene.name));
    text += &format!("  label={};\n", quoted(&format!("{}: {}, {}", scene.name, scene.title, scene.region)));
    text += "  compound=true; rankdir=TB; fontname=\"sans-serif\";\n";
    text += "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#e4effa\", fontname=\"sans-serif\"];\n";
    text += "  edge [fontname=\"sans-serif\", color=\"#64748a\"];\n";
    let mut anchors = Vec::new();
    for (at, tier) in scene.tiers.iter().enumerate() {
        anchors.push(tier_lines(scene, at, tier, marks, &mut text));
    }
    for edge in &scene.edges {
        let ports: Vec<String> = edge.ports.iter().map(u16::to_string).collect();
        let mut attributes = vec![format!("label={}", quoted(&ports.join(", ")))];
        for (key, tier) in [("ltail", edge.from), ("lhead", edge.to)] {
            if !scene.tiers[tier].members.is_empty() {
                attributes.push(format!("{key}=cluster_{tier}"));
            }
        }
        let (from, to) = (&anchors[edge.from], &anchors[edge.to]);
        text += &format!("  {from} -> {to} [{}];\n", attributes.join(", "));
    }
    text + "}\n"
}

/// Gives the node that arrows of this tier hold on to.
fn tier_lines(scene: &Scene, at: usize, tier: &Tier, marks: &Marks, text: &mut String) -> String {
    let detail = if tier.detail.is_empty() { String::new() } else { format!(" ({})", tier.detail) };
    let title = quoted(&format!("{}{detail}", tier.name));
    if tier.members.is_empty() {
        let state = marks.get(&tier.id).map_or(State::Running, |mark| mark.state);
        *text += &format!("  t{at} [label={title}{}];\n", look(state));
        return format!("t{at}");
    }
    *text += &format!("  subgraph cluster_{at} {{\n    label={title};\n");
    let nodes = by_zone(scene, tier, marks);
    for node in &nodes {
        *text += &format!("    t{at}z{} [label={}{}];\n", node.zone, quoted(&node.label), look(node.state));
    }
    *text += "  }\n";
    let middle = nodes.get(nodes.len() / 2).map_or(0, |node| node.zone);
    format!("t{at}z{middle}")
}

fn look(state: State) -> &'static str {
    match state {
        State::Running => "",
        State::Degraded => ", fillcolor=\"#fff1cc\"",
        State::Stopped => ", fillcolor=\"#fbe6e3\", color=\"#b0332a\", style=\"rounded,filled,dashed\"",
        State::Lost => ", fillcolor=\"#8f1d16\", fontcolor=white",
    }
}

fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => safe.extend(['\\', c]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}

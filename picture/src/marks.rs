//! What has failed, by name, and what that looks like.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::layout::{Element, Layout};

/// How something is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Running,
    /// Works, with less than it needs.
    Degraded,
    /// Stopped until it recovers.
    Stopped,
    /// With its data.
    Lost,
}

impl State {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
            Self::Lost => "lost",
        }
    }
}

/// What became of one instance, node, zone or service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Mark {
    pub state: State,
    /// Whether it failed itself, and does not only suffer from what failed.
    pub failed: bool,
}

/// Marks by name: `worker-3`, `database-0-standby`, `zone-1`, `way-out-1`, `load-balancer`, `storage`. What is not
/// named runs.
pub type Marks = BTreeMap<String, Mark>;

/// How one element of the drawing looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The `data-node` of the element.
    pub node: String,
    pub state: State,
    pub failed: bool,
    /// Said beside it, where there is room for words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Shown {
    /// The classes of the element's group.
    pub(crate) fn classes(&self) -> String {
        let cause = if self.failed { "failed" } else { "follows" };
        format!("is-{} {cause}", self.state.word())
    }
}

pub(crate) fn shown(layout: &Layout, marks: &Marks) -> Vec<Shown> {
    let mut shown = Vec::new();
    for element in &layout.elements {
        shown.extend(whole(element, marks));
        let dots = element.dots.iter().filter_map(|(node, _)| Some((node, marks.get(node)?)));
        shown.extend(dots.filter(|(_, mark)| mark.state != State::Running).map(|(node, mark)| Shown {
            node: node.clone(),
            state: mark.state,
            failed: mark.failed,
            note: String::new(),
        }));
    }
    shown.extend((0..layout.zones.len()).filter_map(|zone| zone_shown(zone, marks)));
    shown
}

/// One box for one node, or for all of a tier in a zone.
fn whole(element: &Element, marks: &Marks) -> Option<Shown> {
    let found: Vec<Mark> = element
        .members
        .iter()
        .filter_map(|member| marks.get(member).copied())
        .filter(|mark| mark.state != State::Running)
        .collect();
    let worst = found.iter().max()?;
    let all = element.members.len();
    let down = found.iter().filter(|mark| mark.state >= State::Stopped).count();
    let (state, note) = match (down, all) {
        (_, 1) => (worst.state, String::new()),
        (0, _) => (State::Degraded, String::new()),
        (down, all) if down == all => (worst.state, format!("all {all} down")),
        (down, all) => (State::Degraded, format!("{down} of {all} down")),
    };
    let failed = found.iter().any(|mark| mark.failed);
    Some(Shown { node: element.node.clone(), state, failed, note })
}

fn zone_shown(zone: usize, marks: &Marks) -> Option<Shown> {
    let is_down = |name: String| marks.get(&name).is_some_and(|mark| mark.state >= State::Stopped);
    let (state, note) = if is_down(format!("zone-{zone}")) {
        (State::Stopped, "lost")
    } else if is_down(format!("way-out-{zone}")) {
        (State::Degraded, "no way out")
    } else {
        return None;
    };
    Some(Shown { node: format!("zone-{zone}"), state, failed: true, note: note.to_owned() })
}

//! The arrows. Each target has a lane at the right; who connects to it joins the lane with a dot, and the lane ends in
//! the target with the port beside its arrow. So however many connect, no arrow crosses a box, and each can be followed.

use std::collections::BTreeMap;

use super::{Element, Row, text_width};
use crate::scene::{Place, Scene};

const SPACING: i32 = 14;
const LABEL: i32 = 11;

/// The connections to one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub to: usize,
    pub x: i32,
    /// Where it enters its target.
    pub y: i32,
    pub top: i32,
    pub bottom: i32,
    /// The ports.
    pub label: String,
}

/// The way of one tier out to the lanes that it joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stub {
    pub from: usize,
    pub y: i32,
    pub start: i32,
    /// The lanes' x, from left to right.
    pub joints: Vec<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lanes {
    pub lanes: Vec<Lane>,
    pub stubs: Vec<Stub>,
    /// Where the boxes end and the lanes' side begins.
    pub edge: i32,
    /// Straight down from a box outside to a bar below it: x, from y, to y.
    pub down: Vec<(i32, i32, i32)>,
}

/// Where a tier is left and entered.
#[derive(Debug, Clone, Copy)]
struct Gate {
    out: i32,
    into: i32,
    start: i32,
}

impl Lanes {
    pub(super) fn of(scene: &Scene, rows: &[Row], elements: &[Element], edge: i32) -> Self {
        let is_down = |from: usize, to: usize| {
            scene.tiers[from].id == "users" && scene.tiers[to].place == Place::RegionFront
        };
        let (down, beside): (Vec<_>, Vec<_>) =
            scene.edges.iter().partition(|edge| is_down(edge.from, edge.to));
        let gates = gates(scene, rows, elements, edge);
        let mut targets: Vec<usize> =
            beside.iter().map(|it| it.to).filter(|it| gates.contains_key(it)).collect();
        targets.sort_by_key(|target| gates[target].into);
        targets.dedup();
        let labels: Vec<String> = targets.iter().map(|target| ports(scene, *target)).collect();
        let widest = labels.iter().map(|label| text_width(label, LABEL)).max().unwrap_or(0);
        let first = edge + 14 + widest + 12;
        let mut lanes = Self { edge, ..Self::default() };
        for ((number, target), label) in (0..).zip(&targets).zip(labels) {
            let y = gates[target].into;
            lanes.lanes.push(Lane { to: *target, x: first + number * SPACING, y, top: y, bottom: y, label });
        }
        for (tier, gate) in &gates {
            let mine = beside.iter().filter(|it| it.from == *tier).map(|it| it.to);
            lanes.join(*tier, *gate, &mine.collect::<Vec<_>>());
        }
        lanes.down = down.iter().filter_map(|it| straight(elements, it.from, it.to)).collect();
        lanes
    }

    fn join(&mut self, from: usize, gate: Gate, to: &[usize]) {
        let mut joints = Vec::new();
        for lane in self.lanes.iter_mut().filter(|lane| to.contains(&lane.to)) {
            (lane.top, lane.bottom) = (lane.top.min(gate.out), lane.bottom.max(gate.out));
            joints.push(lane.x);
        }
        if !joints.is_empty() {
            self.stubs.push(Stub { from, y: gate.out, start: gate.start, joints });
        }
    }

    /// Where they end.
    pub(super) fn right(&self) -> i32 {
        self.lanes.iter().map(|lane| lane.x + SPACING + 4).max().unwrap_or(self.edge)
    }
}

/// Who is both left and entered has two gates, so that nothing is drawn on top of something else.
fn gates(scene: &Scene, rows: &[Row], elements: &[Element], edge: i32) -> BTreeMap<usize, Gate> {
    let mut gates = BTreeMap::new();
    for tier in 0..scene.tiers.len() {
        let row = rows.iter().find(|row| row.tier == tier).map(|row| (row.rect.middle(), edge));
        let bar = || elements.iter().find(|it| it.tier == tier).map(|it| (it.rect.middle(), it.rect.right()));
        let Some((middle, start)) = row.or_else(bar) else { continue };
        let is_left = scene.edges.iter().any(|edge| edge.from == tier);
        let is_entered =
            scene.edges.iter().any(|edge| edge.to == tier && scene.tiers[edge.from].id != "users");
        let apart = if is_left && is_entered { 7 } else { 0 };
        gates.insert(tier, Gate { out: middle - apart, into: middle + apart, start });
    }
    gates
}

fn ports(scene: &Scene, target: usize) -> String {
    let mut ports: Vec<u16> =
        scene.edges.iter().filter(|edge| edge.to == target).flat_map(|edge| edge.ports.clone()).collect();
    ports.sort_unstable();
    ports.dedup();
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

fn straight(elements: &[Element], from: usize, to: usize) -> Option<(i32, i32, i32)> {
    let rect = |tier: usize| elements.iter().find(|it| it.tier == tier).map(|it| it.rect);
    let (from, to) = (rect(from)?, rect(to)?);
    Some((from.x + from.width / 2, from.bottom(), to.y))
}

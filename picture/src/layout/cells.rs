//! The members of one tier in one zone: up to four are boxes, more are one box with a dot for each, and beyond what
//! anybody would count a number has to do.

use super::{Columns, Element, ROW_PADDING, Rect, text_width};
use crate::scene::{Member, Place, Scene, Tier};

pub(super) const PADDING: i32 = 12;

/// More members than this of a tier in one zone are drawn in one box.
const MOST_BOXES: usize = 4;
/// More than this are not drawn one by one.
const MOST_DOTS: usize = 160;

const ACROSS: i32 = 2;
const BETWEEN: i32 = 10;
const LINE: i32 = 30;
const TWO_LINES: i32 = 44;
const DOT_PITCH: i32 = 14;
/// A box of many is at least so wide.
const CROWD: i32 = 210;

fn in_zone(tier: &Tier, zone: usize) -> impl Iterator<Item = &Member> {
    tier.members.iter().filter(move |member| member.zone == zone)
}

fn fullest(scene: &Scene, tier: &Tier) -> usize {
    (0..scene.zones.len()).map(|zone| in_zone(tier, zone).count()).max().unwrap_or(0)
}

fn box_width(tier: &Tier) -> i32 {
    let width = |member: &Member| text_width(&member.label, 12).max(text_width(&member.detail, 11)) + 50;
    tier.members.iter().map(width).max().unwrap_or(0)
}

fn crowd_label(tier: &Tier, count: usize) -> String {
    format!("{} × {count}", tier.id)
}

/// The widest content of any zone.
pub(super) fn width(scene: &Scene) -> i32 {
    let needed = |tier: &Tier| match fullest(scene, tier) {
        0 => 0,
        1 => box_width(tier),
        2..=MOST_BOXES => ACROSS * box_width(tier) + BETWEEN,
        // Room for what is said when some of them are down.
        count => {
            CROWD.max(text_width(&crowd_label(tier, count), 12) + text_width("1000 of 1000 down", 11) + 40)
        }
    };
    let in_zones = scene.tiers.iter().filter(|it| matches!(it.place, Place::Component | Place::Backend));
    in_zones.map(needed).max().unwrap_or(0)
}

/// Puts a tier's members into their zones, from this y on; gives the height of the row.
pub(super) fn fill(scene: &Scene, at: usize, columns: &Columns, y: i32, elements: &mut Vec<Element>) -> i32 {
    let tier = &scene.tiers[at];
    let crowded = fullest(scene, tier) > MOST_BOXES;
    let top = y + ROW_PADDING;
    let mut bottom = top + LINE;
    for zone in 0..scene.zones.len() {
        let members: Vec<&Member> = in_zone(tier, zone).collect();
        let area = Rect {
            x: columns.zone_x(zone) + PADDING,
            y: top,
            width: columns.zone_width - 2 * PADDING,
            height: 0,
        };
        let first = elements.len();
        match (members.is_empty(), crowded) {
            (true, _) => {}
            (false, true) => elements.push(crowd(at, tier, zone, &members, area)),
            (false, false) => elements.extend(boxes(at, tier, &members, area)),
        }
        bottom = elements[first..].iter().map(|it| it.rect.bottom()).fold(bottom, i32::max);
    }
    bottom + ROW_PADDING - y
}

/// One box each, up to two beside each other, in the middle of their zone.
fn boxes(at: usize, tier: &Tier, members: &[&Member], area: Rect) -> Vec<Element> {
    let width = box_width(tier);
    let has_detail = tier.members.iter().any(|member| !member.detail.is_empty());
    let height = if has_detail { TWO_LINES } else { LINE };
    let count = i32::try_from(members.len()).unwrap_or(ACROSS);
    let per_line = count.min(ACROSS);
    let left = area.x + (area.width - per_line * width - (per_line - 1) * BETWEEN) / 2;
    let place = |(number, member): (i32, &&Member)| {
        let (column, line) = (number % per_line, number / per_line);
        let (x, y) = (left + column * (width + BETWEEN), area.y + line * (height + BETWEEN));
        Element {
            tier: at,
            node: member.id.clone(),
            rect: Rect { x, y, width, height },
            label: member.label.clone(),
            detail: member.detail.clone(),
            standby: member.standby,
            members: vec![member.id.clone()],
            dots: Vec::new(),
        }
    };
    (0..).zip(members).map(place).collect()
}

/// One box for all, with a dot for each.
fn crowd(at: usize, tier: &Tier, zone: usize, members: &[&Member], area: Rect) -> Element {
    let inner = area.width - 2 * PADDING;
    let per_line = (inner / DOT_PITCH).max(1);
    let shown = if members.len() > MOST_DOTS { &[] } else { members };
    let dot = |(number, member): (i32, &&Member)| {
        let (column, line) = (number % per_line, number / per_line);
        (member.id.clone(), (area.x + PADDING + column * DOT_PITCH, area.y + LINE + 2 + line * DOT_PITCH))
    };
    let dots: Vec<(String, (i32, i32))> = (0..).zip(shown).map(dot).collect();
    let lines = (i32::try_from(dots.len()).unwrap_or(0) + per_line - 1) / per_line;
    let below = if lines > 0 { lines * DOT_PITCH + 6 } else { 0 };
    Element {
        tier: at,
        node: format!("{}-in-{zone}", tier.id),
        rect: Rect { height: LINE + below, ..area },
        label: crowd_label(tier, members.len()),
        detail: String::new(),
        standby: false,
        members: members.iter().map(|member| member.id.clone()).collect(),
        dots,
    }
}

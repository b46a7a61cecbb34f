//! The picture as SVG: self-contained, text as text, readable in light and dark.

use crate::layout::{Element, Lanes, Layout, Rect};
use crate::marks::{self, Marks, Shown};
use crate::scene::{Place, Scene};
use crate::xml::Xml;

/// The look. Class names begin with what nothing else in a page does; colours are written out, because some viewers
/// know no variables.
const STYLE: &str = include_str!("style.css");

pub(crate) fn written(scene: &Scene, layout: &Layout, marks: &Marks) -> String {
    let shown = marks::shown(layout, marks);
    let mut xml = Xml::default();
    let (width, height) = (layout.width.to_string(), layout.height.to_string());
    let view = format!("0 0 {width} {height}");
    xml.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("class", "picture"),
            ("width", &width),
            ("height", &height),
            ("viewBox", &view),
            ("style", "max-width:100%;height:auto"),
            ("role", "img"),
            ("aria-labelledby", "picture-title picture-description"),
        ],
    );
    xml.words("title", &[("id", "picture-title")], &format!("{}: {}", scene.name, scene.title));
    xml.words("desc", &[("id", "picture-description")], &description(scene, &shown));
    xml.words("style", &[], STYLE);
    definitions(&mut xml);
    xml.leaf("rect", &[("class", "picture-ground"), ("width", &width), ("height", &height)]);
    region(scene, layout, &mut xml);
    let find = |node: &str| shown.iter().find(|shown| shown.node == node);
    for (at, rect) in layout.zones.iter().enumerate() {
        zone(&scene.zones[at], at, rect, find(&format!("zone-{at}")), &mut xml);
    }
    rows(scene, layout, &mut xml);
    arrows(&layout.lanes, &mut xml);
    for it in &layout.elements {
        element(scene, it, &find, &mut xml);
    }
    xml.close();
    xml.finish()
}

fn description(scene: &Scene, shown: &[Shown]) -> String {
    let mut said = scene.description();
    let failed: Vec<String> = shown.iter().map(|it| format!("{} {}", it.node, it.state.word())).collect();
    if !failed.is_empty() {
        said += &format!(" In this picture: {}.", failed.join(", "));
    }
    said
}

/// Stripes for what is down, which can be told without colours, and the signs.
fn definitions(xml: &mut Xml) {
    xml.open("defs", &[]);
    let stripes = [("picture-stripes", "picture-stripe"), ("picture-stripes-lost", "picture-stripe-lost")];
    for (id, class) in stripes {
        xml.open(
            "pattern",
            &[
                ("id", id),
                ("width", "7"),
                ("height", "7"),
                ("patternUnits", "userSpaceOnUse"),
                ("patternTransform", "rotate(45)"),
            ],
        );
        xml.leaf("rect", &[("class", &format!("{class}-ground")), ("width", "7"), ("height", "7")]);
        xml.leaf("rect", &[("class", class), ("width", "2"), ("height", "7")]);
        xml.close();
    }
    xml.close();
}

fn rectangle(class: &str, rect: &Rect, radius: i32, xml: &mut Xml) {
    let [x, y, width, height, radius] =
        [rect.x, rect.y, rect.width, rect.height, radius].map(|number| number.to_string());
    let attributes =
        [("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", &radius)];
    xml.leaf("rect", &attributes.map(|(key, value): (&'static str, &str)| (key, value)));
}

fn text(class: &str, x: i32, y: i32, content: &str, xml: &mut Xml) {
    xml.words("text", &[("class", class), ("x", &x.to_string()), ("y", &y.to_string())], content);
}

fn region(scene: &Scene, layout: &Layout, xml: &mut Xml) {
    rectangle("picture-region", &layout.region, 12, xml);
    text("picture-region-name", layout.region.x + 14, layout.region.y + 22, &scene.region, xml);
}

fn zone(name: &str, number: usize, rect: &Rect, shown: Option<&Shown>, xml: &mut Xml) {
    let node = format!("zone-{number}");
    let class = format!("picture-zone {}", shown.map(Shown::classes).unwrap_or_default());
    xml.open("g", &[("class", class.trim_end()), ("data-node", &node)]);
    rectangle("picture-zone-panel", rect, 10, xml);
    text("picture-zone-name", rect.x + 12, rect.y + 20, name, xml);
    let note = shown.map(|shown| shown.note.as_str()).unwrap_or_default();
    text("picture-note", rect.right() - 12, rect.y + 20, note, xml);
    xml.close();
}

fn rows(scene: &Scene, layout: &Layout, xml: &mut Xml) {
    for (number, row) in layout.rows.iter().enumerate() {
        let tier = &scene.tiers[row.tier];
        if number > 0 {
            let path = format!("M{} {}H{}", row.rect.x, row.rect.y, row.rect.right());
            xml.leaf("path", &[("class", "picture-rule"), ("d", &path)]);
        }
        let (x, middle) = (row.rect.x + 4, row.rect.middle());
        let lift = if tier.detail.is_empty() { 4 } else { -3 };
        text("picture-tier", x, middle + lift, &tier.name, xml);
        if !tier.detail.is_empty() {
            text("picture-tier-detail", x, middle + 13, &tier.detail, xml);
        }
    }
}

fn arrows(lanes: &Lanes, xml: &mut Xml) {
    xml.open("g", &[("class", "picture-arrows")]);
    for (x, top, bottom) in &lanes.down {
        xml.leaf("path", &[("class", "picture-arrow"), ("d", &format!("M{x} {top}V{}", bottom - 6))]);
        let head = format!("M{x} {bottom}l-4 -8h8z");
        xml.leaf("path", &[("class", "picture-head"), ("d", &head)]);
    }
    for lane in &lanes.lanes {
        let path = format!("M{0} {1}V{2}M{0} {3}H{4}", lane.x, lane.top, lane.bottom, lane.y, lanes.edge + 7);
        xml.leaf("path", &[("class", "picture-arrow"), ("d", &path)]);
        let head = format!("M{} {}l8 -4v8z", lanes.edge + 1, lane.y);
        xml.leaf("path", &[("class", "picture-head"), ("d", &head)]);
        if !lane.label.is_empty() {
            text("picture-port", lanes.edge + 14, lane.y + 13, &lane.label, xml);
        }
    }
    for stub in &lanes.stubs {
        let end = stub.joints.last().copied().unwrap_or(stub.start);
        let path = format!("M{} {}H{end}", stub.start, stub.y);
        xml.leaf("path", &[("class", "picture-arrow"), ("d", &path)]);
        for x in &stub.joints {
            let (x, y) = (x.to_string(), stub.y.to_string());
            xml.leaf("circle", &[("class", "picture-head"), ("cx", &x), ("cy", &y), ("r", "2.6")]);
        }
    }
    xml.close();
}

fn element<'s>(scene: &Scene, it: &Element, find: &impl Fn(&str) -> Option<&'s Shown>, xml: &mut Xml) {
    let tier = &scene.tiers[it.tier];
    let kind = match tier.place {
        Place::Outside => "picture-outside",
        Place::RegionFront => "picture-front",
        Place::Component => "picture-component",
        Place::Backend | Place::RegionBack => "picture-backend",
    };
    let shown = find(&it.node);
    let standby = if it.standby { " picture-standby" } else { "" };
    let class = format!("picture-node {kind}{standby} {}", shown.map(Shown::classes).unwrap_or_default());
    xml.open("g", &[("class", class.trim_end()), ("data-node", &it.node)]);
    let radius = if tier.place == Place::Outside { it.rect.height / 2 } else { 6 };
    rectangle("picture-box", &it.rect, radius, xml);
    if it.members.len() > 1 {
        crowd(it, shown, find, xml);
    } else {
        labels(it, xml);
    }
    if tier.place != Place::Outside {
        sign(it, xml);
    }
    xml.close();
}

fn labels(it: &Element, xml: &mut Xml) {
    let is_bar = it.rect.width > 320 || it.rect.height == 38;
    let center = it.rect.x + it.rect.width / 2;
    match (it.detail.is_empty(), is_bar) {
        (true, _) => text("picture-label", center, it.rect.middle() + 4, &it.label, xml),
        (false, true) => {
            text(
                "picture-label",
                center,
                it.rect.middle() + 4,
                &format!("{} ({})", it.label, it.detail),
                xml,
            );
        }
        (false, false) => {
            text("picture-label", center, it.rect.middle() - 3, &it.label, xml);
            text("picture-detail", center, it.rect.middle() + 12, &it.detail, xml);
        }
    }
}

fn crowd<'s>(it: &Element, shown: Option<&Shown>, find: &impl Fn(&str) -> Option<&'s Shown>, xml: &mut Xml) {
    text("picture-crowd", it.rect.x + 30, it.rect.y + 20, &it.label, xml);
    let note = shown.map(|shown| shown.note.as_str()).unwrap_or_default();
    text("picture-note", it.rect.right() - 12, it.rect.y + 20, note, xml);
    for (node, (x, y)) in &it.dots {
        let class = format!("picture-dot {}", find(node).map(Shown::classes).unwrap_or_default());
        let (x, y) = (x.to_string(), y.to_string());
        let attributes = [
            ("class", class.trim_end()),
            ("data-node", node.as_str()),
            ("x", &x),
            ("y", &y),
            ("width", "10"),
            ("height", "10"),
            ("rx", "2"),
        ];
        xml.leaf("rect", &attributes.map(|(key, value): (&'static str, &str)| (key, value)));
    }
}

/// A sign for every state, of which the style shows one: a cross for what failed, a bar for what waits, half a disc for
/// what works with less.
fn sign(it: &Element, xml: &mut Xml) {
    let (x, y) = (it.rect.x + 15, if it.members.len() > 1 { it.rect.y + 15 } else { it.rect.middle() });
    let cross = format!("M{} {}l8 8m0 -8l-8 8", x - 4, y - 4);
    xml.leaf("path", &[("class", "picture-sign picture-cross"), ("d", &cross)]);
    let pause = format!("M{} {}v8m5 -8v8", x - 2, y - 4);
    xml.leaf("path", &[("class", "picture-sign picture-pause"), ("d", &pause)]);
    let half = format!("M{x} {}a5 5 0 0 0 0 10zm0 0a5 5 0 0 1 0 10", y - 5);
    xml.leaf("path", &[("class", "picture-sign picture-half"), ("d", &half)]);
}

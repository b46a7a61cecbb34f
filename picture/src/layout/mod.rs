//! Where everything stands: zones as columns, tiers as rows, services of the region as bars across, arrows in lanes of
//! their own at the right. Whole pixels only, so that the same scene gives the same bytes everywhere.

mod cells;
mod lanes;

use crate::scene::{Place, Scene};

pub use lanes::{Lane, Lanes, Stub};

/// Characters are taken to be this wide, in thousandths of the type size: as wide as the widest common typeface draws
/// them, because nobody knows which one the reader has.
const CHARACTER: i32 = 640;

const MARGIN: i32 = 16;
const PILL: i32 = 30;
const BAR: i32 = 38;
const GAP: i32 = 14;
const ZONE_GAP: i32 = 14;
const ZONE_HEAD: i32 = 30;
const REGION_HEAD: i32 = 34;
const ROW_PADDING: i32 = 13;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    pub fn right(&self) -> i32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> i32 {
        self.y + self.height
    }

    pub fn middle(&self) -> i32 {
        self.y + self.height / 2
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub fn contains(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }
}

/// A box: one node, many nodes of one tier in one zone, or a service of the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub tier: usize,
    /// The name by which the drawing can be asked for it.
    pub node: String,
    pub rect: Rect,
    pub label: String,
    pub detail: String,
    pub standby: bool,
    /// The nodes that it stands for.
    pub members: Vec<String>,
    /// One dot for each, where there are too many for boxes; top left corners.
    pub dots: Vec<(String, (i32, i32))>,
}

/// One tier's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub tier: usize,
    /// From the labels to the end of the last zone.
    pub rect: Rect,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub width: i32,
    pub height: i32,
    pub region: Rect,
    pub zones: Vec<Rect>,
    pub rows: Vec<Row>,
    pub elements: Vec<Element>,
    pub lanes: Lanes,
}

/// As wide as this text is at most.
pub(crate) fn text_width(text: &str, size: i32) -> i32 {
    let characters = i32::try_from(text.chars().count()).unwrap_or(i32::MAX / CHARACTER / size);
    (characters * size * CHARACTER + 999) / 1000
}

/// What is given before rows are stacked.
struct Columns {
    left: i32,
    zone_width: i32,
    count: i32,
}

impl Columns {
    fn zone_x(&self, zone: usize) -> i32 {
        self.left + i32::try_from(zone).unwrap_or(0) * (self.zone_width + ZONE_GAP)
    }

    fn right(&self) -> i32 {
        self.left + self.count * self.zone_width + (self.count - 1).max(0) * ZONE_GAP
    }
}

impl Layout {
    pub(crate) fn of(scene: &Scene) -> Self {
        let columns = columns(scene);
        let mut elements = Vec::new();
        let mut rows = Vec::new();
        let has_outside = scene.tiers.iter().any(|tier| tier.place == Place::Outside);
        let top = MARGIN + if has_outside { PILL + 28 } else { 0 };
        outside(scene, &columns, &mut elements);
        let mut y = bars(scene, Place::RegionFront, &columns, top + REGION_HEAD, &mut elements);
        let zones_top = y;
        y += ZONE_HEAD;
        for (at, tier) in scene.tiers.iter().enumerate() {
            if !matches!(tier.place, Place::Component | Place::Backend) {
                continue;
            }
            let start = elements.len();
            let height = cells::fill(scene, at, &columns, y, &mut elements);
            debug_assert!(elements.len() > start, "a tier in zones has members");
            let rect = Rect { x: MARGIN + 12, y, width: columns.right() - MARGIN - 12, height };
            rows.push(Row { tier: at, rect });
            y += height;
        }
        let zones = (0..scene.zones.len()).map(|zone| Rect {
            x: columns.zone_x(zone),
            y: zones_top,
            width: columns.zone_width,
            height: y - zones_top,
        });
        let zones: Vec<Rect> = zones.collect();
        y = bars(scene, Place::RegionBack, &columns, y + GAP, &mut elements);
        let lanes = Lanes::of(scene, &rows, &elements, columns.right());
        let right = lanes.right().max(columns.right() + GAP);
        let region = Rect { x: MARGIN, y: top, width: right - MARGIN, height: y - top };
        let (width, height) = (region.right() + MARGIN, region.bottom() + MARGIN);
        Self { width, height, region, zones, rows, elements, lanes }
    }
}

fn columns(scene: &Scene) -> Columns {
    let label = |tier: &crate::Tier| text_width(&tier.name, 13).max(text_width(&tier.detail, 11));
    let in_zones = scene.tiers.iter().filter(|tier| !tier.members.is_empty());
    let labels = in_zones.map(label).max().unwrap_or(0).max(90);
    let names = scene.zones.iter().map(|zone| text_width(zone, 13) + 110).max().unwrap_or(0);
    let content = cells::width(scene);
    Columns {
        left: MARGIN + 12 + labels + 18,
        zone_width: names.max(content) + 2 * cells::PADDING,
        count: i32::try_from(scene.zones.len()).unwrap_or(1).max(1),
    }
}

/// Who uses it: users over the middle, everybody else at the right, where the lanes are.
fn outside(scene: &Scene, columns: &Columns, elements: &mut Vec<Element>) {
    let mut right = columns.right();
    for (tier, content) in scene.tiers.iter().enumerate().rev() {
        if content.place != Place::Outside {
            continue;
        }
        let width = text_width(&content.name, 12) + 36;
        let x =
            if content.id == "users" { (columns.left + columns.right() - width) / 2 } else { right - width };
        right = x - GAP;
        elements.push(single(scene, tier, Rect { x, y: MARGIN, width, height: PILL }));
    }
}

/// Services of the region, one below the other; gives the y below them.
fn bars(scene: &Scene, place: Place, columns: &Columns, mut y: i32, elements: &mut Vec<Element>) -> i32 {
    for (tier, content) in scene.tiers.iter().enumerate() {
        if content.place == place {
            let width = columns.right() - columns.left;
            elements.push(single(scene, tier, Rect { x: columns.left, y, width, height: BAR }));
            y += BAR + GAP;
        }
    }
    y
}

fn single(scene: &Scene, tier: usize, rect: Rect) -> Element {
    let content = &scene.tiers[tier];
    Element {
        tier,
        node: content.id.clone(),
        rect,
        label: content.name.clone(),
        detail: content.detail.clone(),
        standby: false,
        members: vec![content.id.clone()],
        dots: Vec::new(),
    }
}

use provision_picture::{Element, Layout, Place, Rect};

use crate::{everything, picture};

fn boxes_are_apart(name: &str, layout: &Layout) {
    for (at, one) in layout.elements.iter().enumerate() {
        for other in &layout.elements[at + 1..] {
            assert!(!one.rect.overlaps(&other.rect), "{name}: {} lies on {}", one.node, other.node);
        }
    }
    for (at, one) in layout.zones.iter().enumerate() {
        for other in &layout.zones[at + 1..] {
            assert!(!one.overlaps(other), "{name}: zones overlap");
        }
    }
}

fn everything_is_inside(name: &str, layout: &Layout, scene: &provision_picture::Scene) {
    let page = Rect { x: 0, y: 0, width: layout.width, height: layout.height };
    assert!(page.contains(&layout.region), "{name}");
    for element in &layout.elements {
        let tier = &scene.tiers[element.tier];
        match tier.place {
            Place::Outside => {
                assert!(page.contains(&element.rect) && !layout.region.overlaps(&element.rect), "{name}");
            }
            Place::RegionFront | Place::RegionBack => {
                assert!(layout.region.contains(&element.rect), "{name}: {}", element.node);
                let is_apart = |zone: &Rect| !zone.overlaps(&element.rect);
                assert!(layout.zones.iter().all(is_apart), "{name}: {} lies on a zone", element.node);
            }
            Place::Component | Place::Backend => {
                let member = tier.members.iter().find(|member| member.id == element.members[0]).unwrap();
                assert!(layout.zones[member.zone].contains(&element.rect), "{name}: {}", element.node);
                dots_are_inside(name, element);
            }
        }
    }
}

fn dots_are_inside(name: &str, element: &Element) {
    let dots: Vec<Rect> =
        element.dots.iter().map(|(_, (x, y))| Rect { x: *x, y: *y, width: 10, height: 10 }).collect();
    for (at, dot) in dots.iter().enumerate() {
        assert!(element.rect.contains(dot), "{name}: a dot of {} lies outside", element.node);
        assert!(!dots[at + 1..].iter().any(|other| other.overlaps(dot)), "{name}: dots overlap");
    }
}

/// Every member is drawn exactly once: as a box, or in a box for many.
fn everybody_is_there(name: &str, layout: &Layout, scene: &provision_picture::Scene) {
    let mut drawn: Vec<&String> = layout.elements.iter().flat_map(|element| &element.members).collect();
    let mut meant: Vec<&String> = Vec::new();
    for tier in &scene.tiers {
        meant.extend(tier.members.iter().map(|member| &member.id));
        meant.extend(tier.members.is_empty().then_some(&tier.id));
    }
    drawn.sort();
    meant.sort();
    assert_eq!(drawn, meant, "{name}");
}

/// Arrows run beside the boxes, never across them, and none of them on top of another.
fn arrows_are_clear(name: &str, layout: &Layout) {
    let lanes = &layout.lanes;
    let mut xs: Vec<i32> = lanes.lanes.iter().map(|lane| lane.x).collect();
    xs.dedup();
    assert_eq!(xs.len(), lanes.lanes.len(), "{name}: two lanes in one place");
    assert!(xs.iter().all(|x| *x > lanes.edge && *x < layout.region.right()), "{name}");
    let mut ys: Vec<i32> =
        lanes.lanes.iter().map(|lane| lane.y).chain(lanes.stubs.iter().map(|it| it.y)).collect();
    let all = ys.len();
    ys.sort_unstable();
    ys.dedup();
    assert_eq!(ys.len(), all, "{name}: two arrows on one line");
    let outside = |element: &&Element| element.rect.x >= lanes.edge;
    assert_eq!(layout.elements.iter().filter(outside).count(), 0, "{name}: a box stands where arrows are");
}

#[test]
fn nothing_overlaps_in_any_example_and_in_generated_deployments() {
    let all = everything();
    assert!(all.len() >= 60, "{}", all.len());
    for (name, topology) in &all {
        let picture = picture(topology);
        boxes_are_apart(name, picture.layout());
        everything_is_inside(name, picture.layout(), picture.scene());
        everybody_is_there(name, picture.layout(), picture.scene());
        arrows_are_clear(name, picture.layout());
    }
}

#[test]
fn every_connection_that_is_no_monitoring_is_drawn_with_its_port() {
    for (name, topology) in &everything() {
        let picture = picture(topology);
        let scene = picture.scene();
        for arrow in topology.arrows.iter().filter(|arrow| arrow.from.word() != "monitoring") {
            let drawn = scene.edges.iter().any(|edge| edge.ports.contains(&arrow.port));
            // Google's own queue has no port of ours.
            assert!(drawn || arrow.to.word() == "queue", "{name}: {} to {}", arrow.from, arrow.to);
        }
    }
}

#[test]
fn many_of_a_kind_share_a_box() {
    let spec = "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nedition: enterprise\n\
                size: high-availability\ncloud: { provider: aws, region: eu-west-1, zones: 3 }\n\
                components: { worker: { replicas: 75 }, executor: { replicas: 12 }, webserver: { replicas: 600 } }\n";
    let picture = picture(&crate::topology("many.yaml", spec).unwrap());
    let of = |tier: &str| -> Vec<(usize, usize)> {
        let at = picture.scene().tiers.iter().position(|it| it.id == tier).unwrap();
        let boxes = picture.layout().elements.iter().filter(|element| element.tier == at);
        boxes.map(|element| (element.members.len(), element.dots.len())).collect()
    };
    assert_eq!(of("executor"), vec![(1, 0); 12]);
    assert_eq!(of("worker"), vec![(25, 25); 3]);
    assert_eq!(of("webserver"), vec![(200, 0); 3]);
}

use provision_picture::{DeploymentError, Format, Mark, Marks, Picture, State};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use crate::{everything, examples, picture};

/// Reads it to its end; gives the text of all elements of this name.
fn texts_of(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut inside, mut found) = (0, false, Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{xml}")) {
            Event::Start(start) => {
                depth += 1;
                assert!(start.attributes().all(|attribute| attribute.is_ok()), "{start:?}");
                inside = start.name().as_ref() == name.as_bytes();
            }
            Event::Empty(empty) => assert!(empty.attributes().all(|attribute| attribute.is_ok())),
            Event::End(_) => (depth, inside) = (depth - 1, false),
            Event::Text(text) if inside => found.push(String::from_utf8_lossy(&text).into_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    found
}

#[test]
fn the_svg_is_xml_with_a_title_a_description_and_text_as_text() {
    for (name, topology) in &everything() {
        let svg = picture(topology).written(Format::Svg, &Marks::new());
        assert_eq!(texts_of(&svg, "title").len(), 1, "{name}");
        let description = texts_of(&svg, "desc").remove(0);
        assert!(description.contains(topology.region.as_str()), "{name}: {description}");
        let texts = texts_of(&svg, "text");
        for zone in &topology.zones {
            assert!(texts.iter().any(|text| text == zone.as_str()), "{name}: {zone}");
        }
        for outside in ["http://", "https://", "url(http", "<script", "@import", "<image"] {
            let without = svg.replace("http://www.w3.org/2000/svg", "");
            assert!(!without.contains(outside), "{name} holds {outside}");
        }
    }
}

#[test]
fn the_same_deployment_gives_the_same_bytes() {
    for (name, topology) in &examples() {
        let again = topology.clone();
        for format in [Format::Svg, Format::Mermaid, Format::Dot, Format::Html] {
            let (one, other) = (picture(topology), picture(&again));
            assert_eq!(
                one.written(format, &Marks::new()),
                other.written(format, &Marks::new()),
                "{name} {format:?}"
            );
        }
    }
}

fn high_availability() -> Picture {
    let (_, topology) =
        examples().into_iter().find(|(name, _)| name.ends_with("kestra-high-availability.yaml")).unwrap();
    picture(&topology)
}

#[test]
fn marks_are_shown_where_they_belong() {
    let stopped = Mark { state: State::Stopped, failed: true };
    let marks = Marks::from([
        ("worker-3".to_owned(), stopped),
        ("zone-0".to_owned(), stopped),
        ("nobody-7".to_owned(), stopped),
    ]);
    let picture = high_availability();
    let shown = picture.shown(&marks);
    let nodes: Vec<&str> = shown.iter().map(|it| it.node.as_str()).collect();
    assert_eq!(nodes, ["worker-3", "zone-0"]);
    let svg = picture.written(Format::Svg, &marks);
    let marked = "<g class=\"picture-node picture-component is-stopped failed\" data-node=\"worker-3\">";
    assert!(svg.contains(marked), "{svg}");
    assert!(svg.contains("<g class=\"picture-zone is-stopped failed\" data-node=\"zone-0\">"), "{svg}");
    assert!(svg.contains("In this picture: worker-3 stopped, zone-0 stopped."), "{svg}");
    assert!(picture.written(Format::Mermaid, &marks).contains("[\"eu-west-1a: 2, 1 down\"]:::degraded"));
    assert!(picture.written(Format::Dot, &marks).contains("[label=\"eu-west-1a: 2, 1 down\", fillcolor="));
}

fn a_topology() -> Value {
    let (_, topology) = examples().into_iter().next().unwrap();
    serde_json::to_value(topology).unwrap()
}

#[test]
fn names_from_a_file_stay_names() {
    let mut value = a_topology();
    value["deployment"] = json!("</title><script>alert(1)</script>\u{1}");
    value["zones"][0] = json!("\"]; end & <b>");
    let picture = Picture::of_value(&value).unwrap();
    let svg = picture.written(Format::Svg, &Marks::new());
    assert!(!svg.contains("<script") && !svg.contains("<b>"));
    assert!(texts_of(&svg, "title").concat().contains("alert(1)"));
    assert!(!picture.written(Format::Html, &Marks::new()).contains("<script>alert"));
    assert!(!picture.written(Format::Mermaid, &Marks::new()).contains("\"]; end"));
    assert!(picture.written(Format::Dot, &Marks::new()).contains("\\\"]; end"));
}

#[test]
fn a_file_that_is_no_topology_is_refused() {
    assert!(matches!(Picture::of_value(&json!({ "deployment": 1 })), Err(DeploymentError::Shape(_))));
    let mut value = a_topology();
    value["groups"][0]["instances"] = json!([0, 9]);
    assert!(matches!(Picture::of_value(&value), Err(DeploymentError::Zone { zone: 9, .. })));
    value["groups"][0]["instances"] = json!(vec![0; 100_001]);
    assert!(matches!(Picture::of_value(&value), Err(DeploymentError::TooMany { .. })));
}

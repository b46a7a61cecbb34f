//! The page of every example: the same every time, asking for nothing, and in agreement with the failure analysis.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::collections::BTreeSet;
use std::fs;

use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile, Topology};
use provision_modules::load_templates;
use provision_modules::text::Overrides;
use provision_picture::Picture;
use provision_report::{PlanSummary, Subject, marks, page};
use provision_testing::workspace_root;
use provision_validation::rules;
use provision_validation::survive::{Options, Pictured, State, Timers, pictured, survive};

fn specs() -> Vec<SpecFile> {
    let mut specs = Vec::new();
    for folder in ["examples", "examples/broken"] {
        for entry in fs::read_dir(workspace_root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                let text = fs::read_to_string(&path).unwrap();
                specs.push(SpecFile::parse(Source::new(name, text)).unwrap());
            }
        }
    }
    assert!(specs.len() >= 10, "the examples are there");
    specs
}

fn rows(topology: &Topology) -> Vec<Pictured> {
    pictured(topology, &Timers::of(topology), &Options::default().set).unwrap()
}

fn written(file: &SpecFile) -> String {
    let topology = file.resolve().unwrap();
    let verdict = rules::check(file, &topology, Date::try_from("2026-01-01").unwrap()).unwrap();
    let report = survive(&topology, &Timers::of(&topology), &Options::default()).unwrap();
    let plan = PlanSummary {
        counts: "2 to create".to_owned(),
        duration: "5m".to_owned(),
        critical_path: vec!["aws_vpc.main".to_owned()],
        kinds: vec![("aws_vpc".to_owned(), 1)],
    };
    let subject = Subject {
        topology: &topology,
        verdict: &verdict,
        report: &report,
        pictured: &rows(&topology),
        plan: Some(&plan),
        version: "0.0.0",
    };
    page(&subject, &load_templates(&Overrides::default()).unwrap()).unwrap()
}

#[test]
fn every_example_has_a_page_that_is_the_same_every_time_and_asks_for_nothing() {
    for file in specs() {
        let page = written(&file);
        // What takes longest is told twice for one of each platform only.
        if file.source.name().ends_with("high-availability.yaml") || file.source.name().contains("zone.yaml")
        {
            assert_eq!(page, written(&file), "{}", file.source.name());
        }
        for asks in
            ["<link rel=\"stylesheet\"", " src=", "@import", "url(http", "fetch(", "XMLHttpRequest", "<img"]
        {
            assert!(!page.contains(asks), "{} holds {asks}", file.source.name());
        }
        assert!(page.contains("default-src 'none'"));
        // Whatever the templates do, no tag of theirs is left behind.
        assert!(!page.contains("{{") && !page.contains("{%"), "{}", file.source.name());
    }
}

#[test]
fn findings_stand_with_their_sources() {
    let file = specs().into_iter().find(|it| it.source.name() == "kestra-two-schedulers.yaml").unwrap();
    let page = written(&file);
    assert!(page.contains("<code>KES-04</code> One scheduler on a database"), "{page}");
    assert!(page.contains("<span class=\"place\">kestra-two-schedulers.yaml:9:26</span>"));
    assert!(page.contains("<a href=\"https://kestra.io/docs/architecture/deployment-architecture\""));
}

/// What the failure analysis calls something is what the picture calls it.
#[test]
fn every_casualty_is_in_the_picture() {
    for file in specs() {
        let topology = file.resolve().unwrap();
        let picture = Picture::of(&topology).unwrap();
        let scene = picture.scene();
        let mut known: BTreeSet<String> =
            scene.tiers.iter().flat_map(|tier| &tier.members).map(|member| member.id.clone()).collect();
        known.extend(scene.tiers.iter().filter(|tier| tier.members.is_empty()).map(|tier| tier.id.clone()));
        known.extend(
            (0..scene.zones.len()).flat_map(|zone| [format!("zone-{zone}"), format!("way-out-{zone}")]),
        );
        for row in rows(&topology) {
            for casualty in &row.casualties {
                assert!(
                    known.contains(&casualty.name),
                    "{}: {:?} takes {} down, which is not drawn",
                    file.source.name(),
                    row.row.failures,
                    casualty.name
                );
            }
            let down = row.casualties.iter().any(|it| it.state != State::Running);
            assert_eq!(down, !picture.shown(&marks(&row.casualties)).is_empty(), "{}", file.source.name());
        }
    }
}

use crate::run::{provision, run, shown};

const MEDIUM: &str = "deployment: orders\nplatform: kestra\nversion: \"0.18\"\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\n";

#[test]
fn help() {
    insta::assert_snapshot!("survive-help", run(&["survive", "--help"]));
}

#[test]
fn a_size_that_is_not_highly_available_says_why() {
    insta::assert_snapshot!("survive-medium", shown(provision(&["survive", "-"]), MEDIUM));
}

#[test]
fn a_highly_available_size_with_all_there_is() {
    let arguments =
        ["survive", "examples/kestra-high-availability.yaml", "--pairs", "--during-upgrade", "--order", "3"];
    insta::assert_snapshot!("survive-high-availability", run(&arguments));
}

#[test]
fn objectives_make_it_a_check() {
    let with = |require: &str| shown(provision(&["survive", "-", "--require", require]), MEDIUM);
    let met = with("worker: execution degraded");
    assert!(met.starts_with("exit code: 0\n") && met.contains("- met: worker: execution degraded"), "{met}");
    let missed = with("zone: ui running, executing < 60s");
    assert!(missed.starts_with("exit code: 2\n"), "{missed}");
    assert!(missed.contains("- MISSED: zone: ui running, executing < 1m"), "{missed}");
    let in_spec = format!("{MEDIUM}objectives: [\"scheduler: scheduling < 1m\"]\n");
    let missed = shown(provision(&["survive", "-"]), &in_spec);
    assert!(missed.starts_with("exit code: 2\n") && missed.contains("scheduling: 5 min"), "{missed}");
}

#[test]
fn what_is_not_there_is_named_with_a_hint() {
    insta::assert_snapshot!(
        "survive-unknown-names",
        [
            shown(provision(&["survive", "-", "--require", "zone: executon < 60s"]), MEDIUM),
            shown(provision(&["survive", "-", "--require", "zones ui"]), MEDIUM),
            shown(provision(&["survive", "-", "--set", "databse-failover=5s"]), MEDIUM),
            shown(provision(&["survive", "-", "--set", "database-failover=soon"]), MEDIUM),
            shown(provision(&["survive", "-", "--order", "9"]), MEDIUM),
            shown(
                provision(&["survive", "-"]),
                &format!("{MEDIUM}objectives: [\"zone: ui running\", \"worker: uu running\"]\n")
            ),
        ]
        .join("\n==========\n")
    );
}

#[test]
fn a_time_can_be_set() {
    let set = shown(provision(&["survive", "-", "--detail", "--set", "machine-launch=10s"]), MEDIUM);
    assert!(set.contains("stops 3 min 40 s"), "{set}");
    assert!(set.contains("set by you"), "{set}");
}

#[test]
fn json_is_one_versioned_document() {
    let text = String::from_utf8(
        provision(&["survive", "examples/octopus-high-availability.yaml", "--json", "--names"])
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], "provision.survive/1");
    let rows = json["singles"].as_array().unwrap();
    let server = rows.iter().find(|row| row["failures"][0] == "one server machine dies").unwrap();
    assert_eq!(server["members"], serde_json::json!([["server-0"], ["server-1"]]));
}

#[test]
fn markdown_and_html() {
    let with = |format: &str| run(&["survive", "examples/event-platform.yaml", "--format", format]);
    assert!(with("markdown").contains("\n| when | input | execution | output |\n"));
    assert!(with("html").contains("<!doctype html>"));
}

//! The four forms of the report.

use provision_architecture::values::Duration;
use provision_validation::survive::{Format, Options, Report, Timers, survive};

use super::common::*;

fn octopus() -> Report {
    let topology = in_zones(
        2,
        "platform: octopus\nedition: professional\nsize: high-availability\nobjectives: [\"machine: web degraded\", \"zone: deployments < 1m\"]\n",
    );
    // Round times, so that the kernel's model may become more exact without changing what is read here.
    let seconds = Duration::from_seconds;
    let timers = Timers {
        tuned: seconds(110),
        tuned_unreachable: seconds(115),
        kernel: seconds(940),
        asked: Some(seconds(120)),
        problem: None,
    };
    let options = Options { pairs: true, during_upgrade: true, ..Options::default() };
    survive(&topology, &timers, &options).unwrap()
}

#[test]
fn text_reads_well_to_somebody_who_was_just_woken_up() {
    insta::assert_snapshot!(octopus().written(Format::Text));
}

#[test]
fn markdown_and_html_say_the_same() {
    let report = octopus();
    let (text, markdown, html) =
        (report.written(Format::Text), report.written(Format::Markdown), report.written(Format::Html));
    insta::assert_snapshot!("markdown", markdown);
    let letters = |text: &str| -> String { text.chars().filter(|letter| letter.is_alphabetic()).collect() };
    // Every heading and every row of the text is in both.
    for line in text
        .lines()
        .filter(|line| line.starts_with("Two") || line.starts_with("What") || line.starts_with("During"))
    {
        assert!(letters(&markdown).contains(&letters(line)), "{line}");
        assert!(letters(&html).contains(&letters(line)), "{line}");
    }
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
}

#[test]
fn json_is_versioned_and_complete() {
    let json: serde_json::Value = serde_json::from_str(&octopus().written(Format::Json)).unwrap();
    assert_eq!(json["schema"], "provision.survive/1");
    let effect = &json["singles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["failures"][0] == "one server machine dies")
        .unwrap()["effects"][0];
    assert_eq!(effect["state"], "degraded");
    assert_eq!(effect["share"], 0.5);
    assert_eq!(json["capabilities"][0]["name"], "web");
    assert_eq!(json["objectives"][0]["met"], true);
    assert_eq!(json["objectives"][1]["met"], false);
    assert!(json["times"].as_array().unwrap().iter().any(|step| step["evidence"] == "assumed"));
    let away = &json["upgrade"]["components"][0]["away"];
    assert!(away["effects"].is_array());
}

#[test]
fn the_matrix_stands_alone_for_a_readme() {
    let matrix = octopus().matrix_in_markdown();
    assert!(matrix.starts_with("## Every single failure, and every zone\n"));
    assert!(matrix.contains("| when | web | deployments | polling-targets |"));
}

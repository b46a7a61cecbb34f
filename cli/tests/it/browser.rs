//! Reports and pictures in a real browser: nothing on the console, nothing asked of a network, nothing that keeps
//! somebody out, and a chosen failure shows exactly what `survive` says.
//!
//! Screenshots of what was seen lie in `target/screenshots`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use provision_testing::{Skipped, node_tools, program, target_folder, workspace_root};
use serde_json::{Value, json};

use crate::run::{provision, run, shown};

const HUNDRED: &str = "deployment: orders\nplatform: kestra\nversion: \"1.3.15\"\nedition: enterprise\n\
    size: high-availability\ncloud: { provider: aws, region: eu-west-1, zones: 3 }\n\
    components: { webserver: { replicas: 6 }, executor: { replicas: 9 }, worker: { replicas: 75 } }\n\
    backends: { queue: { partitions: 90 } }\n\
    licence: { from: aws-secretsmanager, name: orders/kestra-licence }\n";

/// The browser and the folder of what drives it.
fn tools() -> Result<(PathBuf, PathBuf, PathBuf), Skipped> {
    Ok((program("chromium-headless-shell")?, program("node")?, node_tools("browser")?))
}

/// Specs by name, in a folder of their own.
fn specs(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let hundred = folder.join("hundred.yaml");
    fs::write(&hundred, HUNDRED).expect("a temporary file");
    let example = |name: &str| workspace_root().join("examples").join(name);
    vec![
        ("small", example("kestra-small.yaml")),
        ("high-availability", example("kestra-high-availability.yaml")),
        ("octopus", example("octopus-high-availability.yaml")),
        ("broken", example("broken/kestra-two-schedulers.yaml")),
        ("hundred", hundred),
    ]
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are text")
}

/// Writes every page, has it looked at, and gives what was seen by name of the page.
fn look(folder: &Path) -> Result<Vec<(String, Value)>, Skipped> {
    let (browser, node, modules) = tools()?;
    let shots = target_folder().join("screenshots");
    fs::create_dir_all(&shots).expect("a folder in target");
    let mut wishes = Vec::new();
    let mut names = Vec::new();
    for (name, spec) in specs(folder) {
        let (report, svg) = (folder.join(format!("{name}.html")), folder.join(format!("{name}.svg")));
        let written = run(&["report", text(&spec), "-o", text(&report)]);
        assert!(written.starts_with("exit code: 0\n"), "{written}");
        let drawn = provision(&["graph", text(&spec)]).output().expect("the binary runs");
        fs::write(&svg, drawn.stdout).expect("a temporary file");
        let all = [("light", 1360), ("dark", 400), ("dark", 1360), ("light", 400)];
        let some = if name == "high-availability" { &all[..] } else { &all[..2] };
        for (scheme, width) in some {
            for (kind, path) in [("report", &report), ("svg", &svg)] {
                let page = format!("{name}-{kind}-{scheme}-{width}");
                let screenshot = shots.join(format!("{page}.png"));
                wishes.push(json!({ "path": path, "kind": kind, "scheme": scheme, "width": width,
                    "failure": "zone eu-west-1a is lost", "screenshot": screenshot }));
                names.push(page);
            }
        }
    }
    let list = folder.join("pages.json");
    fs::write(&list, Value::from(wishes).to_string()).expect("a temporary file");
    let script = workspace_root().join("testing/node/browser/look.cjs");
    let output = Command::new(node).arg(script).arg(browser).arg(list).env("NODE_PATH", modules).output();
    let output = output.expect("node starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Vec<Value> = serde_json::from_slice(&output.stdout).expect("the script prints JSON");
    assert_eq!(seen.len(), names.len());
    Ok(names.into_iter().zip(seen).collect())
}

#[test]
fn in_a_real_browser() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let Ok(pages) = look(place.path()) else { return };
    for (name, seen) in &pages {
        assert_eq!(seen["console"], json!([]), "{name}");
        assert_eq!(seen["errors"], json!([]), "{name}");
        let page = format!("file://{}", seen["path"].as_str().expect("a path"));
        for request in seen["requests"].as_array().expect("a list") {
            let request = request.as_str().expect("an address");
            assert!(request == page || request.starts_with("data:"), "{name} asks for {request}");
        }
        is_legible(name, &seen["colours"]);
        // As wide as the browser's own fonts make them.
        assert_eq!(seen["places"]["strays"], json!([]), "{name}: words leave their boxes");
        assert!(seen["places"]["words"].as_u64() > Some(5), "{name}");
        if name.contains("-report-") {
            nobody_is_kept_out(name, seen);
            used(name, &seen["use"]);
        }
    }
    for (spec, path) in specs(place.path()) {
        if spec != "broken" {
            let of_spec = pages.iter().filter(|(name, _)| name.starts_with(&format!("{spec}-report-")));
            of_spec.for_each(|(name, seen)| as_survive_says(name, &path, &seen["use"]));
        }
    }
}

/// No violation that axe calls serious, with a failure chosen.
fn nobody_is_kept_out(name: &str, seen: &Value) {
    let found = seen["violations"].as_array().expect("a list");
    let is_bad = |it: &&Value| it["impact"] == "serious" || it["impact"] == "critical";
    let bad: Vec<&Value> = found.iter().filter(is_bad).collect();
    assert!(bad.is_empty(), "{name}: {bad:#?}");
}

/// Text stands out from what it stands on as far as WCAG asks.
fn is_legible(name: &str, colours: &Value) {
    for (text, ground) in [("tier", "ground"), ("detail", "ground"), ("label", "box")] {
        let contrast = contrast(&colours[text], &colours[ground]);
        assert!(contrast >= 4.5, "{name}: {text} on {ground} has {contrast:.1} in {colours}");
    }
}

/// As WCAG 2 defines it, of two colours as `rgb(1, 2, 3)`.
fn contrast(one: &Value, other: &Value) -> f64 {
    let luminance = |colour: &Value| {
        let text = colour.as_str().expect("a colour");
        let inside = text.trim_start_matches("rgb(").trim_end_matches(')');
        let linear = |channel: &str| {
            let channel = channel.trim().parse::<f64>().unwrap_or_else(|_| panic!("{text}")) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        };
        inside
            .split(',')
            .map(linear)
            .zip([0.2126, 0.7152, 0.0722])
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Clicks, keys and the printer each do what they should.
fn used(name: &str, seen: &Value) {
    assert_eq!(seen["before"]["checked"], "0", "{name}");
    assert!(
        seen["before"]["overflow"].as_i64().expect("a number") <= 0,
        "{name}: the page is wider than its window"
    );
    for (step, count) in [("before", 1), ("clicked", 1), ("kernel", 1), ("keyboard", 1), ("picture", 1)] {
        assert_eq!(seen[step]["effects"].as_array().map(Vec::len), Some(count), "{name} {step}");
    }
    assert_eq!(seen["clicked"]["checked"], "1", "{name}");
    assert_eq!(
        seen["keyboard"],
        with_kernel(&seen["before"], &seen["keyboard"]),
        "{name}: the arrow key goes back"
    );
    assert_eq!(seen["picture"]["checked"], "1", "{name}: a click on the zone chooses its loss");
    assert_eq!(seen["picture"]["nodes"], seen["clicked"]["nodes"], "{name}");
    assert_eq!(seen["printed"], json!({ "nav": false, "matrix": true }), "{name}");
}

/// What is seen before anything is clicked, but for the words, which are those of hosts that nobody tuned by then.
fn with_kernel(before: &Value, now: &Value) -> Value {
    let mut expected = now.clone();
    for key in ["nodes", "checked", "overflow"] {
        expected[key] = before[key].clone();
    }
    expected
}

/// The chosen loss of zone a does to the picture and to the table what `survive` says about it.
fn as_survive_says(name: &str, spec: &Path, seen: &Value) {
    let printed = provision(&["survive", text(spec), "--json"]).output().expect("the binary runs");
    let report: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    let losses = report["zone_losses"].as_array().expect("a list");
    let loss =
        losses.iter().find(|row| row["failures"][0] == "zone eu-west-1a is lost").expect("zone a can fail");
    let effect = &seen["clicked"]["effects"][0];
    let told = effect["capabilities"].as_array().expect("a list");
    let capabilities = report["capabilities"].as_array().expect("a list");
    assert_eq!(told.len(), capabilities.len(), "{name}");
    for (at, capability) in capabilities.iter().enumerate() {
        let said = &loss["effects"][at];
        assert_eq!(told[at]["name"], capability["name"], "{name}");
        assert_eq!(told[at]["state"], said["state"], "{name}");
        assert_eq!(told[at]["standing"], said["standing"], "{name}");
        let word = told[at]["word"].as_str().expect("a word");
        match said["share"].as_f64().filter(|_| said["state"] == "degraded") {
            Some(share) => assert_eq!(word, format!("{:.0} %", share * 100.0), "{name}"),
            None => assert!(word.starts_with(begins(&said["state"])), "{name}: {word}"),
        }
        let cell = seen["clicked"]["row"][at + 1].as_str().expect("a cell");
        assert_eq!(
            cell.trim_end_matches(['*', '†']),
            word,
            "{name}: the table and the words beside the picture"
        );
    }
    let failed: BTreeSet<String> = classes(&seen["clicked"]["nodes"], " failed");
    assert_eq!(failed, in_zone_a(spec), "{name}: what stands in the lost zone is what is crossed out");
    assert!(classes(&seen["before"]["nodes"], " failed").is_empty(), "{name}");
}

fn begins(state: &Value) -> &'static str {
    match state.as_str() {
        Some("running") => "running",
        Some("degraded") => "degraded",
        Some("stopped") => "stop",
        Some("lost") => "LOST",
        other => panic!("{other:?}"),
    }
}

fn classes(nodes: &Value, class: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<String, String> = serde_json::from_value(nodes.clone()).expect("names and classes");
    // A box for many is no node; its dots are.
    let single =
        nodes.into_iter().filter(|(node, classes)| classes.ends_with(class) && !node.contains("-in-"));
    single.map(|(node, _)| node).collect()
}

/// The names of all that stands in the first zone, from the topology that is rendered.
fn in_zone_a(spec: &Path) -> BTreeSet<String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().join("out");
    let rendered = shown(provision(&["render", text(spec), "-o", text(&out)]), "");
    assert!(rendered.starts_with("exit code: 0\n"), "{rendered}");
    let document = fs::read_to_string(out.join("topology.json")).expect("it was rendered");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let topology = &document["topology"];
    let mut names = BTreeSet::from(["zone-0".to_owned()]);
    let mut add = |word: &str, zones: &Value| {
        for (number, zone) in zones.as_array().into_iter().flatten().enumerate() {
            if zone == 0 {
                names.insert(format!("{word}-{number}"));
            }
        }
    };
    for group in topology["groups"].as_array().expect("a list") {
        add(group["component"].as_str().expect("a name"), &group["instances"]);
    }
    add("broker", &topology["queue"]["brokers"]);
    add("queue-controller", &topology["queue"]["controllers"]);
    add("search-node", &topology["search"]["nodes"]);
    add("search-master", &topology["search"]["masters"]);
    for (number, server) in topology["database"]["servers"].as_array().into_iter().flatten().enumerate() {
        let places = [(&server["zone"], ""), (&server["standby"], "-standby")];
        let here = places.into_iter().filter(|(zone, _)| **zone == 0);
        names.extend(here.map(|(_, suffix)| format!("database-{number}{suffix}")));
    }
    names
}

//! `docs/events.md` and what is printed are the same.

use std::collections::BTreeMap;

use serde_json::Value;

use super::world::World;
use crate::run::root;

/// Type → its documented fields.
fn documented() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/events.md")).expect("it is documented");
    let quoted = |cell: &str| -> Vec<String> {
        // What stands in parentheses explains.
        let mut plain = String::new();
        let mut depth = 0;
        for letter in cell.chars() {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ if depth == 0 => plain.push(letter),
                _ => {}
            }
        }
        plain.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        (quoted(cells[0]).remove(0), quoted(cells[2]))
    })
    .collect()
}

fn lines(shown: &str) -> Vec<Value> {
    let stdout = shown.split("----- stdout -----\n").nth(1).expect("a stdout");
    let stdout = stdout.split("\n----- stderr -----").next().expect("its end");
    stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

fn as_documented(events: &[Value]) {
    let documented = documented();
    for event in events {
        let object = event.as_object().expect("an object");
        let kind = event["type"].as_str().expect("a type");
        let fields = documented.get(kind).unwrap_or_else(|| panic!("`{kind}` is not documented"));
        let printed: Vec<&String> = object.keys().filter(|key| *key != "type").collect();
        assert_eq!(printed, fields.iter().collect::<Vec<_>>(), "of `{kind}`");
    }
    assert_eq!(events.first().map(|event| &event["type"]), Some(&"begin".into()));
    assert_eq!(events.last().map(|event| &event["type"]), Some(&"report".into()));
}

#[test]
fn every_line_is_as_documented() {
    let world = World::new();
    let more = ["-y", "--json", "--fault", "throttle=0.5", "--fault", "refuse=aws_subnet.a", "--seed", "5"];
    let failed = lines(&world.tiny("apply", &more));
    as_documented(&failed);
    let types: std::collections::BTreeSet<&str> =
        failed.iter().filter_map(|event| event["type"].as_str()).collect();
    assert!(
        types.contains("retrying") && types.contains("failed") && types.contains("finished"),
        "{types:?}"
    );
    let report = failed.last().expect("a report");
    assert_eq!(report["result"], "incomplete");
    assert_eq!(report["failed"][0]["address"], "aws_subnet.a");
    assert!(
        report["again"].as_str().is_some_and(|again| again.starts_with("provision apply tiny")),
        "{report}"
    );

    let applied = lines(&world.tiny("apply", &["-y", "--json"]));
    as_documented(&applied);
    assert!(applied.iter().any(|event| event["type"] == "still"));
    let report = applied.last().expect("a report");
    assert_eq!(report["result"], "complete");
    assert!(report["outputs"]["host"].as_str().is_some_and(|host| host.contains("rds")), "{report}");

    let nothing = lines(&world.tiny("apply", &["-y", "--json"]));
    as_documented(&nothing);
    assert_eq!(nothing.len(), 2, "{nothing:?}");

    let destroyed =
        lines(&world.tiny("destroy", &["-y", "--json", "--allow-data-loss=aws_db_instance.main"]));
    as_documented(&destroyed);
    let report = destroyed.last().expect("a report");
    assert_eq!(report["left_behind"][0]["of"], "aws_db_instance.main");
}

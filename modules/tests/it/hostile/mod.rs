//! Hostile texts in every text field of a spec: each is refused at the door, or arrives unchanged wherever it is
//! rendered to, and never ends the string that it stands in.

mod fields;
mod parsed;
mod rendering;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};
use std::thread;

use fields::{Field, Schema};
use provision_architecture::spec::to_yaml;
use provision_architecture::{Source, SpecFile};
use serde_json::{Value, json};

use crate::escaping::{hostile, numbers};

/// What could begin or end something, or isn't seen, beside the parts of the other test.
const MORE: [&str; 8] = ["\0", "\u{1}", "\u{2}", "\u{8}", "\u{1b}[31m", "\u{202e}", "\u{feff}", "\u{85}"];

/// The smallest spec that holds a field: what it costs to read is what ten thousand times a field costs.
fn small() -> Value {
    json!({
        "deployment": "orders",
        "platform": "kestra",
        "size": "high-availability",
        "edition": "enterprise",
        "cloud": { "provider": "aws", "region": "eu-west-1" },
    })
}

fn read(spec: &Value) -> Option<SpecFile> {
    SpecFile::parse(Source::new("spec.yaml", spec.to_string())).ok()
}

/// What means something somewhere, alone and within a good value, and what the field itself may hold.
fn texts(count: usize, example: &str, alphabet: &[char]) -> Vec<String> {
    let mut next = numbers();
    let middle = example.char_indices().nth(example.chars().count() / 2).map_or(0, |(at, _)| at);
    let within = |text: &str| format!("{}{text}{}", &example[..middle], &example[middle..]);
    let mut texts: Vec<String> = hostile(count)
        .into_iter()
        .enumerate()
        .map(|(number, text)| match number % 4 {
            0 => text,
            1 => within(&text),
            2 => within(MORE[next() % MORE.len()]) + &text,
            _ => within(&(0..=next() % 12).map(|_| alphabet[next() % alphabet.len()]).collect::<String>()),
        })
        .collect();
    texts.push("a".repeat(100_000));
    texts.push(within(&"${".repeat(50_000)));
    texts
}

/// The characters that may stand within a field's text.
fn alphabet(schema: &Schema, field: &Field) -> Vec<char> {
    let example = &field.example;
    let middle = example.len() / 2;
    let candidates = (' '..='~').chain("\t\n\r\u{7f}é日😀\u{85}\u{a0}\u{200b}\u{2028}\u{202e}".chars());
    let mut allowed: Vec<char> = candidates
        .filter(|c| {
            let mut spec = small();
            schema.put(&mut spec, field, &format!("{}{c}{}", &example[..middle], &example[middle..]));
            read(&spec).is_some()
        })
        .collect();
    allowed.push('a');
    allowed
}

/// Every field, and what it may hold.
struct Fields {
    schema: Schema,
    fields: Vec<(Field, Vec<char>)>,
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let schema = Schema::new();
    let fields = schema.fields().into_iter().map(|field| {
        let alphabet = alphabet(&schema, &field);
        (field, alphabet)
    });
    Fields { fields: fields.collect(), schema }
});

/// Characters that mean nothing to any reader of what is rendered.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

#[test]
fn every_text_field_keeps_what_it_accepts() {
    let Fields { schema, fields } = &*FIELDS;
    assert!(fields.len() >= 44, "{}", fields.len());
    // Ten thousand for each kind of free text; a thousand for each further field of the same kind, which the same
    // reader reads, and for those that take nothing but times, numbers and plain names.
    let mut kinds = BTreeSet::new();
    let mut job = |(field, alphabet): &'static (Field, Vec<char>)| {
        let many = !alphabet.iter().copied().all(is_plain) && kinds.insert(&field.kind);
        (field, alphabet, if many { 10_000 } else { 1_000 })
    };
    let jobs: Vec<_> = fields.iter().map(&mut job).collect();
    assert!(kinds.len() >= 9, "{kinds:?}");
    let (next, seen) = (Mutex::new(jobs.iter()), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((field, alphabet, count)) = next.lock().unwrap().next() else { return };
                    let accepted = accepted(schema, field, alphabet, *count);
                    seen.lock().unwrap().insert(field.name(), accepted);
                }
            });
        }
    });
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), fields.len());
    // The first of its kind gets ten thousand.
    assert!(seen["tags.team"] > 100 && seen["alerting.smtp.user"] > 1_000, "{seen:?}");
    assert!(seen["waivers[].reason"] > 100, "{seen:?}");
    // Numbers with units, and names from a list: what is hostile is refused whole.
    assert!(seen["liveness.timeout"] < 100 && seen["cloud.network.cidr"] < 100, "{seen:?}");
}

/// How many of the field's texts are accepted; each of those is then what the spec says.
fn accepted(schema: &Schema, field: &Field, alphabet: &[char], count: usize) -> usize {
    // Times, versions and objectives have a form of their own, and say the same in it.
    let free = !alphabet.iter().copied().all(is_plain) && field.name() != "objectives[]";
    let mut accepted = 0;
    for text in texts(count, &field.example, alphabet) {
        let mut spec = small();
        schema.put(&mut spec, field, &text);
        let Some(file) = read(&spec) else { continue };
        accepted += 1;
        if accepted <= 100 {
            let back: Value = serde_saphyr::from_str(&to_yaml(&file.spec).unwrap()).unwrap();
            let again = read(&back).map(|again| to_yaml(&again.spec).unwrap());
            assert_eq!(again, Some(to_yaml(&file.spec).unwrap()), "{}: {text:?}", field.name());
            let found = field.find(&back, &text);
            assert!(!free || found.as_ref() == Some(&text), "{}: {text:?} is {found:?}", field.name());
        }
    }
    accepted
}

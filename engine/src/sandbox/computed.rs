//! Ids and attributes that look like the cloud's.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

/// The attributes of an object, from the kind's patterns. `number` tells objects apart, `updates` counts changes.
pub(super) fn attributes(
    kind: &str,
    arguments: &Map<String, Json>,
    number: u64,
    updates: u64,
) -> Map<String, Json> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    let patterns = provision_kinds::cloud(kind).map_or(&NONE, |cloud| &cloud.computed);
    let fill = Fill { kind, arguments, patterns, number, updates };
    let mut computed: Map<String, Json> = patterns
        .iter()
        .filter(|(name, _)| !arguments.contains_key(*name))
        .map(|(name, pattern)| (name.clone(), value(fill.fill(name, pattern, 0))))
        .collect();
    if !computed.contains_key("id") {
        computed.insert("id".to_owned(), Json::from(fill.hex("id")));
    }
    computed
}

/// A pattern that comes to a JSON list is one.
fn value(text: String) -> Json {
    if text.starts_with('[')
        && let Ok(json) = serde_json::from_str(&text)
    {
        return json;
    }
    Json::from(text)
}

/// `i-0123456789abcdef0`, for a machine that a group made.
pub(super) fn machine_id(owner: &str, number: u64, generation: u64) -> String {
    let digest = Sha256::digest(format!("{owner}/{number}/{generation}"));
    format!("i-{}", &crate::load::hex(&digest)[..17])
}

struct Fill<'a> {
    kind: &'a str,
    arguments: &'a Map<String, Json>,
    patterns: &'a BTreeMap<String, String>,
    number: u64,
    updates: u64,
}

impl Fill<'_> {
    fn fill(&self, name: &str, pattern: &str, depth: usize) -> String {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            // A brace that names nothing is plain text: patterns may hold JSON.
            match after
                .split_once('}')
                .filter(|(word, _)| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
            {
                Some((word, after)) => {
                    text.push_str(before);
                    text.push_str(&self.word(name, word, depth));
                    rest = after;
                }
                None => {
                    text.push_str(before);
                    text.push('{');
                    rest = after;
                }
            }
        }
        text + rest
    }

    fn word(&self, name: &str, word: &str, depth: usize) -> String {
        if let Some(given) = self.arguments.get(word) {
            return given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        }
        match word {
            "hex" => self.hex(name),
            // The first four of a network, and the last, are nobody's.
            "octet" => (4 + u64::from_str_radix(&self.hex(name)[..4], 16).unwrap_or(7) % 250).to_string(),
            "account" => "123456789012".to_owned(),
            "region" => "eu-west-1".to_owned(),
            "updates" => (self.updates + 1).to_string(),
            // A name that the cloud made up.
            "name" => format!("sandbox-{}", &self.hex("name")[..8]),
            other => match self.patterns.get(other) {
                Some(pattern) if depth < 4 => self.fill(other, pattern, depth + 1),
                _ => self.hex(other),
            },
        }
    }

    fn hex(&self, name: &str) -> String {
        let digest = Sha256::digest(format!("{}/{}/{name}", self.kind, self.number));
        digest.iter().take(9).map(|byte| format!("{byte:02x}")).collect::<String>()[..17].to_owned()
    }
}

//! When two values mean the same although they are written differently.

use provision_kinds::Canonical;
use serde_json::Value as Json;

use crate::Value;
use crate::evaluate::as_text;

/// The same in the kind's canonical form. What is unknown is never the same.
pub(super) fn same(form: Canonical, a: &Value, b: &Value) -> bool {
    if !a.is_known() || !b.is_known() {
        return false;
    }
    let (a, b) = (a.revealed(), b.revealed());
    match form {
        Canonical::Json => json(&a).is_some_and(|a| Some(a) == json(&b)) || equal(&a, &b),
        Canonical::Policy => {
            let policy = |value: &Value| json(value).map(|json| sorted(policy_form(json)));
            policy(&a).is_some_and(|a| Some(a) == policy(&b)) || equal(&a, &b)
        }
        Canonical::Set => as_set(&a) == as_set(&b),
        Canonical::LowerCase => text(&a).to_lowercase() == text(&b).to_lowercase(),
        Canonical::Properties => properties(&text(&a)) == properties(&text(&b)),
        Canonical::DnsName => dns(&text(&a)) == dns(&text(&b)),
        Canonical::BalancerName => balancer(&text(&a)) == balancer(&text(&b)),
        Canonical::VersionPrefix => {
            let (short, long) = (text(&a), text(&b));
            long == short || long.strip_prefix(&short).is_some_and(|rest| rest.starts_with('.'))
        }
    }
}

/// The same but for types that Terraform converts into each other: `"80"` and `80`.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a.unmarked().0, b.unmarked().0) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => false,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other)))
        }
        (a, b) => a == b || as_text(a).is_some_and(|a| Some(a) == as_text(b)),
    }
}

fn text(value: &Value) -> String {
    as_text(value).unwrap_or_default()
}

fn json(value: &Value) -> Option<Json> {
    serde_json::from_str(value.as_text()?).ok()
}

fn as_set(value: &Value) -> Vec<String> {
    let items = match value {
        Value::List(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut texts: Vec<String> =
        items.iter().map(|item| as_text(item).unwrap_or_else(|| sorted(item.shown()).to_string())).collect();
    texts.sort();
    texts.dedup();
    texts
}

fn properties(text: &str) -> Vec<(&str, &str)> {
    let mut lines: Vec<(&str, &str)> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('=').map_or((line, ""), |(key, value)| (key.trim(), value.trim())))
        .collect();
    lines.sort_unstable();
    lines
}

fn dns(text: &str) -> String {
    text.trim_end_matches('.').to_lowercase()
}

/// Consoles and people write the name for both families of addresses; it leads to the same balancer.
fn balancer(text: &str) -> String {
    let name = dns(text);
    match name.strip_prefix("dualstack.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

/// In a policy a list of one is the same as the one, and neither statements nor actions have an order.
fn policy_form(json: Json) -> Json {
    match json {
        Json::Array(mut items) if items.len() == 1 => policy_form(items.remove(0)),
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(policy_form).map(sorted).collect();
            items.sort_by_key(ToString::to_string);
            Json::Array(items)
        }
        Json::Object(map) => map.into_iter().map(|(key, value)| (key, policy_form(value))).collect(),
        // `"true"` and `true` mean the same in a condition.
        Json::Bool(value) => Json::from(value.to_string()),
        Json::Number(number) => Json::from(number.to_string()),
        other => other,
    }
}

/// With keys in order, so that texts can be compared.
fn sorted(json: Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<(String, Json)> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

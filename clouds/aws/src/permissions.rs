//! The permissions that are needed, as IAM's policies: from the calls that are made, and `permissions.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The calls of the driver, one a line: `ec2:CreateVpc`.
const CALLS: &str = include_str!("../calls.txt");

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../permissions.yaml"))
        .unwrap_or_else(|error| panic!("permissions.yaml: {error}"))
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    services: BTreeMap<String, String>,
    policies: Vec<Policy>,
    otherwise: BTreeMap<String, String>,
    nothing: BTreeSet<String>,
    besides: Vec<Besides>,
    store: Vec<String>,
    resources: Resources,
    everywhere: BTreeSet<String>,
}

/// Which services' permissions one policy holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    name: String,
    services: BTreeSet<String>,
}

/// What no call is named after.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Besides {
    pub action: String,
    #[serde(rename = "for")]
    pub calls: BTreeSet<String>,
    pub why: String,
    pub source: String,
    resources: Option<Vec<String>>,
    condition: Option<Json>,
}

impl Besides {
    fn is_bounded(&self) -> bool {
        self.resources.is_some() || self.condition.is_some()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resources {
    driver: BTreeMap<String, Vec<String>>,
    store: BTreeMap<String, Vec<String>>,
}

/// The driver's calls.
pub fn calls() -> impl Iterator<Item = &'static str> {
    CALLS.lines()
}

/// The calls of the store, for which nobody counts.
pub fn store_calls() -> impl Iterator<Item = &'static str> {
    FACTS.store.iter().map(String::as_str)
}

/// The permission that a call needs by itself; none for what everybody may do.
pub fn needed(call: &str) -> Option<&str> {
    if FACTS.nothing.contains(call) {
        return None;
    }
    Some(FACTS.otherwise.get(call).map_or(call, String::as_str))
}

/// What the driver's calls need besides, as far as they are made.
pub fn besides() -> impl Iterator<Item = &'static Besides> {
    let made: BTreeSet<&str> = calls().collect();
    FACTS.besides.iter().filter(move |more| more.calls.iter().any(|call| made.contains(call.as_str())))
}

/// Where a service's permissions are documented.
pub fn source(service: &str) -> Option<&'static str> {
    FACTS.services.get(service).map(String::as_str)
}

/// The policies by their names. `DEPLOYMENT` and `LEDGER` in them stand for the names of both.
pub fn policies() -> Vec<(&'static str, Json)> {
    let actions = |calls: &mut dyn Iterator<Item = &str>| -> BTreeSet<String> {
        calls.filter_map(needed).map(str::to_owned).collect()
    };
    let driver = actions(&mut calls());
    let named: BTreeSet<&String> = FACTS.policies.iter().flat_map(|policy| &policy.services).collect();
    let mut all: Vec<(&'static str, Json)> = Vec::new();
    for policy in &FACTS.policies {
        let rest = policy.services.is_empty();
        let here = |action: &&String| {
            let service = service(action).to_owned();
            if rest { !named.contains(&service) } else { policy.services.contains(&service) }
        };
        // What has no bounds of its own stands with the rest: a policy may only be so long. What has some stands there only.
        let (bounded, plain): (Vec<_>, Vec<_>) =
            besides().filter(|more| here(&&more.action)).partition(|more| more.is_bounded());
        let narrowed = |action: &&String| bounded.iter().any(|more| more.action == **action);
        let mut own: BTreeSet<String> =
            driver.iter().filter(here).filter(|action| !narrowed(action)).cloned().collect();
        own.extend(plain.into_iter().map(|more| more.action.clone()));
        let mut statements = statements(&own, &FACTS.resources.driver);
        statements.extend(bounded.into_iter().map(statement));
        all.push((&policy.name, document(&statements)));
    }
    let store = actions(&mut store_calls());
    let mut statements = statements(&store, &FACTS.resources.store);
    let makes_it = FACTS.besides.iter().filter(|more| more.calls.contains("s3:CreateBucket"));
    statements.extend(makes_it.map(|more| {
        let resources = &FACTS.resources.store["s3"];
        json!({"Effect": "Allow", "Action": [more.action], "Resource": resources})
    }));
    all.push(("store", document(&statements)));
    all
}

fn service(action: &str) -> &str {
    action.split_once(':').map_or(action, |(service, _)| service)
}

fn document(statements: &[Json]) -> Json {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// One statement for what may be done to everything, and one for each service that is narrower.
fn statements(actions: &BTreeSet<String>, narrower: &BTreeMap<String, Vec<String>>) -> Vec<Json> {
    let is_narrow =
        |action: &String| narrower.contains_key(service(action)) && !FACTS.everywhere.contains(action);
    let (narrow, wide): (Vec<&String>, Vec<&String>) = actions.iter().partition(|action| is_narrow(action));
    let mut statements = Vec::new();
    if !wide.is_empty() {
        statements.push(json!({"Effect": "Allow", "Action": wide, "Resource": "*"}));
    }
    for (name, resources) in narrower {
        let own: Vec<&&String> = narrow.iter().filter(|action| service(action) == name).collect();
        if !own.is_empty() {
            statements.push(json!({"Effect": "Allow", "Action": own, "Resource": resources}));
        }
    }
    statements
}

fn statement(more: &Besides) -> Json {
    let resources = more.resources.as_ref().or_else(|| FACTS.resources.driver.get(service(&more.action)));
    let mut statement = json!({"Effect": "Allow", "Action": [more.action]});
    statement["Resource"] = resources.map_or_else(|| json!("*"), |resources| json!(resources));
    if let Some(condition) = &more.condition {
        statement["Condition"] = condition.clone();
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_source_and_each_name_is_used() {
        let made: BTreeSet<&str> = calls().chain(store_calls()).collect();
        for call in &made {
            assert!(source(service(call)).is_some(), "{call}: `services` in permissions.yaml lacks it");
        }
        for call in FACTS.otherwise.keys().chain(&FACTS.nothing) {
            assert!(made.contains(call.as_str()), "nobody calls {call}");
        }
    }

    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space doesn't count.
    #[test]
    fn a_policy_is_no_longer_than_it_may_be() {
        for (name, policy) in policies() {
            let length = policy.to_string().len();
            assert!(length <= 6144, "{name}: {length} characters; see `policies` in permissions.yaml");
        }
    }

    #[test]
    fn what_narrows_is_in_the_policies() {
        let all: BTreeMap<&str, Json> = policies().into_iter().collect();
        let text = all["services"].to_string();
        assert!(text.contains("role/DEPLOYMENT-*") && text.contains("iam:PassedToService"), "{text}");
        assert!(all["store"].to_string().contains("arn:aws:s3:::LEDGER/*"));
        assert!(!all["machines"].to_string().contains("DEPLOYMENT"));
    }
}

//! Everything that is known of a rule, for people who want to know why.

use provision_architecture::documented::{self, Elsewhere, Evidence, Family, Place, Rule, Severity};
use serde::Serialize;

use super::check::quote;
use super::finding::Quote;
use super::own::OwnRule;

/// A rule, explained.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    pub schema: &'static str,
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    pub versions: String,
    /// `spec`, or where else it is decided.
    pub decided: &'static str,
    pub decided_how: String,
    pub asks: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<String>,
    pub remedy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    pub evidence: String,
    pub waivable: bool,
    pub citations: Vec<Quote>,
}

/// The rule of this id, whatever the case it is written in.
pub fn explain(id: &str) -> Option<Explanation> {
    every_rule().into_iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// Every rule there is, by family and id.
pub fn every_rule() -> Vec<Explanation> {
    let mut rules = Vec::new();
    for family in Family::ALL {
        let set = documented::rules(*family);
        let mut of_family: Vec<Explanation> =
            set.rules.iter().map(decided).chain(set.elsewhere.iter().map(elsewhere)).collect();
        of_family.sort_by(|a, b| a.id.cmp(&b.id));
        rules.append(&mut of_family);
    }
    rules.extend(OwnRule::ALL.map(own));
    rules
}

fn decided(rule: &Rule) -> Explanation {
    Explanation {
        schema: "provision.explain/1",
        id: rule.id.to_string(),
        title: rule.title.clone(),
        severity: Some(rule.severity),
        versions: rule.versions.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string),
        decided: "spec",
        decided_how: "on the spec, by `provision validate`".to_owned(),
        asks: rule.asks.clone(),
        when: rule.when.clone(),
        require: Some(rule.require.clone()),
        remedy: rule.remedy.clone(),
        history: rule.history.clone(),
        evidence: known_by(rule.evidence).to_owned(),
        waivable: rule.is_waivable(),
        citations: rule.citations.iter().filter_map(quote).collect(),
    }
}

fn elsewhere(rule: &Elsewhere) -> Explanation {
    let place = match rule.decided {
        Place::Construction => "by construction",
        Place::Rendered => "on the rendered files",
        Place::Live => "on the live estate",
        Place::Nowhere => "nowhere",
    };
    Explanation {
        schema: "provision.explain/1",
        id: rule.id.to_string(),
        title: rule.title.clone(),
        severity: None,
        versions: "all".to_owned(),
        decided: rule.decided.word(),
        decided_how: format!("{place}: {}", rule.reason),
        asks: String::new(),
        when: None,
        require: None,
        remedy: String::new(),
        history: None,
        evidence: String::new(),
        waivable: false,
        citations: rule.citations.iter().filter_map(quote).collect(),
    }
}

fn own(rule: OwnRule) -> Explanation {
    let of_directories = OwnRule::OF_DIRECTORIES.contains(&rule);
    Explanation {
        schema: "provision.explain/1",
        id: rule.id().to_owned(),
        title: rule.title().to_owned(),
        severity: Some(rule.severity()),
        versions: "all".to_owned(),
        decided: if of_directories { "rendered" } else { "spec" },
        decided_how: if of_directories {
            "on a rendered directory or a plan, by `provision validate DIR`".to_owned()
        } else {
            "on the spec, by `provision validate`".to_owned()
        },
        asks: rule.asks().to_owned(),
        when: None,
        require: None,
        remedy: rule.remedy().to_owned(),
        history: None,
        evidence: "it is a rule of provision's own".to_owned(),
        waivable: rule.is_waivable(),
        citations: vec![rule.quote()],
    }
}

fn known_by(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Documented => "the vendor's documentation says it",
        Evidence::Code => "the vendor's code or chart shows it",
        Evidence::Derived => "it follows from documented facts",
        Evidence::Unverified => "general knowledge that was not looked up; never an error",
    }
}

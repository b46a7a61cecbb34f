//! The documented rules, with their texts turned into expressions.

use std::sync::OnceLock;

use provision_architecture::documented::{self, Family, Rule, Subject};
use provision_architecture::topology::Topology;
use provision_architecture::values::Version;

use super::expression::{Expression, ParseError};
use super::template::Template;

/// A rule that can be applied.
#[derive(Debug)]
pub struct CompiledRule {
    pub rule: &'static Rule,
    pub family: Family,
    pub when: Option<Expression>,
    pub require: Expression,
    pub found: Template,
}

/// A rule of ours that is written wrongly; a test compiles all of them.
#[derive(Debug, Clone, thiserror::Error)]
#[error("rule {rule}, `{part}`: {error}")]
pub struct RuleError {
    rule: String,
    part: &'static str,
    error: ParseError,
}

/// A family's rules. They are data of ours that never changes, so they are compiled once, when they are first asked for.
pub fn compile(family: Family) -> Result<&'static [CompiledRule], RuleError> {
    static COMPILED: [OnceLock<Result<Vec<CompiledRule>, RuleError>>; Family::ALL.len()] =
        [const { OnceLock::new() }; Family::ALL.len()];
    let compiled = COMPILED[family as usize].get_or_init(|| {
        documented::rules(family).rules.iter().map(|rule| compile_rule(family, rule)).collect()
    });
    compiled.as_deref().map_err(Clone::clone)
}

fn compile_rule(family: Family, rule: &'static Rule) -> Result<CompiledRule, RuleError> {
    let error = |part| move |error| RuleError { rule: rule.id.to_string(), part, error };
    Ok(CompiledRule {
        rule,
        family,
        when: rule.when.as_deref().map(Expression::parse).transpose().map_err(error("when"))?,
        require: Expression::parse(&rule.require).map_err(error("require"))?,
        found: Template::parse(&rule.found).map_err(error("found"))?,
    })
}

/// The families whose rules speak of this topology.
pub fn families(topology: &Topology) -> Vec<Family> {
    let mut families = vec![documented::family(topology.platform)];
    if topology
        .queue
        .as_ref()
        .is_some_and(|queue| queue.kind == provision_architecture::spec::QueueKind::Kafka)
    {
        families.push(Family::Kafka);
    }
    if topology.search.is_some() {
        families.push(Family::Search);
    }
    families
}

/// The version that the family's ranges speak of; none, where the spec does not say it.
pub fn subject_version(family: Family, topology: &Topology) -> Option<&Version> {
    match documented::rules(family).subject {
        Subject::Product => Some(&topology.version),
        Subject::Queue => topology.queue.as_ref().and_then(|queue| queue.version.as_ref()),
        Subject::Search => topology.search.as_ref().and_then(|search| search.version.as_ref()),
    }
}

impl CompiledRule {
    pub fn holds_for(&self, topology: &Topology) -> bool {
        subject_version(self.family, topology).is_none_or(|version| self.rule.holds_for(version))
    }
}

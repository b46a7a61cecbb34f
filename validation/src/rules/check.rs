//! Applies the documented rules to a topology.

use provision_architecture::documented::{self, Citation};
use provision_architecture::spec::{ComponentName, Spec, SpecFile};
use provision_architecture::topology::Topology;
use provision_architecture::values::Date;

use super::catalogue::{CompiledRule, RuleError, compile, families};
use super::evaluate::{NoValue, Scope};
use super::expression::{Argument, Expression};
use super::finding::{Finding, Formula, Quote, Undecided, Verdict};
use super::value::Unknown;
use super::{host, objectives, waivers};

/// Judges a spec by the rules of its documented architecture. `today` decides which waivers have run out.
pub fn check(file: &SpecFile, topology: &Topology, today: Date) -> Result<Verdict, RuleError> {
    let mut verdict = judge_all(file, topology)?;
    close(&mut verdict, file, &topology.spec, today, false);
    Ok(verdict)
}

/// What breaks the rules, before anything is waived.
pub(crate) fn judge_all(file: &SpecFile, topology: &Topology) -> Result<Verdict, RuleError> {
    let mut verdict = Verdict {
        file: file.source.name().to_owned(),
        findings: Vec::new(),
        undecided: Vec::new(),
        applied: 0,
    };
    for family in families(topology) {
        for rule in compile(family)?.iter().filter(|rule| rule.holds_for(topology)) {
            apply(rule, file, topology, &mut verdict);
        }
    }
    host::apply(file, topology, &mut verdict);
    objectives::apply(file, topology, &mut verdict);
    Ok(verdict)
}

/// Waives what the spec accepts, and puts the worst first. A waiver of what only a directory shows waits for one.
pub(crate) fn close(verdict: &mut Verdict, file: &SpecFile, spec: &Spec, today: Date, has_directory: bool) {
    waivers::apply(file, spec, today, has_directory, verdict);
    verdict.findings.sort_by(|a, b| {
        let place = |finding: &Finding| finding.place.as_ref().map(|place| place.file.clone());
        let key = |it: &Finding| (place(it), it.span.start, it.rule.clone(), it.path.clone());
        b.severity.cmp(&a.severity).then_with(|| key(a).cmp(&key(b)))
    });
    verdict.undecided.sort();
    verdict.undecided.dedup();
}

fn apply(rule: &CompiledRule, file: &SpecFile, topology: &Topology, verdict: &mut Verdict) {
    verdict.applied += 1;
    let each: Vec<Option<ComponentName>> = match rule.rule.each.as_slice() {
        [] => vec![None],
        components => components.iter().copied().map(Some).collect(),
    };
    for component in each {
        let scope = Scope { topology, component };
        match judge(rule, scope) {
            Ok(true) => {}
            Ok(false) => verdict.findings.push(finding(rule, scope, file)),
            Err(NoValue::Unknown(Unknown(needs))) => verdict.undecided.push(Undecided {
                rule: rule.rule.id.to_string(),
                title: rule.rule.title.clone(),
                needs,
            }),
            // A mistake in our own data: the test that walks the catalogue fails on it. For a user the rule is
            // undecided, and says why.
            Err(NoValue::Nonsense(message)) => verdict.undecided.push(Undecided {
                rule: rule.rule.id.to_string(),
                title: rule.rule.title.clone(),
                needs: format!("a correction of the rule itself ({message})"),
            }),
        }
    }
}

/// Whether the rule holds, or does not apply.
fn judge(rule: &CompiledRule, scope: Scope<'_>) -> Result<bool, NoValue> {
    if let Some(when) = &rule.when
        && !when.holds(scope)?
    {
        return Ok(true);
    }
    rule.require.holds(scope)
}

fn finding(compiled: &CompiledRule, scope: Scope<'_>, file: &SpecFile) -> Finding {
    let rule = compiled.rule;
    let path = match scope.component {
        Some(component) => rule.at.replace("{component}", component.word()),
        None => rule.at.clone(),
    };
    let span = file.locate(&path);
    Finding {
        rule: rule.id.to_string(),
        title: rule.title.clone(),
        severity: rule.severity,
        evidence: rule.evidence,
        position: file.source.position(span.start),
        span,
        path,
        place: None,
        found: compiled.found.fill(scope),
        asks: rule.asks.clone(),
        formula: formula(compiled, scope),
        remedy: rule.remedy.clone(),
        citations: rule.citations.iter().filter_map(quote).collect(),
        waived: None,
    }
}

/// A citation with the place it stands for.
pub(super) fn quote(citation: &Citation) -> Option<Quote> {
    let reference = documented::sources().get(&citation.source)?;
    Some(Quote {
        title: reference.title.clone(),
        url: reference.url.clone(),
        read: reference.read.clone(),
        says: citation.says.clone(),
    })
}

/// The formula with its numbers, where the rule calculates.
fn formula(compiled: &CompiledRule, scope: Scope<'_>) -> Option<Formula> {
    if !calculates(&compiled.require) {
        return None;
    }
    let mut text = compiled.rule.require.clone();
    if let Some(component) = scope.component {
        text = text.replace("(component)", &format!("({component})"));
    }
    let numbers = compiled
        .require
        .quantities()
        .into_iter()
        .map(|(quantity, argument)| {
            let expression = Expression::Quantity(quantity, argument.cloned());
            let value =
                expression.evaluate(scope).map_or_else(|_| "unknown".to_owned(), |value| value.to_string());
            (name(quantity.name, argument, scope), value)
        })
        .collect();
    Some(Formula { text, numbers })
}

fn name(quantity: &str, argument: Option<&Argument>, scope: Scope<'_>) -> String {
    match argument.map(|argument| scope.name(argument)) {
        Some(Ok(argument)) => format!("{quantity}({argument})"),
        _ => quantity.to_owned(),
    }
}

fn calculates(expression: &Expression) -> bool {
    use super::expression::Function::Given;
    use super::expression::Operator::{Minus, Over, Plus, Times};
    match expression {
        Expression::Call(Given, _) => false,
        Expression::Binary(Plus | Minus | Times | Over, ..) | Expression::Call(..) => true,
        Expression::Binary(_, left, right) => calculates(left) || calculates(right),
        Expression::Not(inner) => calculates(inner),
        _ => false,
    }
}

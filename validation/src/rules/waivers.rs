//! Findings that a spec accepts: reported as accepted, until the last day; and what is wrong with a waiver itself.

use provision_architecture::documented::{self, Evidence, Family, Severity};
use provision_architecture::spec::{Spec, SpecFile, Waiver};
use provision_architecture::values::Date;

use super::finding::{Finding, Quote, Verdict, Waived};

/// What can be wrong with a waiver. These rules are about the spec itself, so they are ours and not data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverRule {
    Expired,
    Unused,
    NotWaivable,
    NoSuchRule,
}

impl WaiverRule {
    pub const ALL: [Self; 4] = [Self::Expired, Self::Unused, Self::NotWaivable, Self::NoSuchRule];

    pub fn id(self) -> &'static str {
        match self {
            Self::Expired => "WAI-01",
            Self::Unused => "WAI-02",
            Self::NotWaivable => "WAI-03",
            Self::NoSuchRule => "WAI-04",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Expired => "A waiver has run out",
            Self::Unused => "A waiver has nothing to accept",
            Self::NotWaivable => "A rule that cannot be waived",
            Self::NoSuchRule => "A waiver for a rule that does not exist",
        }
    }

    pub fn severity(self) -> Severity {
        match self {
            Self::Expired | Self::Unused => Severity::Warning,
            Self::NotWaivable | Self::NoSuchRule => Severity::Error,
        }
    }

    pub fn asks(self) -> &'static str {
        match self {
            Self::Expired => {
                "A waiver holds up to its last day; from the next day on the finding counts again."
            }
            Self::Unused => {
                "A waiver stands beside a finding; one without would hide a finding that comes later."
            }
            Self::NotWaivable => "What loses data, or cannot work at all, is accepted by nobody.",
            Self::NoSuchRule => "A waiver names a rule by its id.",
        }
    }

    pub fn remedy(self) -> &'static str {
        match self {
            Self::Expired => "Mend what the rule asks, or decide again and set a later day.",
            Self::Unused => "Remove the waiver.",
            Self::NotWaivable => "Remove the waiver and mend what the rule asks.",
            Self::NoSuchRule => "Correct the id; `provision explain` lists all of them.",
        }
    }
}

pub fn apply(file: &SpecFile, spec: &Spec, today: Date, verdict: &mut Verdict) {
    let mut complaints = Vec::new();
    for (index, waiver) in spec.waivers.iter().enumerate() {
        let problem = match waivable(waiver) {
            None => Some(WaiverRule::NoSuchRule),
            Some(false) => Some(WaiverRule::NotWaivable),
            Some(true) if waiver.until < today => Some(WaiverRule::Expired),
            Some(true) => (!accept(waiver, verdict)).then_some(WaiverRule::Unused),
        };
        if let Some(problem) = problem {
            complaints.push(complaint(problem, waiver, file, index));
        }
    }
    verdict.findings.append(&mut complaints);
}

/// Whether the rule may be waived; nothing, where there is no such rule.
fn waivable(waiver: &Waiver) -> Option<bool> {
    Family::ALL.iter().find_map(|family| {
        let rules = &documented::rules(*family).rules;
        waiver.rule.as_str().starts_with(family.word()).then_some(())?;
        rules.iter().find(|rule| rule.id == waiver.rule).map(documented::Rule::is_waivable)
    })
}

fn accept(waiver: &Waiver, verdict: &mut Verdict) -> bool {
    let mut used = false;
    for finding in verdict.findings.iter_mut().filter(|finding| finding.rule == waiver.rule.as_str()) {
        finding.waived = Some(Waived { until: waiver.until, reason: waiver.reason.to_string() });
        used = true;
    }
    used
}

fn complaint(problem: WaiverRule, waiver: &Waiver, file: &SpecFile, index: usize) -> Finding {
    let span = file.locate_item("waivers", index);
    let found = match problem {
        WaiverRule::Expired => format!("the waiver for {} ended on {}", waiver.rule, waiver.until),
        WaiverRule::Unused => format!("nothing here breaks {}", waiver.rule),
        WaiverRule::NotWaivable => format!("{} is waived until {}", waiver.rule, waiver.until),
        WaiverRule::NoSuchRule => format!("there is no rule {}", waiver.rule),
    };
    Finding {
        rule: problem.id().to_owned(),
        title: problem.title().to_owned(),
        severity: problem.severity(),
        evidence: Evidence::Documented,
        path: format!("waivers.{index}"),
        position: file.source.position(span.start),
        span,
        found,
        asks: problem.asks().to_owned(),
        formula: None,
        remedy: problem.remedy().to_owned(),
        citations: vec![own_quote()],
        waived: None,
    }
}

pub fn own_quote() -> Quote {
    Quote {
        title: "provision: waivers".to_owned(),
        url: "docs/rules.md".to_owned(),
        read: env!("CARGO_PKG_VERSION").to_owned(),
        says: "a waiver carries a rule, a last day and a reason, and is itself checked".to_owned(),
    }
}

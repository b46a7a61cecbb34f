//! Rules of our own: what can be wrong with a waiver, and with what a spec asks of the hosts' kernels. No document of
//! a vendor states them, so they are not among its data.

use provision_architecture::Span;
use provision_architecture::documented::{Evidence, Severity};
use provision_architecture::spec::SpecFile;

use super::finding::{Finding, Quote};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnRule {
    WaiverExpired,
    WaiverUnused,
    WaiverRefused,
    WaiverUnknown,
    SysctlRefused,
    BudgetTooShort,
    HostConflict,
    HostWarning,
    ObjectiveMissed,
    ObjectiveUnknown,
}

/// What a person is told of such a rule.
struct About {
    id: &'static str,
    title: &'static str,
    severity: Severity,
    asks: &'static str,
    remedy: &'static str,
}

impl OwnRule {
    pub const ALL: [Self; 10] = [
        Self::HostConflict,
        Self::SysctlRefused,
        Self::BudgetTooShort,
        Self::HostWarning,
        Self::ObjectiveMissed,
        Self::ObjectiveUnknown,
        Self::WaiverExpired,
        Self::WaiverUnused,
        Self::WaiverRefused,
        Self::WaiverUnknown,
    ];

    fn about(self) -> About {
        match self {
            Self::HostConflict => About {
                id: "HST-01",
                title: "Kernel parameters that contradict each other",
                severity: Severity::Error,
                asks: "What one role of a host needs must not break what another needs.",
                remedy: "Remove one of the two settings, or run the roles on machines of their own.",
            },
            Self::SysctlRefused => About {
                id: "HST-02",
                title: "A kernel parameter that cannot be set so",
                severity: Severity::Error,
                asks: "A parameter that is known, with a value in the range that makes sense; the kernel itself takes \
                       nonsense without a word.",
                remedy: "Correct it; `provision tune list` shows every parameter with its range.",
            },
            Self::BudgetTooShort => About {
                id: "HST-03",
                title: "A dead peer cannot be noticed that soon",
                severity: Severity::Error,
                asks: "A time that the kernel's timers can keep in their worst phase.",
                remedy: "Give a longer `host.detect_dead_peer_within`; `provision tune timeout` shows what each value does.",
            },
            Self::HostWarning => About {
                id: "HST-04",
                title: "A kernel parameter with a price",
                severity: Severity::Warning,
                asks: "What a setting costs elsewhere is known and accepted.",
                remedy: "Leave it to the profile, or waive this with the reason.",
            },
            Self::ObjectiveMissed => About {
                id: "OBJ-01",
                title: "An objective that this deployment misses",
                severity: Severity::Error,
                asks: "What `objectives` demands of a failure holds when that failure happens.",
                remedy: "`provision survive` says why, and which one change would help most.",
            },
            Self::ObjectiveUnknown => About {
                id: "OBJ-02",
                title: "An objective that cannot be judged",
                severity: Severity::Error,
                asks: "An objective names a failure and capabilities that this deployment has.",
                remedy: "Correct the name; the matrix of `provision survive` shows those there are.",
            },
            Self::WaiverExpired => About {
                id: "WAI-01",
                title: "A waiver has run out",
                severity: Severity::Warning,
                asks: "A waiver holds up to its last day; from the next day on the finding counts again.",
                remedy: "Mend what the rule asks, or decide again and set a later day.",
            },
            Self::WaiverUnused => About {
                id: "WAI-02",
                title: "A waiver has nothing to accept",
                severity: Severity::Warning,
                asks: "A waiver stands beside a finding; one without would hide a finding that comes later.",
                remedy: "Remove the waiver.",
            },
            Self::WaiverRefused => About {
                id: "WAI-03",
                title: "A rule that cannot be waived",
                severity: Severity::Error,
                asks: "What loses data, or cannot work at all, is accepted by nobody.",
                remedy: "Remove the waiver and mend what the rule asks.",
            },
            Self::WaiverUnknown => About {
                id: "WAI-04",
                title: "A waiver for a rule that does not exist",
                severity: Severity::Error,
                asks: "A waiver names a rule by its id.",
                remedy: "Correct the id; `provision explain` lists all of them.",
            },
        }
    }

    pub fn id(self) -> &'static str {
        self.about().id
    }

    pub fn title(self) -> &'static str {
        self.about().title
    }

    pub fn severity(self) -> Severity {
        self.about().severity
    }

    pub fn asks(self) -> &'static str {
        self.about().asks
    }

    pub fn remedy(self) -> &'static str {
        self.about().remedy
    }

    /// What has a price, or falls short of one's own demand, may be accepted; what cannot work may not.
    pub fn is_waivable(self) -> bool {
        matches!(self, Self::HostWarning | Self::ObjectiveMissed)
    }

    pub fn quote(self) -> Quote {
        let (url, says) = match &self.id()[..3] {
            "WAI" => (
                "README.md, Waivers",
                "a waiver carries a rule, a last day and a reason, and is itself checked",
            ),
            "OBJ" => ("README.md, What survives", "objectives are judged by the failure analysis"),
            _ => ("host-tuning/catalogue", "every parameter has a range, a reason and a source"),
        };
        Quote {
            title: "provision itself".to_owned(),
            url: url.to_owned(),
            read: env!("CARGO_PKG_VERSION").to_owned(),
            says: says.to_owned(),
        }
    }

    pub(super) fn finding(self, file: &SpecFile, span: Span, path: String, found: String) -> Finding {
        Finding {
            rule: self.id().to_owned(),
            title: self.title().to_owned(),
            severity: self.severity(),
            evidence: Evidence::Derived,
            path,
            position: file.source.position(span.start),
            span,
            found,
            asks: self.asks().to_owned(),
            formula: None,
            remedy: self.remedy().to_owned(),
            citations: vec![self.quote()],
            waived: None,
        }
    }
}

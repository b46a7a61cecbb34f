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
    Unprotected,
    NoBackups,
    Unencrypted,
    Public,
    HealthElsewhere,
    HealthAnswers,
    ZoneLeft,
    UncleanLeaders,
    KernelParameter,
    EditedAway,
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
    pub const ALL: [Self; 20] = [
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
        Self::Unprotected,
        Self::NoBackups,
        Self::Unencrypted,
        Self::Public,
        Self::HealthElsewhere,
        Self::HealthAnswers,
        Self::ZoneLeft,
        Self::UncleanLeaders,
        Self::KernelParameter,
        Self::EditedAway,
    ];

    /// Those that only a rendered directory, or a plan, can break.
    pub const OF_DIRECTORIES: [Self; 10] = [
        Self::Unprotected,
        Self::NoBackups,
        Self::Unencrypted,
        Self::Public,
        Self::HealthElsewhere,
        Self::HealthAnswers,
        Self::ZoneLeft,
        Self::UncleanLeaders,
        Self::KernelParameter,
        Self::EditedAway,
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
            of_directories => of_directories.about_directories(),
        }
    }

    /// What only files decide.
    fn about_directories(self) -> About {
        match self {
            Self::Unprotected => About {
                id: "DIR-01",
                title: "What holds data can be deleted by mistake",
                severity: Severity::Error,
                asks: "What holds data, or carries all traffic, refuses to be deleted until somebody takes the protection away.",
                remedy: "Set the argument back; to take the deployment down on purpose, say so with the variable for one run.",
            },
            Self::NoBackups => About {
                id: "DIR-02",
                title: "Data without a backup",
                severity: Severity::Error,
                asks: "Backups of everything that holds data, kept for a day at least: a standby repeats every mistake at once.",
                remedy: "Set the argument back, to as many days as somebody may take to notice a mistake.",
            },
            Self::Unencrypted => About {
                id: "DIR-03",
                title: "Not encrypted",
                severity: Severity::Error,
                asks: "Everything is encrypted where it lies and on its way.",
                remedy: "Set the argument back.",
            },
            Self::Public => About {
                id: "DIR-04",
                title: "The internet may reach what it should not",
                severity: Severity::Error,
                asks: "Databases and storage are reached from the network of the deployment only.",
                remedy: "Set the argument back; people reach a database through the network, not past it.",
            },
            Self::HealthElsewhere => About {
                id: "DIR-05",
                title: "A health check that doesn't ask for health",
                severity: Severity::Error,
                asks: "Health checks ask the documented path on the documented port: elsewhere a dead process may look alive, \
                       or a living one dead.",
                remedy: "Set path and port to those of the component's documented health check.",
            },
            Self::HealthAnswers => About {
                id: "DIR-06",
                title: "A health check that takes other answers than 200",
                severity: Severity::Error,
                asks: "Only 200 means that an instance may be sent something new: one that drains answers otherwise, and so \
                       does one that sends its callers away.",
                remedy: "Accept 200 alone.",
            },
            Self::ZoneLeft => About {
                id: "DIR-07",
                title: "A zone is left out",
                severity: Severity::Error,
                asks: "What was made to outlive the loss of a zone stands in all zones of the deployment.",
                remedy: "Name the subnets or zones of all zones again; to use fewer on purpose, change `cloud.zones` and render.",
            },
            Self::UncleanLeaders => About {
                id: "DIR-08",
                title: "Kafka may lose what it acknowledged",
                severity: Severity::Error,
                asks: "`unclean.leader.election.enable` is off: a broker that lacks acknowledged writes never leads.",
                remedy: "Set it to false.",
            },
            Self::KernelParameter => About {
                id: "DIR-09",
                title: "A kernel parameter that the machine needs is not set so",
                severity: Severity::Error,
                asks: "Every parameter of the host's roles and of the time within which a dead peer is noticed.",
                remedy: "Set another value with `host.sysctl` in the spec, where it is checked, and render; the machines take \
                         the files from their packed user data, which only a render makes anew.",
            },
            _ => About {
                id: "DIR-10",
                title: "Edited away from the spec",
                severity: Severity::Info,
                asks: "Spec and directory say the same, so that rendering again undoes nothing.",
                remedy: "Say it in the spec and render, or keep in mind that a render takes it back.",
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
        matches!(self, Self::HostWarning | Self::ObjectiveMissed) || Self::OF_DIRECTORIES.contains(&self)
    }

    pub fn quote(self) -> Quote {
        let (url, says) = match &self.id()[..3] {
            "WAI" => (
                "README.md, Waivers",
                "a waiver carries a rule, a last day and a reason, and is itself checked",
            ),
            "DIR" => ("docs/engine.md", "what is rendered so on purpose, and why it stays so"),
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

    pub(crate) fn finding(self, file: &SpecFile, span: Span, path: String, found: String) -> Finding {
        Finding {
            rule: self.id().to_owned(),
            title: self.title().to_owned(),
            severity: self.severity(),
            evidence: Evidence::Derived,
            path,
            place: None,
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

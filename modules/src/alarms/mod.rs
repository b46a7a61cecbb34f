//! Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::ComponentName;

use crate::hosts;
use crate::machine_group::{GroupHealth, MachineGroup};

#[derive(Debug, Clone, Default)]
pub(crate) struct Alarms {
    pub(crate) list: Vec<Alarm>,
    /// Who is told; the cloud's console alone where nobody is named.
    pub(crate) email: Option<String>,
}

/// What the machines of a component say when it is time for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alarm {
    pub(crate) component: ComponentName,
    pub(crate) figure: Figure,
}

/// A figure that machines tell: one where it is true, zero or nothing where it isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    /// Restarts don't help on a machine.
    Unhealthy,
    /// A machine stores events and forwards none.
    Degraded,
}

impl Figure {
    /// As the machines' scripts call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unhealthy => "Unhealthy",
            Self::Degraded => "Degraded",
        }
    }

    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Unhealthy => "A machine on which restarts don't help asks to be replaced",
            Self::Degraded => "A machine stores events and forwards none",
        }
    }
}

impl Alarm {
    /// `server-degraded`
    pub(crate) fn name(self) -> String {
        format!("{}-{}", self.component, self.figure.word().to_lowercase())
    }

    /// What has happened, and what to do.
    pub(crate) fn advice(self) -> String {
        let component = self.component;
        match self.figure {
            Figure::Unhealthy => format!(
                "On a machine of {component} restarts did not help, and its group replaces it. If that goes on, read \
                 the component's log on a new machine: journalctl -u provision-{component}."
            ),
            Figure::Degraded => format!(
                "A machine of {component} crashed again and again: it stores events and forwards none. Find the \
                 reason in journalctl -u provision-{component}, then run on that machine: provision-mode normal."
            ),
        }
    }
}

pub(crate) fn decide(topology: &Topology, groups: &[MachineGroup]) -> Alarms {
    let mut list = Vec::new();
    for group in &topology.groups {
        let mut machines = groups.iter().filter(|it| it.component == group.component).peekable();
        if machines.peek().is_none() {
            continue;
        }
        if hosts::counts_crashes(group, topology) {
            list.push(Alarm { component: group.component, figure: Figure::Degraded });
        }
        if machines.any(|it| it.health == GroupHealth::Machine) {
            list.push(Alarm { component: group.component, figure: Figure::Unhealthy });
        }
    }
    let email = topology.spec.alerting.as_ref().and_then(|alerting| alerting.email.as_ref());
    Alarms { list, email: email.map(ToString::to_string) }
}

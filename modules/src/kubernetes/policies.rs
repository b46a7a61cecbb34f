//! Who may connect to whom among the pods: only what an arrow of the topology needs.

use std::collections::BTreeSet;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use serde::Serialize;

use crate::alerting::watched;

/// The way into the pods of one component.
#[derive(Debug, Serialize)]
pub(super) struct Policy {
    component: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    port: u16,
    /// None: whoever the load balancer lets in, whose addresses the nodes hide.
    from: Option<String>,
    /// Whoever watches, in a namespace of its own.
    watches: bool,
    why: String,
}

/// `open`: the ports of pods that whoever is in front of the cluster reaches.
pub(super) fn of(topology: &Topology, open: &BTreeSet<u16>, alerting: bool) -> Vec<Policy> {
    let policies = topology.groups.iter().map(|group| {
        let mut entries: Vec<Entry> = Vec::new();
        for arrow in topology.arrows.iter().filter(|arrow| arrow.to.component() == Some(group.component)) {
            let from = match arrow.from {
                Party::LoadBalancer | Party::Monitoring => None,
                party => match party.component() {
                    Some(component) => Some(component.to_string()),
                    None => continue,
                },
            };
            let balanced = open.contains(&arrow.port);
            let watches = arrow.from == Party::Monitoring;
            let same = |it: &Entry| it.port == arrow.port && it.from == from && it.watches == watches;
            if (from.is_some() || balanced || watches) && !entries.iter().any(same) {
                entries.push(Entry { port: arrow.port, from, watches, why: arrow.purpose.clone() });
            }
        }
        if alerting {
            let watched = watched(topology, group);
            let ports = [watched.health.map(|it| it.port), watched.metrics.map(|it| it.port)];
            for port in ports.into_iter().flatten() {
                if !entries.iter().any(|it| it.port == port && it.watches) {
                    entries.push(Entry { port, from: None, watches: true, why: "who watches".to_owned() });
                }
            }
        }
        Policy { component: group.component.to_string(), entries }
    });
    policies.collect()
}

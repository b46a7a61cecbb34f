//! How components reach each other: one address for all instances of a component that others connect to.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::ComponentName;

use crate::load_balancer::HealthCheck;

#[derive(Debug, Clone)]
pub(crate) struct InnerBalancer {
    /// The component behind it.
    pub(crate) component: ComponentName,
    pub(crate) port: u16,
    pub(crate) health: HealthCheck,
}

/// One for each component that another component connects to.
pub(crate) fn decide(topology: &Topology) -> Vec<InnerBalancer> {
    let mut balancers: Vec<InnerBalancer> = Vec::new();
    for arrow in &topology.arrows {
        let (Some(_), Some(to)) = (arrow.from.component(), arrow.to.component()) else { continue };
        let Some(group) = topology.group(to) else { continue };
        if balancers.iter().all(|it| it.component != to || it.port != arrow.port) {
            let health = HealthCheck::of(group, arrow.port);
            balancers.push(InnerBalancer { component: to, port: arrow.port, health });
        }
    }
    balancers
}

//! Internal load balancers that pass packets through.

use serde::Serialize;

use super::InnerBalancer;
use crate::RenderError;
use crate::google::BootValue;
use crate::load_balancer::google::groups_of;
use crate::machine_group::MachineGroup;
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    network: Expr,
    subnet: Expr,
    balancers: Vec<Balancer>,
}

#[derive(Serialize)]
struct Balancer {
    component: String,
    address: Resource,
    health_check: Resource,
    service: Resource,
    rule: Resource,
    port: u16,
    health_port: u16,
    health_path: String,
    interval: u64,
    timeout: u64,
    failures: u64,
    groups: Vec<Expr>,
}

pub(crate) fn context(
    balancers: &[InnerBalancer],
    groups: &[MachineGroup],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    Ok(Context {
        network: places.network.clone(),
        subnet: places.private.clone(),
        balancers: balancers.iter().map(|it| balancer(it, groups, naming)).collect::<Result<_, _>>()?,
    })
}

/// The address of each, for those that connect to it.
pub(crate) fn values(balancers: &[InnerBalancer]) -> Result<Vec<BootValue>, RenderError> {
    let value = |it: &InnerBalancer| {
        let local = underscored(it.component.word());
        BootValue::reference(
            format!("{}/address", it.component),
            format!("google_compute_address.{local}.address"),
        )
    };
    balancers.iter().map(value).collect()
}

fn balancer(
    it: &InnerBalancer,
    groups: &[MachineGroup],
    naming: &Naming<'_>,
) -> Result<Balancer, RenderError> {
    let what = it.component.word();
    let resource = |kind: &str| naming.resource(kind, &underscored(what), what);
    Ok(Balancer {
        component: what.to_owned(),
        address: resource("google_compute_address")?,
        health_check: resource("google_compute_region_health_check")?,
        service: resource("google_compute_region_backend_service")?,
        rule: resource("google_compute_forwarding_rule")?,
        port: it.port,
        health_port: it.health.port,
        health_path: it.health.path.clone(),
        interval: it.health.interval.max(1),
        timeout: it.health.interval.clamp(1, 5),
        failures: it.health.failures.clamp(2, 10),
        groups: groups_of(groups, it.component)?,
    })
}

//! Internal load balancers.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::InnerBalancer;
use crate::RenderError;
use crate::azure::{Value, value};
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    subnet: Expr,
    balancers: Vec<Balancer>,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Balancer {
    component: String,
    balancer: Resource,
    pool: Resource,
    probe: Resource,
    rule: Resource,
    port: u16,
    health_port: u16,
    health_path: String,
    interval: u64,
    failures: u64,
}

pub(crate) fn context(
    balancers: &[InnerBalancer],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let values = balancers.iter().map(|it| {
        let local = underscored(it.component.word());
        value(
            naming,
            &format!("{local}_address"),
            &format!("{}/address", it.component),
            Expr::reference(format!("azurerm_lb.{local}.private_ip_address"))?,
        )
    });
    Ok(Context {
        subnet: places.machines.clone(),
        values: values.collect::<Result<_, RenderError>>()?,
        balancers: balancers.iter().map(|it| balancer(it, naming)).collect::<Result<_, _>>()?,
    })
}

/// The pool that a component's machines are members of, where others connect to it.
pub(crate) fn pools(balancers: &[InnerBalancer], component: ComponentName) -> Result<Vec<Expr>, RenderError> {
    let own = balancers.iter().filter(|it| it.component == component);
    own.map(|it| {
        let local = underscored(it.component.word());
        Ok(Expr::reference(format!("azurerm_lb_backend_address_pool.{local}.id"))?)
    })
    .collect()
}

fn balancer(it: &InnerBalancer, naming: &Naming<'_>) -> Result<Balancer, RenderError> {
    let what = it.component.word();
    let resource = |kind: &str| naming.resource(kind, &underscored(what), what);
    Ok(Balancer {
        component: what.to_owned(),
        balancer: resource("azurerm_lb")?,
        pool: resource("azurerm_lb_backend_address_pool")?,
        probe: resource("azurerm_lb_probe")?,
        rule: resource("azurerm_lb_rule")?,
        port: it.port,
        health_port: it.health.port,
        health_path: it.health.path.clone(),
        interval: it.health.interval.max(5),
        failures: it.health.failures.clamp(2, 10),
    })
}

//! Internal network load balancers.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::InnerBalancer;
use crate::RenderError;
use crate::aws::{Parameter, parameter};
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    network: Expr,
    subnets: Expr,
    balancers: Vec<Balancer>,
    values: Vec<Parameter>,
}

#[derive(Serialize)]
struct Balancer {
    component: String,
    balancer: Resource,
    group: Resource,
    listener: Resource,
    security_groups: Expr,
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
        parameter(
            naming,
            &format!("{local}_address"),
            &format!("{}/address", it.component),
            Expr::reference(format!("aws_lb.{local}.dns_name"))?,
        )
    });
    Ok(Context {
        network: places.network.clone(),
        subnets: Expr::list(places.two_private.iter().cloned()),
        values: values.collect::<Result<_, RenderError>>()?,
        balancers: balancers.iter().map(|it| balancer(it, naming)).collect::<Result<_, _>>()?,
    })
}

/// The target group that a component's machines register with, where others connect to it.
pub(crate) fn target_groups(
    balancers: &[InnerBalancer],
    component: ComponentName,
) -> Result<Vec<Expr>, RenderError> {
    let own = balancers.iter().filter(|it| it.component == component);
    own.map(|it| {
        Ok(Expr::reference(format!("aws_lb_target_group.{}.arn", underscored(it.component.word())))?)
    })
    .collect()
}

fn balancer(it: &InnerBalancer, naming: &Naming<'_>) -> Result<Balancer, RenderError> {
    let what = it.component.word();
    let resource = |kind: &str| naming.resource(kind, &underscored(what), what);
    Ok(Balancer {
        component: what.to_owned(),
        balancer: resource("aws_lb")?,
        group: resource("aws_lb_target_group")?,
        listener: resource("aws_lb_listener")?,
        security_groups: Expr::list([crate::security::aws::group(Member::InnerBalancer(it.component))?]),
        port: it.port,
        health_port: it.health.port,
        health_path: it.health.path.clone(),
        interval: it.health.interval.max(5),
        failures: it.health.failures.clamp(2, 10),
    })
}

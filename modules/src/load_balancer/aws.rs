//! Load balancers, target groups and listeners.

use provision_architecture::spec::{ComponentName, LoadBalancerKind};
use serde::Serialize;

use super::{Action, Entry, LoadBalancer, Target};
use crate::RenderError;
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    balancer: Resource,
    network: Expr,
    application: bool,
    internal: bool,
    subnets: Expr,
    idle_timeout: u64,
    targets: Vec<TargetContext>,
    listeners: Vec<Listener>,
    certificate: Option<String>,
    alias: Option<Alias>,
    logs: Resource,
    logs_bucket: Expr,
    region: String,
}

#[derive(Serialize)]
struct TargetContext {
    group: Resource,
    port: u16,
    protocol: &'static str,
    purpose: String,
    component: String,
    application: bool,
    health_port: u16,
    health_path: String,
    interval: u64,
    timeout: u64,
    failures: u64,
    leave: u64,
    draining_status: Option<u64>,
}

#[derive(Serialize)]
struct Listener {
    listener: Resource,
    port: u16,
    protocol: &'static str,
    ends_tls: bool,
    redirects: bool,
    target: Option<String>,
}

#[derive(Serialize)]
struct Alias {
    zone: String,
    hostname: String,
}

pub(crate) fn context(
    balancer: &LoadBalancer,
    places: &Places,
    region: &str,
    account: &Expr,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let subnets = if balancer.internal { &places.two_private } else { &places.public };
    if subnets.is_empty() {
        return Err(RenderError::impossible(
            "cloud.network.subnets",
            "a load balancer on the internet needs a public subnet in every zone",
            "name `public` beside `private` for each zone, or set `load_balancer.internal: true`",
        ));
    }
    let alias = balancer.dns_zone.clone().zip(balancer.hostname.clone());
    let bucket = naming.prefix("aws_s3_bucket", "balancer-logs", 13)?;
    Ok(Context {
        balancer: naming.resource("aws_lb", "main", "")?,
        network: places.network.clone(),
        application: balancer.kind == LoadBalancerKind::Application,
        internal: balancer.internal,
        subnets: Expr::list(subnets.iter().cloned()),
        idle_timeout: balancer.idle_timeout.min(4_000),
        targets: balancer.targets.iter().map(|it| target(it, balancer, naming)).collect::<Result<_, _>>()?,
        listeners: balancer
            .entries
            .iter()
            .map(|it| listener(it, balancer, naming))
            .collect::<Result<_, _>>()?,
        certificate: balancer.certificate.clone(),
        alias: alias.map(|(zone, hostname)| Alias { zone, hostname }),
        logs: naming.resource("aws_s3_bucket", "balancer_logs", "balancer-logs")?,
        logs_bucket: Expr::joined(&format!("{bucket}-"), account, ""),
        region: region.to_owned(),
    })
}

fn local(target: &Target) -> String {
    format!("{}-{}", target.component, target.purpose)
}

/// The target groups that a component's machines register with.
pub(crate) fn target_groups(
    balancer: &LoadBalancer,
    component: ComponentName,
) -> Result<Vec<Expr>, RenderError> {
    balancer
        .targets
        .iter()
        .filter(|target| target.component == component)
        .map(|target| {
            Ok(Expr::reference(format!("aws_lb_target_group.{}.arn", underscored(&local(target))))?)
        })
        .collect()
}

fn target(
    target: &Target,
    balancer: &LoadBalancer,
    naming: &Naming<'_>,
) -> Result<TargetContext, RenderError> {
    let what = local(target);
    let application = balancer.kind == LoadBalancerKind::Application;
    // The cloud allows no shorter interval, and a time-out below it.
    let interval = target.health.interval.max(5);
    Ok(TargetContext {
        group: naming.resource("aws_lb_target_group", &underscored(&what), &what)?,
        port: target.node_port.unwrap_or(target.port),
        protocol: if application { "HTTP" } else { "TCP" },
        purpose: target.purpose.clone(),
        component: target.component.to_string(),
        application,
        health_port: target.health.node_port.unwrap_or(target.health.port),
        health_path: target.health.path.clone(),
        interval,
        timeout: (interval - 1).min(5),
        failures: target.health.failures.clamp(2, 10),
        leave: target.leave,
        draining_status: target.health.draining_status,
    })
}

fn listener(entry: &Entry, balancer: &LoadBalancer, naming: &Naming<'_>) -> Result<Listener, RenderError> {
    let application = balancer.kind == LoadBalancerKind::Application;
    let (target, ends_tls, protocol) = match entry.action {
        Action::Redirect => (None, false, "HTTP"),
        Action::EndTls { target } => (Some(target), true, if application { "HTTPS" } else { "TLS" }),
        Action::Forward { target } => (Some(target), false, if application { "HTTP" } else { "TCP" }),
    };
    let what = format!("port-{}", entry.port);
    Ok(Listener {
        listener: naming.resource("aws_lb_listener", &underscored(&what), &what)?,
        port: entry.port,
        protocol,
        ends_tls,
        redirects: entry.action == Action::Redirect,
        target: target
            .and_then(|target| balancer.targets.get(target))
            .map(|target| underscored(&local(target))),
    })
}

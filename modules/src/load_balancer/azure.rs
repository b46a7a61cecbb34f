//! An application gateway where TLS ends, a load balancer where connections are passed on as they come.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{Action, LoadBalancer, Target};
use crate::RenderError;
use crate::naming::{Naming, Resource, underscored};
use crate::network::Network;
use crate::network::azure::{Places, halves};
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    internal: bool,
    gateway: Option<Gateway>,
    passing: Option<Passing>,
    /// Where the cluster's own load balancer answers, which stands in between.
    entry: Option<Expr>,
    alias: Option<Alias>,
}

#[derive(Serialize)]
struct Gateway {
    gateway: Resource,
    address: Resource,
    identity: Resource,
    subnet: Expr,
    /// Of an internal one.
    private_address: Option<String>,
    certificate: String,
    timeout: u64,
    targets: Vec<TargetContext>,
    redirects: bool,
}

#[derive(Serialize)]
struct Passing {
    balancer: Resource,
    address: Resource,
    subnet: Expr,
    idle_minutes: u64,
    rules: Vec<Rule>,
    exit: Option<Resource>,
}

#[derive(Serialize)]
struct Rule {
    entry: u16,
    rule: Resource,
    probe: Resource,
    pool: Resource,
    target: TargetContext,
}

#[derive(Serialize)]
struct TargetContext {
    name: String,
    component: String,
    purpose: String,
    port: u16,
    health_port: u16,
    health_path: String,
    interval: u64,
    timeout: u64,
    failures: u64,
    leave: u64,
    draining_status: Option<u64>,
}

#[derive(Serialize)]
struct Alias {
    record: Resource,
    zone: String,
    /// The public address that it follows, or the private one.
    target: Option<Expr>,
    address: Expr,
}

/// Which targets a gateway serves, and which connections are passed through.
#[derive(Debug, Default, Clone)]
pub(crate) struct Shape {
    pub(crate) gateway: Vec<usize>,
    /// The port that users connect to, and the target.
    pub(crate) passed: Vec<(u16, usize)>,
}

impl Shape {
    pub(crate) fn ends_tls(&self) -> bool {
        !self.gateway.is_empty()
    }
}

pub(crate) fn shape(balancer: &LoadBalancer) -> Shape {
    let mut shape = Shape::default();
    for entry in &balancer.entries {
        match entry.action {
            Action::Redirect => {}
            Action::EndTls { target } => shape.gateway.push(target),
            Action::Forward { target } => shape.passed.push((entry.port, target)),
        }
    }
    shape
}

/// The address that an internal gateway has: the tenth of its subnet, of which the cloud takes the first four.
fn private_address(network: &Network) -> Result<String, RenderError> {
    match network {
        Network::New { range, .. } => {
            let public = halves(*range)?.1;
            let address = u32::from(public.network()).saturating_add(10);
            Ok(std::net::Ipv4Addr::from(address).to_string())
        }
        Network::Existing { .. } => Err(RenderError::impossible(
            "load_balancer.internal",
            "an internal gateway needs a fixed address, and the existing subnet's addresses are not known here",
            "leave `certificate` out, and end TLS elsewhere, or set `internal: false`",
        )),
    }
}

pub(crate) fn gateway_address(balancer: &LoadBalancer, network: &Network) -> Result<Expr, RenderError> {
    if balancer.internal {
        Ok(Expr::text(&private_address(network)?))
    } else {
        Ok(Expr::reference("azurerm_public_ip.gateway.ip_address")?)
    }
}

pub(crate) fn gateway_url(balancer: &LoadBalancer, network: &Network) -> Result<Expr, RenderError> {
    if balancer.internal {
        Ok(Expr::text(&format!("https://{}", private_address(network)?)))
    } else {
        Ok(Expr::joined("https://", &gateway_address(balancer, network)?, ""))
    }
}

/// Of a cluster the places, whose own load balancer passes connections on.
pub(crate) fn passing_address(
    balancer: &LoadBalancer,
    cluster: Option<&Places>,
) -> Result<Expr, RenderError> {
    if let Some(places) = cluster.filter(|_| balancer.internal) {
        return Ok(places.entry.clone());
    }
    let source = if balancer.internal {
        "azurerm_lb.main.private_ip_address"
    } else {
        "azurerm_public_ip.main.ip_address"
    };
    Ok(Expr::reference(source)?)
}

pub(crate) fn context(
    balancer: &LoadBalancer,
    network: &Network,
    places: &Places,
    cluster: bool,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let shape = shape(balancer);
    let gateway =
        if shape.ends_tls() { Some(gateway(balancer, &shape, network, places, naming)?) } else { None };
    let passing =
        if shape.passed.is_empty() { None } else { Some(passing(balancer, &shape, places, naming)?) };
    Ok(Context {
        internal: balancer.internal,
        alias: alias(balancer, &shape, network, places, cluster, naming)?,
        entry: cluster.then(|| places.entry.clone()),
        gateway,
        passing,
    })
}

fn gateway(
    balancer: &LoadBalancer,
    shape: &Shape,
    network: &Network,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Gateway, RenderError> {
    let subnet = places.public.clone().ok_or_else(|| {
        RenderError::impossible(
            "cloud.network.subnets",
            "an application gateway needs a subnet of its own",
            "name it as `public` beside `private`, the same for each zone, or leave `certificate` out",
        )
    })?;
    let certificate = balancer.certificate.clone().unwrap_or_default();
    if !certificate.starts_with("https://") || !certificate.contains("/secrets/") {
        return Err(RenderError::impossible(
            "load_balancer.certificate",
            "an application gateway takes its certificate from a key vault",
            "name its secret there: `https://NAME.vault.azure.net/secrets/CERTIFICATE`",
        ));
    }
    Ok(Gateway {
        gateway: naming.resource("azurerm_application_gateway", "main", "")?,
        address: naming.resource("azurerm_public_ip", "gateway", "gateway")?,
        identity: naming.resource("azurerm_user_assigned_identity", "load_balancer", "load-balancer")?,
        subnet,
        private_address: if balancer.internal { Some(private_address(network)?) } else { None },
        certificate,
        timeout: balancer.idle_timeout,
        targets: shape
            .gateway
            .iter()
            .filter_map(|target| balancer.targets.get(*target))
            .map(target_context)
            .collect(),
        redirects: balancer.entries.iter().any(|entry| entry.action == Action::Redirect),
    })
}

fn passing(
    balancer: &LoadBalancer,
    shape: &Shape,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Passing, RenderError> {
    let rules =
        shape.passed.iter().filter_map(|(port, target)| Some((*port, balancer.targets.get(*target)?)));
    let rules = rules.map(|(entry, target)| {
        let what = local(target);
        let resource = |kind: &str| naming.resource(kind, &underscored(&what), &what);
        Ok(Rule {
            entry,
            rule: resource("azurerm_lb_rule")?,
            probe: resource("azurerm_lb_probe")?,
            pool: resource("azurerm_lb_backend_address_pool")?,
            target: target_context(target),
        })
    });
    let exit = match (&places.exit, balancer.internal) {
        // A machine may stand behind one public load balancer only, so its way out leads through this one, too.
        (Some(_), false) => Some(naming.resource("azurerm_lb_outbound_rule", "main", "out")?),
        _ => None,
    };
    Ok(Passing {
        balancer: naming.resource("azurerm_lb", "main", "")?,
        address: naming.resource("azurerm_public_ip", "main", "")?,
        subnet: places.machines.clone(),
        // What the cloud allows, in minutes.
        idle_minutes: balancer.idle_timeout.div_ceil(60).clamp(4, 100),
        rules: rules.collect::<Result<_, RenderError>>()?,
        exit,
    })
}

fn alias(
    balancer: &LoadBalancer,
    shape: &Shape,
    network: &Network,
    places: &Places,
    cluster: bool,
    naming: &Naming<'_>,
) -> Result<Option<Alias>, RenderError> {
    let Some((zone, hostname)) = balancer.dns_zone.clone().zip(balancer.hostname.clone()) else {
        return Ok(None);
    };
    let name = if hostname == zone { Some("@") } else { hostname.strip_suffix(&format!(".{zone}")) };
    let name = name.ok_or_else(|| {
        RenderError::impossible(
            "load_balancer.dns_zone",
            format!("`{hostname}` doesn't end with the zone `{zone}`"),
            "name the zone as it is called: `example.com`",
        )
    })?;
    let mut record = naming.resource("azurerm_dns_a_record", "main", "")?;
    record.rename(name.to_owned());
    let public = if shape.ends_tls() { "azurerm_public_ip.gateway.id" } else { "azurerm_public_ip.main.id" };
    let address = if shape.ends_tls() {
        gateway_address(balancer, network)?
    } else {
        passing_address(balancer, cluster.then_some(places))?
    };
    let target = if balancer.internal { None } else { Some(Expr::reference(public)?) };
    Ok(Some(Alias { record, zone, target, address }))
}

fn local(target: &Target) -> String {
    format!("{}-{}", target.component, target.purpose)
}

/// The pools that a component's machines are members of: the gateway's, and the load balancer's.
pub(crate) fn pools(
    balancer: &LoadBalancer,
    component: ComponentName,
) -> Result<(Vec<Expr>, Vec<Expr>), RenderError> {
    let shape = shape(balancer);
    let own = |at: &usize| balancer.targets.get(*at).filter(|target| target.component == component);
    let gateway = Expr::reference("azurerm_application_gateway.main.id")?;
    let served = shape.gateway.iter().filter_map(own);
    let served =
        served.map(|target| Expr::joined("", &gateway, &format!("/backendAddressPools/{}", local(target))));
    let passed = shape.passed.iter().filter_map(|(_, at)| own(at)).map(|target| {
        let local = underscored(&local(target));
        Ok(Expr::reference(format!("azurerm_lb_backend_address_pool.{local}.id"))?)
    });
    Ok((served.collect(), passed.collect::<Result<_, RenderError>>()?))
}

fn target_context(target: &Target) -> TargetContext {
    let interval = target.health.interval.max(5);
    TargetContext {
        name: local(target),
        component: target.component.to_string(),
        purpose: target.purpose.clone(),
        port: target.port,
        health_port: target.health.port,
        health_path: target.health.path.clone(),
        interval,
        timeout: (interval - 1).min(5),
        failures: target.health.failures.clamp(2, 10),
        leave: target.leave,
        draining_status: target.health.draining_status,
    }
}

//! Load balancers: what they are made of has other kinds inside a region's network than on the internet.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{Action, Entry, LoadBalancer, Target};
use crate::RenderError;
use crate::kubernetes::Cluster;
use crate::machine_group::MachineGroup;
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    kinds: &'static Kinds,
    internal: bool,
    scheme: &'static str,
    address: Resource,
    /// Whether ports of two kinds share the address.
    shares_address: bool,
    network: Expr,
    subnet: Expr,
    policy: Option<Resource>,
    tls: Option<Resource>,
    /// Whether the subnet that it connects from is made here.
    proxies_first: bool,
    targets: Vec<TargetContext>,
    entries: Vec<EntryContext>,
    certificate: Option<String>,
    /// A map of certificates instead of a certificate.
    certificate_map: Option<String>,
    alias: Option<Alias>,
}

/// The kinds that differ.
#[derive(Serialize)]
struct Kinds {
    address: &'static str,
    health_check: &'static str,
    service: &'static str,
    map: &'static str,
    http_proxy: &'static str,
    https_proxy: &'static str,
    tcp_proxy: &'static str,
    rule: &'static str,
    tls: &'static str,
}

const PUBLIC: Kinds = Kinds {
    address: "google_compute_global_address",
    health_check: "google_compute_health_check",
    service: "google_compute_backend_service",
    map: "google_compute_url_map",
    http_proxy: "google_compute_target_http_proxy",
    https_proxy: "google_compute_target_https_proxy",
    tcp_proxy: "google_compute_target_tcp_proxy",
    rule: "google_compute_global_forwarding_rule",
    tls: "google_compute_ssl_policy",
};

const INTERNAL: Kinds = Kinds {
    address: "google_compute_address",
    health_check: "google_compute_region_health_check",
    service: "google_compute_region_backend_service",
    map: "google_compute_region_url_map",
    http_proxy: "google_compute_region_target_http_proxy",
    https_proxy: "google_compute_region_target_https_proxy",
    tcp_proxy: "google_compute_region_target_tcp_proxy",
    rule: "google_compute_forwarding_rule",
    tls: "google_compute_region_ssl_policy",
};

#[derive(Serialize)]
struct TargetContext {
    health_check: Resource,
    service: Resource,
    port: u16,
    port_name: String,
    purpose: String,
    component: String,
    passes_through: bool,
    health_port: u16,
    health_path: String,
    interval: u64,
    timeout: u64,
    failures: u64,
    idle_timeout: u64,
    drain: u64,
    draining_status: Option<u64>,
    groups: Vec<Expr>,
}

#[derive(Serialize)]
struct EntryContext {
    rule: Resource,
    map: Resource,
    proxy: Resource,
    port: u16,
    redirects: bool,
    ends_tls: bool,
    passes_through: bool,
    service: Option<String>,
}

#[derive(Serialize)]
struct Alias {
    zone: String,
    hostname: String,
}

/// The longest that the cloud lets a machine that leaves finish its connections.
pub(crate) const LONGEST_DRAIN: u64 = 3_600;

/// What it sends to: groups of machines, or the nodes of a cluster.
pub(crate) struct Behind<'a> {
    pub(crate) groups: &'a [MachineGroup],
    pub(crate) cluster: Option<&'a Cluster>,
    /// What tells a zone from the region's others.
    pub(crate) suffixes: &'a [String],
}

impl Behind<'_> {
    fn groups_of(&self, component: ComponentName) -> Result<Vec<Expr>, RenderError> {
        let Some(cluster) = self.cluster else { return groups_of(self.groups, component) };
        let Some(pool) = cluster.pool_of(component) else { return Ok(Vec::new()) };
        let nodes = self.suffixes.iter().map(|suffix| {
            let local = underscored(&format!("{pool}-{suffix}"));
            Ok(Expr::reference(format!("google_container_node_pool.{local}.managed_instance_group_urls[0]"))?)
        });
        nodes.collect()
    }
}

fn kinds(balancer: &LoadBalancer) -> &'static Kinds {
    if balancer.internal { &INTERNAL } else { &PUBLIC }
}

/// Where it is reached.
pub(crate) fn address(balancer: &LoadBalancer) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!("{}.main.address", kinds(balancer).address))?)
}

pub(crate) fn context(
    balancer: &LoadBalancer,
    behind: &Behind<'_>,
    places: &Places,
    region: &str,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    refuse_a_certificate_of_elsewhere(balancer, region)?;
    let kinds = kinds(balancer);
    let certificate = balancer.certificate.clone();
    let (maps, certificates): (Option<String>, Option<String>) = match certificate {
        Some(map) if map.contains("/certificateMaps/") => (Some(map), None),
        other => (None, other),
    };
    let has = |passing: bool| balancer.targets.iter().any(|target| target.passes_through == passing);
    Ok(Context {
        kinds,
        internal: balancer.internal,
        scheme: if balancer.internal { "INTERNAL_MANAGED" } else { "EXTERNAL_MANAGED" },
        address: naming.resource(kinds.address, "main", "")?,
        shares_address: balancer.internal && has(true) && has(false)
            || balancer.internal && balancer.entries.len() > 1,
        network: places.network.clone(),
        subnet: places.private.clone(),
        policy: (!balancer.internal)
            .then(|| naming.resource("google_compute_security_policy", "clients", "clients"))
            .transpose()?,
        tls: balancer.certificate.as_ref().map(|_| naming.resource(kinds.tls, "main", "")).transpose()?,
        proxies_first: balancer.internal && places.is_new,
        targets: balancer
            .targets
            .iter()
            .map(|it| target(it, balancer, behind, naming))
            .collect::<Result<_, _>>()?,
        entries: balancer.entries.iter().map(|it| entry(it, balancer, naming)).collect::<Result<_, _>>()?,
        certificate: certificates,
        certificate_map: maps,
        alias: balancer
            .dns_zone
            .clone()
            .zip(balancer.hostname.clone())
            .map(|(zone, hostname)| Alias { zone, hostname }),
    })
}

/// A load balancer of a region takes certificates of that region, a global one those that are global.
fn refuse_a_certificate_of_elsewhere(balancer: &LoadBalancer, region: &str) -> Result<(), RenderError> {
    let Some(certificate) = &balancer.certificate else { return Ok(()) };
    let here = format!("/regions/{region}/");
    let regional = certificate.contains("/regions/");
    if balancer.internal && !certificate.contains(&here) {
        return Err(RenderError::impossible(
            "load_balancer.certificate",
            format!(
                "an internal load balancer stands in {region} and takes a certificate of that region only"
            ),
            format!("name one like `projects/…/regions/{region}/sslCertificates/…`"),
        ));
    }
    if !balancer.internal && regional {
        return Err(RenderError::impossible(
            "load_balancer.certificate",
            "a load balancer on the internet belongs to no region, and this certificate belongs to one",
            "name one like `projects/…/global/sslCertificates/…`",
        ));
    }
    Ok(())
}

fn local(target: &Target) -> String {
    format!("{}-{}", target.component, target.purpose)
}

/// The names of a component's ports, by which backend services find them.
pub(crate) fn named_ports(balancer: &LoadBalancer, component: ComponentName) -> Vec<(String, u16)> {
    let own = balancer.targets.iter().filter(|target| target.component == component);
    own.map(|target| (target.purpose.clone(), target.node_port.unwrap_or(target.port))).collect()
}

/// What a component's machines take part in.
pub(crate) fn groups_of(groups: &[MachineGroup], component: ComponentName) -> Result<Vec<Expr>, RenderError> {
    let own = groups.iter().filter(|group| group.component == component);
    own.map(|group| {
        let local = underscored(&group.name());
        Ok(Expr::reference(format!("google_compute_region_instance_group_manager.{local}.instance_group"))?)
    })
    .collect()
}

fn target(
    target: &Target,
    balancer: &LoadBalancer,
    behind: &Behind<'_>,
    naming: &Naming<'_>,
) -> Result<TargetContext, RenderError> {
    let what = local(target);
    let kinds = kinds(balancer);
    let finish = behind.groups.iter().filter(|it| it.component == target.component).map(|it| it.finish).max();
    Ok(TargetContext {
        health_check: naming.resource(kinds.health_check, &underscored(&what), &what)?,
        service: naming.resource(kinds.service, &underscored(&what), &what)?,
        port: target.node_port.unwrap_or(target.port),
        port_name: target.purpose.clone(),
        purpose: target.purpose.clone(),
        component: target.component.to_string(),
        passes_through: target.passes_through,
        health_port: target.health.node_port.unwrap_or(target.health.port),
        health_path: target.health.path.clone(),
        interval: target.health.interval.max(1),
        timeout: target.health.interval.clamp(1, 5),
        failures: target.health.failures.clamp(2, 10),
        idle_timeout: balancer.idle_timeout,
        drain: finish.unwrap_or(0).max(target.leave).min(LONGEST_DRAIN),
        draining_status: target.health.draining_status,
        groups: behind.groups_of(target.component)?,
    })
}

fn entry(entry: &Entry, balancer: &LoadBalancer, naming: &Naming<'_>) -> Result<EntryContext, RenderError> {
    let kinds = kinds(balancer);
    let target = match entry.action {
        Action::Redirect => None,
        Action::EndTls { target } | Action::Forward { target } => balancer.targets.get(target),
    };
    let ends_tls = matches!(entry.action, Action::EndTls { .. });
    let passes_through = target.is_some_and(|target| target.passes_through);
    let what = format!("port-{}", entry.port);
    let resource = |kind: &str| naming.resource(kind, &underscored(&what), &what);
    Ok(EntryContext {
        rule: resource(kinds.rule)?,
        map: resource(kinds.map)?,
        proxy: resource(if passes_through {
            kinds.tcp_proxy
        } else if ends_tls {
            kinds.https_proxy
        } else {
            kinds.http_proxy
        })?,
        port: entry.port,
        redirects: entry.action == Action::Redirect,
        ends_tls,
        passes_through,
        service: target.map(|target| underscored(&local(target))),
    })
}

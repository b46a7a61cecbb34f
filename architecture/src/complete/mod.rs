//! From a spec to the completed spec: every default filled in from the documented architecture, nothing decided yet.
//! What comes out is a spec again; completing it once more changes nothing.

mod backends;

use std::collections::BTreeMap;

use crate::documented::{self, Architecture, DocumentedSize};
use crate::spec::read::Read;
use crate::spec::{
    Cloud, Component, ComponentName, Edition, LoadBalancer, Network, OperatingSystem, Provider, Replicas,
    Runtime, Spec, Zones,
};
use crate::values::{Cidr, ImageReference, MachineType, Version, ZoneName};

type Components = BTreeMap<ComponentName, Component>;

/// Why a spec cannot be completed: the path of the field, what is wrong, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

impl Problem {
    fn new(path: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), hint: Some(hint.into()) }
    }
}

pub fn complete(spec: &Spec) -> Result<Spec, Vec<Problem>> {
    let architecture = documented::architecture(spec.platform);
    let version = spec.version.clone().unwrap_or_else(|| architecture.default_version.clone());
    let Some(size) = architecture.size(spec.size, &version) else {
        return Err(vec![Problem::new(
            "version",
            format!("the documents describe no size `{}` for {} {version}", spec.size, architecture.title),
            "name another version or another size",
        )]);
    };
    let mut problems = Vec::new();
    let mut completed = spec.clone();
    completed.edition = spec.edition.or(size.edition).or(only_edition(architecture));
    completed.runtime = spec.runtime.or(Some(Runtime::Machines));
    completed.os = spec.os.or(Some(OperatingSystem::Linux));
    completed.cloud = complete_cloud(&spec.cloud, size, &mut problems);
    completed.components =
        complete_components(spec, &completed.cloud, size, &version, architecture, &mut problems);
    completed.backends = Some(backends::complete(
        spec.backends.as_ref(),
        size,
        documented::clouds().get(&spec.cloud.provider),
        architecture,
        &completed.components,
        &mut problems,
    ));
    completed.storage =
        Some(spec.storage.clone().map_or(size.storage.clone(), |mine| mine.or(size.storage.clone())));
    completed.load_balancer = Some(complete_load_balancer(spec.load_balancer.as_ref(), size));
    completed.liveness = match (&spec.liveness, &size.liveness) {
        (Some(mine), Some(documented)) => Some(mine.clone().or(documented.clone())),
        (mine, documented) => mine.clone().or_else(|| documented.clone()),
    };
    completed.version = Some(version);
    check_autoscale(&completed.components, &mut problems);
    if problems.is_empty() { Ok(completed) } else { Err(problems) }
}

/// The edition that goes without saying: the open one, where there is one. A licence is never assumed.
fn only_edition(architecture: &Architecture) -> Option<Edition> {
    architecture.editions.contains(&Edition::OpenSource).then_some(Edition::OpenSource)
}

fn complete_cloud(cloud: &Cloud, size: &DocumentedSize, problems: &mut Vec<Problem>) -> Cloud {
    let mut completed = cloud.clone();
    let zones = match &cloud.zones {
        Some(Zones::Named(names)) => names.clone(),
        Some(Zones::Count(count)) => zone_names(cloud, count.get(), problems),
        None => zone_names(cloud, size.zones.get(), problems),
    };
    completed.network = Some(complete_network(cloud.network.as_ref(), &zones, problems));
    completed.zones = Some(Zones::Named(zones));
    completed
}

/// The first zones of the region, by the cloud's way of naming them. They are written down in what is rendered, so
/// that a zone that opens tomorrow changes nothing.
fn zone_names(cloud: &Cloud, wanted: u64, problems: &mut Vec<Problem>) -> Vec<ZoneName> {
    let documented = &documented::clouds()[&cloud.provider];
    let region = cloud.region.as_str();
    let suffixes = documented.exceptions.get(region).map_or(&documented.zones, |exception| &exception.zones);
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    if wanted > suffixes.len() {
        problems.push(Problem::new(
            "cloud.zones",
            format!("{wanted} zones are asked for; {} are known in {region}", suffixes.len()),
            "name the zones one by one, if the region really has them",
        ));
    }
    let separator = documented.zone_separator.as_deref().unwrap_or_default();
    let prefix = if documented.zone_has_region { format!("{region}{separator}") } else { String::new() };
    suffixes
        .iter()
        .take(wanted)
        .filter_map(|suffix| ZoneName::try_from(format!("{prefix}{suffix}").as_str()).ok())
        .collect()
}

fn complete_network(network: Option<&Network>, zones: &[ZoneName], problems: &mut Vec<Problem>) -> Network {
    let mut completed =
        network.cloned().unwrap_or(Network { cidr: None, id: None, subnets: BTreeMap::new() });
    match (&completed.id, completed.cidr) {
        (Some(_), Some(_)) => problems.push(Problem::new(
            "cloud.network",
            "`cidr` asks for a new network, `id` names an existing one",
            "keep one of the two",
        )),
        (Some(_), None) => {
            for zone in zones.iter().filter(|zone| !completed.subnets.contains_key(*zone)) {
                problems.push(Problem::new(
                    "cloud.network.subnets",
                    format!("zone `{zone}` has no subnet here"),
                    format!("name the private subnet of every zone: `\"{zone}\": {{ private: … }}`"),
                ));
            }
        }
        (None, _) if !completed.subnets.is_empty() => problems.push(Problem::new(
            "cloud.network.subnets",
            "subnets are named, but not the network they belong to",
            "add the network's `id`",
        )),
        (None, None) => completed.cidr = Cidr::try_from("10.0.0.0/16").ok(),
        (None, Some(_)) => {}
    }
    completed
}

fn complete_components(
    spec: &Spec,
    cloud: &Cloud,
    size: &DocumentedSize,
    version: &Version,
    architecture: &Architecture,
    problems: &mut Vec<Problem>,
) -> Components {
    let merged = spec.components.clone().or(within_autoscale(&spec.components, &size.components));
    let mut completed = BTreeMap::new();
    for (name, component) in merged {
        let Some(documented) = architecture.components.get(&name) else { continue };
        if !documented.exists_in(version) {
            if component.replicas.is_none_or(|replicas| replicas.get() > 0) {
                problems.push(Problem::new(
                    &format!("components.{name}"),
                    format!("{} {version} has no component `{name}`", architecture.title),
                    format!(
                        "it exists in versions {}",
                        documented.versions.as_ref().map_or_else(String::new, ToString::to_string)
                    ),
                ));
            }
            continue;
        }
        let edition = spec.edition.or(size.edition);
        completed.insert(name, complete_component(name, component, cloud, version, edition, architecture));
    }
    completed
}

/// The size's own numbers, moved into the bounds that the spec sets: a number that nobody wrote contradicts nothing.
fn within_autoscale(mine: &Components, documented: &Components) -> Components {
    let mut documented = documented.clone();
    for (name, component) in &mut documented {
        let bounds = mine.get(name).and_then(|mine| mine.autoscale.as_ref());
        if let Some(bounds) = bounds.filter(|bounds| bounds.min <= bounds.max) {
            component.replicas = component.replicas.map(|replicas| replicas.clamp(bounds.min, bounds.max));
        }
    }
    documented
}

fn complete_component(
    name: ComponentName,
    mut component: Component,
    cloud: &Cloud,
    version: &Version,
    edition: Option<Edition>,
    architecture: &Architecture,
) -> Component {
    let documented = &architecture.components[&name];
    let one = Replicas::clamped(1);
    let fewest = component.autoscale.as_ref().map(|autoscale| autoscale.min);
    component.replicas = component.replicas.or(fewest).or(Some(one));
    component.task_cap = component.task_cap.or(documented.task_cap);
    component.connections = component.connections.or(documented.connections);
    component.drain = component.drain.or(documented.drain);
    component.grace_period = component.grace_period.or(documented.grace_period);
    component.image = component.image.or_else(|| {
        let licensed = documented.enterprise_image.as_ref().filter(|_| edition == Some(Edition::Enterprise));
        let image = licensed.or(documented.image.as_ref())?.replace("{version}", version.as_str());
        ImageReference::try_from(image.as_str()).ok()
    });
    if component.machine.is_none() {
        let (cpus, memory) = host_needs(architecture, documented.cpus, documented.memory_gib, &component);
        component.machine = choose_machine(cloud.provider, cpus, memory);
    }
    component
}

/// What the operating system, the container runtime and the agents take of a host's memory: our own assumption.
const HOST_MEMORY_GIB: f64 = 1.0;

/// What one host needs: by the sizing table, where the documents have one for this load.
fn host_needs(architecture: &Architecture, cpus: f64, memory_gib: f64, component: &Component) -> (f64, f64) {
    let row = architecture
        .sizing
        .as_ref()
        .zip(component.task_cap)
        .and_then(|(sizing, tasks)| sizing.hosts.iter().find(|row| row.tasks.get() >= tasks.get()));
    row.map_or((cpus, memory_gib + HOST_MEMORY_GIB), |row| (row.cpus, row.memory_gib))
}

/// The smallest of the cloud's usual machine types that holds this.
pub fn choose_machine(provider: Provider, cpus: f64, memory_gib: f64) -> Option<MachineType> {
    documented::clouds()[&provider]
        .machines
        .iter()
        .filter(|machine| machine.choose == Some(true))
        .find(|machine| machine.cpus >= cpus && machine.memory_gib >= memory_gib)
        .map(|machine| machine.name.clone())
}

fn complete_load_balancer(mine: Option<&LoadBalancer>, size: &DocumentedSize) -> LoadBalancer {
    match mine {
        Some(mine) => mine.clone().or(size.load_balancer.clone()),
        None => size.load_balancer.clone(),
    }
}

fn check_autoscale(components: &Components, problems: &mut Vec<Problem>) {
    for (name, component) in components {
        let Some(autoscale) = &component.autoscale else { continue };
        let path = format!("components.{name}.autoscale");
        if autoscale.min > autoscale.max {
            let message =
                format!("`min` is {}, more than `max`, {}", autoscale.min.get(), autoscale.max.get());
            problems.push(Problem::new(&path, message, "swap the two"));
        } else if component
            .replicas
            .is_some_and(|replicas| !(autoscale.min..=autoscale.max).contains(&replicas))
        {
            let message = format!(
                "`replicas` lies outside of `autoscale`, {} to {}",
                autoscale.min.get(),
                autoscale.max.get()
            );
            problems.push(Problem::new(
                &path,
                message,
                "leave `replicas` out: `autoscale.min` is what it starts with",
            ));
        }
    }
}

//! Instance templates and regional managed instance groups.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{ALIVE, ALIVE_FAILURES, ALIVE_INTERVAL, GroupHealth, MachineGroup, Replacement};
use crate::google::{BootValue, disk_type, image};
use crate::load_balancer::HealthCheck;
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    subnet: Expr,
    zones: Expr,
    groups: Vec<Group>,
    values: Vec<BootValue>,
}

#[derive(Serialize)]
struct Group {
    component: ComponentName,
    name: String,
    template: Resource,
    template_prefix: String,
    group: Resource,
    policy: Resource,
    machine_type: String,
    image: &'static str,
    disk_type: &'static str,
    account: Expr,
    user_data: String,
    disk_gb: u64,
    machine_tags: Expr,
    number: Option<String>,
    least: u64,
    most: u64,
    fixed: Option<u64>,
    /// A share of one.
    aim_at_load: Option<f64>,
    ports: Vec<Port>,
    repair: Option<Repair>,
    /// How long a new machine may take, at most, before it is made anew.
    left_alone: u64,
    start: u64,
    surge: usize,
    unavailable: usize,
    /// Whether machines may be moved so that zones have the same number again.
    spreads: bool,
}

#[derive(Serialize)]
struct Port {
    name: String,
    port: u16,
}

/// When a machine that doesn't answer is made anew.
#[derive(Serialize)]
struct Repair {
    check: Resource,
    port: u16,
    /// None where the machine looks after itself, and the open port alone says that it is well.
    path: Option<String>,
    interval: u64,
    timeout: u64,
    failures: u64,
}

pub(crate) fn context(
    blocks: &Blocks,
    zones: &[String],
    places: &Places,
    values: Vec<BootValue>,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let groups = blocks.machine_groups.iter().map(|it| group(it, blocks, zones, naming));
    Ok(Context {
        subnet: places.private.clone(),
        zones: Expr::list(zones.iter().map(|zone| Expr::text(zone))),
        groups: groups.collect::<Result<_, RenderError>>()?,
        values,
    })
}

fn group(
    group: &MachineGroup,
    blocks: &Blocks,
    zones: &[String],
    naming: &Naming<'_>,
) -> Result<Group, RenderError> {
    let name = group.name();
    let local = underscored(&name);
    // The cloud wants none, or one for each zone at least.
    let (surge, unavailable) = match group.replacement {
        Replacement::NewFirst => (zones.len(), 0),
        Replacement::OldFirst => (0, zones.len()),
    };
    let role = underscored(group.component.word());
    #[expect(clippy::cast_precision_loss, reason = "a percentage is a small number")]
    let share = |percent: u64| percent as f64 / 100.0;
    Ok(Group {
        component: group.component,
        template: naming.resource("google_compute_region_instance_template", &local, &name)?,
        template_prefix: format!("{}-", naming.prefix("google_compute_region_instance_template", &name, 1)?),
        group: naming.resource("google_compute_region_instance_group_manager", &local, &name)?,
        policy: naming.resource("google_compute_region_autoscaler", &local, &name)?,
        machine_type: group.machine.clone(),
        image: image(&group.machine),
        disk_type: disk_type(&group.machine),
        account: Expr::reference(format!("google_service_account.{role}.email"))?,
        user_data: format!("hosts/{}/cloud-init.yaml", group.component),
        disk_gb: group.disk_gb,
        machine_tags: naming.machine_tags(group.component.word(), &name, group.number)?,
        number: group.number.map(|number| number.to_string()),
        least: group.least,
        most: group.most,
        fixed: group.fixed,
        aim_at_load: group.aim_at_load.map(share),
        ports: ports(group.component, blocks),
        repair: repair(group, &local, blocks, naming)?,
        left_alone: group.left_alone().min(3_600),
        start: group.start,
        surge,
        unavailable,
        spreads: group.number.is_none(),
        name,
    })
}

fn ports(component: ComponentName, blocks: &Blocks) -> Vec<Port> {
    let balancer = blocks.load_balancer.iter();
    let named = balancer.flat_map(|it| crate::load_balancer::google::named_ports(it, component));
    named.map(|(name, port)| Port { name, port }).collect()
}

fn health(component: ComponentName, blocks: &Blocks) -> Option<&HealthCheck> {
    let targets = blocks.load_balancer.iter().flat_map(|it| &it.targets);
    let of_users = targets.filter(|it| it.component == component).map(|it| &it.health);
    let inner = blocks.inner_balancers.iter().filter(|it| it.component == component).map(|it| &it.health);
    of_users.chain(inner).next()
}

fn repair(
    group: &MachineGroup,
    local: &str,
    blocks: &Blocks,
    naming: &Naming<'_>,
) -> Result<Option<Repair>, RenderError> {
    let check = naming.resource(
        "google_compute_region_health_check",
        &format!("{local}_repair"),
        &format!("{}-repair", group.name()),
    )?;
    if group.health == GroupHealth::Machine {
        let (interval, failures) = (ALIVE_INTERVAL, ALIVE_FAILURES);
        return Ok(Some(Repair { check, port: ALIVE, path: None, interval, timeout: 5, failures }));
    }
    Ok(health(group.component, blocks).map(|health| Repair {
        check,
        port: health.port,
        path: Some(health.path.clone()),
        interval: health.interval.max(1),
        timeout: health.interval.clamp(1, 5),
        failures: (health.failures * 2).clamp(2, 10),
    }))
}

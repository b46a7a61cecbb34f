//! Virtual machine scale sets.

use provision_architecture::Topology;
use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{ALIVE, ALIVE_FAILURES, ALIVE_INTERVAL, GroupHealth, MachineGroup, Replacement};
use crate::azure::nodes::with_values;
use crate::load_balancer::HealthCheck;
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    subnet: Expr,
    zones: Expr,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    component: ComponentName,
    name: String,
    group: Resource,
    scaling: Resource,
    machine_type: String,
    image: &'static str,
    identity: Expr,
    member: Expr,
    filter: Expr,
    gateway_pools: Option<Expr>,
    pools: Option<Expr>,
    user_data: String,
    disk_gb: u64,
    tags: Expr,
    least: u64,
    most: u64,
    instances: u64,
    aim_at_load: Option<u64>,
    grow_above: u64,
    shrink_below: u64,
    health: Option<Health>,
    new_first: bool,
    /// How long a new machine is left alone, and one that goes may take, in minutes.
    start: u64,
    finish: u64,
}

#[derive(Serialize)]
struct Health {
    port: u16,
    /// None where the machine looks after itself, and the open port alone says that it is well.
    path: Option<String>,
    interval: u64,
    failures: u64,
}

pub(crate) fn context(
    topology: &Topology,
    blocks: &Blocks,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let groups = blocks.machine_groups.iter().map(|it| group(it, topology, blocks, places, naming));
    Ok(Context {
        subnet: places.machines.clone(),
        zones: Expr::list(zones.iter().map(|zone| Expr::text(zone))),
        groups: groups.collect::<Result<_, RenderError>>()?,
    })
}

fn group(
    group: &MachineGroup,
    topology: &Topology,
    blocks: &Blocks,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Group, RenderError> {
    let name = group.name();
    let local = underscored(&name);
    let (gateway_pools, mut pools) = match &blocks.load_balancer {
        Some(balancer) => crate::load_balancer::azure::pools(balancer, group.component)?,
        None => Default::default(),
    };
    let has_public_balancer =
        !pools.is_empty() && blocks.load_balancer.as_ref().is_some_and(|balancer| !balancer.internal);
    pools.extend(crate::inner_balancer::azure::pools(&blocks.inner_balancers, group.component)?);
    // A machine may stand behind one public load balancer only; that one is then its way out, too.
    pools.extend(places.exit.clone().filter(|_| !has_public_balancer));
    let some = |pools: Vec<Expr>| (!pools.is_empty()).then(|| Expr::list(pools));
    let kind = "azurerm_linux_virtual_machine_scale_set";
    let tags = naming.node_tag_list(kind, &local, group.component.word(), group.number)?;
    let aim = group.aim_at_load.unwrap_or(60);
    Ok(Group {
        component: group.component,
        group: naming.resource(kind, &local, &name)?,
        scaling: naming.resource("azurerm_monitor_autoscale_setting", &local, &format!("{name}-load"))?,
        machine_type: group.machine.clone(),
        image: crate::azure::image(&group.machine),
        identity: Expr::reference(format!(
            "azurerm_user_assigned_identity.{}.id",
            underscored(group.component.word())
        ))?,
        member: crate::security::azure::group(Member::Component(group.component))?,
        filter: crate::security::azure::filter(Member::Component(group.component))?,
        gateway_pools: some(gateway_pools),
        pools: some(pools),
        user_data: crate::azure::HOST.user_data(group.component.word()),
        disk_gb: group.disk_gb,
        tags: with_values(&tags)?,
        least: group.least,
        most: group.most,
        instances: group.fixed.unwrap_or(group.least),
        aim_at_load: group.aim_at_load,
        // Room between the two, so that a machine less does not at once ask for one more.
        grow_above: aim.min(95),
        shrink_below: (aim / 2).max(5),
        health: health(group, topology),
        new_first: group.replacement == Replacement::NewFirst,
        // The cloud waits ten minutes at least before it replaces a machine that doesn't answer.
        start: group.left_alone().div_ceil(60).clamp(10, 90),
        // It tells a machine between five and fifteen minutes ahead that it will go; what needs longer was refused.
        finish: group.finish.div_ceil(60).clamp(5, 15),
        name,
    })
}

/// How the cloud's extension on the machine sees whether it is well; none where nothing is documented to ask.
fn health(group: &MachineGroup, topology: &Topology) -> Option<Health> {
    if group.health == GroupHealth::Machine {
        let (interval, failures) = (ALIVE_INTERVAL, ALIVE_FAILURES);
        return Some(Health { port: ALIVE, path: None, interval, failures });
    }
    let component = topology.group(group.component)?;
    component.health.as_ref()?;
    let check = HealthCheck::of(component, 0);
    Some(Health {
        port: check.port,
        path: Some(check.path),
        interval: check.interval.clamp(5, 60),
        failures: check.failures.clamp(1, 24),
    })
}

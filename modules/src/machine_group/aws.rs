//! Launch templates and autoscaling groups.

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{GroupHealth, MachineGroup, Replacement};
use crate::RenderError;
use crate::inner_balancer::InnerBalancer;
use crate::load_balancer::LoadBalancer;
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    subnets: Expr,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    component: ComponentName,
    name: String,
    template: Resource,
    group: Resource,
    policy: Resource,
    hook: Resource,
    machine_type: String,
    image: &'static str,
    profile: Expr,
    security_groups: Expr,
    user_data: String,
    disk_gb: u64,
    machine_tags: Expr,
    group_tags: Vec<Tag>,
    least: u64,
    most: u64,
    fixed: Option<u64>,
    aim_at_load: Option<u64>,
    balanced: bool,
    /// Whether a load balancer sends to it, whoever judges its health.
    has_targets: bool,
    target_groups: Expr,
    start: u64,
    finish: u64,
    least_healthy: u64,
    most_healthy: u64,
}

#[derive(Serialize)]
struct Tag {
    key: String,
    value: String,
}

pub(crate) fn context(
    groups: &[MachineGroup],
    balancer: Option<&LoadBalancer>,
    inner: &[InnerBalancer],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let groups = groups.iter().map(|it| group(it, balancer, inner, naming));
    Ok(Context {
        subnets: Expr::list(places.private.iter().cloned()),
        groups: groups.collect::<Result<_, RenderError>>()?,
    })
}

fn group(
    group: &MachineGroup,
    balancer: Option<&LoadBalancer>,
    inner: &[InnerBalancer],
    naming: &Naming<'_>,
) -> Result<Group, RenderError> {
    let name = group.name();
    let local = underscored(&name);
    let mut target_groups = match balancer {
        Some(balancer) => crate::load_balancer::aws::target_groups(balancer, group.component)?,
        None => Vec::new(),
    };
    target_groups.extend(crate::inner_balancer::aws::target_groups(inner, group.component)?);
    let role = underscored(group.component.word());
    let (least_healthy, most_healthy) = match group.replacement {
        Replacement::NewFirst => (100, 150),
        Replacement::OldFirst => (0, 100),
    };
    let tags = naming.tag_list("aws_autoscaling_group", &local, &name)?;
    Ok(Group {
        component: group.component,
        template: naming.resource("aws_launch_template", &local, &name)?,
        group: naming.resource("aws_autoscaling_group", &local, &name)?,
        policy: naming.resource("aws_autoscaling_policy", &local, &format!("{name}-load"))?,
        hook: naming.resource("aws_autoscaling_lifecycle_hook", &local, &format!("{name}-finish"))?,
        machine_type: group.machine.clone(),
        image: crate::aws::image(&group.machine),
        profile: Expr::reference(format!("aws_iam_instance_profile.{role}.arn"))?,
        security_groups: Expr::list([crate::security::aws::group(Member::Component(group.component))?]),
        user_data: crate::aws::HOST.user_data(group.component.word()),
        disk_gb: group.disk_gb,
        machine_tags: naming.machine_tags(group.component.word(), &name, group.number)?,
        group_tags: tags.into_iter().map(|(key, value)| Tag { key, value }).collect(),
        least: group.least,
        most: group.most,
        fixed: group.fixed,
        aim_at_load: group.aim_at_load,
        balanced: group.health == GroupHealth::LoadBalancer,
        has_targets: !target_groups.is_empty(),
        target_groups: Expr::list(target_groups),
        start: group.start,
        // The cloud waits for a hook between half a minute and two hours.
        finish: group.finish.clamp(30, 7_200),
        least_healthy,
        most_healthy,
        name,
    })
}

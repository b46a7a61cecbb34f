//! Machines with an identity of their own: members of a quorum. Address and disk outlive the machine.

use serde::Serialize;

use super::{HOST, image};
use crate::RenderError;
use crate::kafka::Node;
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct NodeContext {
    role: String,
    name: String,
    zone: String,
    template: Resource,
    machine: Resource,
    address: Resource,
    disk: Resource,
    attachment: Resource,
    machine_type: String,
    image: &'static str,
    profile_name: Expr,
    subnet: Expr,
    security_groups: Expr,
    user_data: String,
    storage_gb: u64,
    machine_tags: Expr,
    disk_tags: Expr,
    /// The member before it: two of them never change at once.
    after: Option<Expr>,
}

pub(crate) fn contexts(
    nodes: &[Node],
    member: Member,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Vec<NodeContext>, RenderError> {
    let mut contexts = Vec::new();
    let mut before: Option<&Node> = None;
    for node in nodes {
        let previous = before.filter(|before| before.role == node.role);
        contexts.push(context(node, previous, member, zones, places, naming)?);
        before = Some(node);
    }
    Ok(contexts)
}

fn context(
    node: &Node,
    before: Option<&Node>,
    member: Member,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<NodeContext, RenderError> {
    let name = node.name();
    let local = underscored(&name);
    let resource = |kind: &str| naming.resource(kind, &local, &name);
    let missing = || RenderError::impossible("cloud.zones", format!("{name} has no zone"), "name more zones");
    Ok(NodeContext {
        role: node.role.to_owned(),
        zone: zones.get(node.zone).cloned().ok_or_else(missing)?,
        template: resource("aws_launch_template")?,
        machine: resource("aws_instance")?,
        address: resource("aws_network_interface")?,
        disk: resource("aws_ebs_volume")?,
        attachment: resource("aws_volume_attachment")?,
        machine_type: node.machine.clone(),
        image: image(&node.machine),
        profile_name: Expr::reference(format!("aws_iam_instance_profile.{}.name", underscored(node.role)))?,
        subnet: places.private.get(node.zone).cloned().ok_or_else(missing)?,
        security_groups: Expr::list([crate::security::aws::group(member)?]),
        user_data: HOST.user_data(node.role),
        storage_gb: node.storage_gb,
        machine_tags: naming.node_tags("aws_instance", &local, node.role, node.number)?,
        disk_tags: naming.machine_tags(node.role, &name, Some(node.number))?,
        after: match before {
            Some(before) => Some(Expr::reference(format!("aws_instance.{}", underscored(&before.name())))?),
            None => None,
        },
        name,
    })
}

/// `"${address of node 0}:9092,${address of node 1}:9092"`, for the nodes of one role; each after `scheme`.
pub(crate) fn addresses(nodes: &[Node], role: &str, scheme: &str, port: u16) -> Result<Expr, RenderError> {
    let references = nodes.iter().filter(|node| node.role == role).map(|node| {
        let local = underscored(&node.name());
        Ok(Expr::reference(format!("aws_network_interface.{local}.private_ip"))?)
    });
    let references = references.collect::<Result<Vec<_>, RenderError>>()?;
    let between = format!(":{port},{scheme}");
    let parts: Vec<(&str, &Expr)> = references
        .iter()
        .enumerate()
        .map(|(at, reference)| (if at == 0 { scheme } else { between.as_str() }, reference))
        .collect();
    Ok(Expr::strung(&parts, &format!(":{port}")))
}

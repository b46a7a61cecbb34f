//! Machines with an identity of their own: members of a quorum. Address and disk outlive the machine.

use serde::Serialize;

use super::{BootValue, disk_type, image};
use crate::RenderError;
use crate::kafka::Node;
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct NodeContext {
    name: String,
    zone: String,
    machine: Resource,
    address: Resource,
    disk: Resource,
    machine_type: String,
    image: &'static str,
    disk_type: &'static str,
    account: Expr,
    subnet: Expr,
    user_data: String,
    number: String,
    storage_gb: u64,
    machine_tags: Expr,
    /// What it reads at boot.
    values: Vec<BootValue>,
    /// The member before it: two of them never change at once.
    after: Option<Expr>,
}

pub(crate) fn contexts(
    nodes: &[Node],
    zones: &[String],
    places: &Places,
    values: &[BootValue],
    naming: &Naming<'_>,
) -> Result<Vec<NodeContext>, RenderError> {
    let mut contexts = Vec::new();
    let mut before: Option<&Node> = None;
    for node in nodes {
        let previous = before.filter(|before| before.role == node.role);
        contexts.push(context(node, previous, zones, places, values, naming)?);
        before = Some(node);
    }
    Ok(contexts)
}

fn context(
    node: &Node,
    before: Option<&Node>,
    zones: &[String],
    places: &Places,
    values: &[BootValue],
    naming: &Naming<'_>,
) -> Result<NodeContext, RenderError> {
    let name = node.name();
    let local = underscored(&name);
    let resource = |kind: &str| naming.resource(kind, &local, &name);
    let missing = || RenderError::impossible("cloud.zones", format!("{name} has no zone"), "name more zones");
    Ok(NodeContext {
        zone: zones.get(node.zone).cloned().ok_or_else(missing)?,
        machine: resource("google_compute_instance")?,
        address: resource("google_compute_address")?,
        disk: resource("google_compute_disk")?,
        machine_type: node.machine.clone(),
        image: image(&node.machine),
        disk_type: disk_type(&node.machine),
        account: Expr::reference(format!("google_service_account.{}.email", underscored(node.role)))?,
        subnet: places.private.clone(),
        user_data: format!("hosts/{}/cloud-init.yaml", node.role),
        number: node.number.to_string(),
        storage_gb: node.storage_gb,
        machine_tags: naming.node_tags("google_compute_instance", &local, node.role, node.number)?,
        values: values.to_vec(),
        after: match before {
            Some(before) => {
                Some(Expr::reference(format!("google_compute_instance.{}", underscored(&before.name())))?)
            }
            None => None,
        },
        name,
    })
}

/// `"${address of node 0}:9092,${address of node 1}:9092"`, for the nodes of one role; each after `scheme`.
pub(crate) fn addresses(nodes: &[Node], role: &str, scheme: &str, port: u16) -> Result<Expr, RenderError> {
    let references = nodes.iter().filter(|node| node.role == role).map(|node| {
        let local = underscored(&node.name());
        Ok(Expr::reference(format!("google_compute_address.{local}.address"))?)
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

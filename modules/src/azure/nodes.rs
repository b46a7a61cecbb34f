//! Machines with an identity of their own: members of a quorum. Address and disk outlive the machine.

use serde::Serialize;

use super::image;
use crate::RenderError;
use crate::kafka::Node;
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct NodeContext {
    role: String,
    name: String,
    zone: String,
    machine: Resource,
    address: Resource,
    disk: Resource,
    attachment: Resource,
    member: Resource,
    filter: Resource,
    /// The way out, where the network is ours.
    exit: Option<Exit>,
    machine_type: String,
    image: &'static str,
    identity: Expr,
    subnet: Expr,
    group: Expr,
    filter_id: Expr,
    user_data: String,
    storage_gb: u64,
    machine_tags: Expr,
    /// The member before it: two of them never change at once.
    after: Option<Expr>,
}

#[derive(Serialize)]
struct Exit {
    association: Resource,
    pool: Expr,
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
    let exit = match &places.exit {
        Some(pool) => Some(Exit {
            association: resource("azurerm_network_interface_backend_address_pool_association")?,
            pool: pool.clone(),
        }),
        None => None,
    };
    let tags = naming.node_tag_list("azurerm_linux_virtual_machine", &local, node.role, Some(node.number))?;
    Ok(NodeContext {
        role: node.role.to_owned(),
        zone: zones.get(node.zone).cloned().ok_or_else(missing)?,
        machine: resource("azurerm_linux_virtual_machine")?,
        address: resource("azurerm_network_interface")?,
        disk: resource("azurerm_managed_disk")?,
        attachment: resource("azurerm_virtual_machine_data_disk_attachment")?,
        member: resource("azurerm_network_interface_application_security_group_association")?,
        filter: resource("azurerm_network_interface_security_group_association")?,
        exit,
        machine_type: node.machine.clone(),
        image: image(&node.machine),
        identity: Expr::reference(format!("azurerm_user_assigned_identity.{}.id", underscored(node.role)))?,
        subnet: places.private.get(node.zone).or(places.private.first()).cloned().ok_or_else(missing)?,
        group: crate::security::azure::group(member)?,
        filter_id: crate::security::azure::filter(member)?,
        user_data: super::HOST.user_data(node.role),
        storage_gb: node.storage_gb,
        machine_tags: with_values(&tags)?,
        after: match before {
            Some(before) => Some(Expr::reference(format!(
                "azurerm_virtual_machine_data_disk_attachment.{}",
                underscored(&before.name())
            ))?),
            None => None,
        },
        name,
    })
}

/// Tags, and the one that tells a machine where its boot values are.
pub(crate) fn with_values(tags: &[(String, String)]) -> Result<Expr, RenderError> {
    let vault = Expr::reference("azurerm_key_vault.values.vault_uri")?;
    let tags = tags.iter().map(|(key, value)| (key.as_str(), Expr::text(value)));
    Ok(Expr::entries(tags.chain([(super::VALUES_TAG, vault)])))
}

/// `"${address of node 0}:9092,${address of node 1}:9092"`, for the nodes of one role; each after `scheme`.
pub(crate) fn addresses(nodes: &[Node], role: &str, scheme: &str, port: u16) -> Result<Expr, RenderError> {
    let references = nodes.iter().filter(|node| node.role == role).map(|node| {
        let local = underscored(&node.name());
        Ok(Expr::reference(format!("azurerm_network_interface.{local}.private_ip_address"))?)
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

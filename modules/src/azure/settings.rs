//! Variables and outputs that only Azure has.

use provision_architecture::Topology;
use serde::Serialize;

use crate::identity::{Acts, SecretOrigin};
use crate::load_balancer::azure::shape;
use crate::naming::{Naming, underscored};
use crate::network::azure::Places;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(super) struct Variables {
    #[serde(flatten)]
    common: crate::settings::Variables,
    has_password: bool,
    has_existing: bool,
    has_dns_zone: bool,
    /// Whether machines are made that want a key of their operators.
    has_machines: bool,
    /// Where a cluster's load balancer answers is not known here.
    asks_for_entry: bool,
}

pub(super) fn variables(_topology: &Topology, blocks: &Blocks) -> Variables {
    Variables {
        common: crate::settings::variables(blocks),
        has_password: has_password(blocks),
        has_existing: has_existing(blocks),
        has_dns_zone: has_dns_zone(blocks),
        has_machines: has_machines(blocks),
        asks_for_entry: asks_for_entry(blocks),
    }
}

/// SQL databases log their machines in by identity.
fn has_password(blocks: &Blocks) -> bool {
    blocks.database.as_ref().is_some_and(|database| !crate::database::azure::is_sql(database))
}

fn has_machines(blocks: &Blocks) -> bool {
    !blocks.machine_groups.is_empty() || blocks.nodes().next().is_some()
}

fn asks_for_entry(blocks: &Blocks) -> bool {
    let existing = matches!(blocks.network, crate::network::Network::Existing { .. });
    blocks.cluster.is_some() && blocks.load_balancer.is_some() && existing
}

pub(super) fn has_existing(blocks: &Blocks) -> bool {
    blocks.identity.secrets.iter().any(|secret| matches!(secret.origin, SecretOrigin::Existing(_)))
}

fn has_dns_zone(blocks: &Blocks) -> bool {
    blocks
        .load_balancer
        .as_ref()
        .is_some_and(|balancer| balancer.dns_zone.is_some() && balancer.hostname.is_some())
}

pub(super) fn must_set(_topology: &Topology, blocks: &Blocks) -> Vec<(&'static str, &'static str)> {
    let mut variables = vec![
        ("operator_id", "the object id of whoever applies this; it may write into the vaults"),
        (
            "operator_range",
            "the address that Terraform runs from; the vaults let nobody else in from outside",
        ),
    ];
    if has_machines(blocks) {
        variables.push(("ssh_public_key", "Azure makes no machine without one; no port is open for it"));
    }
    if asks_for_entry(blocks) {
        variables.push(("entry_address", "an address of the private subnet that nothing else gets"));
    }
    if has_password(blocks) {
        variables.push((
            "database_password",
            "by `TF_VAR_database_password`, made up by you; it goes to the database and to the vault, and is kept nowhere else",
        ));
    }
    if has_existing(blocks) {
        variables.push((
            "secrets_vault_id",
            "the vault that holds the secrets which the spec names, like the licence",
        ));
    }
    if has_dns_zone(blocks) {
        variables.push(("dns_zone_group", "the resource group of the DNS zone"));
    }
    variables
}

#[derive(Serialize)]
pub(super) struct Outputs {
    #[serde(flatten)]
    common: crate::settings::Outputs,
    url: Option<Expr>,
    /// Where connections are passed through to, if elsewhere.
    agents: Option<Expr>,
    /// Who reads the certificate.
    reader: Option<Expr>,
    /// Of a cluster's own load balancer.
    entry: Option<Expr>,
    passes_publicly: bool,
    identities: Vec<Identity>,
    existing_vault: bool,
    has_password: bool,
    servers: Vec<Server>,
}

/// Of an address that is known here, or of one that the cloud gives.
fn plain_url(address: &Expr) -> Expr {
    match address.as_str().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(known) => Expr::text(&format!("http://{known}")),
        None => Expr::joined("http://", address, ""),
    }
}

#[derive(Serialize)]
struct Identity {
    name: String,
    local: String,
}

#[derive(Serialize)]
struct Server {
    name: String,
    address: Expr,
}

pub(super) fn outputs(
    blocks: &Blocks,
    places: &Places,
    _naming: &Naming<'_>,
) -> Result<Outputs, RenderError> {
    let balancer = blocks.load_balancer.as_ref();
    let shape = balancer.map(shape).unwrap_or_default();
    let gateway = match balancer {
        Some(balancer) if shape.ends_tls() => {
            Some(crate::load_balancer::azure::gateway_url(balancer, &blocks.network)?)
        }
        _ => None,
    };
    let passing = match balancer {
        Some(balancer) if !shape.passed.is_empty() => {
            let cluster = blocks.cluster.as_ref().map(|_| places);
            Some(crate::load_balancer::azure::passing_address(balancer, cluster)?)
        }
        _ => None,
    };
    let reader = shape
        .ends_tls()
        .then(|| Expr::reference("azurerm_user_assigned_identity.load_balancer.principal_id"));
    let agents = passing.clone().filter(|_| gateway.is_some());
    let mut servers = Vec::new();
    if let Some(database) = &blocks.database {
        for number in 0..database.servers {
            let name = database.local(number);
            servers.push(Server { address: crate::database::azure::address(database, number)?, name });
        }
    }
    Ok(Outputs {
        common: crate::settings::outputs(blocks),
        entry: blocks.cluster.as_ref().and(balancer).map(|_| places.entry.clone()),
        passes_publicly: blocks.cluster.is_some()
            && balancer.is_some_and(|balancer| !balancer.internal)
            && !shape.passed.is_empty(),
        identities: blocks
            .identity
            .roles
            .iter()
            .filter(|role| role.acts != Acts::Machine)
            .map(|role| Identity { name: role.name.clone(), local: underscored(&role.name) })
            .collect(),
        existing_vault: has_existing(blocks),
        has_password: has_password(blocks),
        agents,
        url: gateway.or(passing.as_ref().map(plain_url)),
        reader: reader.transpose()?,
        servers,
    })
}

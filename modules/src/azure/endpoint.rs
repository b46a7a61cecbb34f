//! How machines reach a service of the cloud without leaving the network.

use serde::Serialize;

use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;

/// The name under which machines find a service, and its addresses in the network.
#[derive(Serialize)]
pub(crate) struct PrivateAccess {
    zone: Resource,
    zone_name: &'static str,
    link: Resource,
    network: Expr,
    subnet: Expr,
    endpoints: Vec<Endpoint>,
}

#[derive(Serialize)]
pub(crate) struct Endpoint {
    endpoint: Resource,
    /// What it leads to.
    target: Expr,
    part: &'static str,
    group: Option<Group>,
}

#[derive(Serialize)]
struct Group {
    association: Resource,
    id: Expr,
}

impl Endpoint {
    /// `part` is how the service calls what is reached; `member` who decides who may connect.
    pub(crate) fn new(
        naming: &Naming<'_>,
        local: &str,
        target: Expr,
        part: &'static str,
        member: Option<Member>,
    ) -> Result<Self, RenderError> {
        let what = local.replace('_', "-");
        let group = match member {
            Some(member) => Some(Group {
                association: naming.resource(
                    "azurerm_private_endpoint_application_security_group_association",
                    local,
                    &what,
                )?,
                id: crate::security::azure::group(member)?,
            }),
            None => None,
        };
        Ok(Self { endpoint: naming.resource("azurerm_private_endpoint", local, &what)?, target, part, group })
    }
}

impl PrivateAccess {
    pub(crate) fn new(
        naming: &Naming<'_>,
        local: &str,
        zone_name: &'static str,
        endpoints: Vec<Endpoint>,
        places: &Places,
    ) -> Result<Self, RenderError> {
        let what = local.replace('_', "-");
        Ok(Self {
            zone: naming.resource("azurerm_private_dns_zone", local, &what)?,
            zone_name,
            link: naming.resource("azurerm_private_dns_zone_virtual_network_link", local, &what)?,
            network: places.network.clone(),
            subnet: places.machines.clone(),
            endpoints,
        })
    }
}

//! The network on Azure: its subnets stand in all zones at once.

use ipnet::Ipv4Net;
use serde::Serialize;

use super::Network;
use crate::RenderError;
use crate::load_balancer::LoadBalancer;
use crate::naming::{Naming, Resource};
use crate::text::Expr;

/// What the other blocks refer to.
pub(crate) struct Places {
    pub(crate) network: Expr,
    /// Of the machines in groups.
    pub(crate) machines: Expr,
    /// In the order of the topology's zones.
    pub(crate) private: Vec<Expr>,
    /// Where a gateway stands; none where an existing network has no subnet for it.
    pub(crate) public: Option<Expr>,
    /// Where connections of a gateway come from.
    pub(crate) gateway_source: Expr,
    /// Where a cluster's own load balancer answers: near the end of the machines' range, where the cloud gives
    /// addresses from the beginning.
    pub(crate) entry: Expr,
    /// What machines of a network of ours go out by.
    pub(crate) exit: Option<Expr>,
}

#[derive(Serialize)]
pub(crate) struct Context {
    range: String,
    network: Resource,
    private: Resource,
    private_range: String,
    public: Resource,
    public_range: String,
    gateway: bool,
    exit: Exit,
}

#[derive(Serialize)]
struct Exit {
    address: Resource,
    balancer: Resource,
    pool: Resource,
    rule: Resource,
}

/// The lower half is the machines', the upper the gateway's.
pub(crate) fn halves(range: Ipv4Net) -> Result<(Ipv4Net, Ipv4Net), RenderError> {
    let mut halves = range.subnets(range.prefix_len() + 1).into_iter().flatten();
    halves.next().zip(halves.next()).ok_or_else(|| {
        RenderError::impossible(
            "cloud.network.cidr",
            format!("{range} can't be cut in two"),
            "choose a larger range, like 10.0.0.0/16",
        )
    })
}

pub(crate) fn places(network: &Network) -> Result<Places, RenderError> {
    match network {
        Network::New { range, zones, .. } => {
            let private = Expr::reference("azurerm_subnet.private.id")?;
            Ok(Places {
                network: Expr::reference("azurerm_virtual_network.main.id")?,
                machines: private.clone(),
                private: vec![private; zones.len()],
                public: Some(Expr::reference("azurerm_subnet.public.id")?),
                gateway_source: Expr::text(&halves(*range)?.1.to_string()),
                entry: Expr::text(&entry(halves(*range)?.0).to_string()),
                exit: Some(Expr::reference("azurerm_lb_backend_address_pool.exit.id")?),
            })
        }
        Network::Existing { id, zones } => {
            let one = |subnets: Vec<&str>, part: &str| {
                let mut rest = subnets.iter();
                let first = rest.next().copied();
                if rest.any(|other| Some(*other) != first) {
                    return Err(RenderError::impossible(
                        "cloud.network.subnets",
                        format!("a scale set stands in one {part} subnet, which spans all zones on Azure"),
                        format!("name the same `{part}` subnet for every zone"),
                    ));
                }
                Ok(first.map(|id| Expr::text(&absolute(id))))
            };
            let private: Vec<&str> = zones.iter().map(|zone| zone.private.as_str()).collect();
            let machines = one(private.clone(), "private")?.ok_or_else(|| {
                RenderError::impossible("cloud.network.subnets", "there are none", "name the private subnet")
            })?;
            let public = zones.iter().map(|zone| zone.public.as_deref()).collect::<Option<Vec<_>>>();
            Ok(Places {
                network: Expr::text(&absolute(id)),
                private: private.iter().map(|id| Expr::text(&absolute(id))).collect(),
                machines,
                public: one(public.unwrap_or_default(), "public")?,
                // The subnet's range is not known here.
                gateway_source: Expr::text("VirtualNetwork"),
                entry: Expr::reference("var.entry_address")?,
                exit: None,
            })
        }
    }
}

fn entry(range: Ipv4Net) -> std::net::Ipv4Addr {
    std::net::Ipv4Addr::from(u32::from(range.broadcast()).saturating_sub(10))
}

/// A spec's names begin with a letter, the cloud's ids with a slash.
fn absolute(id: &str) -> String {
    format!("/{}", id.trim_start_matches('/'))
}

/// Nothing to render where the network exists.
pub(crate) fn context(
    network: &Network,
    balancer: Option<&LoadBalancer>,
    naming: &Naming<'_>,
) -> Result<Option<Context>, RenderError> {
    let Network::New { range, .. } = network else { return Ok(None) };
    let (private, public) = halves(*range)?;
    let exit = |kind: &str| naming.resource(kind, "exit", "exit");
    Ok(Some(Context {
        range: range.to_string(),
        network: naming.resource("azurerm_virtual_network", "main", "network")?,
        private: naming.resource("azurerm_subnet", "private", "private")?,
        private_range: private.to_string(),
        public: naming.resource("azurerm_subnet", "public", "public")?,
        public_range: public.to_string(),
        gateway: balancer.is_some_and(|it| crate::load_balancer::azure::shape(it).ends_tls()),
        exit: Exit {
            address: exit("azurerm_public_ip")?,
            balancer: exit("azurerm_lb")?,
            pool: exit("azurerm_lb_backend_address_pool")?,
            rule: exit("azurerm_lb_outbound_rule")?,
        },
    }))
}

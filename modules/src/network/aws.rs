//! The network on AWS.

use serde::Serialize;

use super::{Exits, Network, NewZone};
use crate::RenderError;
use crate::aws::{Naming, Resource};
use crate::text::Expr;

/// What the other blocks refer to.
pub(crate) struct Places {
    pub(crate) network: Expr,
    /// In the order of the topology's zones.
    pub(crate) private: Vec<Expr>,
    /// As many, or none where an existing network has no public subnets.
    pub(crate) public: Vec<Expr>,
}

#[derive(Serialize)]
pub(crate) struct Context {
    region: String,
    range: String,
    network: Resource,
    default_group: Resource,
    gateway: Resource,
    endpoint: Resource,
    public_table: Resource,
    private_tables: Vec<Expr>,
    zones: Vec<ZoneContext>,
    exits: Vec<ExitContext>,
    log: Resource,
    log_group: Resource,
    log_role: Resource,
}

#[derive(Serialize)]
struct ZoneContext {
    zone: String,
    private: Resource,
    private_range: String,
    public: Resource,
    public_range: String,
    table: Resource,
    /// The gateway that it goes out by, and whether that one stands in another zone.
    exit: String,
}

#[derive(Serialize)]
struct ExitContext {
    zone: String,
    address: Resource,
    gateway: Resource,
    subnet: String,
}

pub(crate) fn places(network: &Network) -> Result<Places, RenderError> {
    Ok(match network {
        Network::New { zones, .. } => {
            let subnets = |part: &str| {
                let subnet =
                    |zone: &NewZone| Expr::reference(format!("aws_subnet.{part}_{}.id", zone.suffix));
                zones.iter().map(subnet).collect::<Result<_, _>>()
            };
            Places {
                network: Expr::reference("aws_vpc.main.id")?,
                private: subnets("private")?,
                public: subnets("public")?,
            }
        }
        Network::Existing { id, zones } => Places {
            network: Expr::text(id),
            private: zones.iter().map(|zone| Expr::text(&zone.private)).collect(),
            public: zones
                .iter()
                .map(|zone| zone.public.as_deref().map(Expr::text))
                .collect::<Option<_>>()
                .unwrap_or_default(),
        },
    })
}

/// Nothing to render where the network exists.
pub(crate) fn context(
    network: &Network,
    region: &str,
    naming: &Naming<'_>,
) -> Result<Option<Context>, RenderError> {
    let Network::New { range, zones, exits } = network else { return Ok(None) };
    let exit_zones = match exits {
        Exits::OneInEachZone => zones.as_slice(),
        Exits::One => zones.get(..1).unwrap_or_default(),
    };
    let tables =
        zones.iter().map(|zone| Expr::reference(format!("aws_route_table.private_{}.id", zone.suffix)));
    Ok(Some(Context {
        region: region.to_owned(),
        range: range.to_string(),
        network: naming.resource("aws_vpc", "main", "")?,
        default_group: naming.resource("aws_default_security_group", "main", "default")?,
        gateway: naming.resource("aws_internet_gateway", "main", "")?,
        endpoint: naming.resource("aws_vpc_endpoint", "object_storage", "object-storage")?,
        public_table: naming.resource("aws_route_table", "public", "public")?,
        private_tables: tables.collect::<Result<_, _>>()?,
        zones: zones.iter().map(|it| zone(it, exit_zones, naming)).collect::<Result<_, _>>()?,
        exits: exit_zones.iter().map(|it| exit(it, naming)).collect::<Result<_, _>>()?,
        log: naming.resource("aws_flow_log", "main", "")?,
        log_group: naming.resource("aws_cloudwatch_log_group", "network_flows", "network-flows")?,
        log_role: naming.resource("aws_iam_role", "network_flows", "network-flows")?,
    }))
}

fn zone(zone: &NewZone, exits: &[NewZone], naming: &Naming<'_>) -> Result<ZoneContext, RenderError> {
    let own = exits.iter().find(|exit| exit.suffix == zone.suffix).or(exits.first());
    let resource = |kind: &str, part: &str| {
        naming.resource(kind, &format!("{part}_{}", zone.suffix), &format!("{part}-{}", zone.suffix))
    };
    Ok(ZoneContext {
        zone: zone.name.to_string(),
        private: resource("aws_subnet", "private")?,
        private_range: zone.private.to_string(),
        public: resource("aws_subnet", "public")?,
        public_range: zone.public.to_string(),
        table: resource("aws_route_table", "private")?,
        exit: own.map(|exit| exit.suffix.clone()).unwrap_or_default(),
    })
}

fn exit(zone: &NewZone, naming: &Naming<'_>) -> Result<ExitContext, RenderError> {
    let local = format!("exit_{}", zone.suffix);
    let what = format!("exit-{}", zone.suffix);
    Ok(ExitContext {
        zone: zone.name.to_string(),
        address: naming.resource("aws_eip", &local, &what)?,
        gateway: naming.resource("aws_nat_gateway", &local, &what)?,
        subnet: format!("public_{}", zone.suffix),
    })
}

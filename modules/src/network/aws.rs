//! The network on AWS.

use provision_architecture::Topology;
use provision_architecture::documented;
use provision_architecture::values::ZoneName;
use serde::Serialize;

use super::{Exits, Network, NewZone, new_zones};
use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::text::Expr;

/// What the other blocks refer to.
pub(crate) struct Places {
    pub(crate) network: Expr,
    /// In the order of the topology's zones.
    pub(crate) private: Vec<Expr>,
    /// In at least two zones, for services that take no fewer.
    pub(crate) two_private: Vec<Expr>,
    /// As many; none where an existing network has no public subnets.
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
    /// Nothing runs in it.
    spare: bool,
}

#[derive(Serialize)]
struct ExitContext {
    zone: String,
    address: Resource,
    gateway: Resource,
    subnet: String,
}

/// A second zone for a deployment in one: load balancers of HTTP and the subnet groups of databases want two, even if
/// one of them stays empty. It is the zone that a deployment in two zones would use.
pub(crate) fn spare(network: &Network, topology: &Topology) -> Result<Option<NewZone>, RenderError> {
    let [zone] = topology.zones.as_slice() else { return Ok(None) };
    let Network::New { range, .. } = network else {
        return Err(RenderError::impossible(
            "cloud.zones",
            "load balancers and databases of AWS want subnets in two zones",
            "name a second zone, and its subnets in `cloud.network.subnets`",
        ));
    };
    let region = topology.region.as_str();
    let cloud = &documented::clouds()[&topology.provider];
    let suffixes = cloud.exceptions.get(region).map_or(&cloud.zones, |exception| &exception.zones);
    let names = suffixes.iter().filter_map(|it| ZoneName::try_from(format!("{region}{it}").as_str()).ok());
    let other = names.into_iter().find(|name| name != zone).ok_or_else(|| {
        RenderError::impossible(
            "cloud.zones",
            format!("no second zone is known in {region}, and AWS wants two"),
            "name two zones",
        )
    })?;
    Ok(new_zones(&[zone.clone(), other], region, *range)?.pop())
}

pub(crate) fn places(network: &Network, spare: Option<&NewZone>) -> Result<Places, RenderError> {
    let (id, private, public) = match network {
        Network::New { zones, .. } => {
            let zones: Vec<&NewZone> = zones.iter().collect();
            (Expr::reference("aws_vpc.main.id")?, subnets("private", &zones)?, subnets("public", &zones)?)
        }
        Network::Existing { id, zones } => (
            Expr::text(id),
            zones.iter().map(|zone| Expr::text(&zone.private)).collect(),
            zones
                .iter()
                .map(|zone| zone.public.as_deref().map(Expr::text))
                .collect::<Option<_>>()
                .unwrap_or_default(),
        ),
    };
    let spare: Vec<&NewZone> = spare.into_iter().collect();
    let two_private = [private.clone(), subnets("private", &spare)?].concat();
    Ok(Places { network: id, private, two_private, public: [public, subnets("public", &spare)?].concat() })
}

fn subnets(part: &str, zones: &[&NewZone]) -> Result<Vec<Expr>, RenderError> {
    let subnet = |zone: &&NewZone| Expr::reference(format!("aws_subnet.{part}_{}.id", zone.suffix));
    Ok(zones.iter().map(subnet).collect::<Result<_, _>>()?)
}

/// Nothing to render where the network exists.
pub(crate) fn context(
    network: &Network,
    spare: Option<&NewZone>,
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
    let mut contexts =
        zones.iter().map(|it| zone(it, exit_zones, naming)).collect::<Result<Vec<_>, RenderError>>()?;
    if let Some(spare) = spare {
        contexts.push(ZoneContext { spare: true, ..zone(spare, exit_zones, naming)? });
    }
    Ok(Some(Context {
        region: region.to_owned(),
        range: range.to_string(),
        network: naming.resource("aws_vpc", "main", "")?,
        default_group: naming.resource("aws_default_security_group", "main", "default")?,
        gateway: naming.resource("aws_internet_gateway", "main", "")?,
        endpoint: naming.resource("aws_vpc_endpoint", "object_storage", "object-storage")?,
        public_table: naming.resource("aws_route_table", "public", "public")?,
        private_tables: tables.collect::<Result<_, _>>()?,
        zones: contexts,
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
        spare: false,
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

//! The network: one of our own with a private and a public part in each zone, or one that exists.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use ipnet::Ipv4Net;
use provision_architecture::Topology;
use provision_architecture::values::ZoneName;

use crate::RenderError;

#[derive(Debug, Clone)]
pub(crate) enum Network {
    New { range: Ipv4Net, zones: Vec<NewZone>, exits: Exits },
    Existing { id: String, zones: Vec<ExistingZone> },
}

/// Whether each zone has its own way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exits {
    /// The loss of a zone takes no other zone's way out with it.
    OneInEachZone,
    One,
}

#[derive(Debug, Clone)]
pub(crate) struct NewZone {
    pub(crate) name: ZoneName,
    /// What tells it from the region's other zones: `a`.
    pub(crate) suffix: String,
    pub(crate) private: Ipv4Net,
    pub(crate) public: Ipv4Net,
}

#[derive(Debug, Clone)]
pub(crate) struct ExistingZone {
    pub(crate) private: String,
    pub(crate) public: Option<String>,
}

pub(crate) fn decide(topology: &Topology) -> Result<Network, RenderError> {
    let spec = topology.spec.cloud.network.as_ref();
    if let Some(id) = spec.and_then(|network| network.id.as_ref()) {
        let subnets = spec.map(|network| &network.subnets);
        let zone = |zone: &ZoneName| {
            let subnets = subnets.and_then(|subnets| subnets.get(zone)).ok_or_else(|| {
                RenderError::impossible(
                    "cloud.network.subnets",
                    format!("zone `{zone}` has no subnet here"),
                    "name the private subnet of every zone",
                )
            })?;
            let public = subnets.public.as_ref().map(ToString::to_string);
            Ok(ExistingZone { private: subnets.private.to_string(), public })
        };
        let zones = topology.zones.iter().map(zone).collect::<Result<_, RenderError>>()?;
        return Ok(Network::Existing { id: id.to_string(), zones });
    }
    let range = spec.and_then(|network| network.cidr).map(provision_architecture::values::Cidr::network);
    let range = range.ok_or_else(|| {
        RenderError::impossible("cloud.network", "it has neither a range nor an id", "name one of the two")
    })?;
    let exits = if topology.highly_available { Exits::OneInEachZone } else { Exits::One };
    Ok(Network::New { range, zones: new_zones(&topology.zones, topology.region.as_str(), range)?, exits })
}

/// The lower half of the range is private, the upper half public, each cut for four zones, or for eight where more
/// are asked for: a zone that is added later moves no other.
fn new_zones(names: &[ZoneName], region: &str, range: Ipv4Net) -> Result<Vec<NewZone>, RenderError> {
    let longer = if names.len() <= 4 { 3 } else { 4 };
    let slots = 1 << (longer - 1);
    let parts: Vec<Ipv4Net> =
        range.subnets(range.prefix_len() + longer).map(Iterator::collect).unwrap_or_default();
    let (private, public) = parts.split_at(slots.min(parts.len()));
    if public.len() < names.len() {
        return Err(RenderError::impossible(
            "cloud.network.cidr",
            format!("{range} can't be cut for {} zones", names.len()),
            "choose a larger range, like 10.0.0.0/16",
        ));
    }
    let zones = names.iter().zip(private.iter().zip(public));
    Ok(zones
        .map(|(name, (private, public))| NewZone {
            suffix: suffix(region, name.as_str()),
            name: name.clone(),
            private: *private,
            public: *public,
        })
        .collect())
}

/// `a` of `eu-west-1a`; fit for the name of a Terraform resource.
pub(crate) fn suffix(region: &str, zone: &str) -> String {
    zone.strip_prefix(region).unwrap_or(zone).trim_start_matches('-').replace('-', "_")
}

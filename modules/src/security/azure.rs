//! Network security groups, which filter, and application security groups, which they name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{End, Flow, Member};
use crate::load_balancer::LoadBalancer;
use crate::load_balancer::azure::shape;
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    groups: Vec<Group>,
    filters: Vec<Group>,
    rules: Vec<Rule>,
    /// Of the subnet that the gateway stands in, where it is ours.
    gateway: Option<Gateway>,
}

#[derive(Serialize)]
struct Group {
    member: String,
    group: Resource,
}

#[derive(Serialize)]
struct Gateway {
    filter: Resource,
    association: Resource,
    ports: Vec<u16>,
    in_rule: Resource,
    manager_rule: Resource,
}

#[derive(Serialize)]
struct Rule {
    rule: Resource,
    /// The group that it belongs to.
    of: String,
    priority: u64,
    inbound: bool,
    /// Empty for all of them.
    ports: Vec<String>,
    peer: Peer,
    why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Peer {
    name: String,
    group: Option<Expr>,
    range: Option<Expr>,
}

impl Peer {
    fn group(member: Member) -> Result<Self, RenderError> {
        Ok(Self { name: member.to_string(), group: Some(group(member)?), range: None })
    }

    fn range(name: &str, range: Expr) -> Self {
        Self { name: name.to_owned(), group: None, range: Some(range) }
    }
}

/// SMB, by which the shared files are mounted here.
const SMB: u16 = 445;
/// Signed packages of the distribution come over plain HTTP.
const WEB: [u16; 2] = [80, 443];
/// A description's limit.
const LONGEST: usize = 140;

/// The reference to what a member is called in rules.
pub(crate) fn group(member: Member) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!(
        "azurerm_application_security_group.{}.id",
        underscored(&member.to_string())
    ))?)
}

/// The reference to what filters a member's connections.
pub(crate) fn filter(member: Member) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!("azurerm_network_security_group.{}.id", underscored(&member.to_string())))?)
}

pub(crate) fn context(blocks: &Blocks, places: &Places, naming: &Naming<'_>) -> Result<Context, RenderError> {
    let members: Vec<Member> =
        blocks.security.members.iter().copied().filter(|member| stands_somewhere(*member)).collect();
    let groups = |kind: &'static str, ending: &str, of: &dyn Fn(Member) -> bool| {
        let own = members.iter().filter(|member| of(**member));
        own.map(|member| {
            let name = member.to_string();
            let what = format!("{name}{ending}");
            Ok(Group { group: naming.resource(kind, &underscored(&name), &what)?, member: name })
        })
        .collect::<Result<Vec<_>, RenderError>>()
    };
    Ok(Context {
        groups: groups("azurerm_application_security_group", "", &|_| true)?,
        filters: groups("azurerm_network_security_group", "-connections", &has_machines)?,
        rules: Rules::new(blocks, places, naming).all()?,
        gateway: gateway(blocks.load_balancer.as_ref(), places, naming)?,
    })
}

/// What has addresses of its own in the network; a load balancer's are no machine's.
fn stands_somewhere(member: Member) -> bool {
    !matches!(member, Member::LoadBalancer | Member::InnerBalancer(_) | Member::ControlPlane)
}

fn has_machines(member: Member) -> bool {
    matches!(member, Member::Component(_) | Member::Kafka | Member::Search | Member::Monitoring)
}

fn gateway(
    balancer: Option<&LoadBalancer>,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Option<Gateway>, RenderError> {
    let Some(balancer) = balancer.filter(|it| shape(it).ends_tls() && places.exit.is_some()) else {
        return Ok(None);
    };
    let passed: Vec<u16> = shape(balancer).passed.iter().map(|(port, _)| *port).collect();
    let ports = balancer.entries.iter().map(|entry| entry.port).filter(|port| !passed.contains(port));
    let rule = |from: &str| {
        let what = format!("load-balancer-from-{from}");
        naming.resource("azurerm_network_security_rule", &underscored(&what), &what)
    };
    Ok(Some(Gateway {
        filter: naming.resource(
            "azurerm_network_security_group",
            "load_balancer",
            "load-balancer-connections",
        )?,
        association: naming.resource(
            "azurerm_subnet_network_security_group_association",
            "public",
            "public",
        )?,
        ports: ports.collect(),
        in_rule: rule("clients")?,
        manager_rule: rule("its-manager")?,
    }))
}

struct Rules<'a> {
    blocks: &'a Blocks,
    places: &'a Places,
    naming: &'a Naming<'a>,
    rules: Vec<Rule>,
    seen: BTreeSet<String>,
    /// How many rules a group has in each direction.
    count: BTreeMap<(String, bool), u64>,
}

impl<'a> Rules<'a> {
    fn new(blocks: &'a Blocks, places: &'a Places, naming: &'a Naming<'a>) -> Self {
        Self { blocks, places, naming, rules: Vec::new(), seen: BTreeSet::new(), count: BTreeMap::new() }
    }

    fn all(mut self) -> Result<Vec<Rule>, RenderError> {
        let blocks = self.blocks;
        for flow in &blocks.security.flows {
            if let End::Member(member) = flow.to
                && has_machines(member)
            {
                for peer in self.sources(flow, member)? {
                    self.add(member, true, peer, flow)?;
                }
            }
        }
        for flow in &blocks.security.flows {
            if let End::Member(member) = flow.from
                && has_machines(member)
            {
                let peer = self.destination(flow)?;
                self.add(member, false, peer, flow)?;
            }
        }
        Ok(self.rules)
    }

    fn add(&mut self, of: Member, inbound: bool, peer: Peer, flow: &Flow) -> Result<(), RenderError> {
        let port = match flow.to {
            End::Member(Member::SharedFiles) => Some(SMB),
            _ => flow.port,
        };
        let word = port.map_or_else(|| "all".to_owned(), |port| port.to_string());
        let link = if inbound { "from" } else { "to" };
        let what = format!("{of}-{link}-{}-{word}", peer.name);
        if !self.seen.insert(what.clone()) {
            return Ok(());
        }
        let ports = match (flow.to, port) {
            (End::Anywhere, Some(443)) => WEB.iter().map(ToString::to_string).collect(),
            (_, Some(port)) => vec![port.to_string()],
            (_, None) => Vec::new(),
        };
        let count = self.count.entry((of.to_string(), inbound)).or_default();
        *count += 1;
        self.rules.push(Rule {
            rule: self.naming.resource("azurerm_network_security_rule", &underscored(&what), &what)?,
            of: underscored(&of.to_string()),
            priority: 90 + 10 * *count,
            inbound,
            ports,
            peer,
            why: flow.why.chars().take(LONGEST).collect(),
        });
        Ok(())
    }

    /// Who connects to a machine. A load balancer passes its clients' addresses on; a gateway shows its own.
    fn sources(&self, flow: &Flow, to: Member) -> Result<Vec<Peer>, RenderError> {
        match flow.from {
            End::Member(Member::LoadBalancer) => self.users(flow, to),
            End::Member(Member::InnerBalancer(component)) => {
                let clients =
                    self.blocks.security.flows.iter().filter_map(|other| match (other.from, other.to) {
                        (End::Member(client), End::Member(Member::InnerBalancer(it)))
                            if it == component && other.port == flow.port =>
                        {
                            Some(Peer::group(client))
                        }
                        _ => None,
                    });
                let mut peers = clients.collect::<Result<Vec<_>, _>>()?;
                let checks = |port: u16| Some(port) == flow.port;
                if self
                    .blocks
                    .inner_balancers
                    .iter()
                    .any(|it| it.component == component && checks(it.health.port))
                {
                    peers.push(health_checks());
                }
                Ok(peers)
            }
            End::Member(member) => Ok(vec![Peer::group(member)?]),
            End::Clients | End::Anywhere => Ok(Vec::new()),
        }
    }

    fn users(&self, flow: &Flow, to: Member) -> Result<Vec<Peer>, RenderError> {
        let Some(balancer) = &self.blocks.load_balancer else { return Ok(Vec::new()) };
        let shape = shape(balancer);
        let targets =
            |at: &usize| balancer.targets.get(*at).filter(|target| Member::Component(target.component) == to);
        let port = flow.port;
        let mut peers = Vec::new();
        let mut served = shape.gateway.iter().filter_map(targets);
        if served.any(|target| Some(target.port) == port || Some(target.health.port) == port) {
            peers.push(Peer::range("load-balancer", self.places.gateway_source.clone()));
        }
        let passed: Vec<_> = shape.passed.iter().filter_map(|(_, at)| targets(at)).collect();
        if passed.iter().any(|target| Some(target.port) == port) {
            peers.push(Peer::range("clients", Expr::reference("var.client_range")?));
        }
        if passed.iter().any(|target| Some(target.health.port) == port) {
            peers.push(health_checks());
        }
        Ok(peers)
    }

    fn destination(&self, flow: &Flow) -> Result<Peer, RenderError> {
        Ok(match flow.to {
            End::Member(Member::InnerBalancer(component)) => {
                let balancer = underscored(component.word());
                let address = Expr::reference(format!("azurerm_lb.{balancer}.private_ip_address"))?;
                Peer::range(&Member::InnerBalancer(component).to_string(), address)
            }
            End::Member(member) => Peer::group(member)?,
            End::Clients | End::Anywhere => Peer::range("anywhere", Expr::text("*")),
        })
    }
}

/// The cloud's own word for where its load balancers ask from.
fn health_checks() -> Peer {
    Peer::range("health-checks", Expr::text("AzureLoadBalancer"))
}

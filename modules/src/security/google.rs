//! Firewall rules. Both ends of a connection are named by the identity that their machines have, so that an address
//! alone opens nothing.

use std::collections::BTreeSet;

use provision_architecture::spec::ComponentName;
use serde::Serialize;

use super::{End, Flow, HTTPS, Member};
use crate::identity::Acts;
use crate::kubernetes::PoolName;
use crate::machine_group::{ALIVE, GroupHealth};
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    network: Expr,
    project: Option<String>,
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
    refusals: Vec<Refusal>,
    operators: Resource,
    everybody: Expr,
}

#[derive(Serialize)]
struct Rule {
    rule: Resource,
    /// The identities of the machines that it is for.
    of: Expr,
    /// The other end: identities, or ranges.
    accounts: Option<Expr>,
    ranges: Option<Expr>,
    /// None: all of them.
    ports: Option<Expr>,
    why: String,
}

/// What is not allowed is refused: the cloud itself lets everything out.
#[derive(Serialize)]
struct Refusal {
    rule: Resource,
    of: Expr,
}

/// Where the cloud's load balancers and health checks come from.
const FRONT_ENDS: [&str; 2] = ["35.191.0.0/16", "130.211.0.0/22"];
/// NFS, and what mounting, locking and quotas need beside it.
const NFS: [&str; 5] = ["111", "2046", "2049", "2050", "4045"];

const MANAGED_KAFKA: u16 = 9_092;
/// By which nodes keep a way open for the cluster's interface, beside its own port.
const KONNECTIVITY: u16 = 8_132;

struct Firewall<'a> {
    blocks: &'a Blocks,
    places: &'a Places,
    naming: &'a Naming<'a>,
}

pub(crate) fn context(blocks: &Blocks, places: &Places, naming: &Naming<'_>) -> Result<Context, RenderError> {
    let firewall = Firewall { blocks, places, naming };
    let mut ingress = Vec::new();
    let mut egress = Vec::new();
    for flow in &blocks.security.flows {
        ingress.extend(firewall.ingress(flow)?);
        egress.extend(firewall.egress(flow)?);
    }
    ingress.extend(firewall.health_checks()?);
    let refusals = firewall.machines().into_iter().map(|member| {
        let what = format!("{member}-to-anywhere-else");
        let rule = naming.resource("google_compute_firewall", &underscored(&what), &what)?;
        Ok(Refusal { rule, of: firewall.accounts(member)? })
    });
    let refusals = refusals.collect::<Result<_, RenderError>>()?;
    let machines = blocks.identity.roles.iter().filter(|role| role.acts == Acts::Machine);
    let pools = blocks.cluster.iter().flat_map(|cluster| &cluster.pools).map(|pool| nodes(pool.name));
    let everybody = machines.map(|role| role.name.as_str()).chain(pools).map(account);
    Ok(Context {
        network: places.network.clone(),
        project: places.network_project.clone(),
        ingress,
        egress,
        refusals,
        operators: naming.resource("google_compute_firewall", "operators", "operators")?,
        everybody: Expr::list(everybody.collect::<Result<Vec<_>, _>>()?),
    })
}

/// What the nodes of a pool act as.
pub(crate) fn nodes(pool: PoolName) -> &'static str {
    match pool {
        PoolName::Components => "components-nodes",
        PoolName::Jobs => "jobs-nodes",
    }
}

fn account(role: &str) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!("google_service_account.{}.email", underscored(role)))?)
}

impl Firewall<'_> {
    /// The members that are machines of ours.
    fn machines(&self) -> Vec<Member> {
        let members = self.blocks.security.members.iter().copied();
        members.filter(|member| !self.roles(*member).is_empty()).collect()
    }

    fn roles(&self, member: Member) -> Vec<&str> {
        let nodes = |prefix: &'static str| {
            let roles = self.blocks.identity.roles.iter().map(|role| role.name.as_str());
            roles.filter(|role| role.starts_with(prefix)).collect()
        };
        match member {
            Member::Component(component) => vec![component.word()],
            Member::Nodes(pool) => vec![self::nodes(pool)],
            Member::Kafka => nodes("kafka-"),
            Member::Search => nodes("search-"),
            Member::Monitoring => nodes(crate::alerting::MONITORING),
            _ => Vec::new(),
        }
    }

    fn home(&self, component: ComponentName) -> Member {
        let pool = self.blocks.cluster.as_ref().and_then(|cluster| cluster.pool_of(component));
        pool.map_or(Member::Component(component), Member::Nodes)
    }

    fn accounts(&self, member: Member) -> Result<Expr, RenderError> {
        let accounts = self.roles(member).into_iter().map(account);
        Ok(Expr::list(accounts.collect::<Result<Vec<_>, _>>()?))
    }

    fn is_machines(&self, member: Member) -> bool {
        !self.roles(member).is_empty()
    }

    fn rule(
        &self,
        of: Member,
        link: &str,
        peer: &str,
        port: Option<u16>,
        why: &str,
    ) -> Result<Rule, RenderError> {
        let word = port.map_or_else(|| "all".to_owned(), |port| port.to_string());
        let what = format!("{of}-{link}-{peer}-{word}");
        Ok(Rule {
            rule: self.naming.resource("google_compute_firewall", &underscored(&what), &what)?,
            of: self.accounts(of)?,
            accounts: None,
            ranges: None,
            ports: port.map(|port| Expr::list([Expr::text(&port.to_string())])),
            why: why.to_owned(),
        })
    }

    fn ingress(&self, flow: &Flow) -> Result<Option<Rule>, RenderError> {
        let End::Member(to) = flow.to else { return Ok(None) };
        // A balancer between components hands packets on as they are: the machine sees who sent them.
        let to = match to {
            Member::InnerBalancer(component) => Member::Component(component),
            other => other,
        };
        if !self.is_machines(to) {
            return Ok(None);
        }
        Ok(match flow.from {
            End::Member(Member::LoadBalancer) => {
                let internal = self.blocks.load_balancer.as_ref().is_some_and(|it| it.internal);
                let ranges = if internal { Expr::list([self.places.proxies.clone()]) } else { front_ends() };
                let rule = self.rule(to, "from", "load-balancer", flow.port, &flow.why)?;
                Some(Rule { ranges: Some(ranges), ..rule })
            }
            End::Member(from) if self.is_machines(from) => {
                let rule = self.rule(to, "from", &from.to_string(), flow.port, &flow.why)?;
                // What a pod sends bears the pod's own address.
                let pods = matches!(from, Member::Nodes(_)).then(|| Expr::list(self.places.pods.clone()));
                let ranges = pods.filter(|_| !self.places.pods.is_empty());
                Some(Rule { accounts: Some(self.accounts(from)?), ranges, ..rule })
            }
            _ => None,
        })
    }

    fn egress(&self, flow: &Flow) -> Result<Option<Rule>, RenderError> {
        let End::Member(from) = flow.from else { return Ok(None) };
        if !self.is_machines(from) {
            return Ok(None);
        }
        let (peer, ranges) = match flow.to {
            End::Anywhere => ("anywhere".to_owned(), vec![Expr::text("0.0.0.0/0")]),
            End::Member(to @ (Member::Database | Member::SharedFiles)) => {
                (to.to_string(), self.places.services.clone())
            }
            End::Member(to @ Member::Nodes(_)) => {
                (to.to_string(), [&self.places.machines[..], &self.places.pods].concat())
            }
            End::Member(to) => (to.to_string(), self.places.machines.clone()),
            End::Clients => return Ok(None),
        };
        let mut rule = self.rule(from, "to", &peer, self.port(flow), &flow.why)?;
        if flow.to == End::Member(Member::SharedFiles) {
            rule.ports = Some(Expr::list(NFS.iter().map(|port| Expr::text(port))));
        }
        if flow.to == End::Member(Member::ControlPlane) {
            rule.ports = Some(Expr::list([HTTPS, KONNECTIVITY].map(|port| Expr::text(&port.to_string()))));
        }
        rule.ranges = Some(Expr::list(ranges));
        Ok(Some(rule))
    }

    /// The managed Kafka listens here for TLS; other clouds' have a port of their own for it.
    fn port(&self, flow: &Flow) -> Option<u16> {
        let managed = self.blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed);
        if managed && flow.to == End::Member(Member::Kafka) { Some(MANAGED_KAFKA) } else { flow.port }
    }

    /// Checks come from the cloud's own addresses, whatever is checked.
    fn health_checks(&self) -> Result<Vec<Rule>, RenderError> {
        let mut checked: BTreeSet<(ComponentName, u16)> = BTreeSet::new();
        for target in self.blocks.load_balancer.iter().flat_map(|it| &it.targets) {
            checked.insert((target.component, target.health.node_port.unwrap_or(target.health.port)));
        }
        for inner in &self.blocks.inner_balancers {
            checked.insert((inner.component, inner.health.port));
        }
        for group in self.blocks.machine_groups.iter().filter(|it| it.health == GroupHealth::Machine) {
            checked.insert((group.component, ALIVE));
        }
        let rules = checked.into_iter().map(|(component, port)| {
            let of = self.home(component);
            let rule = self.rule(of, "from", "health-checks", Some(port), "health checks")?;
            Ok(Rule { ranges: Some(front_ends()), ..rule })
        });
        rules.collect()
    }
}

fn front_ends() -> Expr {
    Expr::list(FRONT_ENDS.iter().map(|range| Expr::text(range)))
}

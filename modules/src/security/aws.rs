//! Security groups and their rules.

use serde::Serialize;

use super::{End, Flow, Member, Security};
use crate::RenderError;
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    network: Expr,
    groups: Vec<Group>,
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

#[derive(Serialize)]
struct Group {
    member: String,
    group: Resource,
}

#[derive(Serialize)]
struct Rule {
    rule: Resource,
    /// The group that it belongs to.
    of: Expr,
    /// The other end.
    peer: Peer,
    port: Option<u16>,
    why: String,
}

#[derive(Serialize)]
struct Peer {
    is_group: bool,
    group: Option<Expr>,
    range: Option<Expr>,
}

/// The reference to a member's group.
pub(crate) fn group(member: Member) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!("aws_security_group.{}.id", underscored(&member.to_string())))?)
}

pub(crate) fn context(
    security: &Security,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let groups = security.members.iter().map(|member| {
        let name = member.to_string();
        Ok(Group { group: naming.resource("aws_security_group", &underscored(&name), &name)?, member: name })
    });
    let rules = |kind: &str, of: fn(&Flow) -> (End, End), link: &str| {
        let mut rules = Vec::new();
        for flow in &security.flows {
            let (of, peer) = of(flow);
            let End::Member(member) = of else { continue };
            rules.push(rule(kind, link, member, peer, flow, naming)?);
        }
        Ok::<_, RenderError>(rules)
    };
    Ok(Context {
        network: places.network.clone(),
        groups: groups.collect::<Result<_, RenderError>>()?,
        ingress: rules("aws_vpc_security_group_ingress_rule", |flow| (flow.to, flow.from), "from")?,
        egress: rules("aws_vpc_security_group_egress_rule", |flow| (flow.from, flow.to), "to")?,
    })
}

fn rule(
    kind: &str,
    link: &str,
    member: Member,
    peer: End,
    flow: &Flow,
    naming: &Naming<'_>,
) -> Result<Rule, RenderError> {
    let peer_name = match peer {
        End::Member(member) => member.to_string(),
        End::Clients => "clients".to_owned(),
        End::Anywhere => "anywhere".to_owned(),
    };
    let port = flow.port.map_or_else(|| "all".to_owned(), |port| port.to_string());
    let what = format!("{member}-{link}-{peer_name}-{port}");
    Ok(Rule {
        rule: naming.resource(kind, &underscored(&what), &what)?,
        of: group(member)?,
        peer: match peer {
            End::Member(member) => Peer { is_group: true, group: Some(group(member)?), range: None },
            End::Clients => {
                Peer { is_group: false, group: None, range: Some(Expr::reference("var.client_range")?) }
            }
            End::Anywhere => Peer { is_group: false, group: None, range: Some(Expr::text("0.0.0.0/0")) },
        },
        port: flow.port,
        why: flow.why.clone(),
    })
}

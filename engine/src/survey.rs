//! What lives behind a plan's resources: machines, targets, servers and disks, with their zones and their health.
//!
//! Says what is there, never whether it should be: that is judged where the documented architecture is known.

use std::collections::BTreeMap;

use crate::clock::Clock;
use crate::driver::{Driver, Failure, Live, Member, Members, State};
use crate::members::{behind, is_attached, is_reached, texts_at};
use crate::plan::{self, Options, Plan};
use crate::session::{Prepared, SessionError};
use crate::{Address, Value};

/// Everything that was seen, by the resource that it belongs to.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub machines: BTreeMap<Address, Group>,
    pub servers: BTreeMap<Address, Group>,
    pub pools: BTreeMap<Address, Pool>,
    pub disks: BTreeMap<Address, Disk>,
    /// What the driver can't tell anything about.
    pub unknown: Vec<Address>,
}

/// What stands behind one object.
#[derive(Debug, Clone)]
pub struct Group {
    pub state: State,
    pub members: Vec<Member>,
    /// The newest version of what its machines are started from.
    pub newest: Option<String>,
}

/// Where a load balancer sends to.
#[derive(Debug, Clone)]
pub struct Pool {
    pub targets: Vec<Member>,
    /// The resources whose machines it sends to.
    pub sends_to: Vec<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    pub state: State,
    pub attached: bool,
}

/// What a plan would change, and what stands behind what lives. Changes nothing.
pub async fn look(
    prepared: &Prepared,
    driver: &dyn Driver,
    clock: &dyn Clock,
    deployment: &str,
    applied: &BTreeMap<Address, String>,
) -> Result<(Plan, Survey), SessionError> {
    let live = prepared.inventory(driver, clock, deployment).await?;
    let mut planned = prepared.plan(&live, driver.name(), deployment, &Options::default())?;
    plan::mark_drift(&mut planned, applied);
    let survey = survey(driver, clock, &planned.live).await.map_err(SessionError::Inventory)?;
    Ok((planned.plan, survey))
}

/// Asks the driver what stands behind the live objects of a plan.
pub async fn survey(
    driver: &dyn Driver,
    clock: &dyn Clock,
    live: &BTreeMap<Address, Live>,
) -> Result<Survey, Failure> {
    let all: Vec<Live> = live.values().cloned().collect();
    let is_asked = |live: &&Live| {
        provision_kinds::cloud(&live.kind).is_some_and(provision_kinds::Cloud::has_members)
            && live.state != State::Deleting
            && is_reached(live, &all)
    };
    let owners: Vec<Live> = all.iter().filter(is_asked).cloned().collect();
    let answers = crate::session::patiently(clock, || driver.members(&owners)).await?;
    let mut survey = Survey::default();
    for (address, live) in live {
        survey.disks.extend(disk(live, &all).map(|disk| (address.clone(), disk)));
        if owners.iter().any(|owner| is_same(owner, live)) {
            match answers.iter().find(|answer| (&answer.kind, &answer.id) == (&live.kind, &live.id)) {
                Some(answer) => survey.add(address, live, answer, &all),
                None => survey.unknown.push(address.clone()),
            }
        }
    }
    survey.address_pools(live);
    Ok(survey)
}

impl Survey {
    fn add(&mut self, address: &Address, live: &Live, answer: &Members, all: &[Live]) {
        let machines = provision_kinds::cloud(&live.kind).and_then(|cloud| cloud.machines.as_ref());
        let Some(facts) = machines else {
            let pool = Pool { targets: answer.members.clone(), sends_to: Vec::new() };
            self.pools.insert(address.clone(), pool);
            return;
        };
        let group = Group { state: live.state, members: answer.members.clone(), newest: newest(live, all) };
        let kept = if facts.server.is_some() { &mut self.servers } else { &mut self.machines };
        kept.insert(address.clone(), group);
    }

    /// Which resources each pool sends to.
    fn address_pools(&mut self, live: &BTreeMap<Address, Live>) {
        let all: Vec<Live> = live.values().cloned().collect();
        for (address, pool) in &mut self.pools {
            let Some(object) = live.get(address) else { continue };
            let owners = behind(object, &all);
            let is_owner = |candidate: &Live| owners.iter().any(|owner| is_same(owner, candidate));
            pool.sends_to =
                live.iter().filter(|(_, it)| is_owner(it)).map(|(address, _)| address.clone()).collect();
        }
    }
}

fn is_same(one: &Live, other: &Live) -> bool {
    (&one.kind, &one.id) == (&other.kind, &other.id)
}

fn newest(group: &Live, all: &[Live]) -> Option<String> {
    let facts = provision_kinds::cloud(&group.kind)?.machines.as_ref()?.started_from.as_ref()?;
    let name = texts_at(&group.arguments, &facts.argument).into_iter().next()?;
    let is_named = |live: &&Live| {
        live.id == name || live.computed.values().any(|value| value.as_text() == Some(name.as_str()))
    };
    match all.iter().filter(is_named).find_map(|live| live.computed.get(&facts.newest))? {
        Value::Number(number) => Some(number.to_string()),
        value => value.as_text().map(str::to_owned),
    }
}

fn disk(live: &Live, all: &[Live]) -> Option<Disk> {
    let by = provision_kinds::cloud(&live.kind)?.attached_by.as_ref()?;
    Some(Disk { state: live.state, attached: is_attached(live, by, all) })
}

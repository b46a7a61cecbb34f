//! What stands behind an object at one moment, as a cloud would tell it.

use provision_kinds::Server;
use serde_json::Value as Json;

use super::estate::{Estate, Object};
use super::outage::{Machine, MachineState, Part, at};
use crate::driver::{Health, Live, Member, Members, Role};
use crate::members::behind;

pub(super) fn members(estate: &Estate, owners: &[Live], now: u64) -> Vec<Members> {
    let moment = Moment { estate, now, machines: estate.machines(now) };
    // Only pools look at everything else that lives.
    let all: Vec<Live> = estate
        .objects
        .values()
        .filter(|object| object.gone_at.is_none_or(|gone| gone > now))
        .map(|object| super::live(object, object.deployment.as_deref().unwrap_or_default(), now))
        .collect();
    owners.iter().filter_map(|owner| moment.members(owner, &all)).collect()
}

struct Moment<'a> {
    estate: &'a Estate,
    now: u64,
    machines: Vec<Machine>,
}

impl Moment<'_> {
    /// None for what is gone, and for what nothing stands behind.
    fn members(&self, owner: &Live, all: &[Live]) -> Option<Members> {
        let object = self.estate.objects.get(&super::key(&owner.kind, &owner.id))?;
        let facts = provision_kinds::cloud(&owner.kind)?;
        let members = match (&facts.machines, &facts.targets) {
            (Some(machines), _) => match &machines.server {
                Some(server) => self.servers(object, &self.estate.zones(object, machines), server),
                None => self.machines_of(object).collect(),
            },
            (None, Some(_)) => {
                let owners = behind(owner, all);
                owners.into_iter().flat_map(|owner| self.targets(owner)).collect()
            }
            (None, None) => return None,
        };
        Some(Members { kind: owner.kind.clone(), id: owner.id.clone(), members })
    }

    fn machines_of(&self, object: &Object) -> impl Iterator<Item = Member> {
        let owner = super::key(&object.kind, object.id());
        let machines = self.machines.iter().filter(move |machine| machine.owner == owner);
        machines.map(|machine| {
            let health = match machine.state {
                MachineState::Running => Health::Healthy,
                MachineState::Starting => Health::Starting,
                MachineState::Failed => Health::Unhealthy,
            };
            Member {
                id: machine.id.clone(),
                role: Role::Machine,
                zone: Some(machine.zone.clone()),
                health,
                reason: (health == Health::Unhealthy).then(|| "the machine is down".to_owned()),
                version: self.version(object, machine),
            }
        })
    }

    /// The version of what it was started from. Which change came when is kept for the last one only.
    fn version(&self, object: &Object, machine: &Machine) -> Option<String> {
        let facts = provision_kinds::cloud(&object.kind)?.machines.as_ref()?.started_from.as_ref()?;
        let name = at(&object.arguments, &facts.argument)?.as_str()?;
        let template = self.estate.objects.values().find(|template| template.is(name))?;
        let newest: u64 = template.computed.get(&facts.newest)?.as_str()?.parse().ok()?;
        let is_older = newest > 1 && machine.born < template.ready_at;
        Some((if is_older { newest - 1 } else { newest }).to_string())
    }

    fn targets(&self, owner: &Live) -> Vec<Member> {
        let Some(object) = self.estate.objects.get(&super::key(&owner.kind, &owner.id)) else {
            return Vec::new();
        };
        let target = |machine: Member| {
            let silent = self.estate.is_out(&Part::Service(machine.id.clone()), self.now);
            let (health, reason) = match machine.health {
                Health::Healthy if silent => {
                    (Health::Unhealthy, Some("it doesn't answer its health check".to_owned()))
                }
                health => (health, machine.reason),
            };
            Member { role: Role::Target, health, reason, version: None, ..machine }
        };
        self.machines_of(object).map(target).collect()
    }

    /// A database's servers. When the zone of the one that works is lost, the other takes over.
    fn servers(&self, object: &Object, zones: &[String], facts: &Server) -> Vec<Member> {
        let value = at(&object.arguments, &facts.standby);
        let means = |wanted: &provision_kinds::Value| serde_json::to_value(wanted).ok().as_ref() == value;
        let has_standby = facts.means.iter().any(means);
        let standby_zone =
            facts.zone.as_ref().and_then(|path| at(&object.arguments, path)).and_then(Json::as_str);
        let other = standby_zone.map(str::to_owned).or_else(|| zones.get(1).cloned());
        let server = |number: usize, zone: Option<String>| {
            let id = format!("{}/{number}", object.id());
            let is_out = self.estate.is_out(&Part::Machine(id.clone()), self.now)
                || zone.clone().is_some_and(|zone| self.estate.is_out(&Part::Zone(zone), self.now));
            let health = match is_out {
                true => Health::Unhealthy,
                false if object.ready_at > self.now => Health::Starting,
                false => Health::Healthy,
            };
            let reason = is_out.then(|| "the server is down".to_owned());
            Member { id, role: Role::Primary, zone, health, reason, version: None }
        };
        let mut servers = vec![server(0, zones.first().cloned())];
        if has_standby {
            servers.push(server(1, other));
            if servers[0].health == Health::Unhealthy && servers[1].health == Health::Healthy {
                servers.swap(0, 1);
            }
            servers[1].role = Role::Standby;
        }
        servers
    }
}

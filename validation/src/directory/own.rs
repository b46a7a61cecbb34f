//! What only the files decide, by rules of our own and by those of the documents that a spec leaves to them.

use provision_architecture::spec::{Runtime, SpecFile};
use provision_architecture::topology::Topology;

use super::judge::complaint;
use super::{Known, Meaning, Reading, Said};
use crate::rules::{OwnRule, Verdict};

pub(super) fn apply(file: &SpecFile, topology: &Topology, reading: &Reading, verdict: &mut Verdict) {
    verdict.applied += OwnRule::OF_DIRECTORIES.len();
    for said in &reading.said {
        if let Some((rule, found)) = broken(said, topology, reading) {
            verdict.findings.push(complaint(rule, said, found, file));
        }
    }
}

/// The rule that it breaks, and what is found.
fn broken(said: &Said, topology: &Topology, reading: &Reading) -> Option<(OwnRule, String)> {
    let no = said.value.flag() == Some(false);
    let of = &said.address;
    match said.meaning {
        Meaning::DeletionProtection if no => {
            Some((OwnRule::Unprotected, format!("nothing keeps {of} from being deleted by mistake")))
        }
        Meaning::Backups if no => Some((OwnRule::NoBackups, format!("{of} is not backed up"))),
        Meaning::BackupDays if said.value.count() == Some(0) => {
            Some((OwnRule::NoBackups, format!("{of} keeps no backup")))
        }
        Meaning::Encrypted if no => Some((OwnRule::Unencrypted, format!("{of} is not encrypted"))),
        Meaning::EncryptedOnTheWay if no => {
            Some((OwnRule::Unencrypted, format!("what {of} says and hears is not always encrypted")))
        }
        Meaning::Public if said.value.flag() == Some(true) => {
            Some((OwnRule::Public, format!("the internet may reach {of}")))
        }
        Meaning::UncleanLeaders if said.value.flag() == Some(true) => {
            Some((OwnRule::UncleanLeaders, "a broker that lacks writes may become the leader".to_owned()))
        }
        Meaning::HealthPath => health_path(said, topology, reading),
        Meaning::HealthPort => health_port(said, topology, reading),
        Meaning::HealthCodes => health_codes(said),
        Meaning::Zones => zone_left(said, reading),
        _ => None,
    }
}

/// The groups that a health check may be about: its owner, or any where that isn't clear.
fn asked<'t>(
    said: &Said,
    topology: &'t Topology,
    reading: &Reading,
) -> Vec<&'t provision_architecture::documented::Health> {
    let owner = reading.owner(&said.address).map(|(_, located)| located.component.as_str());
    let own = topology.groups.iter().filter(|group| owner == Some(group.component.word()));
    let mut health: Vec<_> = own.filter_map(|group| group.health.as_ref()).collect();
    if health.is_empty() {
        health = topology.groups.iter().filter_map(|group| group.health.as_ref()).collect();
    }
    health
}

fn health_path(said: &Said, topology: &Topology, reading: &Reading) -> Option<(OwnRule, String)> {
    let path = said.value.text()?;
    let health = asked(said, topology, reading);
    let documented = health.first()?;
    (!health.iter().any(|it| it.path == path)).then(|| {
        let found = format!("the health check asks for `{path}`, and health is at `{}`", documented.path);
        (OwnRule::HealthElsewhere, found)
    })
}

/// In a cluster, checks ask a port of the node, which has a number of its own.
fn health_port(said: &Said, topology: &Topology, reading: &Reading) -> Option<(OwnRule, String)> {
    let port = said.value.count().filter(|_| topology.runtime == Runtime::Machines)?;
    let health = asked(said, topology, reading);
    let documented = health.first()?;
    (!health.iter().any(|it| it.port.get() == port)).then(|| {
        let found = format!("the health check asks port {port}, and health is on {}", documented.port.get());
        (OwnRule::HealthElsewhere, found)
    })
}

fn health_codes(said: &Said) -> Option<(OwnRule, String)> {
    let accepted = match &said.value {
        Known::Number(number) => (*number - 200.0).abs() < f64::EPSILON,
        Known::List(codes) => codes.iter().all(|code| code == "200"),
        _ => false,
    };
    (!accepted).then(|| (OwnRule::HealthAnswers, format!("answers of {} count as healthy", said.value)))
}

/// What was rendered to stand in several zones stands in fewer.
fn zone_left(said: &Said, reading: &Reading) -> Option<(OwnRule, String)> {
    let located = reading.located.get(super::plain(&said.address))?;
    let now = said.value.list()?;
    let left: Vec<&str> =
        located.zones.iter().filter(|zone| !now.contains(zone)).map(String::as_str).collect();
    (!left.is_empty() && now.len() < located.zones.len()).then(|| {
        let found = format!("{} no longer stands in {}", said.address, left.join(", "));
        (OwnRule::ZoneLeft, found)
    })
}

//! Defaults of what the components stand on. What a size says holds for the kind of backend that it means; a spec
//! that names another kind gets that kind's own defaults.

use super::{Components, Problem};
use crate::documented::{self, Architecture, DocumentedCloud, DocumentedSize, Scaling};
use crate::spec::read::Read;
use crate::spec::{Backends, Database, DatabaseKind, Queue, Redundancy, Replicas, Search};

pub(super) fn complete(
    mine: Option<&Backends>,
    size: &DocumentedSize,
    cloud: Option<&DocumentedCloud>,
    architecture: &Architecture,
    components: &Components,
    problems: &mut Vec<Problem>,
) -> Backends {
    let does_not_run =
        |kind: &str| cloud.is_some_and(|cloud| cloud.does_not_run.iter().any(|other| other == kind));
    let mine = mine.cloned().unwrap_or(Backends { database: None, queue: None, search: None });
    let documented = documented::backends();
    let asked = mine.database.as_ref().and_then(|database| database.multi_zone);
    let database = overlay(
        "database",
        mine.database,
        size.backends.database.clone(),
        |database| database.kind,
        |kind| documented.databases.get(&kind).map(|documented| documented.defaults.clone()),
        problems,
    );
    let queue = overlay(
        "queue",
        mine.queue,
        size.backends.queue.clone(),
        |queue: &Queue| queue.kind,
        |kind| {
            let mut defaults = documented.queues.get(&kind)?.defaults.clone();
            if does_not_run(kind.word()) {
                defaults.managed = Some(false);
            }
            Some(defaults)
        },
        problems,
    );
    let search = overlay(
        "search",
        mine.search,
        size.backends.search.clone(),
        |search: &Search| search.kind,
        |kind| {
            let mut defaults = documented.searches.get(&kind)?.defaults.clone();
            if does_not_run(kind.word()) {
                defaults.managed = Some(false);
            }
            Some(defaults)
        },
        problems,
    );
    let database = database.map(|database| {
        let same_size = size.backends.database.as_ref();
        finish_database(database, asked, same_size, architecture, components, problems)
    });
    Backends { database, queue, search }
}

/// The spec's own words, then the size's where it means the same kind, then the kind's.
fn overlay<T: Read + Clone, K: Copy + PartialEq>(
    name: &str,
    mine: Option<T>,
    size: Option<T>,
    kind_of: impl Fn(&T) -> Option<K>,
    defaults_of: impl Fn(K) -> Option<T>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let kind = mine.as_ref().and_then(&kind_of).or(size.as_ref().and_then(&kind_of));
    let Some(kind) = kind else {
        if mine.is_some() {
            problems.push(Problem::new(
                &format!("backends.{name}"),
                format!("this size has no {name} of its own, and the spec doesn't say which kind it means"),
                "add `kind`, or leave it out",
            ));
        }
        return None;
    };
    let size = size.filter(|size| kind_of(size) == Some(kind));
    let said = match (mine, size) {
        (Some(mine), Some(size)) => mine.or(size),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    Some(match defaults_of(kind) {
        Some(defaults) => said.or(defaults),
        None => said,
    })
}

fn finish_database(
    mut database: Database,
    asked: Option<bool>,
    size: Option<&Database>,
    architecture: &Architecture,
    components: &Components,
    problems: &mut Vec<Problem>,
) -> Database {
    let in_process = database.kind == Some(DatabaseKind::H2);
    if !in_process {
        // Another kind of server keeps the size's promise of a standby.
        database.multi_zone = database.multi_zone.or(match database.redundancy {
            Some(redundancy) => Some(redundancy == Redundancy::ManagedMultiZone),
            None => size.and_then(|size| size.multi_zone),
        });
    }
    if database.redundancy.is_none() && database.managed != Some(true) {
        // The size means the cloud's standby; who runs the servers has none until the spec says how.
        database.multi_zone = asked;
    }
    let multi_zone = database.multi_zone.unwrap_or(false);
    database.multi_zone = Some(multi_zone);
    check_redundancy(&database, problems);
    let natural = match (multi_zone, database.managed.unwrap_or(false)) {
        (true, true) => Redundancy::ManagedMultiZone,
        _ => Redundancy::None,
    };
    database.redundancy = database.redundancy.or(Some(natural));
    database.instances =
        database.instances.or_else(|| paired_with(architecture, components)).or(Some(Replicas::clamped(1)));
    database
}

fn check_redundancy(database: &Database, problems: &mut Vec<Problem>) {
    let managed = database.managed.unwrap_or(false);
    let multi_zone = database.multi_zone == Some(true);
    let contradiction = match database.redundancy {
        Some(Redundancy::ManagedMultiZone) if !managed => Some((
            "redundancy",
            "the cloud keeps a standby only of a database that it manages",
            "set `managed: true`, or name how your own servers do it",
        )),
        Some(Redundancy::ManagedMultiZone) if !multi_zone => Some((
            "multi_zone",
            "a managed standby is asked for, and `multi_zone: false` too",
            "keep one of the two",
        )),
        Some(Redundancy::None) if multi_zone => Some((
            "redundancy",
            "`multi_zone: true` asks for a standby, `redundancy: none` for no standby",
            "keep one of the two",
        )),
        None if multi_zone && !managed => Some((
            "multi_zone",
            "`multi_zone: true` is a standby that the cloud keeps, and this database is not managed by it",
            "set `managed: true`, or name how your own servers do it: `redundancy`",
        )),
        _ => None,
    };
    if let Some((field, message, hint)) = contradiction {
        problems.push(Problem::new(&format!("backends.database.{field}"), message, hint));
    }
}

/// A component that is paired with a database of its own wants one for each of it.
fn paired_with(architecture: &Architecture, components: &Components) -> Option<Replicas> {
    let paired = |(name, component): (&_, &crate::spec::Component)| {
        let documented = architecture.components.get(name)?;
        (documented.scaling == Scaling::Paired).then_some(component.replicas).flatten()
    };
    components.iter().find_map(paired).filter(|replicas| replicas.get() > 0)
}

#[cfg(test)]
mod tests {
    use crate::Source;
    use crate::spec::{SpecFile, to_yaml};

    fn octopus(database: &str) -> SpecFile {
        let text = format!(
            "deployment: a\nplatform: octopus\nsize: high-availability\n\
             cloud: {{ provider: azure, region: westeurope }}\nbackends: {{ database: {{ {database} }} }}\n"
        );
        SpecFile::parse(Source::new("spec.yaml", text)).expect("it reads")
    }

    #[test]
    fn a_database_of_ones_own_has_no_standby_of_the_cloud() {
        let topology = octopus("managed: false").resolve().expect("it can be built");
        let expanded = to_yaml(&topology.spec).expect("it can be written");
        let again = SpecFile::parse(Source::new("expanded.yaml", expanded)).expect("it reads");
        assert_eq!(again.resolve().expect("what was expanded can be built").spec, topology.spec);

        let refused =
            octopus("managed: false, multi_zone: true").resolve().expect_err("who keeps the standby?");
        assert!(refused.list[0].message.contains("not managed"), "{:?}", refused.list);
        let own = octopus("managed: false, multi_zone: true, redundancy: availability-group");
        assert!(own.resolve().is_ok());
    }
}

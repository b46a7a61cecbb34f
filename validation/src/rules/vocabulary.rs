//! Every quantity that a rule may ask for. To add one, add a line to one of the tables.

use provision_architecture::documented::{self, Scaling};
use provision_architecture::spec::{Alerting, ComponentName, Liveness, SecretReference, Traffic};
use provision_architecture::topology::{DatabaseTier, Group, Host, QueueTier, SearchTier, Topology, Zone};
use provision_architecture::values::{Duration, SysctlKey, Version};

use super::value::{Unknown, Value};

type Answer = Result<Value, Unknown>;

/// Something that can be asked of a topology.
pub struct Quantity {
    pub name: &'static str,
    pub about: &'static str,
    ask: Ask,
}

enum Ask {
    Whole(fn(&Topology) -> Answer),
    Component(fn(&Topology, ComponentName) -> Answer),
    Keyed(fn(&Topology, &str) -> Answer),
}

impl std::fmt::Debug for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Quantity {
    pub fn takes_argument(&self) -> bool {
        !matches!(self.ask, Ask::Whole(_))
    }

    pub fn ask(&self, topology: &Topology, argument: Option<&str>) -> Answer {
        match (&self.ask, argument) {
            (Ask::Whole(ask), _) => ask(topology),
            (Ask::Component(ask), Some(name)) => match ComponentName::from_word(name) {
                Some(component) => ask(topology, component),
                None => Err(Unknown(format!("components.{name}"))),
            },
            (Ask::Keyed(ask), Some(key)) => ask(topology, key),
            (_, None) => Err(Unknown(self.name.to_owned())),
        }
    }
}

pub fn find(name: &str) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|quantity| quantity.name == name)
}

pub fn names() -> impl Iterator<Item = &'static str> {
    QUANTITIES.iter().map(|quantity| quantity.name)
}

const fn whole(name: &'static str, about: &'static str, ask: fn(&Topology) -> Answer) -> Quantity {
    Quantity { name, about, ask: Ask::Whole(ask) }
}

const fn of(
    name: &'static str,
    about: &'static str,
    ask: fn(&Topology, ComponentName) -> Answer,
) -> Quantity {
    Quantity { name, about, ask: Ask::Component(ask) }
}

static QUANTITIES: &[Quantity] = &[
    // The deployment
    whole("platform", "the platform", |t| word(t.platform)),
    whole("size", "the size", |t| word(t.size)),
    whole("edition", "the edition, or `none`", |t| word_or_none(t.edition)),
    whole("runtime", "`machines` or `kubernetes`", |t| word(t.runtime)),
    whole("os", "the operating system", |t| word(t.os)),
    whole("provider", "the cloud", |t| word(t.provider)),
    whole("version", "the product's version", |t| Ok(Value::Version(t.version.clone()))),
    whole("highly_available", "whether the document calls this size highly available", |t| {
        truth(t.highly_available)
    }),
    whole("licence", "whether a licence is named", |t| truth(t.spec.licence.is_some())),
    whole("alerting", "whether anybody is told", |t| truth(alerting(t))),
    whole("alerting.pagerduty", "PagerDuty's key, as the spec names it", |t| {
        secret_name(t, "pagerduty", |alerting| alerting.pagerduty.as_ref())
    }),
    whole("alerting.victorops", "VictorOps' key, as the spec names it", |t| {
        secret_name(t, "victorops", |alerting| alerting.victorops.as_ref())
    }),
    whole("alerting.sender", "who sends alerts", |t| {
        let sender = t.spec.alerting.as_ref().and_then(|alerting| alerting.sender);
        word(sender.unwrap_or(provision_architecture::spec::AlertSender::Alertmanager))
    }),
    whole("storage.kind", "where shared files live", |t| word(t.storage)),
    whole("load_balancer.kind", "the load balancer, or `none`", |t| word_or_none(t.load_balancer)),
    whole("zones", "how many zones are used", |t| count(t.zones.len())),
    whole("hosts", "how many machines run components", |t| count(t.hosts())),
    whole("roles", "how many different components are present", |t| count(t.groups.len())),
    whole("polling_targets", "polling Tentacles", |t| {
        Ok(Value::Number(t.spec.polling_targets.map_or(0.0, |targets| number(targets.get()))))
    }),
    whole("host.detect_dead_peer_within", "seconds within which a dead peer must be noticed", |t| {
        let budget = t.spec.host.as_ref().and_then(|host| host.detect_dead_peer_within);
        seconds(budget, "host.detect_dead_peer_within")
    }),
    Quantity { name: "sysctl", about: "a kernel parameter as the spec sets it", ask: Ask::Keyed(sysctl) },
    // Components
    of("replicas", "how many of a component; 0 where it is absent", |t, c| {
        count(group(t, c).map_or(0, |g| g.instances.len()))
    }),
    of("least", "its smallest number", |t, c| {
        Ok(Value::Number(group(t, c).map_or(0.0, |g| number(g.least()))))
    }),
    of("most", "its largest number", |t, c| Ok(Value::Number(group(t, c).map_or(0.0, |g| number(g.most()))))),
    of("autoscaled", "whether its number moves by itself", |t, c| {
        truth(group(t, c).is_some_and(|g| g.autoscale.as_ref().is_some_and(|a| a.min != a.max)))
    }),
    of("fullest_zone", "how many of it stand in its fullest zone", |t, c| {
        count(group(t, c).map_or(0, |g| t.fullest_zone(&g.instances)))
    }),
    of("cpus", "processors of its machine", |t, c| host_number(t, c, |host| host.cpus)),
    of("memory_gib", "memory of its machine", |t, c| host_number(t, c, |host| host.memory_gib)),
    of("threads", "jobs that one of it runs at once", |t, c| group_number(t, c, "threads", |g| g.threads)),
    of("task_cap", "tasks that one of it runs at once", |t, c| {
        group_number(t, c, "task_cap", |g| g.task_cap)
    }),
    of("connections", "connections that one of it opens to the database", |t, c| {
        group_number(t, c, "connections", |g| g.connections)
    }),
    of("grace_period", "seconds before it is killed", |t, c| {
        seconds(group(t, c).and_then(|g| g.grace_period), &format!("components.{c}.grace_period"))
    }),
    of("drain", "seconds that it may take to finish its work", |t, c| {
        seconds(group(t, c).and_then(|g| g.drain), &format!("components.{c}.drain"))
    }),
    of("pinned", "whether its image always means the same", |t, c| {
        truth(group(t, c).is_none_or(|g| {
            g.image.as_ref().is_none_or(provision_architecture::values::ImageReference::is_pinned)
        }))
    }),
    // The database
    whole("database.kind", "the database, or `none`", |t| word_or_none(t.database.as_ref().map(|d| d.kind))),
    whole("database.version", "its version", |t| {
        version(t.database.as_ref().and_then(|d| d.version.as_ref()), "backends.database.version")
    }),
    whole("database.managed", "whether the cloud runs it", |t| {
        truth(t.database.as_ref().is_some_and(|d| d.managed))
    }),
    whole("database.multi_zone", "whether the cloud keeps a standby in another zone", |t| {
        truth(
            t.database
                .as_ref()
                .is_some_and(|d| d.redundancy == provision_architecture::spec::Redundancy::ManagedMultiZone),
        )
    }),
    whole("database.redundancy", "how it survives the loss of its server", |t| {
        word_or_none(t.database.as_ref().map(|d| d.redundancy))
    }),
    whole("database.redundant", "whether another server takes over", |t| {
        truth(t.database.as_ref().is_some_and(DatabaseTier::is_redundant))
    }),
    whole("database.instances", "how many databases", |t| {
        count(t.database.as_ref().map_or(0, |d| d.servers.len()))
    }),
    whole("database.max_connections", "connections that one accepts", |t| {
        database_number(t, "max_connections", |d| d.max_connections)
    }),
    whole("database.storage_gb", "the disk of one, in GB", |t| {
        database_number(t, "storage_gb", |d| d.storage_gb)
    }),
    whole("database.cpus", "processors of one", |t| database_host(t, |host| host.cpus)),
    whole("database.memory_gib", "memory of one", |t| database_host(t, |host| host.memory_gib)),
    whole("database.cpus_for_tasks", "processors that the sum of all task caps needs", |t| {
        sized(t, |row| row.cpus)
    }),
    whole("database.memory_for_tasks", "memory that the sum of all task caps needs", |t| {
        sized(t, |row| row.memory_gib)
    }),
    whole("connections.total", "connections that all components open together", |t| {
        let opened = |group: &Group| number(group.most()) * number(group.connections.unwrap_or(0));
        Ok(Value::Number(t.groups.iter().map(opened).sum()))
    }),
    whole(
        "connections.per_database",
        "connections that the component opens which has a database of its own",
        |t| {
            paired(t).and_then(|group| group.connections).map_or_else(
                || Err(Unknown("components.server.connections".to_owned())),
                |connections| Ok(Value::Number(number(connections))),
            )
        },
    ),
    // The queue
    whole("queue.kind", "the queue, `database`, or `none`", queue_kind),
    whole("queue.version", "its version", |t| {
        version(t.queue.as_ref().and_then(|q| q.version.as_ref()), "backends.queue.version")
    }),
    whole("queue.managed", "whether the cloud runs it", |t| {
        truth(t.queue.as_ref().is_some_and(|q| q.managed))
    }),
    whole("queue.racks", "whether brokers know their zone", |t| {
        truth(t.queue.as_ref().is_some_and(|q| q.racks))
    }),
    whole("queue.brokers", "how many brokers", |t| count(t.queue.as_ref().map_or(0, |q| q.brokers.len()))),
    whole("queue.controllers", "how many controllers", |t| {
        count(t.queue.as_ref().map_or(0, |q| q.controllers.len()))
    }),
    whole("queue.replication_factor", "copies of a partition", |t| {
        queue_number(t, "replication_factor", |q| q.replication_factor)
    }),
    whole("queue.min_insync_replicas", "copies that must have a write", |t| {
        queue_number(t, "min_insync_replicas", |q| q.min_insync_replicas)
    }),
    whole("queue.partitions", "partitions of a topic", |t| queue_number(t, "partitions", |q| q.partitions)),
    whole("queue.storage_gb", "the disk of one broker, in GB", |t| {
        queue_number(t, "storage_gb", |q| q.storage_gb)
    }),
    whole("queue.memory_gib", "memory of one broker", |t| {
        let memory = t.queue.as_ref().and_then(|q| q.machine.memory_gib);
        memory.map(Value::Number).ok_or_else(|| Unknown("backends.queue.machine".to_owned()))
    }),
    whole("queue.brokers_in_fullest_zone", "brokers in their fullest zone", |t| {
        in_fullest_zone(t, t.queue.as_ref().map(|q| q.brokers.as_slice()))
    }),
    whole("queue.controllers_in_fullest_zone", "controllers in their fullest zone", |t| {
        in_fullest_zone(t, t.queue.as_ref().map(|q| q.controllers.as_slice()))
    }),
    // The search cluster
    whole("search.kind", "the search cluster, or `none`", |t| {
        word_or_none(t.search.as_ref().map(|s| s.kind))
    }),
    whole("search.version", "its version", |t| {
        version(t.search.as_ref().and_then(|s| s.version.as_ref()), "backends.search.version")
    }),
    whole("search.managed", "whether the cloud runs it", |t| {
        truth(t.search.as_ref().is_some_and(|s| s.managed))
    }),
    whole("search.nodes", "data nodes", |t| search_count(t, |s| s.nodes.len())),
    whole("search.masters", "nodes set apart to be master", |t| search_count(t, |s| s.masters.len())),
    whole("search.replicas", "copies of a shard beside the first", |t| {
        search_count(t, |s| usize::try_from(s.replicas).unwrap_or(usize::MAX))
    }),
    whole("search.nodes_in_fullest_zone", "data nodes in their fullest zone", |t| {
        in_fullest_zone(t, t.search.as_ref().map(|s| s.nodes.as_slice()))
    }),
    whole("search.masters_in_fullest_zone", "masters in their fullest zone", |t| {
        in_fullest_zone(t, t.search.as_ref().map(|s| s.masters.as_slice()))
    }),
    // The load
    whole("traffic.peak_per_minute", "messages in the busiest minute", |t| {
        traffic(t, "peak_messages_per_minute", |traffic| {
            traffic.peak_messages_per_minute.map(|n| number(n.get()))
        })
    }),
    whole("traffic.peak_per_second", "messages in the busiest second", |t| {
        traffic(t, "peak_messages_per_minute", |traffic| {
            traffic.peak_messages_per_minute.map(|n| number(n.get()) / 60.0)
        })
    }),
    whole("traffic.message_bytes", "bytes of a message", |t| {
        traffic(t, "message_bytes", |traffic| traffic.message_bytes.map(|n| number(n.get())))
    }),
    whole("traffic.consumers", "groups that read each message", |t| {
        traffic(t, "consumers", |traffic| traffic.consumers.map(|n| number(n.get())))
    }),
    whole("traffic.destinations", "destinations of each event", |t| {
        traffic(t, "destinations", |traffic| traffic.destinations.map(|n| number(n.get())))
    }),
    whole("traffic.retention", "seconds that messages are kept", |t| {
        traffic(t, "retention", |traffic| traffic.retention.map(Duration::seconds))
    }),
    whole("traffic.per_replica", "messages that one replica carries in a second", |t| {
        traffic(t, "messages_per_second_per_replica", |traffic| {
            traffic.messages_per_second_per_replica.map(|n| number(n.get()))
        })
    }),
    whole("traffic.broker_megabytes_per_second", "what a broker's network carries each way", |t| {
        traffic(t, "broker_megabytes_per_second", |traffic| {
            traffic.broker_megabytes_per_second.map(|n| number(n.get()))
        })
    }),
    whole("traffic.warehouse", "whether a data warehouse is among the destinations", |t| {
        truth(t.spec.traffic.as_ref().and_then(|traffic| traffic.warehouse).unwrap_or(false))
    }),
    whole("traffic.order", "which order of events must be kept", |t| {
        let order = t.spec.traffic.as_ref().and_then(|traffic| traffic.order);
        order.map_or_else(|| Err(Unknown("traffic.order".to_owned())), word)
    }),
    // Kestra's liveness
    whole("liveness.heartbeat_interval", "seconds between two heartbeats", |t| {
        liveness(t, "heartbeat_interval", |it| it.heartbeat_interval)
    }),
    whole("liveness.timeout", "seconds of silence that mean death", |t| {
        liveness(t, "timeout", |it| it.timeout)
    }),
    whole("liveness.check_interval", "seconds between two looks", |t| {
        liveness(t, "check_interval", |it| it.check_interval)
    }),
    whole("liveness.initial_delay", "seconds that a new server is left alone", |t| {
        liveness(t, "initial_delay", |it| it.initial_delay)
    }),
    whole("liveness.termination_grace_period", "seconds that a stopping server may finish its work", |t| {
        liveness(t, "termination_grace_period", |it| it.termination_grace_period)
    }),
    whole("liveness.restart_strategy", "what becomes of a dead worker's jobs", |t| {
        word_or_none(t.spec.liveness.as_ref().and_then(|it| it.restart_strategy))
    }),
];

fn word(word: impl std::fmt::Display) -> Answer {
    Ok(Value::Word(word.to_string()))
}

fn word_or_none(found: Option<impl std::fmt::Display>) -> Answer {
    found.map_or_else(|| word("none"), word)
}

fn truth(truth: bool) -> Answer {
    Ok(Value::Truth(truth))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of a spec lie below 2^53")]
fn number(number: u64) -> f64 {
    number as f64
}

fn count(count: usize) -> Answer {
    Ok(Value::Number(number(count as u64)))
}

fn version(version: Option<&Version>, field: &str) -> Answer {
    version.cloned().map(Value::Version).ok_or_else(|| Unknown(field.to_owned()))
}

fn seconds(duration: Option<Duration>, field: &str) -> Answer {
    duration.map(|duration| Value::Number(duration.seconds())).ok_or_else(|| Unknown(field.to_owned()))
}

fn group(topology: &Topology, component: ComponentName) -> Option<&Group> {
    topology.group(component)
}

fn group_number(
    topology: &Topology,
    component: ComponentName,
    field: &str,
    read: fn(&Group) -> Option<u64>,
) -> Answer {
    group(topology, component)
        .and_then(read)
        .map(|found| Value::Number(number(found)))
        .ok_or_else(|| Unknown(format!("components.{component}.{field}")))
}

fn host_number(topology: &Topology, component: ComponentName, read: fn(&Host) -> Option<f64>) -> Answer {
    group(topology, component)
        .and_then(|group| read(&group.machine))
        .map(Value::Number)
        .ok_or_else(|| Unknown(format!("components.{component}.machine")))
}

fn database_number(topology: &Topology, field: &str, read: fn(&DatabaseTier) -> Option<u64>) -> Answer {
    topology
        .database
        .as_ref()
        .and_then(read)
        .map(|found| Value::Number(number(found)))
        .ok_or_else(|| Unknown(format!("backends.database.{field}")))
}

fn database_host(topology: &Topology, read: fn(&Host) -> Option<f64>) -> Answer {
    topology
        .database
        .as_ref()
        .and_then(|database| read(&database.machine))
        .map(Value::Number)
        .ok_or_else(|| Unknown("backends.database.machine".to_owned()))
}

/// What the documents' table asks of the database for the sum of all task caps.
fn sized(topology: &Topology, read: fn(&documented::SizingRow) -> f64) -> Answer {
    let tasks: u64 = topology.groups.iter().map(|group| group.most() * group.task_cap.unwrap_or(0)).sum();
    documented::architecture(topology.platform)
        .sizing
        .as_ref()
        .and_then(|sizing| sizing.databases.iter().find(|row| row.tasks.get() >= tasks))
        .map(|row| Value::Number(read(row)))
        .ok_or_else(|| Unknown(format!("a row for {tasks} tasks in the documents' table")))
}

/// The group whose every instance has a database of its own.
fn paired(topology: &Topology) -> Option<&Group> {
    let components = &documented::architecture(topology.platform).components;
    topology.groups.iter().find(|group| components[&group.component].scaling == Scaling::Paired)
}

fn queue_kind(topology: &Topology) -> Answer {
    let asked = topology.spec.backends.as_ref().and_then(|backends| backends.queue.as_ref()?.kind);
    word_or_none(asked)
}

fn queue_number(topology: &Topology, field: &str, read: fn(&QueueTier) -> Option<u64>) -> Answer {
    topology
        .queue
        .as_ref()
        .and_then(read)
        .map(|found| Value::Number(number(found)))
        .ok_or_else(|| Unknown(format!("backends.queue.{field}")))
}

fn search_count(topology: &Topology, read: fn(&SearchTier) -> usize) -> Answer {
    count(topology.search.as_ref().map_or(0, read))
}

fn in_fullest_zone(topology: &Topology, zones: Option<&[Zone]>) -> Answer {
    count(zones.map_or(0, |zones| topology.fullest_zone(zones)))
}

fn traffic(topology: &Topology, field: &str, read: fn(&Traffic) -> Option<f64>) -> Answer {
    topology
        .spec
        .traffic
        .as_ref()
        .and_then(read)
        .map(Value::Number)
        .ok_or_else(|| Unknown(format!("traffic.{field}")))
}

fn liveness(topology: &Topology, field: &str, read: fn(&Liveness) -> Option<Duration>) -> Answer {
    seconds(topology.spec.liveness.as_ref().and_then(read), &format!("liveness.{field}"))
}

fn alerting(topology: &Topology) -> bool {
    topology.spec.alerting.as_ref().is_some_and(|alerting| {
        alerting.pagerduty.is_some()
            || alerting.victorops.is_some()
            || alerting.email.is_some()
            || alerting.webhook.is_some()
    })
}

fn secret_name(topology: &Topology, field: &str, read: fn(&Alerting) -> Option<&SecretReference>) -> Answer {
    let named = topology.spec.alerting.as_ref().and_then(read);
    named.map_or_else(|| Err(Unknown(format!("alerting.{field}"))), |secret| word(secret.name()))
}

fn sysctl(topology: &Topology, key: &str) -> Answer {
    let field = || Unknown(format!("host.sysctl.{key}"));
    let key = SysctlKey::try_from(key).map_err(|_| field())?;
    let value = topology.spec.host.as_ref().and_then(|host| host.sysctl.get(&key)).ok_or_else(field)?;
    Ok(value.as_str().parse().map_or_else(|_| Value::Word(value.to_string()), Value::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        let mut seen: Vec<&str> = names().collect();
        seen.sort_unstable();
        let before = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), before);
    }
}

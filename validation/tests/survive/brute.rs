//! Against brute force: a second, naive way to say whether a capability stands. It knows no classes and no counts:
//! every machine, server, volume and zone is a thing of its own, and every placement of copies is written out.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::{ProptestConfig, any, proptest};
use provision_architecture::spec::{
    Backends, ComponentName, DatabaseKind, Number, Platform, Provider, QueueKind, Replicas, Size, Spec,
    StorageKind, Zones,
};
use provision_architecture::values::Duration;
use provision_architecture::{Source, SpecFile, Topology, resolve};
use provision_validation::survive::{Options, Report, Timers, survive};

use super::common::*;

/// A thing that fails by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    Zone(usize),
    WayOut(usize),
    LoadBalancer,
    Files,
    Instance(ComponentName, usize),
    Primary(usize),
    Standby(usize),
    Volume(usize),
    Broker(usize),
    Controller(usize),
    SearchNode(usize),
    SearchMaster(usize),
}

/// The deployment, thing by thing.
pub(crate) struct Naive<'t> {
    topology: &'t Topology,
    pub(crate) things: Vec<Thing>,
    /// Every way to place the copies of one partition, and of one shard.
    partitions: Vec<Vec<usize>>,
    shards: Vec<Vec<usize>>,
}

impl<'t> Naive<'t> {
    pub(crate) fn new(topology: &'t Topology) -> Self {
        let queue = topology.queue.as_ref().filter(|queue| queue.kind == QueueKind::Kafka);
        let partitions = queue.map(|queue| {
            let copies = queue.replication_factor.unwrap_or(1);
            placements(&queue.brokers, usize::try_from(copies).unwrap(), queue.racks)
        });
        let shards = topology
            .search
            .as_ref()
            .map(|search| placements(&search.nodes, usize::try_from(search.replicas + 1).unwrap(), true));
        let things = things(topology);
        Self {
            topology,
            things,
            partitions: partitions.unwrap_or_default(),
            shards: shards.unwrap_or_default(),
        }
    }

    pub(crate) fn stands(&self, capability: &str, dead: &dyn Fn(Thing) -> bool) -> bool {
        use ComponentName::{
            Controller, Execution, Executor, Indexer, Job, Scheduler, Server, Transformer, Webserver, Worker,
        };
        let balanced = self.topology.load_balancer.is_none() || !dead(Thing::LoadBalancer);
        let files = self.topology.storage != StorageKind::SharedFiles || !dead(Thing::Files);
        let (database, queue) = (self.database(dead), self.queue(dead));
        let any = |component, outbound| self.any(component, outbound, dead);
        let backed = database && queue;
        match (self.topology.platform, capability) {
            (Platform::Kestra, "ui") => balanced && backed && self.search(dead) && any(Webserver, false),
            (Platform::Kestra, "log-search") => {
                balanced && backed && self.search(dead) && any(Webserver, false) && any(Indexer, false)
            }
            // Executions go on while the repository is away (Kestra, server components).
            (Platform::Kestra, "scheduling") => backed && any(Scheduler, false),
            (Platform::Kestra, "execution") => {
                let controlled = self.topology.version.parts()[0] < 2 || any(Controller, false);
                backed && any(Executor, false) && any(Worker, true) && controlled
            }
            (Platform::Rudderstack, "ingest") => balanced && self.any_shard(false, dead),
            (Platform::Rudderstack, "delivery") => self.any_shard(true, dead) && any(Transformer, false),
            (Platform::Rudderstack, "order") => self.count(Server) == 1,
            (Platform::Octopus, "web") => balanced && database && files && any(Server, false),
            (Platform::Octopus, "deployments") => database && files && any(Server, true),
            (Platform::Octopus, "polling-targets") => database && files && any(Server, false) && queue,
            (Platform::EventPlatform, "input") => queue,
            (Platform::EventPlatform, "execution") => {
                queue && any(Execution, false) && (self.count(Job) == 0 || any(Job, false))
            }
            (Platform::EventPlatform, "output") => queue && any(Execution, false),
            other => panic!("{other:?}"),
        }
    }

    fn count(&self, component: ComponentName) -> usize {
        self.topology.group(component).map_or(0, |group| group.instances.len())
    }

    /// Any instance of a component, or of what does its work where it has none.
    fn any(&self, component: ComponentName, outbound: bool, dead: &dyn Fn(Thing) -> bool) -> bool {
        let host = match component {
            ComponentName::Indexer | ComponentName::Controller => ComponentName::Webserver,
            component => component,
        };
        let own = [component, host, ComponentName::Standalone].into_iter().find(|it| self.count(*it) > 0);
        let Some(group) = own.and_then(|it| self.topology.group(it)) else { return false };
        group.instances.iter().enumerate().any(|(number, zone)| {
            let cut_off = outbound && dead(Thing::WayOut(*zone));
            !cut_off && !dead(Thing::Instance(group.component, number)) && !dead(Thing::Zone(*zone))
        })
    }

    fn database(&self, dead: &dyn Fn(Thing) -> bool) -> bool {
        let Some(database) = &self.topology.database else { return true };
        (0..database.servers.len()).all(|number| self.server(number, dead))
    }

    fn server(&self, number: usize, dead: &dyn Fn(Thing) -> bool) -> bool {
        let database = self.topology.database.as_ref().unwrap();
        let server = &database.servers[number];
        let primary =
            !dead(Thing::Primary(number)) && !dead(Thing::Zone(server.zone)) && !dead(Thing::Volume(number));
        let standby =
            server.standby.is_some_and(|zone| !dead(Thing::Standby(number)) && !dead(Thing::Zone(zone)));
        primary || standby
    }

    /// RudderStack: any server with its own database; a lost volume is lost data.
    fn any_shard(&self, outbound: bool, dead: &dyn Fn(Thing) -> bool) -> bool {
        let group = self.topology.group(ComponentName::Server).unwrap();
        let databases = self.topology.database.as_ref().map_or(0, |database| database.servers.len());
        if databases < group.instances.len() {
            return false;
        }
        let lost = (0..group.instances.len()).any(|number| dead(Thing::Volume(number)));
        let works = |(number, zone): (usize, &usize)| {
            let cut_off = outbound && dead(Thing::WayOut(*zone));
            let up = !dead(Thing::Instance(ComponentName::Server, number)) && !dead(Thing::Zone(*zone));
            up && !cut_off && self.server(number, dead)
        };
        !lost && group.instances.iter().enumerate().any(works)
    }

    fn queue(&self, dead: &dyn Fn(Thing) -> bool) -> bool {
        let Some(queue) = &self.topology.queue else { return true };
        let copies = queue.replication_factor.unwrap_or(1);
        let impossible = copies == 0
            || copies > queue.brokers.len() as u64
            || queue.min_insync_replicas.unwrap_or(1) > copies
            || queue.brokers.is_empty();
        if queue.kind == QueueKind::Kafka && impossible {
            return false;
        }
        let alive = |zones: &[usize], thing: fn(usize) -> Thing| {
            zones
                .iter()
                .enumerate()
                .filter(|(number, zone)| !dead(thing(*number)) && !dead(Thing::Zone(**zone)))
                .count()
        };
        let majority = |zones: &[usize], thing| zones.is_empty() || 2 * alive(zones, thing) > zones.len();
        let needed = usize::try_from(queue.min_insync_replicas.unwrap_or(1)).unwrap().max(1);
        let broker =
            |number: &&usize| !dead(Thing::Broker(**number)) && !dead(Thing::Zone(queue.brokers[**number]));
        match queue.kind {
            QueueKind::Kafka => {
                let written =
                    self.partitions.iter().all(|copies| copies.iter().filter(broker).count() >= needed);
                let led = match (queue.managed, queue.controllers.is_empty()) {
                    (true, true) => true,
                    (false, true) => majority(&queue.brokers, Thing::Broker),
                    _ => majority(&queue.controllers, Thing::Controller),
                };
                written && led
            }
            QueueKind::Amqp => majority(&queue.brokers, Thing::Broker),
            QueueKind::Redis => alive(&queue.brokers, Thing::Broker) > 0,
            _ => true,
        }
    }

    fn search(&self, dead: &dyn Fn(Thing) -> bool) -> bool {
        let Some(search) = &self.topology.search else { return true };
        let node =
            |number: &usize| !dead(Thing::SearchNode(*number)) && !dead(Thing::Zone(search.nodes[*number]));
        let copied = self.shards.iter().all(|copies| copies.iter().any(node));
        let (masters, thing): (_, fn(usize) -> Thing) = match search.masters.is_empty() {
            true => (&search.nodes, Thing::SearchNode),
            false => (&search.masters, Thing::SearchMaster),
        };
        let alive =
            masters.iter().enumerate().filter(|(at, zone)| !dead(thing(*at)) && !dead(Thing::Zone(**zone)));
        copied && 2 * alive.count() > masters.len()
    }
}

fn things(topology: &Topology) -> Vec<Thing> {
    let mut things: Vec<Thing> = (0..topology.zones.len()).map(Thing::Zone).collect();
    // Google's way out of the network belongs to the region.
    if topology.platform != Platform::EventPlatform && topology.provider != Provider::Google {
        things.extend((0..topology.zones.len()).map(Thing::WayOut));
    }
    things.extend(topology.load_balancer.map(|_| Thing::LoadBalancer));
    things.extend((topology.storage == StorageKind::SharedFiles).then_some(Thing::Files));
    for group in &topology.groups {
        things.extend((0..group.instances.len()).map(|number| Thing::Instance(group.component, number)));
    }
    if let Some(database) = &topology.database {
        for (number, server) in database.servers.iter().enumerate() {
            let in_process = database.kind == DatabaseKind::H2;
            things.extend((!in_process).then_some(Thing::Primary(number)));
            things.extend(server.standby.map(|_| Thing::Standby(number)));
            things.extend(
                (in_process || server.standby.is_none() && !database.managed)
                    .then_some(Thing::Volume(number)),
            );
        }
    }
    if let Some(queue) = &topology.queue {
        things.extend((0..queue.brokers.len()).map(Thing::Broker));
        things.extend((0..queue.controllers.len()).map(Thing::Controller));
    }
    if let Some(search) = &topology.search {
        things.extend((0..search.nodes.len()).map(Thing::SearchNode));
        things.extend((0..search.masters.len()).map(Thing::SearchMaster));
    }
    things
}

/// Every set of nodes that may hold the copies: with racks those that crowd the zones least.
fn placements(nodes: &[usize], copies: usize, racks: bool) -> Vec<Vec<usize>> {
    let all = subsets(nodes.len(), copies.min(nodes.len()));
    if !racks {
        return all;
    }
    let crowding = |set: &Vec<usize>| -> usize {
        (0..8).map(|zone| set.iter().filter(|node| nodes[**node] == zone).count().pow(2)).sum()
    };
    let least = all.iter().map(crowding).min().unwrap();
    all.into_iter().filter(|set| crowding(set) == least).collect()
}

fn subsets(n: usize, k: usize) -> Vec<Vec<usize>> {
    if k == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: usize| {
        subsets(last, k - 1).into_iter().map(move |mut set| {
            set.push(last);
            set
        })
    };
    (k - 1..n).flat_map(with_last).collect()
}

/// How long each kind of thing lasts and takes to mend, in hours; each kind its own, and all of them bad, so that
/// every state weighs something.
const HOURS: [(&str, u64); 21] = [
    ("machine-fails-every", 9),
    ("machine-detection", 1),
    ("machine-launch", 0),
    ("volume-attachment", 0),
    ("process-start", 0),
    ("node-detection", 1),
    ("pod-eviction", 0),
    ("volume-force-detach", 0),
    ("pod-start", 0),
    ("zone-fails-every", 12),
    ("zone-outage", 2),
    ("way-out-fails-every", 11),
    ("way-out-outage", 2),
    ("database-server-fails-every", 13),
    ("database-restart", 3),
    ("standby-rebuild", 3),
    ("volume-fails-every", 17),
    ("backup-restore", 1),
    ("load-balancer-fails-every", 8),
    ("load-balancer-outage", 1),
    ("files-fail-every", 19),
];

pub(crate) fn bad_times(topology: &Topology, order: usize) -> Options {
    let hour = |(name, hours): &(&str, u64)| ((*name).to_owned(), Duration::from_seconds(hours * 3_600));
    let mut set: provision_validation::survive::Overrides = HOURS.iter().map(hour).collect();
    set.insert("files-outage".to_owned(), Duration::from_seconds(3_600));
    set.insert("database-start".to_owned(), Duration::from_seconds(2 * 3_600));
    set.insert("hung-connection".to_owned(), Duration::from_seconds(0));
    let _ = topology;
    Options { order, set, improvements: false, ..Options::default() }
}

/// How much of the time a thing is away with these times.
pub(crate) fn away(thing: Thing) -> f64 {
    match thing {
        Thing::Zone(_) => 2.0 / 14.0,
        Thing::WayOut(_) => 2.0 / 13.0,
        Thing::LoadBalancer => 1.0 / 9.0,
        Thing::Files => 1.0 / 20.0,
        Thing::Primary(_) | Thing::Standby(_) => 3.0 / 16.0,
        Thing::Volume(_) => 1.0 / 18.0,
        _ => 1.0 / 10.0,
    }
}

/// A million states.
const MOST_THINGS: usize = 20;

/// The exact availability, state by state.
fn available(naive: &Naive, capability: &str) -> f64 {
    let things = &naive.things;
    assert!(things.len() <= MOST_THINGS, "{} things are too many to go through every state", things.len());
    let at = |thing: Thing| things.iter().position(|known| *known == thing);
    let mut total = 0.0;
    for state in 0u32..1 << things.len() {
        let is_dead = |index: usize| state & (1 << index) != 0;
        let dead = |thing: Thing| at(thing).is_some_and(is_dead);
        if naive.stands(capability, &dead) {
            let chance = |(index, thing): (usize, &Thing)| {
                if is_dead(index) { away(*thing) } else { 1.0 - away(*thing) }
            };
            total += things.iter().enumerate().map(chance).product::<f64>();
        }
    }
    total
}

/// The minimal cut sets of each order up to this one, found by trying every set.
fn cuts(naive: &Naive, capability: &str, order: usize) -> Vec<usize> {
    let cut = |set: &[usize]| {
        let dead: BTreeSet<Thing> = set.iter().map(|index| naive.things[*index]).collect();
        !naive.stands(capability, &|thing| dead.contains(&thing))
    };
    let minimal = |set: &Vec<usize>| {
        cut(set)
            && (0..set.len()).all(|left_out| {
                let rest: Vec<usize> =
                    set.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, it)| *it).collect();
                !cut(&rest)
            })
    };
    (1..=order)
        .map(|size| subsets(naive.things.len(), size).iter().filter(|set| minimal(set)).count())
        .collect()
}

fn counted(report: &Report, capability: &str, order: usize) -> Vec<usize> {
    let sets = report.cut_sets.iter().find(|sets| sets.capability == capability).unwrap();
    let crashes = |set: &&provision_validation::survive::CutSet| {
        !set.failures.iter().any(|says| says.contains("keeps crashing"))
    };
    let of_order = |size: usize| {
        sets.sets.iter().filter(crashes).filter(|set| set.order == size).map(|set| set.count).sum::<u64>()
    };
    (1..=order).map(|size| usize::try_from(of_order(size)).unwrap()).collect()
}

fn agree(topology: &Topology, order: usize, every_state: bool) {
    let naive = Naive::new(topology);
    let report = survive(topology, &Timers::of(topology), &bad_times(topology, order)).unwrap();
    for (capability, availability) in report.capabilities.iter().zip(&report.availability) {
        let name = &capability.name;
        let label = format!("{} {} {name}: {:?}", topology.platform, topology.size, naive.things);
        if !naive.stands(name, &|_| false) {
            assert_eq!(availability.available, 0.0, "{label}");
            continue;
        }
        assert_eq!(counted(&report, name, order), cuts(&naive, name, order), "{label}");
        if every_state {
            let exact = available(&naive, name);
            assert!(
                (availability.available - exact).abs() < 1e-12,
                "{label}: {} {exact}",
                availability.available
            );
        }
    }
}

const KESTRA: &str = "platform: kestra\n";

/// Every state of every size of the documents, scaled down until all states can be gone through.
#[test]
fn small_deployments_agree_with_brute_force_over_all_states() {
    let kestra = |version: &str, rest: &str| format!("{KESTRA}version: \"{version}\"\n{rest}");
    let cases: Vec<(u8, String)> = vec![
        (1, kestra("0.18", "size: small\n")),
        (1, kestra("0.18", "size: small\nbackends: { database: { kind: h2 } }\nstorage: { kind: local }\n")),
        (1, kestra("2.0", "size: small\n")),
        (1, kestra("0.18", "size: medium\n")),
        (2, kestra("1.3", "size: medium\ncomponents: { webserver: { replicas: 2 } }\n")),
        (2, kestra("2.0", "size: medium\nbackends: { database: { multi_zone: true } }\n")),
        (3, kestra("1.3", "size: small\nbackends: { database: { managed: false } }\n")),
        (
            2,
            kestra(
                "1.3",
                "size: high-availability\ncomponents: { webserver: { replicas: 1 }, executor: { replicas: 1 }, scheduler: { replicas: 1 }, indexer: { replicas: 0 }, worker: { replicas: 2 } }\n\
                 backends: { search: { nodes: 2, masters: 0 }, queue: { brokers: 3, controllers: 0 } }\n",
            ),
        ),
        (2, "platform: rudderstack\nsize: multi-zone\n".to_owned()),
        (
            2,
            "platform: rudderstack\nsize: multi-zone\ncomponents: { server: { replicas: 3 } }\n\
             backends: { database: { managed: false, multi_zone: false } }\n"
                .to_owned(),
        ),
        (2, "platform: octopus\nedition: professional\nsize: high-availability\n".to_owned()),
        (1, "platform: octopus\nedition: professional\nsize: single-server\n".to_owned()),
        (3, events_with("brokers: 3, controllers: 3, racks: true, managed: false")),
        (2, events_with("brokers: 4, controllers: 3, racks: true, managed: false")),
        (3, events_with("brokers: 5, controllers: 0, racks: true, managed: false")),
        (3, events_with("brokers: 4, controllers: 4, racks: false, managed: false")),
    ];
    for (zones, fields) in cases {
        agree(&in_zones(zones, &fields), 3, true);
    }
}

fn events_with(queue: &str) -> String {
    format!(
        "platform: event-platform\nsize: high-availability\ncomponents: {{ execution: {{ replicas: 2 }} }}\n\
         backends: {{ queue: {{ {queue}, replication_factor: 3, min_insync_replicas: 2 }} }}\n"
    )
}

/// The sizes as the documents have them: too many states, but not too many sets of up to three failures.
#[test]
fn documented_sizes_agree_with_every_set_of_three() {
    let cases = [
        (3, "platform: kestra\nversion: \"1.3\"\nsize: high-availability\n"),
        (3, "platform: kestra\nversion: \"2.0\"\nsize: high-availability\n"),
        (3, "platform: rudderstack\nsize: multi-zone\n"),
        (2, "platform: octopus\nedition: professional\nsize: high-availability\n"),
        (3, "platform: event-platform\nsize: high-availability\n"),
    ];
    for (zones, fields) in cases {
        agree(&in_zones(zones, fields), 3, false);
    }
}

/// Every example of the repository, good and broken, as it is and scaled down.
#[test]
fn the_examples_agree_with_brute_force() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut seen = 0;
    for folder in [root.clone(), root.join("broken")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let source = Source::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
            let spec = SpecFile::parse(source)
                .unwrap_or_else(|problems| panic!("{path:?}: {:?}", problems.list))
                .spec;
            agree(&resolve(&spec).unwrap(), 2, false);
            let small = resolve(&scaled_down(&spec)).unwrap();
            // Clusters on machines of one's own don't shrink enough for every state.
            let every_state = Naive::new(&small).things.len() <= MOST_THINGS;
            agree(&small, 3, every_state);
            seen += usize::from(every_state);
        }
    }
    assert!(seen >= 16, "only {seen} examples went through every state");
}

/// The same shape with as little of everything as it takes to go through every state.
fn scaled_down(spec: &Spec) -> Spec {
    let one = topology("platform: kestra\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\ncomponents: { worker: { replicas: 1 } }\n")
        .spec.components[&ComponentName::Worker].clone();
    let mut small = spec.clone();
    if small.cloud.network.is_none() {
        let zones = small.cloud.zones.as_ref().map_or(2, Zones::count).min(2);
        small.cloud.zones = Some(Zones::Count(Number::clamped(zones as u64)));
    }
    let most = |count: &mut Option<Replicas>, most: u64| {
        *count =
            Some(count.map_or(Replicas::clamped(most), |count| Replicas::clamped(count.get().min(most))));
    };
    for component in small.components.values_mut() {
        component.autoscale = None;
        most(&mut component.replicas, 2);
    }
    let split = !spec.components.contains_key(&ComponentName::Standalone);
    if split && small.size == Size::HighAvailability && small.platform == Platform::Kestra {
        for name in ["webserver", "executor", "scheduler", "indexer", "worker"] {
            let name = ComponentName::from_word(name).unwrap();
            let component = small.components.entry(name).or_insert_with(|| one.clone());
            component.autoscale = None;
            component.replicas = Some(Replicas::clamped(1));
        }
    }
    let backends = small.backends.get_or_insert(Backends { database: None, queue: None, search: None });
    if let Some(queue) = &mut backends.queue {
        most(&mut queue.brokers, 3);
        queue.controllers = Some(Replicas::clamped(0));
    }
    if let Some(search) = &mut backends.search {
        most(&mut search.nodes, 2);
        search.masters = Some(Replicas::clamped(0));
    }
    small
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any Kafka, sensible or not, over any zones.
    #[test]
    fn any_queue_agrees_with_brute_force(
        zones in 1u8..=3, brokers in 0u8..=6, controllers in 0u8..=4, factor in 0u8..=4, in_sync in 0u8..=3,
        racks in any::<bool>(), managed in any::<bool>(), executions in 1u8..=3, jobs in 0u8..=2,
    ) {
        let fields = format!(
            "platform: event-platform\nsize: high-availability\n\
             components: {{ execution: {{ replicas: {executions} }}, job: {{ replicas: {jobs} }} }}\n\
             backends: {{ queue: {{ brokers: {brokers}, controllers: {controllers}, racks: {racks}, managed: {managed}, \
             replication_factor: {factor}, min_insync_replicas: {in_sync} }} }}\n"
        );
        let topology = in_zones(zones, &fields);
        let every_state = Naive::new(&topology).things.len() <= 12;
        agree(&topology, 3, every_state);
    }

    /// Any number of paired servers and databases, with and without standbys and volumes of their own.
    #[test]
    fn any_pairing_agrees_with_brute_force(
        zones in 1u8..=3, servers in 1u8..=4, databases in 1u8..=4, transformers in 1u8..=2, managed in any::<bool>(), standby in any::<bool>(),
    ) {
        let fields = format!(
            "platform: rudderstack\nsize: multi-zone\n\
             components: {{ server: {{ replicas: {servers} }}, transformer: {{ replicas: {transformers} }} }}\n\
             backends: {{ database: {{ managed: {managed}, multi_zone: {}, instances: {databases} }} }}\n",
            managed && standby,
        );
        let topology = in_zones(zones, &fields);
        // Databases beyond the servers' number are nobody's.
        if databases <= servers {
            let every_state = Naive::new(&topology).things.len() <= 13;
            agree(&topology, 2, every_state);
        }
    }
}

//! The spec: which platform, at which size, in which cloud. What is left out has a documented default.

mod check;
pub(crate) mod declare;
pub(crate) mod read;
mod secret;
pub mod shape;
mod zones;

use std::collections::BTreeMap;

use declare::{fields, words};
pub use secret::{SecretReference, SecretStore};
pub use zones::Zones;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use crate::topology::Topology;
use crate::values::{
    Address, Cidr, Date, DeploymentName, Duration, HostName, Identifier, ImageReference, LedgerLocation,
    MachineType, Objective, Region, RuleId, SysctlKey, SysctlValue, TagKey, TagValue, Text, Version,
    ZoneName,
};
use crate::yaml::{self, Node};
use read::{Read, Reader};

words! {
    /// The platforms whose documented architectures are known.
    pub enum Platform {
        /// Kestra, the workflow orchestrator.
        Kestra = "kestra",
        /// RudderStack's data plane.
        Rudderstack = "rudderstack",
        /// Octopus Deploy Server.
        Octopus = "octopus",
        /// An event-driven platform on Kafka whose executions are clustered.
        EventPlatform = "event-platform",
    }

    /// The product's editions.
    pub enum Edition {
        /// Kestra's open-source edition.
        OpenSource = "open-source",
        /// Octopus' Professional licence.
        Professional = "professional",
        /// The Enterprise edition or licence.
        Enterprise = "enterprise",
    }

    /// The documented sizes.
    pub enum Size {
        /// Kestra: one standalone process and a database.
        Small = "small",
        /// Kestra: separate components that share a database.
        Medium = "medium",
        /// RudderStack: all nodes in one availability zone.
        SingleZone = "single-zone",
        /// RudderStack: nodes in several availability zones.
        MultiZone = "multi-zone",
        /// Octopus: one server node.
        SingleServer = "single-server",
        /// No single point of failure.
        HighAvailability = "high-availability",
    }

    /// What the components run on.
    pub enum Runtime {
        /// Virtual machines in groups that replace what dies.
        Machines = "machines",
        /// A managed Kubernetes cluster.
        Kubernetes = "kubernetes",
    }

    /// The operating system of the hosts.
    pub enum OperatingSystem {
        /// Linux.
        Linux = "linux",
        /// Windows.
        Windows = "windows",
    }

    /// The clouds.
    pub enum Provider {
        /// Amazon Web Services.
        Aws = "aws",
        /// Google Cloud.
        Google = "google",
        /// Microsoft Azure.
        Azure = "azure",
    }

    /// The components of the platforms.
    pub enum ComponentName {
        /// Kestra: every role in one process.
        Standalone = "standalone",
        /// Kestra: API and user interface.
        Webserver = "webserver",
        /// Kestra: moves executions from state to state.
        Executor = "executor",
        /// Kestra: evaluates schedules and triggers.
        Scheduler = "scheduler",
        /// Kestra: runs the tasks.
        Worker = "worker",
        /// Kestra: moves what happened into the repository.
        Indexer = "indexer",
        /// Kestra 2: the workers' only contact.
        Controller = "controller",
        /// RudderStack's and Octopus' server.
        Server = "server",
        /// RudderStack: turns events into each destination's form.
        Transformer = "transformer",
        /// The event platform: the clustered executions.
        Execution = "execution",
        /// The event platform: run-time jobs, apart from everything else.
        Job = "job",
    }

    /// Databases.
    pub enum DatabaseKind {
        /// PostgreSQL.
        Postgres = "postgres",
        /// MySQL.
        Mysql = "mysql",
        /// H2, inside the process: for trying things out.
        H2 = "h2",
        /// Microsoft SQL Server.
        Sqlserver = "sqlserver",
        /// Azure SQL Database.
        AzureSql = "azure-sql",
    }

    /// How a database survives the loss of its server.
    pub enum Redundancy {
        /// The cloud keeps a standby in another zone.
        ManagedMultiZone = "managed-multi-zone",
        /// A SQL Server Always On availability group.
        AvailabilityGroup = "availability-group",
        /// A SQL Server failover cluster instance.
        FailoverCluster = "failover-cluster",
        /// SQL Server database mirroring.
        Mirroring = "mirroring",
        /// SQL Server replication.
        Replication = "replication",
        /// SQL Server log shipping.
        LogShipping = "log-shipping",
        /// It does not.
        None = "none",
    }

    /// What carries work between the components.
    pub enum QueueKind {
        /// The database itself.
        Database = "database",
        /// Apache Kafka.
        Kafka = "kafka",
        /// An AMQP broker such as RabbitMQ.
        Amqp = "amqp",
        /// Redis.
        Redis = "redis",
        /// Google Cloud Pub/Sub.
        Pubsub = "pubsub",
    }

    /// Search clusters.
    pub enum SearchKind {
        /// Elasticsearch.
        Elasticsearch = "elasticsearch",
        /// OpenSearch.
        Opensearch = "opensearch",
    }

    /// Where files live that more than one process needs.
    pub enum StorageKind {
        /// The cloud's object storage.
        Object = "object",
        /// A file system that all nodes mount.
        SharedFiles = "shared-files",
        /// A disk of one machine.
        Local = "local",
    }

    /// Load balancers.
    pub enum LoadBalancerKind {
        /// Reads HTTP: can end TLS and redirect.
        Application = "application",
        /// Passes TCP through.
        Network = "network",
        /// There is none.
        None = "none",
    }

    /// What Kestra does with the jobs of a dead worker.
    pub enum RestartStrategy {
        /// Run them again as soon as the worker is declared dead.
        Immediately = "immediately",
        /// Run them again once the worker's grace period is over.
        AfterTerminationGracePeriod = "after-termination-grace-period",
        /// Never run them again.
        Never = "never",
    }

    /// Which order of events must be kept.
    pub enum EventOrder {
        /// Events of one user arrive in the order they were sent.
        PerUser = "per-user",
        /// Any order will do.
        Any = "any",
    }

    /// Who sends alerts.
    pub enum AlertSender {
        /// Prometheus Alertmanager, which is rendered along.
        Alertmanager = "alertmanager",
        /// The product's own alert provider.
        Product = "product",
    }
}

fields! {
    /// A deployment: which platform, at which size, in which cloud.
    pub struct Spec {
        /// The deployment's name, part of the name of everything that is made; fixed for its life.
        deployment: DeploymentName,
        /// The platform.
        platform: Platform,
        /// The product's version: it selects which documented rules hold.
        version: Option<Version>,
        /// The product's edition or licence.
        edition: Option<Edition>,
        /// The size, in the words of the vendor's documents.
        size: Size,
        /// What the components run on.
        runtime: Option<Runtime>,
        /// The cloud.
        cloud: Cloud,
        /// The operating system of the hosts.
        os: Option<OperatingSystem>,
        /// The components: how many, on which machines.
        components: BTreeMap<ComponentName, Component>,
        /// Database, queue and search.
        backends: Option<Backends>,
        /// Where files live that more than one process needs.
        storage: Option<Storage>,
        /// How users reach it.
        load_balancer: Option<LoadBalancer>,
        /// Octopus: how many polling Tentacles there are.
        polling_targets: Option<Count>,
        /// Kestra: how dead servers are noticed and what becomes of their jobs.
        liveness: Option<Liveness>,
        /// A registry to take the product's images from, in place of the vendor's.
        registry: Option<ImageReference>,
        /// The product's licence.
        licence: Option<SecretReference>,
        /// Where the team's lock and history live.
        ledger: Option<LedgerLocation>,
        /// What must hold when something fails.
        objectives: Vec<Objective>,
        /// How much it has to carry: what the capacity rules calculate with.
        traffic: Option<Traffic>,
        /// The hosts' kernels.
        host: Option<Host>,
        /// Who is told when something is wrong.
        alerting: Option<Alerting>,
        /// Tags of your own on everything that is made.
        tags: BTreeMap<TagKey, TagValue>,
        /// Findings that you accept, each with a reason and a last day.
        waivers: Vec<Waiver>,
    }

    /// Where it runs.
    pub struct Cloud {
        /// The cloud.
        provider: Provider,
        /// The region; fixed for the life of the deployment.
        region: Region,
        /// How many zones to use, or their names.
        zones: Option<Zones>,
        /// The network: a range for a new one, or one that exists.
        network: Option<Network>,
    }

    /// The network: a range for a new one, or the id and subnets of one that exists.
    pub struct Network {
        /// The range of a new network.
        cidr: Option<Cidr>,
        /// The id of an existing network.
        id: Option<Identifier>,
        /// The existing network's subnets, by zone.
        subnets: BTreeMap<ZoneName, Subnets>,
    }

    /// One zone's existing subnets.
    pub struct Subnets {
        /// The subnet that machines and backends live in.
        private: Identifier,
        /// The subnet that a public load balancer lives in.
        public: Option<Identifier>,
    }

    /// One component.
    pub struct Component {
        /// How many of it; 0 leaves it out.
        replicas: Option<Replicas>,
        /// The machine type, as the cloud spells it.
        machine: Option<MachineType>,
        /// Its container image, in place of the vendor's for the version.
        image: Option<ImageReference>,
        /// Octopus: how many tasks a node runs at once.
        task_cap: Option<Count>,
        /// Kestra: how many jobs a worker runs at once.
        threads: Option<Count>,
        /// How many connections one process may open to the database.
        connections: Option<Count>,
        /// How many of it, within bounds, by load.
        autoscale: Option<Autoscale>,
        /// How long it may finish its work before it is stopped.
        drain: Option<Duration>,
        /// How long the platform waits before it kills what does not stop.
        grace_period: Option<Duration>,
    }

    /// How many of a component, within bounds, by load.
    pub struct Autoscale {
        /// At least this many.
        min: Replicas,
        /// At most this many.
        max: Replicas,
        /// The processor load to aim at, in percent.
        cpu: Option<Percent>,
    }

    /// What the components stand on.
    pub struct Backends {
        /// The database.
        database: Option<Database>,
        /// What carries work between the components.
        queue: Option<Queue>,
        /// The search cluster.
        search: Option<Search>,
    }

    /// The database.
    pub struct Database {
        /// Which database.
        kind: Option<DatabaseKind>,
        /// Its version.
        version: Option<Version>,
        /// Run by the cloud, or on machines of our own.
        managed: Option<bool>,
        /// A standby in another zone.
        multi_zone: Option<bool>,
        /// How it survives the loss of its server, where it is not the cloud's own standby.
        redundancy: Option<Redundancy>,
        /// The machine type, as the cloud spells it.
        machine: Option<MachineType>,
        /// How many connections it accepts.
        max_connections: Option<Count>,
        /// Its disk, in GB.
        storage_gb: Option<Count>,
        /// How many databases, each on a server of its own.
        instances: Option<Replicas>,
    }

    /// What carries work between the components.
    pub struct Queue {
        /// Which queue.
        kind: Option<QueueKind>,
        /// Its version.
        version: Option<Version>,
        /// Run by the cloud, or on machines of our own.
        managed: Option<bool>,
        /// How many brokers.
        brokers: Option<Replicas>,
        /// How many KRaft controllers; 0 lets the brokers be controllers too.
        controllers: Option<Replicas>,
        /// Whether brokers know their zone, so that copies are spread over zones.
        racks: Option<bool>,
        /// The brokers' machine type, as the cloud spells it.
        machine: Option<MachineType>,
        /// Each broker's disk, in GB.
        storage_gb: Option<Count>,
        /// Copies of each partition.
        replication_factor: Option<Replicas>,
        /// How many copies must have a write before it counts.
        min_insync_replicas: Option<Replicas>,
        /// Partitions of each topic.
        partitions: Option<Count>,
    }

    /// The search cluster.
    pub struct Search {
        /// Which search engine.
        kind: Option<SearchKind>,
        /// Its version.
        version: Option<Version>,
        /// Run by the cloud, or on machines of our own.
        managed: Option<bool>,
        /// How many data nodes.
        nodes: Option<Replicas>,
        /// How many nodes that may become master; 0 lets the data nodes be masters too.
        masters: Option<Replicas>,
        /// Copies of each shard beside the first.
        replicas: Option<Replicas>,
        /// The data nodes' machine type, as the cloud spells it.
        machine: Option<MachineType>,
        /// Each data node's disk, in GB.
        storage_gb: Option<Count>,
    }

    /// Where files live that more than one process needs.
    pub struct Storage {
        /// Which storage.
        kind: Option<StorageKind>,
    }

    /// How users reach it.
    pub struct LoadBalancer {
        /// Which kind.
        kind: Option<LoadBalancerKind>,
        /// The name that users type.
        hostname: Option<HostName>,
        /// An existing certificate for that name.
        certificate: Option<Identifier>,
        /// An existing DNS zone to enter the name in.
        dns_zone: Option<Identifier>,
        /// Reachable from inside the network only.
        internal: Option<bool>,
    }

    /// Kestra: how dead servers are noticed and what becomes of their jobs.
    pub struct Liveness {
        /// How often a server says that it lives.
        heartbeat_interval: Option<Duration>,
        /// How long a server may be silent before it counts as dead.
        timeout: Option<Duration>,
        /// How often the executors look for silent servers.
        check_interval: Option<Duration>,
        /// How long a new server is left alone.
        initial_delay: Option<Duration>,
        /// How long a server that stops may finish its work.
        termination_grace_period: Option<Duration>,
        /// What becomes of a dead worker's jobs.
        restart_strategy: Option<RestartStrategy>,
    }

    /// How much it has to carry: what the capacity rules calculate with.
    pub struct Traffic {
        /// Messages, events or task runs in the busiest minute.
        peak_messages_per_minute: Option<Count>,
        /// The size of one, in bytes.
        message_bytes: Option<Count>,
        /// How many groups of consumers read each message.
        consumers: Option<Count>,
        /// RudderStack: to how many destinations each event goes.
        destinations: Option<Count>,
        /// RudderStack: whether a data warehouse is among the destinations.
        warehouse: Option<bool>,
        /// How long messages are kept.
        retention: Option<Duration>,
        /// What one replica was measured to carry.
        messages_per_second_per_replica: Option<Count>,
        /// What a broker's network carries, in megabytes per second each way.
        broker_megabytes_per_second: Option<Count>,
        /// Which order must be kept.
        order: Option<EventOrder>,
    }

    /// The hosts' kernels.
    pub struct Host {
        /// The time within which a connection to a dead machine must be noticed.
        detect_dead_peer_within: Option<Duration>,
        /// Kernel parameters that you want otherwise than the profile.
        sysctl: BTreeMap<SysctlKey, SysctlValue>,
    }

    /// Who is told when something is wrong.
    pub struct Alerting {
        /// Who sends the alerts.
        sender: Option<AlertSender>,
        /// PagerDuty's integration key.
        pagerduty: Option<SecretReference>,
        /// VictorOps' (Splunk On-Call's) API key.
        victorops: Option<SecretReference>,
        /// A mailbox.
        email: Option<Address>,
        /// The server that takes mail for it.
        smtp: Option<Smtp>,
        /// A webhook's address.
        webhook: Option<SecretReference>,
    }

    /// A mail server.
    pub struct Smtp {
        /// Its name.
        host: HostName,
        /// Its port; 587 if nothing is said. What is sent is encrypted.
        port: Option<Number<1, 65_535>>,
        /// Who the mail is from.
        from: Address,
        /// Whom the server knows us as.
        user: Option<Text>,
        /// The user's password.
        password: Option<SecretReference>,
    }

    /// A finding that you accept.
    pub struct Waiver {
        /// The rule.
        rule: RuleId,
        /// The last day on which it is accepted.
        until: Date,
        /// Why.
        reason: Text,
    }
}

/// A whole number, at least 1.
pub type Count = Number<1, 1_000_000_000_000>;
/// How many of something; 0 means none.
pub type Replicas = Number<0, 100_000>;
/// A share of a hundred.
pub type Percent = Number<1, 100>;

/// A whole number within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Number<const LEAST: u64, const MOST: u64>(u64);

impl<const LEAST: u64, const MOST: u64> Number<LEAST, MOST> {
    /// The number, moved into the bounds.
    pub fn clamped(number: u64) -> Self {
        Self(number.clamp(LEAST, MOST))
    }

    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const LEAST: u64, const MOST: u64> Read for Number<LEAST, MOST> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        read::whole_number(node, LEAST, MOST, reader).map(Self)
    }

    fn shape() -> shape::Shape {
        shape::Shape::Number { least: LEAST, most: MOST }
    }
}

/// A spec together with the text it was read from, so that findings can point into it.
#[derive(Debug, Clone)]
pub struct SpecFile {
    pub source: Source,
    pub spec: Spec,
    tree: Node,
    secrets: Vec<Span>,
}

impl SpecFile {
    /// Reads a spec; every problem is reported at once.
    pub fn parse(source: Source) -> Result<Self, Diagnostics> {
        let (tree, mut problems) = yaml::parse(source.text());
        let mut reader = Reader::default();
        let Some(tree) = tree else {
            let secrets = lines_that_may_hold_secrets(source.text());
            return Err(Diagnostics::new(source, problems, secrets));
        };
        reader.hide_what_is_named_secret(&tree);
        if !problems.is_empty() {
            // The tree may not hold all of the text: what follows a second document's beginning, for one.
            reader.secrets.extend(lines_that_may_hold_secrets(source.text()));
        }
        let spec = Spec::read(&tree, &mut reader);
        check::check(&tree, &mut reader);
        problems.append(&mut reader.problems);
        match spec {
            Some(spec) if problems.is_empty() => Ok(Self { source, spec, tree, secrets: reader.secrets }),
            _ => Err(Diagnostics::new(source, problems, reader.secrets)),
        }
    }

    /// Where a field stands, or the nearest field around it that was written: `components.worker.replicas`.
    pub fn locate(&self, path: &str) -> Span {
        let mut span = 0..0;
        let mut node = &self.tree;
        for step in path.split('.') {
            match node.entry(step) {
                Some(entry) => {
                    span = entry.key.span.clone();
                    node = &entry.value;
                }
                None => return span,
            }
        }
        match &node.kind {
            yaml::Kind::Scalar { .. } => node.span.clone(),
            _ => span,
        }
    }

    /// Where a key stands in a map field; for keys that hold dots themselves.
    pub fn locate_key(&self, path: &str, key: &str) -> Span {
        let map = path.split('.').try_fold(&self.tree, |node, step| node.get(step));
        let entry = map.and_then(|map| map.entry(key));
        entry.map_or_else(|| self.locate(path), |entry| entry.value.span.clone())
    }

    /// The `index`th item of a list field.
    pub fn locate_item(&self, path: &str, index: usize) -> Span {
        let list = path.split('.').try_fold(&self.tree, |node, step| node.get(step));
        match list.map(|node| &node.kind) {
            Some(yaml::Kind::List(items)) => items
                .get(index)
                .map_or_else(|| self.locate(path), |item| item.span.start..item.span.start + 1),
            _ => self.locate(path),
        }
    }

    /// Builds the topology; what stands in the way is shown where it stands in the text.
    pub fn resolve(&self) -> Result<Topology, Diagnostics> {
        crate::resolve(&self.spec).map_err(|problems| {
            let diagnostics = problems.into_iter().map(|problem| Diagnostic {
                span: self.locate(&problem.path),
                message: problem.message,
                hint: problem.hint,
            });
            Diagnostics::new(self.source.clone(), diagnostics.collect(), self.secrets.clone())
        })
    }

    /// A complaint about this spec that needs more than its text to be seen.
    pub fn complain(&self, problems: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.source.clone(), problems, self.secrets.clone())
    }

    /// The source as it may be shown.
    pub fn shown_text(&self) -> String {
        self.source.masked(&self.secrets)
    }
}

/// The text is no YAML, so nobody knows what is a secret: every line that sounds like one, its neighbours, and what
/// is indented below it, are kept from sight.
fn lines_that_may_hold_secrets(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut start, mut hide_until, mut below) = (0, 0, None);
    for (number, line) in text.split_inclusive(['\n', '\r']).enumerate() {
        let indentation = line.len() - line.trim_start().len();
        let deeper = below.is_some_and(|key| indentation > key) || line.trim().is_empty();
        if read::sounds_secret(line) || read::is_credential(line) {
            hide_until = number + 3;
            below = Some(indentation);
        } else if !deeper {
            below = None;
        }
        if number < hide_until || below.is_some() {
            spans.push(start..start + line.len());
        }
        start += line.len();
    }
    spans
}

/// The JSON Schema of a spec, for editors.
pub fn json_schema() -> serde_json::Value {
    shape::json_schema(&Spec::shape(), "urn:provision:spec:1")
}

/// A spec as YAML.
pub fn to_yaml(spec: &Spec) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(spec)
}

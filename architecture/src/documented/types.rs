//! The shapes of the documented architectures: components, sizes, rules, backends, clouds.

use std::collections::BTreeMap;

use crate::spec::declare::{fields, words};
use crate::spec::{
    Backends, Component, ComponentName, Count, Database, DatabaseKind, Edition, Liveness, LoadBalancer,
    OperatingSystem, Platform, Queue, QueueKind, Search, SearchKind, Size, Storage,
};
use crate::values::{Duration, MachineType, RuleId, Version, VersionRange};

words! {
    /// How bad a finding is.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// It will hurt one day.
        Warning = "warning",
        /// It is not the documented architecture, or it does not work.
        Error = "error",
    }

    /// How a fact is known.
    pub enum Evidence {
        /// The vendor's documentation says it.
        Documented = "documented",
        /// The vendor's code or chart shows it.
        Code = "code",
        /// It follows from documented facts by arithmetic or logic.
        Derived = "derived",
        /// General knowledge that was not looked up: never an error.
        Unverified = "unverified",
    }

    /// How the number of a component may be changed.
    pub enum Scaling {
        /// More of it carry more.
        Horizontal = "horizontal",
        /// There is one.
        Singleton = "singleton",
        /// Each one is paired with a database of its own.
        Paired = "paired",
    }

    /// What a connection comes from or goes to, beside the components.
    pub enum Party {
        /// The load balancer.
        LoadBalancer = "load-balancer",
        /// The database.
        Database = "database",
        /// The queue.
        Queue = "queue",
        /// The search cluster.
        Search = "search",
        /// The storage.
        Storage = "storage",
        /// What watches over it.
        Monitoring = "monitoring",
        /// Agents outside, such as polling Tentacles.
        Agents = "agents",
        /// Kestra: the standalone process.
        Standalone = "standalone",
        /// Kestra: the web server.
        Webserver = "webserver",
        /// Kestra: the executor.
        Executor = "executor",
        /// Kestra: the scheduler.
        Scheduler = "scheduler",
        /// Kestra: the worker.
        Worker = "worker",
        /// Kestra: the indexer.
        Indexer = "indexer",
        /// Kestra 2: the controller.
        Controller = "controller",
        /// RudderStack, Octopus: the server.
        Server = "server",
        /// RudderStack: the transformer.
        Transformer = "transformer",
        /// The event platform: an execution.
        Execution = "execution",
        /// The event platform: a job.
        Job = "job",
    }

    /// What is spoken on a port.
    pub enum Protocol {
        /// HTTP.
        Http = "http",
        /// TCP that nobody on the way reads.
        Tcp = "tcp",
        /// gRPC over HTTP/2.
        Grpc = "grpc",
    }
}

impl Party {
    /// The component of that name, where it is one.
    pub fn component(self) -> Option<ComponentName> {
        ComponentName::from_word(self.word())
    }
}

fields! {
    /// One platform's documented architecture.
    pub struct Architecture {
        /// The platform.
        platform: Platform,
        /// Its name as people write it.
        title: String,
        /// What it is, in a sentence.
        about: String,
        /// The version that a spec means which names none.
        default_version: Version,
        /// The editions that a spec may name.
        editions: Vec<Edition>,
        /// The operating systems whose hosts we build.
        os: Vec<OperatingSystem>,
        /// The components.
        components: BTreeMap<ComponentName, DocumentedComponent>,
        /// The sizes, each possibly in several versions; the first that fits the version holds.
        sizes: Vec<DocumentedSize>,
        /// Hosts and databases by load, where the documents have such tables.
        sizing: Option<Sizing>,
    }

    /// One component as it is documented.
    pub struct DocumentedComponent {
        /// What it does.
        about: String,
        /// Since or until which versions it exists.
        versions: Option<VersionRange>,
        /// What it keeps, and where.
        state: String,
        /// How its number may be changed.
        scaling: Scaling,
        /// Processors that one of it needs.
        cpus: f64,
        /// Memory that one of it needs, in GiB.
        memory_gib: f64,
        /// Connections that one process opens to the database.
        connections: Option<Count>,
        /// Jobs that one process runs at once, for each processor.
        threads_per_cpu: Option<Count>,
        /// Tasks that one process runs at once.
        task_cap: Option<Count>,
        /// How long it may finish its work before it is stopped.
        drain: Option<Duration>,
        /// How long to wait before what does not stop is killed.
        grace_period: Option<Duration>,
        /// The ports it listens on.
        ports: Vec<DocumentedPort>,
        /// How to see whether it works.
        health: Option<Health>,
        /// What it needs to work.
        needs: Vec<Party>,
        /// What it needs in certain versions, in place of the above.
        needs_by_version: Vec<VersionedNeeds>,
        /// The vendor's image; `{version}` stands for the product's version.
        image: Option<String>,
        /// The vendor's image of the Enterprise edition, where it is another one.
        enterprise_image: Option<String>,
        /// Where this is said.
        source: String,
    }

    /// What a component needs in certain versions.
    pub struct VersionedNeeds {
        /// In which versions.
        versions: VersionRange,
        /// What it needs.
        needs: Vec<Party>,
    }

    /// A port that a component listens on.
    pub struct DocumentedPort {
        /// What it is for.
        name: String,
        /// Its number.
        port: Count,
        /// What is spoken on it.
        protocol: Protocol,
        /// Who connects to it.
        from: Vec<Party>,
        /// In which versions.
        versions: Option<VersionRange>,
    }

    /// How to see whether a component works.
    pub struct Health {
        /// The port to ask.
        port: Count,
        /// The path to ask for.
        path: String,
        /// How often.
        interval: Duration,
        /// How many failures in a row count.
        failures: Count,
        /// Answers beside 200 that mean: alive, but send it nothing new.
        draining_status: Option<Count>,
    }

    /// One size as it is documented.
    pub struct DocumentedSize {
        /// Its name.
        name: Size,
        /// In which versions of the product it looks like this.
        versions: Option<VersionRange>,
        /// What it is, in our words.
        says: String,
        /// Where that is said.
        source: String,
        /// Whether the document calls it highly available.
        highly_available: bool,
        /// The edition it needs, where it needs one.
        edition: Option<Edition>,
        /// The zones it uses where a spec names no number.
        zones: Count,
        /// The components where a spec says nothing else.
        components: BTreeMap<ComponentName, Component>,
        /// The backends where a spec says nothing else.
        backends: Backends,
        /// The storage where a spec says nothing else.
        storage: Storage,
        /// The load balancer where a spec says nothing else.
        load_balancer: LoadBalancer,
        /// Dead servers and their jobs, where a spec says nothing else.
        liveness: Option<Liveness>,
    }

    /// Hosts and databases by load.
    pub struct Sizing {
        /// Hosts by the task cap of one.
        hosts: Vec<SizingRow>,
        /// Databases by the sum of all task caps.
        databases: Vec<SizingRow>,
        /// Where this is said.
        source: String,
    }

    /// What a load needs.
    pub struct SizingRow {
        /// Up to this many tasks at once.
        tasks: Count,
        /// Processors.
        cpus: f64,
        /// Memory in GiB.
        memory_gib: f64,
    }

    /// A place where a fact stands.
    pub struct Reference {
        /// Its title.
        title: String,
        /// Its address.
        url: String,
        /// The version or day it was read at.
        read: String,
    }

    /// What a rule rests on.
    pub struct Citation {
        /// The key of the place in `sources.yaml`.
        source: String,
        /// What it says, in our words.
        says: String,
    }

    /// One rule of a documented architecture. `when`, `require` and the braces in `found` speak the vocabulary of
    /// `provision-validation`.
    pub struct Rule {
        /// Its id, never used again for another rule.
        id: RuleId,
        /// What it is about, in a few words.
        title: String,
        /// How bad it is to break it.
        severity: Severity,
        /// How it is known.
        evidence: Evidence,
        /// For which versions it holds.
        versions: Option<VersionRange>,
        /// Whether a spec may waive it; yes where nothing is said.
        waivable: Option<bool>,
        /// Components to look at one by one, as `component`.
        each: Vec<ComponentName>,
        /// When it applies.
        when: Option<String>,
        /// What must hold.
        require: String,
        /// The field of the spec that decides it.
        at: String,
        /// What was found where it does not hold.
        found: String,
        /// What the document asks, in our words.
        asks: String,
        /// What to do.
        remedy: String,
        /// Where it is said.
        citations: Vec<Citation>,
        /// How it changed from version to version.
        history: Option<String>,
    }

    /// The rules of one family.
    pub struct RuleSet {
        /// Whose version the ranges speak of.
        subject: Subject,
        /// The rules that a spec decides.
        rules: Vec<Rule>,
        /// The rules that a spec cannot decide, and where they are decided instead.
        elsewhere: Vec<Elsewhere>,
    }

    /// A rule that a spec cannot decide.
    pub struct Elsewhere {
        /// Its id.
        id: RuleId,
        /// What it is about, in a few words.
        title: String,
        /// Where it is decided.
        decided: Place,
        /// Why a spec cannot decide it, and what is done there.
        reason: String,
        /// Where it is said.
        citations: Vec<Citation>,
    }

    /// What a backend is where a spec says no more than its kind.
    pub struct BackendDefaults {
        /// Databases by kind.
        databases: BTreeMap<DatabaseKind, DocumentedDatabase>,
        /// Queues by kind.
        queues: BTreeMap<QueueKind, DocumentedQueue>,
        /// Search clusters by kind.
        searches: BTreeMap<SearchKind, DocumentedSearch>,
    }

    /// A database as it is documented.
    pub struct DocumentedDatabase {
        /// What it is where a spec says no more.
        defaults: Database,
        /// The port it listens on; none for a database inside the process.
        port: Option<Count>,
        /// Connections it accepts where nobody sets it.
        product_max_connections: Option<Count>,
    }

    /// A queue as it is documented.
    pub struct DocumentedQueue {
        /// What it is where a spec says no more.
        defaults: Queue,
        /// The port it listens on.
        port: Option<Count>,
        /// The port of its controllers.
        controller_port: Option<Count>,
    }

    /// A search cluster as it is documented.
    pub struct DocumentedSearch {
        /// What it is where a spec says no more.
        defaults: Search,
        /// The port it listens on.
        port: Count,
        /// The port its nodes talk on.
        transport_port: Count,
    }

    /// What of a cloud the topology needs to know: names and sizes, no calls.
    pub struct DocumentedCloud {
        /// What stands between a region's name and a zone's letter or number.
        zone_separator: Option<String>,
        /// Zones as they are counted.
        zones: Vec<String>,
        /// Whether a zone's name begins with the region's.
        zone_has_region: bool,
        /// Regions whose zones are called otherwise.
        exceptions: BTreeMap<String, ZoneNames>,
        /// Kinds of queues and searches that it does not run as a service.
        does_not_run: Vec<String>,
        /// Machine types, smallest first: the ones we choose from come first in each size.
        machines: Vec<Machine>,
        /// Where this is said.
        source: String,
    }

    /// What the zones of one region are called.
    pub struct ZoneNames {
        /// In this order.
        zones: Vec<String>,
    }

    /// A machine type.
    pub struct Machine {
        /// Its name in the cloud.
        name: MachineType,
        /// Processors.
        cpus: f64,
        /// Memory in GiB.
        memory_gib: f64,
        /// Whether it is chosen for a component whose spec names none.
        choose: Option<bool>,
    }
}

words! {
    /// Whose version a rule's range speaks of.
    pub enum Subject {
        /// The platform's.
        Product = "product",
        /// The queue's.
        Queue = "queue",
        /// The search cluster's.
        Search = "search",
    }

    /// Where a rule is decided that a spec cannot decide.
    pub enum Place {
        /// It always holds of what is built: a spec has no way to ask for anything else.
        Construction = "construction",
        /// On the rendered files.
        Rendered = "rendered",
        /// On the live estate.
        Live = "live",
        /// Nowhere.
        Nowhere = "nowhere",
    }

    /// The families of rules, by the first letters of their ids.
    pub enum Family {
        /// Kestra.
        Kestra = "KES",
        /// RudderStack.
        Rudderstack = "RUD",
        /// Octopus.
        Octopus = "OCT",
        /// The event platform.
        EventPlatform = "EVT",
        /// Kafka.
        Kafka = "KAF",
        /// Elasticsearch and OpenSearch.
        Search = "ELS",
    }
}

impl Rule {
    pub fn holds_for(&self, version: &Version) -> bool {
        self.versions.as_ref().is_none_or(|range| range.contains(version))
    }

    pub fn is_waivable(&self) -> bool {
        self.waivable.unwrap_or(true)
    }
}

impl Architecture {
    /// The documented size of that name which holds for this version.
    pub fn size(&self, name: Size, version: &Version) -> Option<&DocumentedSize> {
        self.sizes.iter().find(|size| {
            size.name == name && size.versions.as_ref().is_none_or(|range| range.contains(version))
        })
    }

    /// The names of the sizes, each once.
    pub fn size_names(&self) -> Vec<Size> {
        let mut names: Vec<Size> = self.sizes.iter().map(|size| size.name).collect();
        names.dedup();
        names
    }
}

impl DocumentedComponent {
    /// What it needs to work in this version.
    pub fn needs_in(&self, version: &Version) -> &[Party] {
        self.needs_by_version
            .iter()
            .find(|it| it.versions.contains(version))
            .map_or(&self.needs, |it| &it.needs)
    }

    pub fn exists_in(&self, version: &Version) -> bool {
        self.versions.as_ref().is_none_or(|range| range.contains(version))
    }
}

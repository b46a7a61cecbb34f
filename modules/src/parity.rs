//! What each part of a deployment becomes, in every cloud and runtime: `docs/parity.md` comes from here.

use provision_architecture::spec::{Provider, Runtime};

/// A part of a deployment that every cloud has to find an answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Network,
    Security,
    LoadBalancer,
    /// How components reach each other.
    InnerBalancer,
    /// What the components run on, and what replaces it when it dies.
    Components,
    Postgres,
    Mysql,
    SqlServer,
    ManagedKafka,
    KafkaOnMachines,
    ManagedSearch,
    SearchOnMachines,
    ObjectStorage,
    SharedFiles,
    /// As what a component asks the cloud for something.
    Identity,
    Secrets,
    KernelParameters,
    /// Who hears of a machine that says it is unwell.
    Alarms,
}

impl Part {
    pub(crate) const ALL: [Self; 18] = [
        Self::Network,
        Self::Security,
        Self::LoadBalancer,
        Self::InnerBalancer,
        Self::Components,
        Self::Postgres,
        Self::Mysql,
        Self::SqlServer,
        Self::ManagedKafka,
        Self::KafkaOnMachines,
        Self::ManagedSearch,
        Self::SearchOnMachines,
        Self::ObjectStorage,
        Self::SharedFiles,
        Self::Identity,
        Self::Secrets,
        Self::KernelParameters,
        Self::Alarms,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Security => "who may connect",
            Self::LoadBalancer => "load balancer for users",
            Self::InnerBalancer => "between components",
            Self::Components => "components",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::SqlServer => "SQL Server",
            Self::ManagedKafka => "Kafka, run by the cloud",
            Self::KafkaOnMachines => "Kafka on machines",
            Self::ManagedSearch => "search, run by the cloud",
            Self::SearchOnMachines => "search on machines",
            Self::ObjectStorage => "object storage",
            Self::SharedFiles => "shared files",
            Self::Identity => "identity",
            Self::Secrets => "secrets",
            Self::KernelParameters => "kernel parameters",
            Self::Alarms => "alarms of the cloud's own",
        }
    }
}

/// What a part becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Becomes {
    Service(&'static str),
    /// A hole: the rendering refuses it, and says what to choose instead.
    Nothing {
        instead: &'static str,
    },
}

/// The whole table, as Markdown.
pub fn table() -> String {
    let columns =
        Provider::ALL.iter().flat_map(|provider| Runtime::ALL.iter().map(move |it| (*provider, *it)));
    let columns: Vec<(Provider, Runtime)> = columns.collect();
    let titles: Vec<String> =
        columns.iter().map(|(provider, runtime)| format!("{provider}, {runtime}")).collect();
    let mut text = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(columns.len()));
    for part in Part::ALL {
        let cells: Vec<String> =
            columns.iter().map(|(provider, runtime)| cell(part, *provider, *runtime)).collect();
        text += &format!("| **{}** | {} |\n", part.title(), cells.join(" | "));
    }
    text
}

fn cell(part: Part, provider: Provider, runtime: Runtime) -> String {
    let unknown = Becomes::Nothing { instead: "choose another cloud" };
    let becomes = match crate::cloud::known(provider) {
        Some(cloud) => cloud.becomes(part, runtime),
        None => unknown,
    };
    match becomes {
        Becomes::Service(service) => service.to_owned(),
        Becomes::Nothing { instead } => format!("*refused: {instead}*"),
    }
}

use provision_architecture::Topology;

use crate::RenderError;
use crate::alarms::{self, Alarms};
use crate::alerting::{self, Alerting};
use crate::cloud::Cloud;
use crate::database::{self, Database};
use crate::identity::{self, Identity};
use crate::inner_balancer::{self, InnerBalancer};
use crate::kafka::{self, Kafka, Node};
use crate::kubernetes::{self, Cluster};
use crate::load_balancer::{self, LoadBalancer};
use crate::machine_group::{self, MachineGroup};
use crate::network::{self, Network};
use crate::object_storage::{self, ObjectStorage};
use crate::search::{self, Search};
use crate::security::{self, Security};
use crate::shared_files::{self, SharedFiles};

/// Everything that a deployment is made of, decided, in no cloud's words.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    pub(crate) network: Network,
    pub(crate) load_balancer: Option<LoadBalancer>,
    pub(crate) inner_balancers: Vec<InnerBalancer>,
    /// What components run on: groups of machines, or a cluster.
    pub(crate) machine_groups: Vec<MachineGroup>,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) database: Option<Database>,
    pub(crate) kafka: Option<Kafka>,
    pub(crate) search: Option<Search>,
    pub(crate) object_storage: Option<ObjectStorage>,
    pub(crate) shared_files: Option<SharedFiles>,
    pub(crate) alerting: Option<Alerting>,
    pub(crate) alarms: Alarms,
    pub(crate) security: Security,
    pub(crate) identity: Identity,
}

impl Blocks {
    pub(crate) fn decide(topology: &Topology, cloud: &dyn Cloud) -> Result<Self, RenderError> {
        let mut load_balancer = load_balancer::decide(topology)?;
        let mut inner_balancers = inner_balancer::decide(topology);
        let mut machine_groups = Vec::new();
        let cluster = kubernetes::decide(topology)?;
        if cluster.is_some() {
            if cloud.balances_by_node_ports() {
                load_balancer.iter_mut().for_each(kubernetes::on_node_ports);
            }
            // Services of the cluster do it.
            inner_balancers.clear();
        } else {
            machine_groups = machine_group::decide(topology, load_balancer.as_ref(), &inner_balancers)?;
            let balanced = |component| {
                let targets = load_balancer.iter().flat_map(|balancer| &balancer.targets);
                targets.into_iter().any(|target| target.component == component)
            };
            machine_group::refuse_what_is_cut(topology, &machine_groups, balanced, cloud)?;
        }
        let mut blocks = Self {
            alarms: alarms::decide(topology, &machine_groups),
            network: network::decide(topology)?,
            machine_groups,
            cluster,
            load_balancer,
            inner_balancers,
            database: database::decide(topology)?,
            kafka: kafka::decide(topology)?,
            search: search::decide(topology)?,
            object_storage: object_storage::decide(topology),
            shared_files: shared_files::decide(topology),
            alerting: alerting::decide(topology)?,
            security: Security { members: Vec::new(), flows: Vec::new() },
            identity: Identity { roles: Vec::new(), secrets: Vec::new() },
        };
        // These two follow from all the others.
        blocks.security = security::decide(topology, &blocks);
        blocks.identity = identity::decide(topology, &blocks, cloud)?;
        Ok(blocks)
    }

    /// The machines with an identity of their own: members of clusters that no cloud runs for us, and those that watch.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let kafka = self.kafka.iter().flat_map(|kafka| &kafka.nodes);
        kafka
            .chain(self.search.iter().flat_map(|search| &search.nodes))
            .chain(self.alerting.iter().flat_map(|alerting| &alerting.nodes))
    }
}

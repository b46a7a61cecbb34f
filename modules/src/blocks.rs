use provision_architecture::Topology;

use crate::RenderError;
use crate::database::{self, Database};
use crate::identity::{self, Identity};
use crate::inner_balancer::{self, InnerBalancer};
use crate::kafka::{self, Kafka};
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
    pub(crate) machine_groups: Vec<MachineGroup>,
    pub(crate) database: Option<Database>,
    pub(crate) kafka: Option<Kafka>,
    pub(crate) search: Option<Search>,
    pub(crate) object_storage: Option<ObjectStorage>,
    pub(crate) shared_files: Option<SharedFiles>,
    pub(crate) security: Security,
    pub(crate) identity: Identity,
}

impl Blocks {
    pub(crate) fn decide(topology: &Topology) -> Result<Self, RenderError> {
        let load_balancer = load_balancer::decide(topology)?;
        let inner_balancers = inner_balancer::decide(topology);
        let mut blocks = Self {
            network: network::decide(topology)?,
            machine_groups: machine_group::decide(topology, load_balancer.as_ref(), &inner_balancers)?,
            load_balancer,
            inner_balancers,
            database: database::decide(topology)?,
            kafka: kafka::decide(topology)?,
            search: search::decide(topology)?,
            object_storage: object_storage::decide(topology),
            shared_files: shared_files::decide(topology),
            security: Security { members: Vec::new(), flows: Vec::new() },
            identity: Identity { roles: Vec::new(), secrets: Vec::new() },
        };
        // These two follow from all the others.
        blocks.security = security::decide(topology, &blocks);
        blocks.identity = identity::decide(topology, &blocks)?;
        Ok(blocks)
    }
}

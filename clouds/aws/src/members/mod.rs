//! What stands behind live objects, with its zone and its health: only who looks at health asks for it.
//!
//! Groups are described fifty at a time, machines a hundred, databases all at once; each target group and each Kafka
//! cluster is asked alone, because their services take no more than one.

mod databases;
mod kafka;
mod machines;
mod targets;

use std::collections::BTreeMap;
use std::sync::Arc;

use provision_engine::driver::{Class, Failure, Live, Member, Members};
use tokio::task::JoinSet;

use crate::connection::Cloud;

/// Who answers for which kind. What isn't here, nobody can tell about.
const GROUP: &str = "aws_autoscaling_group";
const NODES: &str = "aws_eks_node_group";
const MACHINE: &str = "aws_instance";
const POOL: &str = "aws_lb_target_group";
const DATABASE: &str = "aws_db_instance";
const KAFKA: &str = "aws_msk_cluster";

/// Asks about all of them.
pub(crate) async fn members(cloud: Arc<Cloud>, owners: Vec<Live>) -> Result<Vec<Members>, Failure> {
    let of = |kind: &str| -> Vec<Live> { owners.iter().filter(|live| live.kind == kind).cloned().collect() };
    let pools = each(&cloud, of(POOL), targets::told).await?;
    let groups = machines::groups(&cloud, &[of(GROUP), of(NODES)].concat()).await?;
    let alone = of(MACHINE);
    let ids = groups.values().flatten().map(|machine| machine.id.clone());
    let ids = ids.chain(alone.iter().map(|live| live.id.clone()));
    let ids = ids.chain(pools.iter().flat_map(|(_, targets)| targets::machines(targets)));
    let states = machines::states(&cloud, ids.collect()).await?;
    let mut all = Vec::new();
    for owner in [of(GROUP), of(NODES)].concat() {
        let found = groups.get(&owner.id).into_iter().flatten();
        all.push(answer(&owner, found.filter_map(|machine| machine.member(&states)).collect()));
    }
    for owner in alone {
        let state = states.get(&owner.id).and_then(|state| state.member(&owner.id));
        all.push(answer(&owner, state.into_iter().collect()));
    }
    for (owner, found) in pools {
        all.push(answer(&owner, found.into_iter().map(|target| targets::member(target, &states)).collect()));
    }
    let databases = of(DATABASE);
    if !databases.is_empty() {
        let mut found = databases::members(&cloud, &databases).await?;
        all.extend(databases.iter().map(|owner| answer(owner, found.remove(&owner.id).unwrap_or_default())));
    }
    let brokers = each(&cloud, of(KAFKA), kafka::members).await?;
    all.extend(brokers.into_iter().map(|(owner, members)| answer(&owner, members)));
    Ok(all)
}

fn answer(owner: &Live, members: Vec<Member>) -> Members {
    Members { kind: owner.kind.clone(), id: owner.id.clone(), members }
}

/// One after another would take as long as there are; the service's pace still holds.
async fn each<T, F>(
    cloud: &Arc<Cloud>,
    owners: Vec<Live>,
    ask: fn(Arc<Cloud>, Live) -> F,
) -> Result<Vec<(Live, Vec<T>)>, Failure>
where
    T: Send + 'static,
    F: Future<Output = Result<Vec<T>, Failure>> + Send + 'static,
{
    let mut asked = JoinSet::new();
    for (place, owner) in owners.into_iter().enumerate() {
        let told = ask(Arc::clone(cloud), owner.clone());
        asked.spawn(async move { told.await.map(|told| (place, (owner, told))) });
    }
    let mut all = BTreeMap::new();
    while let Some(told) = asked.join_next().await {
        let broken = |error: tokio::task::JoinError| {
            Failure::new(Class::Fatal, format!("a call to the cloud broke off: {error}; please report it"))
        };
        let (place, found) = told.map_err(broken)??;
        all.insert(place, found);
    }
    Ok(all.into_values().collect())
}

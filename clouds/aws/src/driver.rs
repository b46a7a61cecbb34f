//! The engine's `Driver` over AWS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provision_engine::driver::{
    Class, Create, Driver, Failure, Leftover, Live, Members, Query, Reply, Update,
};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::again::{A_FEW_TIMES, OFTEN, again};
use crate::attempt;
use crate::connection::{Calls, Cloud, Settings};
use crate::kind::Shared;
use crate::leftovers;
use crate::members;
use crate::preflight::{self, Foreseen, Wanted};
use crate::registry;

/// AWS, in one account and region. The calls run on threads of its own.
pub struct Aws {
    /// Only gone while it is dropped.
    runtime: Option<Runtime>,
    cloud: Arc<Cloud>,
}

/// Whom the cloud takes us for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub account: String,
    pub region: String,
    pub arn: String,
}

impl Aws {
    /// Reads the configuration of the cloud's tools; asks nothing yet. Not from inside a runtime: it waits.
    pub fn open(settings: Settings) -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("aws").enable_all().build()?;
        let cloud = Arc::new(runtime.block_on(Cloud::open(settings)));
        Ok(Aws { runtime: Some(runtime), cloud })
    }

    /// Who we are: what is asked first, because everything else depends on it.
    pub fn identity(&self) -> Reply<'_, Opened> {
        let cloud = Arc::clone(&self.cloud);
        self.spawned(async move {
            let identity = again(A_FEW_TIMES, || cloud.identity()).await?;
            Ok(Opened {
                account: identity.account.clone(),
                region: cloud.region().to_owned(),
                arn: identity.arn.clone(),
            })
        })
    }

    /// Why a plan can't work, as far as the cloud tells before anything is made.
    pub fn preflight(&self, wanted: &Wanted) -> Reply<'_, Foreseen> {
        self.spawned(preflight::foresee(Arc::clone(&self.cloud), Arc::new(wanted.clone())))
    }

    /// How often each call was made so far.
    pub fn calls(&self) -> Calls {
        self.cloud.calls()
    }

    /// The services that refused because they were asked too often, and how far apart calls were then at most.
    pub fn slowed(&self) -> BTreeMap<String, Duration> {
        self.cloud.slowed()
    }

    /// Runs on the driver's threads, begins when it is waited for.
    fn spawned<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Reply<'_, T> {
        Box::pin(async move {
            let Some(runtime) = &self.runtime else {
                return Err(Failure::new(Class::Fatal, "the driver is closed"));
            };
            runtime.spawn(work).await.unwrap_or_else(|error| {
                Err(Failure::new(
                    Class::Fatal,
                    format!("a call to the cloud broke off: {error}; please report it"),
                ))
            })
        })
    }

    /// The same, for one attempt.
    fn attempt<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Reply<'_, T> {
        let longest = self.cloud.settings.attempt;
        self.spawned(attempt::within(longest, work))
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Driver for Aws {
    fn name(&self) -> &str {
        "embedded"
    }

    fn marks_networks(&self) -> bool {
        true
    }

    fn remembers(&self, kind: &str) -> &'static [&'static str] {
        registry::kind(kind).map_or(&[], |kind| kind.kept())
    }

    fn inventory<'a>(&'a self, query: &'a Query) -> Reply<'a, Vec<Live>> {
        let (cloud, query) = (Arc::clone(&self.cloud), Arc::new(query.clone()));
        self.spawned(async move {
            let mut lists = JoinSet::new();
            let shared = Arc::new(Shared::new(&query));
            for kind in query.kinds.iter().filter_map(|name| registry::kind(name).ok()) {
                let (cloud, query, shared) = (Arc::clone(&cloud), Arc::clone(&query), Arc::clone(&shared));
                lists.spawn(async move { again(OFTEN, || kind.list(&cloud, &query, &shared)).await });
            }
            let mut all = Vec::new();
            while let Some(listed) = lists.join_next().await {
                let broken = |error: tokio::task::JoinError| {
                    Failure::new(Class::Fatal, format!("a list broke off: {error}; please report it"))
                };
                all.append(&mut listed.map_err(broken)??);
            }
            // The same each time, whoever answered first.
            all.sort_by(|a: &Live, b: &Live| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
            Ok(all)
        })
    }

    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live> {
        let (cloud, order) = (Arc::clone(&self.cloud), order.clone());
        self.attempt(async move { registry::kind(order.address.kind())?.create(&cloud, &order).await })
    }

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live> {
        let (cloud, order) = (Arc::clone(&self.cloud), order.clone());
        self.attempt(async move { registry::kind(order.address.kind())?.update(&cloud, &order).await })
    }

    fn delete<'a>(&'a self, live: &'a Live) -> Reply<'a, ()> {
        let (cloud, live) = (Arc::clone(&self.cloud), live.clone());
        self.attempt(async move { registry::kind(&live.kind)?.delete(&cloud, &live).await })
    }

    fn forget<'a>(&'a self, live: &'a Live) -> Reply<'a, ()> {
        let (cloud, live) = (Arc::clone(&self.cloud), live.clone());
        self.attempt(async move { registry::kind(&live.kind)?.forget(&cloud, &live).await })
    }

    fn look<'a>(&'a self, live: &'a Live) -> Reply<'a, Option<Live>> {
        let (cloud, live) = (Arc::clone(&self.cloud), live.clone());
        self.attempt(async move { registry::kind(&live.kind)?.look(&cloud, &live).await })
    }

    fn members<'a>(&'a self, owners: &'a [Live]) -> Reply<'a, Vec<Members>> {
        let (cloud, owners) = (Arc::clone(&self.cloud), owners.to_vec());
        self.spawned(members::members(cloud, owners))
    }

    fn leftovers<'a>(&'a self, deployment: &'a str) -> Reply<'a, Vec<Leftover>> {
        let (cloud, deployment) = (Arc::clone(&self.cloud), deployment.to_owned());
        self.spawned(async move { leftovers::leftovers(&cloud, &deployment).await })
    }

    fn longest_attempt(&self) -> Duration {
        self.cloud.settings.attempt
    }

    fn lists_settle_after(&self) -> Duration {
        self.cloud.settings.settle
    }
}

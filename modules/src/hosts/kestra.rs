//! What Kestra's configuration says beyond what every component has.

use provision_architecture::Topology;
use provision_architecture::spec::{ComponentName, DatabaseKind, Liveness, Runtime};
use serde::Serialize;

use crate::Blocks;

#[derive(Serialize)]
pub(super) struct Kestra<'a> {
    on_kafka: bool,
    tls: bool,
    repository: &'a str,
    database: &'a str,
    driver: &'a str,
    partitions: u64,
    replication_factor: u64,
    search: bool,
    liveness: LivenessContext,
    controllers: bool,
    /// Where the containers of script tasks get their files from: the same path for Kestra and for Docker. None where
    /// there is no Docker for them.
    docker_folder: Option<&'static str>,
}

#[derive(Serialize)]
struct LivenessContext {
    heartbeat: String,
    timeout: String,
    interval: String,
    initial_delay: String,
    grace: String,
    restart: String,
}

pub(super) fn context<'a>(topology: &Topology, blocks: &Blocks) -> Kestra<'a> {
    let on_kafka = blocks.kafka.is_some();
    let (database, driver) = match blocks.database.as_ref().map(|database| database.kind) {
        Some(DatabaseKind::Mysql) => ("mysql", "com.mysql.cj.jdbc.Driver"),
        _ => ("postgres", "org.postgresql.Driver"),
    };
    let queue = topology.queue.as_ref();
    Kestra {
        on_kafka,
        tls: blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed),
        repository: if blocks.search.is_some() { "elasticsearch" } else { database },
        database,
        driver,
        partitions: queue.and_then(|queue| queue.partitions).unwrap_or(16),
        replication_factor: queue.and_then(|queue| queue.replication_factor).unwrap_or(3),
        search: blocks.search.is_some(),
        liveness: liveness(topology.spec.liveness.as_ref()),
        docker_folder: (topology.runtime == Runtime::Machines).then_some("/var/tmp/kestra-wd"),
        controllers: topology.group(ComponentName::Controller).is_some(),
    }
}

/// Kestra reads times as ISO 8601 has them.
fn liveness(liveness: Option<&Liveness>) -> LivenessContext {
    let iso = |duration: Option<provision_architecture::values::Duration>, default: u64| {
        format!("PT{}S", duration.map_or(default, |it| it.milliseconds().div_ceil(1_000)))
    };
    LivenessContext {
        heartbeat: iso(liveness.and_then(|it| it.heartbeat_interval), 3),
        timeout: iso(liveness.and_then(|it| it.timeout), 60),
        interval: iso(liveness.and_then(|it| it.check_interval), 5),
        initial_delay: iso(liveness.and_then(|it| it.initial_delay), 60),
        grace: iso(liveness.and_then(|it| it.termination_grace_period), 300),
        restart: liveness.and_then(|it| it.restart_strategy).map_or_else(
            || "AFTER_TERMINATION_GRACE_PERIOD".to_owned(),
            |it| it.word().to_uppercase().replace('-', "_"),
        ),
    }
}

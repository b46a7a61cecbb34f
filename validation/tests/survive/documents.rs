//! One test for each statement of the five documents that speaks of surviving something.

use provision_validation::survive::{Options, Report, State, Tuning};

use super::common::*;

fn kestra(version: &str, size: &str) -> Report {
    let zones = if size == "high-availability" { 3 } else { 1 };
    report(&in_zones(zones, &format!("platform: kestra\nversion: \"{version}\"\nsize: {size}\n")))
}

/// Kestra, "High Availability": if one instance fails, the system goes on without interruption.
#[test]
fn kestra_high_availability_goes_on_when_any_one_instance_fails() {
    let report = kestra("0.18", "high-availability");
    assert!(report.is_highly_available());
    let machines = report.singles.iter().filter(|row| row.failures[0].ends_with("machine dies"));
    let mut seen = 0;
    for row in machines {
        seen += 1;
        for effect in &row.effects {
            assert!(
                effect.state <= State::Degraded && effect.stop.is_none(),
                "{:?} {effect:?}",
                row.failures
            );
        }
    }
    assert_eq!(seen, 5, "webserver, scheduler, executor, indexer, worker");
}

/// Kestra, "High Availability": the architecture with Kafka and Elasticsearch is fault-tolerant.
#[test]
fn kestra_high_availability_bears_the_loss_of_any_kafka_or_elasticsearch_node() {
    let report = kestra("0.18", "high-availability");
    for node in ["one broker", "one search-node", "one search-master"] {
        let row = row(&report.singles, node);
        assert!(row.effects.iter().all(|effect| effect.state == State::Running), "{node}: {row:#?}");
    }
}

/// Kestra, "High Availability": the internal storage is highly available by design, so nothing stands for its loss.
#[test]
fn kestras_object_storage_does_not_fail() {
    let report = kestra("0.18", "high-availability");
    assert!(report.singles.iter().flat_map(|row| &row.failures).all(|says| !says.contains("storage")));
    assert!(report.assumptions.iter().any(|says| says.starts_with("object storage does not fail")));
}

/// Kestra, "High Availability": lowering net.ipv4.tcp_retries2 shortens the wait for a dead peer.
#[test]
fn tuned_hosts_notice_a_dead_database_sooner() {
    let report = kestra("2.0", "high-availability");
    let effect = report.effect(row(&report.singles, "the database server"), "execution");
    let stop = effect.stop.as_ref().unwrap();
    assert!(stop.time(Tuning::Tuned).unwrap().seconds() <= 60.0);
    assert!(stop.time(Tuning::Kernel).unwrap().seconds() > 900.0);
    let scheduling = report.availability.iter().find(|it| it.capability == "scheduling").unwrap();
    assert!(scheduling.failover_minutes_kernel > 10.0 * scheduling.failover_minutes);
}

/// Kestra, "High Availability": a load balancer spreads requests, so that one web server may fail.
#[test]
fn kestras_load_balancer_takes_a_dead_web_server_out() {
    let report = kestra("0.18", "high-availability");
    let ui = report.effect(row(&report.singles, "webserver machine"), "ui");
    assert_eq!(ui.state, State::Running);
    assert_eq!(seconds(delay(ui, "load balancer")), Some(3.0 * 5.0 + 5.0));
}

/// Kestra, "Deployment Architecture": the small size is one process that cannot be scaled.
#[test]
fn kestra_small_stops_with_its_one_process() {
    for version in ["0.18", "1.3", "2.0"] {
        let report = kestra(version, "small");
        assert!(!report.is_highly_available());
        assert!(
            row(&report.singles, "the standalone machine")
                .effects
                .iter()
                .all(|it| it.state == State::Stopped)
        );
        for sets in &report.cut_sets {
            let why: Vec<&str> =
                sets.single_points().flat_map(|set| &set.failures).map(String::as_str).collect();
            assert!(why.contains(&"the standalone machine dies"), "{}: {why:?}", sets.capability);
            assert!(why.contains(&"the database server dies"), "{}: {why:?}", sets.capability);
        }
    }
}

/// Kestra, "Deployment Architecture" (up to 0.19): medium is for where high availability is no strict requirement,
/// and has exactly one scheduler. The cut sets must say why it is not highly available.
#[test]
fn kestra_medium_is_not_highly_available_and_the_cut_sets_say_why() {
    for version in ["0.18", "1.3", "2.0"] {
        let report = kestra(version, "medium");
        assert!(!report.is_highly_available());
        let why = |capability: &str| -> Vec<String> {
            let sets = report.cut_sets.iter().find(|sets| sets.capability == capability).unwrap();
            sets.single_points().flat_map(|set| set.failures.clone()).collect()
        };
        for (capability, cause) in [
            ("scheduling", "the scheduler machine dies"),
            ("ui", "the webserver machine dies"),
            ("execution", "the executor machine dies"),
            ("scheduling", "the database server dies"),
            ("scheduling", "zone eu-west-1a is lost"),
        ] {
            assert!(
                why(capability).iter().any(|says| says == cause),
                "{version} {capability}: {:?}",
                why(capability)
            );
        }
        assert!(!why("execution").iter().any(|says| says.contains("worker")), "two workers");
    }
}

/// Kestra, "Deployment Architecture": with Kafka and Elasticsearch nothing is a single point of failure.
#[test]
fn kestra_high_availability_has_no_single_point_of_failure() {
    for version in ["0.18", "1.3", "2.0"] {
        let report = kestra(version, "high-availability");
        for sets in &report.cut_sets {
            let singles: Vec<_> = sets.single_points().collect();
            assert!(singles.is_empty(), "{version} {}: {singles:?}", sets.capability);
        }
    }
}

/// Kestra, "Deployment Architecture": the executor notices dead workers and gives their tasks to others.
#[test]
fn kestras_executor_gives_a_dead_workers_tasks_to_others() {
    let report = kestra("0.18", "high-availability");
    let execution = report.effect(row(&report.singles, "worker machine"), "execution");
    assert_eq!(execution.state, State::Degraded);
    assert!(seconds(delay(execution, "run again")).is_some());
    assert!(!execution.cancels_work);
}

/// Kestra, "Deployment Architecture": only the web server uses Elasticsearch, so executions go on without it.
#[test]
fn kestra_executes_without_elasticsearch() {
    let queue = "backends: { queue: { kind: kafka }, search: { kind: elasticsearch } }\n";
    for fields in ["version: \"0.18\"\n".to_owned(), format!("version: \"2.0\"\n{queue}")] {
        goes_on_without_elasticsearch(&fields);
    }
}

fn goes_on_without_elasticsearch(fields: &str) {
    let topology = in_zones(3, &format!("platform: kestra\nsize: high-availability\n{fields}"));
    let report = report_with(&topology, &Options { pairs: true, improvements: false, ..Options::default() });
    let both = row(report.pairs.as_ref().unwrap(), "2 search-nodes die");
    for (capability, state) in [
        ("ui", State::Stopped),
        ("log-search", State::Stopped),
        ("scheduling", State::Running),
        ("execution", State::Running),
    ] {
        assert_eq!(report.effect(both, capability).state, state, "{capability}");
    }
}

/// Kestra, "Deployment Architecture": the server components need Kafka up and running.
#[test]
fn kestra_stops_without_kafka() {
    let topology = in_zones(3, "platform: kestra\nversion: \"0.18\"\nsize: high-availability\n");
    let report = report_with(&topology, &Options { pairs: true, improvements: false, ..Options::default() });
    let both = row(report.pairs.as_ref().unwrap(), "2 brokers die");
    assert!(both.effects.iter().all(|effect| effect.state == State::Stopped));
}

fn events() -> Report {
    report(&in_zones(3, "platform: event-platform\nsize: high-availability\n"))
}

/// Event platform FAQ: executions are clustered horizontally.
#[test]
fn the_event_platform_bears_the_loss_of_an_execution() {
    let report = events();
    assert!(report.is_highly_available());
    let row = row(&report.singles, "execution machine");
    assert_eq!(report.effect(row, "execution").state, State::Degraded);
    assert_eq!(report.effect(row, "input").state, State::Running);
}

/// Event platform FAQ: run-time jobs disturb no neighbours.
#[test]
fn the_event_platforms_jobs_take_nothing_with_them() {
    let topology = in_zones(3, "platform: event-platform\nsize: high-availability\n");
    let report = report_with(&topology, &Options { pairs: true, improvements: false, ..Options::default() });
    let jobs = row(report.pairs.as_ref().unwrap(), "both job machines die");
    assert_eq!(report.effect(jobs, "input").state, State::Running);
    assert_eq!(report.effect(jobs, "output").state, State::Running);
}

/// Event platform FAQ: input and output stream through Kafka, whose brokers are a cluster.
#[test]
fn the_event_platforms_streams_bear_the_loss_of_a_broker_and_of_a_zone() {
    let report = events();
    for row in report.zone_losses.iter().chain([row(&report.singles, "one broker")]) {
        assert_eq!(report.effect(row, "input").state, State::Running, "{:?}", row.failures);
    }
}

/// Event platform FAQ: executions are scaled while everything runs.
#[test]
fn the_event_platform_works_while_an_execution_is_away() {
    let topology = in_zones(3, "platform: event-platform\nsize: high-availability\n");
    let report =
        report_with(&topology, &Options { during_upgrade: true, improvements: false, ..Options::default() });
    let upgrade = report.upgrade.as_ref().unwrap();
    assert!(upgrade.rolling);
    let execution = upgrade.components.iter().find(|rows| rows.component == "execution").unwrap();
    assert!(execution.away.effects.iter().all(|effect| effect.standing < State::Stopped));
}

fn rudderstack(zones: u8, size: &str, rest: &str) -> Report {
    report(&in_zones(zones, &format!("platform: rudderstack\nsize: {size}\n{rest}")))
}

/// RudderStack, "High Availability": Kubernetes starts the server on another node when its node goes down.
#[test]
fn rudderstack_is_started_on_another_node() {
    let report = rudderstack(1, "single-zone", "runtime: kubernetes\n");
    let ingest = report.effect(row(&report.singles, "the server machine"), "ingest");
    assert_eq!(ingest.state, State::Stopped);
    assert!(ingest.stop.as_ref().unwrap().formula().starts_with("node-detection + pod-eviction + pod-start"));
}

/// RudderStack, "High Availability": an auto-scaling group makes a new node where none is left.
#[test]
fn rudderstack_gets_a_new_machine_from_its_group() {
    let report = rudderstack(1, "single-zone", "");
    let ingest = report.effect(row(&report.singles, "the server machine"), "ingest");
    assert!(ingest.stop.as_ref().unwrap().formula().starts_with("machine-detection + machine-launch"));
}

/// RudderStack, "High Availability": across several zones it is resilient to the loss of one; in one zone it is not.
#[test]
fn rudderstack_survives_a_zone_only_across_zones() {
    let several = rudderstack(3, "multi-zone", "");
    for zone in &several.zone_losses {
        for capability in ["ingest", "delivery"] {
            let effect = several.effect(zone, capability);
            assert!(effect.stop.as_ref().is_none_or(|stop| stop.time(Tuning::Tuned).is_some()), "{effect:?}");
        }
    }
    let one = rudderstack(1, "single-zone", "");
    let ingest = one.effect(&one.zone_losses[0], "ingest");
    assert!(ingest.stop.as_ref().unwrap().waits_for().unwrap().starts_with("the zone returns"));
}

/// RudderStack, "High Availability", client SDK caching: events wait on the devices and are sent afterwards.
#[test]
fn rudderstacks_sdks_keep_events_while_it_is_away() {
    let report = rudderstack(1, "single-zone", "");
    let ingest = report.effect(row(&report.singles, "the server machine"), "ingest");
    assert!(says(ingest, "web and mobile SDKs keep their events"));
    assert_ne!(ingest.state, State::Lost);
}

/// RudderStack, "High Availability": in degraded mode events are stored, forwarded later, in their order.
#[test]
fn rudderstacks_degraded_mode_stores_and_keeps_the_order() {
    let report = rudderstack(3, "multi-zone", "version: \"1.20\"\n");
    let crash = row(&report.singles, "keeps crashing");
    assert_eq!(report.effect(crash, "ingest").state, State::Running);
    let delivery = report.effect(crash, "delivery");
    assert_eq!(delivery.state, State::Stopped);
    assert!(says(delivery, "keeps their order") && says(delivery, "in their order"), "{delivery:?}");
    assert_eq!(report.effect(crash, "order").state, State::Running);
}

fn octopus(options: &Options) -> Report {
    let topology = in_zones(2, "platform: octopus\nedition: professional\nsize: high-availability\n");
    report_with(&topology, options)
}

fn plain() -> Options {
    Options { improvements: false, ..Options::default() }
}

/// Octopus, "High Availability": several servers share load and tasks.
#[test]
fn octopus_goes_on_with_the_other_node() {
    let report = octopus(&plain());
    assert!(report.is_highly_available());
    let dead = row(&report.singles, "server machine");
    for capability in ["web", "deployments", "polling-targets"] {
        assert_eq!(report.effect(dead, capability).state, State::Degraded, "{capability}");
    }
}

/// Octopus, "High Availability": the load balancer directs users between the nodes.
#[test]
fn octopus_users_reach_the_other_node_through_the_load_balancer() {
    let report = octopus(&plain());
    assert!(
        seconds(delay(report.effect(row(&report.singles, "server machine"), "web"), "load balancer"))
            .is_some()
    );
    let lost = row(&report.singles, "load balancer");
    assert_eq!(report.effect(lost, "web").state, State::Stopped);
    assert_eq!(report.effect(lost, "deployments").state, State::Running);
}

/// Octopus, "High Availability": most data is in the database, so everything stands and falls with it.
#[test]
fn octopus_needs_its_database_and_its_standby_takes_over() {
    let report = octopus(&plain());
    let dead = row(&report.singles, "the database server");
    for effect in &dead.effects {
        assert!(effect.fails_over(), "{effect:?}");
    }
}

/// Octopus, "High Availability": packages, artifacts and logs are in storage that all nodes share.
#[test]
fn octopus_needs_its_shared_files() {
    let report = octopus(&plain());
    let lost = row(&report.singles, "shared file service");
    assert!(lost.effects.iter().all(|effect| effect.state == State::Stopped));
}

/// Octopus, "High Availability": nodes are updated and restarted while the rest of the cluster goes on. Its newer
/// pages make a change of the version an outage.
#[test]
fn octopus_works_while_one_node_is_away_but_an_upgrade_is_an_outage() {
    let report = octopus(&Options { during_upgrade: true, improvements: false, ..Options::default() });
    let upgrade = report.upgrade.as_ref().unwrap();
    assert!(!upgrade.rolling && upgrade.says.contains("all nodes stop for an upgrade"));
    let server = &upgrade.components[0];
    assert!(server.away.effects.iter().all(|effect| effect.standing == State::Degraded));
    assert!(server.then.iter().any(|row| row.failures == ["one server machine dies"]));
}

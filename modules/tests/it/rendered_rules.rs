//! Rules that only rendered files can decide.

use std::fs;
use std::path::Path;

use provision_architecture::spec::{Platform, Provider, Runtime};
use provision_testing::workspace_root;

use crate::examples::{rendered, variants};
use crate::matrix::{Rendered, everything, example};

/// Everything that is rendered for machines.
fn all() -> impl Iterator<Item = &'static Rendered> {
    everything().iter().filter(|it| it.topology.runtime == Runtime::Machines)
}

/// What the catalogue leaves to rendered files is asserted on them: each such rule is named by a test of this room.
#[test]
fn every_rule_that_only_rendered_files_decide_has_a_test() {
    let mut rules = Vec::new();
    for entry in fs::read_dir(workspace_root().join("architecture/documented")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_str().unwrap().ends_with("-rules.yaml") {
            let value: serde_json::Value =
                serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let elsewhere =
                value["elsewhere"].as_array().unwrap().iter().filter(|it| it["decided"] == "rendered");
            rules.extend(elsewhere.map(|it| it["id"].as_str().unwrap().to_owned()));
        }
    }
    assert!(rules.len() > 20);
    let tests = texts(&workspace_root().join("modules/tests/it"));
    rules.retain(|id| !tests.contains(id.as_str()));
    assert!(rules.is_empty(), "{rules:?}");
}

fn texts(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { texts(&path) } else { fs::read_to_string(path).unwrap() }).collect()
}

#[test]
fn no_image_is_called_latest_and_containers_use_the_hosts_network() {
    let mut units = 0;
    for Rendered { name, directory, .. } in all() {
        for (path, _) in directory.files().filter(|(path, _)| path.ends_with(".service")) {
            let text = directory.text(path).unwrap();
            assert!(!text.contains(":latest"), "{name}/{path}");
            for line in text.lines().filter(|line| line.contains("docker run")) {
                assert!(line.contains("--network host"), "{name}/{path}: tuning does not reach it");
                units += 1;
            }
        }
    }
    assert!(units > 20);
}

/// The number after `=` in the first line that begins so.
fn number(text: &str, key: &str) -> u64 {
    let value =
        text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("{key} in\n{text}"));
    value.trim_start_matches([' ', '=']).trim().parse().unwrap()
}

#[test]
fn no_unit_is_cut_off_and_none_gives_up() {
    for Rendered { name, topology, directory, .. } in all() {
        for group in &topology.groups {
            let folder = format!("hosts/{}", group.component);
            let unit = directory.text(&format!("{folder}/provision-{}.service", group.component)).unwrap();
            let seconds = |duration: Option<provision_architecture::values::Duration>| {
                duration.map_or(0, |it| it.milliseconds().div_ceil(1_000))
            };
            let (grace, drain) = (seconds(group.grace_period), seconds(group.drain));
            let longest = number(unit, "TimeoutStopSec=");
            assert!(longest > grace && longest > drain, "{name}: KES-13, OCT-24, EVT-04: {longest} s");
            assert!(unit.contains("\nRestart=always\n"), "{name}");
        }
    }
}

/// A machine that no load balancer replaces has to be looked after, and only such a one.
#[test]
fn every_machine_is_replaced_by_somebody() {
    let mut watched = 0;
    for Rendered { name, topology, directory, .. } in
        all().filter(|it| it.is_on(Provider::Aws, Runtime::Machines))
    {
        let compute = directory.text("compute.tf").unwrap();
        for group in &topology.groups {
            let watch = directory.text(&format!("hosts/{}/watch.sh", group.component));
            let blocks = compute.split("\nresource \"aws_autoscaling_group\" ");
            let own: Vec<&str> =
                blocks.filter(|it| it.starts_with(&format!("\"{}", group.component))).collect();
            assert!(!own.is_empty(), "{name}: {}", group.component);
            for block in own {
                let balancer = block.contains("= \"ELB\"");
                assert_ne!(balancer, watch.is_some(), "{name}: {}", group.component);
            }
            let drains = group.health.as_ref().is_some_and(|health| health.draining_status.is_some());
            if drains {
                assert!(watch.is_some_and(|text| text.contains("'418') return 0")), "{name}: OCT-16");
            }
            watched += u32::from(watch.is_some());
        }
    }
    assert!(watched > 10);
}

#[test]
fn new_executions_start_before_old_ones_end_and_jobs_reach_no_database() {
    for Rendered { name, directory, .. } in all().filter(|it| {
        it.topology.platform == Platform::EventPlatform && it.is_on(Provider::Aws, Runtime::Machines)
    }) {
        let compute = directory.text("compute.tf").unwrap();
        assert_eq!(compute.matches("min_healthy_percentage = 100").count(), 2, "{name}: EVT-04");
        let security = directory.text("security.tf").unwrap();
        assert!(security.contains("\"job_to_kafka_") && !security.contains("database"), "{name}: EVT-05");
    }
}

#[test]
fn kestra_reads_its_keys_from_one_file_and_its_azure_storage_is_flat() {
    for Rendered { name, directory, .. } in all().filter(|it| it.topology.platform == Platform::Kestra) {
        for (path, _) in directory.files() {
            let text = directory.text(path).unwrap_or_default();
            assert!(
                !text.contains("KESTRA_"),
                "{name}/{path}: KES-18: a key of several words needs two underscores"
            );
            assert!(!text.contains("is_hns_enabled = true"), "{name}/{path}: KES-20");
        }
    }
}

#[test]
fn script_tasks_find_docker_where_tasks_run_and_nowhere_else() {
    for Rendered { name, topology, directory, .. } in
        all().filter(|it| it.topology.platform == Platform::Kestra)
    {
        for group in &topology.groups {
            let component = group.component.word();
            let unit = directory.text(&format!("hosts/{component}/provision-{component}.service")).unwrap();
            let runs = ["worker", "standalone"].contains(&component);
            assert_eq!(unit.contains("/var/run/docker.sock"), runs, "{name}: KES-19: {component}");
            let text = directory.text(&format!("hosts/{component}/application.yaml")).unwrap();
            let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
            let folder = value["kestra"]["tasks"]["tmp-dir"]["path"].as_str().unwrap();
            let shared = folder.strip_suffix("/tmp").unwrap();
            assert_eq!(
                unit.contains(&format!("--volume {shared}:{shared} ")),
                runs,
                "{name}: KES-19: the same path"
            );
        }
    }
}

#[test]
fn database_and_files_of_octopus_are_backed_up() {
    for Rendered { name, directory, .. } in all()
        .filter(|it| it.topology.platform == Platform::Octopus && it.is_on(Provider::Aws, Runtime::Machines))
    {
        let database = directory.text("database.tf").unwrap();
        let days =
            database.lines().find_map(|line| line.trim().strip_prefix("backup_retention_period")).unwrap();
        assert!(days.trim_start_matches([' ', '=']).parse::<u64>().unwrap() > 0, "{name}: OCT-27");
        let files = directory.text("shared_storage.tf").unwrap();
        assert!(files.contains("aws_efs_backup_policy") && files.contains("\"ENABLED\""), "{name}: OCT-27");
    }
}

#[test]
fn kestra_hands_three_copies_to_its_topics_and_knows_every_search_node() {
    let directory = example("kestra-high-availability");
    for role in ["webserver", "executor", "scheduler", "worker", "indexer"] {
        let text = directory.text(&format!("hosts/{role}/application.yaml")).unwrap();
        let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        let kafka = &value["kestra"]["kafka"]["defaults"];
        assert_eq!(kafka["topic"]["replication-factor"], 3, "KES-12");
        assert_eq!(kafka["stream"]["properties"]["replication.factor"], 3, "KES-12");
        assert_eq!(text, directory.text("hosts/webserver/application.yaml").unwrap(), "KES-15");
    }
    let search = directory.text("search.tf").unwrap();
    let addresses = search.lines().find(|line| line.contains(":9200")).unwrap();
    for number in 0..3 {
        assert!(addresses.contains(&format!("aws_network_interface.search_data_{number}.")), "ELS-07");
    }
    assert!(!addresses.contains("search_master"), "ELS-07");
}

#[test]
fn units_wait_longer_than_the_component_may_finish() {
    let directory = example("kestra-high-availability");
    let unit = directory.text("hosts/worker/provision-worker.service").unwrap();
    let seconds: u64 =
        unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap().parse().unwrap();
    assert!(seconds > 300, "KES-13: the grace period is 5 minutes");
}

#[test]
fn a_draining_octopus_node_leaves_the_load_balancer() {
    let directory = example("octopus-high-availability");
    let balancer = directory.text("load_balancer.tf").unwrap();
    assert!(
        balancer.contains("path     = \"/api/octopusservernodes/ping\"")
            || balancer.contains("/api/octopusservernodes/ping"),
        "OCT-15"
    );
    assert!(balancer.contains("matcher"), "OCT-15");
    assert!(!balancer.contains("418\""), "OCT-15: 418 takes the node out");
    assert!(!balancer.contains("stickiness"), "OCT-17");
}

#[test]
fn workers_reach_the_controllers_of_kestra_2() {
    let spec = variants().into_iter().find(|(name, _)| name == "kestra-2").unwrap().1;
    let security = rendered(&spec).unwrap().text("security.tf").unwrap().to_owned();
    assert!(security.contains("\"controller_balancer_from_worker_50051\""), "KES-21");
    assert!(security.contains("\"controller_from_controller_balancer_50051\""), "KES-21");
}

#[test]
fn kernel_parameters_of_search_and_kafka_nodes() {
    let directory = example("kestra-high-availability");
    let values = directory.text("hosts/search-data/90-provision.conf").unwrap();
    let maps = values
        .lines()
        .find_map(|line| line.strip_prefix("vm.max_map_count=").or(line.strip_prefix("vm.max_map_count = ")));
    assert!(maps.unwrap().trim().parse::<u64>().unwrap() >= 262_144, "ELS-09");
}

#[test]
fn search_nodes_know_their_zone_and_their_limits() {
    let directory = example("kestra-high-availability");
    let settings = directory.text("hosts/search-data/node.env").unwrap();
    assert!(settings.contains("cluster.routing.allocation.awareness.attributes=zone\n"), "ELS-05");
    assert!(settings.contains("awareness.force.zone.values=eu-west-1a,eu-west-1b,eu-west-1c\n"), "ELS-06");
    assert!(!settings.contains("single-node") && settings.contains("network.host=0.0.0.0\n"), "ELS-15");
    assert!(
        settings.contains("ES_JAVA_OPTS=-Xms4096m -Xmx4096m\n"),
        "ELS-13: half of 8 GiB, smallest and largest the same"
    );
    let boot = directory.text("hosts/search-data/boot-values.sh").unwrap();
    assert!(boot.contains("node.attr.zone="), "ELS-05");
    assert!(!boot.contains("initial_master_nodes"), "ELS-08: data nodes elect nobody");
    let boot = directory.text("hosts/search-master/boot-values.sh").unwrap();
    assert!(boot.contains("'search-master-0,search-master-1,search-master-2'"), "ELS-08");
    let unit = directory.text("hosts/search-data/provision-search-data.service").unwrap();
    let files: u64 = unit.split("nofile=").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    assert!(files >= 65_535, "ELS-10");
    for limit in ["nproc=-1:-1", "fsize=-1:-1", "memlock=-1:-1"] {
        assert!(unit.contains(limit), "ELS-11, ELS-12: {limit}");
    }
}

#[test]
fn kafka_on_machines_is_set_as_the_rules_ask() {
    let spec = variants().into_iter().find(|(name, _)| name == "kestra-kafka-on-machines").unwrap().1;
    let directory = rendered(&spec).unwrap();
    let settings = directory.text("hosts/kafka-broker/node.env").unwrap();
    for setting in [
        "KAFKA_PROCESS_ROLES=broker\n",
        "KAFKA_DEFAULT_REPLICATION_FACTOR=3\n",
        "KAFKA_MIN_INSYNC_REPLICAS=2\n",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=3\n",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=2\n",
        "KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE=false\n",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE=false\n",
    ] {
        assert!(settings.contains(setting), "KAF-18, KAF-19: {setting}");
    }
    let id = |role: &str| {
        let text = directory.text(&format!("hosts/{role}/node.env")).unwrap();
        text.lines().find(|line| line.starts_with("CLUSTER_ID=")).unwrap().to_owned()
    };
    assert_eq!(id("kafka-broker"), id("kafka-controller"), "KAF-09");
    let boot = directory.text("hosts/kafka-broker/boot-values.sh").unwrap();
    assert!(boot.contains("KAFKA_BROKER_RACK=%s\\n' \"$zone\""), "KAF-05");
    assert!(boot.contains("mkfs.xfs") && boot.contains("mount -o noatime"), "KAF-13");
    let unit = directory.text("hosts/kafka-broker/provision-kafka-broker.service").unwrap();
    let files: u64 = unit.split("nofile=").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    assert!(files >= 100_000, "KAF-11");
    assert!(
        unit.contains(" apache/kafka:"),
        "KAF-15: the image brings a supported Java and the G1 collector"
    );
    assert!(!settings.contains("PERFORMANCE_OPTS"), "KAF-15: nothing takes its collector away");
    let heap = settings.lines().find_map(|line| line.strip_prefix("KAFKA_HEAP_OPTS=-Xms")).unwrap();
    let (least, most) = heap.split_once(" -Xmx").unwrap();
    assert_eq!(least, most, "KAF-15");
    let values = directory.text("hosts/kafka-broker/90-provision.conf").unwrap();
    assert!(number(values, "vm.max_map_count") >= 262_144, "KAF-12");
    let kafka = directory.text("kafka.tf").unwrap();
    for zone in ["a", "b", "c"] {
        assert!(kafka.contains(&format!("availability_zone = \"eu-west-1{zone}\"")), "a disk in each zone");
    }
    assert!(kafka.contains("depends_on = [aws_instance.kafka_broker_0]"), "never two of a quorum at once");
}

#[test]
fn octopus_nodes_share_files_at_one_path_and_keep_their_own_logs() {
    let directory = example("octopus-high-availability");
    let unit = directory.text("hosts/server/provision-server.service").unwrap();
    for folder in ["repository", "artifacts", "taskLogs", "eventExports"] {
        assert!(unit.contains(&format!("--volume /mnt/shared/{folder}:/{folder} ")), "OCT-10");
    }
    assert!(
        !unit.contains("/mnt/shared:") && !unit.contains("git"),
        "OCT-13, OCT-14: nothing else is shared"
    );
    let boot = directory.text("hosts/server/boot-values.sh").unwrap();
    assert!(boot.contains("mount_shared_files"), "OCT-10");
    let cloud = directory.text("hosts/server/cloud.sh").unwrap();
    assert!(cloud.contains("mount -t efs -o tls,iam"), "OCT-10");
    assert!(boot.contains("head -c 16 /dev/urandom"), "OCT-26: a key of AES-128");
    let seconds: u64 =
        unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap().parse().unwrap();
    assert!(seconds >= 660, "OCT-24: longer than the drain");
}

#[test]
fn each_rudderstack_server_reads_a_database_of_its_own() {
    let directory = example("rudderstack-multi-zone");
    let boot = directory.text("hosts/server/boot-values.sh").unwrap();
    assert!(boot.contains("s/^DATABASE_${number}_/DATABASE_/"), "RUD-03");
    assert!(boot.contains("JOBS_DB_HOST="));
    let database = directory.text("database.tf").unwrap();
    for number in 0..3 {
        assert!(database.contains(&format!("\"/provision/clicks/database/{number}/host\"")), "RUD-03");
    }
}

#[test]
fn on_google_cloud_machines_know_their_brokers_and_keep_no_password() {
    let directory = example("kestra-high-availability-google");
    let compute = directory.text("compute.tf").unwrap();
    let brokers = compute.lines().find(|line| line.contains("\"kafka/brokers\"")).unwrap();
    for number in 0..3 {
        assert!(brokers.contains(&format!("google_compute_address.kafka_broker_{number}.address}}:9092")));
    }
    let kafka = directory.text("kafka.tf").unwrap();
    for zone in ["a", "b", "c"] {
        assert!(kafka.contains(&format!("= \"europe-west4-{zone}\"")), "a disk in each zone");
    }
    assert!(kafka.contains("depends_on = [google_compute_instance.kafka_broker_0]"), "never two at once");
    let configuration = directory.text("hosts/worker/application.yaml").unwrap();
    assert!(configuration.contains("type: gcs") && !configuration.contains("s3"), "KES-09");

    let directory = example("octopus-high-availability-google");
    let variables = directory.text("variables.tf").unwrap();
    let password = variables.split("variable \"database_password\"").nth(1).unwrap();
    let password = password.split("\nvariable").next().unwrap();
    assert!(password.contains("ephemeral   = true") && !password.contains("default"));
    let compute = directory.text("compute.tf").unwrap();
    let repair = compute.split("\"server_repair\"").nth(1).unwrap().split("\nresource").next().unwrap();
    assert!(repair.contains("tcp_health_check"), "OCT-15: a node that drains is not made anew");
    let balancer = directory.text("load_balancer.tf").unwrap();
    assert!(balancer.contains("connection_draining_timeout_sec = 690"), "OCT-24: longer than the drain");
}

//! Rules that only rendered files can decide.

use provision_modules::Directory;

use crate::examples::{examples, rendered, variants};

fn all() -> Vec<(String, Directory)> {
    let render = |(name, spec): (String, String)| {
        let directory = rendered(&spec).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, directory)
    };
    examples().into_iter().chain(variants()).map(render).collect()
}

#[test]
fn no_image_is_called_latest_and_containers_use_the_hosts_network() {
    let mut units = 0;
    for (name, directory) in all() {
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

#[test]
fn kestra_hands_three_copies_to_its_topics_and_knows_every_search_node() {
    let directory = rendered(&examples()["kestra-high-availability"]).unwrap();
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
    let directory = rendered(&examples()["kestra-high-availability"]).unwrap();
    let unit = directory.text("hosts/worker/provision-worker.service").unwrap();
    let seconds: u64 =
        unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap().parse().unwrap();
    assert!(seconds > 300, "KES-13: the grace period is 5 minutes");
}

#[test]
fn a_draining_octopus_node_leaves_the_load_balancer() {
    let directory = rendered(&examples()["octopus-high-availability"]).unwrap();
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
    let directory = rendered(&examples()["kestra-high-availability"]).unwrap();
    let values = directory.text("hosts/search-data/90-provision.conf").unwrap();
    let maps = values
        .lines()
        .find_map(|line| line.strip_prefix("vm.max_map_count=").or(line.strip_prefix("vm.max_map_count = ")));
    assert!(maps.unwrap().trim().parse::<u64>().unwrap() >= 262_144, "ELS-09");
}

#[test]
fn search_nodes_know_their_zone_and_their_limits() {
    let directory = rendered(&examples()["kestra-high-availability"]).unwrap();
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
    let kafka = directory.text("kafka.tf").unwrap();
    for zone in ["a", "b", "c"] {
        assert!(kafka.contains(&format!("availability_zone = \"eu-west-1{zone}\"")), "a disk in each zone");
    }
    assert!(kafka.contains("depends_on = [aws_instance.kafka_broker_0]"), "never two of a quorum at once");
}

#[test]
fn octopus_nodes_share_files_at_one_path_and_keep_their_own_logs() {
    let directory = rendered(&examples()["octopus-high-availability"]).unwrap();
    let unit = directory.text("hosts/server/provision-server.service").unwrap();
    for folder in ["repository", "artifacts", "taskLogs", "eventExports"] {
        assert!(unit.contains(&format!("--volume /mnt/shared/{folder}:/{folder} ")), "OCT-10");
    }
    assert!(
        !unit.contains("/mnt/shared:") && !unit.contains("git"),
        "OCT-13, OCT-14: nothing else is shared"
    );
    let boot = directory.text("hosts/server/boot-values.sh").unwrap();
    assert!(boot.contains("mount -t efs -o tls,iam"), "OCT-10");
    assert!(boot.contains("head -c 16 /dev/urandom"), "OCT-26: a key of AES-128");
    let seconds: u64 =
        unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap().parse().unwrap();
    assert!(seconds >= 660, "OCT-24: longer than the drain");
}

#[test]
fn each_rudderstack_server_reads_a_database_of_its_own() {
    let directory = rendered(&examples()["rudderstack-multi-zone"]).unwrap();
    let boot = directory.text("hosts/server/boot-values.sh").unwrap();
    assert!(boot.contains("s/^DATABASE_${number}_/DATABASE_/"), "RUD-03");
    assert!(boot.contains("JOBS_DB_HOST="));
    let database = directory.text("database.tf").unwrap();
    for number in 0..3 {
        assert!(database.contains(&format!("\"/provision/clicks/database/{number}/host\"")), "RUD-03");
    }
}

//! The same as in the sandbox, where it is asked for through the cloud's own SDK: what lives in an emulated AWS.

use std::fs;

use provision_testing::AwsEmulator;
use serde_json::{Value, json};

use super::status::{document, keep_to_the_schema, says};
use super::world::World;
use crate::run::{root, shown};

struct Estate {
    emulator: AwsEmulator,
    world: World,
}

impl Estate {
    fn run(&self, verb: &str, more: &[&str]) -> String {
        let all = [verb, "provision.yaml", "--engine", "embedded", "--ledger", "file:ledger"];
        let mut command =
            self.world.command(&all.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
        command.envs(self.emulator.environment());
        shown(command, "")
    }

    fn status(&self) -> (String, Value) {
        document(&self.run("status", &["--json"]))
    }

    fn by_hand(&self, service: &str, operation: &str, arguments: &Value) -> Value {
        self.emulator.act(service, operation, arguments)
    }
}

/// Machines in a cluster behind a load balancer, and databases with standbys.
#[test]
fn what_is_wrong_on_aws_is_named() {
    let Ok(emulator) = AwsEmulator::fresh() else { return };
    let estate = Estate { emulator, world: World::new() };
    let spec = root().join("examples/rudderstack-on-kubernetes.yaml");
    fs::copy(spec, estate.world.path().join("provision.yaml")).expect("a spec");
    let applied = estate.run("apply", &["-y", "--no-install"]);
    assert!(applied.starts_with("exit code: 0"), "{applied}");

    let (code, good) = estate.status();
    assert_eq!((code.as_str(), &good["as_promised"]), ("exit code: 0", &true.into()), "{good:#}");
    let mut documents = vec![good];

    // A target is sick, and another one is taken out.
    let groups = estate.by_hand("elbv2", "describe_target_groups", &json!({}));
    let group = groups["TargetGroups"][0]["TargetGroupArn"].as_str().expect("a target group");
    let health = estate.by_hand("elbv2", "describe_target_health", &json!({"TargetGroupArn": group}));
    let target =
        |number: usize| health["TargetHealthDescriptions"][number]["Target"]["Id"].as_str().expect("an id");
    let (sick, out) = (target(0), target(1));
    let state = |state: &str| json!({"target_group": group, "target": sick, "state": state});
    estate.emulator.shim("health", &state("unhealthy"));
    let detached = json!({"TargetGroupArn": group, "Targets": [{"Id": out}]});
    estate.by_hand("elbv2", "deregister_targets", &detached);
    // A standby is switched off, and a tag is changed.
    let name =
        |told: &Value| told["DBInstances"][0]["DBInstanceIdentifier"].as_str().expect("a name").to_owned();
    let database = name(&estate.by_hand("rds", "describe_db_instances", &json!({})));
    let multi_az =
        |on: bool| json!({"DBInstanceIdentifier": database, "MultiAZ": on, "ApplyImmediately": true});
    estate.by_hand("rds", "modify_db_instance", &multi_az(false));
    let networks = estate.by_hand(
        "ec2",
        "describe_vpcs",
        &json!({"Filters": [{"Name": "tag-key", "Values": ["provision:address"]}]}),
    );
    let network = networks["Vpcs"][0]["VpcId"].as_str().expect("a network");
    let tag = |value: &str| json!({"Resources": [network], "Tags": [{"Key": "Name", "Value": value}]});
    estate.by_hand("ec2", "create_tags", &tag("mine"));
    let (code, wrong) = estate.status();
    assert_eq!(code, "exit code: 2");
    let targets = says(&wrong, "targets");
    assert!(
        targets.iter().any(|it| it.contains(sick) && it.contains("unhealthy, set by a test")),
        "{wrong:#}"
    );
    assert!(
        targets.iter().any(|it| it.contains(out) && it.contains("is not behind the load balancer")),
        "{wrong:#}"
    );
    assert!(says(&wrong, "database")[0].contains("no standby"), "{wrong:#}");
    let drift = says(&wrong, "drift");
    assert!(drift.iter().any(|it| it.contains("multi_az")), "{drift:?}");
    assert!(drift.iter().any(|it| it.starts_with("aws_vpc.main: tags")), "{drift:?}");
    documents.push(wrong);

    // It is as it was, and then a zone is lost.
    estate.emulator.shim("health", &state("healthy"));
    estate.by_hand("elbv2", "register_targets", &detached);
    estate.by_hand("rds", "modify_db_instance", &multi_az(true));
    let before = documents[0]["deployment"].as_str().expect("its name").to_owned();
    estate.by_hand("ec2", "create_tags", &tag(&before));
    assert_eq!(estate.status().0, "exit code: 0");
    estate.emulator.shim("zone", &json!({"zone": "eu-west-1a", "failed": true}));
    let (code, lost) = estate.status();
    assert_eq!(code, "exit code: 2");
    assert!(says(&lost, "instances").iter().any(|it| it.starts_with("components: ")), "{lost:#}");
    documents.push(lost);
    keep_to_the_schema(&documents);
}

//! What stands behind live objects, as the driver tells it.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::directories::{BALANCED, EKS, STANDING};
use crate::emulator::Emulator;
use crate::lifecycle::said;
use crate::support::Tried;

/// An emulator with an estate in it.
struct Estate {
    emulator: Emulator,
    place: tempfile::TempDir,
}

impl Estate {
    fn made(files: &[(&str, &str)]) -> Result<Self, provision_testing::Skipped> {
        let estate = Estate { emulator: Emulator::fresh()?, place: tempfile::tempdir().unwrap() };
        fs::create_dir(estate.directory()).unwrap();
        for (name, text) in files {
            fs::write(estate.directory().join(name), text).unwrap();
        }
        said(&estate.emulator, "apply", &estate.directory());
        Ok(estate)
    }

    fn directory(&self) -> PathBuf {
        self.place.path().join("directory")
    }

    /// The members, in order, and the calls that they took.
    fn seen(&self) -> (Vec<String>, Vec<String>) {
        let said = said(&self.emulator, "members", &self.directory());
        let (calls, mut members): (Vec<String>, Vec<String>) =
            said.into_iter().partition(|line| line.starts_with("called "));
        // What would change is for a plan to say.
        let is_member = |line: &String| line.starts_with("aws_");
        members.retain(is_member);
        members.sort();
        (members, calls)
    }

    fn by_hand(&self, service: &str, operation: &str, arguments: &Json) -> Json {
        self.emulator.act(service, operation, arguments)
    }

    fn target_group(&self) -> String {
        let told = self.by_hand("elbv2", "describe_target_groups", &json!({"Names": ["orders-server"]}));
        told["TargetGroups"][0]["TargetGroupArn"].as_str().unwrap().to_owned()
    }

    /// The machines of the group, by their zones.
    fn machine_in(&self, zone: &str) -> String {
        let told = self.by_hand("autoscaling", "describe_auto_scaling_instances", &json!({}));
        let machines = told["AutoScalingInstances"].as_array().unwrap();
        let machine = machines.iter().find(|machine| machine["AvailabilityZone"] == zone).unwrap();
        machine["InstanceId"].as_str().unwrap().to_owned()
    }
}

const HEALTHY: &[&str] = &[
    "aws_autoscaling_group.server Machine in eu-west-1a, Healthy, version 1",
    "aws_autoscaling_group.server Machine in eu-west-1b, Healthy, version 1",
    "aws_db_instance.main Primary in eu-west-1a, Healthy",
    "aws_db_instance.main Standby in eu-west-1c, Healthy",
    "aws_ebs_volume.one attached",
    "aws_instance.one Machine in eu-west-1a, Healthy",
    "aws_lb_target_group.server Target in eu-west-1a, Healthy",
    "aws_lb_target_group.server Target in eu-west-1b, Healthy",
];

/// The healthy ones, with some lines in place of others.
fn but(changes: &[(&str, &[&str])]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in HEALTHY {
        match changes.iter().find(|(before, _)| before == line) {
            Some((_, after)) => lines.extend(after.iter().map(|line| (*line).to_owned())),
            None => lines.push((*line).to_owned()),
        }
    }
    lines.sort();
    lines
}

pub(crate) fn how_everything_is() -> Tried {
    let estate = Estate::made(&[("main.tf", BALANCED), ("standing.tf", STANDING)])?;
    assert_eq!(estate.seen().0, HEALTHY);
    let (pool, machine) = (estate.target_group(), estate.machine_in("eu-west-1b"));

    let health = |state: &str| json!({"target_group": pool, "target": machine, "state": state});
    estate.emulator.shim("health", &health("unhealthy"));
    let target = "aws_lb_target_group.server Target in eu-west-1b, Healthy";
    let sick = "aws_lb_target_group.server Target in eu-west-1b, Unhealthy: set by a test";
    assert_eq!(estate.seen().0, but(&[(target, &[sick])]));
    estate.emulator.shim("health", &health("initial"));
    let new = "aws_lb_target_group.server Target in eu-west-1b, Starting: set by a test";
    assert_eq!(estate.seen().0, but(&[(target, &[new])]));

    let detached = json!({"TargetGroupArn": pool, "Targets": [{"Id": machine}]});
    estate.by_hand("elbv2", "deregister_targets", &detached);
    assert_eq!(estate.seen().0, but(&[(target, &[])]));
    estate.by_hand("elbv2", "register_targets", &detached);
    estate.emulator.shim("health", &health("healthy"));

    let multi_az = |on: bool| json!({"DBInstanceIdentifier": "orders-database", "MultiAZ": on, "ApplyImmediately": true});
    estate.by_hand("rds", "modify_db_instance", &multi_az(false));
    assert_eq!(estate.seen().0, but(&[("aws_db_instance.main Standby in eu-west-1c, Healthy", &[])]));
    estate.by_hand("rds", "modify_db_instance", &multi_az(true));
    assert_eq!(estate.seen().0, HEALTHY);

    // The group heals where it still can, the standby takes over, and what stands alone stands still.
    estate.emulator.shim("zone", &json!({"zone": "eu-west-1a", "failed": true}));
    let after = but(&[
        (
            "aws_autoscaling_group.server Machine in eu-west-1a, Healthy, version 1",
            &["aws_autoscaling_group.server Machine in eu-west-1b, Healthy, version 1"],
        ),
        (
            "aws_lb_target_group.server Target in eu-west-1a, Healthy",
            &["aws_lb_target_group.server Target in eu-west-1b, Healthy"],
        ),
        (
            "aws_db_instance.main Primary in eu-west-1a, Healthy",
            &["aws_db_instance.main Primary in eu-west-1c, Healthy"],
        ),
        (
            "aws_db_instance.main Standby in eu-west-1c, Healthy",
            &["aws_db_instance.main Standby in eu-west-1a, Healthy"],
        ),
        (
            "aws_instance.one Machine in eu-west-1a, Healthy",
            &["aws_instance.one Machine in eu-west-1a, Unhealthy: the machine is stopped"],
        ),
    ]);
    assert_eq!(estate.seen().0, after);
    Ok(())
}

/// Five times as many machines and targets are asked about in as many calls.
pub(crate) fn calls_do_not_grow_with_members() -> Tried {
    let estate = Estate::made(&[("main.tf", BALANCED)])?;
    let (two, calls) = estate.seen();
    assert_eq!(two.len(), 4);
    assert_eq!(
        calls,
        [
            "called autoscaling:DescribeAutoScalingGroups 1",
            "called ec2:DescribeInstanceStatus 1",
            "called elasticloadbalancing:DescribeTargetHealth 2",
        ]
    );
    let size =
        json!({"AutoScalingGroupName": "orders-server", "MinSize": 10, "MaxSize": 10, "DesiredCapacity": 10});
    estate.by_hand("autoscaling", "update_auto_scaling_group", &size);
    let (ten, as_many) = estate.seen();
    assert_eq!((ten.len(), as_many), (20, calls));
    Ok(())
}

pub(crate) fn nodes_of_a_cluster() -> Tried {
    let estate = Estate::made(&[("main.tf", EKS)])?;
    let line = |zone: &str, what: &str| match what {
        "node" => format!("aws_eks_node_group.main Machine in eu-west-1{zone}, Healthy, version 1"),
        _ => format!("aws_lb_target_group.nodes Target in eu-west-1{zone}, Healthy"),
    };
    let all = |zones: [&str; 2]| -> Vec<String> {
        let of = |what: &'static str| zones.iter().map(move |zone| line(zone, what));
        of("node").chain(of("target")).collect()
    };
    assert_eq!(estate.seen().0, all(["a", "b"]));
    estate.emulator.shim("zone", &json!({"zone": "eu-west-1b", "failed": true}));
    assert_eq!(estate.seen().0, all(["a", "a"]));
    Ok(())
}

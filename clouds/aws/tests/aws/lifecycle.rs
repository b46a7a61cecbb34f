//! Apply, an empty plan, a change, the plan that shows just that, apply, destroy, and nothing is left.

use std::fs;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value as Json, json};

use crate::directories;
use crate::emulator::Emulator;
use crate::support::Tried;

/// Those that live a whole life.
pub(crate) const LIVES: &[(&str, &str)] = &[
    ("alarms", directories::ALARMS),
    ("balanced", directories::BALANCED),
    ("eks", directories::EKS),
    ("files", directories::FILES),
    ("kafka", directories::KAFKA),
    ("machines", directories::MACHINES),
    ("network", directories::NETWORK),
    ("search", directories::SEARCH),
];

pub(crate) fn network() -> Tried {
    whole_life(
        "network",
        &[(
            "enable_dns_hostnames = true",
            "enable_dns_hostnames = false",
            "Update aws_vpc.main enable_dns_hostnames: true → false",
        )],
    )
}

pub(crate) fn balanced() -> Tried {
    whole_life(
        "balanced",
        &[
            (
                "max_size                  = 2",
                "max_size                  = 3",
                "Update aws_autoscaling_group.server max_size: 2 → 3",
            ),
            (
                "heartbeat_timeout      = 390",
                "heartbeat_timeout      = 90",
                "Update aws_autoscaling_lifecycle_hook.server heartbeat_timeout: 390 → 90",
            ),
            (
                "idle_timeout                     = 3600",
                "idle_timeout                     = 60",
                "Update aws_lb.main idle_timeout: 3600 → 60",
            ),
            (
                "target_value = 60",
                "target_value = 75.5",
                "Update aws_autoscaling_policy.server target_tracking_configuration[0].target_value: 60 → 75.5",
            ),
            (
                "name                   = aws_lb.main.dns_name\n    zone_id                = aws_lb.main.zone_id\n    \
                 evaluate_target_health = true",
                "name                   = aws_lb.main.dns_name\n    zone_id                = aws_lb.main.zone_id\n    \
                 evaluate_target_health = false",
                "Update aws_route53_record.main alias[0].evaluate_target_health: true → false",
            ),
        ],
    )
}

/// Among the changes some that the service takes in one call after the other only.
pub(crate) fn eks() -> Tried {
    whole_life(
        "eks",
        &[
            (
                "deletion_protection           = false",
                "deletion_protection           = true",
                "Update aws_eks_cluster.main deletion_protection: false → true",
            ),
            (
                "enabled_cluster_log_types     = [\"api\", \"audit\"]",
                "enabled_cluster_log_types     = [\"scheduler\", \"api\"]",
                "Update aws_eks_cluster.main enabled_cluster_log_types: [\"api\",\"audit\"] → [\"scheduler\",\"api\"]",
            ),
            ("\"1.34\"", "\"1.35\"", "Update aws_eks_cluster.main version: \"1.34\" → \"1.35\""),
            (
                "endpoint_public_access  = true\n    public_access_cidrs     = [\"192.0.2.0/24\"]\n  }",
                "endpoint_public_access  = false\n  }\n\n  # At once.",
                "Update aws_eks_cluster.main vpc_config[0].endpoint_public_access: true → false",
            ),
            (
                "    enabled = true\n  }\n\n  tags = {\n    \"Name\" = \"orders\"",
                "    enabled = false\n  }\n\n  tags = {\n    \"Name\" = \"other\"",
                "Update aws_eks_cluster.main tags.Name: \"orders\" → \"other\", zonal_shift_config[0].enabled: true → false",
            ),
            (
                "m7i.large",
                "m7i.xlarge",
                "Update aws_launch_template.nodes instance_type: \"m7i.large\" → \"m7i.xlarge\"\n\
                 Update aws_eks_node_group.main launch_template[0].version: \"1\" → \"(known after apply)\"",
            ),
            (
                "\"provision/pool\" = \"main\"",
                "\"provision/pool\" = \"other\"",
                "Update aws_eks_node_group.main labels.provision/pool: \"main\" → \"other\"",
            ),
            (
                "NO_EXECUTE",
                "PREFER_NO_SCHEDULE",
                "Update aws_eks_node_group.main taint: \
                 [{\"effect\":\"NO_SCHEDULE\",\"key\":\"provision/only\",\"value\":\"jobs\"},\
                 {\"effect\":\"NO_EXECUTE\",\"key\":\"provision/also\",\"value\":\"jobs\"}] → \
                 [{\"effect\":\"NO_SCHEDULE\",\"key\":\"provision/only\",\"value\":\"jobs\"},\
                 {\"effect\":\"PREFER_NO_SCHEDULE\",\"key\":\"provision/also\",\"value\":\"jobs\"}]",
            ),
            (
                "desired_size = 2",
                "desired_size = 3",
                "Update aws_eks_node_group.main scaling_config[0].desired_size: 2 → 3",
            ),
            (
                "service_account = \"aws-node\"",
                "service_account = \"aws-node-2\"",
                "Update aws_eks_addon.vpc_cni pod_identity_association: \
                 [{\"role_arn\":\"arn:aws:iam::123456789012:role/orders-cluster\",\"service_account\":\"aws-node\"}] → \
                 [{\"role_arn\":\"arn:aws:iam::123456789012:role/orders-cluster\",\"service_account\":\"aws-node-2\"}]",
            ),
            (
                "service_account = \"server\"\n  role_arn        = aws_iam_role.main.arn",
                "service_account = \"server\"\n  role_arn        = aws_iam_role.other.arn",
                "Update aws_eks_pod_identity_association.server role_arn: \
                 \"arn:aws:iam::123456789012:role/orders-cluster\" → \"arn:aws:iam::123456789012:role/orders-other\"",
            ),
            (
                "deletion_protection           = true",
                "deletion_protection           = false",
                "Update aws_eks_cluster.main deletion_protection: true → false",
            ),
        ],
    )
}

pub(crate) fn machines() -> Tried {
    whole_life(
        "machines",
        &[(
            "t3.medium",
            "t3.large",
            "Update aws_launch_template.one instance_type: \"t3.medium\" → \"t3.large\"",
        )],
    )
}

pub(crate) fn files() -> Tried {
    let target = "subnet_id       = aws_subnet.b.id\n  security_groups = [aws_security_group.files.id]";
    whole_life(
        "files",
        &[
            (
                "throughput_mode  = \"elastic\"",
                "throughput_mode  = \"bursting\"",
                "Update aws_efs_file_system.main throughput_mode: \"elastic\" → \"bursting\"",
            ),
            ("AFTER_30_DAYS", "AFTER_60_DAYS", "Update aws_efs_file_system.main lifecycle_policy: …"),
            (
                target,
                &target.replace("files.id]", "more.id]"),
                "Update aws_efs_mount_target.zone_b security_groups: …",
            ),
        ],
    )
}

pub(crate) fn kafka() -> Tried {
    whole_life(
        "kafka",
        &[
            // Two changes of one cluster, which takes one at a time.
            (
                "number_of_broker_nodes = 4\n  enhanced_monitoring    = \"DEFAULT\"",
                "number_of_broker_nodes = 6\n  enhanced_monitoring    = \"PER_BROKER\"",
                "Update aws_msk_cluster.main enhanced_monitoring: \"DEFAULT\" → \"PER_BROKER\", \
                 number_of_broker_nodes: 4 → 6",
            ),
            (
                "volume_size = 100",
                "volume_size = 200",
                "Update aws_msk_cluster.main \
                 broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size: 100 → 200",
            ),
            (
                "num.partitions=3",
                "num.partitions=6",
                "Update aws_msk_configuration.main server_properties: …\n\
                 Update aws_msk_cluster.main configuration_info[0].revision: …",
            ),
        ],
    )
}

/// Somebody was stopped in the middle of deleting it: what is on its way out isn't what was ordered.
pub(crate) fn what_is_going_is_made_anew() -> Tried {
    let emulator = Emulator::fresh()?;
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("directory");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("main.tf"), directories::CONFIGURATION).unwrap();
    child(&emulator, "apply", &directory);
    let there = || emulator.act("kafka", "list_configurations", &json!({}))["Configurations"].clone();
    let before = there()[0]["Arn"].clone();
    emulator.shim("looks", &json!({"count": 4}));
    emulator.act("kafka", "delete_configuration", &json!({"Arn": before}));
    child(&emulator, "apply", &directory);
    let after = there();
    assert_eq!((after.as_array().unwrap().len(), &after[0]["State"]), (1, &json!("ACTIVE")), "{after}");
    assert_ne!(after[0]["Arn"], before);
    assert_eq!(child(&emulator, "plan", &directory), [""; 0], "after apply nothing is left to do");
    Ok(())
}

pub(crate) fn search() -> Tried {
    whole_life(
        "search",
        &[
            (
                "instance_count         = 2",
                "instance_count         = 4",
                "Update aws_opensearch_domain.main cluster_config[0].instance_count: 2 → 4",
            ),
            // Two changes of one domain: a new version is a call of its own, and the other waits for it.
            (
                "OpenSearch_2.17\"\n\n  ebs_options {\n    ebs_enabled = true\n    volume_type = \"gp3\"\n    volume_size = 100",
                "OpenSearch_2.19\"\n\n  ebs_options {\n    ebs_enabled = true\n    volume_type = \"gp3\"\n    volume_size = 200",
                "Update aws_opensearch_domain.main ebs_options[0].volume_size: 100 → 200, \
                 engine_version: \"OpenSearch_2.17\" → \"OpenSearch_2.19\"",
            ),
            (
                "\n    dedicated_master_enabled = true\n    dedicated_master_count   = 3\n    dedicated_master_type    = \"m6g.large.search\"\n",
                "",
                "Update aws_opensearch_domain.main cluster_config[0].dedicated_master_enabled: true → false",
            ),
            (
                "\n  log_publishing_options {\n    log_type                 = \"INDEX_SLOW_LOGS\"\n    cloudwatch_log_group_arn = aws_cloudwatch_log_group.search.arn\n  }\n",
                "",
                "Update aws_opensearch_domain.main log_publishing_options: …",
            ),
            (
                "[aws_security_group.search.id]",
                "[aws_security_group.search.id, aws_security_group.more.id]",
                "Update aws_opensearch_domain.main vpc_options[0].security_group_ids: …",
            ),
            (
                "\"Name\" = \"orders\"",
                "\"Name\" = \"other\"",
                "Update aws_opensearch_domain.main tags.Name: \"orders\" → \"other\"",
            ),
        ],
    )
}

pub(crate) fn alarms() -> Tried {
    whole_life(
        "alarms",
        &[
            (
                "threshold           = 0",
                "threshold           = 5",
                "Update aws_cloudwatch_metric_alarm.server threshold: 0 → 5",
            ),
            (
                "display_name = \"orders\"",
                "display_name = \"Orders\"",
                "Update aws_sns_topic.alarms display_name: \"orders\" → \"Orders\"",
            ),
        ],
    )
}

/// With each of the changes, one after the other: what to replace, by what, and the lines of the plan. A line that ends in
/// `…` goes on with what is different each time.
fn whole_life(name: &str, changes: &[(&str, &str, &str)]) -> Tried {
    let emulator = Emulator::fresh()?;
    let place = tempfile::tempdir().unwrap();
    let (_, text) = LIVES.iter().find(|(file, _)| *file == name).unwrap();
    let directory = place.path().join("directory");
    fs::create_dir(&directory).unwrap();
    let file = directory.join("main.tf");
    fs::write(&file, text).unwrap();
    let run = |mode: &str| child(&emulator, mode, &directory);
    run("apply");
    assert_eq!(run("plan"), [""; 0], "after apply nothing is left to do");
    for (before, after, line) in changes {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(before), "{before}");
        fs::write(&file, text.replace(before, after)).unwrap();
        let said = run("plan");
        assert!(is_as_expected(&said, line), "{said:?} is not {line:?}");
        run("apply");
        assert_eq!(run("plan"), [""; 0], "after {line} nothing is left to do");
    }
    run("destroy");
    let rest: Vec<String> = run("plan").into_iter().filter(|line| !line.starts_with("Create")).collect();
    assert_eq!(rest, [""; 0], "after destroy nothing is left");
    Ok(())
}

fn is_as_expected(said: &[String], lines: &str) -> bool {
    let lines: Vec<&str> = lines.lines().collect();
    let same = |(said, line): (&String, &&str)| match line.strip_suffix('…') {
        Some(beginning) => said.starts_with(beginning),
        None => said == line,
    };
    said.len() == lines.len() && said.iter().zip(&lines).all(same)
}

/// The calls that make something, or the second half of something.
const MAKING: &[&str] = &[
    "autoscaling:CreateAutoScalingGroup",
    "autoscaling:EnableMetricsCollection",
    "autoscaling:PutLifecycleHook",
    "autoscaling:PutScalingPolicy",
    "cloudwatch:PutMetricAlarm",
    "ec2:AllocateAddress",
    "ec2:AssociateRouteTable",
    "ec2:AttachInternetGateway",
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateFlowLogs",
    "ec2:CreateInternetGateway",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterface",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateVolume",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:ModifyVpcAttribute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RunInstances",
    "eks:CreateAddon",
    "eks:CreateCluster",
    "eks:CreateNodegroup",
    "eks:CreatePodIdentityAssociation",
    "elasticfilesystem:CreateFileSystem",
    "elasticfilesystem:CreateMountTarget",
    "elasticfilesystem:PutBackupPolicy",
    "elasticfilesystem:PutLifecycleConfiguration",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:CreateTargetGroup",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "es:CreateDomain",
    "iam:CreateServiceLinkedRole",
    "kafka:CreateCluster",
    "kafka:CreateConfiguration",
    "logs:CreateLogGroup",
    "logs:PutResourcePolicy",
    "route53:ChangeResourceRecordSets",
    "sns:CreateTopic",
    "sns:Subscribe",
];

/// How many directories are tried at once: most of the time goes by between two attempts.
const AT_ONCE: usize = 3;

/// Each of them is done once without an answer, and refused once: everything is made all the same, nothing twice.
pub(crate) fn lost_answers() -> Tried {
    let next = AtomicUsize::new(0);
    let work = || -> Tried {
        while let Some((name, text)) = LIVES.get(next.fetch_add(1, Ordering::Relaxed)) {
            lost_answers_of(name, text)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn lost_answers_of(name: &str, text: &str) -> Tried {
    let emulator = Emulator::fresh()?;
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("directory");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("main.tf"), text).unwrap();
    let faults = |kind: &str| {
        let of = |call: &&str| json!({"operation": call, "times": 1, "kind": kind});
        MAKING.iter().map(of).collect::<Vec<Json>>()
    };
    let faults: Vec<Json> = faults("throttle").into_iter().chain(faults("lost")).collect();
    emulator.shim("faults", &json!(faults));
    child(&emulator, "apply", &directory);
    emulator.shim("faults", &json!([]));
    // Two objects for one resource would be an error of this plan.
    assert_eq!(child(&emulator, "plan", &directory), [""; 0], "{name}: after apply nothing is left to do");
    child(&emulator, "destroy", &directory);
    let rest = child(&emulator, "plan", &directory);
    let rest: Vec<&String> = rest.iter().filter(|line| !line.starts_with("Create")).collect();
    assert_eq!(rest, [""; 0], "{name}: after destroy nothing is left");
    Ok(())
}

fn child(emulator: &Emulator, mode: &str, directory: &Path) -> Vec<String> {
    let said = said(emulator, mode, directory);
    let is_news = |line: &&String| !line.starts_with("again ") && !line.starts_with("called ");
    said.iter().filter(is_news).cloned().collect()
}

/// Every line that a process says that does it.
pub(crate) fn said(emulator: &Emulator, mode: &str, directory: &Path) -> Vec<String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["child", "live", mode])
        .arg(directory)
        .envs([
            ("AWS_ENDPOINT_URL", emulator.endpoint().as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{mode}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said.lines().map(str::to_owned).collect()
}

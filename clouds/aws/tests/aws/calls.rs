//! How many calls an empty plan takes: a formula for each kind, which stands in the documentation and holds at any size.
//! The emulator counts for itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use provision_aws::{Aws, Settings};
use provision_engine::clock::RealClock;
use provision_engine::driver::{Driver as _, Query};
use provision_testing::workspace_root;
use serde_json::{Value as Json, json};

use crate::emulator::{Emulator, REGION, ZONE};
use crate::run::DEPLOYMENT;
use crate::support::{Tried, in_full, writes_anew};

/// How often a call is made for so many objects of a kind.
#[derive(Debug, Clone, Copy)]
enum Often {
    Once,
    /// A list that comes in pages of this size (the service's, or what is asked for).
    Page(usize),
    /// One call asks about so many.
    Many(usize),
    /// One call asks about so many, and there is one more: the network's own.
    ManyAndOne(usize),
    /// One call asks about so many, once for two kinds of them.
    TwiceMany(usize),
    /// The service tells it about one at a time.
    Each,
    /// And half of it at a time.
    Twice,
}

use Often::{Each, Many, ManyAndOne, Once, Page, Twice, TwiceMany};

impl Often {
    fn text(self) -> String {
        match self {
            Once => "1".to_owned(),
            Page(size) => format!("1 for each page of {size}"),
            Many(size) | ManyAndOne(size) => format!("1 for each {size}"),
            TwiceMany(size) => format!("2 for each {size}"),
            Each => "1 for each".to_owned(),
            Twice => "2 for each".to_owned(),
        }
    }

    /// The fewest and the most for so many objects. A full page is followed by an empty one, and what is somebody
    /// else's has its place in pages, too: one more than there need be.
    fn bounds(self, objects: usize) -> (usize, usize) {
        match self {
            Once => (1, 1),
            Page(size) => (1, objects.div_ceil(size) + 1),
            Many(size) => (objects.div_ceil(size), objects.div_ceil(size)),
            ManyAndOne(size) => ((objects + 1).div_ceil(size), (objects + 1).div_ceil(size)),
            TwiceMany(size) => (2 * objects.div_ceil(size), 2 * objects.div_ceil(size)),
            Each => (objects, objects),
            Twice => (2 * objects, 2 * objects),
        }
    }
}

type Calls = &'static [(&'static str, Often)];

/// By kind. What is listed for several kinds is listed for each of them: they are asked for at the same time.
const FORMULAS: &[(&str, Calls)] = &[
    (
        "aws_autoscaling_attachment",
        &[
            ("elasticloadbalancing:DescribeTargetGroups", Page(400)),
            ("elasticloadbalancing:DescribeTags", Many(20)),
            ("autoscaling:DescribeAutoScalingGroups", Page(50)),
        ],
    ),
    ("aws_autoscaling_group", &[("autoscaling:DescribeAutoScalingGroups", Page(50))]),
    (
        "aws_autoscaling_lifecycle_hook",
        &[("autoscaling:DescribeAutoScalingGroups", Page(50)), ("autoscaling:DescribeLifecycleHooks", Each)],
    ),
    (
        "aws_autoscaling_policy",
        &[
            ("autoscaling:DescribeAutoScalingGroups", Page(50)),
            // Also those of groups that are somebody else's.
            ("autoscaling:DescribePolicies", Page(100)),
        ],
    ),
    ("aws_cloudwatch_log_group", &[("logs:DescribeLogGroups", Page(50)), ("logs:ListTagsForResource", Each)]),
    (
        "aws_cloudwatch_log_resource_policy",
        &[("logs:DescribeResourcePolicies", Page(50)), ("logs:ListTagsForResource", Each)],
    ),
    (
        "aws_cloudwatch_metric_alarm",
        &[("cloudwatch:DescribeAlarms", Page(100)), ("cloudwatch:ListTagsForResource", Each)],
    ),
    ("aws_db_instance", &[("rds:DescribeDBInstances", Page(100))]),
    (
        "aws_db_parameter_group",
        &[
            ("rds:DescribeDBParameterGroups", Page(100)),
            ("rds:ListTagsForResource", Each),
            ("rds:DescribeDBParameters", Each),
        ],
    ),
    ("aws_db_subnet_group", &[("rds:DescribeDBSubnetGroups", Page(100)), ("rds:ListTagsForResource", Each)]),
    (
        "aws_default_security_group",
        &[("ec2:DescribeSecurityGroups", Page(1000)), ("ec2:DescribeSecurityGroupRules", Many(200))],
    ),
    ("aws_ebs_volume", &[("ec2:DescribeVolumes", Page(1000))]),
    (
        "aws_efs_backup_policy",
        &[
            ("elasticfilesystem:DescribeFileSystems", Page(1000)),
            ("elasticfilesystem:DescribeBackupPolicy", Each),
        ],
    ),
    (
        "aws_efs_file_system",
        &[
            ("elasticfilesystem:DescribeFileSystems", Page(1000)),
            ("elasticfilesystem:DescribeLifecycleConfiguration", Each),
        ],
    ),
    (
        "aws_efs_mount_target",
        &[
            ("elasticfilesystem:DescribeFileSystems", Page(1000)),
            // For each file system, and for each of its targets.
            ("elasticfilesystem:DescribeMountTargets", Each),
            ("elasticfilesystem:DescribeMountTargetSecurityGroups", Each),
        ],
    ),
    ("aws_eip", &[("ec2:DescribeAddresses", Once)]),
    (
        "aws_eks_addon",
        &[
            ("eks:ListClusters", Page(100)),
            ("eks:DescribeCluster", Each),
            ("eks:ListAddons", Each),
            ("eks:DescribeAddon", Each),
            // For each role of an add-on.
            ("eks:DescribePodIdentityAssociation", Each),
        ],
    ),
    ("aws_eks_cluster", &[("eks:ListClusters", Page(100)), ("eks:DescribeCluster", Each)]),
    (
        "aws_eks_node_group",
        &[
            ("eks:ListClusters", Page(100)),
            ("eks:DescribeCluster", Each),
            ("eks:ListNodegroups", Each),
            ("eks:DescribeNodegroup", Each),
        ],
    ),
    (
        "aws_eks_pod_identity_association",
        &[
            ("eks:ListClusters", Page(100)),
            ("eks:DescribeCluster", Each),
            ("eks:ListPodIdentityAssociations", Each),
            ("eks:DescribePodIdentityAssociation", Each),
        ],
    ),
    ("aws_flow_log", &[("ec2:DescribeFlowLogs", Page(1000))]),
    (
        "aws_iam_instance_profile",
        &[("iam:ListInstanceProfiles", Page(1000)), ("iam:GetInstanceProfile", Each)],
    ),
    ("aws_iam_role", &[("iam:GetAccountAuthorizationDetails", Page(1000))]),
    ("aws_iam_role_policy", &[("iam:GetAccountAuthorizationDetails", Page(1000))]),
    ("aws_iam_role_policy_attachment", &[("iam:GetAccountAuthorizationDetails", Page(1000))]),
    ("aws_instance", &[("ec2:DescribeInstances", Page(1000)), ("ec2:DescribeVolumes", Many(200))]),
    ("aws_internet_gateway", &[("ec2:DescribeInternetGateways", Page(1000))]),
    ("aws_kms_alias", &[("kms:ListAliases", Page(100)), ("kms:ListResourceTags", Each)]),
    (
        "aws_kms_key",
        &[
            ("kms:ListKeys", Page(1000)),
            ("kms:ListAliases", Page(100)),
            ("kms:ListResourceTags", Each),
            ("kms:DescribeKey", Each),
            ("kms:GetKeyRotationStatus", Each),
        ],
    ),
    (
        "aws_launch_template",
        &[("ec2:DescribeLaunchTemplates", Page(200)), ("ec2:DescribeLaunchTemplateVersions", Each)],
    ),
    (
        "aws_lb",
        &[
            ("elasticloadbalancing:DescribeLoadBalancers", Page(400)),
            ("elasticloadbalancing:DescribeTags", Many(20)),
            ("elasticloadbalancing:DescribeLoadBalancerAttributes", Each),
        ],
    ),
    (
        "aws_lb_listener",
        &[
            ("elasticloadbalancing:DescribeLoadBalancers", Page(400)),
            ("elasticloadbalancing:DescribeListeners", Each),
            // For balancers and for listeners.
            ("elasticloadbalancing:DescribeTags", TwiceMany(20)),
        ],
    ),
    (
        "aws_lb_target_group",
        &[
            ("elasticloadbalancing:DescribeTargetGroups", Page(400)),
            ("elasticloadbalancing:DescribeTags", Many(20)),
            ("elasticloadbalancing:DescribeTargetGroupAttributes", Each),
        ],
    ),
    ("aws_msk_cluster", &[("kafka:ListClusters", Page(100)), ("kafka:GetBootstrapBrokers", Each)]),
    (
        "aws_msk_configuration",
        &[("kafka:ListConfigurations", Page(100)), ("kafka:DescribeConfigurationRevision", Each)],
    ),
    ("aws_nat_gateway", &[("ec2:DescribeNatGateways", Page(1000))]),
    ("aws_network_interface", &[("ec2:DescribeNetworkInterfaces", Page(1000))]),
    (
        "aws_opensearch_domain",
        &[("es:ListDomainNames", Once), ("es:DescribeDomains", Many(5)), ("es:ListTags", Each)],
    ),
    ("aws_route", &[("ec2:DescribeRouteTables", Page(100))]),
    ("aws_route_table", &[("ec2:DescribeRouteTables", Page(100))]),
    ("aws_route_table_association", &[("ec2:DescribeRouteTables", Page(100))]),
    (
        "aws_route53_record",
        &[
            ("elasticloadbalancing:DescribeLoadBalancers", Page(400)),
            ("elasticloadbalancing:DescribeTags", Many(20)),
            // For each that the configuration names.
            ("route53:ListResourceRecordSets", Each),
        ],
    ),
    ("aws_s3_bucket", &[("s3:ListBuckets", Page(1000)), ("s3:GetBucketTagging", Each)]),
    (
        "aws_s3_bucket_lifecycle_configuration",
        &[
            ("s3:ListBuckets", Page(1000)),
            ("s3:GetBucketTagging", Each),
            ("s3:GetBucketLifecycleConfiguration", Each),
        ],
    ),
    (
        "aws_s3_bucket_ownership_controls",
        &[
            ("s3:ListBuckets", Page(1000)),
            ("s3:GetBucketTagging", Each),
            ("s3:GetBucketOwnershipControls", Each),
        ],
    ),
    (
        "aws_s3_bucket_policy",
        &[("s3:ListBuckets", Page(1000)), ("s3:GetBucketTagging", Each), ("s3:GetBucketPolicy", Each)],
    ),
    (
        "aws_s3_bucket_public_access_block",
        &[("s3:ListBuckets", Page(1000)), ("s3:GetBucketTagging", Each), ("s3:GetPublicAccessBlock", Each)],
    ),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        &[("s3:ListBuckets", Page(1000)), ("s3:GetBucketTagging", Each), ("s3:GetBucketEncryption", Each)],
    ),
    (
        "aws_s3_bucket_versioning",
        &[("s3:ListBuckets", Page(1000)), ("s3:GetBucketTagging", Each), ("s3:GetBucketVersioning", Each)],
    ),
    ("aws_secretsmanager_secret", &[("secretsmanager:ListSecrets", Page(100))]),
    (
        "aws_security_group",
        &[("ec2:DescribeSecurityGroups", Page(1000)), ("ec2:DescribeSecurityGroupRules", ManyAndOne(200))],
    ),
    (
        "aws_sns_topic",
        &[("sns:ListTopics", Page(100)), ("sns:GetTopicAttributes", Each), ("sns:ListTagsForResource", Each)],
    ),
    (
        "aws_sns_topic_subscription",
        &[
            ("sns:ListTopics", Page(100)),
            // For each topic, and for each of its subscriptions that was agreed to.
            ("sns:ListTagsForResource", Each),
            ("sns:ListSubscriptionsByTopic", Each),
            ("sns:GetSubscriptionAttributes", Each),
        ],
    ),
    (
        "aws_ssm_parameter",
        &[
            ("ssm:DescribeParameters", Page(50)),
            ("ssm:GetParameters", Many(10)),
            ("ssm:ListTagsForResource", Each),
        ],
    ),
    ("aws_subnet", &[("ec2:DescribeSubnets", Page(1000))]),
    ("aws_volume_attachment", &[("ec2:DescribeVolumes", Page(1000))]),
    (
        "aws_vpc",
        &[
            ("ec2:DescribeVpcs", Page(1000)),
            ("ec2:DescribeRouteTables", Page(100)),
            ("ec2:DescribeSecurityGroups", Page(1000)),
            ("ec2:DescribeNetworkAcls", Page(1000)),
            ("ec2:DescribeVpcAttribute", Twice),
        ],
    ),
    ("aws_vpc_endpoint", &[("ec2:DescribeVpcEndpoints", Page(1000))]),
    ("aws_vpc_security_group_egress_rule", RULES),
    ("aws_vpc_security_group_ingress_rule", RULES),
];

const RULES: Calls =
    &[("ec2:DescribeSecurityGroups", Page(1000)), ("ec2:DescribeSecurityGroupRules", Many(200))];

const BEGIN: &str = "<!-- written by a test: how many calls an empty plan takes -->\n";
const END: &str = "<!-- end -->\n";

fn table() -> String {
    let mut text = "| kind | calls |\n| --- | --- |\n".to_owned();
    for (kind, calls) in FORMULAS {
        let calls: Vec<String> =
            calls.iter().map(|(call, often)| format!("`{call}`: {}", often.text())).collect();
        let _ = writeln!(text, "| `{kind}` | {} |", calls.join("<br>"));
    }
    text
}

/// Each kind that the driver knows has its formula, and the documentation has them all.
pub(crate) fn are_documented() -> Tried {
    let known: Vec<&str> =
        provision_kinds::kinds().map(|(name, _)| name).filter(|name| provision_aws::knows(name)).collect();
    let named: Vec<&str> = FORMULAS.iter().map(|(kind, _)| *kind).collect();
    let missing: Vec<&&str> = known.iter().filter(|kind| !named.contains(kind)).collect();
    assert!(missing.is_empty(), "without a formula in calls.rs: {missing:?}");
    let path = workspace_root().join("docs/aws.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if writes_anew() {
        fs::write(&path, &wanted).unwrap();
        return Ok(());
    }
    assert!(text == wanted, "docs/aws.md is out of date: PROVISION_UPDATE=1 writes it anew");
    Ok(())
}

/// A process that lists what it is told, one line after the other, and tells what it called.
struct Lister {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Lister {
    fn start(emulator: &Emulator) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["child", "list"])
            .envs([
                ("AWS_ENDPOINT_URL", emulator.endpoint().as_str()),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Lister { process, answers }
    }

    fn list(&mut self, kinds: &str) -> (usize, BTreeMap<String, u64>) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{kinds}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let said: Json = serde_json::from_str(&line).unwrap();
        let found = usize::try_from(said["found"].as_u64().unwrap()).unwrap();
        (found, serde_json::from_value(said["calls"].clone()).unwrap())
    }
}

impl Drop for Lister {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The other side of it.
pub(crate) fn list() -> ExitCode {
    // The emulator thinks about a thousand of a kind for longer than the cloud.
    let aws = Aws::open(Settings { call: Duration::from_secs(300), ..Settings::new(REGION) }).unwrap();
    let clock = RealClock::new(0);
    clock.run(aws.identity()).unwrap();
    let mut before = aws.calls();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (kinds, children): (Vec<&str>, Vec<&str>) = line.split(' ').partition(|word| !word.contains('/'));
        let child = |word: &&str| (kinds[0].to_owned(), word.split('/').map(str::to_owned).collect());
        let query = Query {
            deployment: DEPLOYMENT.to_owned(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            names: std::collections::BTreeSet::new(),
            children: children.iter().map(child).collect(),
        };
        let found = clock.run(aws.inventory(&query)).unwrap();
        let after = aws.calls();
        let more = |(call, times): (&String, &u64)| {
            let times = times - before.get(call).copied().unwrap_or_default();
            (times > 0).then(|| (call.clone(), times))
        };
        let calls: BTreeMap<String, u64> = after.iter().filter_map(more).collect();
        println!("{}", json!({"found": found.len(), "calls": calls}));
        before = after;
    }
    ExitCode::SUCCESS
}

/// At 3 and at 30 of each kind, and at 10, 100 and 1,000 in a longer run.
pub(crate) fn follow_the_formulas() -> Tried {
    let emulator = Emulator::fresh()?;
    let sizes: &[usize] = if in_full() { &[10, 100, 1000] } else { &[3, 30] };
    let mut made = 0;
    let mut problems = Vec::new();
    for &size in sizes {
        let numbers = [made.to_string(), size.to_string()];
        emulator.python("many.py", &[&emulator.endpoint(), REGION, DEPLOYMENT, &numbers[0], &numbers[1]]);
        made = size;
        let mut lister = Lister::start(&emulator);
        // Who we are is asked once, before anything else.
        lister.list("aws_vpc");
        for (kind, formula) in FORMULAS {
            let started = Instant::now();
            emulator.shim("calls", &json!({"forget": true}));
            let (found, counted) = lister.list(&format!("{kind}{}", children(kind, size)));
            let said = emulator.shim("calls", &json!({"forget": true}));
            let seen: BTreeMap<String, u64> = serde_json::from_value(said["calls"].clone()).unwrap();
            if seen != counted {
                problems.push(format!("{kind} at {size}: we counted {counted:?}, the cloud {seen:?}"));
            }
            problems.extend(beyond(kind, formula, &counted, found, size));
            if in_full() {
                let calls: u64 = counted.values().sum();
                println!("calls of {kind} at {size}: {calls} in {:.1} s", started.elapsed().as_secs_f64());
            }
        }
        // What several kinds need to know is asked for once.
        let of_buckets: Vec<&str> =
            FORMULAS.iter().map(|(kind, _)| *kind).filter(|kind| kind.starts_with("aws_s3_")).collect();
        let (_, counted) = lister.list(&of_buckets.join(" "));
        let asked = (counted["s3:ListBuckets"], counted["s3:GetBucketTagging"]);
        assert_eq!(asked, (1, u64::try_from(size).unwrap()), "all kinds of S3 at {size}");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

/// What has to be asked for by name, as the configuration would: ` ZONE/NAME/TYPE` each.
fn children(kind: &str, size: usize) -> String {
    if kind != "aws_route53_record" {
        return String::new();
    }
    (0..size).fold(String::new(), |mut text, n| {
        let _ = write!(text, " {ZONE}/{DEPLOYMENT}-{n}.example.com/A");
        text
    })
}

/// How many of a kind there are, if it is not as many as of the others.
fn objects(kind: &str, size: usize) -> usize {
    match kind {
        "aws_vpc" | "aws_default_security_group" | "aws_internet_gateway" => 1,
        "aws_kms_key" | "aws_kms_alias" | "aws_cloudwatch_log_resource_policy" => size.min(10),
        _ if kind.starts_with("aws_eks_") => size.min(10),
        _ => size,
    }
}

/// In which way a list takes more calls than its formula says.
fn beyond(
    kind: &str,
    formula: Calls,
    counted: &BTreeMap<String, u64>,
    found: usize,
    size: usize,
) -> Vec<String> {
    let objects = objects(kind, size);
    let mut problems = Vec::new();
    // Settings that nobody set are none, and no cluster of ours has groups.
    let empty = kind.starts_with("aws_s3_bucket_") || kind == "aws_autoscaling_attachment";
    if found != objects && !empty {
        problems.push(format!("{kind} at {size}: {found} were found of {objects}"));
    }
    for (call, times) in counted {
        let Some((_, often)) = formula.iter().find(|(named, _)| named == call) else {
            problems.push(format!("{kind} at {size}: {call}, {times} times, is in no formula"));
            continue;
        };
        let (fewest, most) = often.bounds(objects);
        if !(fewest..=most).contains(&usize::try_from(*times).unwrap()) {
            problems.push(format!("{kind} at {size}: {call} {times} times, not {fewest} to {most}"));
        }
    }
    let silent = formula.iter().filter(|(call, _)| !counted.contains_key(*call));
    problems.extend(silent.map(|(call, _)| format!("{kind} at {size}: {call} was not called")));
    problems
}

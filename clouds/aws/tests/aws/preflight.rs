//! What is known before the first write: all of it in one list, and nothing is made.

use std::fs;

use serde_json::{Value as Json, json};

use crate::directories::{MACHINES, NETWORK, SHORT};
use crate::emulator::Emulator;
use crate::permissions::provided;
use crate::scene::{directories, shared_out};
use crate::support::{End, Tried, Work, World};

/// Less than `SHORT` asks for; a network stands in every account.
const LIMITS: &str = r#"{
    "vpc/L-F678F1CE": 1, "vpc/L-A4707A72": 0, "vpc/L-FE5A380F": 0, "ec2/L-1216C47A": 5, "ec2/vpc-max-elastic-ips": 1,
    "autoscaling/groups": 0, "elasticloadbalancing/application-load-balancers": 0, "elasticloadbalancing/target-groups": 0,
    "rds/DBInstances": 0, "rds/AllocatedStorage": 10, "rds/DBSubnetGroups": 0
}"#;

const LINES: &[&str] = &[
    "the account has no zone `eu-west-1x`, which `aws_subnet.nowhere` asks for; it has eu-west-1a, eu-west-1b, eu-west-1c",
    "no zone of the plan has machines `m99.large`, which `aws_launch_template.spare` asks for",
    "the zone `eu-west-1c` has no machines `c8a.large`, which `aws_autoscaling_group.server` asks for there",
    "of the zones `eu-west-1a`, `eu-west-1c` only 1 have databases `db.c8a.large` of postgres 16, and \
     `aws_db_instance.main` needs 2",
    "the account may have 1 public addresses and has 0; 2 more are wanted. Service Quotas raises the limit (EC2-VPC \
     Elastic IPs)",
    "the account may have 0 groups of machines and has 0; 1 more are wanted. Service Quotas raises the limit (Auto \
     Scaling groups per region)",
    "the account may have 0 application load balancers and has 0; 1 more are wanted. Service Quotas raises the limit \
     (Application Load Balancers per Region)",
    "the account may have 0 groups of targets and has 0; 1 more are wanted. Service Quotas raises the limit (Target \
     Groups per Region)",
    "the account may have 0 databases and has 0; 1 more are wanted. Service Quotas raises the limit (DB instances)",
    "the account may have 10 GiB of databases and has 0; 20 more are wanted. Service Quotas raises the limit (Total \
     storage for all DB instances)",
    "the account may have 0 subnet groups of databases and has 0; 1 more are wanted. Service Quotas raises the limit (DB \
     subnet groups)",
    "the account may have 1 networks and has 1; 1 more are wanted. Service Quotas raises the limit (VPCs per Region)",
    "the account may have 0 internet gateways and has 0; 1 more are wanted. Service Quotas raises the limit (Internet \
     gateways per Region)",
    "the account may have 0 NAT gateways in eu-west-1a and has 0; 1 more are wanted. Service Quotas raises the limit (NAT \
     gateways per Availability Zone)",
    "the account may have 5 vCPUs of running machines and has 0; 6 more are wanted. Service Quotas raises the limit \
     (Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances)",
];

const REFUSED_AT_FIRST: [&str; 8] = [
    "sts:GetCallerIdentity",
    "ec2:CreateVpc",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "autoscaling:DescribeAccountLimits",
    "rds:DescribeAccountAttributes",
    "servicequotas:GetServiceQuota",
];

/// What it says; empty where it knows nothing against it.
fn said(world: &World<'_>) -> Vec<String> {
    match world.run(&Work::new("preflight")) {
        End::Done { complete, report, .. } => {
            let lines: Vec<String> = report.lines().map(str::to_owned).collect();
            assert_eq!(complete, lines.is_empty(), "{report}");
            lines
        }
        other => panic!("{other:?}"),
    }
}

/// An emulator, and a directory with this text.
fn with<T>(
    text: &str,
    work: impl FnOnce(&Emulator, World<'_>) -> T,
) -> Result<T, provision_testing::Skipped> {
    let emulator = Emulator::fresh()?;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), text).unwrap();
    Ok(work(&emulator, World::new(&emulator, folder.path())))
}

pub(crate) fn every_shortfall_is_in_one_list() -> Tried {
    with(SHORT, |emulator, world| {
        let before = emulator.everything();
        let limits: Json = serde_json::from_str(LIMITS).unwrap();
        emulator.shim("limits", &limits);
        assert_eq!(said(&world), LINES);
        // The same where calls are refused at first because there are too many.
        let twice = |operation| json!({"operation": operation, "times": 2, "kind": "throttle"});
        emulator.shim("faults", &json!(REFUSED_AT_FIRST.map(twice)));
        assert_eq!(said(&world), LINES);
        // And where one thing may not be looked at: that is one line more.
        emulator.shim("faults", &not_allowed("ec2:DescribeInstanceTypeOfferings"));
        let lines = said(&world);
        assert_eq!(lines.len(), LINES.len() - 1, "{lines:#?}");
        assert!(
            lines[1].starts_with("the permission `ec2:DescribeInstanceTypeOfferings` is missing"),
            "{lines:#?}"
        );
        assert_eq!(emulator.everything(), before);
    })
}

fn not_allowed(operation: &str) -> Json {
    json!({"operation": operation, "times": 100, "kind": "error", "status": 403, "code": "UnauthorizedOperation",
        "message": "You are not authorized to perform this operation."})
}

/// The directories of the other tests are nothing to complain about, neither before they stand nor afterwards.
pub(crate) fn it_is_silent_where_it_works() -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let all = directories(folder.path());
    shared_out(all.len(), |_, index| {
        let emulator = Emulator::fresh().unwrap();
        let world = World::new(&emulator, &all[index]);
        assert_eq!(said(&world), [""; 0], "{}", all[index].display());
    })?;
    with(NETWORK, |emulator, world| {
        world.completed(&Work::new("apply"));
        // As much as stands, and no more: what stands already doesn't come to it.
        let full = json!({"vpc/L-F678F1CE": 2, "vpc/L-A4707A72": 1, "vpc/L-FE5A380F": 1, "ec2/vpc-max-elastic-ips": 1});
        emulator.shim("limits", &full);
        emulator.shim("calls", &json!({"forget": true}));
        assert_eq!(said(&world), [""; 0]);
        let calls = emulator.shim("calls", &json!({}));
        assert!(calls["calls"].get("servicequotas:GetServiceQuota").is_none(), "{calls}");
    })
}

/// The calls that are tried as a dry run.
const TRIED: &[(&str, &str)] = &[
    (NETWORK, "ec2:CreateVpc"),
    (NETWORK, "ec2:CreateInternetGateway"),
    (NETWORK, "ec2:AllocateAddress"),
    (MACHINES, "ec2:CreateLaunchTemplate"),
    (MACHINES, "ec2:CreateVolume"),
];

pub(crate) fn a_missing_permission_is_named() -> Tried {
    for (text, call) in TRIED {
        with(text, |emulator, mut world| {
            let before = emulator.everything();
            let keys = emulator.shim("permissions", &json!({"policies": provided(), "deny": call}));
            let key = |name: &str| keys[name].as_str().unwrap().to_owned();
            world.keys = (key("key"), key("secret"));
            let lines = said(&world);
            let [line] = lines.as_slice() else { panic!("{call}: {lines:#?}") };
            assert!(line.starts_with(&format!("the permission `{call}` is missing: ")), "{line}");
            emulator.shim("permissions", &json!({}));
            assert_eq!(emulator.everything()["vpcs"], before["vpcs"]);
        })?;
    }
    with(NETWORK, |emulator, mut world| {
        let order = json!({"policies": provided(), "deny": "servicequotas:GetServiceQuota"});
        let keys = emulator.shim("permissions", &order);
        let key = |name: &str| keys[name].as_str().unwrap().to_owned();
        world.keys = (key("key"), key("secret"));
        let lines = said(&world);
        assert_eq!(lines.len(), 3, "{lines:#?}");
        for (line, what) in lines.iter().zip(["networks", "internet gateways", "NAT gateways"]) {
            let words = format!(
                "note: the limits of {what} could not be read: the permission `servicequotas:GetServiceQuota` is missing"
            );
            assert!(line.starts_with(&words), "{line}");
        }
    })
}

/// Nothing else could be asked either.
pub(crate) fn without_credentials_it_ends() -> Tried {
    with(SHORT, |emulator, world| {
        let over = json!({"operation": "ec2:DescribeAvailabilityZones", "times": 100, "kind": "error", "status": 400,
            "code": "RequestExpired", "message": "Request has expired."});
        emulator.shim("faults", &over);
        match world.run(&Work::new("preflight")) {
            End::Refused(why) => assert!(why.contains("the credentials are not accepted any more"), "{why}"),
            other => panic!("{other:?}"),
        }
    })
}

//! What people are told: which limit, that credentials are over, and what to do.

use serde_json::{Value as Json, json};

use crate::scene::{TOGETHER, changes, scenes, shared_out};
use crate::support::{End, Tried, Work};

/// The call, and what the service says when the account has enough of it: in the form that it is documented.
const LIMITS: &[(&str, &str, &str, &str)] = &[
    ("network apply", "ec2:CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
    (
        "network apply",
        "ec2:AllocateAddress",
        "AddressLimitExceeded",
        "The maximum number of addresses has been reached.",
    ),
    (
        "network apply",
        "ec2:CreateNatGateway",
        "NatGatewayLimitExceeded",
        "The maximum number of NAT Gateways has been reached.",
    ),
    (
        "machines apply",
        "ec2:RunInstances",
        "VcpuLimitExceeded",
        "You have requested more vCPU capacity than your current vCPU limit of 5",
    ),
    ("machines apply", "ec2:CreateVolume", "VolumeLimitExceeded", "Maximum number of volumes"),
    (
        "balanced apply",
        "elasticloadbalancing:CreateLoadBalancer",
        "TooManyLoadBalancers",
        "The limit on the number of load balancers has been reached",
    ),
    (
        "balanced apply",
        "elasticloadbalancing:CreateTargetGroup",
        "TooManyTargetGroups",
        "The limit on the number of target groups has been reached",
    ),
    (
        "balanced apply",
        "autoscaling:CreateAutoScalingGroup",
        "LimitExceeded",
        "AutoScalingGroup limit exceeded",
    ),
    (
        "services apply",
        "rds:CreateDBInstance",
        "InstanceQuotaExceeded",
        "The request would exceed the number of instances",
    ),
    (
        "services apply",
        "s3:CreateBucket",
        "TooManyBuckets",
        "You have attempted to create more buckets than allowed",
    ),
    ("services apply", "iam:CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"),
    (
        "services apply",
        "secretsmanager:CreateSecret",
        "LimitExceededException",
        "You've exceeded the maximum number of secrets",
    ),
];

pub(crate) fn a_limit_is_named() -> Tried {
    let scenes = scenes()?;
    shared_out(LIMITS.len(), |desk, index| {
        let (scene, operation, code, message) = LIMITS[index];
        let scene = scenes.of(scene);
        scene.on_a_copy(desk, |world, desk| {
            let fault = json!({"operation": operation, "kind": "error", "status": 400, "code": code, "message": message});
            world.emulator.shim("faults", &fault);
            let said = match world.run(&scene.work(TOGETHER)) {
                End::Done { complete: false, report, .. } => report,
                other => panic!("{operation}: {other:?}"),
            };
            for words in [operation, code, message, "have it raised, then go on"] {
                assert!(said.contains(words), "{operation}: without `{words}`: {said}");
            }
            // A limit is no reason to ask again.
            assert_eq!(said.matches(operation).count(), 1, "{said}");
            scene.ends_well(world, desk, operation);
        });
    })
}

/// The call, how it is refused, and what is made of it. None of it is a limit of the account, a permission or a matter of
/// credentials.
const NO_LIMITS: &[(&str, &str, u16, &str, &str, &str)] = &[
    (
        "machines apply",
        "ec2:RunInstances",
        500,
        "InsufficientInstanceCapacity",
        "We currently do not have sufficient t3.medium capacity in the Availability Zone you requested",
        "the zone has none of these left",
    ),
    (
        "machines apply",
        "ec2:RunInstances",
        403,
        "AuthFailure",
        "Not authorized for images: [ami-12345678]",
        "it isn't this account's",
    ),
    (
        "network apply",
        "ec2:CreateVpc",
        403,
        "OptInRequired",
        "You are not subscribed to this service",
        "the account can't use the service",
    ),
];

pub(crate) fn what_is_no_limit_is_told_as_what_it_is() -> Tried {
    let scenes = scenes()?;
    shared_out(NO_LIMITS.len(), |desk, index| {
        let (scene, operation, status, code, message, words) = NO_LIMITS[index];
        let scene = scenes.of(scene);
        scene.on_a_copy(desk, |world, desk| {
            let fault = json!({"operation": operation, "kind": "error", "status": status, "code": code, "message": message});
            world.emulator.shim("faults", &fault);
            let said = match world.run(&scene.work(TOGETHER)) {
                End::Done { complete: false, report, .. } => report,
                other => panic!("{operation}: {other:?}"),
            };
            assert!(said.contains(words) && said.contains(message), "{operation}: {said}");
            for other in ["have it raised", "the permission", "Log in"] {
                assert!(!said.contains(other), "{operation}: `{other}` in {said}");
            }
            scene.ends_well(world, desk, operation);
        });
    })
}

/// Names of buckets are shared by everybody. Whoever has it doesn't let anybody look at it, which isn't a permission to ask for.
pub(crate) fn a_bucket_name_of_another_account_is_told() -> Tried {
    let scenes = scenes()?;
    shared_out(1, |desk, _| {
        let scene = scenes.of("services apply");
        scene.on_a_copy(desk, |world, _| {
            let name = "orders-storage-123456789012";
            world.emulator.shim("foreign", &json!({"bucket": name}));
            let said = match world.run(&scene.work(TOGETHER)) {
                End::Done { complete: false, report, .. } => report,
                other => panic!("{other:?}"),
            };
            assert!(said.contains(&format!("the name `{name}` is another account's")), "{said}");
            assert!(!said.contains("the permission"), "{said}");
        });
    })
}

/// Somebody makes a balancer of the same name and settings after the plan has looked: the create answers with it. It isn't ours,
/// and nothing of it is changed.
pub(crate) fn a_balancer_of_somebody_else_is_left_alone() -> Tried {
    let scenes = scenes()?;
    shared_out(1, |desk, _| {
        // It begins where everything stands.
        let scene = scenes.of("balanced destroy");
        scene.on_a_copy(desk, |world, _| {
            let by_hand = |operation, arguments| world.emulator.act("elbv2", operation, &arguments);
            let ours = &by_hand("describe_load_balancers", json!({}))["LoadBalancers"][0];
            by_hand("delete_load_balancer", json!({"LoadBalancerArn": ours["LoadBalancerArn"]}));
            let zones = ours["AvailabilityZones"].as_array().unwrap();
            let subnets: Vec<&Json> = zones.iter().map(|zone| &zone["SubnetId"]).collect();
            let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
            let tags = [tag("provision:deployment", "others"), tag("provision:address", "aws_lb.main")];
            let theirs = json!({"Name": ours["LoadBalancerName"], "Scheme": ours["Scheme"], "Subnets": subnets,
                "SecurityGroups": ours["SecurityGroups"], "Tags": tags});
            let theirs = by_hand("create_load_balancer", theirs)["LoadBalancers"][0]["LoadBalancerArn"].clone();
            let attributes = || by_hand("describe_load_balancer_attributes", json!({"LoadBalancerArn": theirs}));
            let before = attributes();
            world.emulator.shim("unlisted", &json!({"balancer": ours["LoadBalancerName"]}));
            let said = match world.run(&Work::new("apply")) {
                End::Done { complete: false, report, .. } => report,
                other => panic!("{other:?}"),
            };
            assert!(said.contains("has its name already, and it is not this deployment's"), "{said}");
            assert_eq!(attributes(), before);
        });
    })
}

/// In the middle of a run every call is refused: it ends, says so and what to do, and the next run goes on.
pub(crate) fn credentials_that_expire_stop_a_run() -> Tried {
    let scenes = scenes()?;
    let codes = [
        ("network apply", "RequestExpired"),
        ("services apply", "ExpiredTokenException"),
        ("services destroy", "ExpiredToken"),
    ];
    shared_out(codes.len(), |desk, index| {
        let (scene, code) = codes[index];
        let scene = scenes.of(scene);
        scene.on_a_copy(desk, |world, desk| {
            // So many of the calls that change something get through; from then on no call does.
            let through = 3;
            let fault = json!({"operation": "*", "times": 100_000, "after_changes": through, "kind": "error",
                "status": 400, "code": code, "message": "The security token included in the request is expired"});
            world.emulator.shim("calls", &json!({"forget": true}));
            world.emulator.shim("faults", &fault);
            let said = match world.run(&scene.work(TOGETHER)) {
                End::Done { complete: false, report, .. } => report,
                other => panic!("{code}: {other:?}"),
            };
            let made = world.emulator.shim("calls", &json!({}));
            let calls: Vec<&str> =
                made["journal"].as_array().unwrap().iter().map(|call| call.as_str().unwrap()).collect();
            let last = calls.iter().enumerate().filter(|(_, call)| changes(call)).nth(through - 1).unwrap().0;
            let after = calls.len() - last;
            assert!(after < 3 * TOGETHER, "{code}: {after} calls for nothing");
            for words in [code, "the credentials are not accepted any more", "aws sso login", "Not started"] {
                assert!(said.contains(words), "{code}: without `{words}`: {said}");
            }
            world.emulator.shim("faults", &json!([]));
            scene.ends_well(world, desk, code);
        });
    })
}

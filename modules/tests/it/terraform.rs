//! What is rendered, judged by the real Terraform against captured schemas of the provider, and by our own assertions on
//! its plan.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use provision_modules::Directory;
use provision_testing::{program, shared_folder, target_folder};
use serde_json::Value;

use crate::examples::{examples, rendered, variants, write};

/// The checker, where terraform and the schemas are beside this checkout.
struct Checker {
    program: PathBuf,
    schemas: PathBuf,
}

impl Checker {
    fn find() -> Option<Self> {
        let folder = shared_folder().ok()?.join("tools/tfcheck");
        program("terraform").ok()?;
        let checker = Self { program: folder.join("tfcheck"), schemas: folder.join("schemas") };
        // Its first run installs what it needs: once, before several run at the same time.
        let made = checker.command().arg("--help").output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(checker)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("TFSTUB_CACHE", target_folder().join("test-tools/tfcheck"));
        command
    }

    /// Validates and plans; the plan, as `terraform show -json` writes it.
    fn plan(&self, directory: &Directory, schemas: Option<&Path>, apply: bool) -> Result<Value, String> {
        let place = tempfile::tempdir().unwrap();
        let (source, out) = (place.path().join("source"), place.path().join("out"));
        write(directory, &source);
        fs::create_dir(&out).unwrap();
        let mut command = self.command();
        command.arg(&source).arg("--out").arg(&out);
        if let Some(schemas) = schemas {
            // A cache of its own, because a cache knows the schemas that it was made of; the same Python.
            let cache = target_folder().join("test-tools");
            command.env("TFSTUB_SCHEMAS", schemas).env("TFSTUB_CACHE", cache.join("tfcheck-oldest"));
            command.env("TFSTUB_PYTHON", cache.join("tfcheck/venv/bin/python"));
        }
        if apply {
            command.arg("--apply");
        }
        let run = command.output().unwrap();
        if !run.status.success() {
            let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
            return Err(format!("{out}\n{err}"));
        }
        let plan = fs::read_to_string(out.join("plan.json")).unwrap();
        Ok(serde_json::from_str(&plan).unwrap())
    }

    /// A folder with the older capture of the provider's schema only.
    fn older_schemas(&self, place: &Path) -> PathBuf {
        let folder = place.join("schemas");
        fs::create_dir(&folder).unwrap();
        let name = "aws@6.25.0.json.gz";
        fs::copy(self.schemas.join(name), folder.join(name)).unwrap();
        folder
    }
}

/// Every job on both processors; what went wrong, by name.
fn on_all<T: Sync>(jobs: &[(String, T)], work: impl Fn(&str, &T) -> Result<(), String> + Sync) {
    let (next, failures) = (Mutex::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some((name, job)) = jobs.get(at) else { return };
                    if let Err(problem) = work(name, job) {
                        failures.lock().unwrap().push(format!("{name}:\n{problem}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn terraform_plans_every_example_and_variant() {
    let Some(checker) = Checker::find() else { return };
    let jobs: Vec<(String, String)> = examples().into_iter().chain(variants()).collect();
    on_all(&jobs, |_, spec| {
        let directory = rendered(spec).map_err(|error| error.to_string())?;
        let plan = checker.plan(&directory, None, false)?;
        let problems = problems(&plan, spec);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    });
}

#[test]
fn terraform_plans_every_platform_with_the_oldest_provider_allowed() {
    let Some(checker) = Checker::find() else { return };
    let place = tempfile::tempdir().unwrap();
    let schemas = checker.older_schemas(place.path());
    let jobs = one_of_each_platform();
    on_all(&jobs, |_, spec| {
        let directory = rendered(spec).map_err(|error| error.to_string())?;
        checker.plan(&directory, Some(&schemas), false).map(|_| ())
    });
}

#[test]
fn terraform_applies_one_example_of_each_platform_and_then_has_nothing_to_do() {
    let Some(checker) = Checker::find() else { return };
    let jobs = one_of_each_platform();
    on_all(&jobs, |_, spec| {
        let directory = rendered(spec).map_err(|error| error.to_string())?;
        checker.plan(&directory, None, true).map(|_| ())
    });
}

fn one_of_each_platform() -> Vec<(String, String)> {
    let chosen =
        ["kestra-high-availability", "octopus-high-availability", "rudderstack-multi-zone", "event-platform"];
    let jobs: Vec<(String, String)> =
        examples().into_iter().filter(|(name, _)| chosen.contains(&name.as_str())).collect();
    assert_eq!(jobs.len(), chosen.len());
    jobs
}

/// The planned resources of one kind.
fn of_kind<'a>(plan: &'a Value, kind: &str) -> Vec<&'a Value> {
    let resources = plan["planned_values"]["root_module"]["resources"].as_array().unwrap();
    resources.iter().filter(|resource| resource["type"] == kind).map(|resource| &resource["values"]).collect()
}

/// How a resource was written, references and all.
fn configured<'a>(plan: &'a Value, kind: &str) -> Vec<&'a Value> {
    let resources = plan["configuration"]["root_module"]["resources"].as_array().unwrap();
    resources.iter().filter(|resource| resource["type"] == kind).collect()
}

/// Whole resources that an argument refers to.
fn referred(resource: &Value, argument: &str) -> Vec<String> {
    let references = resource["expressions"][argument]["references"].as_array().cloned().unwrap_or_default();
    let addresses = references.iter().filter_map(Value::as_str).filter(|it| it.matches('.').count() == 1);
    addresses.map(str::to_owned).collect()
}

/// What an expert would not forgive.
fn problems(plan: &Value, spec: &str) -> Vec<String> {
    let topology = crate::examples::topology(spec);
    let mut problems = Vec::new();
    let mut expect = |holds: bool, what: String| {
        if !holds {
            problems.push(what);
        }
    };
    let zones = topology.zones.len();
    let existing = topology.spec.cloud.network.as_ref().is_some_and(|network| network.id.is_some());
    if !existing {
        for group in configured(plan, "aws_autoscaling_group") {
            let subnets = referred(group, "vpc_zone_identifier");
            expect(
                subnets.len() == zones,
                format!("{}: {} subnets, not {zones}", group["name"], subnets.len()),
            );
            expect(
                subnets.iter().all(|subnet| subnet.contains(".private_")),
                format!("{}: not private", group["name"]),
            );
        }
        for balancer in configured(plan, "aws_lb") {
            expect(
                referred(balancer, "subnets").len() == zones,
                "the load balancer is not in every zone".to_owned(),
            );
        }
        let exits = if topology.highly_available { zones } else { 1 };
        expect(of_kind(plan, "aws_nat_gateway").len() == exits, "ways out: not one in each zone".to_owned());
        expect(of_kind(plan, "aws_subnet").len() == 2 * zones, "not two subnets in each zone".to_owned());
    }
    for group in of_kind(plan, "aws_autoscaling_group") {
        let component = group["name"].as_str().unwrap();
        let balanced = configured(plan, "aws_autoscaling_group").into_iter().any(|it| {
            !referred(it, "target_group_arns").is_empty()
                && component.ends_with(&it["name"].as_str().unwrap().replace('_', "-"))
        });
        let kind = if balanced { "ELB" } else { "EC2" };
        expect(
            group["health_check_type"] == kind,
            format!("{component}: health is {}", group["health_check_type"]),
        );
    }
    for template in of_kind(plan, "aws_launch_template") {
        expect(
            template["metadata_options"][0]["http_tokens"] == "required",
            format!("{}: IMDSv1", template["name"]),
        );
        for disk in template["block_device_mappings"].as_array().unwrap() {
            expect(
                disk["ebs"][0]["encrypted"] == "true",
                format!("{}: a disk is not encrypted", template["name"]),
            );
        }
    }
    for disk in of_kind(plan, "aws_ebs_volume") {
        expect(disk["encrypted"] == true && disk["final_snapshot"] == true, "a disk is not safe".to_owned());
    }
    for database in of_kind(plan, "aws_db_instance") {
        let standby = topology
            .database
            .as_ref()
            .is_some_and(provision_architecture::topology::DatabaseTier::is_redundant);
        expect(database["multi_az"] == standby, "the database's standby".to_owned());
        expect(database["deletion_protection"] == true, "the database may be deleted".to_owned());
        expect(
            database["backup_retention_period"].as_u64() >= Some(7),
            "the database has no backups".to_owned(),
        );
        expect(database["storage_encrypted"] == true, "the database is not encrypted".to_owned());
        expect(database["publicly_accessible"] == false, "the database is public".to_owned());
        expect(
            database["manage_master_user_password"] == true,
            "the database's password is known here".to_owned(),
        );
    }
    for cluster in of_kind(plan, "aws_msk_cluster") {
        let brokers = cluster["number_of_broker_nodes"].as_u64().unwrap();
        expect(brokers.is_multiple_of(zones as u64), "brokers are not even over the zones".to_owned());
        let transit = &cluster["encryption_info"][0]["encryption_in_transit"][0];
        expect(
            transit["client_broker"] == "TLS" && transit["in_cluster"] == true,
            "Kafka in plain text".to_owned(),
        );
    }
    for configuration in of_kind(plan, "aws_msk_configuration") {
        let settings = configuration["server_properties"].as_str().unwrap();
        for setting in [
            "unclean.leader.election.enable=false",
            "auto.create.topics.enable=false",
            "min.insync.replicas=2",
        ] {
            expect(settings.lines().any(|line| line == setting), format!("Kafka without {setting}"));
        }
    }
    for block in of_kind(plan, "aws_s3_bucket_public_access_block") {
        let all =
            ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
        expect(all.iter().all(|it| block[it] == true), "a bucket may be public".to_owned());
    }
    let buckets = of_kind(plan, "aws_s3_bucket").len();
    for kind in [
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_policy",
    ] {
        expect(of_kind(plan, kind).len() == buckets, format!("not every bucket has {kind}"));
    }
    for rule in of_kind(plan, "aws_vpc_security_group_ingress_rule") {
        let open = rule["cidr_ipv4"] == "0.0.0.0/0";
        let port = rule["from_port"].as_u64();
        expect(
            !open || matches!(port, Some(80 | 443 | 10_943)),
            format!("port {port:?} is open to the world"),
        );
    }
    for files in of_kind(plan, "aws_efs_file_system") {
        expect(files["encrypted"] == true, "the shared files are not encrypted".to_owned());
    }
    if !of_kind(plan, "aws_efs_file_system").is_empty() {
        expect(
            of_kind(plan, "aws_efs_mount_target").len() == zones,
            "files not mounted in every zone".to_owned(),
        );
    }
    tagged(plan, topology.deployment.as_str(), &mut problems);
    problems
}

/// Every resource that can have tags carries the deployment's name and its own address.
fn tagged(plan: &Value, deployment: &str, problems: &mut Vec<String>) {
    for resource in plan["planned_values"]["root_module"]["resources"].as_array().unwrap() {
        let (kind, address) = (resource["type"].as_str().unwrap(), &resource["address"]);
        let facts = provision_kinds::kind(kind).unwrap_or_else(|| panic!("{kind} has no facts"));
        if facts.tags.is_none() {
            continue;
        }
        let tags = if kind == "aws_autoscaling_group" {
            let tags = resource["values"]["tag"].as_array().unwrap().iter();
            tags.map(|tag| (tag["key"].as_str().unwrap().to_owned(), tag["value"].clone())).collect()
        } else {
            resource["values"]["tags"].as_object().cloned().unwrap_or_default()
        };
        if tags.get("provision:deployment") != Some(&Value::from(deployment))
            || tags.get("provision:address") != Some(address)
        {
            problems.push(format!("{address} does not carry its tags: {tags:?}"));
        }
    }
}

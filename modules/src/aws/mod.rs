//! The rendered Terraform for AWS: every block's context into its template.

pub(crate) mod nodes;
mod parameter;
mod parity;

pub(crate) use parameter::{Parameter, parameter};
use provision_architecture::Topology;
use provision_architecture::spec::{Runtime, SecretStore};

use crate::cloud::{Cloud, Host, TerraformFile, Wait};
use crate::identity::aws::Surroundings;
use crate::kubernetes::{Cluster, Words};
use crate::located::Kinds;
use crate::naming::{Naming, TagWords, underscored};
use crate::parity::{Becomes, Part};
use crate::terraform_files::TerraformFiles;
use crate::text::{Expr, Templates};
use crate::{Blocks, RenderError, kubernetes, network, security, settings};

pub(crate) struct Aws;

pub(crate) const TAGS: TagWords = TagWords {
    name: Some("Name"),
    deployment: "provision:deployment",
    address: Some("provision:address"),
    component: "provision:component",
    instance: "provision:instance",
    machine: "aws_instance",
};

pub(crate) const HOST: Host = Host {
    script: "aws/cloud.sh",
    packages: &["docker", "jq"],
    shared_files_packages: &["amazon-efs-utils"],
    largest_user_data: 16 * 1024,
    command: "aws",
    packs_user_data: true,
    asks_whether_well: false,
    secret_store: SecretStore::AwsSecretsmanager,
    secret_store_name: "AWS Secrets Manager",
};

impl Cloud for Aws {
    fn terraform(
        &self,
        topology: &Topology,
        blocks: &Blocks,
        templates: &Templates,
    ) -> Result<Vec<TerraformFile>, RenderError> {
        terraform(topology, blocks, templates)
    }

    fn kinds(&self, _blocks: &Blocks) -> Kinds {
        Kinds {
            group: "aws_autoscaling_group",
            pool: "aws_eks_node_group",
            node: "aws_instance",
            database: "aws_db_instance",
            kafka: Some("aws_msk_cluster"),
            search: Some("aws_opensearch_domain"),
        }
    }

    fn host(&self) -> &'static Host {
        &HOST
    }

    fn secret_name(&self, deployment: &str, name: &str) -> String {
        format!("/provision/{deployment}/{name}")
    }

    fn node_files(
        &self,
        cluster: &Cluster,
        templates: &Templates,
    ) -> Result<Vec<(String, String)>, RenderError> {
        kubernetes::aws::node_files(cluster, templates)
    }

    fn words(&self, topology: &Topology, _blocks: &Blocks) -> Result<Words, RenderError> {
        Ok(Words {
            cluster: topology.deployment.to_string(),
            location: topology.region.to_string(),
            places: Vec::new(),
            shared_files: String::new(),
            disk_type: None,
            tools: &["aws"],
            names_identities: false,
        })
    }

    /// The longest heartbeat of a lifecycle hook.
    fn longest_wait(&self, _has_balancer: bool) -> Option<Wait> {
        Some(Wait {
            seconds: 7_200,
            what: "a lifecycle hook of an Auto Scaling group waits two hours at most",
        })
    }

    fn becomes(&self, part: Part, runtime: Runtime) -> Becomes {
        parity::becomes(part, runtime)
    }

    fn notes(&self, blocks: &Blocks) -> Vec<String> {
        let told = blocks.alarms.email.as_ref().filter(|_| !blocks.alarms.list.is_empty());
        let confirm = |email| format!("Amazon SNS asks {email} once, by mail, whether it wants the alarms.");
        told.map(confirm).into_iter().collect()
    }
}

fn naming(topology: &Topology) -> Result<Naming<'_>, RenderError> {
    let own = &topology.spec.tags;
    if let Some(key) = own.keys().find(|key| key.as_str().contains([' ', '/'])) {
        let what =
            "holds a space or a slash, which tags of machines can't have that machines read themselves";
        return Err(RenderError::Tag { key: key.to_string(), what: what.to_owned() });
    }
    Naming::new(&TAGS, &topology.deployment, own)
}

fn terraform(
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
) -> Result<Vec<TerraformFile>, RenderError> {
    let naming = naming(topology)?;
    let spare = network::aws::spare(&blocks.network, topology)?;
    let places = network::aws::places(&blocks.network, spare.as_ref())?;
    let region = topology.region.as_str();
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let suffixes: Vec<String> = zones.iter().map(|zone| network::suffix(region, zone)).collect();
    let account = account(blocks)?;
    let mut files = TerraformFiles::new(templates, "aws");

    files.add("versions.tf", &settings::versions(topology))?;
    files.add("variables.tf", &settings::variables(blocks))?;
    if let Some(context) = network::aws::context(&blocks.network, spare.as_ref(), region, &naming)? {
        files.add("network.tf", &context)?;
    }
    files.add("security.tf", &security::aws::context(&blocks.security, &places, &naming)?)?;
    let balancer = blocks.load_balancer.as_ref();
    if let Some(balancer) = balancer {
        let context = crate::load_balancer::aws::context(balancer, &places, region, &account, &naming)?;
        files.add("load_balancer.tf", &context)?;
    }
    if !blocks.inner_balancers.is_empty() {
        let context = crate::inner_balancer::aws::context(&blocks.inner_balancers, &places, &naming)?;
        files.add("inner_balancers.tf", &context)?;
    }
    let groups = &blocks.machine_groups;
    match &blocks.cluster {
        None => files.add(
            "compute.tf",
            &crate::machine_group::aws::context(groups, balancer, &blocks.inner_balancers, &places, &naming)?,
        )?,
        Some(cluster) => files.add(
            "kubernetes.tf",
            &kubernetes::aws::context(cluster, topology, balancer, &places, &suffixes, &naming)?,
        )?,
    }
    if let Some(database) = &blocks.database {
        files.add("database.tf", &crate::database::aws::context(database, &zones, &places, &naming)?)?;
    }
    if let Some(kafka) = &blocks.kafka {
        files.add("kafka.tf", &crate::kafka::aws::context(kafka, &zones, &places, &naming)?)?;
    }
    if let Some(search) = &blocks.search {
        let context = crate::search::aws::context(search, &zones, &places, region, &account, &naming)?;
        files.add("search.tf", &context)?;
    }
    if let Some(storage) = blocks.object_storage {
        files.add("object_storage.tf", &crate::object_storage::aws::context(storage, &account, &naming)?)?;
    }
    if let Some(shared) = blocks.shared_files {
        files.add(
            "shared_storage.tf",
            &crate::shared_files::aws::context(shared, &suffixes, &places, &naming)?,
        )?;
    }
    if !blocks.alarms.list.is_empty() {
        let deployment = topology.deployment.as_str();
        files.add("alarms.tf", &crate::alarms::aws::context(&blocks.alarms, deployment, &naming)?)?;
    }
    if let Some(alerting) = blocks.alerting.as_ref().filter(|alerting| !alerting.nodes.is_empty()) {
        files.add("alerting.tf", &crate::alerting::aws::context(alerting, &zones, &places, &naming)?)?;
    }
    let around = Surroundings {
        deployment: topology.deployment.as_str(),
        region,
        account: &account,
        database: blocks.database.as_ref(),
    };
    files.add("identity.tf", &crate::identity::aws::context(&blocks.identity, &around, &naming)?)?;
    files.add("outputs.tf", &settings::outputs(blocks))?;
    Ok(files.rendered())
}

/// The account's number, from an object that every deployment has: no file has to know it, and no call is needed.
fn account(blocks: &Blocks) -> Result<Expr, RenderError> {
    let member = blocks.security.members.first().map(ToString::to_string).unwrap_or_default();
    Ok(Expr::reference(format!("aws_security_group.{}.owner_id", underscored(&member)))?)
}

/// The newest Amazon Linux 2023, as the cloud itself names it, for the machine type's processors.
pub(crate) fn image(machine_type: &str) -> &'static str {
    if is_arm(machine_type) {
        "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    } else {
        "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    }
}

/// `m7g.large`, `c8gn.xlarge`, `t4g.small`: a `g` after the generation's number.
pub(crate) fn is_arm(machine_type: &str) -> bool {
    let family = machine_type.split('.').next().unwrap_or_default();
    family.starts_with("a1")
        || family
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with('g')
}

#[cfg(test)]
mod tests {
    use super::is_arm;

    #[test]
    fn processors_by_machine_type() {
        for arm in ["m7g.large", "c8gn.xlarge", "t4g.small", "a1.medium", "r6gd.large"] {
            assert!(is_arm(arm), "{arm}");
        }
        for other in ["m7i.large", "t3.medium", "g5.xlarge", "c6a.large", "m5.large"] {
            assert!(!is_arm(other), "{other}");
        }
    }
}

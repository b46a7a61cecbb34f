//! The rendered Terraform for AWS: every block's context into its template.

mod located;
mod naming;
pub(crate) mod nodes;
mod settings;

pub(crate) use located::{Located, located};
pub(crate) use naming::{Naming, Parameter, Resource, underscored};
use provision_architecture::Topology;
use serde::Serialize;

use crate::identity::aws::Surroundings;
use crate::text::{Expr, Templates};
use crate::{Blocks, RenderError, network, security};

/// The files, in the order in which a person would read them.
pub(crate) fn render(
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
) -> Result<Vec<(&'static str, String)>, RenderError> {
    let naming = Naming::new(&topology.deployment, &topology.spec.tags)?;
    let places = network::aws::places(&blocks.network)?;
    let region = topology.region.as_str();
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let suffixes: Vec<String> = zones.iter().map(|zone| network::suffix(region, zone)).collect();
    let account = account(blocks)?;
    let mut files = Files { templates, rendered: Vec::new() };

    files.add("versions.tf", &settings::versions(topology))?;
    files.add("variables.tf", &settings::variables(blocks))?;
    if let Some(context) = network::aws::context(&blocks.network, region, &naming)? {
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
    files.add(
        "compute.tf",
        &crate::machine_group::aws::context(groups, balancer, &blocks.inner_balancers, &places, &naming)?,
    )?;
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
    let around = Surroundings {
        deployment: topology.deployment.as_str(),
        region,
        account: &account,
        database: blocks.database.as_ref(),
    };
    files.add("identity.tf", &crate::identity::aws::context(&blocks.identity, &around, &naming)?)?;
    files.add("outputs.tf", &settings::outputs(blocks))?;
    Ok(files.rendered)
}

struct Files<'a> {
    templates: &'a Templates,
    rendered: Vec<(&'static str, String)>,
}

impl Files<'_> {
    fn add(&mut self, name: &'static str, context: &impl Serialize) -> Result<(), RenderError> {
        let text = self.templates.render(&format!("aws/{name}"), context)?;
        self.rendered.push((name, text));
        Ok(())
    }
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
fn is_arm(machine_type: &str) -> bool {
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

//! What tells a reader what the directory is: README.md, and topology.json for tools.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::documented;
use serde::Serialize;
use serde_json::json;

use crate::aws::Located;
use crate::text::Templates;
use crate::{Directory, RenderError};

#[derive(Serialize)]
struct Readme {
    deployment: String,
    title: String,
    version: String,
    size: String,
    region: String,
    zones: String,
    files: Vec<FileLine>,
    groups: Vec<GroupLine>,
    owner_puts: Vec<String>,
    overridden: Vec<String>,
}

#[derive(Serialize)]
struct FileLine {
    path: String,
    about: &'static str,
}

#[derive(Serialize)]
struct GroupLine {
    component: String,
    about: String,
    count: String,
    machine: String,
}

pub(crate) fn add(
    topology: &Topology,
    templates: &Templates,
    located: &[Located],
    owner_puts: Vec<String>,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    let text = format!("{:#}\n", topology_document(topology, located));
    directory.add("topology.json", text.into_bytes());
    let readme = readme(topology, templates, owner_puts, directory);
    let text = templates.render("README.md", &readme)?;
    directory.add("README.md", text.into_bytes());
    Ok(())
}

/// Address → component, role, instance, zone; and the topology itself.
fn topology_document(topology: &Topology, located: &[Located]) -> serde_json::Value {
    let resources: BTreeMap<&str, &Located> = located.iter().map(|it| (it.address.as_str(), it)).collect();
    json!({ "schema": 1, "resources": resources, "topology": topology })
}

fn readme(
    topology: &Topology,
    templates: &Templates,
    owner_puts: Vec<String>,
    directory: &Directory,
) -> Readme {
    let architecture = documented::architecture(topology.platform);
    let listed: Vec<&str> =
        directory.files().map(|(path, _)| path).chain(["README.md", crate::directory::MANIFEST]).collect();
    let zones: Vec<&str> =
        topology.zones.iter().map(provision_architecture::values::ZoneName::as_str).collect();
    let groups = topology.groups.iter().map(|group| GroupLine {
        component: group.component.to_string(),
        about: architecture.components.get(&group.component).map(|it| it.about.clone()).unwrap_or_default(),
        count: if group.least() == group.most() {
            group.most().to_string()
        } else {
            format!("{} to {}", group.least(), group.most())
        },
        machine: group.machine.name.as_ref().map(ToString::to_string).unwrap_or_default(),
    });
    let overridden = templates.list().filter(|listed| listed.origin == crate::text::Origin::Override);
    Readme {
        deployment: topology.deployment.to_string(),
        title: architecture.title.clone(),
        version: topology.version.to_string(),
        size: topology.size.to_string(),
        region: topology.region.to_string(),
        zones: zones.join(", "),
        files: ABOUT
            .iter()
            .filter(|(path, _)| listed.iter().any(|it| it == path || it.starts_with(&format!("{path}/"))))
            .map(|(path, about)| FileLine { path: (*path).to_owned(), about })
            .collect(),
        groups: groups.collect(),
        owner_puts,
        overridden: overridden.map(|listed| format!("{} ({})", listed.name, &listed.hash[..12])).collect(),
    }
}

/// What each file holds, in the order in which one would read them.
const ABOUT: [(&str, &str); 18] = [
    ("README.md", "this text"),
    ("versions.tf", "which Terraform and which provider"),
    ("variables.tf", "what you may set without rendering again"),
    ("network.tf", "the network: subnets in each zone, ways out"),
    ("security.tf", "who may connect to whom, and why"),
    ("load_balancer.tf", "how users reach the deployment"),
    ("inner_balancers.tf", "how components reach each other"),
    ("compute.tf", "the machines, in groups that replace what dies"),
    ("database.tf", "the database"),
    ("kafka.tf", "Kafka"),
    ("search.tf", "the search cluster"),
    ("object_storage.tf", "object storage"),
    ("shared_storage.tf", "files that all machines mount"),
    ("identity.tf", "what each machine may do; places for secrets"),
    ("outputs.tf", "what comes out: addresses, names"),
    ("hosts", "what the machines of each kind are made of"),
    ("topology.json", "which resource is which instance of which component, for tools"),
    ("provision-manifest.json", "hashes of these files, by which a later rendering sees what you changed"),
];

//! What tells a reader what the directory is: README.md, and topology.json for tools.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::documented;
use serde::Serialize;
use serde_json::json;

use crate::cloud::Cloud;
use crate::located::{Located, located};
use crate::text::Templates;
use crate::{Blocks, Directory, RenderError};

/// What a deployment survives, for its README.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survival {
    /// The picture, as SVG; it becomes a file beside the README.
    #[serde(skip)]
    pub picture: String,
    /// What the picture shows, in words.
    pub alternative: String,
    pub summary: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub legend: String,
}

/// Not `provision.yaml`: a command that is given nothing would take it for the spec to begin with.
const SPEC: &str = "spec.yaml";

const PICTURE: &str = "picture.svg";

#[derive(Serialize)]
struct Readme<'a> {
    survival: Option<&'a Survival>,
    deployment: String,
    title: String,
    version: String,
    size: String,
    region: String,
    zones: String,
    files: Vec<FileLine>,
    groups: Vec<GroupLine>,
    owner_puts: Vec<String>,
    must_set: Vec<VariableLine>,
    has_locks: bool,
    secret_store: &'static str,
    cluster: bool,
    way_in: &'static str,
    /// The cloud's own.
    command: &'static str,
    notes: Vec<String>,
    advice: Vec<String>,
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

#[derive(Serialize)]
struct VariableLine {
    name: &'static str,
    about: &'static str,
}

pub(crate) fn add(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    survival: Option<&Survival>,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    if let Some(survival) = survival {
        directory.add(PICTURE, survival.picture.clone().into_bytes());
    }
    let located = located(topology, blocks, &cloud.kinds(blocks));
    let text = format!("{:#}\n", topology_document(topology, &located));
    directory.add("topology.json", text.into_bytes());
    directory.add(SPEC, spec_text(topology)?.into_bytes());
    let readme = Readme { survival, ..readme(topology, blocks, cloud, templates, directory) };
    let text = templates.render("README.md", &readme)?;
    directory.add("README.md", text.into_bytes());
    Ok(())
}

/// Address → component, role, instance, zone; the topology itself; and the completed spec that it came from, so that
/// what a failure does can be told from the directory alone.
fn topology_document(topology: &Topology, located: &[Located]) -> serde_json::Value {
    let resources: BTreeMap<&str, &Located> = located.iter().map(|it| (it.address.as_str(), it)).collect();
    json!({ "schema": 1, "resources": resources, "topology": topology, "spec": topology.spec })
}

/// Nothing of it depends on what a later version would fill in.
fn spec_text(topology: &Topology) -> Result<String, RenderError> {
    let text = provision_architecture::spec::to_yaml(&topology.spec)
        .map_err(|error| RenderError::Spec { why: error.to_string() })?;
    Ok(format!(
        "# The spec that this directory was rendered from, with everything filled in. `provision validate` on the\n\
         # directory judges the files by it.\n{text}"
    ))
}

fn readme(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    directory: &Directory,
) -> Readme<'static> {
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
        machine: match &blocks.cluster {
            Some(cluster) => format!("pods on {}", cluster.machine_of(group.component)),
            None => group.machine.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        },
    });
    Readme {
        survival: None,
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
        owner_puts: blocks.identity.put_by_owner(topology, cloud),
        must_set: cloud
            .must_set(topology, blocks)
            .into_iter()
            .map(|(name, about)| VariableLine { name, about })
            .collect(),
        has_locks: cloud.has_locks(),
        secret_store: cloud.host().secret_store_name,
        cluster: blocks.cluster.is_some(),
        way_in: cloud.way_into_a_cluster(),
        command: cloud.host().command,
        notes: cloud.notes(blocks),
        advice: crate::advice::advice(topology, blocks, cloud),
        overridden: templates
            .overridden()
            .map(|listed| format!("{} ({})", listed.name, &listed.hash[..12]))
            .collect(),
    }
}

/// What each file holds, in the order in which one would read them.
const ABOUT: &[(&str, &str)] = &[
    ("README.md", "this text"),
    (PICTURE, "the deployment as a picture"),
    ("versions.tf", "which Terraform and which provider"),
    (crate::backend::FILE, "where Terraform keeps its state, and its lock"),
    ("variables.tf", "what you may set without rendering again"),
    ("resource_group.tf", "what holds all the rest"),
    ("network.tf", "the network: subnets in each zone, ways out"),
    ("security.tf", "who may connect to whom, and why"),
    ("load_balancer.tf", "how users reach the deployment"),
    ("inner_balancers.tf", "how components reach each other"),
    ("compute.tf", "the machines, in groups that replace what dies"),
    ("kubernetes.tf", "the cluster that the components run in"),
    ("database.tf", "the database"),
    ("kafka.tf", "Kafka"),
    ("search.tf", "the search cluster"),
    ("object_storage.tf", "object storage"),
    ("shared_storage.tf", "files that all machines mount"),
    ("alarms.tf", "when the cloud itself tells somebody"),
    ("alerting.tf", "the machines that watch"),
    ("identity.tf", "what each machine may do; places for secrets"),
    ("outputs.tf", "what comes out: addresses, names"),
    ("hosts", "what the machines of each kind are made of"),
    ("kubernetes", "what runs in the cluster, and install.sh, which puts it there"),
    ("alerting", "what is watched, when somebody is told, and who"),
    (SPEC, "the spec that all this was rendered from, with everything filled in"),
    ("topology.json", "which resource is which instance of which component, for tools"),
    ("provision-manifest.json", "hashes of these files, by which a later rendering sees what you changed"),
];

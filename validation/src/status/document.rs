//! The status as a document: versioned, with a published schema.

use provision_architecture::Topology;
use serde::Serialize;

use super::facts::{Facts, Member};
use super::judge::Finding;
use crate::survive::{Casualty, Exposure, Standing};

pub const SCHEMA: &str = "provision.status/1";

/// The JSON Schema of a status, for programs that read it.
pub fn schema() -> &'static str {
    include_str!("../../schema/status.schema.json")
}

/// What lives, and what of it is not as promised.
#[derive(Debug, Clone)]
pub struct Status {
    pub schema: &'static str,
    pub as_promised: bool,
    /// What it is, in a few words.
    pub about: Option<String>,
    pub facts: Facts,
    pub components: Vec<Component>,
    /// Nothing was ever built, or all is gone.
    pub nothing_lives: bool,
    pub findings: Vec<Finding>,
    /// None where the directory doesn't say what was promised.
    pub survives: Option<Survives>,
    /// For whoever draws it: the topology as it lives, and what is missing in it.
    pub drawn: Option<(Topology, Vec<Casualty>)>,
}

/// All instances of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Component {
    pub name: String,
    /// Whether anybody could tell.
    pub known: bool,
    pub promised: usize,
    pub healthy: usize,
    pub zones: Vec<Place>,
    pub members: Vec<Member>,
}

impl Default for Component {
    fn default() -> Self {
        Component {
            name: String::new(),
            known: true,
            promised: 0,
            healthy: 0,
            zones: Vec::new(),
            members: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub zone: String,
    pub promised: usize,
    pub healthy: usize,
}

/// The failure analysis of what lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survives {
    pub now: Vec<Standing>,
    pub exposures: Vec<Exposure>,
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document::of(self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    engine: &'a str,
    deployment: &'a str,
    as_promised: bool,
    findings: &'a [Finding],
    components: &'a [Component],
    targets: &'a [super::Pool],
    databases: &'a [super::Server],
    disks: &'a [super::Disk],
    changes: &'a [super::Change],
    unchanged: usize,
    lock: &'a Option<super::Lock>,
    survives: &'a Option<Survives>,
    unknown: &'a [String],
}

impl<'a> Document<'a> {
    fn of(status: &'a Status) -> Self {
        let Status { schema, as_promised, facts, components, findings, survives, .. } = status;
        Document {
            schema,
            engine: &facts.engine,
            deployment: &facts.deployment,
            as_promised: *as_promised,
            findings,
            components,
            targets: &facts.pools,
            databases: &facts.servers,
            disks: &facts.disks,
            changes: &facts.changes,
            unchanged: facts.unchanged,
            lock: &facts.lock,
            survives,
            unknown: &facts.unknown,
        }
    }
}

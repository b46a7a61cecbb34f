//! Judges a rendered directory, or a plan that was made from one, after somebody edited it: what it says is laid over
//! the topology that it was rendered from, so that the same rules hold, and a few more that only files decide.
//!
//! Knows neither Terraform nor a cloud: what the files say comes in as statements.

mod changes;
mod hosts;
mod judge;
mod own;
mod statement;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provision_architecture::Source;
use serde::Deserialize;

pub use judge::check;
pub use statement::{Known, Meaning, Place, Said};

/// What was read of a directory or a plan.
#[derive(Debug, Default)]
pub struct Reading {
    pub said: Vec<Said>,
    /// Every resource that is there, by address, and what it names.
    pub resources: BTreeMap<String, BTreeSet<String>>,
    /// Which resource is which instance of what, by address: `resources` of `topology.json`.
    pub located: BTreeMap<String, Located>,
    /// The files under `hosts/`, by role.
    pub hosts: Vec<HostFile>,
}

/// Which instances of which component a resource is, and in which zones it was rendered to stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Located {
    pub component: String,
    pub role: String,
    pub instances: Vec<usize>,
    pub zones: Vec<String>,
}

/// A file that ends up on every machine of a role.
#[derive(Debug)]
pub struct HostFile {
    pub role: String,
    pub name: String,
    pub source: Arc<Source>,
}

impl Reading {
    /// The located resource that another one belongs to: itself, one that names it, or one that it names; and for what
    /// only others tie together, one step further.
    fn owner(&self, address: &str) -> Option<(&str, &Located)> {
        let located = |address: &str| self.located.get_key_value(address);
        let users = |address: &str| {
            let address = address.to_owned();
            self.resources.iter().filter(move |(_, names)| names.contains(&address)).map(|(user, _)| user)
        };
        let found = located(plain(address))
            .or_else(|| users(plain(address)).find_map(|user| located(user)))
            .or_else(|| self.resources.get(address)?.iter().find_map(|named| located(named)))
            .or_else(|| {
                let mut through = users(plain(address)).filter_map(|user| self.resources.get(user));
                through.find_map(|names| names.iter().find_map(|named| located(named)))
            });
        found.map(|(address, located)| (address.as_str(), located))
    }

    /// What is said with this meaning of what a located resource is.
    fn of<'a>(&'a self, address: &'a str, meaning: Meaning) -> impl Iterator<Item = &'a Said> {
        let is_its = move |said: &&Said| {
            said.meaning == meaning && self.owner(&said.address).is_some_and(|(owner, _)| owner == address)
        };
        self.said.iter().filter(is_its)
    }

    /// The located resources of a component that are still there.
    fn present<'a>(&'a self, component: &'a str) -> impl Iterator<Item = (&'a str, &'a Located)> {
        let is_there = |address: &str| self.resources.keys().any(|there| plain(there) == address);
        self.located
            .iter()
            .filter(move |(address, located)| located.component == component && is_there(address))
            .map(|(address, located)| (address.as_str(), located))
    }

    fn rendered<'a>(&'a self, component: &'a str) -> impl Iterator<Item = (&'a str, &'a Located)> {
        let of_it = self.located.iter().filter(move |(_, located)| located.component == component);
        of_it.map(|(address, located)| (address.as_str(), located))
    }
}

/// The address without an instance's key: `aws_subnet.a[0]` → `aws_subnet.a`.
fn plain(address: &str) -> &str {
    address.split_once('[').map_or(address, |(plain, _)| plain)
}

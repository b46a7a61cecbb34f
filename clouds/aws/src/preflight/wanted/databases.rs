//! Which databases a plan makes, of which class and where.

use std::collections::BTreeSet;

use provision_engine::Address;

use super::{Part, Wanted, read, text};

/// A database, and where it may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::preflight) struct Database {
    pub(in crate::preflight) by: Address,
    pub(in crate::preflight) engine: String,
    pub(in crate::preflight) version: String,
    pub(in crate::preflight) class: String,
    pub(in crate::preflight) zones: BTreeSet<String>,
    /// In how many of these zones.
    pub(in crate::preflight) in_zones: usize,
}

impl Wanted {
    pub(in crate::preflight) fn databases(&self) -> Vec<Database> {
        let databases = self.objects.iter().filter(|(address, _)| address.kind() == "aws_db_instance");
        databases
            .filter(|(_, (part, _))| *part > Part::Stands)
            .filter_map(|(by, (_, arguments))| {
                let own = text(arguments, "availability_zone").map(str::to_owned);
                let both = read(arguments, "multi_az") == Some(true);
                Some(Database {
                    by: by.clone(),
                    engine: text(arguments, "engine")?.to_owned(),
                    version: text(arguments, "engine_version").unwrap_or_default().to_owned(),
                    class: text(arguments, "instance_class")?.to_owned(),
                    zones: own.map_or_else(|| self.stands_in(arguments), |zone| BTreeSet::from([zone])),
                    in_zones: if both { 2 } else { 1 },
                })
            })
            .collect()
    }
}

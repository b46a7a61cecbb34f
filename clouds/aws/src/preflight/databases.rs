//! Whether the zones have the databases that are to stand in them. Clusters of MSK, EKS and OpenSearch have no call that
//! would tell.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_rds::operation::describe_orderable_db_instance_options::DescribeOrderableDbInstanceOptionsOutput;
use aws_sdk_rds::types::OrderableDbInstanceOption;
use provision_engine::driver::Failure;

use super::Foreseen;
use super::wanted::{Database, Wanted};
use crate::connection::Cloud;

/// What is offered: a version, and a zone that has it.
type Offered = BTreeSet<(String, String)>;

pub(super) async fn check(cloud: Arc<Cloud>, wanted: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let mut offered: BTreeMap<(String, String), Offered> = BTreeMap::new();
    let databases = wanted.databases();
    for Database { engine, class, .. } in &databases {
        if let Entry::Vacant(entry) = offered.entry((engine.clone(), class.clone())) {
            entry.insert(offers(&cloud, engine, class).await?);
        }
    }
    let lines = databases.iter().filter_map(|database| {
        let offered = offered.get(&(database.engine.clone(), database.class.clone()))?;
        missing(database, offered)
    });
    Ok(Foreseen::short(lines))
}

/// Of all versions: whether the call takes `16` for 16.4 isn't documented
/// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html).
async fn offers(cloud: &Cloud, engine: &str, class: &str) -> Result<Offered, Failure> {
    let ask = |marker| {
        let ask = cloud.rds.describe_orderable_db_instance_options().engine(engine).db_instance_class(class);
        ask.max_records(1000).set_marker(marker).send()
    };
    let split =
        |page: DescribeOrderableDbInstanceOptionsOutput| (page.orderable_db_instance_options, page.marker);
    let options = cloud.pages("rds", "DescribeOrderableDBInstanceOptions", ask, split).await?;
    let each = |option: OrderableDbInstanceOption| {
        let version = option.engine_version.unwrap_or_default();
        let zones = option.availability_zones.unwrap_or_default().into_iter().filter_map(|zone| zone.name);
        zones.map(move |zone| (version.clone(), zone)).collect::<Vec<_>>()
    };
    Ok(options.into_iter().flat_map(each).collect())
}

fn missing(database: &Database, offered: &Offered) -> Option<String> {
    let Database { by, engine, version, class, zones, in_zones } = database;
    // `16` is any of its releases.
    let is_meant = |offered: &str| {
        let rest = offered.strip_prefix(version.as_str());
        version.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let there: BTreeSet<&String> =
        offered.iter().filter(|(version, _)| is_meant(version)).map(|(_, zone)| zone).collect();
    let what = format!("databases `{class}` of {engine} {version}");
    if there.is_empty() {
        return Some(format!("no zone of the region has {}, which `{by}` asks for", what.trim_end()));
    }
    let fitting = zones.iter().filter(|zone| there.contains(zone)).count();
    if zones.is_empty() || fitting >= *in_zones {
        return None;
    }
    let zones = zones.iter().map(|zone| format!("`{zone}`")).collect::<Vec<_>>().join(", ");
    Some(format!("of the zones {zones} only {fitting} have {}, and `{by}` needs {in_zones}", what.trim_end()))
}

#[cfg(test)]
mod tests {
    use provision_engine::Address;

    use super::*;

    fn database(version: &str, zones: &str, in_zones: usize) -> Database {
        Database {
            by: Address::new("aws_db_instance", "main"),
            engine: "postgres".to_owned(),
            version: version.to_owned(),
            class: "db.m7g.large".to_owned(),
            zones: zones.chars().map(|letter| format!("eu-west-1{letter}")).collect(),
            in_zones,
        }
    }

    #[test]
    fn a_standby_needs_a_second_zone() {
        let offered: Offered = ["a", "b"].map(|zone| ("16.4".to_owned(), format!("eu-west-1{zone}"))).into();
        let told = |version, zones, in_zones| missing(&database(version, zones, in_zones), &offered);
        assert_eq!(told("16", "ab", 2), None);
        assert_eq!(told("16.4", "bc", 1), None);
        assert_eq!(told("", "", 2), None);
        let short = told("16", "bc", 2).unwrap();
        assert!(
            short.starts_with("of the zones `eu-west-1b`, `eu-west-1c` only 1 have databases"),
            "{short}"
        );
        assert!(told("16", "c", 1).unwrap().contains("only 0 have"));
        for other in ["1", "15", "16.40"] {
            assert!(told(other, "ab", 1).unwrap().starts_with("no zone of the region has"), "{other}");
        }
    }
}

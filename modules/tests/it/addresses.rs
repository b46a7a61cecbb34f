//! Addresses are frozen: a resource that is called otherwise in the next release would be destroyed and made again, and
//! a database with it. A new name comes with a `moved` block, and then the list may change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use provision_testing::workspace_root;

use crate::matrix::everything;

#[test]
fn no_address_is_lost() {
    let path = workspace_root().join("modules/tests/addresses.json");
    let mut now: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for job in everything() {
        now.insert(job.name.clone(), job.directory.addresses().iter().map(ToString::to_string).collect());
    }
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&now).unwrap())).unwrap();
    }
    let frozen: BTreeMap<String, BTreeSet<String>> =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for (name, addresses) in frozen {
        let Some(now) = now.get(&name) else { continue };
        let lost: Vec<&String> = addresses.difference(now).collect();
        assert!(
            lost.is_empty(),
            "{name}: {lost:?} would be destroyed: give it its name back, or render a `moved` block"
        );
    }
}

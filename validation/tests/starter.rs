//! What `provision init` writes is clean, whatever is asked for.

mod common;

use common::{found, judge_text};
use provision_architecture::documented::{self, Severity};
use provision_architecture::spec::{Platform, Provider};
use provision_architecture::starter::Starter;
use provision_architecture::values::{DeploymentName, Region};

#[test]
fn every_first_spec_is_clean() {
    let mut seen = 0;
    for platform in Platform::ALL {
        for size in documented::architecture(*platform).size_names() {
            for (provider, region) in [
                (Provider::Aws, "eu-west-1"),
                (Provider::Google, "europe-west4"),
                (Provider::Azure, "westeurope"),
            ] {
                let starter = Starter {
                    deployment: DeploymentName::try_from("orders").expect("a name"),
                    platform: *platform,
                    size,
                    provider,
                    region: Region::try_from(region).expect("a region"),
                    version: None,
                    edition: None,
                    zones: None,
                };
                let text = starter.text().expect("every size has a default version");
                let name = format!("{platform} {size} on {provider}");
                let verdict = judge_text(&name, &text);
                assert_eq!(verdict.count(Severity::Warning), 0, "{name}: {:#?}\n{text}", found(&verdict));
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 24, "eight sizes on three clouds");
}

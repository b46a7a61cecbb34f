//! Where Terraform keeps its state: beside the ledger that the spec names.

use provision_modules::Directory;

use crate::examples::rendered;

fn with_ledger(example: &str, ledger: &str) -> Directory {
    let path = provision_testing::workspace_root().join(format!("examples/{example}.yaml"));
    let spec = std::fs::read_to_string(path).unwrap();
    rendered(&format!("{spec}\nledger: {ledger}\n")).unwrap()
}

#[test]
fn each_store_has_its_backend_with_a_key_for_each_deployment() {
    let directory = with_ledger("kestra-small", "s3://team-ledgers/prod");
    let text = directory.text("backend.tf").unwrap();
    for line in [
        "  backend \"s3\" {",
        "    bucket  = \"team-ledgers\"",
        "    key     = \"prod/orders/terraform.tfstate\"",
        "    region  = \"eu-west-1\"",
        "    encrypt = true",
        "    use_lockfile = true",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    assert!(directory.text("README.md").unwrap().contains("backend.tf"));

    let text = with_ledger("event-platform-google", "gs://team-ledgers/events")
        .text("backend.tf")
        .unwrap()
        .to_owned();
    assert!(
        text.contains("backend \"gcs\" {\n    bucket = \"team-ledgers\"\n    prefix = \"events\"\n"),
        "{text}"
    );

    let text = with_ledger("event-platform-azure", "azblob://teamledgers/ledger")
        .text("backend.tf")
        .unwrap()
        .to_owned();
    for line in [
        "  backend \"azurerm\" {",
        "    storage_account_name = \"teamledgers\"",
        "    container_name       = \"ledger\"",
        "    key                  = \"events/terraform.tfstate\"",
        "    use_azuread_auth = true",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
}

/// The region of a bucket is not known from a deployment in another cloud.
#[test]
fn a_bucket_of_another_cloud_takes_its_region_from_the_environment() {
    let text =
        with_ledger("event-platform-google", "s3://team-ledgers").text("backend.tf").unwrap().to_owned();
    assert!(text.contains("events/terraform.tfstate") && !text.contains("    region"), "{text}");
}

#[test]
fn a_ledger_of_one_machine_leaves_the_state_in_the_directory() {
    assert!(with_ledger("kestra-small", "file:./ledger").text("backend.tf").is_none());
}

use crate::run::{provision, run, shown};

#[test]
fn architectures() {
    insta::assert_snapshot!("architectures", run(&["architectures"]));
    insta::assert_snapshot!("architectures-json", run(&["architectures", "octopus", "--json"]));
    insta::assert_snapshot!("architectures-unknown", run(&["architectures", "kestrel"]));
}

#[test]
fn explain() {
    insta::assert_snapshot!("explain-all", run(&["explain"]));
    insta::assert_snapshot!("explain-kes-04", run(&["explain", "KES-04"]));
    insta::assert_snapshot!("explain-elsewhere", run(&["explain", "kes-12"]));
    insta::assert_snapshot!("explain-waiver", run(&["explain", "WAI-01"]));
    insta::assert_snapshot!("explain-json", run(&["explain", "RUD-13", "--json"]));
    insta::assert_snapshot!("explain-unknown", run(&["explain", "KES-77"]));
}

#[test]
fn expand() {
    insta::assert_snapshot!("expand", run(&["expand", "examples/kestra-high-availability.yaml"]));
    insta::assert_snapshot!(
        "expand-json",
        run(&["expand", "examples/octopus-high-availability.yaml", "--json"])
    );
}

#[test]
fn expand_says_what_cannot_be() {
    let spec = "deployment: orders\nplatform: kestra\nsize: small\ncloud:\n  provider: aws\n  region: eu-west-1\n  zones: 6\n  network: { id: vpc-1, cidr: 10.0.0.0/16 }\ncomponents:\n  controller: { replicas: 2 }\n  standalone: { autoscale: { min: 3, max: 2 } }\nbackends: { search: { nodes: 3 }, database: { multi_zone: true, redundancy: none } }\n";
    insta::assert_snapshot!("expand-contradictions", shown(provision(&["expand", "-"]), spec));
}

#[test]
fn schema_and_version() {
    insta::assert_snapshot!("schema", run(&["schema"]));
    insta::assert_snapshot!("version", run(&["version"]));
    insta::assert_snapshot!("version-json", run(&["version", "--json"]));
}

#[test]
fn the_schema_of_a_plan_is_what_the_engine_publishes() {
    let output = provision(&["schema", "plan"]).output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), provision_engine::plan::schema());
}

#[test]
fn the_schema_of_a_status_is_what_validation_publishes() {
    let output = provision(&["schema", "status"]).output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), provision_validation::status::schema());
}

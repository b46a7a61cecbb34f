use crate::run::{provision, run, shown};

#[test]
fn a_good_spec() {
    insta::assert_snapshot!("validate-good", run(&["validate", "examples/kestra-high-availability.yaml"]));
}

#[test]
fn findings_and_their_exit_code() {
    insta::assert_snapshot!(
        "validate-two-schedulers",
        run(&["validate", "examples/broken/kestra-two-schedulers.yaml"])
    );
    insta::assert_snapshot!(
        "validate-capacity",
        run(&["validate", "examples/broken/event-platform-idle-replicas.yaml"])
    );
}

#[test]
fn warnings_count_where_they_are_asked_to() {
    let spec = "deployment: orders\nplatform: kestra\nversion: \"0.19\"\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\ncomponents: { worker: { threads: 128 } }\n";
    let with = |arguments: &[&str]| shown(provision(arguments), spec);
    insta::assert_snapshot!("validate-warning", with(&["validate", "-"]));
    insta::assert_snapshot!("validate-warning-counts", with(&["validate", "-", "--min-severity", "warning"]));
}

#[test]
fn several_specs_and_folders() {
    insta::assert_snapshot!("validate-folder", run(&["validate", "examples"]));
}

#[test]
fn every_problem_of_a_spec_at_once() {
    let spec = "# mine\ndeployment: Orders_1\nplatfrom: kestra\nplatform: kestra\nversion: latest\nsize: high\ncloud: { provider: aws, region: eu-west-1, zones: three }\ncomponents:\n  worker: { replcas: 2 }\n  server: {}\n  wörker: {}\nwaivers:\n  - { rule: KES-16, reason: \"é pool\" }\nsize: small\nlicence: hunter2-the-secret\nos: windows\n";
    let report = shown(provision(&["validate", "-"]), spec);
    assert!(!report.contains("hunter2"), "a secret was shown: {report}");
    insta::assert_snapshot!("validate-every-problem", report);
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let spec = "deployment: releases\nplatform: octopus\nsize: high-availability\ncloud: { provider: aws, region: eu-west-1 }\nos: windows\n";
    insta::assert_snapshot!("validate-octopus-on-windows", shown(provision(&["validate", "-"]), spec));
}

#[test]
fn what_is_no_yaml() {
    insta::assert_snapshot!(
        "validate-no-yaml",
        shown(provision(&["validate", "-"]), "deployment: [orders\nsize: x\n")
    );
    insta::assert_snapshot!("validate-empty", shown(provision(&["validate", "-"]), ""));
    insta::assert_snapshot!("validate-missing-file", run(&["validate", "no-such.yaml"]));
}

#[test]
fn waivers() {
    let spec = "deployment: orders\nplatform: kestra\nversion: \"0.19\"\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\ncomponents: { scheduler: { replicas: 2 }, worker: { threads: 128 } }\nwaivers:\n  - { rule: KES-31, until: 2999-12-31, reason: measured by the platform team }\n  - { rule: KES-04, until: 2001-01-31, reason: was needed once }\n  - { rule: KES-16, until: 2999-12-31, reason: nothing to accept }\n  - { rule: KES-99, until: 2999-12-31, reason: no such rule }\n  - { rule: RUD-04, until: 2999-12-31, reason: not waivable }\n";
    insta::assert_snapshot!("validate-waivers", shown(provision(&["validate", "-"]), spec));
}

#[test]
fn formats_for_tools() {
    let path = "examples/broken/kestra-two-schedulers.yaml";
    for format in ["json", "sarif", "junit"] {
        insta::assert_snapshot!(format!("validate-{format}"), run(&["validate", path, "--format", format]));
    }
}

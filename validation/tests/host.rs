//! What a spec asks of the hosts' kernels is judged too.

mod common;

use common::{example, found, judge, merge};
use serde_json::{Value, json};

fn rules(host: &Value) -> Vec<String> {
    let mut spec = example("kestra-high-availability");
    merge(&mut spec, &json!({ "host": null }));
    merge(&mut spec, &json!({ "host": host.clone() }));
    found(&judge("host", &spec)).into_iter().filter(|finding| finding.starts_with("HST")).collect()
}

#[test]
fn a_value_outside_of_its_range_is_refused_with_the_range() {
    let findings = rules(&json!({ "sysctl": { "net.ipv4.tcp_keepalive_time": "-5" } }));
    assert!(findings.len() == 1 && findings[0].starts_with("HST-02"), "{findings:?}");
    assert!(findings[0].contains("32767"), "the range is named: {findings:?}");
}

#[test]
fn an_unknown_parameter_is_refused() {
    let findings = rules(&json!({ "sysctl": { "net.ipv4.tcp_retires2": "5" } }));
    assert!(findings.len() == 1 && findings[0].starts_with("HST-02"), "{findings:?}");
}

#[test]
fn a_budget_that_no_timer_keeps_is_refused() {
    let findings = rules(&json!({ "detect_dead_peer_within": "1s" }));
    assert!(findings.iter().any(|finding| finding.starts_with("HST-03")), "{findings:?}");
}

#[test]
fn a_setting_that_breaks_the_role_is_a_conflict() {
    let findings = rules(&json!({ "sysctl": { "vm.overcommit_memory": "2" } }));
    assert!(findings.iter().any(|finding| finding.starts_with("HST-01")), "{findings:?}");
}

#[test]
fn what_fits_is_silent() {
    assert_eq!(
        rules(&json!({ "detect_dead_peer_within": "30s", "sysctl": { "vm.swappiness": "1" } })),
        Vec::<String>::new()
    );
}

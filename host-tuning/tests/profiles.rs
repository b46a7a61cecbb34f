//! Roles compose, and what doesn't go together is named.

use std::time::Duration;

use provision_host_tuning::catalogue::source;
use provision_host_tuning::profile::{
    Limit, Mode, Origin, Overrides, Profile, Request, Role, Swap, TransparentHugePages, roles,
};
use provision_host_tuning::timers::{Budget, KernelFeatures, Path};

fn role(name: &str) -> Role {
    Role::named(name).unwrap_or_else(|error| panic!("{error}"))
}

fn compose(names: &[&str], overrides: &[(&str, &str)]) -> Result<Profile, String> {
    let mut chosen = Overrides::default();
    for (key, value) in overrides {
        chosen.set(key, value).map_err(|error| error.to_string())?;
    }
    let request = Request {
        roles: names.iter().map(|name| role(name)).collect(),
        overrides: chosen,
        ..Request::default()
    };
    request.compose().map_err(|error| error.to_string())
}

#[test]
fn every_role_composes_alone_with_known_sources() {
    for role in roles() {
        let profile = Request::for_role(role).compose().unwrap_or_else(|error| panic!("{role}: {error}"));
        assert!(profile.warnings.is_empty(), "{role}: {:?}", profile.warnings);
        assert!(!profile.settings.is_empty() && profile.clock, "{role}");
        assert!(role.short_timeouts().is_some(), "{role}");
        for setting in &profile.settings {
            assert!(
                !setting.why.is_empty() && !setting.sources.is_empty(),
                "{role}: {}",
                setting.parameter.key
            );
            for id in &setting.sources {
                assert!(source(id).is_some(), "{role}: no source {id:?}");
            }
        }
        for id in profile.limits.sources.iter().chain(&profile.service.sources) {
            assert!(source(id).is_some(), "{role}: no source {id:?}");
        }
    }
}

#[test]
fn each_platform_component_has_its_role() {
    for (platform, component) in [
        ("kestra", "standalone"),
        ("kestra", "webserver"),
        ("kestra", "executor"),
        ("kestra", "scheduler"),
        ("kestra", "worker"),
        ("kestra", "indexer"),
        ("kestra", "controller"),
        ("rudderstack", "server"),
        ("rudderstack", "transformer"),
        ("octopus", "server"),
        ("event-platform", "execution"),
        ("event-platform", "job"),
    ] {
        assert!(Role::of_component(platform, component).is_ok(), "{platform} {component}");
    }
    let message = Role::named("kafka").unwrap_err().to_string();
    assert!(message.contains("kafka-broker"), "{message}");
}

#[test]
fn a_role_refines_what_it_includes() {
    let profile = compose(&["kafka-broker"], &[]).unwrap();
    assert_eq!(profile.value("net.ipv4.tcp_retries2").unwrap().as_str(), "5");
    assert_eq!(profile.value("vm.swappiness").unwrap().as_str(), "1");
    assert_eq!(profile.value("kernel.panic").unwrap().as_str(), "10");
    assert_eq!(profile.swap, Some(Swap::Off));
    assert_eq!(profile.limits.open_files, Some(Limit::Number(100_000)));
}

#[test]
fn bounds_of_two_roles_combine() {
    let profile = compose(&["search-node", "kafka-broker"], &[]).unwrap();
    let maps =
        profile.settings.iter().find(|setting| setting.parameter.key.as_str() == "vm.max_map_count").unwrap();
    assert_eq!((maps.mode, maps.value.as_str()), (Mode::AtLeast, "1048576"));
    assert_eq!(maps.from, Origin::Roles(vec![role("search-node")]));
    assert_eq!(profile.limits.open_files, Some(Limit::Number(100_000)));
    assert_eq!(profile.transparent_hugepages, Some(TransparentHugePages::Madvise));
}

#[test]
fn two_roles_that_disagree_are_named() {
    let message = compose(&["octopus-server", "jvm-service"], &[]).unwrap_err();
    assert!(message.contains("octopus-server wants net.ipv4.tcp_retries2 = 8"), "{message}");
    assert!(message.contains("jvm-service wants net.ipv4.tcp_retries2 = 5"), "{message}");
    let message = compose(&["database", "kubernetes-node"], &[]).unwrap_err();
    assert!(
        message.contains("vm.overcommit_memory = 2") && message.contains("vm.overcommit_memory = 1"),
        "{message}"
    );
    let message = compose(&["database", "search-node"], &[]).unwrap_err();
    assert!(
        message.contains("overcommit-and-search") && message.contains("transparent_hugepages"),
        "{message}"
    );
}

#[test]
fn an_explicit_value_decides_between_roles() {
    let profile = compose(&["octopus-server", "jvm-service"], &[("net.ipv4.tcp_retries2", "8")]).unwrap();
    assert_eq!(profile.value("net.ipv4.tcp_retries2").unwrap().as_str(), "8");
}

#[test]
fn every_conflict_of_the_catalogue_is_found() {
    for (names, overrides, id) in [
        (&["kubernetes-node"][..], &[("vm.overcommit_memory", "2")][..], "overcommit-and-kubelet"),
        (&["jvm-service"], &[("vm.overcommit_memory", "2")], "overcommit-and-jvm"),
        (&["kestra-worker"], &[("vm.overcommit_memory", "2")], "overcommit-and-jvm"),
        (&["search-node"], &[("vm.overcommit_memory", "2")], "overcommit-and-search"),
        (&["kafka-broker"], &[("vm.overcommit_memory", "2")], "overcommit-and-kafka"),
        (&["kubernetes-node"], &[("net.ipv4.ip_local_port_range", "10240 65535")], "ports-and-node-ports"),
        (&["kafka-broker"], &[("net.ipv4.ip_local_port_range", "9000 65535")], "ports-and-kafka"),
        (&["search-node"], &[("net.ipv4.ip_local_port_range", "9000 65535")], "ports-and-search"),
        (&["database"], &[("vm.dirty_ratio", "20")], "dirty-ratio-and-bytes"),
        (&["database"], &[("vm.dirty_background_ratio", "10")], "dirty-background-ratio-and-bytes"),
        (&["kafka-broker"], &[("fs.nr_open", "65536")], "files-above-nr-open"),
    ] {
        let message = compose(names, overrides).unwrap_err();
        assert!(message.contains(id), "{names:?}: {message}");
    }
    for (overrides, id) in [
        (&[("net.ipv4.tcp_retries2", "4")][..], "few-retries"),
        (&[("net.ipv4.tcp_retries2", "15")], "firewall-forgets-first"),
        (&[("net.netfilter.nf_conntrack_tcp_timeout_max_retrans", "60")], "firewall-forgets-retransmissions"),
    ] {
        let profile = compose(&["base"], overrides).unwrap();
        assert!(profile.warnings.iter().any(|warning| warning.id == id), "{id}: {:?}", profile.warnings);
    }
    let profile = compose(&["kubernetes-node"], &[("net.netfilter.nf_conntrack_max", "262144")]).unwrap();
    assert!(profile.warnings.iter().any(|warning| warning.id == "conntrack-and-kube-proxy"));
}

#[test]
fn reserved_ports_may_lie_in_the_range() {
    let range = ("net.ipv4.ip_local_port_range", "9000 65535");
    let reserve = |ports| compose(&["kafka-broker"], &[range, ("net.ipv4.ip_local_reserved_ports", ports)]);
    assert!(reserve("9090-9100").is_ok() && reserve("9092,9094").is_err());
}

#[test]
fn explicit_values_are_checked_like_any_input() {
    for (key, value, says) in [
        ("net.ipv4.tcp_retries2", "010", "3 to 255"),
        ("net.ipv4.tcp_retries2", "2", "3 to 255"),
        ("kernel.panic", "0", "1 to 300"),
        ("net.ipv4.tcp_retry2", "5", "did you mean"),
        ("kernel.core_pattern", "|/bin/sh", "not in the catalogue"),
        ("../kernel", "5", "holds a `/`"),
    ] {
        let message = compose(&["base"], &[(key, value)]).unwrap_err();
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_budget_sets_every_timer_and_the_profile_keeps_it() {
    let detect_within = Duration::from_secs(15);
    let budget = Budget { detect_within, path: Path::LOCAL, kernel: KernelFeatures::default() };
    let request = Request {
        roles: vec![role("octopus-server")],
        budget: Some(budget.fit().unwrap()),
        overrides: Overrides::default(),
    };
    let profile = request.compose().unwrap();
    let detection = profile.detection(&Path::LOCAL);
    assert!(detection.in_flight.worst <= detect_within);
    assert!(detection.idle.worst <= detect_within);
    assert!(detection.connect.worst <= detect_within);
    // The role itself says that this is wrong for it, and why.
    let (_, short) = profile.short_timeouts()[0];
    assert!(!short.right && short.why.contains("RFC 1122"));
}

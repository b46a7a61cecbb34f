//! The catalogue is consistent, and nothing gets past its ranges.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};
use provision_host_tuning::catalogue::{Parameter, PodClass, Scope, parameter, parameters, source, sources};
use provision_host_tuning::value::{Kind, SysctlKey};

fn seeded() -> Config {
    Config { cases: 400, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..Config::default() }
}

#[test]
fn every_key_stands_once_and_every_source_exists() {
    let mut keys = BTreeSet::new();
    for parameter in parameters() {
        assert!(keys.insert(&parameter.key), "{} stands twice", parameter.key);
        assert!(!parameter.sources.is_empty(), "{} has no source", parameter.key);
        for id in &parameter.sources {
            assert!(source(id).is_some(), "{}: no source {id:?}", parameter.key);
        }
    }
    assert!(keys.len() > 55, "{}", keys.len());
    let ids: BTreeSet<_> = sources().iter().map(|source| &source.id).collect();
    assert_eq!(ids.len(), sources().len());
}

#[test]
fn defaults_are_what_the_kernel_takes() {
    for parameter in parameters() {
        if let Some(default) = &parameter.default {
            parameter.parse_original(default).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn our_ranges_lie_inside_the_kernels() {
    for parameter in parameters() {
        let (Kind::Integer(from, to), Some(Kind::Integer(least, most))) =
            (&parameter.kind, &parameter.kernel_takes)
        else {
            continue;
        };
        assert!(least <= from && to <= most, "{}", parameter.key);
    }
}

#[test]
fn pods_only_set_what_is_namespaced() {
    for parameter in parameters() {
        let namespaced = matches!(parameter.scope, Scope::NetworkNamespace | Scope::IpcNamespace);
        assert_eq!(parameter.pod != PodClass::Node, namespaced, "{}", parameter.key);
        assert!(parameter.pod_safe_since.is_none() || parameter.pod == PodClass::Safe, "{}", parameter.key);
    }
}

#[test]
fn counterparts_point_at_each_other() {
    for one in parameters() {
        if let Some(other) = &one.counterpart {
            assert_eq!(parameter(other).unwrap().counterpart.as_ref(), Some(&one.key));
        }
    }
}

/// The live kernel agrees about what is namespaced: only read, never written.
#[test]
fn what_the_host_has_parses_as_what_we_say() {
    for parameter in parameters() {
        let path = std::path::Path::new("/proc/sys").join(parameter.key.relative_path());
        if let Ok(raw) = std::fs::read_to_string(path) {
            parameter.parse_original(raw.trim_end_matches('\n')).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn an_unknown_key_gets_a_suggestion() {
    let key = SysctlKey::try_from("net.ipv4.tcp_retry2").unwrap();
    let message = parameter(&key).unwrap_err().to_string();
    assert!(message.contains("did you mean `net.ipv4.tcp_retries2`?"), "{message}");
}

#[test]
fn keys_never_lead_out_of_their_tree() {
    for bad in [
        "",
        "net",
        "net.",
        ".net.ipv4",
        "net..ipv4",
        "../etc/passwd",
        "net.ipv4/../../etc",
        "net/ipv4/tcp_retries2",
        "net.ipv4.tcp_retries2\n",
        "net.ipv4.tcp retries2",
        "net.ipv4.tcp\u{0}",
        "net.ipv4.tcp_retriés2",
        "dev.cdrom.info",
        "abi.x",
    ] {
        let error = SysctlKey::try_from(bad).unwrap_err().to_string();
        assert!(error.contains("net.ipv4.tcp_retries2"), "{error}");
    }
    assert!(SysctlKey::try_from("n".repeat(1000).as_str()).is_err());
}

/// Values that no parameter at all may take.
#[test]
fn every_parameter_rejects_what_the_kernel_would_misread() {
    for parameter in parameters() {
        for bad in [
            "010",
            "0x10",
            "0X1f",
            "-0",
            "+5",
            "5,6x",
            "1e3",
            "5\n6",
            "5\u{0}",
            "5\u{1b}[0m",
            "five",
            "٣",
            "5.0",
        ] {
            let error =
                parameter.parse(bad).expect_err(&format!("{} takes {bad:?}", parameter.key)).to_string();
            assert!(error.contains(&parameter.kind.valid()), "{error}");
            assert!(error.contains(parameter.key.as_str()), "{error}");
        }
        for bad in ["99999999999999999999999", "-1", "-5", "5 6 7 8"] {
            assert!(parameter.parse(bad).is_err(), "{} takes {bad:?}", parameter.key);
        }
        if parameter.kind != Kind::PortRanges {
            assert!(parameter.parse("").is_err(), "{} takes nothing", parameter.key);
        }
    }
}

#[test]
fn vectors_have_their_exact_length_and_order() {
    let range = parameter(&SysctlKey::try_from("net.ipv4.ip_local_port_range").unwrap()).unwrap();
    assert_eq!(range.parse("10240\t65535").unwrap().as_str(), "10240 65535");
    for bad in ["10240", "10240 65535 1", "65535 10240", "10240 65536", "80 65535"] {
        assert!(range.parse(bad).is_err(), "{bad}");
    }
    let reserved = parameter(&SysctlKey::try_from("net.ipv4.ip_local_reserved_ports").unwrap()).unwrap();
    assert_eq!(reserved.parse("5432,9092,9200-9300").unwrap().as_str(), "5432,9092,9200-9300");
    assert_eq!(reserved.parse("").unwrap().as_str(), "");
    for bad in ["0", "65536", "9-8", "9092,", ",", "9200-9300,9092", "1-", "80,81"] {
        assert!(reserved.parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn reading_back_compares_tokens() {
    let range = parameter(&SysctlKey::try_from("net.ipv4.ip_local_port_range").unwrap()).unwrap();
    let value = range.parse("10240 65535").unwrap();
    assert!(value.is_what_reads("10240\t65535\n"));
    assert!(!value.is_what_reads("10240\t60999\n"));
}

fn bounds(parameter: &Parameter) -> Vec<(i64, i64)> {
    match &parameter.kind {
        Kind::Integer(from, to) => vec![(*from, *to)],
        Kind::Ascending(each) => each.clone(),
        Kind::PortRanges => Vec::new(),
    }
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn any_text_is_taken_in_its_own_form_or_refused(parameter in select(parameters()), text in ".{0,24}") {
        if let Ok(value) = parameter.parse(&text) {
            // What is taken is exactly what is read back, and stays valid.
            prop_assert!(value.is_what_reads(&text));
            prop_assert_eq!(parameter.parse(value.as_str()).unwrap(), value.clone());
            prop_assert!(value.as_str().chars().all(|c| c.is_ascii_digit() || " -,".contains(c)));
        }
    }

    #[test]
    fn a_number_is_taken_exactly_inside_its_range(parameter in select(parameters()), number in any::<i64>()) {
        if let [(from, to)] = bounds(&parameter)[..] {
            let taken = parameter.parse(&number.to_string()).is_ok();
            prop_assert_eq!(taken, (from..=to).contains(&number));
            for (edge, inside) in [(from, true), (to, true), (from - 1, false), (to.saturating_add(1), to == i64::MAX)] {
                prop_assert_eq!(parameter.parse(&edge.to_string()).is_ok(), inside, "{} {}", parameter.key, edge);
            }
        }
    }

    #[test]
    fn a_vector_of_another_length_is_refused(parameter in select(parameters()), length in 0usize..6) {
        let wanted = bounds(&parameter);
        if !wanted.is_empty() && length != wanted.len() {
            let text = vec![wanted[0].1.to_string(); length].join(" ");
            prop_assert!(parameter.parse(&text).is_err());
        }
    }

    #[test]
    fn any_text_as_a_key_stays_below_proc_sys(text in "[a-z./\\\\~ \n-]{0,40}") {
        if let Ok(key) = SysctlKey::try_from(text.as_str()) {
            let path = key.relative_path();
            prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
        }
    }
}

use proptest::prelude::*;

use super::*;
use crate::driver::State;

#[expect(clippy::needless_pass_by_value, reason = "reads better at the many calls")]
fn attributes(json: serde_json::Value) -> Attributes {
    match Value::from(&json) {
        Value::Map(map) => map,
        _ => panic!("an object"),
    }
}

fn live(kind: &str, arguments: serde_json::Value) -> Live {
    Live {
        kind: kind.to_owned(),
        id: "x-1".to_owned(),
        address: None,
        generation: None,
        ours: true,
        arguments: attributes(arguments),
        computed: Attributes::new(),
        state: State::Ready,
        reason: None,
    }
}

fn fields(kind: &str, desired: serde_json::Value, lives: serde_json::Value) -> Vec<String> {
    let facts = provision_kinds::kind(kind).unwrap();
    changes(facts, &attributes(desired), &live(kind, lives), &Ignored::Nothing)
        .into_iter()
        .map(|change| {
            let mark = if change.forces_replacement { " !" } else { "" };
            format!("{}: {} → {}{mark}", change.field, change.before, change.after)
        })
        .collect()
}

macro_rules! json {
    ($($json:tt)+) => { serde_json::json!($($json)+) };
}

#[test]
fn what_is_left_out_is_compared_with_the_default() {
    assert_eq!(
        fields(
            "aws_vpc",
            json!({"cidr_block": "10.0.0.0/16"}),
            json!({"cidr_block": "10.0.0.0/16", "enable_dns_support": true, "enable_dns_hostnames": true})
        ),
        ["enable_dns_hostnames: true → false"]
    );
}

#[test]
fn a_removed_argument_is_visible_and_a_chosen_one_is_not() {
    assert_eq!(
        fields("aws_lb", json!({}), json!({"access_logs": [{"bucket": "b"}], "vpc_id": "vpc-1"})),
        ["access_logs: [{\"bucket\":\"b\"}] → null"]
    );
}

#[test]
fn replacement_names_the_field_that_forces_it() {
    assert_eq!(
        fields(
            "aws_subnet",
            json!({"cidr_block": "10.0.1.0/24", "map_public_ip_on_launch": true}),
            json!({"cidr_block": "10.0.0.0/24"})
        ),
        ["cidr_block: \"10.0.0.0/24\" → \"10.0.1.0/24\" !", "map_public_ip_on_launch: null → true"]
    );
    assert_eq!(
        fields(
            "aws_msk_cluster",
            json!({"broker_node_group_info": [{"client_subnets": ["a", "c"]}]}),
            json!({"broker_node_group_info": [{"client_subnets": ["b", "a"]}]})
        ),
        ["broker_node_group_info[0].client_subnets: [\"b\",\"a\"] → [\"a\",\"c\"] !"]
    );
}

#[test]
fn the_same_written_differently_is_no_difference() {
    let policy = |text: &str| json!({ "assume_role_policy": text });
    for (kind, desired, lives) in [
        (
            "aws_iam_role",
            policy(r#"{"Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow"}]}"#),
            policy(r#"{ "Statement": {"Effect":"Allow","Action":"sts:AssumeRole"} }"#),
        ),
        ("aws_lb", json!({"subnets": ["a", "b"]}), json!({"subnets": ["b", "a"]})),
        (
            "aws_db_instance",
            json!({"engine_version": "16", "identifier": "Orders"}),
            json!({"engine_version": "16.4", "identifier": "orders"}),
        ),
        (
            "aws_msk_configuration",
            json!({"server_properties": "a=1\nb = 2\n"}),
            json!({"server_properties": "b=2\na=1"}),
        ),
        ("aws_route53_record", json!({"name": "a.example.org"}), json!({"name": "a.example.org."})),
        ("aws_lb_listener", json!({"port": "443"}), json!({"port": 443})),
        ("aws_lb", json!({"security_groups": [], "internal": null}), json!({})),
    ] {
        assert_eq!(fields(kind, desired, lives), Vec::<String>::new(), "{kind}");
    }
    assert_eq!(
        fields("aws_db_instance", json!({"engine_version": "16"}), json!({"engine_version": "160"})).len(),
        1
    );
}

#[test]
fn only_configured_tags_count_and_identity_never() {
    let desired = json!({"tags": {"Name": "a", "provision:address": "x"}});
    let lives = json!({"tags": {"Name": "b", "cost": "7", "provision:address": "y"}});
    assert_eq!(fields("aws_vpc", desired.clone(), lives.clone()), ["tags.Name: \"b\" → \"a\""]);
    assert_eq!(foreign_tags(&attributes(desired), &live("aws_vpc", lives)), ["cost"]);
}

#[test]
fn what_is_ignored_or_write_only_is_left_alone() {
    let facts = provision_kinds::kind("aws_db_instance").unwrap();
    let desired = attributes(json!({"password": "new", "allocated_storage": 5, "tags": {"Name": "a"}}));
    let lives = live("aws_db_instance", json!({"allocated_storage": 9, "tags": {"Name": "b"}}));
    let ignored = Ignored::Paths(["allocated_storage".to_owned(), "tags.Name".to_owned()].into());
    assert_eq!(changes(facts, &desired, &lives, &ignored), []);
}

#[test]
fn a_secret_is_not_shown() {
    let facts = provision_kinds::kind("aws_vpc").unwrap();
    let desired = Attributes::from([("cidr_block".to_owned(), Value::text("hunter2").hidden())]);
    let found =
        changes(facts, &desired, &live("aws_vpc", json!({"cidr_block": "hunter1"})), &Ignored::Nothing);
    assert!(found.len() == 1 && !format!("{found:?}").contains("hunter"), "{found:?}");
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        (0i64..9).prop_map(serde_json::Value::from),
        "[a-c]{0,2}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..3)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn arguments() -> impl Strategy<Value = serde_json::Value> {
    let names =
        prop::sample::select(vec!["subnets", "internal", "name", "idle_timeout", "access_logs", "tags", "x"]);
    prop::collection::btree_map(names.prop_map(str::to_owned), json_value(), 0..6)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

proptest! {
    #[test]
    fn what_was_applied_differs_in_nothing(given in arguments()) {
        prop_assert_eq!(fields("aws_lb", given.clone(), given), Vec::<String>::new());
    }

    /// Setting an argument, and taking it away again, are both seen.
    #[test]
    fn removal_is_visible(given in arguments(), value in json_value()) {
        let mut with = given.clone();
        with["zz"] = value.clone();
        let set = is_set(&Value::from(&value));
        let seen = |found: Vec<String>| found.iter().any(|field| field.starts_with("zz"));
        prop_assert_eq!(seen(fields("aws_lb", with.clone(), given.clone())), set);
        let blank = matches!(&value, serde_json::Value::Object(_) | serde_json::Value::Array(_));
        if set && !blank {
            prop_assert!(seen(fields("aws_lb", given, with)));
        }
    }

    /// The order in which sets come back is of no matter.
    #[test]
    fn order_free(mut names in prop::collection::vec("[a-z]{1,4}", 0..6)) {
        let given = json!({ "subnets": names.clone() });
        names.reverse();
        prop_assert_eq!(fields("aws_lb", given, json!({ "subnets": names })), Vec::<String>::new());
    }
}

#[test]
fn a_balancer_answers_by_a_name_for_both_families_too() {
    let alias = |name: &str| json!({ "alias": [{ "name": name, "evaluate_target_health": true }] });
    let name = "Orders-1.eu-west-1.elb.amazonaws.com";
    for same in [format!("dualstack.{name}"), format!("{}.", name.to_lowercase()), name.to_owned()] {
        let none = Vec::<String>::new();
        assert_eq!(fields("aws_route53_record", alias(name), alias(&same)), none, "{same}");
        assert_eq!(fields("aws_route53_record", alias(&same), alias(name)), none, "{same}");
    }
    let other = alias("orders-2.eu-west-1.elb.amazonaws.com");
    let found = fields("aws_route53_record", alias(name), other);
    assert!(found.len() == 1 && found[0].starts_with("alias[0].name: "), "{found:?}");
}

/// An argument's value, of the form that its kind of writing has.
fn written(form: Option<provision_kinds::Canonical>) -> BoxedStrategy<serde_json::Value> {
    use provision_kinds::Canonical;
    let words = || prop::collection::vec("[a-c]{1,2}", 0..4);
    match form {
        Some(Canonical::Set) => words().prop_map(serde_json::Value::from).boxed(),
        Some(Canonical::Json | Canonical::Policy) => (words(), words())
            .prop_map(|(a, b)| json!(json!({ "x": a, "y": { "z": b } }).to_string()))
            .boxed(),
        Some(Canonical::Properties) => {
            let lines = prop::collection::btree_map("[a-c]{1,3}", "[0-9]{1,2}", 0..4);
            lines
                .prop_map(|map| json!(map.iter().map(|(k, v)| format!("{k} = {v}\n")).collect::<String>()))
                .boxed()
        }
        Some(Canonical::VersionPrefix) => "[1-9]{1,2}".prop_map(serde_json::Value::from).boxed(),
        Some(Canonical::LowerCase | Canonical::DnsName | Canonical::BalancerName) => {
            "[a-cA-C]{1,4}".prop_map(serde_json::Value::from).boxed()
        }
        None => json_value().boxed(),
    }
}

/// What somebody may set on an object of the kind: any of what its facts name, and more.
fn settings(name: &'static str, kind: &'static Kind) -> BoxedStrategy<(&'static str, serde_json::Value)> {
    let mut paths: Vec<(String, BoxedStrategy<serde_json::Value>)> = Vec::new();
    for path in kind.canonical.keys().chain(&kind.replaces).chain(kind.defaults.keys()) {
        if path.matches('.').count() == 0
            && !kind.canonical.keys().any(|other| other.starts_with(&format!("{path}.")))
        {
            paths.push((path.clone(), written(kind.canonical.get(path).copied())));
        }
    }
    paths.push(("x".to_owned(), json_value().boxed()));
    let each: Vec<_> = paths
        .into_iter()
        .map(|(path, value)| {
            prop::option::of(value).prop_map(move |value| value.map(|value| (path.clone(), value)))
        })
        .collect();
    each.prop_map(move |set| (name, serde_json::Value::Object(set.into_iter().flatten().collect()))).boxed()
}

fn any_kind() -> impl Strategy<Value = (&'static str, serde_json::Value)> {
    prop::strategy::Union::new(provision_kinds::kinds().map(|(name, kind)| settings(name, kind)))
}

/// What a cloud gives back for it, by rules that the diff doesn't know.
fn returned(kind: &str, given: &serde_json::Value) -> serde_json::Value {
    let facts = provision_kinds::kind(kind).unwrap();
    serde_json::Value::Object(crate::sandbox::as_a_cloud_returns(facts, given.as_object().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Applying twice does nothing, whatever the kind and whatever was set.
    #[test]
    fn what_a_cloud_returns_differs_in_nothing((kind, given) in any_kind()) {
        let lives = returned(kind, &given);
        prop_assert_eq!(fields(kind, given.clone(), lives), Vec::<String>::new(), "{} {}", kind, given);
    }

    /// A setting that is taken away is seen, unless the cloud may choose it, or it is what the cloud takes anyway.
    #[test]
    fn what_is_taken_away_is_seen((kind, given) in any_kind()) {
        let facts = provision_kinds::kind(kind).unwrap();
        let chosen = &provision_kinds::cloud(kind).unwrap().chosen;
        let lives = returned(kind, &given);
        for (name, value) in given.as_object().unwrap() {
            let plain = matches!(&value, serde_json::Value::String(text) if !text.is_empty()) || value.is_boolean();
            // The region is the provider's where a resource names none.
            let free = chosen.contains(name)
                || facts.write_only.contains(name)
                || name.starts_with("tags")
                || name == "region";
            let default = facts.defaults.get(name).map(default_value);
            let same = default.is_some_and(|default| canonical::equal(&default, &Value::from(&lives[name])));
            let mut without = given.clone();
            without.as_object_mut().unwrap().remove(name);
            let seen = fields(kind, without, lives.clone()).iter().any(|field| field.starts_with(&format!("{name}: ")));
            if plain && !free && !same {
                prop_assert!(seen, "{kind} {name} = {value}");
            }
        }
    }
}

#[test]
fn tags_in_blocks_have_no_order_and_those_of_others_are_left_alone() {
    let block = |key: &str, value: &str, machines: bool| json!({"key": key, "value": value, "propagate_at_launch": machines});
    let given = json!({"tag": [block("Name", "a", false), block("provision:address", "x.y", false)]});
    let lives = json!({"tag": [block("provision:address", "x.y", false), block("theirs", "1", false), block("Name", "a", false)]});
    assert_eq!(fields("aws_autoscaling_group", given.clone(), lives.clone()), [""; 0]);
    assert_eq!(foreign_tags(&attributes(given.clone()), &live("aws_autoscaling_group", lives)), ["theirs"]);
    let lives = json!({"tag": [block("Name", "a", true)]});
    assert_eq!(fields("aws_autoscaling_group", given, lives), ["tag.Name: \"a (also on machines)\" → \"a\""]);
}

#[test]
fn what_machines_are_told_at_their_start_is_not_shown() {
    let kind = "aws_launch_template";
    let facts = provision_kinds::kind(kind).unwrap();
    let desired = attributes(serde_json::json!({"name": "a", "user_data": "the new words"}));
    let found = changes(
        facts,
        &desired,
        &live(kind, serde_json::json!({"name": "a", "user_data": "the old words"})),
        &Ignored::Nothing,
    );
    let [change] = &found[..] else { panic!("{found:?}") };
    let said = serde_json::to_string(change).unwrap();
    assert!(said.contains("sha256:") && said.contains("13 bytes") && !said.contains("words"), "{said}");
    assert_ne!(change.before, change.after);
}

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

//! What people change, and what that does.

use serde_json::json;

use crate::support::{World, actions, address, directory, edited};

fn built() -> (std::collections::BTreeMap<String, Vec<u8>>, World) {
    let files = directory("web");
    let world = World::perfect();
    world.applied(&files);
    (files, world)
}

#[test]
fn a_changed_launch_template_reaches_its_group() {
    let (files, world) = built();
    let files = edited(&files, "m7i.large", "m7i.xlarge");
    let plan = world.plan(&files);
    assert_eq!(actions(&plan), ["~ aws_launch_template.web", "~ aws_autoscaling_group.web"]);
    assert_eq!(plan.actions[0].changes[0].field, "instance_type");
    let version = &plan.actions[1].changes[0];
    assert_eq!(
        (version.field.as_str(), &version.after),
        ("launch_template[0].version", &json!("(known after apply)"))
    );
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
}

#[test]
fn a_removed_argument_goes_back_to_its_default() {
    let (files, world) = built();
    let files = edited(&files, "  enable_dns_hostnames = true\n", "");
    let plan = world.plan(&files);
    assert_eq!(actions(&plan), ["~ aws_vpc.main"]);
    assert_eq!(plan.actions[0].changes[0].after, json!(false));
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
}

#[test]
fn a_removed_resource_is_deleted() {
    let (files, world) = built();
    let rule = "resource \"aws_vpc_security_group_ingress_rule\" \"https\" {\n  security_group_id = aws_security_group.lb.id\n  ip_protocol       = \"tcp\"\n  from_port         = 443\n  to_port           = 443\n  cidr_ipv4         = \"0.0.0.0/0\"\n}\n";
    let files = edited(&files, rule, "");
    assert_eq!(actions(&world.plan(&files)), ["- aws_vpc_security_group_ingress_rule.https"]);
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
}

#[test]
fn a_replacement_names_its_field_and_pulls_its_users_along() {
    let (files, world) = built();
    let files = edited(&files, "10.0.32.0/20", "10.0.48.0/20");
    let plan = world.plan(&files);
    let subnet = plan.actions.iter().find(|action| action.address == address("aws_subnet.c")).unwrap();
    assert_eq!(subnet.verb.symbol(), "-/+");
    assert!(subnet.changes[0].forces_replacement && subnet.changes[0].field == "cidr_block");
    insta::assert_snapshot!(provision_engine::plan::view::text(
        &plan,
        provision_engine::plan::view::Detail::Normal
    ));
}

#[test]
fn new_one_first_replaces_without_a_gap() {
    let (files, world) = built();
    let files = edited(
        &files,
        "cidr_block        = \"10.0.32.0/20\"",
        "cidr_block        = \"10.0.48.0/20\"\n  lifecycle {\n    create_before_destroy = true\n  }\n",
    );
    let plan = world.plan(&files);
    assert!(plan.actions.iter().any(|action| action.create_first), "{plan:#?}");
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
    assert_eq!(
        world
            .estate()
            .objects
            .values()
            .filter(|object| object.kind == "aws_subnet" && object.gone_at.is_none())
            .count(),
        3
    );
}

/// An association carries no tag: it is known by its subnet, which is another one afterwards.
#[test]
fn what_hangs_on_a_replaced_object_is_replaced_with_it() {
    let (files, world) = built();
    let files = edited(
        &files,
        "cidr_block        = \"10.0.0.0/20\"",
        "cidr_block        = \"10.0.48.0/20\"\n  lifecycle {\n    create_before_destroy = true\n  }\n",
    );
    let planned = actions(&world.plan(&files));
    let is_replaced =
        |action: &String| action.ends_with(" aws_route_table_association.a") && action.contains('/');
    assert!(planned.iter().any(is_replaced), "{planned:?}");
    world.applied(&files);
    let left = world.plan(&files);
    assert!(left.is_empty() && left.foreign.is_empty(), "{left:#?}");
}

#[test]
fn data_is_not_replaced_without_a_consent_that_names_it() {
    let (files, mut world) = built();
    let files = edited(&files, "storage_encrypted    = true", "storage_encrypted    = false");
    let plan = world.plan(&files);
    let blocked: Vec<_> = plan.blocked().map(|action| action.blocked.clone().unwrap()).collect();
    assert_eq!(blocked, ["it holds data; `--allow-data-loss=aws_db_instance.main` allows it"]);
    world.options.allow_data_loss.insert(address("aws_db_instance.main"));
    assert_eq!(world.plan(&files).blocked().count(), 0);
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
}

#[test]
fn a_moved_resource_is_the_same_object() {
    let (files, world) = built();
    let ids = |world: &World| world.estate().objects.keys().cloned().collect::<Vec<_>>();
    let before = ids(&world);
    let mut files = edited(&files, "aws_vpc.main", "aws_vpc.core");
    files = edited(&files, "\"aws_vpc\" \"main\"", "\"aws_vpc\" \"core\"");
    files.insert("moved.tf".into(), b"moved {\n  from = aws_vpc.main\n  to   = aws_vpc.core\n}\n".to_vec());
    let plan = world.plan(&files);
    assert_eq!(actions(&plan), ["> aws_vpc.core"]);
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
    assert_eq!(ids(&world), before);
}

#[test]
fn somebody_elses_name_stops_the_plan() {
    let (files, world) = built();
    world
        .sandbox
        .place()
        .change(|estate| {
            let role = estate.objects.values_mut().find(|object| object.kind == "aws_iam_role").unwrap();
            role.deployment = Some("other".to_owned());
        })
        .unwrap();
    let prepared = World::prepare(&files);
    let live = world.live(&prepared);
    let error = prepared.plan(&live, "sandbox", "web", &world.options).err().unwrap().to_string();
    assert!(error.contains("aws_iam_role.web") && error.contains("not this deployment's"), "{error}");
}

#[test]
fn what_others_add_is_shown_and_left_alone() {
    let (files, mut world) = built();
    world
        .sandbox
        .place()
        .change(|estate| {
            let (_, route) = estate.objects.iter().find(|(_, object)| object.kind == "aws_route").unwrap();
            let mut foreign = route.clone();
            foreign.arguments.insert("destination_cidr_block".into(), json!("192.0.2.0/24"));
            foreign.computed.insert("id".into(), json!("r-foreign"));
            estate.objects.insert("aws_route/r-foreign".into(), foreign);
            let vpc = estate.objects.values_mut().find(|object| object.kind == "aws_vpc").unwrap();
            vpc.arguments["tags"]["foreign-cost"] = json!("7");
        })
        .unwrap();
    let plan = world.plan(&files);
    assert!(plan.is_empty());
    assert_eq!(plan.foreign.len(), 2, "{:?}", plan.foreign);
    world.options.prune = true;
    assert_eq!(world.plan(&files).actions.len(), 1);
    world.applied(&files);
    assert!(
        !world
            .estate()
            .objects
            .values()
            .any(|object| object.arguments.get("destination_cidr_block") == Some(&json!("192.0.2.0/24"))
                && object.gone_at.is_none())
    );
}

#[test]
fn drift_is_put_right() {
    let (files, world) = built();
    world
        .sandbox
        .place()
        .change(|estate| {
            let group =
                estate.objects.values_mut().find(|object| object.kind == "aws_autoscaling_group").unwrap();
            group.arguments.insert("min_size".into(), json!(1));
        })
        .unwrap();
    assert_eq!(actions(&world.plan(&files)), ["~ aws_autoscaling_group.web"]);
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
}

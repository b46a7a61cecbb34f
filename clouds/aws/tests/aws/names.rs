//! Records of a zone that others have names in, too: what leads elsewhere is never written over, nor taken away.

use std::fs;

use serde_json::{Value as Json, json};

use crate::directories::BALANCED;
use crate::emulator::{Emulator, ZONE};
use crate::support::{End, Tried, Work, World, actions};

const NAME: &str = "orders.example.com.";

fn leading_to(target: &str) -> Json {
    let alias = json!({"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": target, "EvaluateTargetHealth": true});
    json!({"Name": NAME, "Type": "A", "AliasTarget": alias})
}

/// Somebody does it by hand.
fn by_hand(emulator: &Emulator, action: &str, record: &Json) {
    let batch = json!({"Changes": [{"Action": action, "ResourceRecordSet": record}]});
    emulator.act(
        "route53",
        "change_resource_record_sets",
        &json!({"HostedZoneId": ZONE, "ChangeBatch": batch}),
    );
}

fn records(emulator: &Emulator) -> Vec<Json> {
    let everything = emulator.everything();
    everything["records"].as_object().into_iter().flat_map(|all| all.values().cloned()).collect()
}

/// Nothing is done to the record, and people are told which one it is and where it leads.
fn refused(world: &World<'_>, record: &Json, where_to: &str) {
    let said = match world.run(&Work::new("apply")) {
        End::Done { complete: false, report, .. } => report,
        other => panic!("{other:?}"),
    };
    let words =
        format!("`Orders.example.com` (A) in the zone `{ZONE}` is there already and leads to {where_to}");
    assert!(said.contains(&words), "{said}");
    let now = records(world.emulator);
    assert!(now.contains(record), "{record} is not among {now:?}");
}

pub(crate) fn lead_to_our_balancers_only() -> Tried {
    let emulator = Emulator::fresh()?;
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("balanced");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("main.tf"), BALANCED).unwrap();
    let world = World::new(&emulator, &directory);

    let address = json!({"Name": NAME, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]});
    by_hand(&emulator, "CREATE", &address);
    refused(&world, &address, "other values");
    by_hand(&emulator, "DELETE", &address);
    world.completed(&Work::new("apply"));

    // As the console writes it.
    let found = emulator.act("elbv2", "describe_load_balancers", &json!({"Names": ["orders"]}));
    let balancer = &found["LoadBalancers"][0];
    let mut same = leading_to(&format!("dualstack.{}", balancer["DNSName"].as_str().unwrap()));
    same["AliasTarget"]["HostedZoneId"] = balancer["CanonicalHostedZoneId"].clone();
    by_hand(&emulator, "UPSERT", &same);
    assert_eq!(actions(&world.completed(&Work::new("plan"))), [""; 0]);

    let elsewhere = leading_to("maintenance-1.eu-west-1.elb.amazonaws.com.");
    by_hand(&emulator, "UPSERT", &elsewhere);
    refused(&world, &elsewhere, "`maintenance-1.eu-west-1.elb.amazonaws.com`");
    world.completed(&Work::new("destroy"));
    assert_eq!(records(&emulator), [elsewhere]);
    Ok(())
}

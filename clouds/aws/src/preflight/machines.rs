//! Whether the zones have the machines that are to stand in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ec2::operation::describe_instance_type_offerings::DescribeInstanceTypeOfferingsOutput;
use aws_sdk_ec2::types::LocationType;
use provision_engine::Address;
use provision_engine::driver::Failure;

use super::Foreseen;
use super::wanted::{Machines, Wanted, named};
use crate::connection::Cloud;
use crate::ec2::filter;

/// The zones of each kind of machine.
type Offered = BTreeMap<String, BTreeSet<String>>;

pub(super) async fn check(cloud: Arc<Cloud>, wanted: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let machines = wanted.machines();
    let kinds: BTreeSet<&str> = machines.iter().map(|machines| machines.kind.as_str()).collect();
    let mut offered = Offered::new();
    for some in kinds.into_iter().collect::<Vec<_>>().chunks(100) {
        let of = filter("instance-type", some.iter().copied());
        let ask = |token| {
            let ask =
                cloud.ec2.describe_instance_type_offerings().location_type(LocationType::AvailabilityZone);
            ask.filters(of.clone()).set_next_token(token).send()
        };
        let split =
            |page: DescribeInstanceTypeOfferingsOutput| (page.instance_type_offerings, page.next_token);
        for offer in cloud.pages("ec2", "DescribeInstanceTypeOfferings", ask, split).await? {
            let machine = offer.instance_type.map(|machine| machine.as_str().to_owned()).unwrap_or_default();
            offered.entry(machine).or_default().insert(offer.location.unwrap_or_default());
        }
    }
    Ok(Foreseen::short(missing(&machines, &wanted.zones().into_keys().collect(), &offered)))
}

/// A machine whose zones are known has to be had in each of them; of another one it is only certain that it fails where no
/// zone of the plan has it.
fn missing(machines: &[Machines], used: &BTreeSet<String>, offered: &Offered) -> Vec<String> {
    let mut nowhere: BTreeMap<&str, BTreeSet<Address>> = BTreeMap::new();
    let mut not_there: BTreeMap<(&str, &str), BTreeSet<Address>> = BTreeMap::new();
    let none = BTreeSet::new();
    for Machines { by, kind, zones, .. } in machines {
        let offered = offered.get(kind).unwrap_or(&none);
        let needed = if zones.is_empty() { used } else { zones };
        if offered.is_empty() || !needed.is_empty() && needed.is_disjoint(offered) {
            nowhere.entry(kind).or_default().insert(by.clone());
            continue;
        }
        for zone in zones.difference(offered) {
            not_there.entry((kind, zone)).or_default().insert(by.clone());
        }
    }
    let nowhere = nowhere.into_iter().map(|(kind, by)| {
        format!("no zone of the plan has machines `{kind}`, which {} asks for", named(&by))
    });
    let not_there = not_there.into_iter().map(|((kind, zone), by)| {
        format!("the zone `{zone}` has no machines `{kind}`, which {} asks for there", named(&by))
    });
    nowhere.chain(not_there).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(letters: &str) -> BTreeSet<String> {
        letters.chars().map(|letter| format!("eu-west-1{letter}")).collect()
    }

    fn machines(at: &str) -> Machines {
        let by = Address::new("aws_autoscaling_group", "web");
        Machines { by, kind: "c8a.large".to_owned(), zones: zones(at), more: 1 }
    }

    #[test]
    fn each_zone_has_to_have_them() {
        let offered = Offered::from([("c8a.large".to_owned(), zones("ab"))]);
        assert_eq!(missing(&[machines("ab")], &zones("abc"), &offered), [""; 0]);
        let there = "the zone `eu-west-1c` has no machines `c8a.large`, which `aws_autoscaling_group.web` asks for there";
        assert_eq!(missing(&[machines("bc")], &zones("abc"), &offered), [there]);
        let nowhere =
            "no zone of the plan has machines `c8a.large`, which `aws_autoscaling_group.web` asks for";
        assert_eq!(missing(&[machines("c")], &zones("abc"), &offered), [nowhere]);
        assert_eq!(missing(&[machines("a")], &zones("a"), &Offered::new()), [nowhere]);
    }

    #[test]
    fn where_it_stands_is_not_known_one_zone_is_enough() {
        let offered = Offered::from([("c8a.large".to_owned(), zones("ab"))]);
        assert_eq!(missing(&[machines("")], &zones("bc"), &offered), [""; 0]);
        assert_eq!(missing(&[machines("")], &zones("c"), &offered).len(), 1);
        assert_eq!(missing(&[machines("")], &zones(""), &offered), [""; 0]);
    }
}

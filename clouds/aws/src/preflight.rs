//! What can be known to fail before the first write: zones that there aren't, machines that no zone has, addresses
//! beyond the account's limit. All of it in one list.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{AccountAttributeName, LocationType};
use provision_engine::driver::Failure;
use provision_engine::{Address, Attributes, Value};

use crate::connection::Cloud;
use crate::ec2::filter;

/// What a plan is going to make.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    zones: BTreeMap<String, BTreeSet<Address>>,
    machines: BTreeMap<String, BTreeSet<Address>>,
    addresses: usize,
}

impl Wanted {
    pub fn add(&mut self, address: &Address, arguments: &Attributes) {
        let text = |name: &str| arguments.get(name).and_then(Value::as_text).map(str::to_owned);
        if let Some(zone) = text("availability_zone") {
            self.zones.entry(zone).or_default().insert(address.clone());
        }
        if let Some(machine) = text("instance_type").filter(|_| is_a_machine(address)) {
            self.machines.entry(machine).or_default().insert(address.clone());
        }
        self.addresses += usize::from(address.kind() == "aws_eip");
    }
}

fn is_a_machine(address: &Address) -> bool {
    matches!(address.kind(), "aws_instance" | "aws_launch_template")
}

/// Why it can't work, each with what asks for it; empty when nothing is known against it.
pub(crate) async fn shortfalls(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    let mut short = zones(cloud, wanted).await?;
    short.extend(machines(cloud, wanted).await?);
    short.extend(addresses(cloud, wanted).await?);
    Ok(short)
}

async fn zones(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    if wanted.zones.is_empty() {
        return Ok(Vec::new());
    }
    let sent = cloud.ec2.describe_availability_zones().send();
    let told = cloud.call("ec2", "DescribeAvailabilityZones", sent).await?;
    let there: BTreeSet<String> =
        told.availability_zones.unwrap_or_default().into_iter().filter_map(|zone| zone.zone_name).collect();
    let missing = wanted.zones.iter().filter(|(zone, _)| !there.contains(*zone));
    Ok(missing
        .map(|(zone, by)| {
            let all = there.iter().cloned().collect::<Vec<_>>().join(", ");
            format!("the account has no zone `{zone}`, which {} asks for; it has {all}", named(by))
        })
        .collect())
}

async fn machines(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    let mut offered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let types: Vec<String> = wanted.machines.keys().cloned().collect();
    for some in types.chunks(100) {
        let of = filter("instance-type", some.iter().cloned());
        let ask = |token| {
            let ask =
                cloud.ec2.describe_instance_type_offerings().location_type(LocationType::AvailabilityZone);
            ask.filters(of.clone()).set_next_token(token).send()
        };
        let split = |page: aws_sdk_ec2::operation::describe_instance_type_offerings::DescribeInstanceTypeOfferingsOutput| {
            (page.instance_type_offerings, page.next_token)
        };
        for offer in cloud.pages("ec2", "DescribeInstanceTypeOfferings", ask, split).await? {
            let machine = offer.instance_type.map(|machine| machine.as_str().to_owned()).unwrap_or_default();
            offered.entry(machine).or_default().insert(offer.location.unwrap_or_default());
        }
    }
    let used: BTreeSet<&String> = wanted.zones.keys().collect();
    // A zone may stand in the plan and no machine in it: only what no zone has is certain to fail.
    let nowhere = |machine: &String| {
        let zones = offered.get(machine);
        zones.is_none_or(|zones| !used.is_empty() && !zones.iter().any(|zone| used.contains(zone)))
    };
    Ok(wanted
        .machines
        .iter()
        .filter(|(machine, _)| nowhere(machine))
        .map(|(machine, by)| {
            format!("no zone of the plan has machines `{machine}`, which {} asks for", named(by))
        })
        .collect())
}

async fn addresses(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    if wanted.addresses == 0 {
        return Ok(Vec::new());
    }
    let sent = cloud
        .ec2
        .describe_account_attributes()
        .attribute_names(AccountAttributeName::from("vpc-max-elastic-ips"))
        .send();
    let told = cloud.call("ec2", "DescribeAccountAttributes", sent).await?;
    let value = told.account_attributes.unwrap_or_default().into_iter().find_map(|attribute| {
        attribute.attribute_values?.into_iter().find_map(|value| value.attribute_value?.parse::<usize>().ok())
    });
    let Some(limit) = value else { return Ok(Vec::new()) };
    let sent = cloud.ec2.describe_addresses().send();
    let held = cloud.call("ec2", "DescribeAddresses", sent).await?.addresses.unwrap_or_default().len();
    if held + wanted.addresses <= limit {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "the account may hold {limit} public addresses and has {held}; {} more are wanted. Service Quotas raises the \
         limit (EC2-VPC Elastic IPs)",
        wanted.addresses
    )])
}

fn named(by: &BTreeSet<Address>) -> String {
    by.iter().map(|address| format!("`{address}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_known_by_who_asks() {
        let mut wanted = Wanted::default();
        let arguments = |name: &str, value: &str| Attributes::from([(name.to_owned(), Value::text(value))]);
        wanted.add(&Address::new("aws_subnet", "a"), &arguments("availability_zone", "eu-west-1a"));
        wanted.add(&Address::new("aws_launch_template", "x"), &arguments("instance_type", "m7i.large"));
        wanted.add(&Address::new("aws_eip", "a"), &Attributes::new());
        assert_eq!(named(&wanted.zones["eu-west-1a"]), "`aws_subnet.a`");
        assert_eq!(named(&wanted.machines["m7i.large"]), "`aws_launch_template.x`");
        assert_eq!(wanted.addresses, 1);
    }
}

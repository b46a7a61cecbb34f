//! Processors of machines that are paid by the hour: the limit is one of vCPUs, whatever the machines
//! (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html).

use std::collections::BTreeMap;

use aws_sdk_ec2::operation::describe_instance_types::DescribeInstanceTypesOutput;
use aws_sdk_ec2::operation::describe_instances::DescribeInstancesOutput;
use aws_sdk_ec2::types::{Instance, InstanceLifecycleType, Tenancy};
use provision_engine::driver::Failure;

use crate::connection::Cloud;
use crate::ec2::filter;
use crate::preflight::Wanted;

/// Families of the limit "Standard". What a name begins with, before its generation
/// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html): `im4gn` is of the family I, while
/// `inf2`, `hpc7g`, `dl1` and `trn1` have limits of their own.
const STANDARD: [&str; 11] = ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"];

/// How many of each kind.
type Kinds = BTreeMap<String, usize>;

pub(super) async fn wanted(cloud: &Cloud, wanted: &Wanted) -> Result<usize, Failure> {
    let mut kinds = Kinds::new();
    for machines in wanted.machines().into_iter().filter(|machines| machines.more > 0) {
        *kinds.entry(machines.kind).or_default() += machines.more;
    }
    sum(cloud, kinds).await
}

pub(super) async fn running(cloud: &Cloud) -> Result<usize, Failure> {
    let ask = |token| {
        let ask =
            cloud.ec2.describe_instances().filters(filter("instance-state-name", ["pending", "running"]));
        ask.max_results(1000).set_next_token(token).send()
    };
    let split = |page: DescribeInstancesOutput| (page.reservations, page.next_token);
    let mut kinds = Kinds::new();
    for reservation in cloud.pages("ec2", "DescribeInstances", ask, split).await? {
        for machine in reservation.instances.unwrap_or_default().into_iter().filter(is_counted) {
            let kind = machine.instance_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default();
            *kinds.entry(kind).or_default() += 1;
        }
    }
    sum(cloud, kinds).await
}

/// Spot and dedicated machines have limits of their own.
fn is_counted(machine: &Instance) -> bool {
    let tenancy = machine.placement.as_ref().and_then(|placement| placement.tenancy.as_ref());
    machine.instance_lifecycle != Some(InstanceLifecycleType::Spot)
        && tenancy.is_none_or(|tenancy| *tenancy == Tenancy::Default)
}

fn is_standard(kind: &str) -> bool {
    let family = kind.split(|letter: char| letter.is_ascii_digit()).next().unwrap_or_default();
    STANDARD.contains(&family)
}

async fn sum(cloud: &Cloud, mut kinds: Kinds) -> Result<usize, Failure> {
    kinds.retain(|kind, _| is_standard(kind));
    let mut all = 0;
    for some in kinds.keys().collect::<Vec<_>>().chunks(100) {
        // By a filter: one that isn't there would be an error otherwise.
        let of = filter("instance-type", some.iter().map(|kind| kind.as_str()));
        let ask =
            |token| cloud.ec2.describe_instance_types().filters(of.clone()).set_next_token(token).send();
        let split = |page: DescribeInstanceTypesOutput| (page.instance_types, page.next_token);
        for told in cloud.pages("ec2", "DescribeInstanceTypes", ask, split).await? {
            let each = told.v_cpu_info.and_then(|processors| processors.default_v_cpus).unwrap_or_default();
            let count = told.instance_type.and_then(|kind| kinds.get(kind.as_str())).copied();
            all += usize::try_from(each).unwrap_or_default() * count.unwrap_or_default();
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_limits_of_their_own() {
        for kind in ["m7i.large", "t4g.medium", "c8i-flex.xlarge", "im4gn.large", "z1d.large", "a1.large"] {
            assert!(is_standard(kind), "{kind}");
        }
        for kind in [
            "p5.48xlarge",
            "inf2.xlarge",
            "hpc7g.4xlarge",
            "trn1.2xlarge",
            "u-6tb1.metal",
            "x2gd.large",
            "vt1.3xlarge",
            "mac2.metal",
            "dl1.24xlarge",
            "g6.xlarge",
        ] {
            assert!(!is_standard(kind), "{kind}");
        }
    }
}

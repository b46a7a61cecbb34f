//! Every kind that the driver knows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use provision_engine::Attributes;
use provision_engine::driver::{Class, Failure};

use crate::kind::AnyKind;
use crate::{
    alarms, autoscaling, ec2, efs, eks, iam, kafka, kms, load_balancing, logs, rds, route53, s3, search,
    secrets, sns, ssm,
};

static KINDS: LazyLock<BTreeMap<&'static str, Box<dyn AnyKind>>> = LazyLock::new(|| {
    let families = [
        alarms::kinds(),
        autoscaling::kinds(),
        ec2::kinds(),
        efs::kinds(),
        eks::kinds(),
        iam::kinds(),
        kafka::kinds(),
        kms::kinds(),
        load_balancing::kinds(),
        logs::kinds(),
        rds::kinds(),
        route53::kinds(),
        s3::kinds(),
        search::kinds(),
        secrets::kinds(),
        sns::kinds(),
        ssm::kinds(),
    ];
    families.into_iter().flatten().map(|kind| (kind.name(), kind)).collect()
});

pub(crate) fn kind(name: &str) -> Result<&'static dyn AnyKind, Failure> {
    let unknown = || Failure::new(Class::Fatal, format!("the AWS driver doesn't know `{name}` yet"));
    KINDS.get(name).map(Box::as_ref).ok_or_else(unknown)
}

/// Whether the driver can make resources of this kind: `aws_vpc`.
pub fn knows(kind: &str) -> bool {
    KINDS.contains_key(kind)
}

/// Whether a resource's arguments are all known to the driver; without asking the cloud.
pub fn check(name: &str, attributes: &Attributes) -> Result<(), Failure> {
    kind(name)?.check(attributes)
}

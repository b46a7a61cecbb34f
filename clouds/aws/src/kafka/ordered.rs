//! What is ordered, in the service's own words.

use aws_sdk_kafka::types::{
    BrokerLogs, BrokerNodeGroupInfo, ClientAuthentication, CloudWatchLogs, ConfigurationInfo, EbsStorageInfo,
    EncryptionAtRest, EncryptionInTransit, EncryptionInfo, Iam, LoggingInfo, Sasl, Scram, StorageInfo,
    Unauthenticated,
};

use super::cluster::{Authentication, Configured, Encryption, Group, Logging};

pub(super) fn group(given: &Group) -> BrokerNodeGroupInfo {
    let size = disk_size(given);
    let disk = size.map(|size| EbsStorageInfo::builder().volume_size(size).build());
    let groups = (!given.security_groups.is_empty()).then(|| given.security_groups.clone());
    BrokerNodeGroupInfo::builder()
        .instance_type(&given.instance_type)
        .set_client_subnets(Some(given.client_subnets.clone()))
        .set_security_groups(groups)
        .set_broker_az_distribution(given.az_distribution.as_deref().map(Into::into))
        .set_storage_info(disk.map(|disk| StorageInfo::builder().ebs_storage_info(disk).build()))
        .build()
}

/// In GiB; none where the type of machine brings its storage along.
pub(super) fn disk_size(given: &Group) -> Option<i32> {
    given.storage_info.first()?.ebs_storage_info.first()?.volume_size
}

pub(super) fn configuration(given: &Configured) -> ConfigurationInfo {
    ConfigurationInfo::builder().arn(&given.arn).revision(given.revision).build()
}

pub(super) fn authentication(given: &Authentication) -> ClientAuthentication {
    let anyone = given.unauthenticated.map(|on| Unauthenticated::builder().enabled(on).build());
    let sasl = given.sasl.first().map(|sasl| {
        Sasl::builder()
            .set_iam(sasl.iam.map(|on| Iam::builder().enabled(on).build()))
            .set_scram(sasl.scram.map(|on| Scram::builder().enabled(on).build()))
            .build()
    });
    ClientAuthentication::builder().set_unauthenticated(anyone).set_sasl(sasl).build()
}

pub(super) fn encryption(given: &Encryption) -> EncryptionInfo {
    let key = given.encryption_at_rest_kms_key_arn.as_ref();
    let at_rest = key.map(|key| EncryptionAtRest::builder().data_volume_kms_key_id(key).build());
    let transit = given.encryption_in_transit.first().map(|transit| {
        EncryptionInTransit::builder()
            .set_client_broker(transit.client_broker.as_deref().map(Into::into))
            .set_in_cluster(transit.in_cluster)
            .build()
    });
    EncryptionInfo::builder().set_encryption_at_rest(at_rest).set_encryption_in_transit(transit).build()
}

pub(super) fn logging(given: &Logging) -> LoggingInfo {
    let group = given.broker_logs.first().and_then(|logs| logs.cloudwatch_logs.first());
    let group = group.map(|group| {
        CloudWatchLogs::builder().enabled(group.enabled).set_log_group(group.log_group.clone()).build()
    });
    let logs = BrokerLogs::builder().set_cloud_watch_logs(group).build();
    LoggingInfo::builder().broker_logs(logs).build()
}

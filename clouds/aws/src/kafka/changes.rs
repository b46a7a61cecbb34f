//! What can be changed about a cluster that is there: each by a call of its own, one at a time.

use aws_sdk_kafka::types::{BrokerEbsVolumeInfo, ClusterInfo};
use provision_engine::driver::Failure;

use super::cluster::Arguments;
use super::{SERVICE, ordered};
use crate::connection::Cloud;

/// In the order in which they are done: room first, what restarts brokers last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Storage,
    BrokerCount,
    Monitoring,
    Security,
    BrokerType,
    Version,
    Configuration,
}

/// What of the order isn't so yet. What the order leaves open is the service's.
pub(super) fn outstanding(now: &Arguments, wanted: &Arguments) -> Vec<Change> {
    let differs = |now: &Option<String>, wanted: &Option<String>| wanted.is_some() && now != wanted;
    let disk = ordered::disk_size(&wanted.group());
    let logs = now.logging_info != wanted.logging_info && !(is_silent(now) && is_silent(wanted));
    let transit = |arguments: &Arguments| arguments.encryption_info.first().cloned();
    let transit = |arguments: &Arguments| {
        transit(arguments).and_then(|info| info.encryption_in_transit.first().cloned())
    };
    let encrypts = transit(wanted).is_some_and(|wanted| {
        let now = transit(now).and_then(|transit| transit.client_broker);
        differs(&now, &wanted.client_broker)
    });
    let version = now.kafka_version != wanted.kafka_version;
    let configuration = wanted.configuration_info.first();
    let configured = configuration.is_some() && now.configuration_info.first() != configuration;
    [
        (Change::Storage, disk.is_some() && disk != ordered::disk_size(&now.group())),
        (Change::BrokerCount, now.number_of_broker_nodes != wanted.number_of_broker_nodes),
        (Change::Monitoring, logs || differs(&now.enhanced_monitoring, &wanted.enhanced_monitoring)),
        (Change::Security, encrypts || authenticates_otherwise(now, wanted)),
        (Change::BrokerType, now.group().instance_type != wanted.group().instance_type),
        (Change::Version, version),
        // A new version comes with its configuration.
        (Change::Configuration, configured && !version),
    ]
    .into_iter()
    .filter_map(|(change, is_due)| is_due.then_some(change))
    .collect()
}

/// A log that is off says as much as none.
fn is_silent(arguments: &Arguments) -> bool {
    let logs = arguments.logging_info.iter().flat_map(|info| &info.broker_logs);
    !logs.flat_map(|logs| &logs.cloudwatch_logs).any(|group| group.enabled)
}

/// A way to prove who one is that is off says as much as none.
fn authenticates_otherwise(now: &Arguments, wanted: &Arguments) -> bool {
    let ways = |arguments: &Arguments| {
        arguments.client_authentication.first().map(|ways| {
            let sasl = ways.sasl.first();
            let iam = sasl.and_then(|sasl| sasl.iam).unwrap_or_default();
            let scram = sasl.and_then(|sasl| sasl.scram).unwrap_or_default();
            (ways.unauthenticated.unwrap_or_default(), iam, scram)
        })
    };
    ways(wanted).is_some_and(|wanted| ways(now) != Some(wanted))
}

/// Begins with it. The cluster's version goes along: a change that somebody else made meanwhile is never undone unseen.
pub(super) async fn begin(
    cloud: &Cloud,
    now: &ClusterInfo,
    change: Change,
    wanted: &Arguments,
) -> Result<(), Failure> {
    let (arn, version) = (now.cluster_arn.clone(), now.current_version.clone());
    let kafka = &cloud.kafka;
    let configuration = wanted.configuration_info.first().map(ordered::configuration);
    match change {
        Change::Storage => {
            let disks = BrokerEbsVolumeInfo::builder()
                .kafka_broker_node_id("All")
                .set_volume_size_gb(ordered::disk_size(&wanted.group()))
                .build();
            let ask = kafka.update_broker_storage().set_cluster_arn(arn).set_current_version(version);
            let sent = ask.target_broker_ebs_volume_info(disks).send();
            cloud.call(SERVICE, "UpdateBrokerStorage", sent).await?;
        }
        Change::BrokerCount => {
            let ask = kafka.update_broker_count().set_cluster_arn(arn).set_current_version(version);
            let sent = ask.target_number_of_broker_nodes(wanted.number_of_broker_nodes).send();
            cloud.call(SERVICE, "UpdateBrokerCount", sent).await?;
        }
        Change::Monitoring => {
            let ask = kafka.update_monitoring().set_cluster_arn(arn).set_current_version(version);
            let level = wanted.enhanced_monitoring.as_deref().map(Into::into);
            let logs = wanted.logging_info.first().map(ordered::logging);
            let sent = ask.set_enhanced_monitoring(level).set_logging_info(logs).send();
            cloud.call(SERVICE, "UpdateMonitoring", sent).await?;
        }
        Change::Security => {
            let ask = kafka.update_security().set_cluster_arn(arn).set_current_version(version);
            let ways = wanted.client_authentication.first().map(ordered::authentication);
            let sent = ask.set_client_authentication(ways).set_encryption_info(transit(wanted)).send();
            cloud.call(SERVICE, "UpdateSecurity", sent).await?;
        }
        Change::BrokerType => {
            let ask = kafka.update_broker_type().set_cluster_arn(arn).set_current_version(version);
            let sent = ask.target_instance_type(wanted.group().instance_type).send();
            cloud.call(SERVICE, "UpdateBrokerType", sent).await?;
        }
        Change::Version => {
            let ask = kafka.update_cluster_kafka_version().set_cluster_arn(arn).set_current_version(version);
            let ask = ask.target_kafka_version(&wanted.kafka_version);
            let sent = ask.set_configuration_info(configuration).send();
            cloud.call(SERVICE, "UpdateClusterKafkaVersion", sent).await?;
        }
        Change::Configuration => {
            let ask = kafka.update_cluster_configuration().set_cluster_arn(arn).set_current_version(version);
            let sent = ask.set_configuration_info(configuration).send();
            cloud.call(SERVICE, "UpdateClusterConfiguration", sent).await?;
        }
    }
    Ok(())
}

/// How clients talk to brokers is all of the encryption that can be changed.
fn transit(wanted: &Arguments) -> Option<aws_sdk_kafka::types::EncryptionInfo> {
    let mut given = wanted.encryption_info.first()?.clone();
    given.encryption_at_rest_kms_key_arn = None;
    given.encryption_in_transit.iter_mut().for_each(|transit| transit.in_cluster = None);
    Some(ordered::encryption(&given))
}

#[cfg(test)]
mod tests {
    use super::super::cluster::{Configured, Disk, Group, Storage};
    use super::*;

    fn cluster() -> Arguments {
        let disk = Storage { ebs_storage_info: vec![Disk { volume_size: Some(100) }] };
        Arguments {
            cluster_name: "events".to_owned(),
            kafka_version: "3.8.x".to_owned(),
            number_of_broker_nodes: 3,
            enhanced_monitoring: None,
            storage_mode: None,
            broker_node_group_info: vec![Group {
                instance_type: "kafka.m7g.large".to_owned(),
                storage_info: vec![disk],
                ..Group::default()
            }],
            configuration_info: vec![Configured { arn: "a".to_owned(), revision: 1 }],
            client_authentication: Vec::new(),
            encryption_info: Vec::new(),
            logging_info: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_outstanding_of_what_is_so() {
        assert_eq!(outstanding(&cluster(), &cluster()), []);
    }

    #[test]
    fn room_comes_first_and_a_new_version_brings_its_configuration() {
        let mut wanted = cluster();
        wanted.kafka_version = "3.9.x".to_owned();
        wanted.configuration_info[0].revision = 2;
        wanted.broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size = Some(200);
        assert_eq!(outstanding(&cluster(), &wanted), [Change::Storage, Change::Version]);
        wanted.kafka_version = cluster().kafka_version;
        assert_eq!(outstanding(&cluster(), &wanted), [Change::Storage, Change::Configuration]);
    }
}

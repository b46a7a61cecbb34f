//! A cluster as the service describes it.

use aws_sdk_kafka::operation::get_bootstrap_brokers::GetBootstrapBrokersOutput as Brokers;
use aws_sdk_kafka::types::{
    BrokerNodeGroupInfo, ClientAuthentication, ClusterInfo, ClusterState, EncryptionInfo, LoggingInfo,
};
use provision_engine::driver::{Failure, State};

use super::SERVICE;
use super::cluster::{
    Arguments, Authentication, Configured, Disk, Encryption, Group, LogGroup, Logging, Logs, Sasl, Storage,
    Transit,
};
use crate::attributes::computed;
use crate::belonging::is_of;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Wanted};
use crate::tags::Tags;

pub(super) async fn listed(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
    let mut all = Vec::new();
    for cluster in clusters(cloud, None).await? {
        let named = cluster.cluster_name.as_ref().is_some_and(|name| wanted.names.contains(name));
        if named || is_of(&tags(&cluster), &wanted.deployment) {
            all.push(described(cloud, cluster).await?);
        }
    }
    Ok(all)
}

/// The filter takes the beginning of a name.
async fn clusters(cloud: &Cloud, beginning: Option<&str>) -> Result<Vec<ClusterInfo>, Failure> {
    let all = cloud
        .pages(
            SERVICE,
            "ListClusters",
            |token| {
                let ask = cloud.kafka.list_clusters().set_cluster_name_filter(beginning.map(str::to_owned));
                ask.max_results(100).set_next_token(token).send()
            },
            |page| (page.cluster_info_list, page.next_token),
        )
        .await?;
    Ok(all)
}

pub(super) async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let same = |cluster: &ClusterInfo| cluster.cluster_name.as_deref() == Some(name);
    match clusters(cloud, Some(name)).await?.into_iter().find(same) {
        Some(cluster) => Ok(Some(described(cloud, cluster).await?)),
        None => Ok(None),
    }
}

pub(super) async fn info(cloud: &Cloud, arn: &str) -> Result<Option<ClusterInfo>, Failure> {
    let sent = cloud.kafka.describe_cluster().cluster_arn(arn).send();
    let told = unless_gone(cloud.call(SERVICE, "DescribeCluster", sent).await)?;
    Ok(told.and_then(|told| told.cluster_info))
}

fn tags(cluster: &ClusterInfo) -> Tags {
    cluster.tags.clone().unwrap_or_default().into_iter().collect()
}

/// Only then it takes another change.
pub(super) fn is_at_rest(cluster: &ClusterInfo) -> bool {
    cluster.state == Some(ClusterState::Active)
}

/// https://docs.aws.amazon.com/msk/latest/developerguide/msk-cluster-states.html: while it heals and is maintained it can
/// be used.
fn state(cluster: &ClusterInfo) -> State {
    match &cluster.state {
        Some(ClusterState::Active | ClusterState::Healing | ClusterState::Maintenance) => State::Ready,
        Some(ClusterState::Deleting) => State::Deleting,
        Some(ClusterState::Failed) => State::Failed,
        _ => State::Pending,
    }
}

pub(super) async fn described(cloud: &Cloud, cluster: ClusterInfo) -> Result<Found<Arguments>, Failure> {
    let arn = cluster.cluster_arn.clone().unwrap_or_default();
    let state = state(&cluster);
    let reason = cluster.state_info.as_ref().and_then(|info| info.message.clone());
    let brokers = match state {
        State::Ready => brokers(cloud, &arn).await?,
        _ => None,
    };
    let mut found = Found::new(arn.clone(), arguments(&cluster));
    found.tags = tags(&cluster);
    found.state = state;
    found.reason = reason;
    found.computed = computed([
        ("cluster_uuid", arn.rsplit('/').next().map(str::to_owned)),
        ("arn", Some(arn)),
        ("current_version", cluster.current_version),
        ("zookeeper_connect_string", cluster.zookeeper_connect_string),
    ]);
    if let Some(told) = brokers {
        found.computed.extend(computed([
            ("bootstrap_brokers", sorted(told.bootstrap_broker_string)),
            ("bootstrap_brokers_tls", sorted(told.bootstrap_broker_string_tls)),
            ("bootstrap_brokers_sasl_iam", sorted(told.bootstrap_broker_string_sasl_iam)),
            ("bootstrap_brokers_sasl_scram", sorted(told.bootstrap_broker_string_sasl_scram)),
        ]));
    }
    Ok(found)
}

async fn brokers(cloud: &Cloud, arn: &str) -> Result<Option<Brokers>, Failure> {
    let sent = cloud.kafka.get_bootstrap_brokers().cluster_arn(arn).send();
    unless_gone(cloud.call(SERVICE, "GetBootstrapBrokers", sent).await)
}

/// The service tells them in another order each time.
fn sorted(told: Option<String>) -> Option<String> {
    told.map(|told| {
        let mut all: Vec<&str> = told.split(',').collect();
        all.sort_unstable();
        all.join(",")
    })
}

pub(super) fn arguments(cluster: &ClusterInfo) -> Arguments {
    let software = cluster.current_broker_software_info.as_ref();
    let configured = software.and_then(|software| {
        Some(Configured {
            arn: software.configuration_arn.clone()?,
            revision: software.configuration_revision.unwrap_or_default(),
        })
    });
    Arguments {
        cluster_name: cluster.cluster_name.clone().unwrap_or_default(),
        kafka_version: software.and_then(|software| software.kafka_version.clone()).unwrap_or_default(),
        number_of_broker_nodes: cluster.number_of_broker_nodes.unwrap_or_default(),
        enhanced_monitoring: cluster.enhanced_monitoring.as_ref().map(|level| level.as_str().to_owned()),
        storage_mode: cluster.storage_mode.as_ref().map(|mode| mode.as_str().to_owned()),
        broker_node_group_info: cluster.broker_node_group_info.iter().map(group).collect(),
        configuration_info: configured.into_iter().collect(),
        client_authentication: cluster.client_authentication.iter().map(authentication).collect(),
        encryption_info: cluster.encryption_info.iter().map(encryption).collect(),
        logging_info: cluster.logging_info.iter().filter_map(logging).collect(),
    }
}

fn group(told: &BrokerNodeGroupInfo) -> Group {
    let disk = told.storage_info.as_ref().and_then(|storage| storage.ebs_storage_info.as_ref());
    let storage = disk.map(|disk| Storage { ebs_storage_info: vec![Disk { volume_size: disk.volume_size }] });
    Group {
        instance_type: told.instance_type.clone().unwrap_or_default(),
        client_subnets: told.client_subnets.clone().unwrap_or_default(),
        security_groups: told.security_groups.clone().unwrap_or_default(),
        az_distribution: told.broker_az_distribution.as_ref().map(|word| word.as_str().to_owned()),
        storage_info: storage.into_iter().collect(),
    }
}

fn authentication(told: &ClientAuthentication) -> Authentication {
    let sasl = told.sasl.as_ref().map(|sasl| Sasl {
        iam: sasl.iam.as_ref().and_then(|iam| iam.enabled),
        scram: sasl.scram.as_ref().and_then(|scram| scram.enabled),
    });
    Authentication {
        unauthenticated: told.unauthenticated.as_ref().and_then(|anyone| anyone.enabled),
        sasl: sasl.into_iter().collect(),
    }
}

fn encryption(told: &EncryptionInfo) -> Encryption {
    let transit = told.encryption_in_transit.as_ref().map(|transit| Transit {
        client_broker: transit.client_broker.as_ref().map(|word| word.as_str().to_owned()),
        in_cluster: transit.in_cluster,
    });
    let at_rest = told.encryption_at_rest.as_ref();
    Encryption {
        encryption_at_rest_kms_key_arn: at_rest.and_then(|at_rest| at_rest.data_volume_kms_key_id.clone()),
        encryption_in_transit: transit.into_iter().collect(),
    }
}

fn logging(told: &LoggingInfo) -> Option<Logging> {
    let group = told.broker_logs.as_ref()?.cloud_watch_logs.as_ref()?;
    let group = LogGroup { enabled: group.enabled.unwrap_or_default(), log_group: group.log_group.clone() };
    Some(Logging { broker_logs: vec![Logs { cloudwatch_logs: vec![group] }] })
}

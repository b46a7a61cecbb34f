//! A domain as the service describes it.

use aws_sdk_opensearch::types::{
    ClusterConfig, DomainProcessingStatusType, DomainStatus, EbsOptions, LogPublishingOption, LogType,
    VpcDerivedInfo,
};
use provision_engine::Attributes;
use provision_engine::driver::{Failure, State};

use super::SERVICE;
use super::domain::{Arguments, AtRest, BetweenNodes, Disk, Endpoint, Log, Network, Nodes, Zones};
use crate::attributes::computed;
use crate::belonging::may_be_ours;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Wanted};

/// How many may be described in one call; the service refuses more.
const AT_ONCE: usize = 5;

/// The list has nothing but names, and comes in one page
/// (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_ListDomainNames.html).
pub(super) async fn listed(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
    let sent = cloud.opensearch.list_domain_names().send();
    let told = cloud.call(SERVICE, "ListDomainNames", sent).await?;
    let names = told.domain_names.unwrap_or_default().into_iter().filter_map(|domain| domain.domain_name);
    let names: Vec<String> = names.filter(|name| may_be_ours(name, wanted)).collect();
    let mut all = Vec::new();
    for some in names.chunks(AT_ONCE) {
        let sent = cloud.opensearch.describe_domains().set_domain_names(Some(some.to_vec())).send();
        let told = cloud.call(SERVICE, "DescribeDomains", sent).await?;
        for domain in told.domain_status_list {
            all.extend(described(cloud, domain).await?);
        }
    }
    Ok(all)
}

pub(super) async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    match status(cloud, name).await? {
        Some(domain) => described(cloud, domain).await,
        None => Ok(None),
    }
}

pub(super) async fn status(cloud: &Cloud, name: &str) -> Result<Option<DomainStatus>, Failure> {
    let sent = cloud.opensearch.describe_domain().domain_name(name).send();
    let told = unless_gone(cloud.call(SERVICE, "DescribeDomain", sent).await)?;
    Ok(told.and_then(|told| told.domain_status))
}

async fn described(cloud: &Cloud, domain: DomainStatus) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.opensearch.list_tags().arn(&domain.arn).send();
    let Some(tags) = unless_gone(cloud.call(SERVICE, "ListTags", sent).await)? else {
        return Ok(None);
    };
    let mut found = Found::new(domain.arn.clone(), arguments(&domain));
    found.tags = tags.tag_list.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
    found.state = state(&domain);
    found.computed = told(&domain);
    Ok(Some(found))
}

fn is_deleted(domain: &DomainStatus) -> bool {
    let is_leaving = domain.domain_processing_status == Some(DomainProcessingStatusType::Deleting);
    is_leaving || domain.deleted.unwrap_or_default()
}

fn is_processing(domain: &DomainStatus) -> bool {
    domain.processing.unwrap_or_default() || domain.upgrade_processing.unwrap_or_default()
}

/// Only then it takes another change.
pub(super) fn is_at_rest(domain: &DomainStatus) -> bool {
    !is_processing(domain) && !is_deleted(domain)
}

/// https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html: `Processing` while it is made
/// and while its configuration changes, `UpgradeProcessing` while its version does; the endpoint comes last. Once the last
/// of it has been deleted, it isn't told of any more. What is isolated comes back when its key or its account is in order again: a new one in its place would have no data.
fn state(domain: &DomainStatus) -> State {
    let is_isolated = domain.domain_processing_status == Some(DomainProcessingStatusType::Isolated);
    if is_deleted(domain) {
        State::Deleting
    } else if is_processing(domain) || is_isolated || endpoint(domain).is_none() {
        State::Pending
    } else {
        State::Ready
    }
}

/// Inside a network it has another one.
fn endpoint(domain: &DomainStatus) -> Option<String> {
    let inside = domain.endpoints.as_ref().and_then(|endpoints| endpoints.get("vpc").cloned());
    inside.or_else(|| domain.endpoint.clone())
}

fn told(domain: &DomainStatus) -> Attributes {
    let dashboards = |endpoint: Option<String>| endpoint.map(|endpoint| format!("{endpoint}/_dashboards"));
    computed([
        ("arn", Some(domain.arn.clone())),
        ("domain_id", Some(domain.domain_id.clone())),
        ("endpoint", endpoint(domain)),
        ("dashboard_endpoint", dashboards(endpoint(domain))),
        ("endpoint_v2", domain.endpoint_v2.clone()),
        ("dashboard_endpoint_v2", dashboards(domain.endpoint_v2.clone())),
        ("domain_endpoint_v2_hosted_zone_id", domain.domain_endpoint_v2_hosted_zone_id.clone()),
    ])
}

/// `OpenSearch_2` is any version of it.
pub(super) fn is_version(lives: Option<&str>, wanted: &str) -> bool {
    let rest = lives.and_then(|lives| lives.strip_prefix(wanted));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn arguments(domain: &DomainStatus) -> Arguments {
    let at_rest = domain.encryption_at_rest_options.as_ref();
    let between = domain.node_to_node_encryption_options.as_ref();
    let endpoint = domain.domain_endpoint_options.as_ref();
    Arguments {
        domain_name: domain.domain_name.clone(),
        engine_version: domain.engine_version.clone(),
        access_policies: domain.access_policies.clone(),
        cluster_config: domain.cluster_config.iter().map(nodes).collect(),
        vpc_options: domain.vpc_options.iter().map(network).collect(),
        ebs_options: domain.ebs_options.iter().map(disk).collect(),
        encrypt_at_rest: at_rest
            .map(|told| AtRest {
                enabled: told.enabled.unwrap_or_default(),
                kms_key_id: told.kms_key_id.clone(),
            })
            .into_iter()
            .collect(),
        node_to_node_encryption: between
            .map(|told| BetweenNodes { enabled: told.enabled.unwrap_or_default() })
            .into_iter()
            .collect(),
        domain_endpoint_options: endpoint
            .map(|told| Endpoint {
                enforce_https: told.enforce_https,
                tls_security_policy: told.tls_security_policy.as_ref().map(|word| word.as_str().to_owned()),
            })
            .into_iter()
            .collect(),
        log_publishing_options: logs(domain),
    }
}

fn nodes(told: &ClusterConfig) -> Nodes {
    let zones = told.zone_awareness_config.as_ref();
    Nodes {
        instance_type: told.instance_type.as_ref().map(|word| word.as_str().to_owned()),
        instance_count: told.instance_count,
        dedicated_master_enabled: told.dedicated_master_enabled,
        dedicated_master_count: told.dedicated_master_count,
        dedicated_master_type: told.dedicated_master_type.as_ref().map(|word| word.as_str().to_owned()),
        zone_awareness_enabled: told.zone_awareness_enabled,
        zone_awareness_config: zones
            .map(|zones| Zones { availability_zone_count: zones.availability_zone_count })
            .into_iter()
            .collect(),
    }
}

fn network(told: &VpcDerivedInfo) -> Network {
    Network {
        subnet_ids: told.subnet_ids.clone().unwrap_or_default(),
        security_group_ids: told.security_group_ids.clone().unwrap_or_default(),
        availability_zones: told.availability_zones.clone().unwrap_or_default(),
        vpc_id: told.vpc_id.clone(),
    }
}

fn disk(told: &EbsOptions) -> Disk {
    Disk {
        ebs_enabled: told.ebs_enabled.unwrap_or_default(),
        volume_type: told.volume_type.as_ref().map(|word| word.as_str().to_owned()),
        volume_size: told.volume_size,
        iops: told.iops,
        throughput: told.throughput,
    }
}

/// Those that are written; they come without an order.
fn logs(domain: &DomainStatus) -> Vec<Log> {
    let log = |(log_type, option): (&LogType, &LogPublishingOption)| {
        let group = option.cloud_watch_logs_log_group_arn.clone();
        let group = group.filter(|_| option.enabled.unwrap_or_default())?;
        Some(Log { log_type: log_type.as_str().to_owned(), cloudwatch_log_group_arn: group })
    };
    let mut all: Vec<Log> = domain.log_publishing_options.iter().flatten().filter_map(log).collect();
    all.sort_by(|one, other| one.log_type.cmp(&other.log_type));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> aws_sdk_opensearch::types::builders::DomainStatusBuilder {
        DomainStatus::builder().domain_id("1/x").domain_name("x").arn("arn")
    }

    #[test]
    fn it_is_ready_once_it_is_at_rest_and_can_be_reached() {
        let state = |domain: aws_sdk_opensearch::types::builders::DomainStatusBuilder| {
            state(&domain.build().unwrap())
        };
        let reached = || domain().endpoints("vpc", "vpc-x.eu-west-1.es.amazonaws.com");
        assert_eq!(state(domain().created(true).processing(true)), State::Pending);
        assert_eq!(state(domain().created(true).processing(false)), State::Pending);
        assert_eq!(state(reached().processing(true)), State::Pending);
        assert_eq!(state(reached().upgrade_processing(true)), State::Pending);
        assert_eq!(state(reached().processing(false)), State::Ready);
        assert_eq!(state(reached().deleted(true).processing(true)), State::Deleting);
        let isolated = reached().domain_processing_status(DomainProcessingStatusType::Isolated);
        assert_eq!(state(isolated), State::Pending);
    }

    #[test]
    fn a_version_that_says_less_is_any_of_them() {
        assert!(is_version(Some("OpenSearch_2.19"), "OpenSearch_2.19"));
        assert!(is_version(Some("OpenSearch_2.19"), "OpenSearch_2"));
        assert!(!is_version(Some("OpenSearch_2.19"), "OpenSearch_2.1"));
        assert!(!is_version(None, "OpenSearch_2"));
    }
}

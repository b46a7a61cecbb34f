//! What is ordered, in the service's own words.

use std::collections::HashMap;

use aws_sdk_opensearch::types::{
    ClusterConfig, DomainEndpointOptions, EbsOptions, EncryptionAtRestOptions, LogPublishingOption, LogType,
    NodeToNodeEncryptionOptions, VpcOptions, ZoneAwarenessConfig,
};

use super::domain::{AtRest, BetweenNodes, Disk, Endpoint, Log, Network, Nodes};

/// What isn't said stays as it is, so what is left out is said to be off.
pub(super) fn nodes(given: &Nodes) -> ClusterConfig {
    let zones = given.zone_awareness_config.first().map(|zones| {
        ZoneAwarenessConfig::builder().set_availability_zone_count(zones.availability_zone_count).build()
    });
    ClusterConfig::builder()
        .set_instance_type(given.instance_type.as_deref().map(Into::into))
        .set_instance_count(given.instance_count)
        .dedicated_master_enabled(given.dedicated_master_enabled.unwrap_or(false))
        .set_dedicated_master_count(given.dedicated_master_count)
        .set_dedicated_master_type(given.dedicated_master_type.as_deref().map(Into::into))
        .zone_awareness_enabled(given.zone_awareness_enabled.unwrap_or(false))
        .set_zone_awareness_config(zones)
        .build()
}

pub(super) fn network(given: &Network) -> VpcOptions {
    VpcOptions::builder()
        .set_subnet_ids(Some(given.subnet_ids.clone()))
        .set_security_group_ids(Some(given.security_group_ids.clone()))
        .build()
}

pub(super) fn disk(given: &Disk) -> EbsOptions {
    EbsOptions::builder()
        .ebs_enabled(given.ebs_enabled)
        .set_volume_type(given.volume_type.as_deref().map(Into::into))
        .set_volume_size(given.volume_size)
        .set_iops(given.iops)
        .set_throughput(given.throughput)
        .build()
}

pub(super) fn at_rest(given: &AtRest) -> EncryptionAtRestOptions {
    EncryptionAtRestOptions::builder().enabled(given.enabled).set_kms_key_id(given.kms_key_id.clone()).build()
}

pub(super) fn between_nodes(given: &BetweenNodes) -> NodeToNodeEncryptionOptions {
    NodeToNodeEncryptionOptions::builder().enabled(given.enabled).build()
}

pub(super) fn endpoint(given: &Endpoint) -> DomainEndpointOptions {
    DomainEndpointOptions::builder()
        .set_enforce_https(given.enforce_https)
        .set_tls_security_policy(given.tls_security_policy.as_deref().map(Into::into))
        .build()
}

/// A log that is written and isn't wanted any more has to be turned off.
pub(super) fn logs(lives: &[Log], given: &[Log]) -> Option<HashMap<LogType, LogPublishingOption>> {
    let option = |log: &Log, enabled: bool| {
        let option = LogPublishingOption::builder().enabled(enabled);
        let option = option.cloud_watch_logs_log_group_arn(&log.cloudwatch_log_group_arn).build();
        (LogType::from(log.log_type.as_str()), option)
    };
    let off = lives.iter().map(|log| option(log, false));
    let all: HashMap<LogType, LogPublishingOption> =
        off.chain(given.iter().map(|log| option(log, true))).collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(log_type: &str) -> Log {
        Log { log_type: log_type.to_owned(), cloudwatch_log_group_arn: "arn".to_owned() }
    }

    #[test]
    fn a_log_that_is_not_wanted_any_more_is_turned_off() {
        let lives = [log("ES_APPLICATION_LOGS"), log("INDEX_SLOW_LOGS")];
        let said = logs(&lives, &[log("INDEX_SLOW_LOGS"), log("SEARCH_SLOW_LOGS")]).unwrap();
        let mut said: Vec<(&str, Option<bool>)> =
            said.iter().map(|(log, option)| (log.as_str(), option.enabled)).collect();
        said.sort_unstable();
        let expected = [
            ("ES_APPLICATION_LOGS", Some(false)),
            ("INDEX_SLOW_LOGS", Some(true)),
            ("SEARCH_SLOW_LOGS", Some(true)),
        ];
        assert_eq!(said, expected);
        assert_eq!(logs(&[], &[]), None);
    }

    #[test]
    fn masters_that_are_not_wanted_any_more_are_turned_off() {
        let said = nodes(&Nodes::default());
        assert_eq!((said.dedicated_master_enabled, said.zone_awareness_enabled), (Some(false), Some(false)));
    }
}

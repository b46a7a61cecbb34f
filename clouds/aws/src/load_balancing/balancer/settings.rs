//! A balancer's settings, which the service keeps as pairs of texts.

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;
use provision_engine::driver::Failure;

use super::{Arguments, Logs};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::load_balancing::{SERVICE, Settings, flag, number};

const PROTECTED: &str = "deletion_protection.enabled";
const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
const HTTP2: &str = "routing.http2.enabled";
const IDLE: &str = "idle_timeout.timeout_seconds";
const DROP: &str = "routing.http.drop_invalid_header_fields.enabled";
const HOST: &str = "routing.http.preserve_host_header.enabled";
const DESYNC: &str = "routing.http.desync_mitigation_mode";
const FORWARDED: &str = "routing.http.xff_header_processing.mode";
const LOGS: &str = "access_logs.s3.enabled";
const BUCKET: &str = "access_logs.s3.bucket";
const PREFIX: &str = "access_logs.s3.prefix";

/// None when the balancer is gone.
pub(super) async fn read(cloud: &Cloud, arn: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.elb.describe_load_balancer_attributes().load_balancer_arn(arn).send();
    let Some(told) = unless_gone(cloud.call(SERVICE, "DescribeLoadBalancerAttributes", sent).await)? else {
        return Ok(None);
    };
    let pairs = told.attributes.unwrap_or_default().into_iter();
    let settings: Settings = pairs.filter_map(|pair| Some((pair.key?, pair.value?))).collect();
    let text = |key: &str| settings.get(key).cloned().filter(|text| !text.is_empty());
    let logs = text(BUCKET).filter(|_| flag(&settings, LOGS) == Some(true));
    Ok(Some(Arguments {
        enable_deletion_protection: flag(&settings, PROTECTED),
        enable_cross_zone_load_balancing: flag(&settings, CROSS_ZONE),
        enable_http2: flag(&settings, HTTP2),
        idle_timeout: number(&settings, IDLE),
        drop_invalid_header_fields: flag(&settings, DROP),
        preserve_host_header: flag(&settings, HOST),
        desync_mitigation_mode: text(DESYNC),
        xff_header_processing_mode: text(FORWARDED),
        access_logs: logs
            .map(|bucket| Logs { bucket, prefix: text(PREFIX), enabled: Some(true) })
            .into_iter()
            .collect(),
        ..Arguments::default()
    }))
}

/// Those of the configuration that are asked for.
pub(super) async fn write(
    cloud: &Cloud,
    arn: &str,
    arguments: &Arguments,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let settings = settings(arguments, wanted);
    if settings.is_empty() {
        return Ok(());
    }
    let pairs = settings
        .into_iter()
        .map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build());
    let ask = cloud.elb.modify_load_balancer_attributes().load_balancer_arn(arn);
    let sent = ask.set_attributes(Some(pairs.collect())).send();
    Ok(cloud.call(SERVICE, "ModifyLoadBalancerAttributes", sent).await.map(|_| ())?)
}

fn settings(arguments: &Arguments, wanted: impl Fn(&str) -> bool) -> Vec<(&'static str, String)> {
    let flags = [
        ("enable_deletion_protection", PROTECTED, arguments.enable_deletion_protection),
        ("enable_cross_zone_load_balancing", CROSS_ZONE, arguments.enable_cross_zone_load_balancing),
        ("enable_http2", HTTP2, arguments.enable_http2),
        ("drop_invalid_header_fields", DROP, arguments.drop_invalid_header_fields),
        ("preserve_host_header", HOST, arguments.preserve_host_header),
    ];
    let texts = [
        ("idle_timeout", IDLE, arguments.idle_timeout.map(|seconds| seconds.to_string())),
        ("desync_mitigation_mode", DESYNC, arguments.desync_mitigation_mode.clone()),
        ("xff_header_processing_mode", FORWARDED, arguments.xff_header_processing_mode.clone()),
    ];
    let flags = flags.into_iter().map(|(argument, key, on)| (argument, key, on.map(|on| on.to_string())));
    let mut pairs: Vec<(&'static str, String)> = flags
        .chain(texts)
        .filter(|(argument, ..)| wanted(argument))
        .filter_map(|(_, key, value)| Some((key, value?)))
        .collect();
    if wanted("access_logs") {
        match arguments.access_logs.first().filter(|logs| logs.enabled != Some(false)) {
            Some(logs) => {
                pairs.extend([(LOGS, "true".to_owned()), (BUCKET, logs.bucket.clone())]);
                pairs.extend(logs.prefix.clone().map(|prefix| (PREFIX, prefix)));
            }
            // A new one keeps none.
            None if arguments.access_logs.is_empty() && wanted("name") => {}
            None => pairs.push((LOGS, "false".to_owned())),
        }
    }
    pairs
}

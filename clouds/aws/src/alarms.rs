//! `aws_cloudwatch_metric_alarm`

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{AlarmType, Dimension, MetricAlarm, Tag};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use crate::attributes::computed;
use crate::belonging::{is_of, may_be_ours, pairs};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, Found, Kind, Known, Order, Wanted, implemented};
use crate::tags::{self, Tags};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<Alarm>()]
}

struct Alarm;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    alarm_name: String,
    alarm_description: Option<String>,
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: BTreeMap<String, String>,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    unit: Option<String>,
    comparison_operator: String,
    threshold: Option<f64>,
    period: Option<i32>,
    evaluation_periods: i32,
    datapoints_to_alarm: Option<i32>,
    treat_missing_data: Option<String>,
    actions_enabled: Option<bool>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default)]
    ok_actions: Vec<String>,
    #[serde(default)]
    insufficient_data_actions: Vec<String>,
}

impl Kind for Alarm {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_cloudwatch_metric_alarm";

    /// The list has no tags: one call for those of each alarm whose name may be ours.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let alarms = cloud
            .pages(
                SERVICE,
                "DescribeAlarms",
                |token| {
                    let ask = cloud.cloudwatch.describe_alarms().alarm_types(AlarmType::MetricAlarm);
                    ask.max_records(100).set_next_token(token).send()
                },
                |page| (page.metric_alarms, page.next_token),
            )
            .await?;
        let mut all = Vec::new();
        for alarm in alarms {
            if may_be_ours(alarm.alarm_name().unwrap_or_default(), wanted) {
                all.extend(described(cloud, alarm).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    /// The call that makes one writes over another of that name, without a word: whose it is is asked first.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let name = &order.arguments.alarm_name;
        if let Some(found) = named(cloud, name).await? {
            let same = found.tags.get(tags::ADDRESS) == Some(&order.address.to_string());
            if !same || !is_of(&found.tags, &order.deployment) {
                let message = format!(
                    "`{name}` has the name that {} wants, and it is not this deployment's",
                    order.address
                );
                return Err(Failure::new(Class::Fatal, message));
            }
        }
        put(cloud, &order.arguments, Some(&order.tags)).await?;
        Ok(name.clone())
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        put(cloud, &order.arguments, None).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.cloudwatch.delete_alarms().alarm_names(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteAlarms", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let ask = cloud.cloudwatch.tag_resource().resource_arn(known.computed_text("arn"));
        let sent = ask.set_tags(Some(written(tags))).send();
        Ok(cloud.call(SERVICE, "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let ask = cloud.cloudwatch.untag_resource().resource_arn(known.computed_text("arn"));
        let sent = ask.set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call(SERVICE, "UntagResource", sent).await).map(|_| ())
    }
}

const SERVICE: &str = "cloudwatch";

fn written(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// All of it, each time: what is left out goes back to its default. Tags only count when it is made.
async fn put(cloud: &Cloud, given: &Arguments, tags: Option<&Tags>) -> Result<(), Failure> {
    let dimension = |(name, value): (&String, &String)| Dimension::builder().name(name).value(value).build();
    let sent = cloud
        .cloudwatch
        .put_metric_alarm()
        .alarm_name(&given.alarm_name)
        .set_alarm_description(given.alarm_description.clone())
        .set_namespace(given.namespace.clone())
        .set_metric_name(given.metric_name.clone())
        .set_dimensions(Some(given.dimensions.iter().map(dimension).collect()))
        .set_statistic(given.statistic.as_deref().map(Into::into))
        .set_extended_statistic(given.extended_statistic.clone())
        .set_unit(given.unit.as_deref().map(Into::into))
        .comparison_operator(given.comparison_operator.as_str().into())
        .set_threshold(given.threshold)
        .set_period(given.period)
        .evaluation_periods(given.evaluation_periods)
        .set_datapoints_to_alarm(given.datapoints_to_alarm)
        .set_treat_missing_data(given.treat_missing_data.clone())
        .set_actions_enabled(given.actions_enabled)
        .set_alarm_actions(Some(given.alarm_actions.clone()))
        .set_ok_actions(Some(given.ok_actions.clone()))
        .set_insufficient_data_actions(Some(given.insufficient_data_actions.clone()))
        .set_tags(tags.map(written))
        .send();
    Ok(cloud.call(SERVICE, "PutMetricAlarm", sent).await.map(|_| ())?)
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let ask = cloud.cloudwatch.describe_alarms().alarm_types(AlarmType::MetricAlarm).alarm_names(name);
    let told = cloud.call(SERVICE, "DescribeAlarms", ask.send()).await?;
    match told.metric_alarms.and_then(|mut alarms| alarms.pop()) {
        Some(alarm) => described(cloud, alarm).await,
        None => Ok(None),
    }
}

async fn described(cloud: &Cloud, alarm: MetricAlarm) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = alarm.alarm_arn.clone().unwrap_or_default();
    let sent = cloud.cloudwatch.list_tags_for_resource().resource_arn(&arn).send();
    let told = unless_gone(cloud.call(SERVICE, "ListTagsForResource", sent).await)?;
    let Some(told) = told else { return Ok(None) };
    let name = alarm.alarm_name.clone().unwrap_or_default();
    let mut found = Found::new(name, arguments(alarm));
    found.computed = computed([("arn", Some(arn))]);
    found.tags = pairs!(told.tags);
    Ok(Some(found))
}

fn arguments(alarm: MetricAlarm) -> Arguments {
    let dimensions = alarm.dimensions.unwrap_or_default().into_iter();
    Arguments {
        alarm_name: alarm.alarm_name.unwrap_or_default(),
        alarm_description: alarm.alarm_description,
        namespace: alarm.namespace,
        metric_name: alarm.metric_name,
        dimensions: dimensions.filter_map(|given| Some((given.name?, given.value?))).collect(),
        statistic: alarm.statistic.map(|statistic| statistic.as_str().to_owned()),
        extended_statistic: alarm.extended_statistic,
        unit: alarm.unit.map(|unit| unit.as_str().to_owned()),
        comparison_operator: alarm
            .comparison_operator
            .map_or_else(String::new, |word| word.as_str().to_owned()),
        threshold: alarm.threshold,
        period: alarm.period,
        evaluation_periods: alarm.evaluation_periods.unwrap_or_default(),
        datapoints_to_alarm: alarm.datapoints_to_alarm,
        treat_missing_data: alarm.treat_missing_data,
        actions_enabled: alarm.actions_enabled,
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
        ok_actions: alarm.ok_actions.unwrap_or_default(),
        insufficient_data_actions: alarm.insufficient_data_actions.unwrap_or_default(),
    }
}

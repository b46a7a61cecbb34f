//! `aws_msk_configuration`

use aws_sdk_kafka::types::{Configuration as Listed, ConfigurationState};
use aws_smithy_types::Blob;
use provision_engine::Value;
use provision_engine::driver::{Class, Failure, State};
use serde::{Deserialize, Serialize};

use super::SERVICE;
use crate::attributes::computed;
use crate::belonging::{adopted, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Configuration;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    #[serde(default)]
    kafka_versions: Vec<String>,
    server_properties: String,
}

impl Kind for Configuration {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_msk_configuration";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for configuration in configurations(cloud).await? {
            if may_be_ours(configuration.name().unwrap_or_default(), wanted) {
                all.extend(described(cloud, configuration, &wanted.deployment).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud.kafka.describe_configuration().arn(&known.id).send();
        let Some(told) = unless_gone(cloud.call(SERVICE, "DescribeConfiguration", sent).await)? else {
            return Ok(None);
        };
        let configuration = Listed::builder()
            .set_arn(told.arn)
            .set_name(told.name)
            .set_description(told.description)
            .set_kafka_versions(told.kafka_versions)
            .set_latest_revision(told.latest_revision)
            .set_state(told.state)
            .build();
        described(cloud, configuration, "").await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let versions = (!arguments.kafka_versions.is_empty()).then(|| arguments.kafka_versions.clone());
        let sent = cloud
            .kafka
            .create_configuration()
            .name(&arguments.name)
            .description(mark(&order.deployment))
            .set_kafka_versions(versions)
            .server_properties(Blob::new(arguments.server_properties.as_bytes()))
            .send();
        match cloud.call(SERVICE, "CreateConfiguration", sent).await {
            Ok(made) => Ok(made.arn.unwrap_or_default()),
            Err(failed) if failed.code == "ConflictException" => {
                let same = |listed: &Listed| listed.name() == Some(arguments.name.as_str());
                let found = match configurations(cloud).await?.into_iter().find(same) {
                    Some(configuration) => described(cloud, configuration, &order.deployment).await?,
                    None => None,
                };
                adopted(order, found, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// Each change is a revision; a cluster goes on with the one that it names.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let properties = Blob::new(order.arguments.server_properties.as_bytes());
        let ask = cloud.kafka.update_configuration().arn(&known.id).description(mark(&order.deployment));
        let sent = ask.server_properties(properties).send();
        Ok(cloud.call(SERVICE, "UpdateConfiguration", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.kafka.delete_configuration().arn(&known.id).send();
        match cloud.call(SERVICE, "DeleteConfiguration", sent).await {
            // A cluster that is on its way out holds it a little longer.
            Err(failed) if failed.failure.message.contains("in use") => {
                Err(Failure { class: Class::Conflict, ..failed.failure })
            }
            result => unless_gone(result).map(|_| ()),
        }
    }
}

/// A configuration can't have tags: its description says whose it is. Nothing that is rendered describes it otherwise.
fn mark(deployment: &str) -> String {
    format!("{}={deployment}", crate::tags::DEPLOYMENT)
}

async fn configurations(cloud: &Cloud) -> Result<Vec<Listed>, Failure> {
    let all = cloud
        .pages(
            SERVICE,
            "ListConfigurations",
            |token| cloud.kafka.list_configurations().max_results(100).set_next_token(token).send(),
            |page| (page.configurations, page.next_token),
        )
        .await?;
    Ok(all)
}

async fn described(
    cloud: &Cloud,
    configuration: Listed,
    deployment: &str,
) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = configuration.arn.unwrap_or_default();
    let latest = configuration.latest_revision;
    let revision = latest.as_ref().and_then(|latest| latest.revision).unwrap_or(1);
    let sent = cloud.kafka.describe_configuration_revision().arn(&arn).revision(revision).send();
    let told = unless_gone(cloud.call(SERVICE, "DescribeConfigurationRevision", sent).await)?;
    let Some(told) = told else { return Ok(None) };
    let text = told.server_properties.map(|given| String::from_utf8_lossy(given.as_ref()).into_owned());
    let arguments = Arguments {
        name: configuration.name.unwrap_or_default(),
        kafka_versions: configuration.kafka_versions.unwrap_or_default(),
        server_properties: text.unwrap_or_default(),
    };
    let mut found = Found::new(arn.clone(), arguments);
    found.computed = computed([("arn", Some(arn))]);
    #[expect(clippy::cast_precision_loss, reason = "revisions are counted from one")]
    found.computed.insert("latest_revision".to_owned(), Value::Number(revision as f64));
    let descriptions = [configuration.description, latest.and_then(|latest| latest.description)];
    found.state = match configuration.state {
        Some(ConfigurationState::Deleting) => State::Deleting,
        // Also what could not be deleted is there, and can be used.
        _ => State::Ready,
    };
    found.of_ours = descriptions.into_iter().flatten().any(|text| text == mark(deployment));
    Ok(Some(found))
}

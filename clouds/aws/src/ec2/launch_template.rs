//! `aws_launch_template`: each change is a new version of it.

mod data;

use std::collections::BTreeMap;

use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateFluentBuilder;
use aws_sdk_ec2::types::{LaunchTemplate as Template, ResourceType};
use provision_engine::Value;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Which, filter, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct LaunchTemplate;

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: Option<String>,
    /// Whether the newest version is the one that is taken where none is named.
    update_default_version: Option<bool>,
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    user_data: Option<String>,
    ebs_optimized: Option<bool>,
    disable_api_termination: Option<bool>,
    disable_api_stop: Option<bool>,
    #[serde(default)]
    vpc_security_group_ids: Vec<String>,
    #[serde(default)]
    iam_instance_profile: Vec<data::Profile>,
    #[serde(default)]
    metadata_options: Vec<data::Metadata>,
    #[serde(default)]
    block_device_mappings: Vec<data::Device>,
    #[serde(default)]
    monitoring: Vec<data::Monitoring>,
    #[serde(default)]
    tag_specifications: Vec<data::TagsOf>,
}

impl Kind for LaunchTemplate {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_launch_template";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut templates = templates(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        for names in wanted.names.chunks(super::VALUES) {
            let filters = vec![filter("launch-template-name", names.iter().cloned())];
            templates.extend(self::templates(cloud, filters).await?);
        }
        let by_id: BTreeMap<_, _> =
            templates.into_iter().map(|template| (template.launch_template_id.clone(), template)).collect();
        let mut all = Vec::new();
        for template in by_id.into_values() {
            all.extend(found(cloud, template).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        // A filter by id would be a list of all: there is none.
        let sent = cloud.ec2.describe_launch_templates().launch_template_ids(&known.id).send();
        let told = unless_gone(cloud.call("ec2", "DescribeLaunchTemplates", sent).await)?;
        match told.and_then(|told| told.launch_templates).and_then(|mut templates| templates.pop()) {
            Some(template) => found(cloud, template).await,
            None => Ok(None),
        }
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let made = cloud.call("ec2", "CreateLaunchTemplate", ask(cloud, order).send()).await?;
        Ok(made.launch_template.and_then(|template| template.launch_template_id).unwrap_or_default())
    }

    async fn rehearse(cloud: &Cloud, order: &Order<Arguments>) -> Result<(), Failed> {
        let sent = ask(cloud, order).dry_run(true).send();
        cloud.call("ec2", "CreateLaunchTemplate", sent).await.map(|_| ())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let newest = if order.changed_beyond("update_default_version") {
            Some(new_version(cloud, known, &order.arguments).await?)
        } else {
            known.computed.get("latest_version").and_then(version)
        };
        match newest.filter(|_| order.arguments.update_default_version == Some(true)) {
            Some(newest) => {
                let ask = cloud.ec2.modify_launch_template().launch_template_id(&known.id);
                let sent = ask.default_version(newest.to_string()).send();
                Ok(cloud.call("ec2", "ModifyLaunchTemplate", sent).await.map(|_| ())?)
            }
            None => Ok(()),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_launch_template().launch_template_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteLaunchTemplate", sent).await).map(|_| ())
    }

    tagged!();
}

fn ask(cloud: &Cloud, order: &Order<Arguments>) -> CreateLaunchTemplateFluentBuilder {
    cloud
        .ec2
        .create_launch_template()
        .set_launch_template_name(order.arguments.name.clone())
        .launch_template_data(data::request(&order.arguments))
        .client_token(&order.token)
        .tag_specifications(specification(ResourceType::LaunchTemplate, &order.tags))
}

/// The same version for the same change of the same version: a repeated call makes one.
async fn new_version(cloud: &Cloud, known: &Known<Arguments>, after: &Arguments) -> Result<i64, Failure> {
    let told = serde_json::to_string(after).unwrap_or_default();
    let before = known.computed.get("latest_version").and_then(version).unwrap_or_default();
    let digest = Sha256::digest(format!("{}/{before}/{told}", known.id));
    let token: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let sent = cloud
        .ec2
        .create_launch_template_version()
        .launch_template_id(&known.id)
        .launch_template_data(data::request(after))
        .client_token(token)
        .send();
    let made = cloud.call("ec2", "CreateLaunchTemplateVersion", sent).await?;
    Ok(made.launch_template_version.and_then(|made| made.version_number).unwrap_or(before + 1))
}

fn version(value: &Value) -> Option<i64> {
    value.as_text()?.parse().ok()
}

async fn templates(
    cloud: &Cloud,
    filters: Vec<aws_sdk_ec2::types::Filter>,
) -> Result<Vec<Template>, Failure> {
    let ask = |token| {
        let ask = cloud.ec2.describe_launch_templates().set_filters(Some(filters.clone()));
        ask.max_results(200).set_next_token(token).send()
    };
    let split = |page: aws_sdk_ec2::operation::describe_launch_templates::DescribeLaunchTemplatesOutput| {
        (page.launch_templates, page.next_token)
    };
    Ok(cloud.pages("ec2", "DescribeLaunchTemplates", ask, split).await?)
}

/// What a template says stands in its versions: one call each, there is none for several templates.
async fn found(cloud: &Cloud, template: Template) -> Result<Option<Found<Arguments>>, Failure> {
    let id = template.launch_template_id.unwrap_or_default();
    let sent =
        cloud.ec2.describe_launch_template_versions().launch_template_id(&id).versions("$Latest").send();
    let told = unless_gone(cloud.call("ec2", "DescribeLaunchTemplateVersions", sent).await)?;
    let Some(newest) = told.and_then(|told| told.launch_template_versions).and_then(|mut all| all.pop())
    else {
        return Ok(None);
    };
    let mut arguments = newest.launch_template_data.map(data::arguments).unwrap_or_default();
    arguments.name = template.launch_template_name;
    arguments.update_default_version =
        Some(template.default_version_number == template.latest_version_number);
    let text = |number: Option<i64>| number.map(|number| number.to_string());
    let mut found = Found::new(id.clone(), arguments);
    found.tags = read_tags(template.tags.as_deref());
    let account = cloud.identity().await?.account.clone();
    found.computed = computed([
        ("arn", Some(cloud.arn("ec2", &account, &format!("launch-template/{id}")))),
        ("latest_version", text(template.latest_version_number)),
        ("default_version", text(template.default_version_number)),
    ]);
    Ok(Some(found))
}

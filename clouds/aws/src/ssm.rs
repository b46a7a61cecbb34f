//! `aws_ssm_parameter`

use std::collections::BTreeMap;

use aws_sdk_ssm::types::{Parameter, ParameterStringFilter, ResourceTypeForTagging, Tag};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use crate::attributes::computed;
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, Found, Kind, Known, Order, Wanted, implemented};
use crate::tags::{self, Tags};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<Value>()]
}

struct Value;

/// Only what may be read: a value that is secret belongs into the secret store.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    name: String,
    r#type: String,
    value: Option<String>,
    description: Option<String>,
    tier: Option<String>,
    data_type: Option<String>,
}

/// As many names as one call takes (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html).
const NAMES: usize = 10;

impl Kind for Value {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_ssm_parameter";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let filter = ParameterStringFilter::builder()
            .key(format!("tag:{}", tags::DEPLOYMENT))
            .values(&wanted.deployment)
            .build()
            .map_err(|error| Failure::new(Class::Fatal, error.to_string()))?;
        let described = cloud
            .pages(
                "ssm",
                "DescribeParameters",
                |token| {
                    let ask = cloud.ssm.describe_parameters().parameter_filters(filter.clone());
                    ask.max_results(50).set_next_token(token).send()
                },
                |page| (page.parameters, page.next_token),
            )
            .await?;
        let mut meta = BTreeMap::new();
        for parameter in described {
            let tier = parameter.tier.map(|tier| tier.as_str().to_owned());
            meta.insert(parameter.name.unwrap_or_default(), (parameter.description, tier));
        }
        let mut names: Vec<String> = meta.keys().cloned().collect();
        names.extend(wanted.names.iter().filter(|name| !meta.contains_key(*name)).cloned());
        found(cloud, &names, &meta).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let name = &order.arguments.name;
        let sent = put(cloud, order).set_tags(Some(written(&order.tags)?)).send();
        match cloud.call("ssm", "PutParameter", sent).await {
            Ok(_) => Ok(name.clone()),
            Err(failed) if failed.code == "ParameterAlreadyExists" => {
                adopted(order, named(cloud, name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        // Tags may not stand in a call that overwrites.
        let sent = put(cloud, order).overwrite(true).send();
        Ok(cloud.call("ssm", "PutParameter", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ssm.delete_parameter().name(&known.id).send();
        unless_gone(cloud.call("ssm", "DeleteParameter", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let ask = cloud.ssm.add_tags_to_resource().resource_type(ResourceTypeForTagging::Parameter);
        let sent = ask.resource_id(&known.id).set_tags(Some(written(tags)?)).send();
        Ok(cloud.call("ssm", "AddTagsToResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let ask = cloud.ssm.remove_tags_from_resource().resource_type(ResourceTypeForTagging::Parameter);
        let sent = ask.resource_id(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("ssm", "RemoveTagsFromResource", sent).await).map(|_| ())
    }
}

fn put(
    cloud: &Cloud,
    order: &Order<Arguments>,
) -> aws_sdk_ssm::operation::put_parameter::builders::PutParameterFluentBuilder {
    let arguments = &order.arguments;
    cloud
        .ssm
        .put_parameter()
        .name(&arguments.name)
        .r#type(arguments.r#type.as_str().into())
        .set_value(arguments.value.clone())
        .set_description(arguments.description.clone())
        .set_tier(arguments.tier.as_deref().map(Into::into))
        .set_data_type(arguments.data_type.clone())
}

fn written(tags: &Tags) -> Result<Vec<Tag>, Failure> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder()
            .key(key)
            .value(value)
            .build()
            .map_err(|error| Failure::new(Class::Fatal, error.to_string()))
    };
    tags.iter().map(tag).collect()
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    Ok(found(cloud, &[name.to_owned()], &BTreeMap::new()).await?.pop())
}

/// By name: what describes a parameter beside its value.
type Meta = BTreeMap<String, (Option<String>, Option<String>)>;

async fn found(cloud: &Cloud, names: &[String], meta: &Meta) -> Result<Vec<Found<Arguments>>, Failure> {
    let mut all = Vec::new();
    for names in names.chunks(NAMES) {
        // Without decryption: what is secret stays so.
        let sent = cloud.ssm.get_parameters().set_names(Some(names.to_vec())).send();
        let told = cloud.call("ssm", "GetParameters", sent).await?;
        for parameter in told.parameters.unwrap_or_default() {
            let name = parameter.name.clone().unwrap_or_default();
            let ask = cloud.ssm.list_tags_for_resource().resource_type(ResourceTypeForTagging::Parameter);
            let sent = ask.resource_id(&name).send();
            let Some(tags) = unless_gone(cloud.call("ssm", "ListTagsForResource", sent).await)? else {
                continue;
            };
            let (description, tier) = meta.get(&name).cloned().unwrap_or_default();
            let mut found = live(parameter, description, tier);
            found.tags =
                tags.tag_list.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
            all.push(found);
        }
    }
    Ok(all)
}

fn live(parameter: Parameter, description: Option<String>, tier: Option<String>) -> Found<Arguments> {
    let name = parameter.name.unwrap_or_default();
    let secret = parameter.r#type.as_ref().is_some_and(|kind| kind.as_str() == "SecureString");
    let arguments = Arguments {
        name: name.clone(),
        r#type: parameter.r#type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        value: parameter.value.filter(|_| !secret),
        description,
        tier,
        data_type: parameter.data_type,
    };
    let mut found = Found::new(name, arguments);
    found.computed = computed([("arn", parameter.arn), ("version", Some(parameter.version.to_string()))]);
    found
}

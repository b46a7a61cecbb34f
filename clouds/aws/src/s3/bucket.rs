//! `aws_s3_bucket`

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Tagging};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::{is_own, tags, tags_in, written};
use crate::attributes::computed;
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Bucket;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
}

impl Kind for Bucket {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let all = super::candidates(cloud, wanted).await?;
        Ok(all.iter().map(|(name, tags)| live(cloud, name, tags.clone())).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    /// In us-east-1 a repeat answers as if it had made the bucket, whoever's tags it has: so one looks first
    /// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, BucketAlreadyOwnedByYou). Where one may not
    /// look, it is another account's, which that call says, or one's own.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let name = &order.arguments.bucket;
        let taken = || crate::failure::Failed {
            code: "BucketAlreadyOwnedByYou".to_owned(),
            failure: Failure::new(Class::Fatal, format!("the bucket `{name}` exists already")),
        };
        match tags_in(cloud, name, &cloud.identity().await?.account).await {
            Ok(Some(tags)) => return adopted(order, Some(live(cloud, name, tags)), taken()),
            Ok(None) => {}
            Err(failed) if failed.code == "AccessDenied" && !is_own(cloud, name).await? => {}
            Err(failed) => return Err(failed.into()),
        }
        let region = cloud.region();
        let place = (region != "us-east-1").then(|| BucketLocationConstraint::from(region));
        let settings = CreateBucketConfiguration::builder()
            .set_location_constraint(place)
            .set_tags(Some(written(&order.tags)))
            .build();
        let sent = cloud.s3.create_bucket().bucket(name).create_bucket_configuration(settings).send();
        match cloud.call("s3", "CreateBucket", sent).await {
            Ok(_) => Ok(name.clone()),
            Err(failed) if failed.code == "BucketAlreadyOwnedByYou" => {
                adopted(order, named(cloud, name).await?, failed)
            }
            Err(failed) if failed.code == "BucketAlreadyExists" => {
                let message = format!(
                    "the name `{name}` is another account's: names of buckets are shared by everybody"
                );
                Err(Failure::new(Class::Fatal, message))
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Its name is all there is to it.
        Ok(())
    }

    /// A bucket with objects is refused: nobody's data goes in passing.
    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let owner = &cloud.identity().await?.account;
        let sent = cloud.s3.delete_bucket().bucket(&known.id).expected_bucket_owner(owner).send();
        match cloud.call("s3", "DeleteBucket", sent).await {
            Err(failed) if failed.code == "BucketNotEmpty" => {
                let id = &known.id;
                let message =
                    format!("the bucket `{id}` is not empty; empty it first, its older versions too");
                Err(Failure::new(Class::Fatal, message))
            }
            result => unless_gone(result).map(|_| ()),
        }
    }

    /// Tags of a bucket are written all at once: those of others stay.
    async fn tag(cloud: &Cloud, known: &Known<Arguments>, wanted: &Tags) -> Result<(), Failure> {
        let mut all = tags(cloud, &known.id).await?.unwrap_or_default();
        all.extend(wanted.clone());
        put_tags(cloud, &known.id, &all).await
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let mut all = tags(cloud, &known.id).await?.unwrap_or_default();
        all.retain(|key, _| !keys.contains(key));
        put_tags(cloud, &known.id, &all).await
    }
}

async fn put_tags(cloud: &Cloud, bucket: &str, tags: &Tags) -> Result<(), Failure> {
    let set = Tagging::builder().set_tag_set(Some(written(tags))).build().expect("the set is set");
    let sent = cloud.s3.put_bucket_tagging().bucket(bucket).tagging(set).send();
    Ok(cloud.call("s3", "PutBucketTagging", sent).await.map(|_| ())?)
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    Ok(tags(cloud, name).await?.map(|tags| live(cloud, name, tags)))
}

fn live(cloud: &Cloud, name: &str, tags: Tags) -> Found<Arguments> {
    let region = cloud.region();
    let mut found = Found::new(name, Arguments { bucket: name.to_owned() });
    found.computed = computed([
        ("arn", Some(format!("arn:{}:s3:::{name}", cloud.partition()))),
        ("bucket_domain_name", Some(format!("{name}.s3.amazonaws.com"))),
        ("bucket_regional_domain_name", Some(format!("{name}.s3.{region}.amazonaws.com"))),
        ("region", Some(region.to_owned())),
    ]);
    found.tags = tags;
    found
}

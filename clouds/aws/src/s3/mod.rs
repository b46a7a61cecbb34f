//! S3: buckets, and their settings, each of which is a kind of its own.

mod bucket;
mod encryption;
mod lifecycle;
mod ownership;
mod policy;
mod public_access;
mod versioning;

use aws_sdk_s3::types::Tag;
use provision_engine::driver::Failure;

use crate::belonging::{is_of, may_be_ours};
use crate::connection::Cloud;
use crate::failure::Failed;
use crate::kind::{AnyKind, Found, Wanted, implemented};
use crate::tags::Tags;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<bucket::Bucket>(),
        implemented::<encryption::Encryption>(),
        implemented::<lifecycle::Lifecycle>(),
        implemented::<ownership::Ownership>(),
        implemented::<policy::Policy>(),
        implemented::<public_access::PublicAccess>(),
        implemented::<versioning::Versioning>(),
    ]
}

/// Buckets of the account that may be the deployment's, with their tags; asked for once for all kinds here.
async fn candidates<'a>(cloud: &Cloud, wanted: &'a Wanted) -> Result<&'a [(String, Tags)], Failure> {
    let found = wanted.shared.buckets.get_or_try_init(|| tagged_buckets(cloud, wanted)).await?;
    Ok(found)
}

async fn tagged_buckets(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<(String, Tags)>, Failure> {
    let wanted = Wanted { names: wanted.shared.bucket_names.clone(), ..wanted.clone() };
    let mut all = Vec::new();
    for name in names(cloud).await?.into_iter().filter(|name| may_be_ours(name, &wanted)) {
        if let Some(tags) = tags(cloud, &name).await? {
            all.push((name, tags));
        }
    }
    Ok(all)
}

async fn own(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    let all = candidates(cloud, wanted).await?;
    let own = all.iter().filter(|(_, tags)| is_of(tags, &wanted.deployment));
    Ok(own.map(|(name, _)| name.clone()).collect())
}

/// None when there is no such bucket.
async fn tags(cloud: &Cloud, bucket: &str) -> Result<Option<Tags>, Failure> {
    let owner = &cloud.identity().await?.account;
    Ok(tags_in(cloud, bucket, owner).await?)
}

/// Of a bucket of that account. Another's is refused with the words for a permission that is missing
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html).
async fn tags_in(cloud: &Cloud, bucket: &str, owner: &str) -> Result<Option<Tags>, Failed> {
    let sent = cloud.s3.get_bucket_tagging().bucket(bucket).expected_bucket_owner(owner).send();
    match cloud.call("s3", "GetBucketTagging", sent).await {
        Ok(told) => Ok(Some(told.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect())),
        Err(failed) if failed.code == "NoSuchTagSet" => Ok(Some(Tags::new())),
        Err(failed) if failed.code == "NoSuchBucket" => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Whether the account's own list has it.
async fn is_own(cloud: &Cloud, name: &str) -> Result<bool, Failure> {
    Ok(names(cloud).await?.iter().any(|own| own == name))
}

/// The buckets of the account in this region.
async fn names(cloud: &Cloud) -> Result<Vec<String>, Failure> {
    let buckets = cloud
        .pages(
            "s3",
            "ListBuckets",
            |token| {
                let ask = cloud.s3.list_buckets().bucket_region(cloud.region());
                ask.max_buckets(1000).set_continuation_token(token).send()
            },
            |page| (page.buckets, page.continuation_token),
        )
        .await?;
    Ok(buckets.into_iter().filter_map(|bucket| bucket.name).collect())
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

/// A setting goes by its bucket's name and belongs to whom the bucket belongs to.
fn of_bucket<A>(bucket: &str, arguments: A) -> Found<A> {
    let mut found = Found::new(bucket, arguments);
    found.of_ours = true;
    found
}

/// What all settings do alike: each has `read`, `put` and `clear`.
macro_rules! setting {
    () => {
        async fn list(
            cloud: &$crate::connection::Cloud,
            wanted: &$crate::kind::Wanted,
        ) -> Result<Vec<$crate::kind::Found<Arguments>>, provision_engine::driver::Failure> {
            let mut all = Vec::new();
            for bucket in super::own(cloud, wanted).await? {
                all.extend(read(cloud, &bucket).await?.map(|arguments| super::of_bucket(&bucket, arguments)));
            }
            Ok(all)
        }

        async fn look(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Arguments>,
        ) -> Result<Option<$crate::kind::Found<Arguments>>, provision_engine::driver::Failure> {
            let bucket = &known.arguments.bucket;
            Ok(read(cloud, bucket).await?.map(|arguments| super::of_bucket(bucket, arguments)))
        }

        async fn create(
            cloud: &$crate::connection::Cloud,
            order: &$crate::kind::Order<Arguments>,
        ) -> Result<String, provision_engine::driver::Failure> {
            put(cloud, &order.arguments).await?;
            Ok(order.arguments.bucket.clone())
        }

        async fn update(
            cloud: &$crate::connection::Cloud,
            _: &$crate::kind::Known<Arguments>,
            order: &$crate::kind::Order<Arguments>,
        ) -> Result<(), provision_engine::driver::Failure> {
            put(cloud, &order.arguments).await
        }

        async fn delete(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Arguments>,
        ) -> Result<(), provision_engine::driver::Failure> {
            clear(cloud, &known.arguments.bucket).await
        }
    };
}
use setting;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use provision_engine::ledger::{Expected, Stored, Version};
use provision_store::{Fault, Place, Sent, patiently};

use super::fault::{fault, status};
use super::s3;

/// A ledger's keys beneath a prefix of a bucket.
pub struct S3 {
    client: Client,
    bucket: String,
    prefix: String,
}

impl S3 {
    /// Looks where the bucket is, and that it is there.
    pub async fn open(configuration: &SdkConfig, bucket: &str, prefix: &str) -> Result<Self, Fault> {
        let region = region_of(s3(configuration, None), bucket).await?;
        let client = s3(configuration, region);
        Ok(S3 { client, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    fn path(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }
}

/// The bucket's region, where it is not the one that was asked.
async fn region_of(client: Client, bucket: &str) -> Result<Option<String>, Fault> {
    let bucket = bucket.to_owned();
    patiently(move || {
        let (client, bucket) = (client.clone(), bucket.clone());
        Box::pin(async move {
            let error = match client.head_bucket().bucket(&bucket).send().await {
                Ok(found) => return Ok(found.bucket_region().map(str::to_owned)),
                Err(error) => error,
            };
            let elsewhere =
                error.raw_response().and_then(|answer| answer.headers().get("x-amz-bucket-region"));
            match (status(&error), elsewhere) {
                (Some(301 | 400), Some(region)) => Ok(Some(region.to_owned())),
                (Some(404), _) => Err(Fault::Failed(format!(
                    "there is no bucket `{bucket}`; `provision bootstrap` makes it"
                ))),
                (Some(403), _) => Err(Fault::Failed(format!(
                    "`{bucket}` belongs to somebody else, or the permission `s3:ListBucket` is missing"
                ))),
                _ => Err(fault(&format!("`{bucket}` can't be found"), &error)),
            }
        })
    })
    .await
}

impl Place for S3 {
    fn name(&self) -> String {
        if self.prefix.is_empty() {
            format!("s3://{}", self.bucket)
        } else {
            format!("s3://{}/{}", self.bucket, self.prefix)
        }
    }

    fn get<'a>(&'a self, key: &'a str) -> Sent<'a, Result<Option<Stored>, Fault>> {
        Box::pin(async move {
            let path = self.path(key);
            let found = match self.client.get_object().bucket(&self.bucket).key(&path).send().await {
                Ok(found) => found,
                Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                    return Ok(None);
                }
                Err(error) => return Err(fault(&format!("`{path}` can't be read"), &error)),
            };
            let version = found.e_tag().unwrap_or_default().to_owned();
            let content = found.body.collect().await;
            let content =
                content.map_err(|error| Fault::Unanswered(format!("`{path}` broke off: {error}")))?;
            Ok(Some(Stored { content: content.to_vec(), version }))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Sent<'a, Result<Version, Fault>> {
        Box::pin(async move {
            let path = self.path(key);
            let put = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(&path)
                .content_type("application/json")
                .body(ByteStream::from(content.to_vec()));
            let put = match expected {
                Expected::Absent => put.if_none_match("*"),
                Expected::Version(version) => put.if_match(version),
            };
            match put.send().await {
                Ok(done) => Ok(done.e_tag().unwrap_or_default().to_owned()),
                Err(error) => Err(match (status(&error), expected) {
                    (Some(412), _) => Fault::Refused,
                    // Two at once: one of them is told so, and has to look again.
                    (Some(409), _) => Fault::Unanswered(format!("`{path}` is being written by another")),
                    // What was to be replaced is gone.
                    (Some(404), Expected::Version(_)) => Fault::Refused,
                    _ => fault(&format!("`{path}` can't be written"), &error),
                }),
            }
        })
    }
}

use bytes::Bytes;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::client::Storage;
use provision_engine::ledger::{Expected, Stored, Version};
use provision_store::{Fault, Place, Sent};

use crate::fault::{fault, status};
use crate::{Settings, address, credentials};

/// More than a ledger ever holds: what is below goes up in one request.
const ONE_REQUEST: usize = 64 << 20;

/// A ledger's keys beneath a prefix of a bucket. A state of a key is its generation.
pub struct Gcs {
    client: Storage,
    bucket: String,
    prefix: String,
}

impl Gcs {
    pub async fn open(settings: &Settings, bucket: &str, prefix: &str) -> Result<Self, Fault> {
        let mut builder = Storage::builder()
            .with_credentials(credentials(settings.storage.is_some())?)
            .with_resumable_upload_threshold(ONE_REQUEST)
            // Trying again is ours.
            .with_retry_policy(NeverRetry);
        if let Some(named) = &settings.storage {
            builder = builder.with_endpoint(address(named));
        }
        let client =
            builder.build().await.map_err(|error| Fault::Failed(format!("no client for Google: {error}")))?;
        Ok(Gcs { client, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    fn path(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }

    fn resource(&self) -> String {
        format!("projects/_/buckets/{}", self.bucket)
    }
}

impl Place for Gcs {
    fn name(&self) -> String {
        if self.prefix.is_empty() {
            format!("gs://{}", self.bucket)
        } else {
            format!("gs://{}/{}", self.bucket, self.prefix)
        }
    }

    fn get<'a>(&'a self, key: &'a str) -> Sent<'a, Result<Option<Stored>, Fault>> {
        Box::pin(async move {
            let path = self.path(key);
            let mut found = match self.client.read_object(self.resource(), path.as_str()).send().await {
                Ok(found) => found,
                // A bucket that is not there looks the same; the first write tells.
                Err(error) if status(&error) == Some(404) => return Ok(None),
                Err(error) => return Err(fault(&format!("`{path}` can't be read"), &error)),
            };
            let version = found.object().generation.to_string();
            let mut content = Vec::new();
            while let Some(part) = found.next().await {
                let part = part.map_err(|error| Fault::Unanswered(format!("`{path}` broke off: {error}")))?;
                content.extend_from_slice(&part);
            }
            Ok(Some(Stored { content, version }))
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
            let generation: i64 = match expected {
                Expected::Absent => 0,
                Expected::Version(version) => version
                    .parse()
                    .map_err(|_| Fault::Failed(format!("`{version}` is no generation of an object")))?,
            };
            let written = self
                .client
                .write_object(self.resource(), path.as_str(), Bytes::copy_from_slice(content))
                .set_if_generation_match(generation)
                .set_content_type("application/json")
                .send_unbuffered()
                .await;
            match written {
                Ok(object) => Ok(object.generation.to_string()),
                Err(error) if status(&error) == Some(412) => Err(Fault::Refused),
                Err(error) if status(&error) == Some(404) => Err(Fault::Failed(format!(
                    "there is no bucket `{}`; `provision bootstrap` makes it",
                    self.bucket
                ))),
                Err(error) => Err(fault(&format!("`{path}` can't be written"), &error)),
            }
        })
    }
}

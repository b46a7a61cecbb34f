use azure_core::http::{Etag, RequestContent};
use azure_storage_blob::BlobContainerClient;
use azure_storage_blob::models::BlobClientUploadOptions;
use provision_engine::ledger::{Expected, Stored, Version};
use provision_store::{Fault, Place, Sent};

use crate::Account;
use crate::fault::{code, fault, status};

/// A ledger's keys beneath a prefix of a container. A state of a key is its ETag, which is never the same twice.
pub struct Blobs {
    client: BlobContainerClient,
    account: String,
    container: String,
    prefix: String,
}

impl Blobs {
    pub fn open(account: &Account, container: &str, prefix: &str) -> Result<Self, Fault> {
        Ok(Blobs {
            client: account.container(container)?,
            account: account.name.clone(),
            container: container.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    fn path(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }

    fn no_container(&self) -> Fault {
        Fault::Failed(format!("there is no container `{}`; `provision bootstrap` makes it", self.container))
    }
}

impl Place for Blobs {
    fn name(&self) -> String {
        let place = format!("azblob://{}/{}", self.account, self.container);
        if self.prefix.is_empty() { place } else { format!("{place}/{}", self.prefix) }
    }

    fn get<'a>(&'a self, key: &'a str) -> Sent<'a, Result<Option<Stored>, Fault>> {
        Box::pin(async move {
            let path = self.path(key);
            let found = match self.client.blob_client(&path).download(None).await {
                Ok(found) => found,
                Err(error) if code(&error) == "ContainerNotFound" => return Err(self.no_container()),
                Err(error) if status(&error) == Some(404) => return Ok(None),
                Err(error) => return Err(fault(&format!("`{path}` can't be read"), &error)),
            };
            let version = found.properties.etag.as_ref().map(|etag| etag.as_ref().to_owned());
            let content = found.body.collect().await;
            let content = content.map_err(|_| Fault::Unanswered(format!("`{path}` broke off")))?;
            Ok(Some(Stored { content: content.to_vec(), version: version.unwrap_or_default() }))
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
            let mut options = BlobClientUploadOptions {
                blob_content_type: Some("application/json".to_owned()),
                ..BlobClientUploadOptions::default()
            };
            match expected {
                Expected::Absent => options = options.if_not_exists(),
                Expected::Version(version) => options.if_match = Some(Etag::from(version.as_str())),
            }
            let content = RequestContent::from(content.to_vec());
            match self.client.blob_client(&path).upload(content, Some(options)).await {
                Ok(done) => Ok(done.etag.map(|etag| etag.as_ref().to_owned()).unwrap_or_default()),
                Err(error) => Err(match (status(&error), code(&error)) {
                    (_, "ContainerNotFound") => self.no_container(),
                    (_, "LeaseIdMissing" | "LeaseNotPresentWithBlobOperation") => Fault::Failed(format!(
                        "somebody holds a lease of Azure's own on `{path}`: break it, nobody here needs one"
                    )),
                    // A create of what exists is a conflict here, not a condition that failed.
                    (Some(412), _) | (_, "BlobAlreadyExists") => Fault::Refused,
                    // What was to be replaced is gone.
                    (Some(404), _) if *expected != Expected::Absent => Fault::Refused,
                    _ => fault(&format!("`{path}` can't be written"), &error),
                }),
            }
        })
    }
}

//! Where a ledger is: `s3://bucket/prefix`, `gs://bucket/prefix`, `azblob://account/container/prefix`, `file:PATH`.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder: one machine only.
    File(PathBuf),
    S3 {
        bucket: String,
        prefix: String,
    },
    Google {
        bucket: String,
        prefix: String,
    },
    Azure {
        account: String,
        container: String,
        prefix: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no place for a ledger: it is `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, `azblob://ACCOUNT/CONTAINER/PREFIX` or `file:FOLDER`"
)]
pub struct NoLocation(String);

impl Location {
    pub fn is_shared(&self) -> bool {
        !matches!(self, Location::File(_))
    }

    /// The same place for one deployment: several may share a bucket, and its name keeps them apart. A prefix that ends
    /// with the name is meant for it alone.
    #[must_use]
    pub fn of(mut self, deployment: &str) -> Self {
        match &mut self {
            Location::File(_) => {}
            Location::S3 { prefix, .. }
            | Location::Google { prefix, .. }
            | Location::Azure { prefix, .. } => {
                if prefix.rsplit('/').next() != Some(deployment) {
                    *prefix = format!("{prefix}/{deployment}").trim_start_matches('/').to_owned();
                }
            }
        }
        self
    }
}

/// A name that is one word of a path, and neither `.` nor `..`.
fn is_word(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !text.is_empty() && text.chars().all(allowed) && !text.chars().all(|c| c == '.')
}

fn words(rest: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    words.iter().all(|word| is_word(word)).then_some(words)
}

impl TryFrom<&str> for Location {
    type Error = NoLocation;

    fn try_from(text: &str) -> Result<Self, NoLocation> {
        let refused = || NoLocation(text.to_owned());
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Location::File(PathBuf::from(path)));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let words = words(rest).ok_or_else(refused)?;
        match (scheme, words.as_slice()) {
            ("s3", [bucket, prefix @ ..]) => {
                Ok(Location::S3 { bucket: (*bucket).to_owned(), prefix: prefix.join("/") })
            }
            ("gs", [bucket, prefix @ ..]) => {
                Ok(Location::Google { bucket: (*bucket).to_owned(), prefix: prefix.join("/") })
            }
            ("azblob", [account, container, prefix @ ..]) => Ok(Location::Azure {
                account: (*account).to_owned(),
                container: (*container).to_owned(),
                prefix: prefix.join("/"),
            }),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = |prefix: &str| if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        match self {
            Location::File(path) => write!(f, "file:{}", path.display()),
            Location::S3 { bucket, prefix } => write!(f, "s3://{bucket}{}", after(prefix)),
            Location::Google { bucket, prefix } => write!(f, "gs://{bucket}{}", after(prefix)),
            Location::Azure { account, container, prefix } => {
                write!(f, "azblob://{account}/{container}{}", after(prefix))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        Location::try_from(text).unwrap().of("orders").to_string()
    }

    #[test]
    fn deployments_that_share_a_bucket_are_kept_apart() {
        assert_eq!(of("s3://team"), "s3://team/orders");
        assert_eq!(of("s3://team/"), "s3://team/orders");
        assert_eq!(of("gs://team/orders"), "gs://team/orders");
        assert_eq!(of("gs://team/old-orders"), "gs://team/old-orders/orders");
        assert_eq!(of("azblob://account/ledger"), "azblob://account/ledger/orders");
        assert_eq!(of("file:./kept/here"), "file:./kept/here");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [
            "",
            "file:",
            "s3://",
            "s3:///x",
            "s3://a//b",
            "s3://a/../b",
            "http://x/y",
            "azblob://account",
            "s3:x",
            "S3://a",
            "s3://a b",
            "gs://a/b?c=d",
        ] {
            assert!(Location::try_from(text).is_err(), "{text}");
        }
    }
}

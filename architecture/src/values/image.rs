use std::fmt;

use super::{Refusal, read_by_try_from};

/// A container image, as `registry/name:tag` or `name@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct ImageReference(String);

impl ImageReference {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn digest(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, digest)| digest)
    }

    /// The tag, where there is one: a colon after the last slash.
    pub fn tag(&self) -> Option<&str> {
        let name = self.0.split('@').next().unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        last.split_once(':').map(|(_, tag)| tag)
    }

    /// Whether the same reference always means the same image (as far as a tag can promise it).
    pub fn is_pinned(&self) -> bool {
        self.digest().is_some() || self.tag().is_some_and(|tag| !tag.starts_with("latest"))
    }
}

impl TryFrom<&str> for ImageReference {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let refusal = || {
            "an image is written like `registry.example.com/team/name:1.2.3` or `name@sha256:…`".to_owned()
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let good_digest = digest.is_none_or(|digest| {
            digest.strip_prefix("sha256:").is_some_and(|hash| {
                hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            })
        });
        let good_part = |part: &str| {
            !part.is_empty()
                && part.starts_with(|c: char| c.is_ascii_alphanumeric())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
                && part.matches(':').count() <= 1
                && !part.ends_with(':')
        };
        let good_name = name.len() <= 255 && name.split('/').all(good_part);
        if good_digest && good_name { Ok(Self(text.to_owned())) } else { Err(refusal()) }
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

read_by_try_from!(
    ImageReference,
    "A container image.",
    Some("^[A-Za-z0-9][A-Za-z0-9._:/@-]*$"),
    &["kestra/kestra:v1.3.15"]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_or_not() {
        let digest = format!("kestra/kestra@sha256:{}", "0a".repeat(32));
        for (text, pinned) in [
            ("kestra/kestra:v1.3.15", true),
            ("localhost:5000/kestra", false),
            ("localhost:5000/kestra:1", true),
            ("rudder-server:latest", false),
            ("rudder-server", false),
            (digest.as_str(), true),
        ] {
            assert_eq!(ImageReference::try_from(text).expect(text).is_pinned(), pinned, "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["", "a b", "a:", "a@sha256:12", "a//b", "-a", "a:b:c", "$(id)", "a:b\n"] {
            assert!(ImageReference::try_from(bad).is_err(), "{bad}");
        }
    }
}

//! Where a ledger may be: a store of a cloud, by the names that the cloud takes, or a folder.

use super::Refusal;

/// What a cloud takes as a name: how long, and which characters besides lower-case letters and digits.
struct Naming {
    what: &'static str,
    longest: usize,
    also: &'static str,
    /// What must not stand side by side.
    never: &'static [&'static str],
}

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const S3: Naming = Naming { what: "an S3 bucket", longest: 63, also: ".-", never: &[".."] };
/// https://cloud.google.com/storage/docs/buckets#naming
const GOOGLE: Naming = Naming { what: "a Cloud Storage bucket", longest: 222, also: "._-", never: &[".."] };
/// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
const ACCOUNT: Naming = Naming { what: "a storage account", longest: 24, also: "", never: &[] };
/// The same page.
const CONTAINER: Naming = Naming { what: "a storage container", longest: 63, also: "-", never: &["--"] };

impl Naming {
    fn check(&self, name: &str) -> Result<(), Refusal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let inner = |c: char| plain(c) || self.also.contains(c);
        let whole = name.chars().all(inner) && name.starts_with(plain) && name.ends_with(plain);
        let apart = !self.never.iter().any(|pair| name.contains(pair));
        if (3..=self.longest).contains(&name.len()) && whole && apart {
            return Ok(());
        }
        let also: Vec<String> = self.also.chars().map(|c| format!("`{c}`")).collect();
        let inside =
            if also.is_empty() { String::new() } else { format!(", with {} inside", also.join(", ")) };
        Err(format!(
            "`{name}` is no name of {}: 3 to {} lower-case letters and digits{inside}",
            self.what, self.longest
        ))
    }
}

pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let is_known = |c: char| c.is_ascii_alphanumeric() || "._:/-".contains(c);
    if let Some(other) = text.chars().find(|c| !is_known(*c)) {
        return Err(format!("holds {other:?}; it may hold letters, digits and `._:/-`"));
    }
    if text.len() > 300 {
        return Err("is longer than 300 characters".to_owned());
    }
    let (names, rest): (&[&Naming], &str) = if let Some(rest) = text.strip_prefix("s3://") {
        (&[&S3], rest)
    } else if let Some(rest) = text.strip_prefix("gs://") {
        (&[&GOOGLE], rest)
    } else if let Some(rest) = text.strip_prefix("azblob://") {
        (&[&ACCOUNT, &CONTAINER], rest)
    } else {
        let folder = text.strip_prefix("file:").is_some_and(|path| !path.trim_matches('/').is_empty());
        return if folder { Ok(()) } else { Err(forms()) };
    };
    let words: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    let is_word = |word: &&str| !word.chars().all(|c| c == '.') && !word.contains(':');
    if words.len() < names.len() || !words.iter().all(is_word) {
        return Err(forms());
    }
    names.iter().zip(words).try_for_each(|(naming, word)| naming.check(word))
}

fn forms() -> Refusal {
    "a ledger is `s3://BUCKET/…`, `gs://BUCKET/…`, `azblob://ACCOUNT/CONTAINER/…` or `file:FOLDER`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn places() {
        let longest = format!("s3://{}/orders", "a".repeat(63));
        for good in [
            "s3://bucket/orders",
            "s3://a-b.c/Orders/Two/",
            &longest,
            "gs://team_state",
            "azblob://account1/state-1/x",
            "file:./Ledger",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_no_place() {
        for bad in [
            "",
            "http://x",
            "azblob://account",
            "s3://abc//b",
            "gs://abc/../b",
            "file:",
            "s3://abc:b",
            "s3://",
            "s3://a b",
        ] {
            assert!(check(bad).unwrap_err().contains("`s3://BUCKET/…`") || bad.contains(' '), "{bad}");
        }
    }

    #[test]
    fn names_that_the_cloud_would_refuse() {
        let long = format!("s3://{}/orders", "a".repeat(64));
        for (bad, name) in [
            ("s3://Team/orders", "an S3 bucket"),
            ("s3://ab/orders", "an S3 bucket"),
            (long.as_str(), "an S3 bucket"),
            ("s3://a..b/orders", "an S3 bucket"),
            ("s3://-team/orders", "an S3 bucket"),
            ("s3://team_state/orders", "an S3 bucket"),
            ("gs://Team", "a Cloud Storage bucket"),
            ("azblob://my-account/state", "a storage account"),
            ("azblob://account/State", "a storage container"),
            ("azblob://account/a--b", "a storage container"),
        ] {
            let why = check(bad).unwrap_err();
            assert!(why.contains(name), "{bad}: {why}");
        }
    }
}

//! The signature of a storage account's own key, which the official client leaves to others.
//!
//! What is signed, and in which order: <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};
use azure_core::time::{OffsetDateTime, to_rfc7231};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use provision_store::Sealed;
use sha2::Sha256;

pub(crate) struct SharedKey {
    account: String,
    key: Vec<u8>,
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedKey({})", self.account)
    }
}

impl SharedKey {
    pub(crate) fn new(account: &str, key: &Sealed) -> Result<Self, String> {
        let key = BASE64_STANDARD.decode(key.open().trim());
        let key = key.map_err(|_| format!("the key of the storage account `{account}` is no base64"))?;
        Ok(SharedKey { account: account.to_owned(), key })
    }

    fn sign(&self, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key may be of any length");
        mac.update(text.as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }

    fn text_to_sign(&self, request: &Request) -> String {
        let header = |name: &str| {
            let found = request.headers().iter().find(|(at, _)| at.as_str().eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str().to_owned()).unwrap_or_default()
        };
        let length = match request.body().len() {
            Some(0) | None => String::new(),
            Some(length) => length.to_string(),
        };
        let own: BTreeMap<String, String> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_lowercase(), value.as_str().trim().to_owned()))
            .filter(|(name, _)| name.starts_with("x-ms-"))
            .collect();
        let own: String = own.into_iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let lines = [
            request.method().as_ref().to_owned(),
            header("content-encoding"),
            header("content-language"),
            length,
            header("content-md5"),
            header("content-type"),
            // The date stands in `x-ms-date`.
            String::new(),
            header("if-modified-since"),
            header("if-match"),
            header("if-none-match"),
            header("if-unmodified-since"),
            header("range"),
        ];
        format!("{}\n{own}{}", lines.join("\n"), self.resource(request))
    }

    fn resource(&self, request: &Request) -> String {
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in request.url().query_pairs() {
            query.entry(name.to_lowercase()).or_default().push(value.into_owned());
        }
        let mut text = format!("/{}{}", self.account, request.url().path());
        for (name, mut values) in query {
            values.sort();
            text += &format!("\n{name}:{}", values.join(","));
        }
        text
    }
}

#[async_trait]
impl Policy for SharedKey {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        request.insert_header("x-ms-date", to_rfc7231(&OffsetDateTime::now_utc()));
        let signature = self.sign(&self.text_to_sign(request));
        request.insert_header("authorization", format!("SharedKey {}:{signature}", self.account));
        next[0].send(context, request, &next[1..]).await
    }
}

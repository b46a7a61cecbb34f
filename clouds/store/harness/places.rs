//! The stores, and the ways into them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use provision_azure::{Access, Account, Blobs};
use provision_engine::ledger::{Store, Tried};
use provision_google::{Gcs, Settings};
use provision_store::{Fault, Founder as _, Founding, Remote, Sealed};
use provision_testing::emulators::{AZURE_ACCOUNT, AZURE_KEY};
use provision_testing::{Skipped, program};
use tokio::runtime::Runtime;

use super::World;

pub(crate) const BUCKET: &str = "ledgers";

/// What AWS' clients are told besides the endpoint. The emulator takes any credentials.
pub(crate) const AWS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    S3,
    Google,
    AzureKey,
    AzureSignature,
    AzureToken,
}

impl Kind {
    pub(crate) const ALL: [Kind; 5] =
        [Kind::S3, Kind::Google, Kind::AzureKey, Kind::AzureSignature, Kind::AzureToken];

    pub(crate) fn is_plain_http(self) -> bool {
        self != Kind::AzureToken
    }

    fn named(name: &str) -> Self {
        Kind::ALL.into_iter().find(|kind| format!("{kind:?}") == name).unwrap()
    }
}

/// Where a ledger is, in four words.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) endpoint: String,
    pub(crate) prefix: String,
    pub(crate) certificate: String,
}

impl Place {
    /// As arguments of a process.
    pub(crate) fn words(&self) -> [String; 4] {
        [format!("{:?}", self.kind), self.endpoint.clone(), self.prefix.clone(), self.certificate.clone()]
    }

    pub(crate) fn read(words: &[String]) -> Self {
        let [kind, endpoint, prefix, certificate] = words else { panic!("KIND ENDPOINT PREFIX CERTIFICATE") };
        Place {
            kind: Kind::named(kind),
            endpoint: endpoint.clone(),
            prefix: prefix.clone(),
            certificate: certificate.clone(),
        }
    }

    /// As the command line opens it. AWS' client reads where it is from the environment.
    pub(crate) fn open(&self, runtime: &Runtime) -> Result<Box<dyn Store>, Fault> {
        let handle = runtime.handle().clone();
        Ok(match self.kind {
            Kind::S3 => {
                let opened = runtime.block_on(async {
                    let configuration = provision_aws::store::configuration(None).await;
                    provision_aws::store::S3::open(&configuration, BUCKET, &self.prefix).await
                })?;
                Box::new(Tried::new(Remote::new(opened, handle)))
            }
            Kind::Google => {
                let settings = Settings { storage: Some(self.endpoint.clone()), ..Settings::default() };
                let opened = runtime.block_on(Gcs::open(&settings, BUCKET, &self.prefix))?;
                Box::new(Tried::new(Remote::new(opened, handle)))
            }
            Kind::AzureKey | Kind::AzureSignature | Kind::AzureToken => {
                let _inside = runtime.enter();
                let opened = Blobs::open(&self.account(), BUCKET, &self.prefix)?;
                Box::new(Tried::new(Remote::new(opened, handle)))
            }
        })
    }

    pub(crate) fn account(&self) -> Account {
        let (access, transport) = match self.kind {
            Kind::AzureSignature => (Access::Signature(Sealed::new(azure::signature())), None),
            Kind::AzureToken => {
                let transport = azure::trusting(Path::new(&self.certificate));
                (Access::Token(Arc::new(azure::Somebody)), Some(transport))
            }
            _ => (Access::Key(Sealed::new(AZURE_KEY.to_owned())), None),
        };
        Account {
            name: AZURE_ACCOUNT.to_owned(),
            endpoint: Some(format!("{}/{AZURE_ACCOUNT}", self.endpoint)),
            access,
            transport,
        }
    }
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The bucket or container in which all ledgers of the tests are. Not by S3's founder: its bucket speaks TLS only.
pub(crate) fn make_containers(world: &World) {
    let runtime = runtime();
    let plan = Founding { region: "us-east-1".to_owned(), project: Some("tests".to_owned()) };
    runtime.block_on(async {
        let settings = Settings { control: Some(world.control.clone()), ..Settings::default() };
        provision_google::Bucket::new(settings, BUCKET).found(&plan).await.unwrap();
        for kind in [Kind::AzureKey, Kind::AzureToken] {
            let account = world.place(kind, "").account();
            provision_azure::Container::new(account, BUCKET).found(&plan).await.unwrap();
        }
    });
    // One request is enough for a bucket of S3, and the emulator takes it unsigned.
    let address = world.aws.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!(
        "PUT /{BUCKET} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The name of a key vault: the official client believes a challenge only of a host in the service's own domain.
pub(crate) const VAULT: &str = "tests.vault.azure.net";

/// A vault of Azure's, which is asked at this loopback port under its own name.
pub(crate) fn key_vault(certificate: &str, port: u16) -> provision_azure::KeyVault {
    let transport = azure::trusting(Path::new(certificate));
    let address = format!("https://{VAULT}:{port}/");
    provision_azure::KeyVault::open(&address, Arc::new(azure::Somebody), Some(transport)).unwrap()
}

/// A certificate for the loopback address and for the vault, and its key.
pub(crate) fn certificate(folder: &Path) -> Result<(PathBuf, PathBuf), Skipped> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let made = Command::new(program("openssl")?)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", &format!("subjectAltName=IP:127.0.0.1,DNS:{VAULT}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok((certificate, key))
}

mod azure {
    use std::path::Path;
    use std::sync::Arc;

    use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
    use azure_core::http::Transport;
    use azure_core::time::{Duration, OffsetDateTime};
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use provision_testing::emulators::{AZURE_ACCOUNT, AZURE_KEY};

    /// Of the whole account, as its owner would hand it out.
    pub(super) fn signature() -> String {
        let (version, until) = ("2021-12-02", "2100-01-01T00:00:00Z");
        let text = format!("{AZURE_ACCOUNT}\nrwdlacup\nb\nsco\n\n{until}\n\nhttps,http\n{version}\n\n");
        let mut mac =
            Hmac::<sha2::Sha256>::new_from_slice(&BASE64_STANDARD.decode(AZURE_KEY).unwrap()).unwrap();
        mac.update(text.as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let escaped =
            |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace(':', "%3A");
        let (until, signature) = (escaped(until), escaped(&signature));
        format!("?sv={version}&ss=b&srt=sco&sp=rwdlacup&se={until}&spr=https,http&sig={signature}")
    }

    /// A client that trusts that certificate and no other.
    pub(super) fn trusting(certificate: &Path) -> Transport {
        let certificate = reqwest::Certificate::from_pem(&std::fs::read(certificate).unwrap()).unwrap();
        // The port in an address decides; this is only where its host is.
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let client = reqwest::Client::builder().tls_certs_only([certificate]).resolve(super::VAULT, here);
        let client = client.build().unwrap();
        Transport::new(Arc::new(client))
    }

    /// A token as Entra hands it out, but signed by nobody: the emulator looks at what it says.
    #[derive(Debug)]
    pub(super) struct Somebody;

    #[async_trait::async_trait]
    impl TokenCredential for Somebody {
        async fn get_token(
            &self,
            _scopes: &[&str],
            _options: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            let now = OffsetDateTime::now_utc();
            let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
            let tenant = "ab1f708d-50f6-404c-a006-d71b2ac7a606";
            let claims = format!(
                r#"{{"aud":"https://storage.azure.com","iss":"https://sts.windows.net/{tenant}/","iat":{0},"nbf":{1},"exp":{2},"oid":"somebody","tid":"{tenant}","sub":"x","ver":"1.0"}}"#,
                now.unix_timestamp(),
                now.unix_timestamp() - 60,
                now.unix_timestamp() + 3600,
            );
            let token =
                format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims), part("none"));
            Ok(AccessToken::new(token, now + Duration::hours(1)))
        }
    }
}

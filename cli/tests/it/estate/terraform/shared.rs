//! The ledgers that a team shares, and secrets, from end to end: the command line, the clouds' own clients, emulators.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use provision_testing::emulators::{self, AZURE_ACCOUNT, AZURE_KEY};

use super::fake::Fake;
use crate::run::root;

const DONE: &str = r#"for name in aws_vpc.main aws_subnet.a aws_cloudwatch_log_group.main; do
echo '{"type":"apply_start","hook":{"resource":{"addr":"'$name'"},"action":"create"}}'
echo '{"type":"apply_complete","hook":{"resource":{"addr":"'$name'"},"action":"create","id_value":"x","elapsed_seconds":1}}'
done
mv "$here/done.json" "$here/plan.json"
"#;
const VALUE: &str = "hunter2-is-the-licence";
const OTHER: &str = "hunter3-is-the-licence";

/// Where the emulators are, as each cloud's own tools are told.
struct Clouds {
    environment: Vec<(&'static str, String)>,
    aws: String,
    _servers: [provision_testing::Server; 3],
}

impl Clouds {
    fn start() -> Option<Self> {
        let aws = emulators::aws().ok()?;
        let (google, control) = emulators::google().ok()?;
        let azure = emulators::azure(None).ok()?;
        let environment = vec![
            ("PROVISION_LEDGER", String::new()),
            ("AWS_ENDPOINT_URL", aws.address()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("STORAGE_EMULATOR_HOST", google.address()),
            ("STORAGE_EMULATOR_HOST_GRPC", format!("http://127.0.0.1:{control}")),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", google.address()),
            ("AZURE_STORAGE_KEY", AZURE_KEY.to_owned()),
            ("AZURE_STORAGE_SERVICE_ENDPOINT", format!("{}/{AZURE_ACCOUNT}", azure.address())),
        ];
        Some(Clouds { environment, aws: aws.address(), _servers: [aws, google, azure] })
    }

    fn run(&self, fake: &Fake, arguments: &[&str], stdin: &str) -> String {
        self.run_with(fake, &[], arguments, stdin)
    }

    fn run_with(&self, fake: &Fake, more: &[(&str, &str)], arguments: &[&str], stdin: &str) -> String {
        let usual = self.environment.iter().map(|(name, value)| (*name, value.as_str()));
        let environment: Vec<(&str, &str)> = usual.chain(more.iter().copied()).collect();
        fake.run_in(&environment, arguments, stdin)
    }

    /// A bucket that answers over plain HTTP, which is what the emulator speaks.
    fn make_bucket(&self, name: &str) {
        let address = self.aws.strip_prefix("http://").expect("a scheme");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let request = format!(
            "PUT /{name} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

fn spec(fake: &Fake, provider: &str, region: &str) {
    let text = fs::read_to_string(root().join("examples/kestra-small.yaml")).expect("a spec");
    let text = text.replace("provider: aws", &format!("provider: {provider}"));
    fs::write(fake.path("provision.yaml"), text.replace("eu-west-1", region)).expect("it can be written");
}

#[test]
fn from_bootstrap_to_history() {
    let Some(clouds) = Clouds::start() else { return };
    clouds.make_bucket("plain");
    let azure = format!("azblob://{AZURE_ACCOUNT}/team");
    for (provider, region, store, ledger) in [
        ("aws", "eu-west-1", "s3://acme-provision", "s3://plain"),
        ("google", "europe-west1", "gs://acme-provision", "gs://acme-provision"),
        ("azure", "westeurope", azure.as_str(), azure.as_str()),
    ] {
        let fake = Fake::new(DONE);
        spec(&fake, provider, region);
        let found = ["bootstrap", "--ledger", store, "--project", "tests", "-y"];
        let first = clouds.run(&fake, &found, "");
        assert!(first.starts_with("exit code: 0") && first.contains("+ made the "), "{first}");
        assert!(first.contains(&format!("ledger: {store}\n")), "{first}");
        let second = clouds.run(&fake, &found, "");
        assert!(second.contains("Everything was as it should be."), "{second}");

        let tiny = |verb, more: &[&'static str]| {
            let all = [verb, "tiny", "--engine", "terraform", "--deployment", "tiny", "--ledger", ledger];
            clouds.run(&fake, &all.iter().chain(more).copied().collect::<Vec<_>>(), "")
        };
        let applied = tiny("apply", &["-y"]);
        assert!(applied.starts_with("exit code: 0"), "{provider}: {applied}");
        assert!(applied.contains(&format!("The ledger is {ledger}/tiny; it is written as ")), "{applied}");
        let history = tiny("history", &[]);
        assert!(history.contains("3 to create") && history.contains("3 done"), "{provider}: {history}");
        assert!(tiny("unlock", &["-y"]).contains("nobody holds the lock"));
        assert!(!fake.path(".provision/tiny/ledger").exists(), "nothing of it is kept here");
    }
}

#[test]
fn a_secret_is_in_the_clouds_store_and_nowhere_else() {
    let Some(clouds) = Clouds::start() else { return };
    for (provider, region, name) in
        [("aws", "eu-west-1", "orders-licence"), ("google", "europe-west1", "orders-licence")]
    {
        let fake = Fake::new(DONE);
        spec(&fake, provider, region);
        let store = if provider == "aws" { "aws-secretsmanager" } else { "google-secret-manager" };
        let text = fs::read_to_string(fake.path("provision.yaml")).expect("a spec");
        let text = format!("{text}\nlicence: {{ from: {store}, name: {name} }}\n");
        fs::write(fake.path("provision.yaml"), text).expect("it can be written");
        let mut said = String::new();
        let mut run = |arguments: &[&str], stdin: &str| {
            let shown = clouds.run(&fake, arguments, stdin);
            said += &shown;
            shown
        };
        let project = ["--project", "tests"];
        let put = |more: &[&'static str]| -> Vec<&'static str> {
            ["secret", "put", "provision.yaml", "orders-licence"]
                .iter()
                .chain(&project)
                .chain(more)
                .copied()
                .collect()
        };
        let missing = run(&["secret", "check", "--project", "tests"], "");
        assert!(
            missing.starts_with("exit code: 2") && missing.contains("missing orders-licence"),
            "{missing}"
        );
        let apply = ["apply", "--engine", "terraform", "--ledger", "file:kept", "-y"];
        let environment = [("GOOGLE_CLOUD_PROJECT", "tests")];
        let refused = clouds.run_with(&fake, &environment, &apply, "");
        assert!(refused.starts_with("exit code: 1"), "{refused}");
        assert!(
            refused.contains("are missing that the spec refers to: `orders-licence` (licence)"),
            "{refused}"
        );
        let made = run(&put(&[]), &format!("{VALUE}\n"));
        assert!(made.starts_with("exit code: 0") && made.contains("is there now"), "{made}");
        let applied = clouds.run_with(&fake, &environment, &apply, "");
        assert!(applied.starts_with("exit code: 0"), "{applied}");
        let there = run(&["secret", "check", "--project", "tests"], "");
        assert!(there.starts_with("exit code: 0"), "{there}");
        let replaced = run(&put(&["--replace"]), OTHER);
        assert!(replaced.starts_with("exit code: 0") && replaced.contains("has a new value"), "{replaced}");
        let key = ["secret", "put", "provision.yaml", "orders/master-key", "--project", "tests"];
        if provider == "aws" {
            assert!(run(&key, VALUE).starts_with("exit code: 0"));
            let over: Vec<&str> = key.iter().copied().chain(["--replace"]).collect();
            let kept = run(&over, OTHER);
            assert!(kept.starts_with("exit code: 1") && kept.contains("--backed-up"), "{kept}");
        }
        assert!(run(&put(&[]), "").contains("the value is empty"));
        assert!(!said.contains("hunter"), "{said}");
        nowhere_in(fake.world.path());
    }
}

fn nowhere_in(folder: &Path) {
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            nowhere_in(&path);
        } else {
            let content = fs::read(&path).expect("it can be read");
            assert!(!content.windows(6).any(|window| window == b"hunter"), "{}", path.display());
        }
    }
}

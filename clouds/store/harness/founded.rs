//! A store that is founded twice is founded once; one that is somebody else's stays as it is.

use provision_aws::store::{Bucket, configuration};
use provision_google::Settings;
use provision_store::{Deed, Fault, Founder, Founding};

use super::World;
use super::places::{Kind, runtime};

fn plan(region: &str) -> Founding {
    Founding { region: region.to_owned(), project: Some("tests".to_owned()) }
}

fn found(founder: &dyn Founder, region: &str) -> Result<Vec<Deed>, Fault> {
    let plan = plan(region);
    runtime().block_on(founder.found(&plan))
}

/// Everything new the first time, nothing the second.
fn twice(founder: &dyn Founder, region: &str) {
    let first = found(founder, region).unwrap();
    assert!(first[0].is_new, "{first:?}");
    let second = found(founder, region).unwrap();
    assert!(second.iter().all(|deed| !deed.is_new), "{second:?}");
}

fn foreign(founder: &dyn Founder, region: &str) {
    let refused = found(founder, region).unwrap_err().to_string();
    assert!(refused.contains("is not ours") && refused.contains("nothing was changed"), "{refused}");
}

/// What a bucket says over plain HTTP.
fn ask(world: &World, method: &str, path: &str) -> String {
    let address = world.aws.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    answer
}

pub(crate) fn s3(world: &World) {
    let runtime = runtime();
    let settings = runtime.block_on(configuration(Some("eu-west-1")));
    // In us-east-1 making a bucket once more is answered like the first time.
    for region in ["eu-west-1", "us-east-1"] {
        let name = format!("team-{region}");
        twice(&Bucket::new(settings.clone(), &name), region);
        let said = |what: &str| ask(world, "GET", &format!("/{name}?{what}"));
        assert!(said("versioning").contains("<Status>Enabled</Status>"));
        assert!(said("tagging").contains("provision-ledger"));
        assert!(said("encryption").contains("AES256"));
        assert!(said("publicAccessBlock").contains("<RestrictPublicBuckets>true"));
        assert!(said("policy").contains("aws:SecureTransport"));
        assert!(said("lifecycle").contains("NoncurrentDays"));
        let plain = ask(world, "PUT", &format!("/{name}/over-plain-http"));
        assert!(plain.starts_with("HTTP/1.1 403"), "it answers over TLS only: {plain}");
    }
    for (name, region) in [("theirs-east", "us-east-1"), ("theirs-east", "eu-west-1")] {
        assert!(ask(world, "PUT", &format!("/{name}")).starts_with("HTTP/1.1 200"));
        foreign(&Bucket::new(settings.clone(), name), region);
        assert!(!ask(world, "GET", &format!("/{name}?versioning")).contains("Enabled"));
    }
}

pub(crate) fn google(world: &World) {
    let settings = Settings { control: Some(world.control.clone()), ..Settings::default() };
    twice(&provision_google::Bucket::new(settings.clone(), "team"), "europe-west1");
    runtime().block_on(async {
        use google_cloud_storage::client::StorageControl;
        use google_cloud_storage::model;
        let anonymous = google_cloud_auth::credentials::anonymous::Builder::new().build();
        let client = StorageControl::builder().with_endpoint(&world.control).with_credentials(anonymous);
        let client = client.build().await.unwrap();
        let theirs = model::Bucket::new().set_project("projects/theirs");
        let make = client.create_bucket().set_parent("projects/_").set_bucket_id("theirs").set_bucket(theirs);
        make.send().await.unwrap();
        let ours = client.get_bucket().set_name("projects/_/buckets/team").send().await.unwrap();
        let access = ours.iam_config.clone().unwrap();
        assert_eq!(access.public_access_prevention, "enforced");
        assert!(access.uniform_bucket_level_access.unwrap().enabled);
        assert!(ours.versioning.clone().unwrap().enabled);
        // Somebody switches something off: it is put right, and only that.
        let mut changed = ours.clone();
        changed.versioning = None;
        let mask = google_cloud_wkt::FieldMask::default().set_paths(["versioning"]);
        client.update_bucket().set_bucket(changed).set_update_mask(mask).send().await.unwrap();
    });
    let again = found(&provision_google::Bucket::new(settings.clone(), "team"), "europe-west1").unwrap();
    assert_eq!(again.iter().filter(|deed| deed.is_new).count(), 1, "{again:?}");
    foreign(&provision_google::Bucket::new(settings, "theirs"), "europe-west1");
}

pub(crate) fn azure(world: &World) {
    for kind in [Kind::AzureKey, Kind::AzureSignature, Kind::AzureToken] {
        let account = world.place(kind, "").account();
        let name = format!("team-{}", format!("{kind:?}").to_lowercase());
        twice(&provision_azure::Container::new(account, &name), "westeurope");
    }
    let account = world.place(Kind::AzureSignature, "").account();
    let url = format!(
        "{}/theirs{}",
        account.endpoint.as_ref().unwrap(),
        match &account.access {
            provision_azure::Access::Signature(signature) => signature.open().to_owned(),
            _ => unreachable!(),
        }
    );
    runtime().block_on(async {
        let url = azure_core::http::Url::parse(&url).unwrap();
        let theirs = azure_storage_blob::BlobContainerClient::new(url, None, None).unwrap();
        theirs.create(None).await.unwrap();
    });
    foreign(&provision_azure::Container::new(account, "theirs"), "westeurope");
}

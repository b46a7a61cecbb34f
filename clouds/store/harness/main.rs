//! The clouds' stores by their official clients against emulators: many processes and one lock, holders that are killed
//! or stand still, faults on the way, stores that are founded twice or are somebody else's, and secrets.
//!
//! The first process starts the emulators and itself again with their addresses; `stores child …` is one of many.
//! A word narrows it down to the tests whose name holds it.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test: it reports by printing and panicking")]

mod child;
mod faults;
mod founded;
mod holders;
mod places;
mod proxy;
mod races;
mod secrets;

use std::process::{Command, ExitCode};
use std::time::Instant;

use places::{Kind, Place};
use provision_testing::emulators;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("child") => return child::main(&arguments[1..]),
        Some("inside") => return inside(&arguments[1..]),
        _ => {}
    }
    // As under the usual harness: `--list` and filters of other tests.
    if arguments.iter().any(|argument| argument == "--list") {
        println!("stores: test");
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let Ok(certificate) = places::certificate(folder.path()) else { return ExitCode::SUCCESS };
    let (Ok(aws), Ok((google, control)), Ok(azure), Ok(azure_tls), Ok(vault)) = (
        emulators::aws(),
        emulators::google(),
        emulators::azure(None),
        emulators::azure(Some(certificate.clone())),
        emulators::vault(&certificate),
    ) else {
        return ExitCode::SUCCESS;
    };
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside.arg("inside").args([aws.address(), google.address(), format!("http://127.0.0.1:{control}")]);
    inside.args([azure.address(), format!("https://127.0.0.1:{}", azure_tls.port)]).arg(certificate.0);
    inside.arg(vault.port.to_string());
    inside.args(arguments);
    let ended = inside.env("AWS_ENDPOINT_URL", aws.address()).envs(places::AWS).status().unwrap();
    if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where the emulators are.
pub(crate) struct World {
    pub(crate) aws: String,
    pub(crate) google: String,
    pub(crate) control: String,
    pub(crate) azure: String,
    pub(crate) azure_tls: String,
    pub(crate) certificate: String,
    /// The port of Azure's vault.
    pub(crate) vault: u16,
}

impl World {
    /// A place of its own on one of the stores, by the way that is given.
    pub(crate) fn place(&self, kind: Kind, prefix: &str) -> Place {
        let (endpoint, certificate) = match kind {
            Kind::S3 => (&self.aws, "-"),
            Kind::Google => (&self.google, "-"),
            Kind::AzureKey | Kind::AzureSignature => (&self.azure, "-"),
            Kind::AzureToken => (&self.azure_tls, self.certificate.as_str()),
        };
        Place {
            kind,
            endpoint: endpoint.clone(),
            prefix: prefix.to_owned(),
            certificate: certificate.to_owned(),
        }
    }
}

/// A name, and the work.
type Test<'a> = (String, Box<dyn FnOnce() + Send + 'a>);

fn inside(arguments: &[String]) -> ExitCode {
    let [aws, google, control, azure, azure_tls, certificate, vault, words @ ..] = arguments else {
        panic!("inside AWS GOOGLE CONTROL AZURE AZURE-TLS CERTIFICATE VAULT [WORD …]")
    };
    let world = World {
        aws: aws.clone(),
        google: google.clone(),
        control: control.clone(),
        azure: azure.clone(),
        azure_tls: azure_tls.clone(),
        certificate: certificate.clone(),
        vault: vault.parse().unwrap(),
    };
    places::make_containers(&world);
    let world = &world;
    let mut tests: Vec<Test<'_>> = Vec::new();
    for kind in Kind::ALL {
        tests.push((format!("race {kind:?}"), Box::new(move || races::of_twelve_one_wins(world, kind))));
        tests.push((format!("holders {kind:?}"), Box::new(move || holders::all(world, kind))));
        if kind.is_plain_http() {
            tests.push((format!("faults {kind:?}"), Box::new(move || faults::nothing_is_lost(world, kind))));
            tests
                .push((format!("heedless {kind:?}"), Box::new(move || faults::refused_at_once(world, kind))));
        }
    }
    for kind in [Kind::S3, Kind::Google, Kind::AzureKey] {
        tests.push((format!("silence {kind:?}"), Box::new(move || faults::silence_is_given_up(world, kind))));
    }
    tests.push(("founded S3".to_owned(), Box::new(move || founded::s3(world))));
    tests.push(("founded Google".to_owned(), Box::new(move || founded::google(world))));
    tests.push(("founded Azure".to_owned(), Box::new(move || founded::azure(world))));
    tests.push(("secrets".to_owned(), Box::new(move || secrets::all(world))));
    let wanted = |name: &str| words.iter().all(|word| word.starts_with('-') || name.contains(word.as_str()));
    std::thread::scope(|scope| {
        for (name, test) in tests.into_iter().filter(|(name, _)| wanted(name)) {
            std::thread::Builder::new()
                .name(name.clone())
                .spawn_scoped(scope, move || {
                    let started = Instant::now();
                    test();
                    println!("stores: {name}: ok, {:.1} s", started.elapsed().as_secs_f64());
                })
                .unwrap();
        }
    });
    println!("stores: ok");
    ExitCode::SUCCESS
}

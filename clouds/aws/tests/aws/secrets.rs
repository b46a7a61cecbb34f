//! Nothing that is secret stands in anything that a run writes: plan, ledger, report, output, also when calls fail.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::directories::SECRET;
use crate::emulator::Emulator;
use crate::support::{Tried, Work, World};

/// An id, a secret and a token of credentials; a token that the configuration passes on, and one that follows it; what
/// machines are started with.
const SECRETS: [&str; 6] = [
    "AKIAKNOWNTOTHETEST00",
    "known-secret-key/of+the+credentials",
    "known-session-token-of-the-credentials",
    "known-token-one",
    "known-token-two",
    "known-text-in-user-data",
];

/// What a launch template is sent, with the one token and with the other.
const USER_DATA: [&str; 2] = [
    "IyEvYmluL3NoCiMga25vd24tdGV4dC1pbi11c2VyLWRhdGEga25vd24tdG9rZW4tb25l",
    "IyEvYmluL3NoCiMga25vd24tdGV4dC1pbi11c2VyLWRhdGEga25vd24tdG9rZW4tdHdv",
];

/// What a service may say about a value that it doesn't like: all of it, as it was sent.
fn echoed(operation: &str, value: &str) -> Json {
    let message =
        format!("1 validation error detected: Value '{value}' at 'value' failed to satisfy constraint");
    json!({"operation": operation, "kind": "error", "status": 400, "code": "ValidationException", "message": message})
}

pub(crate) fn are_written_nowhere() -> Tried {
    let emulator = Emulator::fresh()?;
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("directory");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("main.tf"), SECRET).unwrap();
    let mut world = World::new(&emulator, &directory);
    world.keys = (SECRETS[0].to_owned(), SECRETS[1].to_owned());
    world.session = Some(SECRETS[2].to_owned());
    let work = |mode, token: &str| Work {
        environment: vec![("token".to_owned(), token.to_owned())],
        ..Work::new(mode)
    };

    let mut written = String::new();
    let mut run = |mode, token: &str| {
        let said = world.said(&work(mode, token));
        written.push_str(&said);
        read_all(&world.folder, &mut written);
        said
    };
    run("plan", SECRETS[3]);
    // Refused, with the value in the refusal; then wrong credentials, a cut, and a lost answer.
    emulator.shim(
        "faults",
        &json!([echoed("ssm:PutParameter", SECRETS[3]), echoed("ec2:CreateLaunchTemplate", USER_DATA[0])]),
    );
    let refused = run("apply", SECRETS[3]);
    assert!(refused.contains("ssm:PutParameter: ValidationException"), "{refused}");
    let fault = |operation: &str, kind: &str| json!({"operation": operation, "kind": kind});
    let expired = json!({"operation": "ec2:CreateLaunchTemplate", "kind": "error", "status": 400, "code": "ExpiredToken",
        "message": "The security token included in the request is expired"});
    emulator.shim(
        "faults",
        &json!([fault("ssm:PutParameter", "cut"), fault("ec2:CreateLaunchTemplate", "lost"), expired]),
    );
    run("apply", SECRETS[3]);
    emulator.shim("faults", &json!([]));
    run("apply", SECRETS[3]);
    let changed = run("plan", SECRETS[4]);
    // A value that is secret is not read back, so it is the machines that change.
    assert!(changed.contains("aws_launch_template.one"), "{changed}");
    emulator.shim("faults", &echoed("ec2:CreateLaunchTemplateVersion", USER_DATA[1]));
    let refused = run("apply", SECRETS[4]);
    assert!(refused.contains("ec2:CreateLaunchTemplateVersion: ValidationException"), "{refused}");
    run("apply", SECRETS[4]);
    run("destroy", SECRETS[4]);

    assert!(written.contains("aws_launch_template.one"), "nothing was written");
    let encoded = ["IyEvYmluL3No", "a25vd24tdGV4dC1pbi11c2VyLWRhdGE"];
    let found: Vec<&str> =
        SECRETS.into_iter().chain(encoded).filter(|secret| written.contains(secret)).collect();
    assert_eq!(found, [""; 0], "written down");
    Ok(())
}

fn read_all(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, all);
        } else {
            all.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
}

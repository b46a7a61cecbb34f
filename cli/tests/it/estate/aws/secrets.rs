//! What is secret is in the cloud, where it belongs, and in nothing that is written or said here.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::account::Account;

const SECRET: &str = "hunter2-is-the-token";
/// How it looks inside of user data: any three bytes of a text become the same four characters.
const PACKED: &str = "aHVudGVyMi1pcy10aGUtdG9rZW4";

const MORE: &str = r#"
resource "aws_ssm_parameter" "token" {
  name  = "/provision/tiny/token"
  type  = "SecureString"
  value = var.token
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_ssm_parameter.token"
  }
}

resource "aws_launch_template" "main" {
  name          = "tiny"
  image_id      = "ami-12345678"
  instance_type = "t3.medium"
  user_data     = base64encode("pw=${var.token}")
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_launch_template.main"
  }
}
"#;

#[test]
fn what_is_secret_is_said_nowhere_and_kept_nowhere() {
    let Some(account) = Account::new() else { return };
    let file = account.world.path().join("tiny/main.tf");
    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(&file, text + MORE).expect("it can be written");
    let mut all = String::new();
    let mut run = |verb: &str, more: &[&str], code: u8, token: &str| {
        let arguments = [&[verb], super::account::TINY, super::account::KEPT, more].concat();
        let mut command = account.command(&arguments);
        command.env("TF_VAR_token", token);
        let said = crate::run::shown(command, "");
        assert!(said.starts_with(&format!("exit code: {code}\n")), "{said}");
        all += &said;
    };
    for more in [&["--diff"][..], &["--json"], &["--out", "kept.plan"]] {
        run("plan", more, 0, SECRET);
    }
    // Errors quote what they are about.
    account.emulator.shim(
        "faults",
        &json!([{ "operation": "ssm:PutParameter", "times": 2, "kind": "error", "status": 400, "code": "ValidationException" }]),
    );
    run("apply", &["-y"], 1, SECRET);
    account.emulator.shim("faults", &json!([]));
    run("apply", &["-y", "--json", "--stats"], 0, SECRET);
    run("plan", &["--diff"], 0, &SECRET.replace("token", "other"));
    for verb in ["output", "history"] {
        run(verb, &["--json"], 0, SECRET);
    }
    run("status", &["--json"], 0, SECRET);
    run("destroy", &["-y", "--allow-data-loss=aws_db_instance.main"], 0, SECRET);
    assert!(all.contains("(sensitive)"), "what is hidden is said to be: {all}");
    for part in ["hunter2", &PACKED[..20]] {
        assert!(!all.contains(part), "`{part}`: {all}");
        nowhere_in(account.world.path(), part);
    }
}

fn nowhere_in(folder: &Path, secret: &str) {
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            nowhere_in(&path, secret);
        } else {
            let content = fs::read(&path).expect("it can be read");
            let holds = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!holds, "{} holds `{secret}`", path.display());
        }
    }
}

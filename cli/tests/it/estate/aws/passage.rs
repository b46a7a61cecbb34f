//! An example's estate that the embedded engine made, on its way to Terraform, and the edits that both engines judge.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::account::Account;
use crate::estate::terraform::stub::{Server, Stub, give_variables};
use crate::run::{root, shown};

pub(super) const OUT: &[&str] = &["out", "--ledger", "file:kept"];

/// One edit of a rendered file: what stands there, and what is to stand there.
pub(super) type Edit = (&'static str, &'static str, &'static str);

pub(super) struct Passage {
    pub(super) account: Account,
    stub: Stub,
    server: Option<Server>,
}

impl Passage {
    /// Rendered into `out`, and made there. None, and a printed line, where a tool is missing.
    pub(super) fn begin(example: &str) -> Option<Self> {
        let stub = Stub::find()?;
        let passage = Passage { account: Account::new()?, stub, server: None };
        let spec = root().join(format!("examples/{example}.yaml"));
        let rendered = passage.run("render", &[spec.to_str().expect("a path")], &["-o", "out"]);
        assert!(rendered.starts_with("exit code: 0\n"), "{rendered}");
        give_variables(&passage.out());
        passage.done("apply", OUT, &["-y"]);
        Some(passage)
    }

    pub(super) fn out(&self) -> PathBuf {
        self.account.world.path().join("out")
    }

    fn prepared(&self, mut command: Command) -> Command {
        self.stub.environment(&mut command);
        command.env_remove("PROVISION_LEDGER");
        if let Some(server) = &self.server {
            server.environment(&mut command);
        }
        command
    }

    pub(super) fn run(&self, verb: &str, target: &[&str], more: &[&str]) -> String {
        shown(self.prepared(self.account.command(&[&[verb], target, more].concat())), "")
    }

    pub(super) fn done(&self, verb: &str, target: &[&str], more: &[&str]) -> String {
        let said = self.run(verb, target, more);
        assert!(said.starts_with("exit code: 0\n"), "{verb}: {said}");
        said
    }

    pub(super) fn json(&self, verb: &str, target: &[&str], more: &[&str]) -> Value {
        let all = [&[verb], target, more, &["--json"]].concat();
        let output = self.prepared(self.account.command(&all)).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{verb}: {error}: {said}"))
    }

    /// Terraform as somebody runs it by hand in the directory.
    pub(super) fn by_hand(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = self.prepared(Command::new("terraform"));
        let output = command.args(arguments).current_dir(self.out()).output().expect("terraform runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Hands it over. Terraform imports what lives, changes nothing, and finds nothing to change afterwards.
    pub(super) fn hand_over(&mut self) {
        let handed = self.json("handover", OUT, &["--to", "terraform", "-y"]);
        assert_eq!(handed["to"], "terraform");
        let fed = self.account.world.path().join("fed.json");
        feed(&fed, &handed);
        self.server = Some(self.stub.feed(&fed));
        let planned = self.json("plan", OUT, &[]);
        assert_eq!(planned["engine"], "terraform", "the ledger says whose it is");
        let found = planned["actions"].as_array().expect("actions");
        let others: Vec<&Value> =
            found.iter().filter(|it| it["verb"] != "import" && !is_only_terraforms(it)).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(Some(found.len()), handed["objects"].as_array().map(Vec::len));
        let applied = self.done("apply", OUT, &["-y"]);
        assert!(applied.contains("Looked again: nothing is left to change."), "{applied}");
    }

    /// What Terraform and the embedded engine would do after the edits, which are undone.
    pub(super) fn plans(&self, edits: &[Edit], more_for_embedded: &[&str]) -> [BTreeSet<String>; 2] {
        let texts: BTreeMap<PathBuf, String> = edits
            .iter()
            .map(|(file, ..)| self.out().join(file))
            .map(|path| (path.clone(), fs::read_to_string(path).expect("it is there")))
            .collect();
        for (file, from, to) in edits {
            self.account.world.change(&format!("out/{file}"), from, to);
        }
        let more = [&["--engine", "embedded"], more_for_embedded].concat();
        // Both only look.
        let plans = std::thread::scope(|scope| {
            let terraform = scope.spawn(|| self.json("plan", OUT, &[]));
            let embedded = self.json("plan", OUT, &more);
            [terraform.join().expect("it plans"), embedded]
        });
        for (path, text) in texts {
            fs::write(path, text).expect("it can be written");
        }
        assert_eq!((&plans[0]["engine"], &plans[1]["engine"]), (&json!("terraform"), &json!("embedded")));
        plans.map(|plan| actions(&plan))
    }

    /// Of the edits come the same actions in both engines, which are returned.
    pub(super) fn edited(&self, edits: &[Edit]) -> BTreeSet<String> {
        let [terraform, embedded] = self.plans(edits, &[]);
        let only = |these: &BTreeSet<String>, those| these.difference(those).cloned().collect::<Vec<_>>();
        let differ = [("Terraform", only(&terraform, &embedded)), ("embedded", only(&embedded, &terraform))];
        assert!(differ.iter().all(|(_, only)| only.is_empty()), "only in one's plan: {differ:#?}");
        terraform
    }
}

/// Each with its verb and, of a replacement, the arguments that force it.
pub(super) fn actions(plan: &Value) -> BTreeSet<String> {
    let forcing = |action: &Value| {
        let changes = action["changes"].as_array().into_iter().flatten();
        let forcing = changes.filter(|change| change["forces_replacement"] == true);
        let names = forcing.filter_map(|change| change["field"].as_str()?.split(['.', '[']).next());
        names.collect::<BTreeSet<_>>().into_iter().fold(String::new(), |text, name| text + " " + name)
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions
        .map(|action| format!("{} {}{}", text(&action["verb"]), text(&action["address"]), forcing(action)))
        .collect()
}

/// What no cloud keeps: Terraform writes it into its own state, and calls that a change.
fn is_only_terraforms(action: &Value) -> bool {
    let kind = action["address"].as_str().and_then(|it| provision_kinds::kind(it.split('.').next()?));
    let is_kept_by_none = |change: &Value| {
        let parts = change["field"].as_str().expect("a field").split('.');
        let plain: Vec<&str> = parts.filter_map(|part| part.split('[').next()).collect();
        change["before"].is_null() && kind.is_some_and(|kind| kind.write_only.contains(&plain.join(".")))
    };
    action["verb"] == "update" && action["changes"].as_array().expect("changes").iter().all(is_kept_by_none)
}

/// What the stand-in for the provider is to find, what a change of it forces, and what rises with each.
fn feed(path: &Path, handed: &Value) {
    let kind = |object: &Value| {
        object["address"].as_str().and_then(|it| it.split('.').next()).unwrap_or_default().to_owned()
    };
    let objects = handed["objects"].as_array().expect("objects").iter();
    let objects: Vec<Value> = objects
        .map(|it| json!({ "kind": kind(it), "import": it["import"], "attributes": it["attributes"] }))
        .collect();
    let replaces: BTreeMap<&str, Value> = provision_kinds::kinds()
        .map(|(name, kind)| (name, if kind.immutable { json!(true) } else { json!(kind.replaces) }))
        .collect();
    let rises: BTreeMap<&str, Vec<&String>> = provision_kinds::kinds()
        .filter_map(|(name, _)| Some((name, provision_kinds::cloud(name)?)))
        .map(|(name, cloud)| {
            let rising = cloud.computed.iter().filter(|(_, pattern)| pattern.contains("{updates}"));
            (name, rising.map(|(name, _)| name).collect())
        })
        .collect();
    fs::write(path, json!({ "objects": objects, "replaces": replaces, "rises": rises }).to_string())
        .expect("it can be written");
}

//! From the binary's plan to ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::changes::{changes, shown};
use super::process::Watch;
use super::{Diagnostic, Terraform, TerraformError};
use crate::Address;
use crate::graph::{Order, order};
use crate::load::hex;
use crate::plan::{
    Action, Backup, Binding, Estimate, Options, Plan, SCHEMA, Verb, left_by, while_protected, without_consent,
};

/// A plan, and the binary's own file of it.
pub struct Seen {
    pub plan: Plan,
    /// What its deletions leave behind on purpose.
    pub backups: Vec<Backup>,
    /// What it warned of.
    pub warnings: Vec<Diagnostic>,
    pub(super) file: PathBuf,
    /// When it was made, by the wall's clock.
    pub(super) at: u64,
}

/// What a plan is for.
pub struct Wanted<'a> {
    pub deployment: &'a str,
    pub options: &'a Options,
    /// One hash over every input file.
    pub directory: &'a str,
}

impl Terraform<'_> {
    /// What would change; nothing is changed, but providers are asked what lives.
    pub async fn plan(&self, wanted: &Wanted<'_>, watch: &Watch<'_>) -> Result<Seen, TerraformError> {
        let file = self.scratch.join("plan");
        let mut command = self.command_with_variables("plan");
        command.arg({
            let mut out = std::ffi::OsString::from("-out=");
            out.push(&file);
            out
        });
        if wanted.options.destroy {
            command.arg("-destroy");
        }
        command.args(self.variables);
        let warnings = self.to_its_end("plan", command, watch).await?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))
            .map_err(|error| TerraformError::Scratch(file.clone(), error))?;
        let mut command = self.command("show");
        command.arg("-json").arg(&file);
        let text = self.captured("show", command, watch).await?;
        let said: Json = serde_json::from_str(&text)
            .map_err(|error| TerraformError::Unreadable("show", error.to_string()))?;
        let plan = plan_of(&said, self.binary.flavour.word(), wanted);
        let backups = backups(&said, &plan);
        Ok(Seen { plan, backups, warnings, file, at: watch.clock.wall() })
    }
}

fn plan_of(said: &Json, engine: &str, wanted: &Wanted<'_>) -> Plan {
    let drifted: BTreeSet<&str> =
        list(&said["resource_drift"]).filter_map(|it| it["address"].as_str()).collect();
    let mut actions = Vec::new();
    let mut unchanged = 0;
    for change in list(&said["resource_changes"]).filter(|change| change["mode"] == "managed") {
        match action(said, change, &drifted, wanted.options) {
            Some(action) => actions.push(action),
            None => unchanged += 1,
        }
    }
    let needs = needs(&actions, &references(said));
    let (actions, estimate) = in_order(actions, &needs);
    Plan {
        schema: SCHEMA.to_owned(),
        engine: engine.to_owned(),
        deployment: wanted.deployment.to_owned(),
        destroy: wanted.options.destroy,
        bound_to: Binding {
            directory: wanted.directory.to_owned(),
            variables: variables(said),
            estate: estate(said),
        },
        actions,
        unchanged,
        foreign: Vec::new(),
        outputs: outputs(said),
        estimate,
    }
}

fn backups(said: &Json, plan: &Plan) -> Vec<Backup> {
    let ending = |written: &str| {
        let address = address(written);
        plan.actions
            .iter()
            .any(|action| action.address == address && action.verb.ends_object())
            .then_some(address)
    };
    list(&said["resource_changes"])
        .filter_map(|change| {
            let of = ending(change["address"].as_str()?)?;
            let leaves = provision_kinds::kind(change["type"].as_str()?)?.leaves.as_ref()?;
            let before = change["change"]["before"].as_object()?;
            let arguments =
                before.iter().map(|(name, value)| (name.clone(), crate::Value::from(value))).collect();
            left_by(leaves, &arguments).map(|what| Backup { of, what })
        })
        .collect()
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

/// None where nothing is to be done.
fn action(said: &Json, change: &Json, drifted: &BTreeSet<&str>, options: &Options) -> Option<Action> {
    let written = change["address"].as_str()?;
    let address = address(written);
    let words: Vec<&str> = list(&change["change"]["actions"]).filter_map(Json::as_str).collect();
    let moved_from = change["previous_address"].as_str().map(self::address);
    let (verb, create_first) = match words.as_slice() {
        ["create"] => (Verb::Create, false),
        ["update"] => (Verb::Update, false),
        ["delete"] => (Verb::Delete, false),
        ["delete", "create"] => (Verb::Replace, false),
        ["create", "delete"] => (Verb::Replace, true),
        ["forget"] => (Verb::Forget, false),
        _ if change["change"]["importing"].is_object() => (Verb::Import, false),
        _ if moved_from.is_some() => (Verb::Move, false),
        _ => return None,
    };
    let kind = provision_kinds::kind(change["type"].as_str()?);
    let holds_data = kind.is_some_and(|kind| kind.holds_data);
    let (create, delete) =
        kind.map_or((0, 0), |kind| (u64::from(kind.duration.create), u64::from(kind.duration.delete)));
    let is_lost = holds_data && !options.allow_data_loss.contains(&address);
    let blocked = protected(said, change).or_else(|| is_lost.then(|| without_consent(&address)));
    Some(Action {
        id: change["change"]["before"]["id"].as_str().map(str::to_owned),
        verb,
        create_first,
        changes: if matches!(verb, Verb::Update | Verb::Replace) {
            changes(&change["change"])
        } else {
            Vec::new()
        },
        reason: change["action_reason"].as_str().and_then(reason),
        holds_data,
        blocked: blocked.filter(|_| verb.ends_object()),
        moved_from,
        drift: verb == Verb::Update && drifted.contains(written),
        seconds: match verb {
            Verb::Create | Verb::Await => create,
            Verb::Replace => create + delete,
            Verb::Delete => delete,
            Verb::Update => kind.map_or(0, |kind| u64::from(kind.duration.of_update())),
            Verb::Move | Verb::Forget | Verb::Import => 0,
        },
        after: Vec::new(),
        address,
    })
}

/// Said before anything is gone: the providers refuse in the middle of a destroy.
fn protected(said: &Json, change: &Json) -> Option<String> {
    let argument = provision_kinds::kind(change["type"].as_str()?)?.protected_by.as_deref()?;
    if change["change"]["before"][argument] != Json::Bool(true) {
        return None;
    }
    let resource = plain(change["address"].as_str()?);
    let written = list(&said["configuration"]["root_module"]["resources"])
        .find(|written| written["address"] == resource)
        .map(|written| &written["expressions"][argument]["references"]);
    let mut references = list(written.unwrap_or(&Json::Null)).filter_map(Json::as_str);
    let variable = references.next().and_then(|reference| reference.strip_prefix("var."));
    Some(while_protected(argument, variable))
}

/// Also those that our own engine doesn't write: of an instance, of a module.
pub(super) fn address(written: &str) -> Address {
    Address::try_from(written).unwrap_or_else(|_| {
        let (kind, name) = written.split_once('.').unwrap_or(("", written));
        Address::new(kind, name)
    })
}

/// Where it is not because of a field.
fn reason(word: &str) -> Option<String> {
    let said = match word {
        "replace_because_tainted" => "it was made, but never became ready",
        "replace_by_request" | "replace_by_triggers" => "something else asks for it",
        "delete_because_no_resource_config" => "the configuration has it no more",
        "delete_because_no_move_target" => "it was moved to what the configuration doesn't have",
        "delete_because_wrong_repetition" | "delete_because_count_index" | "delete_because_each_key" => {
            "the configuration has fewer of it"
        }
        "delete_because_no_module" => "the configuration has its module no more",
        _ => return None,
    };
    Some(said.to_owned())
}

/// Resource → those that it names, as the configuration writes them.
fn references(said: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let resources = list(&said["configuration"]["root_module"]["resources"]);
    resources
        .filter_map(|resource| {
            let mut named = BTreeSet::new();
            collect(&resource["expressions"], &mut named);
            named.extend(list(&resource["depends_on"]).filter_map(Json::as_str).map(plain));
            Some((resource["address"].as_str()?.to_owned(), named))
        })
        .collect()
}

fn collect(expressions: &Json, named: &mut BTreeSet<String>) {
    match expressions {
        Json::Object(map) => {
            for (key, value) in map {
                if key == "references" {
                    named.extend(list(value).filter_map(Json::as_str).map(plain));
                } else {
                    collect(value, named);
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, named)),
        _ => {}
    }
}

/// `aws_subnet.a[0].id` → `aws_subnet.a`
fn plain(reference: &str) -> String {
    let mut parts = reference.split(['.', '[']);
    let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{kind}.{name}")
}

/// Which actions wait for which: what is made after what it names, what goes before it.
fn needs(actions: &[Action], references: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<usize>> {
    let mut by_plain: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, action) in actions.iter().enumerate() {
        by_plain.entry(plain(action.address.as_str())).or_default().push(index);
    }
    let mut needs = vec![Vec::new(); actions.len()];
    for (index, action) in actions.iter().enumerate() {
        for named in references.get(&plain(action.address.as_str())).into_iter().flatten() {
            for &other in by_plain.get(named).into_iter().flatten().filter(|&&other| other != index) {
                let goes = |action: &Action| action.verb == Verb::Delete;
                match (goes(action), goes(&actions[other])) {
                    (true, true) => needs[other].push(index),
                    (false, false) => needs[index].push(other),
                    _ => {}
                }
            }
        }
    }
    needs
}

fn in_order(mut actions: Vec<Action>, needs: &[Vec<usize>]) -> (Vec<Action>, Estimate) {
    let sorted = match order(needs) {
        Order::Sorted(sorted) => sorted,
        // The binary would have refused it.
        Order::Cycle(_) => return (actions, Estimate::default()),
    };
    let addresses: Vec<Address> = actions.iter().map(|action| action.address.clone()).collect();
    let mut done_at = vec![0_u64; actions.len()];
    let mut decided_by: Vec<Option<usize>> = vec![None; actions.len()];
    for &index in &sorted {
        let mut after: Vec<Address> = needs[index].iter().map(|&need| addresses[need].clone()).collect();
        after.sort();
        actions[index].after = after;
        decided_by[index] = needs[index].iter().copied().max_by_key(|&need| done_at[need]);
        done_at[index] = decided_by[index].map_or(0, |need| done_at[need]) + actions[index].seconds;
    }
    let mut at = sorted.iter().copied().max_by_key(|&index| done_at[index]);
    let seconds = at.map_or(0, |index| done_at[index]);
    let mut critical_path = Vec::new();
    while let Some(index) = at {
        critical_path.push(addresses[index].clone());
        at = decided_by[index];
    }
    critical_path.reverse();
    let mut slots: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
    let ordered = sorted.into_iter().filter_map(|index| slots[index].take()).collect();
    (ordered, Estimate { seconds, critical_path })
}

fn outputs(said: &Json) -> BTreeMap<String, Json> {
    let changes = said["output_changes"].as_object().into_iter().flatten();
    changes
        .filter(|(_, change)| change["actions"] != serde_json::json!(["delete"]))
        .map(|(name, change)| {
            (name.clone(), shown(&change["after"], &change["after_unknown"], &change["after_sensitive"]))
        })
        .collect()
}

/// Every value of a variable, sensitive ones left out.
fn variables(said: &Json) -> String {
    let declared = &said["configuration"]["root_module"]["variables"];
    let values = said["variables"].as_object().into_iter().flatten();
    let told: Json = values
        .filter(|(name, _)| declared[name.as_str()]["sensitive"] != Json::Bool(true))
        .map(|(name, value)| (name.clone(), value["value"].clone()))
        .collect();
    hex(&Sha256::digest(told.to_string()))
}

/// Every live object, without what is marked as sensitive; nothing alive has a hash too.
fn estate(said: &Json) -> String {
    let mut lines = Vec::new();
    living(&said["prior_state"]["values"]["root_module"], &mut lines);
    lines.sort();
    let mut hasher = Sha256::new();
    for line in &lines {
        hasher.update(line);
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

fn living(module: &Json, lines: &mut Vec<String>) {
    for resource in list(&module["resources"]).filter(|resource| resource["mode"] == "managed") {
        let values = shown(&resource["values"], &Json::Null, &resource["sensitive_values"]);
        lines.push(format!("{} {values}", resource["address"]));
    }
    list(&module["child_modules"]).for_each(|child| living(child, lines));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned(said: &Json, allowed: &[&str]) -> Plan {
        let allow_data_loss = allowed.iter().map(|text| address(text)).collect();
        let options = Options { destroy: false, prune: false, allow_data_loss };
        plan_of(said, "terraform", &Wanted { deployment: "orders", options: &options, directory: "hash" })
    }

    fn change(address: &str, actions: &[&str]) -> Json {
        let kind = address.split('.').next();
        json!({ "address": address, "mode": "managed", "type": kind,
                "change": { "actions": actions, "before": { "id": "i-1", "name": "a" }, "after": { "name": "b" } } })
    }

    #[test]
    fn actions_come_in_order_and_say_what_they_wait_for() {
        let said = json!({
            "resource_changes": [
                change("aws_subnet.a", &["create"]), change("aws_vpc.main", &["create"]),
                change("aws_db_instance.main", &["delete", "create"]), change("aws_eip.a", &["no-op"]),
                { "address": "data.aws_x.y", "mode": "data", "type": "aws_x", "change": { "actions": ["read"] } },
            ],
            "configuration": { "root_module": { "resources": [
                { "address": "aws_subnet.a", "expressions": { "vpc_id": { "references": ["aws_vpc.main.id", "aws_vpc.main"] } } },
                { "address": "aws_db_instance.main", "depends_on": ["aws_subnet.a"], "expressions": {} },
            ] } },
        });
        let plan = planned(&said, &[]);
        let order: Vec<&str> = plan.actions.iter().map(|action| action.address.as_str()).collect();
        assert_eq!(order, ["aws_vpc.main", "aws_subnet.a", "aws_db_instance.main"]);
        assert_eq!(plan.actions[1].after, [address("aws_vpc.main")]);
        assert_eq!(plan.unchanged, 1);
        assert_eq!(plan.estimate.critical_path.len(), 3);
        let database = &plan.actions[2];
        assert!(database.verb == Verb::Replace && database.blocked.is_some(), "{database:?}");
        assert!(planned(&said, &["aws_db_instance.main"]).actions[2].blocked.is_none());
    }

    #[test]
    fn what_is_protected_says_so_before_anything_is_gone() {
        let said = |protection: bool, expression: Json| {
            let mut change = change("aws_db_instance.main", &["delete"]);
            change["change"]["before"]["deletion_protection"] = protection.into();
            json!({
                "resource_changes": [change],
                "configuration": { "root_module": { "resources": [
                    { "address": "aws_db_instance.main", "expressions": { "deletion_protection": expression } },
                ] } },
            })
        };
        let blocked = |said: &Json| planned(said, &["aws_db_instance.main"]).actions.remove(0).blocked;
        let by_variable = json!({ "references": ["var.keep"] });
        assert_eq!(
            blocked(&said(true, by_variable.clone())).as_deref(),
            Some("the cloud refuses while `deletion_protection` is set; apply with `--var keep=false` first")
        );
        assert_eq!(
            blocked(&said(true, json!({ "constant_value": true }))).as_deref(),
            Some("the cloud refuses while `deletion_protection` is set; apply it as false first")
        );
        assert_eq!(blocked(&said(false, by_variable)), None);
    }

    #[test]
    fn what_is_gone_goes_after_its_users() {
        let said = json!({
            "resource_changes": [change("aws_vpc.main", &["delete"]), change("aws_subnet.a", &["delete"])],
            "configuration": { "root_module": { "resources": [
                { "address": "aws_subnet.a", "expressions": { "vpc_id": { "references": ["aws_vpc.main"] } } },
            ] } },
        });
        let plan = planned(&said, &[]);
        assert_eq!(plan.actions[0].address.as_str(), "aws_subnet.a");
        assert_eq!(plan.actions[1].after, [address("aws_subnet.a")]);
    }

    #[test]
    fn secrets_reach_neither_outputs_nor_hashes() {
        let said = |secret: &str| {
            json!({
                "variables": { "token": { "value": secret }, "size": { "value": 3 } },
                "configuration": { "root_module": { "variables": { "token": { "sensitive": true }, "size": {} } } },
                "output_changes": { "key": { "actions": ["create"], "after": secret, "after_sensitive": true } },
                "prior_state": { "values": { "root_module": { "resources": [
                    { "address": "aws_x.y", "mode": "managed", "values": { "id": "1", "key": secret }, "sensitive_values": { "key": true } },
                ] } } },
            })
        };
        let (one, other) = (planned(&said("hush"), &[]), planned(&said("quiet"), &[]));
        assert_eq!(one, other);
        assert_eq!(one.outputs["key"], "(sensitive)");
        assert_ne!(one.bound_to.estate, planned(&json!({}), &[]).bound_to.estate);
    }

    #[test]
    fn an_address_of_an_instance_is_kept() {
        assert_eq!(address("module.a.aws_vpc.b[\"x.y\"]").as_str(), "module.a.aws_vpc.b[\"x.y\"]");
        assert_eq!(plain("aws_subnet.a[0].id"), "aws_subnet.a");
    }
}

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::RealClock;
use provision_engine::durable::{Readers, replace};
use provision_engine::handover::{FILE, Import, for_embedded, for_terraform};
use provision_engine::ledger;
use provision_engine::plan::{Options, Plan};
use serde_json::json;

use super::ExitStatus;
use super::estate::{self, Engine, Handed, Stage, Target, imports};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// Give a deployment to another engine
///
/// What lives stays as it is; only who applies it changes, in the ledger and in a tag of the network. It has to be as the
/// directory says: nothing may be left to apply. To Terraform or OpenTofu, `imports.tf` tells them what lives, so that
/// their next plan imports it and changes nothing. To the embedded engine, their state is kept as a copy and emptied.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision handover out/ --to terraform
  provision handover provision.yaml --to embedded

Exit codes: 0 it has the new owner, 1 it has the one that it had.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Who applies it from now on
    #[arg(long, value_enum, value_name = "ENGINE")]
    to: To,
    /// Don't ask
    #[arg(short = 'y', long)]
    auto_approve: bool,
    /// How many seconds to wait for somebody who holds the lock
    #[arg(long, value_name = "SECONDS", default_value = "0")]
    lock_timeout: u64,
    /// What was handed over, as one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    Terraform,
    Tofu,
    Embedded,
}

impl To {
    fn word(self) -> &'static str {
        match self {
            To::Terraform => "terraform",
            To::Tofu => "tofu",
            To::Embedded => "embedded",
        }
    }
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let located = arguments.target.locate(output)?;
    located.may_change_a_cloud()?;
    let record = RealClock::new(clock::seconds())
        .run(ledger::look(located.store()?))
        .map_err(|error| Failure::because("the ledger can't be read", &error))?;
    let owner = record.and_then(|record| record.engine);
    if owner.as_deref() == Some("sandbox") {
        return Err(Failure::new(format!(
            "`{}` lives in the sandbox: there is nothing to hand over",
            located.deployment
        )));
    }
    match arguments.to {
        To::Embedded => to_embedded(arguments, owner.as_deref(), output),
        other => to_terraform(arguments, other, owner.as_deref(), output),
    }
}

/// What lives, by the embedded engine, and that it is as it should be.
fn looked(arguments: &Arguments, output: &Output) -> Result<(Stage, Plan), Failure> {
    let stage = arguments.target.by(Engine::Embedded).open(output)?;
    let plan = stage.look(&Options::default(), arguments.lock_timeout, output)?.plan;
    let is_as_said = plan.is_empty() || arguments.to == To::Embedded && stage.can_take(&plan);
    if is_as_said && lives(&plan) > 0 {
        return Ok((stage, plan));
    }
    output.say(&provision_engine::plan::view::fitted(
        &plan,
        provision_engine::plan::view::Detail::Concise,
        output.stderr_style().width,
    ));
    Err(Failure::new("only what is as the directory says can be handed over")
        .hint("its owner applies it first; then nothing is left to change"))
}

/// How many resources there are.
fn lives(plan: &Plan) -> usize {
    plan.unchanged + plan.actions.len()
}

fn agreed(arguments: &Arguments, question: &str, output: &Output) -> Result<(), Failure> {
    if arguments.auto_approve || estate::confirm(question, "yes", output)? {
        return Ok(());
    }
    Err(Failure::new("nothing was handed over"))
}

fn to_terraform(
    arguments: &Arguments,
    to: To,
    owner: Option<&str>,
    output: &Output,
) -> Result<ExitStatus, Failure> {
    let to = to.word();
    let (stage, plan) = looked(arguments, output)?;
    let located = &stage.located;
    if let Some(other) = owner.filter(|owner| !["embedded", to].contains(owner)) {
        return Err(Failure::new(format!("`{}` is driven by the engine `{other}`", located.deployment))
            .hint("`provision handover … --to embedded` comes first"));
    }
    let place = arguments.target.workplace(located, to);
    let file = place.join(FILE);
    agreed(
        arguments,
        &format!(
            "This gives the {} resources of `{}` to {to}, with {} to import them.",
            lives(&plan),
            located.deployment,
            file.display()
        ),
        output,
    )?;
    let command = arguments.target.command("handover").option("--to", to);
    let patience = Duration::from_secs(arguments.lock_timeout);
    let handed = Handed { to: Some(to), agreed: &plan, command: &command, patience };
    let found = stage.hand_over(&handed, output)?;
    std::fs::create_dir_all(&place)
        .map_err(|error| Failure::because(format!("{} can't be made", place.display()), &error))?;
    imports::keep(&place, &for_terraform(&found))?;
    let engine = if to == "tofu" { Engine::Tofu } else { Engine::Terraform };
    let next = arguments.target.by(engine).command("apply");
    told(
        arguments,
        &stage,
        to,
        &found,
        &format!("To import what lives, which changes nothing:\n  {next}\n"),
        output,
    )
}

fn to_embedded(arguments: &Arguments, owner: Option<&str>, output: &Output) -> Result<ExitStatus, Failure> {
    let (stage, plan) = looked(arguments, output)?;
    let by = former(arguments, owner)?;
    let former = by.map(|engine| arguments.target.by(engine).open(output)).transpose()?;
    let state = former.as_ref().map(|former| former.terraform_state(output)).transpose()?.flatten();
    agreed(
        arguments,
        &format!(
            "This gives the {} resources of `{}` to the embedded engine{}.",
            lives(&plan),
            stage.located.deployment,
            if state.is_some() { ", and empties Terraform's state, of which a copy is kept" } else { "" }
        ),
        output,
    )?;
    let command = arguments.target.command("handover").option("--to", "embedded");
    let patience = Duration::from_secs(arguments.lock_timeout);
    let handed = Handed { to: None, agreed: &plan, command: &command, patience };
    let found = stage.hand_over(&handed, output)?;
    let mut more = String::new();
    if let (Some(former), Some(state)) = (&former, &state) {
        let copy = backup(&stage, &state.text)?;
        former.forget_terraform_state(state, arguments.lock_timeout, output)?;
        more = format!(
            "Terraform's state is empty now; a copy with all its secrets is in {}.\n",
            copy.display()
        );
    } else if former.is_none() {
        more = "If Terraform has a state of it somewhere, that one still knows what lives: empty it with `terraform state rm`.\n"
            .to_owned();
    }
    let engines =
        former.iter().map(|former| arguments.target.workplace(&stage.located, former.engine_word()));
    for place in engines.filter(|place| place.is_dir()) {
        imports::keep(&place, &for_embedded(&found, "embedded"))?;
    }
    told(arguments, &stage, "embedded", &found, &more, output)
}

/// Whose state there may be: the owner's, and where nobody knows, that of the engine which was named.
fn former(arguments: &Arguments, owner: Option<&str>) -> Result<Option<Engine>, Failure> {
    match (owner, arguments.target.engine()) {
        (Some("terraform"), _) => Ok(Some(Engine::Terraform)),
        (Some("tofu"), _) => Ok(Some(Engine::Tofu)),
        (_, engine @ (Engine::Terraform | Engine::Tofu)) => Ok(Some(engine)),
        (None | Some("embedded"), _) => Ok(None),
        (Some(other), _) => Err(Failure::new(format!("it is driven by the engine `{other}`"))),
    }
}

/// What Terraform knew, secrets included, for whoever did this and nobody else.
fn backup(stage: &Stage, state: &str) -> Result<PathBuf, Failure> {
    let folder = stage.located.kept();
    let path = folder.join(format!("terraform-state-{}.json", clock::seconds()));
    let failed =
        |error: std::io::Error| Failure::because(format!("{} can't be written", path.display()), &error);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    replace(&path, state.as_bytes(), Readers::Owner, &Unwatched).map_err(failed)?;
    Ok(path)
}

fn told(
    arguments: &Arguments,
    stage: &Stage,
    to: &str,
    found: &[Import],
    more: &str,
    output: &Output,
) -> Result<ExitStatus, Failure> {
    let deployment = &stage.located.deployment;
    if arguments.json {
        let objects: Vec<_> =
            found.iter().map(|import| json!({ "address": import.to, "import": import.id, "attributes": import.attributes })).collect();
        output.json(&json!({ "schema": "provision.handover/1", "deployment": deployment, "to": to, "objects": objects }))?;
        output.say(more);
    } else {
        output.data(&format!("`{deployment}` is {to}'s now, with {} resources.\n{more}", found.len()))?;
    }
    Ok(ExitStatus::Fine)
}

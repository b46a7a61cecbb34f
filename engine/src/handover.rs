//! An estate goes from one engine to the other: what lives stays as it is, and only its owner changes.
//!
//! To Terraform it goes as `import` blocks. As long as it is the embedded engine's, the same file stops a Terraform that
//! somebody runs by hand in the directory: its variable has a value that only this engine gives.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;
use thiserror::Error;

use crate::clock::Clock;
use crate::driver::{Driver, Failure, Live, Update};
use crate::evaluate::as_text;
use crate::ledger::{Entry, Lease};
use crate::owner;
use crate::plan::{Options, Plan, Planned, Verb};
use crate::problem::Problems;
use crate::session::{Prepared, RunError, SessionError, still_agreed};
use crate::{Address, Attributes};

/// The file with the imports, at the top of a directory.
pub const FILE: &str = "imports.tf";
/// The variable that stops everybody else.
pub const GUARD: &str = "provision_engine";
/// How the file begins that is ours to overwrite.
const HEAD: &str = "# Written by provision";

/// What an import names a live object by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub to: Address,
    pub id: String,
    /// What will be found: what the configuration sets and the cloud decides, without what is secret.
    pub attributes: Json,
}

#[derive(Debug, Error)]
pub enum HandoverError {
    #[error("`{0}` doesn't live yet")]
    Missing(Address),
    #[error("what Terraform imports `{address}` by isn't known: it has no `{attribute}`")]
    Unnamed { address: Address, attribute: String },
    #[error("the directory isn't as what lives: {0}")]
    Differs(String),
    #[error("`{0}` can't be marked: {1}")]
    Mark(Address, #[source] Failure),
    #[error(transparent)]
    Run(#[from] RunError),
}

/// An import for each resource of the configuration that lives, in the order of their addresses.
pub fn imports(planned: &Planned<'_>) -> Result<Vec<Import>, HandoverError> {
    let import = |(address, live): (&Address, &Live)| {
        let id = import_id(address, live)?;
        Ok(Import { to: address.clone(), id, attributes: attributes(planned, address, live) })
    };
    planned.live.iter().map(import).collect()
}

fn attributes(planned: &Planned<'_>, address: &Address, live: &Live) -> Json {
    let resource = planned.scope.directory.resources.get(address);
    let body = resource.map(|resource| planned.scope.body(&resource.body, &mut Problems::default()));
    let desired = body.unwrap_or_default();
    let is_told = |name: &String| desired.get(name).is_some_and(|value| !value.has_secret());
    let set = live.arguments.iter().filter(|(name, _)| is_told(name));
    // An argument may be secret wherever it comes back.
    let decided = live.computed.iter().filter(|(name, _)| !desired.contains_key(*name));
    set.chain(decided).map(|(name, value)| (name.clone(), value.shown())).collect()
}

fn kind_of(address: &Address) -> Option<&'static provision_kinds::Kind> {
    provision_kinds::kind(address.kind())
}

/// Whether all that a plan changes is what the driver remembers by itself.
pub fn only_remembered(plan: &Plan, driver: &dyn Driver) -> bool {
    plan.actions.iter().all(|action| {
        let remembered = driver.remembers(action.address.kind());
        action.verb == Verb::Update
            && action.changes.iter().all(|change| remembered.contains(&change.field.as_str()))
    })
}

/// The kind's form, filled with what the object is: `{route_table_id}_{destination_cidr_block}`.
fn import_id(address: &Address, live: &Live) -> Result<String, HandoverError> {
    let form = kind_of(address).map_or("{id}", |kind| kind.import.as_str());
    let attributes = live.attributes();
    let mut id = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = attributes.get(name).and_then(|value| as_text(value.unmarked().0));
        let value = value.filter(|value| !value.is_empty());
        id += before;
        id += &value
            .ok_or_else(|| HandoverError::Unnamed { address: address.clone(), attribute: name.to_owned() })?;
        rest = after;
    }
    Ok(id + rest)
}

/// The file for a Terraform that is to take over.
pub fn for_terraform(imports: &[Import]) -> String {
    let mut text = format!(
        "{HEAD}: the live objects that Terraform is to take over. Once it has applied them, this file may go.\n"
    );
    blocks(imports, &mut text);
    text
}

/// The file beside an estate of the embedded engine.
pub fn for_embedded(imports: &[Import], engine: &str) -> String {
    let mut text = format!(
        r#"{HEAD}: what its embedded engine made. `provision handover --to terraform` gives it to Terraform.

variable "{GUARD}" {{
  description = "Given by the engine that applies this estate"
  type        = string
  default     = "none"

  validation {{
    condition     = var.{GUARD} == "{engine}"
    error_message = "The embedded engine of provision applies this estate. `provision handover --to terraform` gives it to Terraform."
  }}
}}
"#
    );
    blocks(imports, &mut text);
    text
}

fn blocks(imports: &[Import], text: &mut String) {
    for import in imports {
        let _ = write!(text, "\nimport {{\n  to = {}\n  id = {}\n}}\n", import.to, quoted(&import.id));
    }
}

/// As a literal of Terraform's: nothing in it is interpolated.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace("${", "$${").replace("%{", "%%{"))
}

/// Whether the file may be overwritten.
pub fn is_ours(text: &str) -> bool {
    text.starts_with(HEAD)
}

/// What is handed over, and by whom.
pub struct Handover<'a> {
    pub prepared: &'a Prepared,
    pub driver: &'a dyn Driver,
    pub clock: &'a dyn Clock,
    pub lease: &'a Lease<'a>,
    pub deployment: &'a str,
    pub who: &'a str,
    pub command: &'a str,
    /// The plan that was looked at before: if anything has moved since, nothing is done.
    pub agreed: &'a Plan,
}

impl Handover<'_> {
    /// To another engine. Done again, it finishes what was begun: whoever has it already may have it.
    pub async fn away(&self, to: &str) -> Result<Vec<Import>, HandoverError> {
        self.owned_by_one_of(&[self.driver.name(), to])?;
        let live = self.inventory().await?;
        let recorded = self.lease.record().engine;
        if let Some(owner) = owner::other(recorded.as_deref(), &live, self.driver).filter(|owner| owner != to)
        {
            return Err(RunError::OtherEngine { owner, asked: self.driver.name().to_owned() }.into());
        }
        let planned = self.planned(&live)?;
        if !planned.plan.is_empty() {
            return Err(HandoverError::Differs(planned.plan.counts()));
        }
        let resources = planned.scope.directory.resources.keys();
        if let Some(missing) = resources.into_iter().find(|address| !planned.live.contains_key(*address)) {
            return Err(HandoverError::Missing(missing.clone()));
        }
        let imports = imports(&planned)?;
        self.mark(&planned, to).await?;
        self.written_down(to, &planned.plan, BTreeMap::new()).await?;
        Ok(imports)
    }

    /// From another engine to the driver's own.
    pub async fn here(&self, from: &[&str]) -> Result<Vec<Import>, HandoverError> {
        self.owned_by_one_of(&[&[self.driver.name()], from].concat())?;
        let live = self.inventory().await?;
        let planned = self.planned(&live)?;
        if !only_remembered(&planned.plan, self.driver) {
            return Err(HandoverError::Differs(planned.plan.counts()));
        }
        let imports = imports(&planned)?;
        self.remember(&planned).await?;
        self.mark(&planned, self.driver.name()).await?;
        self.written_down(self.driver.name(), &planned.plan, self.prepared.fingerprints(&planned)).await?;
        Ok(imports)
    }

    fn owned_by_one_of(&self, engines: &[&str]) -> Result<(), RunError> {
        match self.lease.record().engine.filter(|owner| !engines.contains(&owner.as_str())) {
            Some(owner) => Err(RunError::OtherEngine { owner, asked: self.driver.name().to_owned() }),
            None => Ok(()),
        }
    }

    async fn inventory(&self) -> Result<Vec<Live>, HandoverError> {
        let live = self.prepared.inventory(self.driver, self.clock, self.deployment).await;
        Ok(live.map_err(RunError::from)?)
    }

    fn planned(&self, live: &[Live]) -> Result<Planned<'_>, HandoverError> {
        let options = Options::default();
        let planned = self.prepared.plan(live, self.driver.name(), self.deployment, &options);
        let planned = planned.map_err(|problems| RunError::from(SessionError::from(problems)))?;
        still_agreed(Some(self.agreed), &planned.plan)?;
        Ok(planned)
    }

    /// What another engine never told the driver.
    async fn remember(&self, planned: &Planned<'_>) -> Result<(), HandoverError> {
        for action in &planned.plan.actions {
            let resource = planned.scope.directory.resources.get(&action.address);
            let (Some(live), Some(resource)) = (planned.live.get(&action.address), resource) else {
                continue;
            };
            let attributes = planned.scope.body(&resource.body, &mut Problems::default());
            let changed = action.changes.iter().map(|change| change.field.clone()).collect();
            self.update(&action.address, live, attributes, changed).await?;
        }
        Ok(())
    }

    /// The network says whose it is, too.
    async fn mark(&self, planned: &Planned<'_>, engine: &str) -> Result<(), HandoverError> {
        for (address, live) in planned.live.iter().filter(|(_, live)| owner::is_network(live)) {
            let mut attributes = live.arguments.clone();
            owner::mark(&mut attributes, engine);
            self.update(address, live, attributes, vec!["tags".to_owned()]).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        address: &Address,
        live: &Live,
        attributes: Attributes,
        changed: Vec<String>,
    ) -> Result<(), HandoverError> {
        let deployment = self.deployment.to_owned();
        let order = Update { deployment, address: address.clone(), live: live.clone(), attributes, changed };
        let updated = crate::session::patiently(self.clock, || self.driver.update(&order)).await;
        updated.map(|_| ()).map_err(|failure| HandoverError::Mark(address.clone(), failure))
    }

    async fn written_down(
        &self,
        engine: &str,
        plan: &Plan,
        applied: BTreeMap<Address, String>,
    ) -> Result<(), HandoverError> {
        let mut entry = Entry {
            who: self.who.to_owned(),
            command: self.command.to_owned(),
            at: self.clock.wall(),
            engine: engine.to_owned(),
            plan: format!("{} handed over", plan.unchanged),
            result: None,
        };
        self.lease.begin(&entry).await.map_err(RunError::from)?;
        entry.result = Some(format!("it is {engine}'s now"));
        Ok(self.lease.end(&entry, true, applied, false).await.map_err(RunError::from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::driver::State;

    fn live(kind: &str, arguments: &[(&str, &str)]) -> Live {
        let of = |(name, value): &(&str, &str)| ((*name).to_owned(), Value::text(*value));
        Live {
            kind: kind.to_owned(),
            id: "x-1".to_owned(),
            address: None,
            generation: None,
            ours: true,
            arguments: arguments.iter().map(of).collect(),
            computed: Attributes::new(),
            state: State::Ready,
            reason: None,
        }
    }

    #[test]
    fn an_import_names_objects_as_their_kind_does() {
        let address = Address::new("aws_route", "out");
        let route =
            live("aws_route", &[("route_table_id", "rtb-1"), ("destination_cidr_block", "0.0.0.0/0")]);
        assert_eq!(import_id(&address, &route).expect("it is named"), "rtb-1_0.0.0.0/0");
        let half = live("aws_route", &[("route_table_id", "rtb-1")]);
        let said = import_id(&address, &half).expect_err("something is missing").to_string();
        assert!(said.contains("aws_route.out") && said.contains("destination_cidr_block"), "{said}");
    }

    #[test]
    fn nothing_in_an_id_is_read_by_terraform() {
        assert_eq!(quoted("a\"${b}%{c}\\"), r#""a\"$${b}%%{c}\\""#);
        let text = for_embedded(
            &[Import { to: Address::new("aws_vpc", "main"), id: "vpc-1".to_owned(), attributes: Json::Null }],
            "embedded",
        );
        assert!(
            is_ours(&text) && text.contains("import {\n  to = aws_vpc.main\n  id = \"vpc-1\"\n}\n"),
            "{text}"
        );
        assert!(text.contains("var.provision_engine == \"embedded\""), "{text}");
        assert!(!for_terraform(&[]).contains(GUARD));
    }
}

//! The plan as a document: one for every engine, versioned. What people see is a view of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::Address;
use crate::diff::Change;

pub const SCHEMA: &str = "provision.plan/1";

/// The JSON Schema of a plan's document, for programs that read it.
pub fn schema() -> &'static str {
    include_str!("../../schema/plan.schema.json")
}

/// The reason of a deletion that is only waited for.
pub(super) const DELETED_ALREADY: &str = "it is being deleted already";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub schema: String,
    /// `sandbox`, `embedded`, `terraform`…
    pub engine: String,
    pub deployment: String,
    /// A plan to destroy everything.
    pub destroy: bool,
    pub bound_to: Binding,
    /// In an order in which each comes after those it needs.
    pub actions: Vec<Action>,
    /// How many resources stay as they are.
    pub unchanged: usize,
    /// What lives and is nobody's business here: shown, left alone.
    pub foreign: Vec<Foreign>,
    pub outputs: BTreeMap<String, Json>,
    pub estimate: Estimate,
}

/// What must not have moved when a saved plan is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Every input file.
    pub directory: String,
    /// Every value of a variable, sensitive ones left out.
    pub variables: String,
    /// Every live object; an empty estate has a hash too.
    pub estate: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub address: Address,
    pub verb: Verb,
    /// The live object's id, where there is one.
    pub id: Option<String>,
    /// Of a replacement: the new one first.
    pub create_first: bool,
    /// The fields that differ.
    pub changes: Vec<Change>,
    /// Why, where it is not because of a field.
    pub reason: Option<String>,
    pub holds_data: bool,
    /// Why it will not be applied as things are.
    pub blocked: Option<String>,
    pub moved_from: Option<Address>,
    /// The configuration is as it was when it was applied last: the world moved.
    pub drift: bool,
    /// How long it typically takes.
    pub seconds: u64,
    /// What it waits for, of the actions in this plan.
    pub after: Vec<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    Replace,
    Delete,
    /// Takes our tags off the object and leaves it alone.
    Forget,
    Update,
    Create,
    /// The same object under another address.
    Move,
    /// It was begun already; it is not ready yet.
    Await,
    /// It lives as it should, and Terraform's state is to know it.
    Import,
}

impl Verb {
    pub fn symbol(self) -> &'static str {
        match self {
            Verb::Replace => "-/+",
            Verb::Delete => "-",
            Verb::Forget => ".",
            Verb::Update => "~",
            Verb::Create => "+",
            Verb::Move => ">",
            Verb::Await => "…",
            Verb::Import => "=",
        }
    }

    /// For counting: `3 to create`.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Replace => "replace",
            Verb::Delete => "delete",
            Verb::Forget => "forget",
            Verb::Update => "change",
            Verb::Create => "create",
            Verb::Move => "move",
            Verb::Await => "wait for",
            Verb::Import => "import",
        }
    }

    /// Whether an object ends.
    pub fn ends_object(self) -> bool {
        matches!(self, Verb::Replace | Verb::Delete)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    pub kind: String,
    pub id: String,
    pub what: String,
}

/// How long it would take, with as much parallelism as the graph allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    pub seconds: u64,
    /// The actions that decide it, first to last.
    pub critical_path: Vec<Address>,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    pub fn count(&self, verb: Verb) -> usize {
        self.actions.iter().filter(|action| action.verb == verb).count()
    }

    /// `3 to create, 1 to replace`
    pub fn counts(&self) -> String {
        let verbs = [
            Verb::Create,
            Verb::Update,
            Verb::Replace,
            Verb::Delete,
            Verb::Move,
            Verb::Import,
            Verb::Await,
            Verb::Forget,
        ];
        let counted: Vec<String> = verbs
            .into_iter()
            .map(|verb| (self.count(verb), verb))
            .filter(|(count, _)| *count > 0)
            .map(|(count, verb)| format!("{count} to {}", verb.word()))
            .collect();
        if counted.is_empty() { "nothing to do".to_owned() } else { counted.join(", ") }
    }

    /// What it decides. What was begun before and is only waited for may be over at any moment.
    pub fn decisions(&self) -> BTreeSet<(&Address, Verb)> {
        let waits =
            |action: &Action| action.verb == Verb::Await || action.reason.as_deref() == Some(DELETED_ALREADY);
        let decided = self.actions.iter().filter(|action| !waits(action));
        decided.map(|action| (&action.address, action.verb)).collect()
    }

    pub fn blocked(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| action.blocked.is_some())
    }
}

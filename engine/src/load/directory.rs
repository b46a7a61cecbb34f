//! A directory as it was loaded: every block of the subset, with its place.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::expression::Expression;
use super::variable_type::Type;
use crate::problem::Span;
use crate::{Address, Value};

#[derive(Debug, Default)]
pub struct Directory {
    pub variables: IndexMap<String, Variable>,
    /// In an order in which each needs only earlier ones.
    pub locals: IndexMap<String, Expression>,
    pub resources: IndexMap<Address, Resource>,
    pub outputs: IndexMap<String, Output>,
    pub providers: IndexMap<String, Body>,
    pub moved: Vec<Moved>,
    pub removed: Vec<Removed>,
    /// Of use to Terraform after a handover; the embedded engine finds its objects by itself.
    pub imports: Vec<Import>,
    /// Values from `terraform.tfvars` and `*.auto.tfvars`, later files over earlier ones.
    pub values: IndexMap<String, Value>,
}

#[derive(Debug)]
pub struct Variable {
    pub span: Span,
    pub kind: Type,
    pub default: Option<Expression>,
    pub description: Option<String>,
    pub sensitive: bool,
    pub nullable: bool,
    pub validations: Vec<Check>,
}

/// A condition and what to say when it doesn't hold.
#[derive(Debug)]
pub struct Check {
    pub condition: Expression,
    pub message: Expression,
}

#[derive(Debug)]
pub struct Resource {
    pub address: Address,
    pub span: Span,
    pub body: Body,
    pub depends_on: Vec<Address>,
    pub lifecycle: Lifecycle,
}

#[derive(Debug, Default)]
pub struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub struct Attribute {
    pub name: String,
    pub span: Span,
    pub value: Expression,
}

#[derive(Debug)]
pub struct Block {
    pub name: String,
    pub span: Span,
    pub body: Body,
}

#[derive(Debug, Default)]
pub struct Lifecycle {
    pub create_before_destroy: bool,
    pub prevent_destroy: bool,
    pub ignore_changes: Ignored,
    pub preconditions: Vec<Check>,
}

/// What a plan leaves alone.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Ignored {
    #[default]
    Nothing,
    All,
    /// Paths such as `desired_capacity` or `tags.Name`.
    Paths(BTreeSet<String>),
}

#[derive(Debug)]
pub struct Output {
    pub span: Span,
    pub value: Expression,
    pub description: Option<String>,
    pub sensitive: bool,
}

#[derive(Debug, Clone)]
pub struct Moved {
    pub span: Span,
    pub from: Address,
    pub to: Address,
}

#[derive(Debug, Clone)]
pub struct Removed {
    pub span: Span,
    pub from: Address,
    /// `destroy = false` lets the object live on, without our tags.
    pub destroy: bool,
}

#[derive(Debug)]
pub struct Import {
    pub span: Span,
    pub to: Address,
    pub id: Expression,
}

impl Body {
    /// Every expression in it, nested blocks included.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut found: Vec<&Expression> = self.attributes.iter().map(|attribute| &attribute.value).collect();
        for block in &self.blocks {
            found.extend(block.body.expressions());
        }
        found
    }
}

impl Resource {
    /// Every expression that needs to be known to apply it.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut found = self.body.expressions();
        for check in &self.lifecycle.preconditions {
            found.extend([&check.condition, &check.message]);
        }
        found
    }
}

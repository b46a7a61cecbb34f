use std::collections::{BTreeMap, BTreeSet};

use super::{Order, describe_cycle, order};
use crate::Address;
use crate::load::Directory;
use crate::load::expression::{Expression, Root};
use crate::problem::{Problem, Problems};

/// The resources of a directory and what each needs: its references, through locals too, and its `depends_on`.
#[derive(Debug)]
pub struct ResourceGraph {
    needs: BTreeMap<Address, BTreeSet<Address>>,
    order: Vec<Address>,
}

impl ResourceGraph {
    pub fn of(directory: &Directory) -> Result<Self, Problems> {
        let through_locals = local_needs(directory);
        let mut needs = BTreeMap::new();
        for resource in directory.resources.values() {
            let mut of_this: BTreeSet<Address> = resource.depends_on.iter().cloned().collect();
            for expression in resource.expressions() {
                add_needs(expression, &through_locals, &mut of_this);
            }
            needs.insert(resource.address.clone(), of_this);
        }
        let order = sorted(directory, &needs)?;
        Ok(ResourceGraph { needs, order })
    }

    /// Every resource, each after those that it needs.
    pub fn order(&self) -> &[Address] {
        &self.order
    }

    /// What the resource needs directly.
    pub fn needs(&self, address: &Address) -> impl Iterator<Item = &Address> {
        self.needs.get(address).into_iter().flatten()
    }

    /// Who needs whom, the other way round.
    pub fn needed_by(&self) -> BTreeMap<&Address, BTreeSet<&Address>> {
        let mut reverse: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
        for (address, needs) in &self.needs {
            for need in needs {
                reverse.entry(need).or_default().insert(address);
            }
        }
        reverse
    }
}

fn sorted(
    directory: &Directory,
    needs: &BTreeMap<Address, BTreeSet<Address>>,
) -> Result<Vec<Address>, Problems> {
    // The file's order, so that plans read as the directory does.
    let as_numbers: Vec<Vec<usize>> = directory
        .resources
        .keys()
        .map(|address| {
            needs[address].iter().filter_map(|need| directory.resources.get_index_of(need)).collect()
        })
        .collect();
    let name = |index: usize| directory.resources.get_index(index).map(|(address, _)| address.clone());
    match order(&as_numbers) {
        Order::Sorted(order) => Ok(order.into_iter().filter_map(name).collect()),
        Order::Cycle(members) => {
            let names: Vec<String> = members.iter().filter_map(|&m| name(m)).map(|a| a.to_string()).collect();
            let span =
                members.first().and_then(|&m| directory.resources.get_index(m)).map(|(_, r)| r.span.clone());
            Err(Problems(vec![Problem::new(span, describe_cycle(&names))]))
        }
    }
}

/// The resources behind each local; locals come in an order in which each needs only earlier ones.
fn local_needs(directory: &Directory) -> BTreeMap<&str, BTreeSet<Address>> {
    let mut known: BTreeMap<&str, BTreeSet<Address>> = BTreeMap::new();
    for (name, local) in &directory.locals {
        let mut needs = BTreeSet::new();
        add_needs(local, &known, &mut needs);
        known.insert(name, needs);
    }
    known
}

fn add_needs(
    expression: &Expression,
    locals: &BTreeMap<&str, BTreeSet<Address>>,
    needs: &mut BTreeSet<Address>,
) {
    for (reference, _) in expression.references() {
        match &reference.root {
            Root::Resource(address) => {
                needs.insert(address.clone());
            }
            Root::Local(name) => needs.extend(locals.get(name.as_str()).into_iter().flatten().cloned()),
            Root::Variable(_) | Root::PathModule => {}
        }
    }
}

//! Puts locals into an order in which each needs only earlier ones, so that evaluating never recurses through them.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::directory::Directory;
use super::expression::{Expression, Root};
use crate::graph::{self, Order};
use crate::problem::{Problem, Problems};

pub(super) fn sort(directory: &mut Directory, problems: &mut Problems) {
    let index: HashMap<&str, usize> =
        directory.locals.keys().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let needs: Vec<Vec<usize>> = directory
        .locals
        .values()
        .map(|local| needed(local).filter_map(|n| index.get(n).copied()).collect())
        .collect();
    match graph::order(&needs) {
        Order::Sorted(order) => {
            let mut locals: Vec<_> = std::mem::take(&mut directory.locals).into_iter().map(Some).collect();
            directory.locals =
                order.into_iter().filter_map(|index| locals[index].take()).collect::<IndexMap<_, _>>();
        }
        Order::Cycle(members) => {
            let names: Vec<String> = members
                .iter()
                .filter_map(|&index| directory.locals.get_index(index))
                .map(|(name, _)| format!("local.{name}"))
                .collect();
            let span =
                members.first().and_then(|&i| directory.locals.get_index(i)).map(|(_, l)| l.span.clone());
            problems.add(Problem::new(span, graph::describe_cycle(&names)));
        }
    }
}

fn needed(local: &Expression) -> impl Iterator<Item = &str> {
    local.references().into_iter().filter_map(|(reference, _)| match &reference.root {
        Root::Local(name) => Some(name.as_str()),
        _ => None,
    })
}

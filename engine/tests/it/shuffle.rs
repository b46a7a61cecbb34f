//! The same directory in another order.

use std::collections::BTreeMap;

use hcl_edit::expr::{Object, ObjectKey, ObjectValue, ObjectValueTerminator};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::visit_mut::{VisitMut, visit_body_mut, visit_object_mut};
use provision_engine::random::Random;

/// Blocks move between files, and arguments and entries of maps within theirs. Blocks within a block stay in their
/// order: there it counts.
pub(crate) fn shuffled(files: &BTreeMap<String, Vec<u8>>, seed: u64) -> BTreeMap<String, Vec<u8>> {
    let mut shuffle = Shuffle(Random::new(seed));
    let mut structures: Vec<Structure> = Vec::new();
    let mut shuffled = files.clone();
    for (name, content) in files.iter().filter(|(name, _)| name.ends_with(".tf")) {
        let text = std::str::from_utf8(content).unwrap();
        let mut body: Body = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        shuffle.visit_body_mut(&mut body);
        structures.extend(body);
        shuffled.remove(name);
    }
    shuffle.order(&mut structures);
    let half = structures.split_off(structures.len() / 2);
    for (name, structures) in [("b.tf", structures), ("a.tf", half)] {
        let body: Body = structures.into_iter().collect();
        shuffled.insert(name.to_owned(), body.to_string().into());
    }
    assert_ne!(files.get("network.tf"), shuffled.get("a.tf"));
    shuffled
}

struct Shuffle(Random);

impl Shuffle {
    fn order<T>(&self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = self.0.next() % (u64::try_from(index).unwrap() + 1);
            items.swap(index, usize::try_from(other).unwrap());
        }
    }
}

impl VisitMut for Shuffle {
    fn visit_body_mut(&mut self, body: &mut Body) {
        visit_body_mut(self, body);
        let (mut arguments, blocks): (Vec<Structure>, Vec<Structure>) =
            std::mem::take(body).into_iter().partition(Structure::is_attribute);
        self.order(&mut arguments);
        *body = arguments.into_iter().chain(blocks).collect();
    }

    fn visit_object_mut(&mut self, object: &mut Object) {
        visit_object_mut(self, object);
        let mut entries: Vec<(ObjectKey, ObjectValue)> = std::mem::take(object).into_iter().collect();
        self.order(&mut entries);
        for (key, mut value) in entries {
            value.set_terminator(ObjectValueTerminator::Newline);
            object.insert(key, value);
        }
    }
}

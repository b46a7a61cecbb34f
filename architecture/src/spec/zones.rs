use std::collections::BTreeSet;

use crate::spec::Number;
use crate::spec::read::{Read, Reader};
use crate::spec::shape::Shape;
use crate::values::ZoneName;
use crate::yaml::{Kind, Node};

type ZoneCount = Number<1, 6>;

/// How many zones, or which.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Zones {
    Count(ZoneCount),
    Named(Vec<ZoneName>),
}

impl Zones {
    pub fn count(&self) -> usize {
        match self {
            Zones::Count(count) => usize::try_from(count.get()).unwrap_or(usize::MAX),
            Zones::Named(names) => names.len(),
        }
    }
}

impl Read for Zones {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Kind::List(items) = &node.kind else {
            return ZoneCount::read(node, reader).map(Zones::Count);
        };
        if !(1..=6).contains(&items.len()) {
            reader.problem(node, format!("between one and six zones are named, found {}", items.len()));
            return None;
        }
        let names = Vec::<ZoneName>::read(node, reader)?;
        let mut seen = BTreeSet::new();
        let double = items.iter().zip(&names).find(|(_, name)| !seen.insert(*name));
        if let Some((item, name)) = double {
            reader.problem(item, format!("zone `{name}` is named twice"));
            return None;
        }
        Some(Zones::Named(names))
    }

    fn shape() -> Shape {
        Shape::Either(vec![ZoneCount::shape(), Vec::<ZoneName>::shape()])
    }
}

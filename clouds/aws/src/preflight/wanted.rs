//! What a plan is going to make, and what of it can be added up.

mod databases;
mod machines;

use std::collections::{BTreeMap, BTreeSet};

use provision_engine::driver::Create;
use provision_engine::evaluate::Scope;
use provision_engine::plan::{Action, Plan, Verb};
use provision_engine::problem::Problems;
use provision_engine::session::Prepared;
use provision_engine::{Address, Attributes, Value};
use serde::de::DeserializeOwned;

pub(super) use self::databases::Database;
pub(super) use self::machines::Machines;
use crate::attributes::read_value;

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// It stays, where it is and of the kind that it is; others refer to it.
    Stands,
    /// It becomes another kind, or is made in the place of one that goes first: as many as before.
    Changes,
    /// One more than there were.
    New,
}

impl Part {
    fn of(action: &Action) -> Self {
        match action.verb {
            Verb::Create => Part::New,
            Verb::Replace if action.create_first => Part::New,
            Verb::Replace => Part::Changes,
            Verb::Update if action.changes.iter().any(|change| is_looked_at(&change.field)) => Part::Changes,
            _ => Part::Stands,
        }
    }
}

/// What lives as it is need not be offered any more: only a change of this is looked at.
fn is_looked_at(field: &str) -> bool {
    let root = field.split(['.', '[']).next().unwrap_or_default();
    KINDS.contains(&root) || WHERE.contains(&root)
}

/// Arguments that say of which kind something is.
const KINDS: &[&str] =
    &["instance_type", "instance_types", "launch_template", "instance_class", "engine_version", "multi_az"];

/// The objects of a directory, and what a plan does with them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    deployment: String,
    objects: BTreeMap<Address, (Part, Attributes)>,
}

impl Wanted {
    /// As the plan says. References to what isn't made yet stay references: by them it is known what stands where.
    pub fn of(plan: &Plan, prepared: &Prepared) -> Self {
        let scope = Scope::new(&prepared.directory, &prepared.files, &prepared.variables);
        let parts: BTreeMap<&Address, Part> =
            plan.actions.iter().map(|action| (&action.address, Part::of(action))).collect();
        let mut wanted = Wanted { deployment: plan.deployment.clone(), ..Wanted::default() };
        for (address, resource) in &prepared.directory.resources {
            let arguments = scope.body(&resource.body, &mut Problems::default());
            wanted.add(address, arguments, parts.get(address).copied().unwrap_or(Part::Stands));
        }
        wanted
    }

    pub(super) fn add(&mut self, address: &Address, arguments: Attributes, part: Part) {
        self.objects.insert(address.clone(), (part, arguments));
    }

    /// Of this kind, those that are new.
    fn new_ones<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Attributes> {
        let of_kind = self.objects.iter().filter(move |(address, _)| address.kind() == kind);
        of_kind.filter(|(_, (part, _))| *part == Part::New).map(|(_, (_, arguments))| arguments)
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        self.new_ones(kind).count()
    }

    /// How many of a kind say so of themselves.
    pub(super) fn count_with(&self, kind: &str, argument: &str, value: &str) -> usize {
        self.new_ones(kind).filter(|arguments| text(arguments, argument) == Some(value)).count()
    }

    /// What an argument comes to in all of them.
    pub(super) fn sum(&self, kind: &str, argument: &str) -> usize {
        self.new_ones(kind).filter_map(|arguments| read::<usize>(arguments, argument)).sum()
    }

    /// How many of a kind in each zone, as far as it is known.
    pub(super) fn count_in_zones(&self, kind: &str) -> BTreeMap<String, usize> {
        let mut zones = BTreeMap::new();
        for zone in self.new_ones(kind).flat_map(|arguments| self.stands_in(arguments)) {
            *zones.entry(zone).or_default() += 1;
        }
        zones
    }

    /// The zones that are named, each with what names it.
    pub(super) fn zones(&self) -> BTreeMap<String, BTreeSet<Address>> {
        let mut zones: BTreeMap<String, BTreeSet<Address>> = BTreeMap::new();
        for (address, (part, arguments)) in &self.objects {
            if let Some(zone) = text(arguments, "availability_zone").filter(|_| *part > Part::Stands) {
                zones.entry(zone.to_owned()).or_default().insert(address.clone());
            }
        }
        zones
    }

    /// One of each kind that is new, as it would be made: those with all tags known, which a permission may depend on.
    pub(super) fn samples(&self) -> Vec<Create> {
        let mut samples: BTreeMap<&str, Create> = BTreeMap::new();
        for (address, (part, arguments)) in &self.objects {
            if *part != Part::New || !arguments.get("tags").is_none_or(Value::is_known) {
                continue;
            }
            let known = arguments.iter().filter(|(_, value)| value.is_known());
            samples.entry(address.kind()).or_insert_with(|| Create {
                deployment: self.deployment.clone(),
                address: address.clone(),
                attributes: known.map(|(name, value)| (name.clone(), value.clone())).collect(),
                generation: "0".to_owned(),
                token: format!("{}/{address}/dry-run", self.deployment),
            });
        }
        samples.into_values().collect()
    }

    /// The zones of the subnets that it refers to, itself or by what it refers to.
    fn stands_in(&self, arguments: &Attributes) -> BTreeSet<String> {
        let refers = WHERE.iter().filter_map(|name| arguments.get(*name)).flat_map(Value::waits_for);
        let mut zones = BTreeSet::new();
        for (address, (_, arguments)) in refers.filter_map(|address| self.objects.get_key_value(&address)) {
            if address.kind() == "aws_subnet" {
                zones.extend(text(arguments, "availability_zone").map(str::to_owned));
            } else {
                zones.extend(self.stands_in(arguments));
            }
        }
        zones
    }
}

/// Arguments that say in which subnets something stands.
const WHERE: &[&str] =
    &["subnet_id", "subnet_ids", "vpc_zone_identifier", "primary_network_interface", "db_subnet_group_name"];

fn text<'a>(arguments: &'a Attributes, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_text)
}

/// None for what isn't known yet.
fn read<T: DeserializeOwned>(arguments: &Attributes, name: &str) -> Option<T> {
    read_value(arguments.get(name)?).ok()
}

pub(super) fn named(by: &BTreeSet<Address>) -> String {
    by.iter().map(|address| format!("`{address}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::preflight) fn arguments<const N: usize>(pairs: [(&str, Value); N]) -> Attributes {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    pub(in crate::preflight) fn of(kind: &str, name: &str) -> Value {
        Value::Unknown([Address::new(kind, name)].into())
    }

    pub(in crate::preflight) fn subnets(wanted: &mut Wanted) {
        for zone in ["a", "b"] {
            let stands = arguments([("availability_zone", Value::text(format!("eu-west-1{zone}")))]);
            wanted.add(&Address::new("aws_subnet", zone), stands, Part::Stands);
        }
    }

    #[test]
    fn sums_are_those_of_what_is_new() {
        let mut wanted = Wanted::default();
        subnets(&mut wanted);
        let mut add =
            |kind: &str, name: &str, given, part| wanted.add(&Address::new(kind, name), given, part);
        add("aws_eip", "a", Attributes::new(), Part::New);
        add("aws_eip", "b", Attributes::new(), Part::Stands);
        add("aws_nat_gateway", "a", arguments([("subnet_id", of("aws_subnet", "a"))]), Part::New);
        add("aws_nat_gateway", "b", arguments([("subnet_id", of("aws_subnet", "a"))]), Part::New);
        add("aws_lb", "a", arguments([("load_balancer_type", Value::text("network"))]), Part::New);
        add("aws_db_instance", "a", arguments([("allocated_storage", Value::Number(100.0))]), Part::New);
        add("aws_db_instance", "b", arguments([("allocated_storage", Value::Number(20.0))]), Part::Changes);
        assert_eq!(wanted.count("aws_eip"), 1);
        assert_eq!(wanted.count_in_zones("aws_nat_gateway"), [("eu-west-1a".to_owned(), 2)].into());
        assert_eq!(wanted.count_with("aws_lb", "load_balancer_type", "network"), 1);
        assert_eq!(wanted.sum("aws_db_instance", "allocated_storage"), 100);
    }

    #[test]
    fn only_another_kind_or_place_is_looked_at() {
        for field in ["instance_type", "launch_template[0].id", "vpc_zone_identifier[2]"] {
            assert!(is_looked_at(field), "{field}");
        }
        for field in ["user_data", "tags.Name", "desired_capacity"] {
            assert!(!is_looked_at(field), "{field}");
        }
    }

    #[test]
    fn a_sample_has_what_is_known_and_its_tags() {
        let mut wanted = Wanted { deployment: "orders".to_owned(), ..Wanted::default() };
        let tags = |value| Value::Map(arguments([("team", value)]));
        let volume = arguments([("size", Value::Number(1.0)), ("kms_key_id", of("aws_kms_key", "a"))]);
        let with = |value| {
            let mut volume = volume.clone();
            volume.insert("tags".to_owned(), tags(value));
            volume
        };
        wanted.add(&Address::new("aws_ebs_volume", "a"), with(of("aws_vpc", "a")), Part::New);
        wanted.add(&Address::new("aws_ebs_volume", "b"), with(Value::text("x")), Part::New);
        let samples = wanted.samples();
        let [sample] = samples.as_slice() else { panic!("{samples:?}") };
        assert_eq!(sample.address.to_string(), "aws_ebs_volume.b");
        assert_eq!(sample.attributes.keys().collect::<Vec<_>>(), ["size", "tags"]);
    }
}

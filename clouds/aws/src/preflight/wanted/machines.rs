//! Which machines a plan starts, of which kind and where.

use std::collections::BTreeSet;

use provision_engine::{Address, Attributes, Value};

use super::{Part, Wanted, read, text};

/// Machines that one object starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::preflight) struct Machines {
    pub(in crate::preflight) by: Address,
    pub(in crate::preflight) kind: String,
    /// Where each of them may have to stand, as far as it is known.
    pub(in crate::preflight) zones: BTreeSet<String>,
    /// How many more than there were, of those that are paid by the hour.
    pub(in crate::preflight) more: usize,
}

impl Wanted {
    /// What starts machines and is new or changed, or whose template is.
    pub(in crate::preflight) fn machines(&self) -> Vec<Machines> {
        let (mut all, mut used) = (Vec::new(), BTreeSet::new());
        for (address, (part, arguments)) in &self.objects {
            let Some(count) = how_many(address.kind(), arguments) else { continue };
            let template = self.template(arguments);
            used.extend(template.map(|(template, ..)| template));
            let inherited = template.and_then(|(.., template)| text(template, "instance_type"));
            let Some(kind) = kind_of_machine(arguments).or(inherited) else { continue };
            if template.map_or(*part, |(_, its, _)| its.max(*part)) > Part::Stands {
                let hourly = *part == Part::New && text(arguments, "capacity_type") != Some("SPOT");
                all.push(Machines {
                    by: address.clone(),
                    kind: kind.to_owned(),
                    zones: self.stands_in(arguments),
                    more: if hourly { count } else { 0 },
                });
            }
        }
        all.extend(self.spare_templates(&used));
        all
    }

    /// Templates that nothing here starts machines from.
    fn spare_templates(&self, used: &BTreeSet<&Address>) -> Vec<Machines> {
        let templates = self.objects.iter().filter(|(address, _)| address.kind() == "aws_launch_template");
        let spare = templates.filter(|(address, (part, _))| *part > Part::Stands && !used.contains(address));
        spare
            .filter_map(|(address, (_, arguments))| {
                let kind = text(arguments, "instance_type")?.to_owned();
                Some(Machines { by: address.clone(), kind, zones: BTreeSet::new(), more: 0 })
            })
            .collect()
    }

    fn template(&self, arguments: &Attributes) -> Option<(&Address, Part, &Attributes)> {
        let refers = arguments.get("launch_template")?.waits_for();
        let (address, (part, arguments)) =
            refers.iter().find_map(|address| self.objects.get_key_value(address))?;
        Some((address, *part, arguments))
    }
}

/// How many machines an object of a kind starts; none for other kinds.
fn how_many(kind: &str, arguments: &Attributes) -> Option<usize> {
    let count = match kind {
        "aws_instance" => Some(1),
        "aws_autoscaling_group" => {
            read(arguments, "desired_capacity").or_else(|| read(arguments, "min_size"))
        }
        "aws_eks_node_group" => {
            let blocks: Option<Vec<Scaling>> = read(arguments, "scaling_config");
            blocks.and_then(|mut blocks| blocks.pop()).and_then(|scaling| scaling.desired_size)
        }
        _ => return None,
    };
    Some(count.unwrap_or_default())
}

#[derive(serde::Deserialize)]
struct Scaling {
    desired_size: Option<usize>,
}

/// Of several, the one that is taken first
/// (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html, on-demand).
fn kind_of_machine(arguments: &Attributes) -> Option<&str> {
    match arguments.get("instance_types") {
        Some(Value::List(kinds)) => kinds.first().and_then(Value::as_text),
        _ => text(arguments, "instance_type"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{arguments, of, subnets};
    use super::*;

    fn group(template: Part, group: Part) -> Wanted {
        let mut wanted = Wanted::default();
        subnets(&mut wanted);
        let kind = arguments([("instance_type", Value::text("m7i.large"))]);
        wanted.add(&Address::new("aws_launch_template", "web"), kind, template);
        let block = Value::Map(arguments([("id", of("aws_launch_template", "web"))]));
        let both = vec![of("aws_subnet", "a"), of("aws_subnet", "b")];
        let asked = arguments([
            ("vpc_zone_identifier", Value::List(both)),
            ("launch_template", Value::List(vec![block])),
            ("min_size", Value::text("2")),
            ("desired_capacity", Value::Number(3.0)),
        ]);
        wanted.add(&Address::new("aws_autoscaling_group", "web"), asked, group);
        wanted
    }

    #[test]
    fn a_group_needs_its_machines_in_all_its_zones() {
        let machines = group(Part::New, Part::New).machines();
        let [all] = machines.as_slice() else { panic!("{machines:?}") };
        assert_eq!(
            (all.by.to_string().as_str(), all.kind.as_str(), all.more),
            ("aws_autoscaling_group.web", "m7i.large", 3)
        );
        assert_eq!(all.zones, ["eu-west-1a", "eu-west-1b"].map(str::to_owned).into());
    }

    #[test]
    fn what_stands_already_is_not_counted_again() {
        assert_eq!(group(Part::Stands, Part::Stands).machines(), []);
        // Other machines have to be there for it, but not more of them.
        let changed = group(Part::Changes, Part::Stands).machines();
        assert_eq!(changed.iter().map(|machines| machines.more).collect::<Vec<_>>(), [0]);
        let wanted = group(Part::Stands, Part::Changes);
        assert_eq!((wanted.count("aws_autoscaling_group"), wanted.zones().len()), (0, 0));
    }

    #[test]
    fn a_machine_stands_where_its_interface_does() {
        let mut wanted = Wanted::default();
        subnets(&mut wanted);
        let interface = arguments([("subnet_id", of("aws_subnet", "b"))]);
        wanted.add(&Address::new("aws_network_interface", "x"), interface, Part::New);
        let first = Value::Map(arguments([("network_interface_id", of("aws_network_interface", "x"))]));
        let machine = arguments([
            ("instance_type", Value::text("t4g.small")),
            ("primary_network_interface", Value::List(vec![first])),
        ]);
        wanted.add(&Address::new("aws_instance", "x"), machine, Part::New);
        let machines = wanted.machines();
        assert_eq!(machines[0].zones, ["eu-west-1b".to_owned()].into());
        assert_eq!(machines[0].more, 1);
    }

    #[test]
    fn nodes_of_a_cluster_are_machines_and_spot_has_a_limit_of_its_own() {
        let nodes = |capacity: &str| {
            let scaling = Value::Map(arguments([("desired_size", Value::Number(2.0))]));
            let given = arguments([
                ("instance_types", Value::List(vec![Value::text("m7i.large")])),
                ("scaling_config", Value::List(vec![scaling])),
                ("capacity_type", Value::text(capacity)),
            ]);
            let mut wanted = Wanted::default();
            wanted.add(&Address::new("aws_eks_node_group", "a"), given, Part::New);
            wanted.machines()[0].more
        };
        assert_eq!((nodes("ON_DEMAND"), nodes("SPOT")), (2, 0));
    }
}

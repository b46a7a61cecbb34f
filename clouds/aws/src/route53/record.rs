//! `aws_route53_record`: a name that leads to a load balancer.
//!
//! It can't have tags, and its zone isn't ours. So what it says decides: it is the deployment's as long as it leads to one
//! of the deployment's balancers, and what leads elsewhere is somebody else's, whatever the configuration wants. A zone may
//! hold ten thousand records, so only those are looked for that the configuration names.
//!
//! A change is PENDING until all of the zone's servers know it, within a minute as a rule
//! (https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html). Nobody waits for it: lists show what is
//! pending (…/API_ListResourceRecordSets.html), the service keeps the order of changes by itself, and nothing that is made
//! here asks for the name.

use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecordSet};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::SERVICE;
use super::names::{of_balancer, plain};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::load_balancing;

pub(crate) struct Record;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    zone_id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    alias: Vec<Alias>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    name: String,
    zone_id: String,
    evaluate_target_health: bool,
}

impl Kind for Record {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_route53_record";

    /// One call for each that the configuration names. What leads elsewhere isn't listed: a plan that takes everything away
    /// would stumble over it, and one that wants it is refused by the zone itself.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        if wanted.children.is_empty() {
            return Ok(Vec::new());
        }
        let names = load_balancing::own_names(cloud, &wanted.deployment).await?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let balancers: Vec<String> = names.iter().map(|name| of_balancer(name)).collect();
        let mut all = Vec::new();
        for child in &wanted.children {
            let [zone, name, kind] = child.as_slice() else { continue };
            let record = read(cloud, zone, name, kind).await?;
            let ours = record.filter(|record| leads_to(record).is_some_and(|to| balancers.contains(&to)));
            all.extend(ours.map(|record| found(zone, record)));
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let record = of(cloud, &known.arguments).await?;
        Ok(record.map(|record| found(&known.arguments.zone_id, record)))
    }

    /// Never over another one. A repeat finds what the first attempt made.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let refused = match change(cloud, ChangeAction::Create, arguments, wanted(arguments)?).await {
            Err(failed) if is_refused(&failed, "already exists") => failed.failure,
            result => return Ok(result.map(|()| id(arguments))?),
        };
        match of(cloud, arguments).await? {
            Some(record) if is_as_wanted(&record, arguments) => Ok(id(arguments)),
            Some(record) => Err(taken(Class::Conflict, &record, arguments)),
            // It went meanwhile.
            None => Err(Failure { class: Class::NotYetConsistent, ..refused }),
        }
    }

    /// Somebody may have led the name elsewhere since the plan was made.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arguments = &order.arguments;
        let action = match of(cloud, &known.arguments).await? {
            None => ChangeAction::Create,
            Some(record) if [&known.arguments, arguments].iter().any(|one| leads_as(&record, one)) => {
                ChangeAction::Upsert
            }
            Some(record) => return Err(taken(Class::Fatal, &record, arguments)),
        };
        Ok(change(cloud, action, arguments, wanted(arguments)?).await?)
    }

    /// The service takes away only what is named with all that it says
    /// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let Some(record) = of(cloud, &known.arguments).await? else { return Ok(()) };
        if !leads_as(&record, &known.arguments) {
            return Err(taken(Class::Fatal, &record, &known.arguments));
        }
        match change(cloud, ChangeAction::Delete, &known.arguments, record).await {
            Err(failed) if failed.is_gone() || is_refused(&failed, "not found") => Ok(()),
            result => Ok(result?),
        }
    }
}

fn is_refused(failed: &Failed, words: &str) -> bool {
    failed.code == "InvalidChangeBatch" && failed.failure.message.contains(words)
}

async fn change(
    cloud: &Cloud,
    action: ChangeAction,
    arguments: &Arguments,
    record: ResourceRecordSet,
) -> Result<(), Failed> {
    let change = Change::builder().action(action).resource_record_set(record).build();
    let batch = ChangeBatch::builder().changes(change.expect("the action is set")).build();
    let ask = cloud.route53.change_resource_record_sets().hosted_zone_id(&arguments.zone_id);
    let sent = ask.change_batch(batch.expect("there is a change")).send();
    cloud.call(SERVICE, "ChangeResourceRecordSets", sent).await.map(|_| ())
}

fn wanted(arguments: &Arguments) -> Result<ResourceRecordSet, Failure> {
    let Some(alias) = arguments.alias.first() else {
        let message = format!("`{}` leads to no load balancer, and no other record is made", arguments.name);
        return Err(Failure::new(Class::Fatal, message));
    };
    let target = AliasTarget::builder()
        .hosted_zone_id(&alias.zone_id)
        .dns_name(&alias.name)
        .evaluate_target_health(alias.evaluate_target_health)
        .build()
        .expect("zone and name are set");
    let record = ResourceRecordSet::builder()
        .name(&arguments.name)
        .r#type(arguments.kind.as_str().into())
        .alias_target(target)
        .build();
    Ok(record.expect("name and type are set"))
}

async fn of(cloud: &Cloud, arguments: &Arguments) -> Result<Option<ResourceRecordSet>, Failure> {
    read(cloud, &arguments.zone_id, &arguments.name, &arguments.kind).await
}

/// The list begins at a name and a type, and one is enough. Those of several that share a name are told apart by a further
/// word: none of them is the one that is meant.
async fn read(
    cloud: &Cloud,
    zone: &str,
    name: &str,
    kind: &str,
) -> Result<Option<ResourceRecordSet>, Failure> {
    let ask = cloud.route53.list_resource_record_sets().hosted_zone_id(zone).max_items(1);
    let sent = ask.start_record_name(name).start_record_type(kind.into()).send();
    let told = unless_gone(cloud.call(SERVICE, "ListResourceRecordSets", sent).await)?;
    let first = told.and_then(|told| told.resource_record_sets.into_iter().next());
    let is_it = |record: &ResourceRecordSet| {
        plain(&record.name) == plain(name)
            && record.r#type.as_str() == kind
            && record.set_identifier.is_none()
    };
    Ok(first.filter(is_it))
}

/// The balancer, or whatever else it is an alias of.
fn leads_to(record: &ResourceRecordSet) -> Option<String> {
    record.alias_target.as_ref().map(|target| of_balancer(&target.dns_name))
}

fn leads_as(record: &ResourceRecordSet, arguments: &Arguments) -> bool {
    leads_to(record) == arguments.alias.first().map(|alias| of_balancer(&alias.name))
}

fn is_as_wanted(record: &ResourceRecordSet, arguments: &Arguments) -> bool {
    let same = |target: &AliasTarget| {
        arguments.alias.first().is_some_and(|alias| {
            alias.zone_id == target.hosted_zone_id
                && alias.evaluate_target_health == target.evaluate_target_health
        })
    };
    leads_as(record, arguments) && record.alias_target.as_ref().is_some_and(same)
}

fn taken(class: Class, record: &ResourceRecordSet, arguments: &Arguments) -> Failure {
    let to = leads_to(record).map_or_else(|| "other values".to_owned(), |name| format!("`{name}`"));
    let Arguments { zone_id, name, kind, .. } = arguments;
    let message = format!(
        "`{name}` ({kind}) in the zone `{zone_id}` is there already and leads to {to}; it stays as it is. Where the name is \
         to be this deployment's, delete that record first"
    );
    Failure::new(class, message)
}

fn id(arguments: &Arguments) -> String {
    let Arguments { zone_id, name, kind, .. } = arguments;
    format!("{zone_id}_{}_{kind}", plain(name))
}

fn found(zone: &str, record: ResourceRecordSet) -> Found<Arguments> {
    let name = plain(&record.name);
    let alias = record.alias_target.map(|target| Alias {
        name: plain(&target.dns_name),
        zone_id: target.hosted_zone_id,
        evaluate_target_health: target.evaluate_target_health,
    });
    let arguments = Arguments {
        zone_id: zone.to_owned(),
        name: name.clone(),
        kind: record.r#type.as_str().to_owned(),
        alias: alias.into_iter().collect(),
    };
    let mut found = Found::new(id(&arguments), arguments);
    found.computed = computed([("fqdn", Some(name))]);
    found.of_ours = true;
    found
}

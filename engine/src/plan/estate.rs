//! Which live object belongs to which resource.

use std::collections::BTreeMap;

use provision_kinds::{Identity, Kind};
use sha2::{Digest, Sha256};

use crate::driver::{Create, Live, State};
use crate::load::hex;
use crate::{Address, Attributes, Value};

/// The live objects of an inventory, and which of them have found their resource.
pub(super) struct Estate {
    objects: Vec<Option<Live>>,
    by_address: BTreeMap<Address, Vec<usize>>,
    by_kind: BTreeMap<String, Vec<usize>>,
}

/// What lives for one resource.
#[derive(Default)]
pub(super) struct Found {
    pub(super) current: Option<Live>,
    /// Of an earlier generation, left over from a replacement, or already on its way out.
    pub(super) former: Vec<Live>,
    /// As the current one, but made a second time; nothing uses it.
    pub(super) surplus: Vec<Live>,
    /// The current one was found under another address.
    pub(super) moved_from: Option<Address>,
}

impl Estate {
    pub(super) fn new(live: &[Live]) -> Self {
        let mut by_address: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        let mut by_kind: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, object) in live.iter().enumerate() {
            if let Some(address) = object.address.clone().filter(|_| object.ours) {
                by_address.entry(address).or_default().push(index);
            }
            by_kind.entry(object.kind.clone()).or_default().push(index);
        }
        Estate { objects: live.iter().cloned().map(Some).collect(), by_address, by_kind }
    }

    /// The objects of a resource; `Err` says why that can't be decided.
    pub(super) fn find(
        &mut self,
        address: &Address,
        moved_from: &[Address],
        kind: &Kind,
        desired: &Attributes,
        generation: Option<&str>,
    ) -> Result<Found, String> {
        let mut found = Found::default();
        for candidate in std::iter::once(address).chain(moved_from) {
            let tagged = self.take(candidate);
            if !tagged.is_empty() && candidate != address {
                found.moved_from = Some(candidate.clone());
            }
            self.sort_out(tagged, generation, &mut found)?;
            if found.current.is_some() {
                break;
            }
        }
        if found.current.is_none() {
            self.find_by_key(address, kind, desired, &mut found)?;
        }
        Ok(found)
    }

    fn take(&mut self, address: &Address) -> Vec<Live> {
        let indices = self.by_address.remove(address).unwrap_or_default();
        indices.into_iter().filter_map(|index| self.objects[index].take()).collect()
    }

    /// Of several objects with one address the current generation counts; the others are what a replacement left, or were
    /// made a second time.
    fn sort_out(&self, tagged: Vec<Live>, generation: Option<&str>, found: &mut Found) -> Result<(), String> {
        let (leaving, mut staying): (Vec<Live>, Vec<Live>) =
            tagged.into_iter().partition(|live| live.state == State::Deleting);
        found.former.extend(leaving);
        if staying.len() < 2 {
            found.current = staying.pop();
            return Ok(());
        }
        let is_current = |live: &Live| generation.is_some() && live.generation.as_deref() == generation;
        let (mut same, earlier): (Vec<Live>, Vec<Live>) = staying.into_iter().partition(is_current);
        // Where none is of the wanted generation, it isn't known which of them replaced which.
        if same.is_empty() {
            return Err(several(&earlier));
        }
        let used: Vec<usize> = (0..same.len()).filter(|&index| self.is_used(&same[index])).collect();
        let kept = match used[..] {
            [] => 0,
            [one] => one,
            _ => return Err(several(&same)),
        };
        found.current = Some(same.swap_remove(kept));
        found.former.extend(earlier);
        found.surplus = same;
        Ok(())
    }

    /// Whether another object names it.
    fn is_used(&self, live: &Live) -> bool {
        let others = self.objects.iter().flatten().filter(|other| other.id != live.id);
        others.flat_map(|other| other.arguments.values()).any(|value| names(value, &live.id))
    }

    /// By name, or by the key among the parent's children.
    fn find_by_key(
        &mut self,
        address: &Address,
        kind: &Kind,
        desired: &Attributes,
        found: &mut Found,
    ) -> Result<(), String> {
        let Some(key) = natural_key(kind, desired) else { return Ok(()) };
        let indices = self.by_kind.get(address.kind()).cloned().unwrap_or_default();
        let matching: Vec<usize> = indices
            .into_iter()
            .filter(|&index| {
                self.objects[index].as_ref().is_some_and(|live| key_matches(kind, &key, &live.arguments))
            })
            .collect();
        for index in matching {
            let Some(live) = self.objects[index].take() else { continue };
            if live.state == State::Deleting {
                found.former.push(live);
            } else if !live.ours {
                let id = live.id.clone();
                self.objects[index] = Some(live);
                return Err(format!("`{id}` has its name already, and it is not this deployment's"));
            } else if let Some(first) = &found.current {
                return Err(format!("there are two objects for it: `{}` and `{}`", first.id, live.id));
            } else {
                if let Some(other) = live.address.clone().filter(|other| other != address) {
                    self.by_address.remove(&other);
                    found.moved_from = Some(other);
                }
                found.current = Some(live);
            }
        }
        Ok(())
    }

    /// What no resource wanted: ours to delete, or somebody else's.
    pub(super) fn rest(self) -> Vec<Live> {
        self.objects.into_iter().flatten().collect()
    }
}

fn several(objects: &[Live]) -> String {
    let ids: Vec<String> = objects.iter().map(|live| format!("`{}`", live.id)).collect();
    format!("there are several objects for it: {}; remove the wrong one", ids.join(", "))
}

fn names(value: &Value, id: &str) -> bool {
    match value {
        Value::Text(text) => text == id,
        Value::List(items) => items.iter().any(|item| names(item, id)),
        Value::Map(map) => map.values().any(|item| names(item, id)),
        _ => false,
    }
}

/// Of an inventory of one kind, the object that a create made.
pub(crate) fn own_object(listed: &[Live], order: &Create) -> Result<Option<Live>, String> {
    let Some(kind) = provision_kinds::kind(order.address.kind()) else { return Ok(None) };
    let found =
        Estate::new(listed).find(&order.address, &[], kind, &order.attributes, Some(&order.generation))?;
    // Of an earlier generation: not the one that was ordered, whatever it is called.
    let other =
        |live: &Live| live.generation.as_ref().is_some_and(|generation| *generation != order.generation);
    Ok(found.current.filter(|live| !other(live)).or_else(|| found.former.into_iter().next()))
}

/// Of a child: its kind, its parent, and what tells it apart; none while that isn't known.
pub(crate) fn child(name: &str, desired: &Attributes) -> Option<(String, Vec<String>)> {
    let kind = provision_kinds::kind(name).filter(|kind| matches!(kind.identity, Identity::Child { .. }))?;
    let key = natural_key(kind, desired)?;
    Some((name.to_owned(), key.into_iter().map(|(_, text)| text).collect()))
}

/// The arguments that identify the object without tags.
pub(super) fn key_arguments(kind: &Kind) -> Vec<&String> {
    match &kind.identity {
        Identity::Tagged => Vec::new(),
        Identity::Named(argument) => vec![argument],
        Identity::Singleton { of } => vec![of],
        Identity::Child { of, by } => std::iter::once(of).chain(by).collect(),
    }
}

/// Whether what identifies it comes only when something else was made.
pub(super) fn waits_for_its_key(kind: &Kind, desired: &Attributes) -> bool {
    let waits = |name: &&String| desired.get(*name).is_some_and(|value| !value.unmarked().0.is_known());
    key_arguments(kind).iter().any(waits)
}

/// What identifies the object without tags; none while it isn't known.
fn natural_key(kind: &Kind, desired: &Attributes) -> Option<Vec<(String, String)>> {
    let mut key = Vec::new();
    for name in key_arguments(kind) {
        match desired.get(name).map(|value| value.unmarked().0) {
            None | Some(Value::Null) => key.push((name.clone(), String::new())),
            Some(value) if value.is_known() => key.push((name.clone(), text(value))),
            Some(_) => return None,
        }
    }
    // A name that the cloud makes up identifies nothing.
    key.iter().any(|(_, value)| !value.is_empty()).then_some(key)
}

fn key_matches(kind: &Kind, key: &[(String, String)], arguments: &Attributes) -> bool {
    key.iter().all(|(name, wanted)| {
        let lives = arguments.get(name).map(text).unwrap_or_default();
        let form = kind.canonical.get(name);
        *wanted == lives
            || form == Some(&provision_kinds::Canonical::LowerCase)
                && wanted.to_lowercase() == lives.to_lowercase()
            || form == Some(&provision_kinds::Canonical::DnsName)
                && wanted.trim_end_matches('.').eq_ignore_ascii_case(lives.trim_end_matches('.'))
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => crate::evaluate::as_text(other).unwrap_or_else(|| other.shown().to_string()),
    }
}

/// The hash of the attributes that force a replacement: tells two objects at one address apart. None while one of
/// them isn't known.
pub fn generation(kind: &Kind, attributes: &Attributes) -> Option<String> {
    let mut hasher = Sha256::new();
    for (name, value) in attributes {
        let forces = kind.immutable && name != "tags"
            || kind.replaces.iter().any(|path| path.split('.').next() == Some(name.as_str()));
        if forces && !matches!(value, Value::Null) && !value.has_secret() {
            if !value.is_known() {
                return None;
            }
            hasher.update(format!("{name}={}\n", value.shown()));
        }
    }
    Some(hex(&hasher.finalize())[..12].to_owned())
}

/// One hash over everything that lives. Nothing alive has one too: a plan made on nothing is not for twice. What is
/// on its way out already doesn't count: that it goes on its way is no news.
pub(super) fn digest(live: &[Live]) -> String {
    let mut lines: Vec<String> = live
        .iter()
        .filter(|object| object.state != State::Deleting)
        .map(|object| {
            let arguments: serde_json::Value =
                object.arguments.iter().map(|(name, value)| (name.clone(), value.shown())).collect();
            format!("{} {} {:?} {:?} {arguments}", object.kind, object.id, object.address, object.generation)
        })
        .collect();
    lines.sort();
    let mut hasher = Sha256::new();
    for line in &lines {
        hasher.update(line);
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_asked_for_once_its_key_is_known() {
        let record = |zone: Value| {
            let text = |text: &str| Value::text(text);
            Attributes::from([
                ("zone_id".to_owned(), zone),
                ("name".to_owned(), text("www.example.com")),
                ("type".to_owned(), text("A")),
            ])
        };
        let key = child("aws_route53_record", &record(Value::text("Z1")));
        let wanted = ["Z1", "www.example.com", "A"].map(str::to_owned).to_vec();
        assert_eq!(key, Some(("aws_route53_record".to_owned(), wanted)));
        assert_eq!(child("aws_route53_record", &record(Value::Unknown(Default::default()))), None);
        let named = Attributes::from([("name".to_owned(), Value::text("orders"))]);
        assert_eq!(child("aws_lb", &named), None);
    }
}

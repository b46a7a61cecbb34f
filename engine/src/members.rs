//! Who is behind which load balancer, as far as the live objects say it themselves.

use crate::driver::Live;
use crate::{Attributes, Value};

/// The objects with machines that a pool's traffic goes to. Which arguments say so is data of the kinds.
pub fn behind<'a>(pool: &Live, all: &'a [Live]) -> Vec<&'a Live> {
    let Some(facts) = provision_kinds::cloud(&pool.kind).and_then(|cloud| cloud.targets.as_ref()) else {
        return Vec::new();
    };
    let named: Vec<String> = facts.names.iter().flat_map(|path| texts_at(&pool.arguments, path)).collect();
    let joined: Vec<String> = all.iter().filter_map(|link| joined_by(link, pool)).collect();
    let has_machines =
        |live: &&Live| provision_kinds::cloud(&live.kind).is_some_and(|cloud| cloud.machines.is_some());
    all.iter()
        .filter(has_machines)
        .filter(|live| {
            facts.named_by.iter().flat_map(|path| texts_at(&live.arguments, path)).any(|text| is(pool, &text))
                || named.iter().any(|text| is(live, text))
                || joined.iter().any(|text| is(live, text) || mentions(live, text))
        })
        .collect()
}

/// Whether anybody asks the pool's targets how they are.
pub fn is_reached(pool: &Live, all: &[Live]) -> bool {
    let by = provision_kinds::cloud(&pool.kind).and_then(|cloud| cloud.targets.as_ref()?.reached_by.as_ref());
    by.is_none_or(|kind| all.iter().any(|live| live.kind == *kind && mentions(live, &pool.id)))
}

/// Whether an object of this kind names the disk.
pub(crate) fn is_attached(disk: &Live, by: &str, all: &[Live]) -> bool {
    let links = all.iter().filter(|live| live.kind == by);
    let mut found = false;
    for value in links.flat_map(|link| link.arguments.values()) {
        value.visit(&mut |value| found |= value.as_text().is_some_and(|text| is(disk, text)));
    }
    found
}

/// What an object puts into the pool, if it puts anything into it.
fn joined_by(link: &Live, pool: &Live) -> Option<String> {
    let joins = provision_kinds::cloud(&link.kind)?.joins.as_ref()?;
    let text = |name: &str| link.arguments.get(name).and_then(Value::as_text);
    is(pool, text(&joins.pool)?).then(|| text(&joins.machines).map(str::to_owned)).flatten()
}

/// Whether a text names the object, or a part of it: by its id, or by another name that the cloud gave it.
fn is(live: &Live, text: &str) -> bool {
    let is = |name: &str| {
        !name.is_empty()
            && text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut found = is(&live.id);
    live.computed.values().for_each(|value| {
        value.visit(&mut |value| found |= value.as_text().is_some_and(is));
    });
    found
}

fn mentions(live: &Live, text: &str) -> bool {
    let mut found = false;
    live.arguments.iter().filter(|(name, _)| *name != "tags" && *name != "tag").for_each(|(_, value)| {
        value.visit(&mut |value| found |= value.as_text() == Some(text));
    });
    found
}

/// Every text at a path, in every block on the way.
pub fn texts_at(arguments: &Attributes, path: &str) -> Vec<String> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(value) = arguments.get(first) else { return Vec::new() };
    let blocks: Vec<&Value> = match value {
        Value::List(items) => items.iter().collect(),
        one => vec![one],
    };
    let texts = |value: &Value| match (rest, value) {
        (None, value) => crate::evaluate::as_text(value).into_iter().collect(),
        (Some(rest), Value::Map(map)) => texts_at(map, rest),
        _ => Vec::new(),
    };
    blocks.into_iter().flat_map(texts).collect()
}

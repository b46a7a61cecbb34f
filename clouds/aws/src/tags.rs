//! Tags are identity: by them an object is found again, and known to be ours.

use std::collections::BTreeMap;

use provision_engine::driver::{Failure, Live};
use provision_engine::{Address, Attributes, Value};

pub(crate) type Tags = BTreeMap<String, String>;

pub(crate) const DEPLOYMENT: &str = "provision:deployment";
pub(crate) const ADDRESS: &str = "provision:address";
/// Which of two objects at one address it is, while a replacement runs.
pub(crate) const GENERATION: &str = "provision:generation";
/// Arguments that say what happens to an object later, and that the cloud has no place for: `final_snapshot=true`.
pub(crate) const KEPT: &str = "provision:kept";

/// The configured tags and those that are identity.
pub(crate) fn wanted(
    attributes: &Attributes,
    deployment: &str,
    address: &Address,
    kept: &[&str],
) -> Result<Tags, Failure> {
    let mut tags = Tags::new();
    if let Some(value) = attributes.get("tags") {
        tags = crate::attributes::read_value(value)?;
    }
    // Some kinds have a block for each tag.
    if let Some(value) = attributes.get("tag") {
        let blocks: Vec<Block> = crate::attributes::read_value(value)?;
        tags.extend(blocks.into_iter().map(|block| (block.key, block.value)));
    }
    tags.insert(DEPLOYMENT.to_owned(), deployment.to_owned());
    tags.insert(ADDRESS.to_owned(), address.to_string());
    let kept = written(attributes, kept);
    if !kept.is_empty() {
        tags.insert(KEPT.to_owned(), kept);
    }
    Ok(tags)
}

#[derive(serde::Deserialize)]
struct Block {
    key: String,
    value: String,
}

fn written(attributes: &Attributes, kept: &[&str]) -> String {
    let pair = |name: &&str| -> Option<String> {
        let text: String = crate::attributes::read_value(attributes.get(*name)?).ok()?;
        Some(format!("{name}={text}"))
    };
    kept.iter().filter_map(pair).collect::<Vec<_>>().join(" ")
}

/// The arguments that the object keeps in a tag.
pub(crate) fn read_kept(tags: &Tags, kept: &[&str]) -> Attributes {
    let words = tags.get(KEPT).into_iter().flat_map(|text| text.split(' '));
    words
        .filter_map(|word| word.split_once('='))
        .filter(|(name, _)| kept.contains(name))
        .map(|(name, text)| {
            let value = match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text => Value::text(text),
            };
            (name.to_owned(), value)
        })
        .collect()
}

pub(crate) fn address(tags: &Tags) -> Option<Address> {
    Address::try_from(tags.get(ADDRESS)?.as_str()).ok()
}

/// Whether a tag may be the configuration's: not what the cloud itself and this driver put there.
pub(crate) fn is_argument(name: &str) -> bool {
    !name.starts_with("aws:") && name != GENERATION && name != KEPT
}

pub(crate) fn as_argument(tags: &Tags) -> Value {
    Value::Map(
        tags.iter()
            .filter(|(name, _)| is_argument(name))
            .map(|(name, value)| (name.clone(), Value::text(value.as_str())))
            .collect(),
    )
}

/// The tags of a live object, as far as its arguments hold them.
pub(crate) fn of(live: &Live) -> Tags {
    if let Some(tags) = live.arguments.get("tags") {
        return crate::attributes::read_value(tags).unwrap_or_default();
    }
    let blocks: Vec<Block> = live
        .arguments
        .get("tag")
        .and_then(|tags| crate::attributes::read_value(tags).ok())
        .unwrap_or_default();
    blocks.into_iter().map(|block| (block.key, block.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cloud_has_no_place_for_is_kept_in_a_tag() {
        let attributes = Attributes::from([
            ("final_snapshot".to_owned(), Value::Bool(true)),
            ("size".to_owned(), Value::Number(20.0)),
            ("tags".to_owned(), Value::Map([("Name".to_owned(), Value::text("x"))].into())),
        ]);
        let address = Address::new("aws_ebs_volume", "a");
        let tags = wanted(&attributes, "orders", &address, &["final_snapshot"]).unwrap();
        assert_eq!(tags[KEPT], "final_snapshot=true");
        assert_eq!((tags["Name"].as_str(), tags[ADDRESS].as_str()), ("x", "aws_ebs_volume.a"));
        let read = read_kept(&tags, &["final_snapshot"]);
        assert_eq!(read, Attributes::from([("final_snapshot".to_owned(), Value::Bool(true))]));
    }
}

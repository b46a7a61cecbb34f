use std::collections::BTreeMap;

use provision_architecture::values::{DeploymentName, TagKey, TagValue};
use provision_kinds::Kind;
use serde::Serialize;

use crate::RenderError;
use crate::hash::sha256;
use crate::text::Expr;

/// Gives names and tags, within the limits that the kinds' facts set.
pub(crate) struct Naming<'a> {
    words: &'static TagWords,
    deployment: &'a str,
    own: Vec<(&'a str, &'a str)>,
}

/// A resource as its template needs it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Resource {
    /// Its name in the Terraform.
    local: String,
    /// Its name in the cloud.
    name: String,
    /// None where its kind can't have any.
    tags: Option<Expr>,
}

impl Resource {
    pub(crate) fn local(&self) -> &str {
        &self.local
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn rename(&mut self, name: String) {
        self.name = name;
    }
}

/// A name of Terraform has no dashes in this house.
pub(crate) fn underscored(name: &str) -> String {
    name.replace('-', "_")
}

/// How a cloud's tags are called.
pub(crate) struct TagWords {
    /// What the cloud's own pages show as a thing's name.
    pub(crate) name: Option<&'static str>,
    pub(crate) deployment: &'static str,
    /// None where its values can't hold a dot.
    pub(crate) address: Option<&'static str>,
    pub(crate) component: &'static str,
    pub(crate) instance: &'static str,
    /// The kind whose limit holds for machines of a group.
    pub(crate) machine: &'static str,
}

/// What is left of a name that is too long, before its hash.
const HASH: usize = 6;

impl TagWords {
    fn are_ours(&self, key: &str) -> bool {
        [self.name, Some(self.deployment), self.address, Some(self.component), Some(self.instance)]
            .contains(&Some(key))
    }
}

impl<'a> Naming<'a> {
    pub(crate) fn new(
        words: &'static TagWords,
        deployment: &'a DeploymentName,
        own: &'a BTreeMap<TagKey, TagValue>,
    ) -> Result<Self, RenderError> {
        if let Some(key) = own.keys().find(|key| words.are_ours(key.as_str())) {
            let what = "is set on everything that is made: choose another key".to_owned();
            return Err(RenderError::Tag { key: key.to_string(), what });
        }
        let own = own.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        Ok(Self { words, deployment: deployment.as_str(), own })
    }

    /// Name and tags of one resource; `what` tells it from the deployment's others of its kind.
    pub(crate) fn resource(&self, kind: &str, local: &str, what: &str) -> Result<Resource, RenderError> {
        let facts = facts(kind, local)?;
        let name = self.limited(facts, what, 0);
        let tags = match facts.tags {
            Some(_) => {
                let tags = self.tag_list(kind, local, what)?;
                Some(Expr::object(tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))))
            }
            None => None,
        };
        Ok(Resource { local: local.to_owned(), name, tags })
    }

    /// The beginning of a name to which something of a known length is added.
    pub(crate) fn prefix(&self, kind: &str, what: &str, reserved: usize) -> Result<String, RenderError> {
        Ok(self.limited(facts(kind, what)?, what, reserved))
    }

    /// `/provision/orders/<what>`.
    pub(crate) fn path(&self, what: &str) -> String {
        format!("/provision/{}/{what}", self.deployment)
    }

    /// The tags of a resource: ours, its name, and those of the spec.
    pub(crate) fn tag_list(
        &self,
        kind: &str,
        local: &str,
        what: &str,
    ) -> Result<Vec<(String, String)>, RenderError> {
        let address = format!("{kind}.{local}");
        let mut tags = Vec::new();
        tags.extend(self.words.name.map(|key| (key.to_owned(), self.joined(what))));
        tags.push((self.words.deployment.to_owned(), self.deployment.to_owned()));
        tags.extend(self.words.address.map(|key| (key.to_owned(), address.clone())));
        tags.extend(self.own.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let most = facts(kind, local)?.tags.unwrap_or_default();
        if tags.len() > most {
            return Err(RenderError::TooManyTags { address, found: tags.len(), most });
        }
        Ok(tags)
    }

    /// What the machines of a group carry: which component they are, and not the group's address.
    pub(crate) fn machine_tags(
        &self,
        component: &str,
        what: &str,
        number: Option<usize>,
    ) -> Result<Expr, RenderError> {
        let name = self.joined(what);
        let number = number.map(|number| number.to_string());
        let words = self.words;
        let mut tags = Vec::new();
        tags.extend(words.name.map(|key| (key, name.as_str())));
        tags.extend([(words.deployment, self.deployment), (words.component, component)]);
        tags.extend(number.as_deref().map(|number| (words.instance, number)));
        tags.extend(self.own.iter().copied());
        let most = facts(words.machine, what)?.tags.unwrap_or_default();
        if tags.len() > most {
            return Err(RenderError::TooManyTags {
                address: format!("machines of {what}"),
                found: tags.len(),
                most,
            });
        }
        Ok(Expr::object(tags))
    }

    /// What a machine with an identity of its own carries: its address, and what it is.
    pub(crate) fn node_tags(
        &self,
        kind: &str,
        local: &str,
        role: &str,
        number: usize,
    ) -> Result<Expr, RenderError> {
        let number = number.to_string();
        let mut tags = self.tag_list(kind, local, &format!("{role}-{number}"))?;
        tags.push((self.words.component.to_owned(), role.to_owned()));
        tags.push((self.words.instance.to_owned(), number));
        Ok(Expr::object(tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))))
    }

    /// The same as a list, for a machine or a group of them that all carry the group's own tags.
    pub(crate) fn node_tag_list(
        &self,
        kind: &str,
        local: &str,
        role: &str,
        number: Option<usize>,
    ) -> Result<Vec<(String, String)>, RenderError> {
        let mut tags = self.tag_list(kind, local, role)?;
        tags.push((self.words.component.to_owned(), role.to_owned()));
        tags.extend(number.map(|number| (self.words.instance.to_owned(), number.to_string())));
        Ok(tags)
    }

    fn joined(&self, what: &str) -> String {
        if what.is_empty() { self.deployment.to_owned() } else { format!("{}-{what}", self.deployment) }
    }

    /// Within the kind's limit: cut, with a hash of the whole at its end, so that two long names stay two.
    fn limited(&self, kind: &Kind, what: &str, reserved: usize) -> String {
        let name = self.joined(what);
        let longest = kind.name.as_ref().map_or(usize::MAX, |limit| limit.longest).saturating_sub(reserved);
        if name.len() <= longest {
            return name;
        }
        let hash = sha256(name.as_bytes());
        let kept = name[..longest - HASH - 1].trim_end_matches('-');
        format!("{kept}-{}", &hash[..HASH])
    }
}

fn facts(kind: &str, local: &str) -> Result<&'static Kind, RenderError> {
    provision_kinds::kind(kind)
        .ok_or_else(|| RenderError::UnknownKind { address: format!("{kind}.{local}"), kind: kind.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(count: usize) -> BTreeMap<TagKey, TagValue> {
        let key = |number: usize| TagKey::try_from(format!("key{number}").as_str()).unwrap();
        (0..count).map(|number| (key(number), TagValue::try_from("value").unwrap())).collect()
    }

    #[test]
    fn names_keep_to_the_limit_of_their_kind_and_stay_apart() {
        let deployment = DeploymentName::try_from("a-deployment-of-thirty-two-chars").unwrap();
        let tags = own(0);
        let naming = Naming::new(&crate::aws::TAGS, &deployment, &tags).unwrap();
        let name = |what: &str| naming.resource("aws_lb_target_group", "x", what).unwrap().name;
        assert_eq!(name("webserver-ui").len(), 32);
        assert_ne!(name("webserver-ui"), name("webserver-uj"));
        assert_eq!(name("webserver-ui"), name("webserver-ui"));
        assert!(naming.prefix("aws_s3_bucket", "storage", 13).unwrap().len() <= 50);
    }

    #[test]
    fn a_spec_with_too_many_tags_is_refused() {
        let deployment = DeploymentName::try_from("orders").unwrap();
        let (many, most) = (own(48), own(47));
        let error = Naming::new(&crate::aws::TAGS, &deployment, &many)
            .unwrap()
            .resource("aws_vpc", "main", "")
            .unwrap_err();
        assert!(error.to_string().contains("51 tags"), "{error}");
        assert!(
            Naming::new(&crate::aws::TAGS, &deployment, &most)
                .unwrap()
                .resource("aws_vpc", "main", "")
                .is_ok()
        );
    }

    #[test]
    fn a_kind_without_facts_is_refused() {
        let deployment = DeploymentName::try_from("orders").unwrap();
        let tags = own(0);
        let naming = Naming::new(&crate::aws::TAGS, &deployment, &tags).unwrap();
        assert!(matches!(naming.resource("aws_unheard_of", "x", ""), Err(RenderError::UnknownKind { .. })));
    }
}

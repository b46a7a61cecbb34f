use std::collections::BTreeMap;

use provision_architecture::values::{DeploymentName, TagKey, TagValue};
use provision_kinds::Kind;
use serde::Serialize;

use crate::RenderError;
use crate::hash::sha256;
use crate::text::Expr;

/// Gives names and tags, within the limits that the kinds' facts set.
pub(crate) struct Naming<'a> {
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
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn rename(&mut self, name: String) {
        self.name = name;
    }
}

/// A value that machines read at boot.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Parameter {
    parameter: Resource,
    value: Expr,
}

/// A name of Terraform has no dashes in this house.
pub(crate) fn underscored(name: &str) -> String {
    name.replace('-', "_")
}

const DEPLOYMENT: &str = "provision:deployment";
const ADDRESS: &str = "provision:address";
const COMPONENT: &str = "provision:component";
const INSTANCE: &str = "provision:instance";

/// What is left of a name that is too long, before its hash.
const HASH: usize = 6;

impl<'a> Naming<'a> {
    pub(crate) fn new(
        deployment: &'a DeploymentName,
        own: &'a BTreeMap<TagKey, TagValue>,
    ) -> Result<Self, RenderError> {
        if let Some(key) = own.keys().find(|key| key.as_str() == "Name") {
            let what = "is set on everything that is made: choose another key".to_owned();
            return Err(RenderError::Tag { key: key.to_string(), what });
        }
        if let Some(key) = own.keys().find(|key| key.as_str().contains([' ', '/'])) {
            let what =
                "holds a space or a slash, which tags of machines can't have that machines read themselves";
            return Err(RenderError::Tag { key: key.to_string(), what: what.to_owned() });
        }
        let own = own.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        Ok(Self { deployment: deployment.as_str(), own })
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

    /// A value that machines read at boot, at its place under the deployment's path.
    pub(crate) fn parameter(&self, local: &str, path: &str, value: Expr) -> Result<Parameter, RenderError> {
        let mut parameter = self.resource("aws_ssm_parameter", local, path)?;
        parameter.rename(self.path(path));
        Ok(Parameter { parameter, value })
    }

    /// The tags of a resource: ours, its name, and those of the spec.
    pub(crate) fn tag_list(
        &self,
        kind: &str,
        local: &str,
        what: &str,
    ) -> Result<Vec<(String, String)>, RenderError> {
        let address = format!("{kind}.{local}");
        let mut tags = vec![("Name".to_owned(), self.joined(what))];
        tags.push((DEPLOYMENT.to_owned(), self.deployment.to_owned()));
        tags.push((ADDRESS.to_owned(), address.clone()));
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
        let mut tags = vec![("Name", name.as_str()), (DEPLOYMENT, self.deployment), (COMPONENT, component)];
        tags.extend(number.as_deref().map(|number| (INSTANCE, number)));
        tags.extend(self.own.iter().copied());
        let most = facts("aws_instance", what)?.tags.unwrap_or_default();
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
        tags.push((COMPONENT.to_owned(), role.to_owned()));
        tags.push((INSTANCE.to_owned(), number));
        Ok(Expr::object(tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))))
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
        let naming = Naming::new(&deployment, &tags).unwrap();
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
        let error = Naming::new(&deployment, &many).unwrap().resource("aws_vpc", "main", "").unwrap_err();
        assert!(error.to_string().contains("51 tags"), "{error}");
        assert!(Naming::new(&deployment, &most).unwrap().resource("aws_vpc", "main", "").is_ok());
    }

    #[test]
    fn a_kind_without_facts_is_refused() {
        let deployment = DeploymentName::try_from("orders").unwrap();
        let tags = own(0);
        let naming = Naming::new(&deployment, &tags).unwrap();
        assert!(matches!(naming.resource("aws_unheard_of", "x", ""), Err(RenderError::UnknownKind { .. })));
    }
}

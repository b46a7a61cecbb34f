//! `aws_iam_role_policy`: what stands in a role itself.

use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::document;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Policy;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    role: String,
    name: String,
    policy: String,
}

impl Kind for Policy {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_iam_role_policy";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for role in super::own_roles(cloud, wanted).await? {
            for policy in role.role_policy_list() {
                let arguments = Arguments {
                    role: role.role_name().unwrap_or_default().to_owned(),
                    name: policy.policy_name().unwrap_or_default().to_owned(),
                    policy: document(policy.policy_document().unwrap_or_default()),
                };
                all.push(live(arguments));
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let ask = cloud.iam.get_role_policy().role_name(&known.arguments.role);
        let sent = ask.policy_name(&known.arguments.name).send();
        let told = unless_gone(cloud.call("iam", "GetRolePolicy", sent).await)?;
        Ok(told.map(|told| {
            live(Arguments {
                role: told.role_name,
                name: told.policy_name,
                policy: document(&told.policy_document),
            })
        }))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        put(cloud, &order.arguments).await
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        put(cloud, &order.arguments).await.map(|_| ())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.iam.delete_role_policy().role_name(&known.arguments.role);
        let sent = ask.policy_name(&known.arguments.name).send();
        unless_gone(cloud.call("iam", "DeleteRolePolicy", sent).await).map(|_| ())
    }
}

/// The same again changes nothing.
async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<String, Failure> {
    let ask = cloud.iam.put_role_policy().role_name(&arguments.role).policy_name(&arguments.name);
    let sent = ask.policy_document(&arguments.policy).send();
    cloud.call("iam", "PutRolePolicy", sent).await?;
    Ok(id(arguments))
}

fn id(arguments: &Arguments) -> String {
    format!("{}:{}", arguments.role, arguments.name)
}

fn live(arguments: Arguments) -> Found<Arguments> {
    let mut found = Found::new(id(&arguments), arguments);
    found.of_ours = true;
    found
}

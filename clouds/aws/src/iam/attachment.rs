//! `aws_iam_role_policy_attachment`

use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Attachment;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    role: String,
    policy_arn: String,
}

impl Kind for Attachment {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_iam_role_policy_attachment";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for role in super::own_roles(cloud, wanted).await? {
            for policy in role.attached_managed_policies() {
                all.push(live(Arguments {
                    role: role.role_name().unwrap_or_default().to_owned(),
                    policy_arn: policy.policy_arn().unwrap_or_default().to_owned(),
                }));
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud.iam.list_attached_role_policies().role_name(&known.arguments.role).send();
        let told = unless_gone(cloud.call("iam", "ListAttachedRolePolicies", sent).await)?;
        let wanted = &known.arguments.policy_arn;
        let attached = told.and_then(|told| told.attached_policies).unwrap_or_default();
        let found = attached.iter().any(|policy| policy.policy_arn() == Some(wanted));
        Ok(found.then(|| live(known.arguments.clone())))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let ask = cloud.iam.attach_role_policy().role_name(&order.arguments.role);
        let sent = ask.policy_arn(&order.arguments.policy_arn).send();
        cloud.call("iam", "AttachRolePolicy", sent).await?;
        Ok(id(&order.arguments))
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Every change of it makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.iam.detach_role_policy().role_name(&known.arguments.role);
        let sent = ask.policy_arn(&known.arguments.policy_arn).send();
        unless_gone(cloud.call("iam", "DetachRolePolicy", sent).await).map(|_| ())
    }
}

fn id(arguments: &Arguments) -> String {
    format!("{}/{}", arguments.role, arguments.policy_arn)
}

fn live(arguments: Arguments) -> Found<Arguments> {
    let mut found = Found::new(id(&arguments), arguments);
    found.of_ours = true;
    found
}

//! `aws_lb_listener`

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, FixedResponseActionConfig, Listener as Port, RedirectActionConfig,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{SERVICE, balancer, tagged, tags_of, written};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Listener;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    load_balancer_arn: String,
    port: Option<i32>,
    protocol: Option<String>,
    ssl_policy: Option<String>,
    certificate_arn: Option<String>,
    #[serde(default)]
    default_action: Vec<Does>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Does {
    #[serde(rename = "type")]
    kind: String,
    target_group_arn: Option<String>,
    #[serde(default)]
    redirect: Vec<Redirect>,
    #[serde(default)]
    fixed_response: Vec<Fixed>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Redirect {
    protocol: Option<String>,
    port: Option<String>,
    host: Option<String>,
    path: Option<String>,
    query: Option<String>,
    status_code: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    content_type: Option<String>,
    message_body: Option<String>,
    status_code: Option<String>,
}

impl Kind for Listener {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_lb_listener";

    /// One call for each balancer: the service lists no others.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut ports = Vec::new();
        for balancer in balancer::own(cloud, &wanted.deployment).await? {
            let ask = |marker| {
                cloud.elb.describe_listeners().load_balancer_arn(&balancer).set_marker(marker).send()
            };
            let split = |page: aws_sdk_elasticloadbalancingv2::operation::describe_listeners::DescribeListenersOutput| {
                (page.listeners, page.next_marker)
            };
            let listed = cloud.pages(SERVICE, "DescribeListeners", ask, split).await;
            ports.extend(unless_gone(listed)?.unwrap_or_default());
        }
        with_tags(cloud, ports).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud.elb.describe_listeners().listener_arns(&known.id).send();
        let told = unless_gone(cloud.call(SERVICE, "DescribeListeners", sent).await)?;
        Ok(with_tags(cloud, told.and_then(|told| told.listeners).unwrap_or_default()).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .elb
            .create_listener()
            .load_balancer_arn(&arguments.load_balancer_arn)
            .set_port(arguments.port)
            .set_protocol(arguments.protocol.as_deref().map(Into::into))
            .set_ssl_policy(arguments.ssl_policy.clone())
            .set_certificates(certificates(arguments))
            .set_default_actions(Some(actions(arguments)))
            .set_tags(Some(written(&order.tags)))
            .send();
        let made = cloud.call(SERVICE, "CreateListener", sent).await?;
        let port = made.listeners.and_then(|mut all| all.pop());
        Ok(port.and_then(|port| port.listener_arn).unwrap_or_default())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .elb
            .modify_listener()
            .listener_arn(&known.id)
            .set_port(arguments.port)
            .set_protocol(arguments.protocol.as_deref().map(Into::into))
            .set_ssl_policy(arguments.ssl_policy.clone())
            .set_certificates(certificates(arguments))
            .set_default_actions(Some(actions(arguments)))
            .send();
        Ok(cloud.call(SERVICE, "ModifyListener", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.elb.delete_listener().listener_arn(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteListener", sent).await).map(|_| ())
    }

    tagged!();
}

fn certificates(arguments: &Arguments) -> Option<Vec<Certificate>> {
    let arn = arguments.certificate_arn.as_ref()?;
    Some(vec![Certificate::builder().certificate_arn(arn).build()])
}

fn actions(arguments: &Arguments) -> Vec<Action> {
    let action = |does: &Does| {
        let redirect = does.redirect.first().map(|redirect| {
            RedirectActionConfig::builder()
                .set_protocol(redirect.protocol.clone())
                .set_port(redirect.port.clone())
                .set_host(redirect.host.clone())
                .set_path(redirect.path.clone())
                .set_query(redirect.query.clone())
                .status_code(redirect.status_code.as_str().into())
                .build()
        });
        let fixed = does.fixed_response.first().map(|fixed| {
            FixedResponseActionConfig::builder()
                .set_content_type(fixed.content_type.clone())
                .set_message_body(fixed.message_body.clone())
                .set_status_code(fixed.status_code.clone())
                .build()
        });
        Action::builder()
            .r#type(ActionTypeEnum::from(does.kind.as_str()))
            .set_target_group_arn(does.target_group_arn.clone())
            .set_redirect_config(redirect)
            .set_fixed_response_config(fixed)
            .build()
    };
    arguments.default_action.iter().map(action).collect()
}

async fn with_tags(cloud: &Cloud, ports: Vec<Port>) -> Result<Vec<Found<Arguments>>, Failure> {
    let arns: Vec<String> = ports.iter().filter_map(|port| port.listener_arn.clone()).collect();
    let mut tags = tags_of(cloud, &arns).await?;
    let found = ports.into_iter().map(|port| {
        let tags = port.listener_arn.as_ref().and_then(|arn| tags.remove(arn));
        found(port, tags.unwrap_or_default())
    });
    Ok(found.collect())
}

fn found(port: Port, tags: Tags) -> Found<Arguments> {
    let arn = port.listener_arn.unwrap_or_default();
    let certificate = port.certificates.unwrap_or_default().into_iter().next();
    let arguments = Arguments {
        load_balancer_arn: port.load_balancer_arn.unwrap_or_default(),
        port: port.port,
        protocol: port.protocol.map(|protocol| protocol.as_str().to_owned()),
        ssl_policy: port.ssl_policy,
        certificate_arn: certificate.and_then(|certificate| certificate.certificate_arn),
        default_action: port.default_actions.unwrap_or_default().into_iter().map(does).collect(),
    };
    let mut found = Found::new(arn.clone(), arguments);
    found.tags = tags;
    found.of_ours = true;
    found.computed = computed([("arn", Some(arn))]);
    found
}

fn does(action: Action) -> Does {
    let redirect = action.redirect_config.map(|redirect| Redirect {
        protocol: redirect.protocol,
        port: redirect.port,
        host: redirect.host,
        path: redirect.path,
        query: redirect.query,
        status_code: redirect.status_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
    });
    let fixed = action.fixed_response_config.map(|fixed| Fixed {
        content_type: fixed.content_type,
        message_body: fixed.message_body,
        status_code: fixed.status_code,
    });
    Does {
        kind: action.r#type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        target_group_arn: action.target_group_arn,
        redirect: redirect.into_iter().collect(),
        fixed_response: fixed.into_iter().collect(),
    }
}

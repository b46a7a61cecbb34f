//! Alarms of CloudWatch.

use serde::Serialize;

use super::Alarms;
use crate::RenderError;
use crate::naming::{Naming, Resource, underscored};

#[derive(Serialize)]
pub(crate) struct Context<'a> {
    topic: Resource,
    email: Option<&'a str>,
    alarms: Vec<AlarmContext>,
}

#[derive(Serialize)]
struct AlarmContext {
    alarm: Resource,
    advice: String,
    namespace: String,
    figure: &'static str,
    component: String,
}

pub(crate) fn context<'a>(
    alarms: &'a Alarms,
    deployment: &str,
    naming: &Naming<'_>,
) -> Result<Context<'a>, RenderError> {
    let contexts = alarms.list.iter().map(|alarm| {
        let name = alarm.name();
        Ok(AlarmContext {
            alarm: naming.resource("aws_cloudwatch_metric_alarm", &underscored(&name), &name)?,
            advice: alarm.advice(),
            namespace: format!("provision/{deployment}"),
            figure: alarm.figure.word(),
            component: alarm.component.to_string(),
        })
    });
    Ok(Context {
        topic: naming.resource("aws_sns_topic", "alarms", "alarms")?,
        email: alarms.email.as_deref(),
        alarms: contexts.collect::<Result<_, RenderError>>()?,
    })
}

//! Metrics of one's own and alert policies of Cloud Monitoring.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Alarms, Figure};
use crate::RenderError;
use crate::naming::{Naming, Resource, underscored};
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context<'a> {
    channel: Resource,
    email: Option<&'a str>,
    metrics: Vec<Metric>,
    alarms: Vec<AlarmContext>,
}

/// An alarm is refused while nobody knows its metric.
#[derive(Serialize)]
struct Metric {
    metric: Resource,
    /// `custom.googleapis.com/provision/orders/Degraded`
    kind: String,
    about: &'static str,
}

#[derive(Serialize)]
struct AlarmContext {
    alarm: Resource,
    advice: String,
    filter: Expr,
}

pub(crate) fn context<'a>(
    alarms: &'a Alarms,
    deployment: &str,
    naming: &Naming<'_>,
) -> Result<Context<'a>, RenderError> {
    let figures: BTreeSet<Figure> = alarms.list.iter().map(|alarm| alarm.figure).collect();
    let metrics = figures.into_iter().map(|figure| {
        let word = figure.word();
        Ok(Metric {
            metric: naming.resource("google_monitoring_metric_descriptor", &word.to_lowercase(), word)?,
            // A metric's name holds no dash.
            kind: format!("custom.googleapis.com/provision/{}/{word}", underscored(deployment)),
            about: figure.about(),
        })
    });
    let contexts = alarms.list.iter().map(|alarm| {
        let name = alarm.name();
        let metric = alarm.figure.word().to_lowercase();
        let kind = Expr::reference(format!("google_monitoring_metric_descriptor.{metric}.type"))?;
        let rest = format!(
            "\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"{}\"",
            alarm.component
        );
        Ok(AlarmContext {
            alarm: naming.resource("google_monitoring_alert_policy", &underscored(&name), &name)?,
            advice: alarm.advice(),
            filter: Expr::joined("metric.type = \"", &kind, &rest),
        })
    });
    Ok(Context {
        channel: naming.resource("google_monitoring_notification_channel", "alarms", "alarms")?,
        email: alarms.email.as_deref(),
        metrics: metrics.collect::<Result<_, RenderError>>()?,
        alarms: contexts.collect::<Result<_, RenderError>>()?,
    })
}

//! Alerts of Azure Monitor: one for each scale set, because an alert on a metric of one's own asks one resource only.

use serde::Serialize;

use super::Alarms;
use crate::RenderError;
use crate::machine_group::MachineGroup;
use crate::naming::{Naming, Resource, underscored};
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context<'a> {
    group: Resource,
    email: Option<&'a str>,
    alarms: Vec<AlarmContext>,
}

#[derive(Serialize)]
struct AlarmContext {
    alarm: Resource,
    advice: String,
    scope: Expr,
    namespace: String,
    figure: &'static str,
}

pub(crate) fn context<'a>(
    alarms: &'a Alarms,
    groups: &[MachineGroup],
    deployment: &str,
    naming: &Naming<'_>,
) -> Result<Context<'a>, RenderError> {
    let mut contexts = Vec::new();
    for alarm in &alarms.list {
        for group in groups.iter().filter(|group| group.component == alarm.component) {
            let name = format!("{}-{}", group.name(), alarm.figure.word().to_lowercase());
            let set = underscored(&group.name());
            contexts.push(AlarmContext {
                alarm: naming.resource("azurerm_monitor_metric_alert", &underscored(&name), &name)?,
                advice: alarm.advice(),
                scope: Expr::reference(format!("azurerm_linux_virtual_machine_scale_set.{set}.id"))?,
                namespace: format!("provision/{deployment}"),
                figure: alarm.figure.word(),
            });
        }
    }
    Ok(Context {
        group: naming.resource("azurerm_monitor_action_group", "alarms", "alarms")?,
        email: alarms.email.as_deref(),
        alarms: contexts,
    })
}

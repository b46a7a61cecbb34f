use provision_architecture::Topology;
use provision_architecture::spec::{self, SecretReference};

use crate::RenderError;

/// Who is told. Keys and passwords are read at boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receivers {
    pub(crate) pagerduty: bool,
    pub(crate) victorops: bool,
    pub(crate) webhook: bool,
    pub(crate) email: Option<Email>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) has_password: bool,
}

/// What mail programs hand mail to a server by, encrypted (RFC 6409).
const SUBMISSION: u16 = 587;

impl Receivers {
    pub(super) fn of(alerting: &spec::Alerting) -> Result<Self, RenderError> {
        let email =
            alerting.email.as_ref().map(|to| email(to.to_string(), alerting.smtp.as_ref())).transpose()?;
        let receivers = Self {
            pagerduty: alerting.pagerduty.is_some(),
            victorops: alerting.victorops.is_some(),
            webhook: alerting.webhook.is_some(),
            email,
        };
        if !(receivers.pagerduty || receivers.victorops || receivers.webhook || receivers.email.is_some()) {
            return Err(RenderError::impossible(
                "alerting",
                "nobody is told",
                "name `pagerduty`, `victorops`, `email` or `webhook`, or leave `alerting` out",
            ));
        }
        Ok(receivers)
    }

    /// Name, use, field and reference of each secret that they need.
    pub(crate) fn secrets<'a>(
        &self,
        topology: &'a Topology,
    ) -> Vec<(&'static str, &'static str, &'static str, &'a SecretReference)> {
        let Some(alerting) = &topology.spec.alerting else { return Vec::new() };
        let password = alerting.smtp.as_ref().and_then(|smtp| smtp.password.as_ref());
        [
            (
                "pagerduty",
                "PagerDuty's integration key",
                "alerting.pagerduty.from",
                alerting.pagerduty.as_ref(),
            ),
            ("victorops", "VictorOps' API key", "alerting.victorops.from", alerting.victorops.as_ref()),
            ("webhook", "The webhook's address", "alerting.webhook.from", alerting.webhook.as_ref()),
            ("smtp-password", "The mail server's password", "alerting.smtp.password.from", password),
        ]
        .into_iter()
        .filter_map(|(name, about, at, reference)| Some((name, about, at, reference?)))
        .collect()
    }
}

fn email(to: String, smtp: Option<&spec::Smtp>) -> Result<Email, RenderError> {
    let smtp = smtp.ok_or_else(|| {
        RenderError::impossible(
            "alerting.smtp",
            "no server is named that takes the mail for `alerting.email`",
            "add `smtp: { host: smtp.example.com, from: provision@example.com }`",
        )
    })?;
    Ok(Email {
        to,
        from: smtp.from.to_string(),
        host: smtp.host.to_string(),
        port: smtp.port.and_then(|port| u16::try_from(port.get()).ok()).unwrap_or(SUBMISSION),
        user: smtp.user.as_ref().map(ToString::to_string),
        has_password: smtp.password.is_some(),
    })
}

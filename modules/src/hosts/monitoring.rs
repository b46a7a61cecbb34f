//! The machines that watch: Prometheus, Alertmanager, and what asks those who show no metrics themselves.

use provision_architecture::Topology;
use serde::Serialize;

use super::{HostFile, HostFiles};
use crate::alerting::{self, MONITORING, image, port};
use crate::identity::{Reader, SecretOrigin};
use crate::text::Templates;
use crate::{Blocks, RenderError};

#[derive(Clone, Serialize)]
struct Context<'a> {
    deployment: &'a str,
    provider: &'a str,
    image: &'static str,
    data: &'static str,
    keep_days: u64,
    prometheus_port: u16,
    alertmanager_port: u16,
    peers_port: u16,
    has_database: bool,
    database_port: u16,
    has_kafka: bool,
    /// Whether Kafka is spoken to over TLS.
    tls: bool,
    has_search: bool,
    secrets: Vec<SecretContext<'a>>,
}

#[derive(Clone, Serialize)]
struct SecretContext<'a> {
    name: &'a str,
    id: &'a str,
}

const DATA: &str = "/var/lib/provision/data";
/// Long enough to compare a week with the one before.
const KEEP_DAYS: u64 = 15;

pub(super) fn add(
    role: &str,
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
    host: &mut HostFiles,
) -> Result<(), RenderError> {
    let Some(alerting) = blocks.alerting.as_ref().filter(|_| role == MONITORING) else { return Ok(()) };
    let context = context(topology, blocks);
    let boot = templates.render("alerting/boot-values.sh", &context)?;
    host.files
        .push(HostFile::executable("/usr/local/sbin/provision-boot-values", boot).called("boot-values.sh"));
    for (path, text) in alerting::files(topology, blocks, alerting, templates)? {
        host.files.push(HostFile::plain(format!("/etc/provision/{path}"), text).at(path));
    }
    for (template, unit, image) in programs(blocks) {
        let context = Context { image, ..context.clone() };
        let text = templates.render(&format!("alerting/units/{template}.service"), &context)?;
        host.files.push(HostFile::plain(format!("/etc/systemd/system/{unit}"), text));
        host.commands.push(["systemctl", "enable", "--now", unit].map(str::to_owned).to_vec());
    }
    Ok(())
}

/// Template, unit and image of each program. The first one is the machine's own unit: it reads what the others need.
fn programs(blocks: &Blocks) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut programs = vec![
        ("prometheus", "provision-monitoring.service", image::PROMETHEUS),
        ("alertmanager", "provision-alertmanager.service", image::ALERTMANAGER),
        ("blackbox", "provision-blackbox.service", image::BLACKBOX),
    ];
    programs.extend(
        blocks
            .kafka
            .as_ref()
            .map(|_| ("kafka-exporter", "provision-kafka-exporter.service", image::KAFKA_EXPORTER)),
    );
    programs.extend(
        blocks
            .search
            .as_ref()
            .map(|_| ("search-exporter", "provision-search-exporter.service", image::SEARCH_EXPORTER)),
    );
    programs
}

fn context<'a>(topology: &'a Topology, blocks: &'a Blocks) -> Context<'a> {
    let secrets = blocks.identity.secrets.iter().filter(|secret| secret.reader == Reader::Monitoring);
    let existing = secrets.filter_map(|secret| match &secret.origin {
        SecretOrigin::Existing(id) => Some(SecretContext { name: secret.name, id }),
        _ => None,
    });
    Context {
        deployment: topology.deployment.as_str(),
        provider: topology.provider.word(),
        image: "",
        data: DATA,
        keep_days: KEEP_DAYS,
        prometheus_port: port::PROMETHEUS,
        alertmanager_port: port::ALERTMANAGER,
        peers_port: port::ALERTMANAGER_PEERS,
        has_database: blocks.database.is_some(),
        database_port: blocks.database.as_ref().map_or(0, |database| database.port),
        has_kafka: blocks.kafka.is_some(),
        tls: blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed),
        has_search: blocks.search.is_some(),
        secrets: existing.collect(),
    }
}

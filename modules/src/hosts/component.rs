//! The component itself: its unit, its configuration, what it reads at boot, how it finishes.

use provision_architecture::Topology;
use provision_architecture::spec::{ComponentName, Liveness, Platform, StorageKind};
use provision_architecture::topology::Group;
use serde::Serialize;

use super::{HostFile, HostFiles};
use crate::identity::SecretOrigin;
use crate::text::Templates;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
struct Context<'a> {
    deployment: &'a str,
    region: &'a str,
    platform: &'a str,
    component: &'a str,
    /// The image, pinned.
    image: &'a str,
    arguments: Vec<String>,
    memory_mib: u64,
    grace: u64,
    paired: bool,
    has_database: bool,
    has_configuration: bool,
    shared_files: bool,
    secrets: Vec<SecretContext<'a>>,
    health_port: u64,
    health_path: &'a str,
    draining_status: Option<u64>,
    task_cap: Option<u64>,
    connections: Option<u64>,
    kestra: Option<Kestra<'a>>,
}

#[derive(Serialize)]
struct SecretContext<'a> {
    /// Where the store has it.
    id: String,
    /// What the component's environment calls it.
    variable: &'a str,
    generated: bool,
    /// How many random bytes it is made of.
    bytes: u64,
    /// 32 hexadecimal digits that are the same for all machines: only the first of them wins.
    token: String,
}

#[derive(Serialize)]
struct Kestra<'a> {
    on_kafka: bool,
    tls: bool,
    repository: &'a str,
    database: &'a str,
    driver: &'a str,
    partitions: u64,
    replication_factor: u64,
    search: bool,
    liveness: LivenessContext,
    controllers: bool,
}

#[derive(Serialize)]
struct LivenessContext {
    heartbeat: String,
    timeout: String,
    interval: String,
    initial_delay: String,
    grace: String,
    restart: String,
}

/// Members of clusters of our own are no components.
pub(super) fn add(
    role: &str,
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
    host: &mut HostFiles,
) -> Result<(), RenderError> {
    let Some(group) = ComponentName::from_word(role).and_then(|component| topology.group(component)) else {
        return Ok(());
    };
    let context = context(group, topology, blocks)?;
    if context.shared_files {
        host.packages.push("amazon-efs-utils");
    }
    let render = |template: &str| templates.render(template, &context);
    host.files.push(
        HostFile::executable("/usr/local/sbin/provision-boot-values", render("host/boot-values.sh")?)
            .called("boot-values.sh"),
    );
    host.files.push(
        HostFile::executable("/usr/local/sbin/provision-finish", render("host/finish.sh")?)
            .called("finish.sh"),
    );
    host.files.push(HostFile::plain(
        "/etc/systemd/system/provision-finish.service",
        render("host/finish.service")?,
    ));
    let unit = format!("/etc/systemd/system/provision-{role}.service");
    host.files.push(HostFile::plain(unit, render("host/component.service")?));
    match topology.platform {
        Platform::Kestra => {
            host.files
                .push(HostFile::plain("/etc/provision/application.yaml", render("kestra/application.yaml")?));
        }
        Platform::Rudderstack => {
            let template = if group.component == ComponentName::Server {
                "rudderstack/server.env"
            } else {
                "rudderstack/transformer.env"
            };
            host.files.push(HostFile::plain("/etc/provision/component.env", render(template)?));
        }
        Platform::Octopus => {
            host.files.push(HostFile::plain("/etc/provision/component.env", render("octopus/server.env")?));
        }
        Platform::EventPlatform => {
            host.files.push(HostFile::plain("/etc/provision/component.env", render("events/component.env")?));
        }
    }
    for unit in [format!("provision-{role}.service"), "provision-finish.service".to_owned()] {
        host.commands.push(vec!["systemctl".to_owned(), "enable".to_owned(), "--now".to_owned(), unit]);
    }
    Ok(())
}

fn context<'a>(
    group: &'a Group,
    topology: &'a Topology,
    blocks: &'a Blocks,
) -> Result<Context<'a>, RenderError> {
    let image = group.image.as_ref().filter(|image| image.is_pinned()).ok_or_else(|| {
        RenderError::impossible(
            "components",
            format!("`{}` has no image with a fixed tag or digest", group.component),
            format!(
                "name one: `components: {{ {}: {{ image: registry.example.com/name:1.2.3 }} }}`",
                group.component
            ),
        )
    })?;
    let seconds = |duration: Option<provision_architecture::values::Duration>| {
        duration.map(|it| it.milliseconds().div_ceil(1_000))
    };
    let health = group.health.as_ref();
    let needs_database = group.needs.contains(&provision_architecture::documented::Party::Database);
    Ok(Context {
        deployment: topology.deployment.as_str(),
        region: topology.region.as_str(),
        platform: topology.platform.word(),
        component: group.component.word(),
        image: image.as_str(),
        arguments: arguments(group, topology),
        memory_mib: memory(group),
        grace: seconds(group.grace_period).unwrap_or(60),
        paired: blocks.machine_groups.iter().any(|it| it.component == group.component && it.number.is_some()),
        has_database: needs_database && blocks.database.is_some(),
        has_configuration: topology.platform == Platform::Kestra,
        shared_files: topology.storage == StorageKind::SharedFiles,
        secrets: secrets(topology, blocks),
        health_port: health.map_or(0, |health| health.port.get()),
        health_path: health.map_or("", |health| health.path.as_str()),
        draining_status: health
            .and_then(|health| health.draining_status)
            .map(provision_architecture::spec::Count::get),
        task_cap: group.task_cap,
        connections: group.connections,
        kestra: (topology.platform == Platform::Kestra).then(|| kestra(topology, blocks)),
    })
}

/// What is left of the machine's memory for the component.
fn memory(group: &Group) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a machine's memory is a small positive number"
    )]
    let machine = (group.machine.memory_gib.unwrap_or(4.0) * 1_024.0) as u64;
    machine - machine / 5
}

fn arguments(group: &Group, topology: &Topology) -> Vec<String> {
    if topology.platform != Platform::Kestra {
        return Vec::new();
    }
    let mut arguments: Vec<String> =
        ["server", group.component.word(), "--config", "/etc/provision/application.yaml"]
            .map(str::to_owned)
            .to_vec();
    if let Some(threads) =
        group.threads.filter(|_| matches!(group.component, ComponentName::Worker | ComponentName::Standalone))
    {
        let name = if group.component == ComponentName::Worker { "--thread" } else { "--worker-thread" };
        arguments.push(format!("{name}={threads}"));
    }
    let apart = topology.group(ComponentName::Indexer).is_some();
    if group.component == ComponentName::Webserver && apart {
        arguments.push("--no-indexer".to_owned());
    }
    if group.component == ComponentName::Webserver && topology.group(ComponentName::Controller).is_some() {
        arguments.push("--no-controller".to_owned());
    }
    arguments
}

fn secrets<'a>(topology: &Topology, blocks: &'a Blocks) -> Vec<SecretContext<'a>> {
    let context = |secret: &'a crate::identity::Secret| {
        let id = match &secret.origin {
            SecretOrigin::Existing(name) => name.clone(),
            _ => format!("/provision/{}/{}", topology.deployment, secret.name),
        };
        SecretContext {
            token: crate::hash::sha256(id.as_bytes())[..32].to_owned(),
            id,
            variable: match secret.name {
                "encryption-key" => "ENCRYPTION_KEY",
                "master-key" => "MASTER_KEY",
                "admin-password" => "ADMIN_PASSWORD",
                "workspace-token" => "WORKSPACE_TOKEN",
                _ => "LICENCE",
            },
            generated: secret.origin == SecretOrigin::Generated,
            // Octopus' master key is one of AES-128 (OCT-26).
            bytes: if secret.name == "master-key" { 16 } else { 32 },
        }
    };
    blocks.identity.secrets.iter().map(context).collect()
}

fn kestra<'a>(topology: &Topology, blocks: &Blocks) -> Kestra<'a> {
    use provision_architecture::spec::DatabaseKind;
    let on_kafka = blocks.kafka.is_some();
    let (database, driver) = match blocks.database.as_ref().map(|database| database.kind) {
        Some(DatabaseKind::Mysql) => ("mysql", "com.mysql.cj.jdbc.Driver"),
        _ => ("postgres", "org.postgresql.Driver"),
    };
    let queue = topology.queue.as_ref();
    Kestra {
        on_kafka,
        tls: blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed),
        repository: if blocks.search.is_some() { "elasticsearch" } else { database },
        database,
        driver,
        partitions: queue.and_then(|queue| queue.partitions).unwrap_or(16),
        replication_factor: queue.and_then(|queue| queue.replication_factor).unwrap_or(3),
        search: blocks.search.is_some(),
        liveness: liveness(topology.spec.liveness.as_ref()),
        controllers: topology.group(ComponentName::Controller).is_some(),
    }
}

/// Kestra reads times as ISO 8601 has them.
fn liveness(liveness: Option<&Liveness>) -> LivenessContext {
    let iso = |duration: Option<provision_architecture::values::Duration>, default: u64| {
        format!("PT{}S", duration.map_or(default, |it| it.milliseconds().div_ceil(1_000)))
    };
    LivenessContext {
        heartbeat: iso(liveness.and_then(|it| it.heartbeat_interval), 3),
        timeout: iso(liveness.and_then(|it| it.timeout), 60),
        interval: iso(liveness.and_then(|it| it.check_interval), 5),
        initial_delay: iso(liveness.and_then(|it| it.initial_delay), 60),
        grace: iso(liveness.and_then(|it| it.termination_grace_period), 300),
        restart: liveness.and_then(|it| it.restart_strategy).map_or_else(
            || "AFTER_TERMINATION_GRACE_PERIOD".to_owned(),
            |it| it.word().to_uppercase().replace('-', "_"),
        ),
    }
}

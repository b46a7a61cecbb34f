//! The component itself: its unit, its configuration, what it reads at boot, how it finishes.

use provision_architecture::Topology;
use provision_architecture::spec::{ComponentName, Platform, StorageKind};
use provision_architecture::topology::Group;
use provision_architecture::values::ImageReference;
use serde::Serialize;

use super::crash_loop::{self, CrashLoop};
use super::kestra::{self, Kestra};
use super::octopus::{self, Octopus};
use super::watch::{self, Watch};
use super::{HostFile, HostFiles};
use crate::cloud::Cloud;
use crate::identity::{Reader, SecretOrigin};
use crate::text::Templates;
use crate::{Blocks, RenderError, registry};

#[derive(Serialize)]
struct Context<'a> {
    deployment: &'a str,
    provider: &'a str,
    region: &'a str,
    platform: &'a str,
    component: &'a str,
    /// The image, pinned.
    image: &'a str,
    arguments: Vec<String>,
    memory_mib: u64,
    /// How long the unit's end may take, and how long of that the container itself, in seconds.
    grace: u64,
    stop: u64,
    paired: bool,
    has_database: bool,
    /// Whether one logs in to the database with it.
    has_password: bool,
    /// The registry that the image is taken from, where it asks for the licence.
    registry: Option<&'a str>,
    has_configuration: bool,
    shared_files: bool,
    secrets: Vec<SecretContext<'a>>,
    health_port: u64,
    health_path: &'a str,
    draining_status: Option<u64>,
    task_cap: Option<u64>,
    connections: Option<u64>,
    metrics_port: Option<u16>,
    kestra: Option<Kestra<'a>>,
    octopus: Option<Octopus>,
    crash_loop: Option<CrashLoop>,
    watch: Option<Watch>,
    /// Whether its tasks run in containers of their own, on the machine's Docker (KES-19).
    runs_scripts: bool,
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

/// Kestra's configuration; the other platforms are set up by their environment.
const CONFIGURATION: &str = "kestra/application.yaml";

fn environment_template(platform: Platform, component: ComponentName) -> Option<&'static str> {
    match platform {
        Platform::Kestra => None,
        Platform::Rudderstack if component == ComponentName::Server => Some("rudderstack/server.env"),
        Platform::Rudderstack => Some("rudderstack/transformer.env"),
        Platform::Octopus => Some("octopus/server.env"),
        Platform::EventPlatform => Some("events/component.env"),
    }
}

/// The fixed part of a component's environment, wherever it runs.
pub(crate) fn environment(
    component: ComponentName,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<Option<String>, RenderError> {
    let template = environment_template(topology.platform, component);
    let (Some(template), Some(group)) = (template, topology.group(component)) else { return Ok(None) };
    Ok(Some(templates.render(template, &context(group, topology, blocks, cloud)?)?))
}

/// Kestra's configuration, which is the same for all of its components.
pub(crate) fn kestra_configuration(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<String, RenderError> {
    let group = topology.groups.first().expect("a deployment has components");
    Ok(templates.render(CONFIGURATION, &context(group, topology, blocks, cloud)?)?)
}

/// A component's image, whose content can't change under its name.
pub(crate) fn pinned_image(group: &Group) -> Result<&ImageReference, RenderError> {
    group.image.as_ref().filter(|image| image.is_pinned()).ok_or_else(|| {
        RenderError::impossible(
            "components",
            format!("`{}` has no image with a fixed tag or digest", group.component),
            format!(
                "name one: `components: {{ {}: {{ image: registry.example.com/name:1.2.3 }} }}`",
                group.component
            ),
        )
    })
}

/// Members of clusters of our own are no components.
pub(super) fn add(
    role: &str,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    host: &mut HostFiles,
) -> Result<(), RenderError> {
    let Some(group) = ComponentName::from_word(role).and_then(|component| topology.group(component)) else {
        return Ok(());
    };
    let context = context(group, topology, blocks, cloud)?;
    if context.shared_files {
        host.packages.extend(cloud.host().shared_files_packages);
    }
    let render = |template: &str| templates.render(template, &context);
    let unit = |name: &str| format!("/etc/systemd/system/{name}");
    let main = format!("provision-{role}.service");
    host.script("boot-values", render("host/boot-values.sh")?);
    host.script("finish", render("host/finish.sh")?);
    host.files.push(HostFile::plain(unit("provision-finish.service"), render("host/finish.service")?));
    host.files.push(HostFile::plain(unit(&main), render("host/component.service")?));
    let (path, template) = match environment_template(topology.platform, group.component) {
        Some(template) => ("/etc/provision/component.env", template),
        None => ("/etc/provision/application.yaml", CONFIGURATION),
    };
    host.files.push(HostFile::plain(path, render(template)?));
    host.enable(&main);
    host.enable("provision-finish.service");
    if context.has_database && context.has_password {
        host.script("renew", render("host/renew.sh")?);
        host.files.push(HostFile::plain(unit("provision-renew.service"), render("host/renew.service")?));
        host.files.push(HostFile::plain(unit("provision-renew.timer"), render("host/renew.timer")?));
        host.enable("provision-renew.timer");
    }
    if context.octopus.is_some() {
        host.script("node", render("octopus/node.sh")?);
    }
    if context.crash_loop.is_some() {
        host.script("mode", render("rudderstack/mode.sh")?);
        host.files.push(HostFile::plain(unit("provision-mode.service"), render("rudderstack/mode.service")?));
        host.files.push(HostFile::plain(unit("provision-mode.timer"), render("rudderstack/mode.timer")?));
        host.enable("provision-mode.timer");
    }
    if context.watch.is_some() {
        host.script("watch", render("host/watch.sh")?);
        host.files.push(HostFile::plain(unit("provision-watch.service"), render("host/watch.service")?));
        host.enable("provision-watch.service");
        if cloud.host().asks_whether_well {
            host.files.push(HostFile::plain(unit("provision-alive.socket"), render("host/alive.socket")?));
            host.files.push(HostFile::plain(unit("provision-alive@.service"), render("host/alive.service")?));
        }
    }
    Ok(())
}

fn runs_scripts(group: &Group, topology: &Topology) -> bool {
    topology.platform == Platform::Kestra
        && matches!(group.component, ComponentName::Worker | ComponentName::Standalone)
}

fn context<'a>(
    group: &'a Group,
    topology: &'a Topology,
    blocks: &'a Blocks,
    cloud: &dyn Cloud,
) -> Result<Context<'a>, RenderError> {
    let image = pinned_image(group)?;
    let seconds = |duration: Option<provision_architecture::values::Duration>| {
        duration.map(|it| it.milliseconds().div_ceil(1_000))
    };
    let health = group.health.as_ref();
    let grace = seconds(group.grace_period).unwrap_or(60);
    let needs_database = group.needs.contains(&provision_architecture::documented::Party::Database);
    Ok(Context {
        deployment: topology.deployment.as_str(),
        provider: topology.provider.word(),
        region: topology.region.as_str(),
        platform: topology.platform.word(),
        component: group.component.word(),
        image: image.as_str(),
        arguments: arguments(group, topology),
        memory_mib: memory(group),
        grace,
        // What the drain leaves of it.
        stop: grace.saturating_sub(seconds(group.drain).unwrap_or(0)).max(10),
        paired: blocks.machine_groups.iter().any(|it| it.component == group.component && it.number.is_some()),
        has_database: needs_database && blocks.database.is_some(),
        has_password: blocks.database.as_ref().is_some_and(|it| cloud.has_password(it)),
        registry: registry::asks_for_licence(topology.platform, image.as_str()).then_some(registry::KESTRA),
        has_configuration: topology.platform == Platform::Kestra,
        shared_files: topology.storage == StorageKind::SharedFiles,
        secrets: secrets(topology, blocks, cloud),
        health_port: health.map_or(0, |health| health.port.get()),
        health_path: health.map_or("", |health| health.path.as_str()),
        draining_status: health
            .and_then(|health| health.draining_status)
            .map(provision_architecture::spec::Count::get),
        task_cap: group.task_cap,
        connections: group.connections,
        metrics_port: (topology.platform == Platform::Rudderstack && blocks.alerting.is_some())
            .then_some(crate::alerting::port::RUDDERSTACK),
        kestra: (topology.platform == Platform::Kestra).then(|| kestra::context(topology, blocks)),
        octopus: octopus::context(group, topology, blocks, cloud),
        crash_loop: crash_loop::context(group, topology),
        watch: watch::context(group, topology, blocks),
        runs_scripts: runs_scripts(group, topology),
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

fn secrets<'a>(topology: &Topology, blocks: &'a Blocks, cloud: &dyn Cloud) -> Vec<SecretContext<'a>> {
    let context = |secret: &'a crate::identity::Secret| {
        let id = match &secret.origin {
            SecretOrigin::Existing(name) => name.clone(),
            _ => cloud.secret_name(topology.deployment.as_str(), secret.name),
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
    let own = blocks.identity.secrets.iter().filter(|secret| secret.reader == Reader::Components);
    own.map(context).collect()
}

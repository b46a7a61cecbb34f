use std::time::Duration;

use provision_architecture::Topology;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role};
use provision_host_tuning::render::{self, DROP_IN_PATH, SCRIPT_PATH, TMPFILES_PATH, UNIT_PATH};
use provision_host_tuning::timers::{Budget, KernelFeatures, Path};

use super::{HostFile, HostFiles};
use crate::RenderError;

/// The kernel parameters of one kind of machine, and what keeps them.
pub(super) fn files(role: &str, topology: &Topology) -> Result<HostFiles, RenderError> {
    let profile = profile(role, topology)?;
    let mut files = vec![
        HostFile::plain(DROP_IN_PATH, render::sysctl(&profile)),
        HostFile::executable(SCRIPT_PATH, render::script(&profile)).called("tune.sh"),
        HostFile::plain(UNIT_PATH, render::unit()),
        HostFile::plain(
            format!("/etc/systemd/system/provision-{role}.service.d/10-provision.conf"),
            render::service_drop_in(&profile),
        )
        .called(&format!("provision-{role}.service.d-10-provision.conf")),
    ];
    let pages = render::tmpfiles(&profile);
    files.extend(pages.map(|text| HostFile::plain(TMPFILES_PATH, text).called("tmpfiles-90-provision.conf")));
    let mut commands = Vec::new();
    if files.iter().any(|file| file.path == TMPFILES_PATH) {
        commands.push(["systemd-tmpfiles", "--create", TMPFILES_PATH].map(str::to_owned).to_vec());
    }
    commands.push(["systemctl", "daemon-reload"].map(str::to_owned).to_vec());
    commands.push(["systemctl", "enable", "--now", "provision-tune.service"].map(str::to_owned).to_vec());
    Ok(HostFiles {
        role: role.to_owned(),
        files,
        open_files: profile.limits.open_files,
        packages: vec!["docker", "jq"],
        commands,
    })
}

fn profile(role: &str, topology: &Topology) -> Result<Profile, RenderError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| RenderError::Tuning {
        role: role.to_owned(),
        source,
    };
    let kind = match role {
        "search-data" | "search-master" => Role::named("search-node"),
        "kafka-broker" | "kafka-controller" => Role::named(role),
        _ => Role::of_component(topology.platform.word(), role),
    };
    let mut request = Request::for_role(kind.map_err(|error| failed(error.into()))?);
    if let Some(host) = &topology.spec.host {
        if let Some(within) = host.detect_dead_peer_within {
            let budget = Budget {
                detect_within: Duration::from_millis(within.milliseconds()),
                path: Path::LOCAL,
                kernel: KernelFeatures::default(),
            };
            request.budget = Some(budget.fit().map_err(|error| failed(error.into()))?);
        }
        let mut overrides = Overrides::default();
        for (key, value) in &host.sysctl {
            overrides.set(key.as_str(), value.as_str()).map_err(|error| failed(error.into()))?;
        }
        request.overrides = overrides;
    }
    request.compose().map_err(|error| failed(error.into()))
}

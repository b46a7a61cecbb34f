use std::time::Duration;

use provision_architecture::Topology;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role};
use provision_host_tuning::render::{self, DROP_IN_PATH, SCRIPT_PATH, TMPFILES_PATH, UNIT_PATH};
use provision_host_tuning::timers::{Budget, Fitted, KernelFeatures, Path};

use super::{HostFile, HostFiles};
use crate::RenderError;

/// The timers that notice a dead peer in time: the same on every machine, and the work of a millisecond.
pub(crate) fn budget(topology: &Topology) -> Result<Option<Fitted>, RenderError> {
    let Some(within) = topology.spec.host.as_ref().and_then(|host| host.detect_dead_peer_within) else {
        return Ok(None);
    };
    let budget = Budget {
        detect_within: Duration::from_millis(within.milliseconds()),
        path: Path::LOCAL,
        kernel: KernelFeatures::default(),
    };
    let fitted = budget.fit();
    fitted
        .map(Some)
        .map_err(|error| RenderError::Tuning { role: "every machine".to_owned(), source: error.into() })
}

/// The kernel parameters of one kind of machine, and what keeps them.
pub(super) fn files(
    role: &str,
    topology: &Topology,
    budget: Option<&Fitted>,
) -> Result<HostFiles, RenderError> {
    let profile = profile(role, topology, budget)?;
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
    Ok(HostFiles { role: role.to_owned(), files, profile, packages: Vec::new(), commands })
}

/// What a role's host is set to.
pub(crate) fn profile(
    role: &str,
    topology: &Topology,
    budget: Option<&Fitted>,
) -> Result<Profile, RenderError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| RenderError::Tuning {
        role: role.to_owned(),
        source,
    };
    let kind = Role::of_host(topology.platform.word(), role);
    let mut request = Request::for_role(kind.map_err(|error| failed(error.into()))?);
    request.budget = budget.cloned();
    if let Some(host) = &topology.spec.host {
        let mut overrides = Overrides::default();
        for (key, value) in &host.sysctl {
            overrides.set(key.as_str(), value.as_str()).map_err(|error| failed(error.into()))?;
        }
        request.overrides = overrides;
    }
    request.compose().map_err(|error| failed(error.into()))
}

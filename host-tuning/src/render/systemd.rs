use super::{File, SCRIPT_PATH};
use crate::change::drop_in::with_header;
use crate::profile::{Profile, Service, Swap};

pub(super) fn files(profile: &Profile) -> Vec<File> {
    let mut files = vec![
        File::new("provision-tune.service", unit()),
        File::new("SERVICE.service.d/10-provision.conf", service_drop_in(profile)),
    ];
    files.extend(tmpfiles(profile).map(|text| File::new("tmpfiles.d/90-provision.conf", text)));
    if profile.clock {
        files.push(File::new("chrony/conf.d/provision.conf", clock()));
    }
    files
}

/// The network's own set-up writes parameters too, so this comes after it.
pub(super) fn unit() -> String {
    let lines = [
        "[Unit]",
        "Description=Kernel parameters of this host's role",
        "After=systemd-sysctl.service systemd-modules-load.service network.target network-online.target",
        "ConditionPathIsReadWrite=/proc/sys",
        "",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        &format!("ExecStart=/bin/sh {SCRIPT_PATH} apply"),
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ];
    with_header(lines.map(str::to_owned).into_iter())
}

pub(super) fn service_drop_in(profile: &Profile) -> String {
    let Service { restart, restart_sec, start_limit_interval_sec, oom_score_adjust, .. } = &profile.service;
    let limits = &profile.limits;
    let mut lines = Vec::new();
    if let Some(seconds) = start_limit_interval_sec {
        lines.push("# With the default limit, five fast crashes end restarts for good.".to_owned());
        lines.extend(["[Unit]".to_owned(), format!("StartLimitIntervalSec={seconds}"), String::new()]);
    }
    lines.push("[Service]".to_owned());
    lines.extend(restart.map(|restart| format!("Restart={restart}")));
    lines.extend(restart_sec.map(|seconds| format!("RestartSec={seconds}")));
    lines.extend(limits.open_files.map(|limit| format!("LimitNOFILE={limit}")));
    lines.extend(limits.processes.map(|limit| format!("LimitNPROC={limit}")));
    lines.extend(limits.processes.map(|_| "TasksMax=infinity".to_owned()));
    lines.extend(limits.locked_memory.map(|limit| format!("LimitMEMLOCK={limit}")));
    lines.extend(oom_score_adjust.map(|score| format!("OOMScoreAdjust={score}")));
    lines.extend(profile.swap.map(|Swap::Off| "MemorySwapMax=0".to_owned()));
    with_header(lines.into_iter())
}

pub(super) fn tmpfiles(profile: &Profile) -> Option<String> {
    let pages = profile.transparent_hugepages?;
    let line = format!("w /sys/kernel/mm/transparent_hugepage/enabled - - - - {pages}");
    Some(with_header([line].into_iter()))
}

/// Steps only right after the start: a running database must not see time jump.
fn clock() -> String {
    with_header(["makestep 1.0 3", "rtcsync"].map(str::to_owned).into_iter())
}

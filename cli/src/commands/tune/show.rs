use clap::Args;
use provision_host_tuning::catalogue::{Source, SourceId, source};
use provision_host_tuning::profile::{Profile, Setting};
use provision_host_tuning::render::{Format, node_settings, pod_settings, render};
use provision_host_tuning::timers::{Detection, Span};
use serde_json::json;

use super::wish::Wish;
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{table, wrapped};

/// Show what a role needs: each value with its reason and its source, and what it does to detection
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune show --role kafka-broker
  provision tune show --role database --role load-balancer-backend --set vm.swappiness=1
  provision tune show --role jvm-service --detect-dead-peer-within 30s
  provision tune show --role search-node --kubernetes")]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// Say what reaches the pods of a Kubernetes cluster, and how the rest gets to its nodes
    #[arg(long)]
    kubernetes: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

const ABOUT_KUBERNETES: &str = "A node's net.ipv4 values do not reach its pods: each pod has a network namespace of \
                                its own, which starts at the kernel's defaults. So a pod sets its own in its \
                                securityContext, the kubelet has to allow those that Kubernetes doesn't call safe, \
                                and only the rest is set on the node (provision tune render --format daemonset).";

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let (profile, caveats) = arguments.wish.composed(None)?;
    let route = arguments.wish.route();
    let (before, after) = (Detection::at_kernel_defaults(&route), profile.detection(&route));
    if arguments.json {
        output.json(&document(&profile, &caveats, &before, &after))?;
        return Ok(ExitStatus::Fine);
    }
    let width = output.style().width;
    let mut text: String = profile.settings.iter().map(|setting| described(setting, width)).collect();
    text += &beside(&profile, width);
    text += &format!("\nA dead peer is noticed after\n{}", detection(&before, &after));
    for (role, short) in profile.short_timeouts() {
        let verdict = if short.right { "right" } else { "wrong" };
        text += &wrapped(
            &format!("Shorter than RFC 1122's 100 s is {verdict} for {role}: {}", short.why),
            2,
            width,
        );
    }
    for warning in profile.warnings.iter().map(ToString::to_string).chain(caveats) {
        text += &wrapped(&format!("Note: {warning}"), 2, width);
    }
    let is_node = profile.roles.iter().any(|role| role.name() == "kubernetes-node");
    if arguments.kubernetes || is_node {
        text += &kubernetes(&profile, width);
    }
    output.data(&text)?;
    Ok(ExitStatus::Fine)
}

fn described(setting: &Setting, width: usize) -> String {
    let parameter = setting.parameter;
    let default = parameter.default.as_deref().unwrap_or("by memory");
    let mut text = format!("{} {} {}  (kernel: {default})\n", parameter.key, setting.mode, setting.value);
    text += &wrapped(&setting.why, 4, width);
    text += &wrapped(&format!("From {}; {}", setting.from, parameter.scope.explanation()), 4, width);
    if let Some(danger) = &parameter.danger {
        text += &wrapped(&format!("Danger: {danger}"), 4, width);
    }
    if !parameter.verified {
        text += "    Unverified: its range, or the kernel that brought it\n";
    }
    for Source { title, at, .. } in known(&setting.sources) {
        text += &format!("    Source: {title}, {at}\n");
    }
    text
}

fn known(sources: &[SourceId]) -> impl Iterator<Item = &'static Source> {
    sources.iter().filter_map(source)
}

/// What isn't a kernel parameter.
fn beside(profile: &Profile, width: usize) -> String {
    let (limits, service) = (&profile.limits, &profile.service);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        rows.extend(value.map(|value| vec![format!("  {name}"), value]));
    };
    row("open files", limits.open_files.map(|limit| limit.to_string()));
    row("processes", limits.processes.map(|limit| limit.to_string()));
    row("locked memory", limits.locked_memory.map(|limit| limit.to_string()));
    row("transparent huge pages", profile.transparent_hugepages.map(|pages| pages.to_string()));
    row("swap", profile.swap.map(|_| "off".to_owned()));
    row("restart", service.restart.map(|restart| restart.to_string()));
    row("restart after", service.restart_sec.map(|seconds| format!("{seconds} s")));
    row(
        "restarts are given up",
        service.start_limit_interval_sec.filter(|interval| *interval == 0).map(|_| "never".to_owned()),
    );
    row("killed for memory", service.oom_score_adjust.map(|score| format!("late (score {score})")));
    row("clock", profile.clock.then(|| "chrony, stepped only after the start".to_owned()));
    let mut text = format!("\nBeside the kernel's parameters\n{}", table(&rows));
    for advice in &profile.advice {
        text += &wrapped(&format!("Note: {advice}"), 2, width);
    }
    text
}

fn detection(before: &Detection, after: &Detection) -> String {
    let row = |what: &str, before: Span, after: Span| {
        vec![format!("  {what}"), after.to_string(), format!("(kernel: {before})")]
    };
    table(&[
        row("data in flight", before.in_flight, after.in_flight),
        row("the same, reported unreachable", before.unreachable, after.unreachable),
        row("data that can't leave the host", before.queued, after.queued),
        row("idle, with keepalive", before.idle, after.idle),
        row("connecting", before.connect, after.connect),
    ])
}

fn kubernetes(profile: &Profile, width: usize) -> String {
    let mut text = format!("\nKubernetes\n{}", wrapped(ABOUT_KUBERNETES, 2, width));
    for file in render(profile, Format::Kubelet) {
        text += &format!("\n# --- {}\n{}", file.name, file.text);
    }
    let keys: Vec<_> = node_settings(profile).map(|setting| setting.parameter.key.as_str()).collect();
    text += "\n# --- on the node\n";
    keys.iter().for_each(|key| text += &format!("{key}\n"));
    text
}

fn document(
    profile: &Profile,
    caveats: &[String],
    before: &Detection,
    after: &Detection,
) -> serde_json::Value {
    let setting = |setting: &Setting| {
        json!({
            "key": setting.parameter.key,
            "mode": setting.mode,
            "value": setting.value,
            "default": setting.parameter.default,
            "scope": setting.parameter.scope,
            "pod": setting.parameter.pod,
            "why": setting.why,
            "verified": setting.parameter.verified,
            "from": setting.from.to_string(),
            "sources": known(&setting.sources).collect::<Vec<_>>(),
        })
    };
    let short: Vec<_> = profile
        .short_timeouts()
        .into_iter()
        .map(|(role, short)| json!({ "role": role, "right": short.right, "why": short.why }))
        .collect();
    let pod_keys: Vec<_> = pod_settings(profile).map(|setting| &setting.parameter.key).collect();
    json!({
        "schema": "provision.tune.show/1",
        "roles": profile.roles,
        "settings": profile.settings.iter().map(setting).collect::<Vec<_>>(),
        "limits": profile.limits,
        "transparent_hugepages": profile.transparent_hugepages,
        "swap": profile.swap,
        "service": profile.service,
        "clock": profile.clock,
        "advice": profile.advice,
        "detection": after,
        "detection_of_the_kernel": before,
        "short_timeouts": short,
        "pods_set_themselves": pod_keys,
        "warnings": profile.warnings,
        "caveats": caveats,
    })
}

//! What Prometheus and Alertmanager read.

use provision_architecture::Topology;
use provision_architecture::spec::{Platform, SearchKind};
use serde::Serialize;

use super::{Alerting, Drift, Watched, drifts, port, watched};
use crate::text::Templates;
use crate::{Blocks, RenderError, hosts};

#[derive(Serialize)]
struct Context<'a> {
    deployment: &'a str,
    region: &'a str,
    provider: &'a str,
    platform: &'a str,
    zones: Vec<String>,
    components: Vec<Watched>,
    scrapes: Vec<Scrape>,
    drifts: Vec<Drift>,
    kafka: Option<KafkaContext>,
    search: Option<SearchContext>,
    has_database: bool,
    /// What the addresses of databases stand as until they are installed in a cluster.
    databases: Vec<String>,
    database_port: u16,
    /// What nodes of a cluster have for all of their pods.
    node_drifts: Vec<Drift>,
    in_cluster: bool,
    pagerduty: bool,
    victorops: bool,
    webhook: bool,
    email: Option<EmailContext<'a>>,
}

/// A way to look at machines of one component, or of all.
#[derive(Serialize)]
struct Scrape {
    job: String,
    /// None: all machines of the deployment.
    component: Option<String>,
    port: u16,
    path: String,
    /// Through the blackbox exporter: whether it answers is all that it says.
    probed: bool,
    module: &'static str,
}

#[derive(Serialize)]
struct KafkaContext {
    brokers: usize,
    min_in_sync: u64,
}

#[derive(Serialize)]
struct SearchContext {
    nodes: usize,
    elasticsearch: bool,
}

#[derive(Serialize)]
struct EmailContext<'a> {
    to: &'a str,
    from: &'a str,
    server: String,
    user: Option<&'a str>,
    has_password: bool,
}

/// The files under `alerting/`, by path. Where no machines of ours watch, whom to find and how is the cluster's own
/// Prometheus' matter: it gets what is said of the product and its backends.
pub(crate) fn files(
    topology: &Topology,
    blocks: &Blocks,
    alerting: &Alerting,
    templates: &Templates,
) -> Result<Vec<(String, String)>, RenderError> {
    let context = context(topology, blocks, alerting)?;
    let mut names = vec!["alertmanager.yml"];
    if !alerting.nodes.is_empty() {
        names.extend(["prometheus.yml", "blackbox.yml"]);
        names.extend(["rules/machines.yaml", "rules/components.yaml", "rules/monitoring.yaml"]);
    }
    if blocks.cluster.is_some() {
        names.extend(["blackbox.yml", "rules/components.yaml", "rules/monitoring.yaml"]);
    }
    names.extend(context.kafka.as_ref().map(|_| "rules/kafka.yaml"));
    names.extend(context.search.as_ref().map(|_| "rules/search.yaml"));
    match topology.platform {
        Platform::Kestra => names.push("rules/kestra.yaml"),
        Platform::Rudderstack => names.push("rules/rudderstack.yaml"),
        Platform::Octopus => names.push("rules/octopus.yaml"),
        // What is documented of it is Kafka's and the components'.
        Platform::EventPlatform => {}
    }
    let render = |name: &str| {
        let template = format!("alerting/{name}");
        Ok((template.clone(), templates.render(&template, &context)?))
    };
    let mut files = names.into_iter().map(render).collect::<Result<Vec<_>, RenderError>>()?;
    if blocks.cluster.is_some() {
        for (name, template) in [("prometheus.yml", "prometheus.yml"), ("rules/cluster.yaml", "rules.yaml")] {
            let text = templates.render(&format!("alerting/cluster/{template}"), &context)?;
            files.push((format!("alerting/{name}"), text));
        }
    }
    Ok(files)
}

fn databases(blocks: &Blocks) -> Vec<String> {
    match blocks.database.as_ref().map_or(0, |database| database.servers) {
        1 => vec!["DATABASE_HOST".to_owned()],
        servers => (0..servers).map(|number| format!("DATABASE_{number}_HOST")).collect(),
    }
}

/// Of the nodes of a cluster; what pods have for themselves no exporter of a node sees.
fn node_drifts(blocks: &Blocks) -> Result<Vec<Drift>, RenderError> {
    if blocks.cluster.is_none() {
        return Ok(Vec::new());
    }
    let profile = crate::kubernetes::node_profile()?;
    Ok(drifts([("nodes", &profile)]))
}

fn context<'a>(
    topology: &'a Topology,
    blocks: &'a Blocks,
    alerting: &'a Alerting,
) -> Result<Context<'a>, RenderError> {
    let components: Vec<Watched> = topology.groups.iter().map(|group| watched(topology, group)).collect();
    let receivers = &alerting.receivers;
    let in_sync = topology.queue.as_ref().and_then(|queue| queue.min_insync_replicas);
    let profiles = hosts::profiles(topology, blocks)?;
    let profiles = profiles.iter().map(|(role, profile)| (role.as_str(), profile));
    Ok(Context {
        deployment: topology.deployment.as_str(),
        region: topology.region.as_str(),
        provider: topology.provider.word(),
        platform: topology.platform.word(),
        zones: topology.zones.iter().map(ToString::to_string).collect(),
        scrapes: scrapes(&components),
        components,
        drifts: drifts(profiles),
        kafka: blocks
            .kafka
            .as_ref()
            .map(|kafka| KafkaContext { brokers: kafka.brokers.len(), min_in_sync: in_sync.unwrap_or(2) }),
        search: blocks.search.as_ref().map(|search| SearchContext {
            nodes: search.data_nodes + search.masters,
            elasticsearch: search.kind == SearchKind::Elasticsearch,
        }),
        has_database: blocks.database.is_some(),
        databases: databases(blocks),
        database_port: blocks.database.as_ref().map_or(0, |database| database.port),
        node_drifts: node_drifts(blocks)?,
        in_cluster: blocks.cluster.is_some(),
        pagerduty: receivers.pagerduty,
        victorops: receivers.victorops,
        webhook: receivers.webhook,
        email: receivers.email.as_ref().map(|email| EmailContext {
            to: &email.to,
            from: &email.from,
            server: format!("{}:{}", email.host, email.port),
            user: email.user.as_deref(),
            has_password: email.has_password,
        }),
    })
}

fn scrapes(components: &[Watched]) -> Vec<Scrape> {
    let mut scrapes = vec![Scrape {
        job: "machines".to_owned(),
        component: None,
        port: port::NODE_EXPORTER,
        path: "/metrics".to_owned(),
        probed: false,
        module: "",
    }];
    for watched in components {
        if let Some(metrics) = &watched.metrics {
            scrapes.push(Scrape {
                job: format!("{}-metrics", watched.component),
                component: Some(watched.component.clone()),
                port: metrics.port,
                path: metrics.path.to_owned(),
                probed: false,
                module: "",
            });
        }
        if let Some(health) = &watched.health {
            scrapes.push(Scrape {
                job: format!("{}-health", watched.component),
                component: Some(watched.component.clone()),
                port: health.port,
                path: health.path.clone(),
                probed: true,
                module: if health.draining_status.is_some() { "alive_or_draining" } else { "alive" },
            });
        }
    }
    scrapes
}

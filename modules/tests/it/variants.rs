//! Specs beyond the documented sizes: networks that exist, names and certificates, clusters on machines, and whatever
//! else a template makes a difference for.

use crate::matrix::refused;

/// How one cloud spells what a variant names.
struct Place {
    /// Before the names of the variants; the first cloud's have none.
    prefix: &'static str,
    provider: &'static str,
    region: &'static str,
    zones: [&'static str; 3],
    network: &'static str,
    private: [&'static str; 3],
    public: [&'static str; 2],
    certificate: &'static str,
    /// One for a load balancer inside the network.
    inner_certificate: &'static str,
    dns_zone: &'static str,
    arm: &'static str,
}

const PLACES: [Place; 3] = [
    Place {
        prefix: "",
        provider: "aws",
        region: "eu-west-1",
        zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
        network: "vpc-0a1b2c3d",
        private: ["subnet-0a", "subnet-0b", "subnet-0c"],
        public: ["subnet-1a", "subnet-1b"],
        certificate: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
        inner_certificate: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
        dns_zone: "Z0123456789",
        arm: "m7g.large",
    },
    Place {
        prefix: "google-",
        provider: "google",
        region: "europe-west4",
        zones: ["europe-west4-a", "europe-west4-b", "europe-west4-c"],
        network: "projects/shared/global/networks/main",
        private: ["projects/shared/regions/europe-west4/subnetworks/apps"; 3],
        public: ["projects/shared/regions/europe-west4/subnetworks/edge"; 2],
        certificate: "projects/shared/global/sslCertificates/example",
        inner_certificate: "projects/shared/regions/europe-west4/sslCertificates/example",
        dns_zone: "example-com",
        arm: "t2a-standard-2",
    },
    Place {
        prefix: "azure-",
        provider: "azure",
        region: "westeurope",
        zones: ["1", "2", "3"],
        network: "subscriptions/0a1b2c3d/resourceGroups/shared/providers/Microsoft.Network/virtualNetworks/main",
        private: ["subscriptions/0a1b2c3d/resourceGroups/shared/providers/Microsoft.Network/virtualNetworks/main/subnets/apps";
            3],
        public: ["subscriptions/0a1b2c3d/resourceGroups/shared/providers/Microsoft.Network/virtualNetworks/main/subnets/edge";
            2],
        certificate: "https://shared.vault.azure.net/secrets/example",
        inner_certificate: "https://shared.vault.azure.net/secrets/example",
        dns_zone: "example.com",
        arm: "Standard_D2ps_v5",
    },
];

/// The variants that can be rendered.
pub(crate) fn variants() -> Vec<(String, String)> {
    let mut variants = every_variant();
    variants.retain(|(name, _)| !refused().contains_key(name));
    variants
}

pub(crate) fn every_variant() -> Vec<(String, String)> {
    PLACES.iter().flat_map(variants_in).collect()
}

fn variants_in(place: &Place) -> Vec<(String, String)> {
    let platforms = kestra(place).into_iter().chain(octopus(place)).chain(others(place));
    let named = platforms.map(|(name, spec)| (format!("{}{name}", place.prefix), spec));
    let (prefix, clusters) = (place.prefix, on_kubernetes(place));
    named.chain(clusters.into_iter().map(move |(name, spec)| (format!("{prefix}{name}"), spec))).collect()
}

fn cloud(place: &Place, rest: &str) -> String {
    format!("cloud: {{ provider: {}, region: {}, {rest} }}", place.provider, place.region)
}

/// Kestra, highly available, with more lines; `rest` is the rest of the cloud.
fn kestra_with(place: &Place, rest: &str, more: &str) -> String {
    let version = if more.contains("version:") { "" } else { "version: \"1.3\"\n" };
    let cloud = cloud(place, rest);
    format!(
        "deployment: orders\nplatform: kestra\nedition: enterprise\nsize: high-availability\n{cloud}\n{version}{more}\n"
    )
}

type Variant = (&'static str, String);

fn kestra(place: &Place) -> Vec<Variant> {
    let with = |more: &str| kestra_with(place, "zones: 3", more);
    let Place { certificate, inner_certificate, dns_zone, .. } = place;
    let medium = format!(
        "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nsize: medium\n{}\n",
        cloud(place, "zones: 3")
    );
    vec![
        ("kestra-2", with("version: \"2.0\"")),
        ("kestra-mysql", format!("{medium}backends: {{ database: {{ kind: mysql, multi_zone: true }} }}\n")),
        ("kestra-opensearch-as-a-service", with("backends: { search: { kind: opensearch, managed: true } }")),
        ("kestra-kafka-on-machines", with("backends: { queue: { kind: kafka, managed: false } }")),
        (
            "kestra-combined-kafka",
            with("backends: { queue: { kind: kafka, managed: false, controllers: 0 } }"),
        ),
        (
            "kestra-public",
            with(&format!(
                "load_balancer: {{ hostname: kestra.example.com, certificate: \"{certificate}\", dns_zone: {dns_zone} }}"
            )),
        ),
        ("kestra-internal", with("load_balancer: { internal: true }")),
        (
            "kestra-internal-with-certificate",
            with(&format!(
                "load_balancer: {{ internal: true, hostname: kestra.example.com, certificate: \"{inner_certificate}\" }}"
            )),
        ),
        (
            "kestra-autoscale",
            with(
                "components: { worker: { autoscale: { min: 3, max: 12, cpu: 70 } } }\ntags: { team: payments, cost-centre: \"4711\" }",
            ),
        ),
        ("kestra-arm", with(&format!("components: {{ worker: {{ machine: {} }} }}", place.arm))),
        (
            "kestra-long-name",
            with("").replace("deployment: orders", "deployment: a-deployment-of-thirty-two-chars"),
        ),
        ("kestra-existing-network", kestra_in_existing_network(place)),
        ("kestra-existing-network-public", kestra_in_public_network(place)),
    ]
}

fn kestra_in_existing_network(place: &Place) -> String {
    let Place { zones, network, private, .. } = place;
    let subnets: Vec<String> =
        (0..3).map(|at| format!("\"{}\": {{ private: \"{}\" }}", zones[at], private[at])).collect();
    let rest = format!("zones: 3, network: {{ id: \"{network}\", subnets: {{ {} }} }}", subnets.join(", "));
    kestra_with(place, &rest, "")
}

fn kestra_in_public_network(place: &Place) -> String {
    let Place { zones, network, private, public, .. } = place;
    let subnet = |at: usize| {
        format!("\"{}\": {{ private: \"{}\", public: \"{}\" }}", zones[at], private[at], public[at])
    };
    let rest = format!(
        "zones: [\"{}\", \"{}\"], network: {{ id: \"{network}\", subnets: {{ {}, {} }} }}",
        zones[0],
        zones[1],
        subnet(0),
        subnet(1)
    );
    let more = format!(
        "load_balancer: {{ certificate: \"{}\" }}\nbackends: {{ queue: {{ brokers: 4 }} }}",
        place.certificate
    );
    kestra_with(place, &rest, &more)
}

fn octopus(place: &Place) -> Vec<Variant> {
    let Place { certificate, dns_zone, .. } = place;
    vec![
        (
            "octopus-two-zones",
            format!(
                "deployment: releases\nplatform: octopus\nversion: \"2026.2\"\nsize: single-server\n{}\n",
                cloud(place, "zones: 2")
            ),
        ),
        (
            "octopus-polling",
            format!(
                "deployment: releases\nplatform: octopus\nversion: \"2026.2\"\nedition: enterprise\nsize: high-availability\n{}\npolling_targets: 40\nload_balancer: {{ kind: network, hostname: releases.example.com, certificate: \"{certificate}\", dns_zone: {dns_zone} }}\n",
                cloud(place, "zones: 3")
            ),
        ),
    ]
}

fn others(place: &Place) -> Vec<Variant> {
    vec![
        (
            "rudderstack-public",
            format!(
                "deployment: clicks\nplatform: rudderstack\nsize: multi-zone\n{}\nload_balancer: {{ hostname: clicks.example.com, certificate: \"{}\", dns_zone: {} }}\n",
                cloud(place, "zones: 3"),
                place.certificate,
                place.dns_zone
            ),
        ),
        (
            "event-platform-kafka-on-machines",
            format!(
                "deployment: events\nplatform: event-platform\nsize: high-availability\n{}\ncomponents: {{ execution: {{ replicas: 3, image: \"registry.example.com/events/execution:1.0.0\" }}, job: {{ replicas: 3, image: \"registry.example.com/events/job:1.0.0\" }} }}\nbackends: {{ queue: {{ kind: kafka, managed: false }} }}\n",
                cloud(place, "zones: 3")
            ),
        ),
    ]
}

/// Every way to be told, at once.
fn receivers(place: &Place) -> String {
    let store = match place.provider {
        "aws" => "aws-secretsmanager",
        "google" => "google-secret-manager",
        _ => "azure-key-vault",
    };
    let secret = |name: &str| format!("{{ from: {store}, name: orders-{name} }}");
    format!(
        "alerting:\n  pagerduty: {}\n  victorops: {}\n  webhook: {}\n  email: oncall@example.com\n  smtp: {{ host: smtp.example.com, from: p@example.com, user: me, password: {} }}",
        secret("pagerduty"),
        secret("victorops"),
        secret("webhook"),
        secret("smtp")
    )
}

/// What of these makes a difference in a cluster.
fn on_kubernetes(place: &Place) -> Vec<Variant> {
    let on = |spec: String| spec.replace("\ncloud:", "\nruntime: kubernetes\ncloud:");
    let kestra = kestra(place);
    let of = |name: &str| on(kestra.iter().find(|(it, _)| *it == name).unwrap().1.clone());
    let small = |size: &str, rest: &str| {
        on(format!("deployment: orders\n{rest}\nsize: {size}\n{}\n", cloud(place, "zones: 2")))
    };
    vec![
        // The sizes of one zone, in two: not every cloud's cluster stands in one.
        ("kestra-small-on-kubernetes", small("small", "platform: kestra\nversion: \"1.3\"")),
        ("kestra-medium-on-kubernetes", small("medium", "platform: kestra\nversion: \"1.3\"")),
        (
            "octopus-single-server-on-kubernetes",
            small("single-server", "platform: octopus\nversion: \"2026.2\""),
        ),
        ("rudderstack-single-zone-on-kubernetes", small("single-zone", "platform: rudderstack")),
        ("kestra-2-on-kubernetes", of("kestra-2")),
        ("kestra-public-on-kubernetes", of("kestra-public")),
        ("kestra-autoscale-on-kubernetes", of("kestra-autoscale")),
        ("kestra-existing-network-on-kubernetes", of("kestra-existing-network")),
        (
            "kestra-watched-on-kubernetes",
            small("medium", &format!("platform: kestra\nversion: \"1.3\"\n{}", receivers(place))),
        ),
    ]
}

//! A first spec: what a person must say, and the lines that the documents make necessary.

use crate::documented::{self, DocumentedSize};
use crate::spec::{Edition, Platform, Provider, SecretStore, Size};
use crate::values::{DeploymentName, Region, Version};
use crate::wrap;

/// What a first spec is made of.
#[derive(Debug, Clone)]
pub struct Starter {
    pub deployment: DeploymentName,
    pub platform: Platform,
    pub size: Size,
    pub provider: Provider,
    pub region: Region,
    /// The documented default where nothing is said.
    pub version: Option<Version>,
    /// What the size needs where nothing is said.
    pub edition: Option<Edition>,
    /// The size's number where nothing is said.
    pub zones: Option<u64>,
}

impl Starter {
    /// The spec's text; nothing, where the documents describe no such size for the version.
    pub fn text(&self) -> Option<String> {
        let architecture = documented::architecture(self.platform);
        let version = self.version.as_ref().unwrap_or(&architecture.default_version);
        let size = architecture.size(self.size, version)?;
        let zones = self.zones.unwrap_or(size.zones.get());
        let mut lines = comment(&format!("{}, {}: {}", architecture.title, self.size, size.says));
        lines.extend([
            "# `provision expand` shows every default, `provision validate` the verdict.".to_owned(),
            format!("deployment: {}", self.deployment),
            format!("platform: {}", self.platform),
            format!("version: \"{version}\""),
        ]);
        let edition = self.edition.or_else(|| self.edition_needed(size));
        lines.extend(edition.map(|edition| format!("edition: {edition}")));
        lines.push(format!("size: {}", self.size));
        lines.push(format!(
            "cloud: {{ provider: {}, region: {}, zones: {zones} }}",
            self.provider, self.region
        ));
        lines.extend(self.licence(edition));
        lines.extend(self.platform_lines(size));
        lines.push(String::new());
        Some(lines.join("\n"))
    }

    /// Two Octopus nodes need a licence that allows two; Kestra's size says itself what it needs.
    fn edition_needed(&self, size: &DocumentedSize) -> Option<Edition> {
        let several_nodes = self.platform == Platform::Octopus && size.highly_available;
        size.edition.or(several_nodes.then_some(Edition::Professional))
    }

    fn licence(&self, edition: Option<Edition>) -> Vec<String> {
        let licensed = matches!(edition, Some(Edition::Enterprise | Edition::Professional));
        if !licensed {
            return Vec::new();
        }
        let store = match self.provider {
            Provider::Aws => SecretStore::AwsSecretsmanager,
            Provider::Google => SecretStore::GoogleSecretManager,
            Provider::Azure => SecretStore::AzureKeyVault,
        };
        vec![
            "# The licence stays where it is kept; a spec only names it.".to_owned(),
            format!("licence: {{ from: {store}, name: {}-licence }}", self.deployment),
        ]
    }

    fn platform_lines(&self, size: &DocumentedSize) -> Vec<String> {
        let lines: &[&str] = match self.platform {
            Platform::Kestra if size.highly_available => &[
                "host:",
                "  # How long the connections to a machine that died may hang.",
                "  detect_dead_peer_within: 30s",
            ],
            Platform::Kestra => &[],
            Platform::Rudderstack => &[
                "# Who is told when the server crashes again and again. Put your own addresses here.",
                "alerting:",
                "  email: oncall@example.com",
                "  smtp: { host: smtp.example.com, from: provision@example.com }",
                "# What the capacity rules calculate with. Put your own numbers here.",
                "traffic: { peak_messages_per_minute: 30000, message_bytes: 1000, destinations: 2 }",
            ],
            Platform::Octopus => &[],
            Platform::EventPlatform => &[
                "components:",
                "  # The platform's images are your own.",
                "  execution: { replicas: 6, image: \"registry.example.com/events/execution:1.0.0\" }",
                "  job: { replicas: 3, image: \"registry.example.com/events/job:1.0.0\" }",
                "# What the capacity rules calculate with. Measure, then put your own numbers here.",
                "traffic:",
                "  peak_messages_per_minute: 1000000",
                "  message_bytes: 500",
                "  consumers: 2",
                "  retention: 6h",
                "  messages_per_second_per_replica: 6000",
                "  broker_megabytes_per_second: 100",
            ],
        };
        lines.iter().map(|line| (*line).to_owned()).collect()
    }
}

/// A text as comment lines that a narrow editor shows whole.
fn comment(text: &str) -> Vec<String> {
    const MARK: &str = "# ";
    const WIDTH: usize = 100;
    wrap::lines(text, WIDTH - MARK.len()).into_iter().map(|line| format!("{MARK}{line}")).collect()
}

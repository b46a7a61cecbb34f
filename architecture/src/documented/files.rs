//! The files of `architecture/documented`, each read when it is first asked for.
//!
//! YAML is for people; at run time it would take most of the time of a short command. So the build script parses each
//! file once and packs its tree, which is what is read here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::types::{Architecture, BackendDefaults, DocumentedCloud, Family, Reference, RuleSet};
use crate::recovery::Recovery;
use crate::spec::read::{Read, Reader};
use crate::spec::{Platform, Provider};
use crate::yaml::Node;

macro_rules! documented_files {
    ($($(#[doc = $about:literal])+ $function:ident: $type:ty = $file:literal;)*) => {$(
        $(#[doc = $about])+
        pub fn $function() -> &'static $type {
            static READ: OnceLock<$type> = OnceLock::new();
            READ.get_or_init(|| {
                read_packed($file, include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".packed")))
            })
        }
    )*

        #[cfg(test)]
        mod tests {
            use super::*;

            /// From the files themselves, so that a mistake is named with its line.
            #[test]
            fn every_file_reads() {
                $({
                    let text = include_str!(concat!("../../documented/", $file));
                    if let Err(problems) = from_yaml::<$type>(concat!("documented/", $file), text) {
                        panic!("{problems}");
                    }
                    let _ = $function();
                })*
            }
        }
    };
}

type Sources = BTreeMap<String, Reference>;
type Clouds = BTreeMap<Provider, DocumentedCloud>;

documented_files! {
    /// Kestra's architecture.
    kestra: Architecture = "kestra.yaml";
    /// RudderStack's architecture.
    rudderstack: Architecture = "rudderstack.yaml";
    /// Octopus' architecture.
    octopus: Architecture = "octopus.yaml";
    /// The event platform's architecture.
    event_platform: Architecture = "event-platform.yaml";
    /// Databases, queues and search clusters.
    backends: BackendDefaults = "backends.yaml";
    /// Zones and machines of the clouds.
    clouds: Clouds = "clouds.yaml";
    /// Every place that a rule or an architecture is cited from.
    sources: Sources = "sources.yaml";
    /// Kestra's rules.
    kestra_rules: RuleSet = "kestra-rules.yaml";
    /// RudderStack's rules.
    rudderstack_rules: RuleSet = "rudderstack-rules.yaml";
    /// Octopus' rules.
    octopus_rules: RuleSet = "octopus-rules.yaml";
    /// The event platform's rules.
    event_platform_rules: RuleSet = "event-platform-rules.yaml";
    /// Kafka's rules.
    kafka_rules: RuleSet = "kafka-rules.yaml";
    /// The search clusters' rules.
    search_rules: RuleSet = "search-rules.yaml";
    /// What Kestra does when something fails.
    kestra_recovery: Recovery = "kestra-recovery.yaml";
    /// What RudderStack does when something fails.
    rudderstack_recovery: Recovery = "rudderstack-recovery.yaml";
    /// What Octopus does when something fails.
    octopus_recovery: Recovery = "octopus-recovery.yaml";
    /// What the event platform does when something fails.
    event_platform_recovery: Recovery = "event-platform-recovery.yaml";
    /// What machines, zones, load balancers and backends do when something fails.
    backends_recovery: Recovery = "backends-recovery.yaml";
}

/// One platform's architecture.
pub fn architecture(platform: Platform) -> &'static Architecture {
    match platform {
        Platform::Kestra => kestra(),
        Platform::Rudderstack => rudderstack(),
        Platform::Octopus => octopus(),
        Platform::EventPlatform => event_platform(),
    }
}

/// The rules of one family.
pub fn rules(family: Family) -> &'static RuleSet {
    match family {
        Family::Kestra => kestra_rules(),
        Family::Rudderstack => rudderstack_rules(),
        Family::Octopus => octopus_rules(),
        Family::EventPlatform => event_platform_rules(),
        Family::Kafka => kafka_rules(),
        Family::Search => search_rules(),
    }
}

/// The family of a platform's own rules.
pub fn family(platform: Platform) -> Family {
    match platform {
        Platform::Kestra => Family::Kestra,
        Platform::Rudderstack => Family::Rudderstack,
        Platform::Octopus => Family::Octopus,
        Platform::EventPlatform => Family::EventPlatform,
    }
}

/// Reads a packed file of ours. A test reads each of them, so a user never sees this fail.
fn read_packed<T: Read>(name: &str, packed: &[u8]) -> T {
    let mut reader = Reader::default();
    let value = Node::unpack(packed).and_then(|tree| T::read(&tree, &mut reader));
    match value {
        Some(value) if reader.problems.is_empty() => value,
        _ => panic!("architecture/documented/{name}: {:#?}", reader.problems),
    }
}

#[cfg(test)]
fn from_yaml<T: Read>(name: &str, text: &str) -> Result<T, String> {
    let source = crate::Source::new(name, text);
    let (tree, mut problems) = crate::yaml::parse(text);
    let mut reader = Reader::default();
    let value = tree.and_then(|tree| T::read(&tree, &mut reader));
    problems.append(&mut reader.problems);
    let line = |problem: &crate::Diagnostic| {
        let position = source.position(problem.span.start);
        format!("{name}:{}:{}: {} ({:?})", position.line, position.column, problem.message, problem.hint)
    };
    match value {
        Some(value) if problems.is_empty() => Ok(value),
        _ => Err(problems.iter().map(line).collect::<Vec<_>>().join("\n")),
    }
}

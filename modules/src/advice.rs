//! What a reader should know of a deployment, whatever cloud it stands in: sentences for its README.

use provision_architecture::Topology;
use provision_architecture::values::ImageReference;

use crate::Blocks;
use crate::cloud::Cloud;
use crate::parity::{Becomes, Part};

pub(crate) fn advice(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Vec<String> {
    let mut advice = Vec::new();
    let mut plain = |holds: bool, who: &str, part: Part, field: &str| {
        let service = matches!(cloud.becomes(part, topology.runtime), Becomes::Service(_));
        let instead = if service {
            format!(
                "Where your rules ask for encryption there, too, see whether backends.{field}.managed fits."
            )
        } else {
            "Where your rules ask for encryption there, too, keep other things out of this network."
                .to_owned()
        };
        if holds {
            advice.push(format!(
                "{who} inside the network in plain text and asks for no password: the rules in security.tf alone \
                 decide who may connect. {instead}"
            ));
        }
    };
    let kafka = blocks.kafka.as_ref().is_some_and(|kafka| !kafka.nodes.is_empty());
    plain(kafka, "Kafka on machines of its own speaks", Part::ManagedKafka, "queue");
    let search = blocks.search.as_ref().is_some_and(|search| !search.nodes.is_empty());
    plain(search, "The search cluster on machines of its own speaks", Part::ManagedSearch, "search");
    let mut lines: Vec<&ImageReference> = topology.groups.iter().filter_map(|it| it.image.as_ref()).collect();
    lines.sort_by_key(|image| image.as_str());
    lines.dedup_by_key(|image| image.as_str());
    for image in lines.into_iter().filter(|image| names_a_line(image)) {
        advice.push(format!(
            "The image {} may name a line of releases and not one release: what starts later may then run another one than \
             its neighbours. Put the whole number into version or image, or name a digest.",
            image.as_str()
        ));
    }
    advice
}

/// `1.2`, of which there may be a `1.2.1` one day.
fn names_a_line(image: &ImageReference) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    image.digest().is_none()
        && image.tag().is_some_and(|tag| {
            let parts: Vec<&str> = tag.trim_start_matches('v').split('.').collect();
            parts.len() < 3 && parts.into_iter().all(number)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_releases_is_told_from_a_release() {
        let digest = "a".repeat(64);
        for (image, line) in [
            ("octopusdeploy/octopusdeploy:2026.2", true),
            ("kestra/kestra:v1.3", true),
            ("example.com/a:7", true),
            ("octopusdeploy/octopusdeploy:2026.2.1234", false),
            ("example.com/a:1.2-build7", false),
            (&format!("kestra/kestra:v1.3@sha256:{digest}"), false),
        ] {
            assert_eq!(names_a_line(&ImageReference::try_from(image).unwrap()), line, "{image}");
        }
    }
}

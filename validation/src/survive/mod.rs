//! The failure analysis: what breaks when something breaks, for how long, and what would have to break together.
//!
//! ```text
//! topology + recovery data ──► model (pools of interchangeable cells, needs of each capability)
//!                                │
//!              failures ──► damage ──► structure: does it stand? ──► cut sets, availability
//!                                └───► effects: for how long, and why ──► rows, objectives
//! ```
//!
//! The structure function and the effects are two ways through one model, and tests hold them together. Nothing is
//! sampled: instances of one component in one zone are counted, so every answer is exact and none grows with them.

mod analysis;
mod availability;
mod backends;
mod casualties;
mod cutsets;
mod damage;
mod effect;
mod effects;
mod failures;
mod groups;
mod improvements;
mod live;
mod model;
mod names;
mod objectives;
mod placement;
mod recovery;
mod replacement;
mod report;
mod rows;
mod structure;
mod timers;
mod timings;
mod upgrades;
mod words;

pub use analysis::{CapabilityReport, Options, Report, SurviveError, survive};
pub use availability::Availability;
pub use casualties::{Casualty, Pictured, StrikeProblem, pictured, struck};
pub use cutsets::{CutSet, CutSets};
pub use effect::{Delay, Effect, State};
pub use improvements::Improvement;
pub use live::{Exposure, Facts, Live, Node, Nodes, Server, Standing, Stop, live};
pub use objectives::{Check, Miss, ObjectiveProblem};
pub use recovery::{Recovery, Step, Tuning};
pub use report::{Bought, Cell, Detail, Format, Matrix, Time, Told, View};
pub use rows::Row;
pub use timers::Timers;
pub use timings::{Overrides, UnknownTiming, names as timing_names};
pub use upgrades::{UpgradeReport, UpgradeRows};

#[cfg(test)]
mod tests {
    use provision_architecture::{Source, SpecFile, Topology, resolve};

    use super::model::Model;
    use super::timings::Timings;
    use super::{Overrides, State, Timers};

    fn topology(zones: u8, fields: &str) -> Topology {
        let text = format!(
            "deployment: test\ncloud: {{ provider: aws, region: eu-west-1, zones: {zones} }}\n{fields}"
        );
        let file = SpecFile::parse(Source::new("test.yaml", &text)).unwrap();
        resolve(&file.spec).unwrap()
    }

    const DEPLOYMENTS: [(u8, &str); 6] = [
        (1, "platform: kestra\nversion: \"0.18\"\nsize: medium\n"),
        (3, "platform: kestra\nversion: \"1.3\"\nsize: high-availability\n"),
        (3, "platform: kestra\nversion: \"2.0\"\nsize: high-availability\n"),
        (2, "platform: octopus\nedition: professional\nsize: high-availability\n"),
        (
            3,
            "platform: rudderstack\nsize: multi-zone\nruntime: kubernetes\ncomponents: { server: { replicas: 4 } }\nbackends: { database: { managed: false, multi_zone: false } }\n",
        ),
        (
            2,
            "platform: event-platform\nsize: high-availability\nbackends: { queue: { managed: false, brokers: 5 } }\n",
        ),
    ];

    /// The fast question and the full answer are two ways through the same model.
    #[test]
    fn every_effect_stands_as_the_structure_function_says() {
        for (zones, fields) in DEPLOYMENTS {
            let topology = topology(zones, fields);
            let timings = Timings::new(&topology, Timers::of(&topology), Overrides::new()).unwrap();
            let model = Model::new(&topology, timings);
            for order in 1..=2 {
                model.combinations(order, &mut |combination| {
                    for capability in 0..model.capabilities.len() {
                        let effect = model.effect(capability, &combination.damage);
                        let names = model.names(&combination.damage);
                        assert_eq!(
                            effect.standing,
                            model.standing(capability, &combination.damage),
                            "{names:?}"
                        );
                        assert!(effect.state >= effect.standing, "{names:?}");
                        let stops = effect.state == State::Stopped;
                        assert!(!stops || effect.stop.is_some(), "no way back from {names:?}: {effect:?}");
                        assert!(
                            effect.state > State::Stopped || stops == effect.stop.is_some(),
                            "{names:?} {effect:?}"
                        );
                    }
                });
            }
        }
    }

    /// Google's way out of the network belongs to the region: no zone can lose it alone.
    #[test]
    fn a_way_out_is_lost_with_its_zone_only_where_it_stands_there() {
        let on = |cloud: &str| {
            let text = format!(
                "deployment: test\ncloud: {cloud}\nplatform: kestra\nversion: \"2.0\"\nsize: high-availability\n"
            );
            let file = SpecFile::parse(Source::new("test.yaml", &text)).unwrap();
            let topology = resolve(&file.spec).unwrap();
            let timings = Timings::new(&topology, Timers::of(&topology), Overrides::new()).unwrap();
            Model::new(&topology, timings).events().iter().any(|event| event.damage.ways != 0)
        };
        assert!(on("{ provider: aws, region: eu-west-1 }"));
        assert!(!on("{ provider: google, region: europe-west4 }"));
    }
}

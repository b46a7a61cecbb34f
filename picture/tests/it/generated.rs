//! Deployments of every platform and shape, the same ones every time.

use provision_architecture::Topology;

const WANTED: usize = 60;

/// A linear congruential generator: nothing here needs better chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }
}

pub(crate) fn topologies() -> Vec<(String, Topology)> {
    let mut chance = Chance(7);
    let mut found = Vec::new();
    for number in 0..2_000 {
        let spec = spec(&mut chance);
        if let Some(topology) = crate::topology("generated.yaml", &spec) {
            found.push((format!("generated {number}:\n{spec}"), topology));
        }
        if found.len() == WANTED {
            return found;
        }
    }
    panic!("only {} of the generated specs can be resolved", found.len());
}

fn spec(chance: &mut Chance) -> String {
    let platform = chance.of(&["kestra", "rudderstack", "octopus", "event-platform"]);
    let (size, components): (&str, &[&str]) = match platform {
        "kestra" => (
            chance.of(&["small", "medium", "high-availability"]),
            &["webserver", "executor", "scheduler", "worker", "indexer"],
        ),
        "rudderstack" => (chance.of(&["single-zone", "multi-zone"]), &["server", "transformer"]),
        "octopus" => (chance.of(&["single-server", "high-availability"]), &["server"]),
        _ => ("high-availability", &["execution", "job"]),
    };
    let (provider, region) =
        [("aws", "eu-west-1"), ("google", "europe-west1"), ("azure", "westeurope")][chance.below(3) as usize];
    let zones = 1 + chance.below(3);
    let mut text = format!(
        "deployment: {}\nplatform: {platform}\nsize: {size}\n",
        chance.of(&["a", "orders", "a-rather-long-name-for-it"])
    );
    text += &format!("cloud: {{ provider: {provider}, region: {region}, zones: {zones} }}\n");
    if size != "small" {
        text += "components:\n";
        for component in components {
            let most = [3, 9, 40, 400][chance.below(4) as usize];
            let image = if platform == "event-platform" { ", image: r.example.com/i:1" } else { "" };
            text += &format!("  {component}: {{ replicas: {}{image} }}\n", 1 + chance.below(most));
        }
    }
    if platform == "octopus" {
        text += "load_balancer: { hostname: releases.example.com }\npolling_targets: 12\n";
    }
    text
}

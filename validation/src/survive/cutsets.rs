//! Minimal cut sets: the smallest sets of failures that stop a capability until something is replaced or returns.

use provision_architecture::values::Duration;
use serde::Serialize;

use super::damage::Damage;
use super::effect::{Effect, State};
use super::failures::Combination;
use super::model::Model;
use super::recovery::Tuning;

/// Failures that only together stop a capability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CutSet {
    /// How many failures.
    pub order: usize,
    /// What they are, in words.
    pub failures: Vec<String>,
    /// How many such sets of concrete things there are.
    pub count: u64,
    /// What they do.
    pub state: State,
    /// How long it then takes; nothing, where it does not come back by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_for: Option<Duration>,
    /// What it waits for, where it does not come back by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether only services that the whole region shares are in it: no size of the documents does without them.
    pub regional: bool,
}

/// The minimal cut sets of one capability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CutSets {
    pub capability: String,
    /// Whether it doesn't even stand when nothing has failed; then no cut set says anything.
    pub never_stands: bool,
    pub sets: Vec<CutSet>,
}

impl CutSets {
    /// How many concrete sets of this order there are.
    pub fn count(&self, order: usize) -> u64 {
        self.sets.iter().filter(|set| set.order == order).map(|set| set.count).fold(0, u64::saturating_add)
    }

    /// Whether a single failure of ours stops it: then it is not highly available, and these say why.
    pub fn single_points(&self) -> impl Iterator<Item = &CutSet> {
        self.sets.iter().filter(|set| set.order == 1 && !set.regional)
    }
}

impl Model<'_> {
    pub(super) fn stands(&self, capability: usize, damage: &Damage) -> bool {
        self.standing(capability, damage) < State::Stopped
    }

    /// The minimal cut sets up to this order, as damages with their counts.
    pub(super) fn minimal_cuts(&self, capability: usize, order: usize) -> Vec<(usize, Combination)> {
        let mut cuts = Vec::new();
        if !self.stands(capability, &Damage::default()) {
            return cuts;
        }
        for size in 1..=order {
            self.combinations(size, &mut |combination| {
                let stands = |damage: &Damage| self.stands(capability, damage);
                if !stands(&combination.damage) && Self::without_one(&combination.damage).iter().all(stands) {
                    cuts.push((size, combination.clone()));
                }
            });
        }
        cuts
    }

    pub(super) fn cut_sets(&self, capability: usize, order: usize) -> CutSets {
        let mut sets: Vec<CutSet> = Vec::new();
        let mut damages: Vec<Vec<Damage>> = Vec::new();
        for (size, combination) in self.minimal_cuts(capability, order) {
            let set = self.cut_set(capability, size, &combination);
            let same = |mine: &CutSet| {
                (mine.order, &mine.failures, &mine.until, mine.stopped_for)
                    == (set.order, &set.failures, &set.until, set.stopped_for)
            };
            if let Some(at) = sets.iter().position(same) {
                sets[at].count = sets[at].count.saturating_add(set.count);
                damages[at].push(combination.damage);
            } else {
                sets.push(set);
                damages.push(vec![combination.damage]);
            }
        }
        for (set, damages) in sets.iter_mut().zip(&damages) {
            self.close_wording(&mut set.failures, damages);
        }
        // Ours first: nobody can do much about a service of the whole region.
        sets.sort_by_key(|set| (set.order, set.regional));
        CutSets {
            capability: self.capabilities[capability].documented.name.clone(),
            never_stands: !self.stands(capability, &Damage::default()),
            sets,
        }
    }

    fn cut_set(&self, capability: usize, order: usize, combination: &Combination) -> CutSet {
        let damage = &combination.damage;
        let effect: Effect = self.effect(capability, damage);
        let stop = effect.stop.as_ref();
        CutSet {
            order,
            failures: self.wording(damage),
            count: combination.count,
            state: effect.standing,
            stopped_for: stop.and_then(|stop| stop.time(Tuning::Tuned)),
            until: stop.and_then(|stop| stop.waits_for()).map(str::to_owned),
            regional: order == 1 && (damage.balancer || damage.files),
        }
    }
}

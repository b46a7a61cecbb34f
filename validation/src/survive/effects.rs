//! What a damage does to a capability, with times and reasons: the sum of what it does to each thing that it needs.

use super::damage::Damage;
use super::effect::{Effect, State};
use super::model::{Model, Need};
use super::recovery::Recovery;

impl Model<'_> {
    /// What the damage does to a capability.
    pub(super) fn effect(&self, capability: usize, damage: &Damage) -> Effect {
        let mut effect = Effect::none();
        for need in &self.capabilities[capability].needs {
            effect.worsen(self.need_state(need, damage));
            match need {
                Need::Group { .. } => self.group_effect(capability, need, damage, &mut effect),
                Need::Database { pool } => self.database_effect(*pool, damage, &mut effect),
                Need::Brokers { pool } => self.brokers_effect(*pool, damage, &mut effect),
                Need::Majority { pool } => self.majority_effect(*pool, damage, &mut effect),
                Need::AnyOf { pool } => self.any_of_effect(*pool, damage, &mut effect),
                Need::Shards { pool } => self.shards_effect(*pool, damage, &mut effect),
                Need::Parent(parent) => self.parent_effect(*parent, damage, &mut effect),
                Need::Missing(why) => {
                    effect.stops_for(Recovery::Never("the spec is changed".to_owned()));
                    effect.because(why.clone());
                }
            }
        }
        self.alone_effect(capability, &mut effect);
        self.crash_effect(capability, damage, &mut effect);
        if let Some(meanwhile) = &self.capabilities[capability].documented.meanwhile
            && effect.state >= State::Stopped
        {
            effect.because(meanwhile.clone());
        }
        effect
    }

    fn alone_effect(&self, capability: usize, effect: &mut Effect) {
        if self.alone_state(capability) == State::Running {
            return;
        }
        effect.worsen(State::Stopped);
        let documented = self.capabilities[capability].documented;
        let only = documented.alone.map_or("one", |component| component.word());
        effect.stops_for(Recovery::Never(format!("there is only one {only}")));
        if let Some(why) = &documented.alone_because {
            effect.because(why.clone());
        }
    }

    fn crash_effect(&self, capability: usize, damage: &Damage, effect: &mut Effect) {
        let Some(crash) = self.crash().filter(|_| damage.crash) else { return };
        if self.crash_state(capability, damage) >= State::Stopped {
            effect.worsen(State::Stopped);
            effect.stops_for(Recovery::Never("somebody mends what makes it crash".to_owned()));
        }
        effect.because(crash.says.clone());
    }
}

//! While one instance of a component is away for an upgrade, each failure once more.

use provision_architecture::recovery::UpgradeStyle;
use serde::Serialize;

use super::damage::{Damage, Hit};
use super::effect::State;
use super::model::Model;
use super::rows::Row;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpgradeReport {
    pub rolling: bool,
    /// What an upgrade is like.
    pub says: String,
    /// One instance of the component is away; what that alone does, and which failures then do more than otherwise.
    pub components: Vec<UpgradeRows>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpgradeRows {
    pub component: String,
    pub away: Row,
    pub then: Vec<Row>,
}

impl Model<'_> {
    pub(super) fn upgrade(&self) -> UpgradeReport {
        let version = &self.topology.version;
        let documented = self
            .documented
            .upgrades
            .iter()
            .find(|upgrade| upgrade.versions.as_ref().is_none_or(|range| range.contains(version)));
        let mut components: Vec<UpgradeRows> = Vec::new();
        for (component, away) in self.one_away() {
            let rows = UpgradeRows {
                component: component.to_owned(),
                away: self.without_death(self.row(&away, 1), &Damage::default()),
                then: self.worse_while_away(&away),
            };
            match components.iter_mut().find(|mine| mine.component == rows.component) {
                Some(mine) => merge(mine, rows),
                None => components.push(rows),
            }
        }
        UpgradeReport {
            rolling: documented.is_none_or(|upgrade| upgrade.style == UpgradeStyle::Rolling),
            says: documented.map_or_else(String::new, |upgrade| upgrade.says.clone()),
            components,
        }
    }

    /// The failures that then stop something which neither they nor the missing instance stop alone.
    fn worse_while_away(&self, away: &Damage) -> Vec<Row> {
        let events = self.events().into_iter().chain(self.zone_losses());
        let mut rows = Vec::new();
        for event in events {
            let Some(both) = self.overlaid(away, &event.damage) else { continue };
            let worse = (0..self.capabilities.len()).any(|capability| {
                let standing = self.standing(capability, &both);
                standing >= State::Stopped
                    && standing > self.standing(capability, &event.damage)
                    && standing > self.standing(capability, away)
            });
            if worse {
                let mut row = self.row(&event.damage, event.count);
                (row.effects, row.worse_together) = (self.effects(&both), true);
                rows.push(self.without_death(row, &event.damage));
            }
        }
        rows
    }

    /// What is away for an upgrade was drained: nothing was under way there. Late is only what the failure makes late.
    fn without_death(&self, mut row: Row, failure: &Damage) -> Row {
        for (capability, effect) in row.effects.iter_mut().enumerate() {
            effect.delays = self.effect(capability, failure).delays;
            effect.cancels_work = effect.delays.iter().any(|delay| delay.cancels);
        }
        row
    }

    /// Both at once; on one cell, where the class has no second. Nothing, where what is away can't fail any more.
    fn overlaid(&self, away: &Damage, event: &Damage) -> Option<Damage> {
        let [gone] = away.hits.as_slice() else { return None };
        let class = &self.pools[gone.pool].classes[gone.class];
        let same = event.hits.iter().find(|hit| (hit.pool, hit.class) == (gone.pool, gone.class));
        match same {
            Some(hit) if class.count == 1 && hit.parts & gone.parts != 0 => None,
            Some(hit) if class.count == 1 => {
                let hit = Hit { parts: hit.parts | gone.parts, ..*gone };
                Some(Damage { hits: vec![hit], ..Damage::default() })
            }
            _ => Some(away.and(event)),
        }
    }
}

/// Keeps the worse of two rows that differ only in the zone of what is away.
fn merge(mine: &mut UpgradeRows, other: UpgradeRows) {
    let severity = |row: &Row| row.effects.iter().map(|effect| effect.standing).max();
    if severity(&other.away) > severity(&mine.away) {
        mine.away = other.away;
    }
    for row in other.then {
        match mine.then.iter_mut().find(|known| known.failures == row.failures) {
            Some(known) if severity(&row) > severity(known) => *known = row,
            Some(_) => {}
            None => mine.then.push(row),
        }
    }
}

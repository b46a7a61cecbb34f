//! The rows of the matrix: what fails, and what that does. What reads the same and does the same is one row.

use std::collections::HashMap;

use serde::Serialize;

use super::analysis::SurviveError;
use super::damage::{Damage, Hit};
use super::effect::{Effect, State};
use super::failures::Event;
use super::model::Model;

/// Naming more sets than this fills memory, not insight.
const MOST_NAMES: u64 = 1_000_000;

/// One failure, or several that come to the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// In words; empty where nothing has failed.
    pub failures: Vec<String>,
    /// How many sets of concrete things this is.
    pub count: u64,
    /// In the order of the report's capabilities.
    pub effects: Vec<Effect>,
    /// Whether it does more than its parts do one by one.
    pub worse_together: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Vec<String>>,
}

impl Model<'_> {
    pub(super) fn effects(&self, damage: &Damage) -> Vec<Effect> {
        (0..self.capabilities.len()).map(|capability| self.effect(capability, damage)).collect()
    }

    pub(super) fn row(&self, damage: &Damage, count: u64) -> Row {
        Row {
            failures: self.names(damage).into_iter().map(|name| name.says).collect(),
            count,
            effects: self.effects(damage),
            worse_together: false,
            members: Vec::new(),
        }
    }

    pub(super) fn event_rows(&self, events: &[Event], enumerate: bool) -> Result<Vec<Row>, SurviveError> {
        let rows = self.rows_with_damages(events, enumerate)?;
        Ok(rows.into_iter().map(|(row, _)| row).collect())
    }

    /// Each row with one of the damages that it stands for.
    pub(super) fn rows_with_damages(
        &self,
        events: &[Event],
        enumerate: bool,
    ) -> Result<Vec<(Row, Damage)>, SurviveError> {
        let mut rows = Rows::new(self, enumerate);
        for event in events {
            rows.add(&event.damage, event.count, false)?;
        }
        let first = |damages: &Vec<Damage>| damages.first().cloned().unwrap_or_default();
        let damages: Vec<Damage> = rows.damages.iter().map(first).collect();
        Ok(rows.finish().into_iter().zip(damages).collect())
    }

    pub(super) fn pair_rows(&self, enumerate: bool) -> Result<Vec<Row>, SurviveError> {
        let mut rows = Rows::new(self, enumerate);
        let mut result = Ok(());
        self.combinations(2, &mut |pair| {
            if result.is_ok() {
                let worse = self.is_worse_together(&pair.damage);
                result = rows.add(&pair.damage, pair.count, worse);
            }
        });
        result.map(|()| rows.finish())
    }

    /// Whether it stops something that none of its parts stops by itself.
    fn is_worse_together(&self, damage: &Damage) -> bool {
        let parts = Self::without_one(damage);
        (0..self.capabilities.len()).any(|capability| {
            let worst = parts.iter().map(|part| self.standing(capability, part)).max();
            worst.is_some_and(|worst| self.standing(capability, damage) > worst.max(State::Degraded))
        })
    }
}

/// Rows under construction: what reads the same and does the same is one row.
struct Rows<'m, 't> {
    model: &'m Model<'t>,
    enumerate: bool,
    rows: Vec<Row>,
    by_failures: HashMap<Vec<String>, Vec<usize>>,
    /// The damages of each row.
    damages: Vec<Vec<Damage>>,
    named: u64,
}

impl<'m, 't> Rows<'m, 't> {
    fn new(model: &'m Model<'t>, enumerate: bool) -> Self {
        Self {
            model,
            enumerate,
            rows: Vec::new(),
            by_failures: HashMap::new(),
            damages: Vec::new(),
            named: 0,
        }
    }

    fn add(&mut self, damage: &Damage, count: u64, worse_together: bool) -> Result<(), SurviveError> {
        let mut row = self.model.row(damage, count);
        row.worse_together = worse_together;
        row.failures = self.model.wording(damage);
        if self.enumerate {
            self.named = self.named.saturating_add(count);
            if self.named > MOST_NAMES {
                return Err(SurviveError::TooManyNames { count: self.named, most: MOST_NAMES });
            }
            row.members = self.model.members(damage);
        }
        let known = self.by_failures.entry(row.failures.clone()).or_default();
        match known.iter().find(|at| self.rows[**at].effects == row.effects) {
            Some(at) => {
                let mine = &mut self.rows[*at];
                mine.count = mine.count.saturating_add(count);
                mine.members.append(&mut row.members);
                self.damages[*at].push(damage.clone());
            }
            None => {
                known.push(self.rows.len());
                self.rows.push(row);
                self.damages.push(vec![damage.clone()]);
            }
        }
        Ok(())
    }

    /// What reads the same and does not do the same differs by its zones.
    fn finish(mut self) -> Vec<Row> {
        for (row, damages) in self.rows.iter_mut().zip(&self.damages) {
            self.model.close_wording(&mut row.failures, damages);
        }
        let mut readings: HashMap<Vec<String>, usize> = HashMap::new();
        for row in &self.rows {
            *readings.entry(row.failures.clone()).or_default() += 1;
        }
        for (row, damages) in self.rows.iter_mut().zip(&self.damages) {
            if readings[&row.failures] > 1
                && let Some(last) = row.failures.last_mut()
            {
                *last = format!("{last} ({})", self.model.zones_of(damages));
            }
        }
        self.rows
    }
}

impl Model<'_> {
    /// Where the failures of some damages are that come to the same.
    fn zones_of(&self, damages: &[Damage]) -> String {
        let zones = |damage: &Damage| -> Vec<usize> {
            let zone = |hit: &Hit| self.pools[hit.pool].classes[hit.class].zone;
            let hits = damage
                .hits
                .iter()
                .flat_map(|hit| std::iter::repeat_n(zone(hit), usize::from(hit.count > 1) + 1));
            hits.chain((0..self.zones()).filter(|zone| damage.has_way(*zone))).collect()
        };
        let (mut same, mut different) = (true, true);
        let mut seen: Vec<usize> = Vec::new();
        for damage in damages {
            let mut zones = zones(damage);
            let all = zones.len();
            zones.sort_unstable();
            zones.dedup();
            same &= zones.len() == 1 && all > 1 && self.zones() > 1;
            different &= zones.len() == all && all > 1;
            seen.extend(zones);
        }
        seen.sort_unstable();
        seen.dedup();
        match (same, different) {
            (true, _) => "in the same zone".to_owned(),
            (_, true) => "in different zones".to_owned(),
            _ => seen
                .iter()
                .map(|zone| format!("in {}", self.zone_name(*zone)))
                .collect::<Vec<_>>()
                .join(" or "),
        }
    }
}

//! The status for people: what stands where, then what is wrong, then who is at it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use provision_architecture::wrap;

use super::document::{Component, Status};
use super::facts::{Health, Member, Server};
use super::judge::What;
use crate::survive::State;

/// More of one sort than this nobody reads; the document has them all.
const MOST: usize = 12;

impl Status {
    /// For a terminal of so many columns.
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        let about = self.about.as_ref().map_or(String::new(), |about| format!(" ({about})"));
        let verdict = match (self.as_promised, self.facts.unknown.is_empty()) {
            (true, true) => "as promised",
            (true, false) => "as promised, as far as it is known",
            (false, _) => "not as promised",
        };
        let _ = writeln!(text, "{}{about}: {verdict}", self.facts.deployment);
        text += &self.standing_now();
        text += &self.places();
        text += &self.findings(width);
        text += &self.lock(width);
        for unknown in &self.facts.unknown {
            text += &hanging("  Not known: ", unknown, width);
        }
        text
    }

    /// How what people care about stands, when not all of it runs.
    fn standing_now(&self) -> String {
        let now = self.survives.iter().flat_map(|survives| &survives.now);
        let hurt: Vec<String> = now
            .filter(|it| it.state != State::Running)
            .map(|it| format!("{} {}", it.capability, it.state.word()))
            .collect();
        if hurt.is_empty() { String::new() } else { format!("Right now: {}\n", hurt.join(", ")) }
    }

    fn places(&self) -> String {
        if self.nothing_lives {
            return String::new();
        }
        let zones: BTreeSet<&str> = self
            .components
            .iter()
            .flat_map(|component| &component.zones)
            .map(|place| place.zone.as_str())
            .chain(self.facts.pools.iter().flat_map(|pool| &pool.targets).filter_map(|it| it.zone.as_deref()))
            .collect();
        let mut rows = Vec::new();
        rows.extend(self.components.iter().map(|component| component_row(component, &zones)));
        for pool in &self.facts.pools {
            let healthy = pool.targets.iter().filter(|it| it.health == Health::Healthy).count();
            let all = pool.targets.len() + pool.left_out.len();
            let name = format!("behind {}", pool.address);
            let mut row = vec![name, format!("{healthy} of {all}")];
            row.extend(zones.iter().map(|zone| target_cell(&pool.targets, zone)));
            rows.push(row);
        }
        rows.extend(self.facts.servers.iter().map(server_row));
        if !self.facts.disks.is_empty() {
            let disks = &self.facts.disks;
            let good = disks.iter().filter(|disk| disk.ready && disk.attached).count();
            rows.push(vec!["disks".to_owned(), format!("{good} of {}", disks.len()), "attached".to_owned()]);
        }
        if rows.is_empty() {
            return String::new();
        }
        let mut header = vec![String::new(), "healthy".to_owned()];
        header.extend(zones.into_iter().map(str::to_owned));
        rows.insert(0, header);
        format!("\n{}", table(&rows))
    }

    fn findings(&self, width: usize) -> String {
        let mut text = String::new();
        let sorts: [(&str, &[What]); 3] = [
            (
                "Not as promised",
                &[What::Instances, What::Spread, What::Targets, What::Database, What::Disk, What::Version],
            ),
            ("Not as the directory says", &[What::Drift, What::Pending]),
            ("Promised to be survived, and would not be", &[What::Survival]),
        ];
        for (title, whats) in sorts {
            let found: Vec<_> = self.findings.iter().filter(|it| whats.contains(&it.what)).collect();
            if found.is_empty() {
                continue;
            }
            let _ = write!(text, "\n{title}:\n");
            for finding in found.iter().take(MOST) {
                text += &hanging("  x ", &finding.says, width);
            }
            if let Some(more) = found.len().checked_sub(MOST).filter(|more| *more > 0) {
                let _ = writeln!(text, "  … and {more} more; `--json` has them all");
            }
        }
        text
    }

    fn lock(&self, width: usize) -> String {
        match &self.facts.lock {
            None => "\nLock: nobody holds it.\n".to_owned(),
            Some(lock) => {
                let says = format!(
                    "{} holds it since {}, until it ends, or {} s after its last sign of life; it runs `{}`",
                    lock.who, lock.since, lock.lease_seconds, lock.command
                );
                format!("\n{}", hanging("Lock: ", &says, width))
            }
        }
    }
}

fn component_row(component: &Component, zones: &BTreeSet<&str>) -> Vec<String> {
    let healthy = match component.known {
        true => format!("{} of {}", component.healthy, component.promised),
        false => format!("? of {}", component.promised),
    };
    let mut row = vec![component.name.clone(), healthy];
    for zone in zones {
        let place = component.zones.iter().find(|place| place.zone == *zone);
        row.push(match place {
            Some(_) if !component.known => "?".to_owned(),
            Some(place) if place.healthy < place.promised => {
                format!("{} of {}", place.healthy, place.promised)
            }
            Some(place) if place.healthy > 0 => place.healthy.to_string(),
            _ => "-".to_owned(),
        });
    }
    row
}

fn target_cell(targets: &[Member], zone: &str) -> String {
    let here: Vec<&Member> = targets.iter().filter(|it| it.zone.as_deref() == Some(zone)).collect();
    let healthy = here.iter().filter(|it| it.health == Health::Healthy).count();
    match (healthy, here.len()) {
        (_, 0) => "-".to_owned(),
        (healthy, all) if healthy == all => all.to_string(),
        (healthy, all) => format!("{healthy} of {all}"),
    }
}

fn server_row(server: &Server) -> Vec<String> {
    let place = |member: &Member| {
        let zone = member.zone.as_deref().unwrap_or("a zone that the cloud chose");
        match member.health {
            Health::Healthy => zone.to_owned(),
            health => format!("{zone} ({})", health.word()),
        }
    };
    let Some(primary) = &server.primary else {
        return vec![server.address.clone(), "?".to_owned()];
    };
    let servers = [Some(primary), server.standby.as_ref()].into_iter().flatten();
    let healthy = servers.filter(|it| it.health == Health::Healthy).count();
    let promised = 1 + usize::from(server.standby_promised || server.standby.is_some());
    let standby = match &server.standby {
        Some(standby) => format!("; standby in {}", place(standby)),
        None if server.standby_promised => "; no standby".to_owned(),
        None => String::new(),
    };
    let where_ = format!("in {}{standby}", place(primary));
    vec![server.address.clone(), format!("{healthy} of {promised}"), where_]
}

/// Columns two spaces apart; the last one of a row runs free.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter(|row| column + 1 < row.len()).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter().fold(String::new(), |mut text, row| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "  {}", cells.join("  ").trim_end());
        text
    })
}

/// A text in lines, the later ones beneath where the first begins.
fn hanging(mark: &str, text: &str, width: usize) -> String {
    let margin = " ".repeat(mark.chars().count());
    let mut written = String::new();
    for (at, line) in wrap::lines(text, width.saturating_sub(margin.len()).max(20)).iter().enumerate() {
        let _ = writeln!(written, "{}{line}", if at == 0 { mark } else { &margin });
    }
    written
}

//! What can be known to fail before the first write: permissions that are missing, zones that there aren't, machines that
//! a zone doesn't have, limits of the account. All checks run, beside each other, and all of it comes in one list.

mod databases;
mod limits;
mod machines;
mod permissions;
mod quotas;
mod wanted;
mod zones;

use std::sync::Arc;

use provision_engine::driver::{Class, Failure};
use tokio::task::JoinSet;

pub use self::wanted::Wanted;
use crate::again::{OFTEN, again};
use crate::connection::Cloud;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// Why it can't work, each with what asks for it; empty when nothing is known against it.
    pub shortfalls: Vec<String>,
    /// What could not be looked at and says nothing against it.
    pub notes: Vec<String>,
}

impl Foreseen {
    fn short(lines: impl IntoIterator<Item = String>) -> Self {
        Foreseen { shortfalls: lines.into_iter().collect(), ..Foreseen::default() }
    }

    fn note(text: String) -> Self {
        Foreseen { notes: vec![text], ..Foreseen::default() }
    }

    fn add(&mut self, found: Foreseen) {
        // Two checks may want for the same permission.
        let news = |all: &[String], more: Vec<String>| -> Vec<String> {
            more.into_iter().filter(|line| !all.contains(line)).collect()
        };
        self.shortfalls.extend(news(&self.shortfalls, found.shortfalls));
        self.notes.extend(news(&self.notes, found.notes));
    }
}

pub(crate) async fn foresee(cloud: Arc<Cloud>, wanted: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let mut checks = Checks { cloud, wanted: Arc::clone(&wanted), running: JoinSet::new(), begun: 0 };
    for sample in wanted.samples() {
        checks.begin(move |cloud, _| permissions::check(cloud, sample.clone()));
    }
    checks.begin(zones::check);
    checks.begin(machines::check);
    checks.begin(databases::check);
    checks.begin(limits::addresses);
    checks.begin(limits::groups);
    checks.begin(limits::balancers);
    checks.begin(limits::databases);
    for quota in quotas::ALL {
        checks.begin(move |cloud, wanted| quotas::check(cloud, wanted, quota));
    }
    checks.collected().await
}

struct Checks {
    cloud: Arc<Cloud>,
    wanted: Arc<Wanted>,
    running: JoinSet<(usize, Result<Foreseen, Failure>)>,
    begun: usize,
}

impl Checks {
    fn begin<F>(&mut self, check: impl Fn(Arc<Cloud>, Arc<Wanted>) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<Foreseen, Failure>> + Send + 'static,
    {
        let (cloud, wanted, turn) = (Arc::clone(&self.cloud), Arc::clone(&self.wanted), self.begun);
        self.begun += 1;
        self.running.spawn(async move {
            (turn, again(OFTEN, || check(Arc::clone(&cloud), Arc::clone(&wanted))).await)
        });
    }

    /// In the same order each time, whoever was answered first.
    async fn collected(mut self) -> Result<Foreseen, Failure> {
        let mut all = Vec::new();
        while let Some(check) = self.running.join_next().await {
            all.push(check.map_err(|error| {
                Failure::new(Class::Fatal, format!("a check broke off: {error}; please report it"))
            })?);
        }
        all.sort_by_key(|(turn, _)| *turn);
        let mut foreseen = Foreseen::default();
        for (_, found) in all {
            match found {
                Ok(found) => foreseen.add(found),
                Err(failure) if failure.class == Class::LoggedOut => return Err(failure),
                // Whoever may not look at it can't know that it works either.
                Err(failure) => foreseen.add(Foreseen::short([failure.message])),
            }
        }
        Ok(foreseen)
    }
}

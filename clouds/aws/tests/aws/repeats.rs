//! What becomes of a create that is sent twice: each kind, one by one, as its facts in `kinds/` say.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use provision_aws::Aws;
use provision_engine::driver::{Create, Driver, Failure, Live, Query, Reply, Update};
use provision_kinds::Repeat;
use serde::{Deserialize, Serialize};

use crate::emulator::Emulator;
use crate::scene::directories;
use crate::support::{Tried, Work, World, actions};

/// Sends each create twice, as if the first answer had been lost and nobody looked in between.
pub(crate) struct Twice<'a> {
    aws: &'a Aws,
    pub(crate) said: RefCell<Vec<Said>>,
}

/// What came of the second one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    kind: String,
    first: String,
    second: Result<String, String>,
}

impl<'a> Twice<'a> {
    pub(crate) fn new(aws: &'a Aws) -> Self {
        Twice { aws, said: RefCell::default() }
    }

    async fn created(&self, order: &Create) -> Result<Live, Failure> {
        let first = self.aws.create(order).await?;
        let second = self.aws.create(order).await;
        if let Some(second) = second.as_ref().ok().filter(|second| second.id != first.id) {
            // It has shown itself; the estate is to have one.
            self.aws.delete(second).await?;
        }
        self.said.borrow_mut().push(Said {
            kind: first.kind.clone(),
            first: first.id.clone(),
            second: second.map(|second| second.id).map_err(|failure| failure.class.to_string()),
        });
        Ok(first)
    }
}

impl Driver for Twice<'_> {
    fn name(&self) -> &str {
        self.aws.name()
    }

    fn inventory<'b>(&'b self, query: &'b Query) -> Reply<'b, Vec<Live>> {
        self.aws.inventory(query)
    }

    fn create<'b>(&'b self, order: &'b Create) -> Reply<'b, Live> {
        Box::pin(self.created(order))
    }

    fn update<'b>(&'b self, order: &'b Update) -> Reply<'b, Live> {
        self.aws.update(order)
    }

    fn delete<'b>(&'b self, live: &'b Live) -> Reply<'b, ()> {
        self.aws.delete(live)
    }

    fn look<'b>(&'b self, live: &'b Live) -> Reply<'b, Option<Live>> {
        self.aws.look(live)
    }

    fn marks_networks(&self) -> bool {
        self.aws.marks_networks()
    }

    fn remembers(&self, kind: &str) -> &'static [&'static str] {
        self.aws.remembers(kind)
    }

    fn longest_attempt(&self) -> Duration {
        self.aws.longest_attempt()
    }

    fn lists_settle_after(&self) -> Duration {
        self.aws.lists_settle_after()
    }
}

pub(crate) fn are_as_their_kinds_say() -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for directory in directories(folder.path()) {
        let emulator = Emulator::fresh()?;
        let world = World::new(&emulator, &directory);
        world.completed(&Work::new("twice"));
        let text = std::fs::read_to_string(world.folder.join("repeats.json")).unwrap();
        let all: Vec<Said> = serde_json::from_str(&text).unwrap();
        for said in all {
            let rule = provision_kinds::kind(&said.kind).unwrap().repeated();
            let same = said.second.as_ref().is_ok_and(|second| *second == said.first);
            let is_so = match rule {
                Repeat::Second => said.second.is_ok() && !same,
                Repeat::Token => same,
                // Refused as taken, or told apart as ours.
                Repeat::Taken | Repeat::Parent => same || said.second == Err("in conflict".to_owned()),
            };
            if !is_so {
                wrong.push(format!("{rule:?}, but {said:?}"));
            }
            *tried.entry(said.kind).or_default() += 1;
        }
        let left = actions(&world.completed(&Work::new("plan")));
        assert_eq!(left, [""; 0], "{}: nothing was made twice", directory.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known = provision_kinds::kinds().map(|(name, _)| name).filter(|name| provision_aws::knows(name));
    let untried: Vec<&str> = known.filter(|name| !tried.contains_key(*name)).collect();
    assert_eq!(untried, [""; 0], "no directory has them");
    Ok(())
}

//! One step of a plan.

use std::time::Duration;

use futures_util::future::{Either, select};

use super::call::{Again, Until};
use super::unknown::Unknown;
use super::{Applier, Done, Event, Failed};
use crate::driver::{Class, Create, Failure, Live, Query, Reply, State, Update};
use crate::evaluate::Known;
use crate::load::Resource;
use crate::owner;
use crate::plan::{Step, Work, generation};
use crate::problem::Problems;
use crate::{Address, Attributes, diff};

const STILL: Duration = Duration::from_secs(10);

impl Applier<'_, '_> {
    /// Runs a step and tells how it goes. Nothing is told of steps without work.
    pub(super) async fn step(&self, step: &Step) -> Result<Option<Done>, Failed> {
        let doing = match &step.work {
            Work::Nothing => return Ok(None),
            Work::Create => "create",
            Work::Update { .. } => "change",
            Work::Await(_) => "wait for",
            Work::Delete(_) => "delete",
            Work::Forget(_) => "forget",
        };
        let address = step.address.clone();
        let started = self.tools.clock.now();
        let typical = Duration::from_secs(step.seconds);
        (self.tools.events)(Event::Started { address: address.clone(), doing, typical });
        let result = self.with_signs_of_life(&address, doing, self.work(step, started)).await;
        let took = self.tools.clock.now().saturating_sub(started);
        match result {
            Ok(id) => {
                (self.tools.events)(Event::Finished {
                    address: address.clone(),
                    doing,
                    id: id.clone(),
                    took,
                });
                Ok(Some(Done { address, doing, id, took }))
            }
            Err(failure) => {
                let message = failure.to_string();
                (self.tools.events)(Event::Failed {
                    address: address.clone(),
                    doing,
                    message: message.clone(),
                });
                Err(Failed { address, doing, class: failure.class, message })
            }
        }
    }

    async fn with_signs_of_life<T>(
        &self,
        address: &Address,
        doing: &'static str,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = Box::pin(work);
        let mut since = Duration::ZERO;
        loop {
            match select(work, self.tools.clock.sleep(STILL)).await {
                Either::Left((result, _)) => return result,
                Either::Right(((), unfinished)) => {
                    work = unfinished;
                    since += STILL;
                    (self.tools.events)(Event::Still { address: address.clone(), doing, since });
                }
            }
        }
    }

    async fn work(&self, step: &Step, started: Duration) -> Result<Option<String>, Failure> {
        let until = self.until(step, started);
        match &step.work {
            Work::Nothing => Ok(None),
            Work::Create => self.create(&step.address, until).await.map(Some),
            Work::Update { live, .. } => self.update(&step.address, live, until).await.map(Some),
            Work::Await(live) => {
                let (_, desired) = self.desired(&step.address)?;
                let live = self.until_ready(&step.address, (**live).clone(), until).await?;
                self.arrived(&step.address, &live, desired);
                Ok(Some(live.id))
            }
            Work::Delete(live) => self.delete(&step.address, live, until).await.map(|()| None),
            Work::Forget(live) => {
                let again = Again { unanswered: true, conflict: false };
                self.call(&step.address, until, again, || self.tools.driver.forget(live)).await.map(|()| None)
            }
        }
    }

    /// A refusal passes soon or never; what takes its time may take much longer than it typically does.
    fn until(&self, step: &Step, started: Duration) -> Until {
        let refused = started + self.settings.patience.max(Duration::from_secs(4 * step.seconds));
        let longest = provision_kinds::kind(step.address.kind()).and_then(|kind| kind.duration.longest);
        let longest = Duration::from_secs(longest.unwrap_or_default().into());
        Until { refused, under_way: refused.max(started + longest) }
    }

    /// What the configuration says, now that everything it names has been applied.
    fn desired(&self, address: &Address) -> Result<(&Resource, Attributes), Failure> {
        let scope = &self.planned.scope;
        let fatal = |message: String| Failure::new(Class::Fatal, message);
        let resource = scope
            .directory
            .resources
            .get(address)
            .ok_or_else(|| fatal(format!("`{address}` isn't in the directory")))?;
        let mut problems = Problems::default();
        let desired = scope.body(&resource.body, &mut problems);
        for check in &resource.lifecycle.preconditions {
            if let Err(problem) = scope.holds(check) {
                problems.add(problem);
            }
        }
        problems.none().map_err(|problems| fatal(problems.to_string()))?;
        match desired.iter().find(|(_, value)| !value.is_known()) {
            Some((name, _)) => Err(fatal(format!("`{name}` is still not known"))),
            None => Ok((resource, desired)),
        }
    }

    fn arrived(&self, address: &Address, live: &Live, desired: Attributes) {
        let mut attributes = live.attributes();
        attributes.extend(desired);
        self.planned.scope.learn(address, Known { attributes, complete: true });
    }

    async fn create(&self, address: &Address, until: Until) -> Result<String, Failure> {
        let (_, desired) = self.desired(address)?;
        let kind = provision_kinds::kind(address.kind())
            .ok_or_else(|| Failure::new(Class::Fatal, format!("`{}` is no known kind", address.kind())))?;
        let generation = generation(kind, &desired).unwrap_or_default();
        let deployment = self.planned.plan.deployment.clone();
        let token = format!("{deployment}/{address}/{generation}/{}", self.settings.incarnation);
        let attributes = owner::marked(address, &desired, self.tools.driver);
        let order = Create { deployment, address: address.clone(), attributes, generation, token };
        if let Err(why) = self.tools.guard.intend(address, &order.generation).await {
            self.stopped.replace(Some(why.clone()));
            return Err(Failure::new(Class::Fatal, why));
        }
        let (live, answered) = self.create_once(&order, until).await?;
        let live = self.until_ready(address, live, until).await?;
        if !answered {
            // What is found instead of an answer may be half of it: some objects take more than one call.
            return self.update(address, &live, until).await;
        }
        self.arrived(address, &live, desired);
        Ok(live.id)
    }

    /// Never twice: after an answer that leaves it open whether there is an object now, it is looked for first. Tells
    /// whether it was an answer that brought the object.
    async fn create_once(&self, order: &Create, until: Until) -> Result<(Live, bool), Failure> {
        let again = Again { unanswered: false, conflict: false };
        let unknown = Unknown::default();
        let create = || -> Reply<'_, Live> {
            Box::pin(async {
                let made = self.tools.driver.create(order).await;
                made.map_err(|failure| unknown.judged(failure, self.tools.clock.now()))
            })
        };
        loop {
            let sent = self.call(&order.address, until, again, create).await;
            *self.last_create.borrow_mut() = Some(self.tools.clock.now());
            let failure = match sent {
                Ok(live) => return Ok((live, true)),
                Err(failure) if matches!(failure.class, Class::Unanswered | Class::Conflict) => failure,
                Err(failure) => return Err(failure),
            };
            let settle = self.tools.driver.lists_settle_after();
            if self.tools.clock.now() + settle > until.refused {
                return Err(failure);
            }
            (self.tools.events)(Event::Retrying {
                address: order.address.clone(),
                class: failure.class,
                message: format!("{}; looking for it before trying again", failure.message),
                after: settle,
            });
            self.tools.clock.sleep(settle).await;
            match self.find(order, until).await? {
                Some(live) if live.state != State::Deleting => return Ok((live, false)),
                // What is on its way out holds the name a little longer.
                Some(_) => {}
                None if failure.class == Class::Conflict => return Err(failure),
                None => {}
            }
        }
    }

    /// The object that the create made, if it did; only our own counts.
    async fn find(&self, order: &Create, until: Until) -> Result<Option<Live>, Failure> {
        let query = Query {
            deployment: order.deployment.clone(),
            kinds: [order.address.kind().to_owned()].into(),
            names: std::collections::BTreeSet::new(),
            children: crate::plan::child(order.address.kind(), &order.attributes).into_iter().collect(),
        };
        let again = Again { unanswered: true, conflict: false };
        let listed = self.call(&order.address, until, again, || self.tools.driver.inventory(&query)).await?;
        let found = crate::plan::own_object(&listed, order);
        found.map_err(|message| Failure::new(Class::Fatal, message))
    }

    async fn update(&self, address: &Address, live: &Live, until: Until) -> Result<String, Failure> {
        let (resource, desired) = self.desired(address)?;
        let kind = provision_kinds::kind(address.kind())
            .ok_or_else(|| Failure::new(Class::Fatal, format!("`{}` is no known kind", address.kind())))?;
        let changes = diff::changes(kind, &desired, live, &resource.lifecycle.ignore_changes);
        let moved = kind.tags.is_some() && live.address.as_ref() != Some(address);
        if changes.is_empty() && !moved {
            // What was unknown in the plan came out as it was.
            self.arrived(address, live, desired);
            return Ok(live.id.clone());
        }
        let order = Update {
            deployment: self.planned.plan.deployment.clone(),
            address: address.clone(),
            live: live.clone(),
            attributes: owner::marked(address, &with_ignored(&desired, live, resource), self.tools.driver),
            changed: changes.into_iter().map(|change| change.field).collect(),
        };
        let again = Again { unanswered: true, conflict: true };
        let now = self.call(address, until, again, || self.tools.driver.update(&order)).await?;
        let now = self.until_ready(address, now, until).await?;
        self.arrived(address, &now, desired);
        Ok(now.id)
    }

    async fn delete(&self, address: &Address, live: &Live, until: Until) -> Result<(), Failure> {
        if live.state != State::Deleting {
            let again = Again { unanswered: true, conflict: true };
            self.call(address, until, again, || Box::pin(self.begin_delete(live))).await?;
        }
        self.poll(address, live, until, Option::is_none).await.map(|_| ())
    }

    /// A second time after a lost answer, or beside the parent that takes it along, some services refuse because it is
    /// on its way out: there is nothing to ask for again then.
    async fn begin_delete(&self, live: &Live) -> Result<(), Failure> {
        let refused = match self.tools.driver.delete(live).await {
            Err(failure) if failure.class == Class::Conflict => failure,
            outcome => return outcome,
        };
        match self.tools.driver.look(live).await {
            Ok(found) if found.as_ref().is_none_or(|found| found.state == State::Deleting) => Ok(()),
            _ => Err(refused),
        }
    }

    async fn until_ready(&self, address: &Address, live: Live, until: Until) -> Result<Live, Failure> {
        if live.state == State::Ready {
            return Ok(live);
        }
        // What was made a moment ago isn't known everywhere: that it isn't found means nothing yet.
        let known_by = self.tools.clock.now() + self.tools.driver.lists_settle_after();
        let settled = |found: &Option<Live>| match found {
            Some(live) => live.state != State::Pending,
            None => self.tools.clock.now() >= known_by,
        };
        match self.poll(address, &live, until, settled).await? {
            Some(live) if live.state == State::Ready => Ok(live),
            Some(live) => {
                let message = format!("`{}` was made, but it will never be ready{}", live.id, because(&live));
                Err(Failure::new(Class::Fatal, message))
            }
            None => {
                Err(Failure::new(Class::Fatal, format!("`{}` disappeared while it was waited for", live.id)))
            }
        }
    }

    /// Looks again and again, each time a little later.
    async fn poll(
        &self,
        address: &Address,
        live: &Live,
        until: Until,
        enough: impl Fn(&Option<Live>) -> bool,
    ) -> Result<Option<Live>, Failure> {
        let again = Again { unanswered: true, conflict: false };
        let mut pause = Duration::from_millis(500);
        loop {
            let found = self.call(address, until, again, || self.tools.driver.look(live)).await?;
            if enough(&found) {
                return Ok(found);
            }
            if self.tools.clock.now() + pause > until.under_way {
                return Err(still_under_way(live, found.as_ref()));
            }
            self.tools.clock.sleep(pause).await;
            pause = (pause * 5 / 4).min(Duration::from_secs(5));
        }
    }
}

fn still_under_way(live: &Live, found: Option<&Live>) -> Failure {
    let doing = match found.map(|found| found.state) {
        Some(State::Deleting) => "still being deleted",
        Some(_) => "not ready yet",
        None => "not to be seen yet",
    };
    let why = found.map(because).unwrap_or_default();
    Failure::new(Class::Busy, format!("`{}` is {doing}, and the time for it is over{why}", live.id))
}

/// In the cloud's words.
fn because(live: &Live) -> String {
    live.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// What a plan leaves alone is sent as it lives, so that an update doesn't undo it.
fn with_ignored(desired: &Attributes, live: &Live, resource: &Resource) -> Attributes {
    let mut attributes = desired.clone();
    if let crate::load::Ignored::Paths(paths) = &resource.lifecycle.ignore_changes {
        for path in paths.iter().filter(|path| !path.contains('.')) {
            match live.arguments.get(path) {
                Some(value) => attributes.insert(path.clone(), value.clone()),
                None => attributes.remove(path),
            };
        }
    }
    attributes
}

//! What a kind of resource has to say, and what is the same for all of them.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use provision_engine::driver::{Class, Create, Failure, Live, Query, State, Update};
use provision_engine::{Address, Attributes, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::attributes;
use crate::connection::Cloud;
use crate::failure::Failed;
use crate::failure::is_about_the_token;
use crate::tags::{self, Tags};

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// One kind of resource. Each method is one attempt; what comes back is as Terraform writes it.
pub(crate) trait Kind: Send + Sync + 'static {
    /// The arguments without tags, as Terraform names them; `deny_unknown_fields`.
    type Arguments: DeserializeOwned + Serialize + Send + Sync;

    /// `aws_vpc`
    const NAME: &'static str;

    /// Arguments that the cloud has no place for and that count later: they are kept in a tag.
    const KEPT: &'static [&'static str] = &[];

    /// Its tags are blocks `tag` among its arguments, which it fills itself.
    const TAG_BLOCKS: bool = false;

    /// Its create may answer with what has that name already, whoever made it: one looks whose it is before anything of it
    /// is changed.
    const ANSWERS_WITH_OTHERS: bool = false;

    /// All of the deployment, and those of the wanted names whoever made them.
    fn list(
        cloud: &Cloud,
        wanted: &Wanted,
    ) -> impl Future<Output = Result<Vec<Found<Self::Arguments>>, Failure>> + Send;

    /// None when the cloud doesn't know it (yet, or any more).
    fn look(
        cloud: &Cloud,
        known: &Known<Self::Arguments>,
    ) -> impl Future<Output = Result<Option<Found<Self::Arguments>>, Failure>> + Send;

    /// The one call that makes it, tags included. Returns its id.
    fn create(
        cloud: &Cloud,
        order: &Order<Self::Arguments>,
    ) -> impl Future<Output = Result<String, Failure>> + Send;

    /// The same call as a dry run, where the service knows that and all of it is known before anything is made.
    fn rehearse(
        _cloud: &Cloud,
        _order: &Order<Self::Arguments>,
    ) -> impl Future<Output = Result<(), Failed>> + Send {
        std::future::ready(Ok(()))
    }

    /// What it takes beyond that call. May be asked for more than once.
    fn finish(
        _cloud: &Cloud,
        _id: &str,
        _order: &Order<Self::Arguments>,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Ok(()))
    }

    fn update(
        cloud: &Cloud,
        known: &Known<Self::Arguments>,
        order: &Order<Self::Arguments>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// That it is gone already is no failure.
    fn delete(
        cloud: &Cloud,
        known: &Known<Self::Arguments>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    fn tag(
        _cloud: &Cloud,
        known: &Known<Self::Arguments>,
        _tags: &Tags,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Err(untaggable(Self::NAME, &known.id)))
    }

    fn untag(
        _cloud: &Cloud,
        known: &Known<Self::Arguments>,
        _keys: Vec<String>,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Err(untaggable(Self::NAME, &known.id)))
    }
}

fn untaggable(kind: &str, id: &str) -> Failure {
    Failure::new(Class::Fatal, format!("`{id}` ({kind}) can't have tags of its own"))
}

/// What a list is about.
#[allow(dead_code, reason = "not every kind needs all of it")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) deployment: String,
    /// Names that the configuration wants.
    pub(crate) names: Vec<String>,
    /// Children that it wants of parents that aren't ours: the parent first, then what tells them apart.
    pub(crate) children: Vec<Vec<String>>,
    pub(crate) shared: Arc<Shared>,
}

/// What several kinds need to know, asked for once in one list of everything.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Names of buckets that the configuration wants.
    pub(crate) bucket_names: Vec<String>,
    /// Buckets that may be the deployment's, with their tags: each of them takes a call.
    pub(crate) buckets: OnceCell<Vec<(String, Tags)>>,
}

impl Shared {
    pub(crate) fn new(query: &Query) -> Self {
        let buckets = query.names.iter().filter(|(kind, _)| kind == "aws_s3_bucket");
        Shared { bucket_names: buckets.map(|(_, name)| name.clone()).collect(), ..Shared::default() }
    }
}

/// A live object as its kind describes it.
#[derive(Debug, Clone)]
pub(crate) struct Found<A> {
    pub(crate) id: String,
    pub(crate) arguments: A,
    pub(crate) computed: Attributes,
    pub(crate) tags: Tags,
    pub(crate) state: State,
    /// Why it isn't ready, where the service says so.
    pub(crate) reason: Option<String>,
    /// What it hangs on is ours, so it is too.
    pub(crate) of_ours: bool,
    /// The cloud still talks of it, but it is no more.
    pub(crate) gone: bool,
}

impl<A> Found<A> {
    pub(crate) fn new(id: impl Into<String>, arguments: A) -> Self {
        Found {
            id: id.into(),
            arguments,
            computed: Attributes::new(),
            tags: Tags::new(),
            state: State::Ready,
            reason: None,
            of_ours: false,
            gone: false,
        }
    }
}

/// An object that is to be looked at, changed or deleted.
#[allow(dead_code, reason = "not every kind needs all of it")]
pub(crate) struct Known<A> {
    pub(crate) id: String,
    pub(crate) arguments: A,
    pub(crate) computed: Attributes,
    pub(crate) kept: Attributes,
}

#[allow(dead_code, reason = "not every kind needs all of it")]
impl<A> Known<A> {
    pub(crate) fn keeps(&self, name: &str) -> bool {
        self.kept.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn computed_text(&self, name: &str) -> &str {
        self.computed.get(name).and_then(Value::as_text).unwrap_or_default()
    }
}

/// What is to be.
#[allow(dead_code, reason = "not every kind needs all of it")]
pub(crate) struct Order<A> {
    pub(crate) arguments: A,
    /// The configured ones and those that are identity.
    pub(crate) tags: Tags,
    pub(crate) deployment: String,
    pub(crate) address: Address,
    /// 64 characters, as many as the shortest limit of a service allows.
    pub(crate) token: String,
    /// Of an update: the arguments that differ, without indices and what stands inside.
    changed: BTreeSet<String>,
}

impl<A> Order<A> {
    pub(crate) fn changes(&self, argument: &str) -> bool {
        self.changed.contains(argument)
    }

    pub(crate) fn changed_beyond(&self, argument: &str) -> bool {
        self.changed.iter().any(|name| name != argument && !name.starts_with("tags"))
    }

    pub(crate) fn changes_any(&self, arguments: &[&str]) -> bool {
        arguments.iter().any(|argument| self.changes(argument))
    }
}

/// A kind without its types, for the driver.
pub(crate) trait AnyKind: Send + Sync {
    fn name(&self) -> &'static str;
    fn kept(&self) -> &'static [&'static str];
    fn check(&self, attributes: &Attributes) -> Result<(), Failure>;
    fn list<'a>(
        &'a self,
        cloud: &'a Cloud,
        query: &'a Query,
        shared: &'a Arc<Shared>,
    ) -> Answer<'a, Vec<Live>>;
    fn look<'a>(&'a self, cloud: &'a Cloud, live: &'a Live) -> Answer<'a, Option<Live>>;
    fn create<'a>(&'a self, cloud: &'a Cloud, order: &'a Create) -> Answer<'a, Live>;
    fn rehearse<'a>(&'a self, cloud: &'a Cloud, order: &'a Create) -> Answer<'a, Option<Failed>>;
    fn update<'a>(&'a self, cloud: &'a Cloud, order: &'a Update) -> Answer<'a, Live>;
    fn delete<'a>(&'a self, cloud: &'a Cloud, live: &'a Live) -> Answer<'a, ()>;
    fn forget<'a>(&'a self, cloud: &'a Cloud, live: &'a Live) -> Answer<'a, ()>;
}

pub(crate) struct Implementation<K>(PhantomData<K>);

pub(crate) fn implemented<K: Kind>() -> Box<dyn AnyKind> {
    Box::new(Implementation::<K>(PhantomData))
}

impl<K: Kind> AnyKind for Implementation<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn kept(&self) -> &'static [&'static str] {
        K::KEPT
    }

    fn check(&self, attributes: &Attributes) -> Result<(), Failure> {
        arguments::<K>(attributes).map(|_| ())
    }

    fn list<'a>(
        &'a self,
        cloud: &'a Cloud,
        query: &'a Query,
        shared: &'a Arc<Shared>,
    ) -> Answer<'a, Vec<Live>> {
        Box::pin(async move {
            let names = query.names.iter().filter(|(kind, _)| kind == K::NAME);
            let children = query.children.iter().filter(|(kind, _)| kind == K::NAME);
            let wanted = Wanted {
                deployment: query.deployment.clone(),
                names: names.map(|(_, name)| name.clone()).collect(),
                children: children.map(|(_, key)| key.clone()).collect(),
                shared: Arc::clone(shared),
            };
            let found = K::list(cloud, &wanted).await?;
            Ok(found
                .into_iter()
                .filter(|found| !found.gone)
                .map(|found| live::<K>(found, &query.deployment))
                .collect())
        })
    }

    fn look<'a>(&'a self, cloud: &'a Cloud, object: &'a Live) -> Answer<'a, Option<Live>> {
        Box::pin(async move {
            let known = known::<K>(object)?;
            if stays::<K>() && cloud.is_let_go(K::NAME, &known.id) {
                return Ok(None);
            }
            let found = K::look(cloud, &known).await?.filter(|found| !found.gone);
            Ok(found.map(|found| {
                let deployment = tags::of(object).get(tags::DEPLOYMENT).cloned().unwrap_or_default();
                let mut live = live::<K>(found, &deployment);
                live.ours |= object.ours;
                live
            }))
        })
    }

    fn create<'a>(&'a self, cloud: &'a Cloud, order: &'a Create) -> Answer<'a, Live> {
        Box::pin(create::<K>(cloud, order))
    }

    fn rehearse<'a>(&'a self, cloud: &'a Cloud, asked: &'a Create) -> Answer<'a, Option<Failed>> {
        Box::pin(async move {
            let mut order = ordered::<K>(asked)?;
            // Another one than that of the call itself, which must not find this one's answer.
            order.token = token(&asked.token, 0);
            Ok(K::rehearse(cloud, &order).await.err())
        })
    }

    fn update<'a>(&'a self, cloud: &'a Cloud, order: &'a Update) -> Answer<'a, Live> {
        Box::pin(update::<K>(cloud, order))
    }

    fn delete<'a>(&'a self, cloud: &'a Cloud, live: &'a Live) -> Answer<'a, ()> {
        Box::pin(async move {
            K::delete(cloud, &known::<K>(live)?).await?;
            if stays::<K>() {
                cloud.let_go(K::NAME, &live.id);
            }
            Ok(())
        })
    }

    fn forget<'a>(&'a self, cloud: &'a Cloud, live: &'a Live) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut keys: Vec<String> = tags::of(live)
                .into_keys()
                .filter(|key| key.starts_with(provision_engine::diff::IDENTITY_TAGS))
                .collect();
            keys.extend([tags::GENERATION.to_owned(), tags::KEPT.to_owned()]);
            keys.sort();
            keys.dedup();
            K::untag(cloud, &known::<K>(live)?, keys).await
        })
    }
}

/// How often, and how far apart, one looks for what was just made: reading may lag behind writing.
const LOOKS: u32 = 7;
const FIRST_LOOK: Duration = Duration::from_millis(100);

async fn create<K: Kind>(cloud: &Cloud, asked: &Create) -> Result<Live, Failure> {
    let mut order = ordered::<K>(asked)?;
    // The cloud remembers tokens of what is gone: each dead answer, or refusal of the token, asks for another one.
    for _ in 0..8 {
        order.token = token(&asked.token, cloud.dead(&asked.token));
        let id = match K::create(cloud, &order).await {
            Err(failure) if is_about_the_token(&failure) => {
                cloud.raise(&asked.token);
                // What the other call made may live: then it is looked for before there is another one.
                if failure.class == Class::Unanswered {
                    return Err(failure);
                }
                continue;
            }
            result => result?,
        };
        let known = Known {
            id: id.clone(),
            arguments: arguments::<K>(&asked.attributes)?,
            computed: Attributes::new(),
            kept: Attributes::new(),
        };
        if K::ANSWERS_WITH_OTHERS && made::<K>(cloud, &known, asked).await?.is_none() {
            continue;
        }
        finished::<K>(cloud, &id, &order).await?;
        if let Some(live) = made::<K>(cloud, &known, asked).await? {
            return Ok(live);
        }
    }
    let message = format!("{}: the cloud answers with what was deleted before", asked.address);
    Err(Failure::new(Class::Fatal, message))
}

/// What a create answered with, when it is ours; none when it is dead.
async fn made<K: Kind>(
    cloud: &Cloud,
    known: &Known<K::Arguments>,
    asked: &Create,
) -> Result<Option<Live>, Failure> {
    match visible::<K>(cloud, known).await? {
        Some(found) if !found.gone => own::<K>(found, asked).map(Some),
        Some(_) => {
            cloud.raise(&asked.token);
            Ok(None)
        }
        None => {
            cloud.raise(&asked.token);
            let message = format!("`{}` was made, but isn't visible yet", known.id);
            Err(Failure::new(Class::Unanswered, message))
        }
    }
}

/// Everything but the token.
fn ordered<K: Kind>(asked: &Create) -> Result<Order<K::Arguments>, Failure> {
    let mut tags = tags_of::<K>(&asked.attributes, &asked.deployment, &asked.address)?;
    if is_taggable::<K>() {
        tags.insert(tags::GENERATION.to_owned(), asked.generation.clone());
    }
    Ok(Order {
        arguments: arguments::<K>(&asked.attributes)?,
        tags,
        deployment: asked.deployment.clone(),
        address: asked.address.clone(),
        token: String::new(),
        changed: BTreeSet::new(),
    })
}

/// From here on there is an object: no failure may make the engine create a second one.
async fn finished<K: Kind>(cloud: &Cloud, id: &str, order: &Order<K::Arguments>) -> Result<(), Failure> {
    let mut pause = FIRST_LOOK;
    for _ in 0..LOOKS {
        match K::finish(cloud, id, order).await {
            Err(failure)
                if matches!(failure.class, Class::NotYetConsistent | Class::Busy | Class::Throttled) =>
            {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(failure) if failure.class == Class::Unanswered => break,
            Err(failure) => {
                let message = format!("`{id}` was made, but not finished: {}", failure.message);
                let class = if failure.class == Class::LoggedOut { Class::LoggedOut } else { Class::Fatal };
                return Err(Failure { class, message, ..failure });
            }
            Ok(()) => return Ok(()),
        }
    }
    Err(Failure::new(Class::Unanswered, format!("`{id}` was made, but it isn't certain that it is finished")))
}

/// Some services answer a create with what has that name already, whoever made it.
fn own<K: Kind>(found: Found<K::Arguments>, asked: &Create) -> Result<Live, Failure> {
    let live = live::<K>(found, &asked.deployment);
    if is_taggable::<K>() && live.address.as_ref() != Some(&asked.address) {
        let message = format!("`{}` has its name already, and it is not this deployment's", live.id);
        return Err(Failure { class: Class::Conflict, message, blockers: vec![live.id] });
    }
    Ok(live)
}

async fn visible<K: Kind>(
    cloud: &Cloud,
    known: &Known<K::Arguments>,
) -> Result<Option<Found<K::Arguments>>, Failure> {
    let (mut pause, mut last) = (FIRST_LOOK, None);
    for _ in 0..LOOKS {
        match K::look(cloud, known).await {
            // Tags may come a little later than what they hang on.
            Ok(Some(found)) if found.gone || !is_taggable::<K>() || tags::address(&found.tags).is_some() => {
                return Ok(Some(found));
            }
            Ok(found) => last = found,
            Err(failure) if matches!(failure.class, Class::Fatal | Class::Quota | Class::LoggedOut) => {
                return Err(failure);
            }
            Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    Ok(last)
}

async fn update<K: Kind>(cloud: &Cloud, asked: &Update) -> Result<Live, Failure> {
    let known = known::<K>(&asked.live)?;
    let root = |field: &String| field.split(['.', '[']).next().unwrap_or_default().to_owned();
    let order = Order {
        arguments: arguments::<K>(&asked.attributes)?,
        tags: tags_of::<K>(&asked.attributes, &asked.deployment, &asked.address)?,
        deployment: asked.deployment.clone(),
        address: asked.address.clone(),
        token: String::new(),
        changed: asked.changed.iter().map(root).collect(),
    };
    let moved = is_taggable::<K>() && asked.live.address.as_ref() != Some(&asked.address);
    let keeps = K::KEPT.iter().any(|name| order.changes(name));
    if moved || keeps || order.changes_any(&["tags", "tags_all"]) {
        K::tag(cloud, &known, &order.tags).await?;
    }
    if order.changed.iter().any(|name| !["tags", "tags_all"].contains(&name.as_str())) {
        K::update(cloud, &known, &order).await?;
    }
    let found = K::look(cloud, &known).await?.filter(|found| !found.gone).ok_or_else(|| {
        Failure::new(Class::NotYetConsistent, format!("`{}` was changed, but isn't visible", known.id))
    })?;
    let mut live = live::<K>(found, &asked.deployment);
    live.ours |= asked.live.ours;
    Ok(live)
}

/// Whether it is there as long as its parent: then nobody waits until it is gone.
fn stays<K: Kind>() -> bool {
    provision_kinds::kind(K::NAME).is_some_and(|kind| kind.stays)
}

fn is_taggable<K: Kind>() -> bool {
    provision_kinds::kind(K::NAME).is_some_and(|kind| kind.tags.is_some())
}

fn tags_of<K: Kind>(attributes: &Attributes, deployment: &str, address: &Address) -> Result<Tags, Failure> {
    if !is_taggable::<K>() {
        return Ok(Tags::new());
    }
    tags::wanted(attributes, deployment, address, K::KEPT)
}

/// The typed arguments, without what is the same for all kinds.
fn arguments<K: Kind>(attributes: &Attributes) -> Result<K::Arguments, Failure> {
    let common =
        |name: &str| K::KEPT.contains(&name) || is_taggable::<K>() && ["tags", "tags_all"].contains(&name);
    let own: Attributes = attributes
        .iter()
        .filter(|(name, _)| !common(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    attributes::read(&own)
        .map_err(|failure| Failure { message: format!("{}: {}", K::NAME, failure.message), ..failure })
}

fn known<K: Kind>(live: &Live) -> Result<Known<K::Arguments>, Failure> {
    let kept = live.arguments.iter().filter(|(name, _)| K::KEPT.contains(&name.as_str()));
    Ok(Known {
        id: live.id.clone(),
        arguments: arguments::<K>(&live.arguments)?,
        computed: live.computed.clone(),
        kept: kept.map(|(name, value)| (name.clone(), value.clone())).collect(),
    })
}

fn live<K: Kind>(found: Found<K::Arguments>, deployment: &str) -> Live {
    let mut arguments = attributes::write(&found.arguments);
    arguments.extend(tags::read_kept(&found.tags, K::KEPT));
    let named = found.tags.get(tags::DEPLOYMENT).is_some_and(|name| name == deployment);
    if is_taggable::<K>() && !K::TAG_BLOCKS {
        arguments.insert("tags".to_owned(), tags::as_argument(&found.tags));
    }
    let mut computed = found.computed;
    computed.insert("id".to_owned(), Value::text(found.id.as_str()));
    Live {
        kind: K::NAME.to_owned(),
        id: found.id,
        address: tags::address(&found.tags).filter(|_| named),
        generation: found.tags.get(tags::GENERATION).cloned(),
        ours: named || found.of_ours,
        arguments,
        computed,
        state: found.state,
        reason: found.reason,
    }
}

/// As long as the shortest limit of a service allows.
fn token(base: &str, dead: u32) -> String {
    let digest = Sha256::digest(format!("{base}/{dead}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_answer_asks_for_another_token() {
        assert_ne!(token("a", 0), token("a", 1));
        assert_eq!(token("a", 0).len(), 64);
    }
}

//! The bucket that a team shares: made, secured, and known again.

use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket as Model;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;
use google_cloud_storage::model::bucket::lifecycle::Rule;
use google_cloud_storage::model::bucket::lifecycle::rule::{Action, Condition};
use google_cloud_storage::model::bucket::{IamConfig, Lifecycle, Versioning};
use google_cloud_wkt::FieldMask;
use provision_store::{Deed, Fault, Founder, Founding, OURS, SHARED, Sent, patiently};

use crate::fault::{fault, status};
use crate::{Settings, address, credentials};

/// A heartbeat makes a version: what came before is kept for as long as anybody will look for it.
const KEEP_DAYS: i32 = 90;
const ENFORCED: &str = "enforced";

pub struct Bucket {
    settings: Settings,
    name: String,
}

impl Bucket {
    pub fn new(settings: Settings, name: &str) -> Self {
        Bucket { settings, name: name.to_owned() }
    }
}

impl Founder for Bucket {
    fn found<'a>(&'a self, plan: &'a Founding) -> Sent<'a, Result<Vec<Deed>, Fault>> {
        Box::pin(async move {
            let emulated = self.settings.control.as_ref();
            let mut builder = StorageControl::builder()
                .with_credentials(credentials(emulated.is_some())?)
                .with_retry_policy(NeverRetry);
            if let Some(named) = emulated {
                builder = builder.with_endpoint(address(named));
            }
            let client = builder
                .build()
                .await
                .map_err(|error| Fault::Failed(format!("no client for Google: {error}")))?;
            let work = Work { client, name: self.name.clone(), plan: plan.clone() };
            // Each step looks before it acts, so all of it may be done again.
            patiently(move || {
                let work = work.clone();
                Box::pin(async move { work.all().await })
            })
            .await
        })
    }
}

#[derive(Clone)]
struct Work {
    client: StorageControl,
    name: String,
    plan: Founding,
}

impl Work {
    async fn all(&self) -> Result<Vec<Deed>, Fault> {
        if let Some(found) = self.look().await? {
            return self.in_order(found).await;
        }
        let project = self.plan.project.as_ref().ok_or_else(|| {
            Fault::Failed("a bucket is made in a project: name it with `--project`".to_owned())
        })?;
        let made = self
            .client
            .create_bucket()
            .set_parent("projects/_")
            .set_bucket_id(&self.name)
            .set_bucket(wanted().set_project(format!("projects/{project}")).set_location(&self.plan.region))
            .with_idempotency(false)
            .send()
            .await;
        match made {
            Ok(_) => Ok(vec![
                Deed::done(format!("made the bucket `{}` in {}", self.name, self.plan.region)),
                Deed::done(format!("labelled it `{OURS}={SHARED}`")),
                Deed::done("access is by roles only, and never public"),
                Deed::done("it keeps versions"),
                Deed::done(format!("old versions go after {KEEP_DAYS} days")),
            ]),
            // Somebody was faster, or it is somebody's whom we may not ask.
            Err(error) if status(&error) == Some(409) => match self.look().await? {
                Some(found) => self.in_order(found).await,
                None => Err(self.foreign("the name is taken by somebody else")),
            },
            Err(error) => Err(fault(&format!("`{}` can't be made", self.name), &error)),
        }
    }

    async fn look(&self) -> Result<Option<Model>, Fault> {
        let name = format!("projects/_/buckets/{}", self.name);
        match self.client.get_bucket().set_name(name).send().await {
            Ok(found) => Ok(Some(found)),
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) if status(&error) == Some(403) => {
                Err(self.foreign("it belongs to somebody else, or we may not look at it"))
            }
            Err(error) => Err(fault(&format!("`{}` can't be looked for", self.name), &error)),
        }
    }

    fn foreign(&self, why: &str) -> Fault {
        Fault::Failed(format!("the bucket `{}` is not ours: {why}; nothing was changed", self.name))
    }

    /// What is not as it should be is put right, if it is as it was when we looked.
    async fn in_order(&self, found: Model) -> Result<Vec<Deed>, Fault> {
        if found.labels.get(OURS).is_none_or(|value| value != SHARED) {
            return Err(self.foreign(&format!(
                "it has no label `{OURS}={SHARED}`. If it was made for this, give it that label and try again"
            )));
        }
        let mut deeds = vec![
            Deed::found(format!("the bucket `{}` is there", self.name)),
            Deed::found("it is labelled as ours"),
        ];
        let mut paths = Vec::new();
        let access = found.iam_config.as_ref();
        let is_private = access.is_some_and(|access| {
            access.public_access_prevention == ENFORCED
                && access.uniform_bucket_level_access.as_ref().is_some_and(|uniform| uniform.enabled)
        });
        let keeps_versions = found.versioning.as_ref().is_some_and(|versioning| versioning.enabled);
        let has_rules = found.lifecycle.as_ref().is_some_and(|lifecycle| !lifecycle.rule.is_empty());
        for (is_so, path, what) in [
            (is_private, "iam_config", "access is by roles only, and never public"),
            (keeps_versions, "versioning", "it keeps versions"),
            (has_rules, "lifecycle", "it has rules for old versions"),
        ] {
            if is_so {
                deeds.push(Deed::found(what));
            } else {
                deeds.push(Deed::done(what));
                paths.push(path);
            }
        }
        if !paths.is_empty() {
            let update = self
                .client
                .update_bucket()
                .set_bucket(wanted().set_name(&found.name))
                .set_if_metageneration_match(found.metageneration)
                .set_update_mask(FieldMask::default().set_paths(paths));
            let updated = update.send().await;
            updated.map_err(|error| fault(&format!("`{}` can't be put in order", self.name), &error))?;
        }
        Ok(deeds)
    }
}

fn wanted() -> Model {
    let old = Condition::new().set_days_since_noncurrent_time(KEEP_DAYS);
    let rule = Rule::new().set_action(Action::new().set_type("Delete")).set_condition(old);
    Model::new()
        .set_labels([(OURS, SHARED)])
        .set_versioning(Versioning::new().set_enabled(true))
        .set_iam_config(
            IamConfig::new()
                .set_uniform_bucket_level_access(UniformBucketLevelAccess::new().set_enabled(true))
                .set_public_access_prevention(ENFORCED),
        )
        .set_lifecycle(Lifecycle::new().set_rule([rule]))
}

//! The one place that sends: the clients, their settings, their pace, and how often each call was made.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use provision_engine::driver::Failure;
use tokio::sync::OnceCell;

use crate::attempt;
use crate::failure::{Failed, failed};
use crate::pace::Pace;

/// How to reach the cloud, and how patient to be.
#[derive(Debug, Clone)]
pub struct Settings {
    pub region: String,
    /// How long one call may take: creating a database's cluster answers after some seconds, most calls after 0.2 s.
    pub call: Duration,
    /// How long all calls of one attempt may take together: less than what a heartbeat leaves of the lock.
    pub attempt: Duration,
    /// After how long a list shows what was made before. EC2 promises "eventually"
    /// (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html); our estimate.
    pub settle: Duration,
}

impl Settings {
    pub fn new(region: impl Into<String>) -> Self {
        Settings {
            region: region.into(),
            call: Duration::from_secs(20),
            attempt: Duration::from_secs(35),
            settle: Duration::from_secs(15),
        }
    }
}

/// How often each call was made: `ec2:CreateVpc` → 1.
pub type Calls = BTreeMap<String, u64>;

/// Which account it is.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
}

/// The clients of one account and region.
#[allow(dead_code, reason = "some services have no kind yet")]
pub(crate) struct Cloud {
    pub(crate) settings: Settings,
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) efs: aws_sdk_efs::Client,
    pub(crate) eks: aws_sdk_eks::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) kafka: aws_sdk_kafka::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) opensearch: aws_sdk_opensearch::Client,
    pub(crate) quotas: aws_sdk_servicequotas::Client,
    pub(crate) rds: aws_sdk_rds::Client,
    /// The same everywhere: its SDK knows the one host of the region's part of the world, and for which region it signs there.
    pub(crate) route53: aws_sdk_route53::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
    sts: aws_sdk_sts::Client,
    identity: OnceCell<Identity>,
    paces: Mutex<BTreeMap<&'static str, Arc<Pace>>>,
    calls: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    /// Tokens that the cloud answered with something that is gone, and how often.
    dead: Mutex<HashMap<String, u32>>,
    /// Volumes of which a last snapshot was asked for, and when.
    last_snapshots: Mutex<HashMap<String, tokio::time::Instant>>,
    /// Settings that can't be deleted and that we don't care for any more, by kind and id.
    let_go: Mutex<BTreeSet<(&'static str, String)>>,
}

impl Cloud {
    /// Credentials, profile and endpoints come from where the cloud's own tools look for them.
    pub(crate) async fn open(settings: Settings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_attempt_timeout(settings.call)
            .operation_timeout(settings.call)
            .build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            // Repeating is the engine's: only it knows what a repeat would make twice.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .load()
            .await;
        Cloud::with(settings, &config)
    }

    fn with(settings: Settings, config: &SdkConfig) -> Self {
        // Somewhere else than the cloud itself, a bucket is a path: its name isn't a host's.
        let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
        Cloud {
            settings,
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            ec2: aws_sdk_ec2::Client::new(config),
            efs: aws_sdk_efs::Client::new(config),
            eks: aws_sdk_eks::Client::new(config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            kafka: aws_sdk_kafka::Client::new(config),
            kms: aws_sdk_kms::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            opensearch: aws_sdk_opensearch::Client::new(config),
            quotas: aws_sdk_servicequotas::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            route53: aws_sdk_route53::Client::new(config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            secrets: aws_sdk_secretsmanager::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            ssm: aws_sdk_ssm::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
            identity: OnceCell::new(),
            paces: Mutex::default(),
            calls: Mutex::default(),
            dead: Mutex::default(),
            last_snapshots: Mutex::default(),
            let_go: Mutex::default(),
        }
    }

    /// One call. `service` and `operation` are those of its permission.
    pub(crate) async fn call<T, E>(
        &self,
        service: &'static str,
        operation: &'static str,
        sent: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    ) -> Result<T, Failed>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let pace = self.pace(service);
        let _turn = pace.turn().await;
        attempt::sends();
        *held(&self.calls).entry((service, operation)).or_default() += 1;
        let result = sent.await.map_err(|error| failed(service, operation, &error));
        pace.learn(result.as_ref().is_err_and(Failed::wants_less));
        result
    }

    /// All pages of a list. `ask` takes where to go on, `split` takes a page apart.
    pub(crate) async fn pages<P, E, T, F>(
        &self,
        service: &'static str,
        operation: &'static str,
        ask: impl Fn(Option<String>) -> F + Send,
        split: impl Fn(P) -> (Option<Vec<T>>, Option<String>) + Send,
    ) -> Result<Vec<T>, Failed>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<P, SdkError<E, HttpResponse>>> + Send,
        T: Send,
    {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let page = self.call(service, operation, ask(token.take())).await?;
            let (items, next) = split(page);
            all.extend(items.unwrap_or_default());
            match next.filter(|next| !next.is_empty()) {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
    }

    fn pace(&self, service: &'static str) -> Arc<Pace> {
        Arc::clone(held(&self.paces).entry(service).or_default())
    }

    pub(crate) async fn identity(&self) -> Result<&Identity, Failure> {
        let ask = || async {
            let answer = self.call("sts", "GetCallerIdentity", self.sts.get_caller_identity().send()).await?;
            Ok(Identity { account: answer.account.unwrap_or_default(), arn: answer.arn.unwrap_or_default() })
        };
        self.identity.get_or_try_init(ask).await
    }

    pub(crate) fn region(&self) -> &str {
        &self.settings.region
    }

    /// The part of the world that the region belongs to, as ARNs name it.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// What the names of the region's hosts end in.
    pub(crate) fn domain(&self) -> &'static str {
        if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }

    /// `arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1`
    pub(crate) fn arn(&self, service: &str, account: &str, what: &str) -> String {
        format!("arn:{}:{service}:{}:{account}:{what}", self.partition(), self.region())
    }

    pub(crate) fn let_go(&self, kind: &'static str, id: &str) {
        held(&self.let_go).insert((kind, id.to_owned()));
    }

    pub(crate) fn is_let_go(&self, kind: &'static str, id: &str) -> bool {
        held(&self.let_go).contains(&(kind, id.to_owned()))
    }

    /// Whether a last snapshot of the volume may be asked for, because the list that was begun then would have shown
    /// one; and that it is asked for.
    pub(crate) fn takes_last_snapshot(&self, volume: &str, listed: tokio::time::Instant) -> bool {
        let mut asked = held(&self.last_snapshots);
        if asked.get(volume).is_some_and(|asked| *asked + self.settings.settle > listed) {
            return false;
        }
        asked.insert(volume.to_owned(), tokio::time::Instant::now());
        true
    }

    /// How often the cloud answered with something dead to this token.
    pub(crate) fn dead(&self, token: &str) -> u32 {
        held(&self.dead).get(token).copied().unwrap_or(0)
    }

    pub(crate) fn raise(&self, token: &str) {
        *held(&self.dead).entry(token.to_owned()).or_default() += 1;
    }

    pub(crate) fn calls(&self) -> Calls {
        let calls = held(&self.calls);
        calls.iter().map(|((service, operation), n)| (format!("{service}:{operation}"), *n)).collect()
    }

    /// The services that were asked more slowly because they refused, and how far apart calls were at most: at the end of a run
    /// they may be as close as ever again.
    pub(crate) fn slowed(&self) -> BTreeMap<String, Duration> {
        let paces = held(&self.paces);
        let slow = paces.iter().map(|(service, pace)| ((*service).to_owned(), pace.longest()));
        slow.filter(|(_, gap)| !gap.is_zero()).collect()
    }
}

/// Nothing that holds one of these locks can fail half-way.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

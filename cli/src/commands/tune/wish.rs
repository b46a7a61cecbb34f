use std::path::Path;
use std::time::Duration;

use clap::Args;
use provision_architecture::diagnostic::did_you_mean;
use provision_host_tuning::host::Host;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role, roles};
use provision_host_tuning::timers::{Budget, Fitted, Hz, KernelFeatures, Path as Route, TickRate};

use crate::failure::Failure;

/// What a host is to be.
#[derive(Debug, Args)]
pub struct Wish {
    /// A role of the host; give several for a host that plays several
    #[arg(long = "role", value_name = "ROLE", env = "PROVISION_TUNE_ROLE", value_delimiter = ',')]
    roles: Vec<String>,
    /// A value that wins over the roles; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    values: Vec<String>,
    /// The time within which a dead peer has to be noticed, at worst
    #[arg(long, value_name = "TIME", value_parser = time)]
    detect_dead_peer_within: Option<Duration>,
    #[command(flatten)]
    route: RouteArguments,
}

/// What the timers depend on beside the parameters.
#[derive(Debug, Args)]
pub struct RouteArguments {
    /// The round-trip time to the peer; without it, that of one data centre (up to 1 ms)
    #[arg(long, value_name = "TIME", value_parser = time)]
    rtt: Option<Duration>,
    /// The kernel's tick rate (CONFIG_HZ); without it, the bounds hold for all usual ones
    #[arg(long, value_name = "HZ", value_parser = tick_rate)]
    hz: Option<Hz>,
}

impl RouteArguments {
    pub fn route(&self) -> Route {
        let mut route = self.rtt.map_or(Route::LOCAL, Route::with_rtt);
        route.ticks = self.ticks();
        route
    }

    pub fn ticks(&self) -> TickRate {
        self.hz.map_or(TickRate::Any, TickRate::Known)
    }

    pub fn fit(&self, within: Duration, rto_max: bool) -> Result<Fitted, Failure> {
        let budget = Budget { detect_within: within, path: self.route(), kernel: KernelFeatures { rto_max } };
        budget.fit().map_err(|error| Failure::new(error.to_string()))
    }
}

impl Wish {
    /// The profile for a host; one that runs here tells what its kernel has.
    pub fn profile(&self, host: Option<&Host>) -> Result<Profile, Failure> {
        Ok(self.composed(host)?.0)
    }

    /// The same, with what a budget doesn't promise.
    pub fn composed(&self, host: Option<&Host>) -> Result<(Profile, Vec<String>), Failure> {
        if self.roles.is_empty() && self.values.is_empty() {
            let known: Vec<_> = roles().map(Role::name).collect();
            return Err(Failure::new("no role is given").hint(format!("--role {}", known.join(" | "))));
        }
        let rto_max = host.is_some_and(|host| host.live.is_some() && kernel_caps_the_backoff());
        let fitted =
            self.detect_dead_peer_within.map(|within| self.route.fit(within, rto_max)).transpose()?;
        let caveats = fitted.iter().flat_map(|fitted| &fitted.caveats).map(ToString::to_string).collect();
        let request = Request { roles: self.chosen_roles()?, budget: fitted, overrides: self.overrides()? };
        let profile = request.compose().map_err(|error| {
            let mut failure = Failure::new("this doesn't go together on one host");
            for conflict in &error.conflicts {
                failure = failure.hint(conflict.to_string());
            }
            failure
        })?;
        Ok((profile, caveats))
    }

    pub fn route(&self) -> Route {
        self.route.route()
    }

    fn chosen_roles(&self) -> Result<Vec<Role>, Failure> {
        let role = |name: &String| {
            Role::named(name).map_err(|error| {
                Failure::new(error.to_string()).hint(did_you_mean(name, roles().map(Role::name)))
            })
        };
        self.roles.iter().map(role).collect()
    }

    fn overrides(&self) -> Result<Overrides, Failure> {
        let mut overrides = Overrides::default();
        for text in &self.values {
            let Some((key, value)) = text.split_once('=') else {
                return Err(Failure::new(format!("--set {text:?} is not of the form KEY=VALUE"))
                    .hint("--set net.ipv4.tcp_retries2=5"));
            };
            overrides.set(key.trim(), value.trim()).map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(overrides)
    }
}

fn kernel_caps_the_backoff() -> bool {
    Path::new("/proc/sys/net/ipv4/tcp_rto_max_ms").exists()
}

/// `15s`, `500ms`, `2m`.
pub fn time(text: &str) -> Result<Duration, String> {
    provision_architecture::values::Duration::try_from(text)
        .map(|time| Duration::from_millis(time.milliseconds()))
}

fn tick_rate(text: &str) -> Result<Hz, String> {
    let hz: u32 = text.parse().map_err(|_| "it is not a number".to_owned())?;
    Hz::try_from(hz).map_err(|error| error.to_string())
}

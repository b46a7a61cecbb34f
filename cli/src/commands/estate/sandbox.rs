use clap::Args;
use provision_engine::Address;
use provision_engine::boundary::Boundary;
use provision_engine::sandbox::Faults;
use rustix::process::{Signal, getpid, kill_process};

use crate::failure::Failure;
use crate::output::Output;

/// Said with everything that the sandbox does.
pub const SANDBOX: &str = "This is the sandbox: no cloud is asked, nothing is built, time is modelled.";

/// What goes wrong in the sandbox, and how fast its time goes by.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sandbox")]
pub struct Faulty {
    /// About how long the whole lasts on your clock; by default 10 on a terminal, elsewhere 0
    #[arg(long, value_name = "SECONDS", env = "PROVISION_TIME_LAPSE", hide_short_help = true)]
    time_lapse: Option<f64>,
    /// Let something go wrong, to see what happens; may be given several times
    ///
    /// `refuse=ADDRESS` refuses a resource for good. `throttle=0.1`, `inconsistent=0.1`, `lost-reply=0.1`, `slow=0.1`
    /// and `fatal=0.1` happen to that share of all calls; `stale-lists` lets lists and looks lag behind.
    /// `crash-before=ADDRESS` and `crash-after=ADDRESS` kill this process as `kill -9` does, right before the
    /// resource's call is sent, or when it had its effect and nobody knows.
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault, hide_short_help = true)]
    faults: Vec<Fault>,
    /// Which of the calls the faults hit
    #[arg(long, value_name = "NUMBER", default_value = "0", hide_short_help = true)]
    seed: u64,
}

#[derive(Debug, Clone)]
enum Fault {
    Refuse(Address),
    Throttle(f64),
    Inconsistent(f64),
    LostReply(f64),
    Slow(f64),
    Fatal(f64),
    StaleLists,
    Crash(Crash),
}

/// The moment at which this process dies.
#[derive(Debug, Clone)]
struct Crash {
    /// `before` or `after`, as the sandbox calls what comes around a call.
    when: &'static str,
    address: Address,
}

/// What goes wrong in a run.
#[derive(Debug, Clone, Default)]
pub struct Troubles {
    pub faults: Faults,
    pub seed: u64,
    crash: Option<Crash>,
}

/// Dies where it was told to, with nothing tidied up.
pub struct Reaper<'a> {
    troubles: &'a Troubles,
    output: &'a Output,
}

impl Troubles {
    pub fn reaper<'a>(&'a self, output: &'a Output) -> Reaper<'a> {
        Reaper { troubles: self, output }
    }
}

impl Boundary for Reaper<'_> {
    fn reach(&self, point: &str) {
        let Some(Crash { when, address }) = &self.troubles.crash else { return };
        let is_it = |verb| point == format!("{when} {verb} {address}");
        if ["create", "update", "delete"].into_iter().any(is_it) {
            self.output.say(&format!(
                "Killed, as it was told to: {point}. The same command without the fault goes on."
            ));
            // Nothing catches it, so nothing is said or released after it.
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

fn fault(text: &str) -> Result<Fault, String> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let share = || {
        let share = value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| format!("`{name}` takes a share between 0 and 1, as in `{name}=0.1`"))
    };
    let address = || Address::try_from(value).map_err(|error| error.to_string());
    let crash = |when| address().map(|address| Fault::Crash(Crash { when, address }));
    match name {
        "refuse" => address().map(Fault::Refuse),
        "crash-before" => crash("before"),
        "crash-after" => crash("after"),
        "throttle" => share().map(Fault::Throttle),
        "inconsistent" => share().map(Fault::Inconsistent),
        "lost-reply" => share().map(Fault::LostReply),
        "slow" => share().map(Fault::Slow),
        "fatal" => share().map(Fault::Fatal),
        "stale-lists" => Ok(Fault::StaleLists),
        _ => Err(
            "it is one of refuse=ADDRESS, crash-before=ADDRESS, crash-after=ADDRESS, stale-lists, and with =SHARE \
             throttle, inconsistent, lost-reply, slow, fatal"
                .to_owned(),
        ),
    }
}

const LAPSE_ON_A_TERMINAL: f64 = 10.0;

impl Faulty {
    pub fn troubles(&self) -> Troubles {
        let mut troubles = Troubles { seed: self.seed, ..Troubles::default() };
        let faults = &mut troubles.faults;
        for fault in &self.faults {
            match fault {
                Fault::Refuse(address) => {
                    faults.refused.insert(address.clone());
                }
                Fault::Throttle(share) => faults.throttled = *share,
                Fault::Inconsistent(share) => faults.not_yet_consistent = *share,
                Fault::LostReply(share) => faults.reply_lost = *share,
                Fault::Slow(share) => faults.slow = *share,
                Fault::Fatal(share) => faults.fatal = *share,
                Fault::StaleLists => faults.stale_lists = true,
                Fault::Crash(crash) => troubles.crash = Some(crash.clone()),
            }
        }
        troubles
    }

    /// How many seconds a run lasts.
    pub fn lasts(&self, on_terminal: bool) -> Result<f64, Failure> {
        match self.time_lapse {
            Some(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok(seconds),
            Some(_) => Err(Failure::new("`--time-lapse` takes seconds, 0 or more")),
            None if on_terminal => Ok(LAPSE_ON_A_TERMINAL),
            None => Ok(0.0),
        }
    }
}

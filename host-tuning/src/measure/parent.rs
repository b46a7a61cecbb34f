use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

use super::child::{Answer, Order};
use super::{Experiment, Outcome};
use crate::timers::TickRate;

/// No experiment may take longer: 8 retries need about 108 s.
pub const LONGEST: Duration = Duration::from_secs(150);
/// For the start of the child and its warm-up.
const START: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

#[derive(Debug, Error)]
pub enum MeasureError {
    #[error(
        "tcp_retries2 = {retries2} would take up to {:.0} s, more than the {:.0} s that a measurement may take; \
         measure fewer retries, or a lower tcp_rto_max_ms",
        worst.as_secs_f64(), LONGEST.as_secs_f64()
    )]
    TooLong { retries2: u8, worst: Duration },
    /// Says what to allow.
    #[error("{0}")]
    Forbidden(String),
    #[error("the experiment failed: {0}")]
    Failed(String),
    #[error("the child that runs the experiment could not be started or understood: {0}")]
    Child(#[from] io::Error),
    #[error("the child did not answer within {:.0} s and was ended", .0.as_secs_f64())]
    Silent(Duration),
}

/// Runs all experiments at the same time, each in a child of its own, and puts each beside its prediction.
/// `command` starts a process that calls [`super::child`] with its standard input and output.
pub fn measure(
    experiments: &[Experiment],
    ticks: TickRate,
    command: impl Fn() -> Command,
) -> Vec<Result<Outcome, MeasureError>> {
    let running: Vec<_> = experiments.iter().map(|experiment| start(experiment, ticks, &command)).collect();
    let results = running.into_iter().zip(experiments);
    results.map(|(running, experiment)| running?.finish(experiment, ticks)).collect()
}

struct Running {
    child: Child,
    started: Instant,
    limit: Duration,
}

fn start(
    experiment: &Experiment,
    ticks: TickRate,
    command: impl Fn() -> Command,
) -> Result<Running, MeasureError> {
    let worst = experiment.predicted(ticks).worst;
    if worst > LONGEST {
        return Err(MeasureError::TooLong { retries2: experiment.retries2, worst });
    }
    // Long enough to see a wrong prediction, too.
    let patience = worst * 2 + Duration::from_secs(1);
    let order = Order {
        experiment: experiment.clone(),
        patience_ms: u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
    };
    let mut child = command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let text = serde_json::to_string(&order).map_err(io::Error::from)?;
    let sent = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
    let running = Running { child, started: Instant::now(), limit: patience + START };
    match sent {
        Some(Err(error)) => Err(running.end(error.into())),
        _ => Ok(running),
    }
}

impl Running {
    fn finish(mut self, experiment: &Experiment, ticks: TickRate) -> Result<Outcome, MeasureError> {
        while self.child.try_wait()?.is_none() {
            if self.started.elapsed() > self.limit {
                let limit = self.limit;
                return Err(self.end(MeasureError::Silent(limit)));
            }
            std::thread::sleep(POLL);
        }
        let mut text = String::new();
        if let Some(mut output) = self.child.stdout.take() {
            output.read_to_string(&mut text)?;
        }
        match serde_json::from_str(&text).map_err(io::Error::from)? {
            Answer::Observed(observation) => Ok(experiment.clone().compared(observation, ticks)),
            Answer::Forbidden(why) => Err(MeasureError::Forbidden(why)),
            Answer::Failed(why) => Err(MeasureError::Failed(why)),
        }
    }

    /// The child doesn't outlive us.
    fn end(mut self, error: MeasureError) -> MeasureError {
        // It may have ended by itself in between, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        error
    }
}

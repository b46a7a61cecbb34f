use std::io::{self, Read, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::namespace::{self, NamespaceError};
use super::{Experiment, Observation, black_hole};

/// What the parent asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) experiment: Experiment,
    pub(super) patience_ms: u64,
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    Observed(Observation),
    /// Namespaces are forbidden on this machine.
    Forbidden(String),
    Failed(String),
}

/// The whole life of the child: reads an order, enters its namespace, runs the experiment, answers.
/// The process must not have started a thread before.
pub fn child(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    let order: Order = serde_json::from_str(&text)?;
    let answer = match namespace::enter() {
        Err(error @ NamespaceError::Forbidden { .. }) => Answer::Forbidden(error.to_string()),
        Err(error) => Answer::Failed(error.to_string()),
        Ok(()) => match black_hole::run(&order.experiment, Duration::from_millis(order.patience_ms)) {
            Ok(observation) => Answer::Observed(observation),
            Err(error) => Answer::Failed(error.to_string()),
        },
    };
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}

use super::document::Estimate;
use super::steps::{Steps, Work};
use crate::graph::{Order, order};

/// The longest way through the steps, by their typical durations.
pub(super) fn estimate(steps: &Steps) -> Estimate {
    let Order::Sorted(sorted) = order(&steps.needs) else { return Estimate::default() };
    let mut done_at = vec![0_u64; steps.steps.len()];
    let mut decided_by: Vec<Option<usize>> = vec![None; steps.steps.len()];
    for &step in &sorted {
        let last = steps.needs[step].iter().copied().max_by_key(|&need| done_at[need]);
        decided_by[step] = last;
        done_at[step] = last.map_or(0, |need| done_at[need]) + steps.steps[step].seconds;
    }
    let mut at = sorted.iter().copied().max_by_key(|&step| done_at[step]);
    let seconds = at.map_or(0, |step| done_at[step]);
    let mut critical_path = Vec::new();
    while let Some(step) = at {
        let address = &steps.steps[step].address;
        if !matches!(steps.steps[step].work, Work::Nothing) && critical_path.last() != Some(address) {
            critical_path.push(address.clone());
        }
        at = decided_by[step];
    }
    critical_path.reverse();
    Estimate { seconds, critical_path }
}

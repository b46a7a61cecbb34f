//! Killed at any instant: whole files, and a way back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use provision_host_tuning::change::{Plan, RevertError, check, revert as take_back};
use provision_host_tuning::host::{DROP_IN, STATE};
use provision_host_tuning::value::SysctlKey;

use crate::Outcome;
use crate::network::{expect, host, profile, values};

/// The wish is fixed by the file that `run` puts beside the root, so that a second apply wants the same.
pub(crate) fn apply(root: &Path) -> Outcome {
    let host = host(root);
    Plan::of(&wish(root)?, &host)?.apply(&host)?;
    Ok(())
}

pub(crate) fn revert(root: &Path) -> Outcome {
    take_back(&host(root))?;
    Ok(())
}

fn wish(root: &Path) -> Result<provision_host_tuning::profile::Profile, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(root.join("wish.json"))?;
    let wanted: BTreeMap<String, String> = serde_json::from_str(&text)?;
    let mut overrides = provision_host_tuning::profile::Overrides::default();
    for (key, value) in wanted {
        overrides.set(&key, &value)?;
    }
    Ok(provision_host_tuning::profile::Request { overrides, ..Default::default() }.compose()?)
}

pub(crate) fn run(root: &Path, times: &str, seed: &str) -> Outcome {
    let (times, mut random): (u32, u64) = (times.parse()?, seed.parse()?);
    let original = values()?;
    let wanted: BTreeMap<String, String> = profile(1)?
        .settings
        .iter()
        .map(|setting| (setting.parameter.key.to_string(), setting.value.to_string()))
        .collect();
    fs::write(root.join("wish.json"), serde_json::to_string(&wanted)?)?;

    let whole_apply = timed(root, "apply", None)?;
    let whole_drop_in = fs::read_to_string(root.join(DROP_IN))?;
    let whole_revert = timed(root, "revert", None)?;
    let (mut unfinished, mut finished) = (0, 0);
    for round in 0..times {
        let (task, whole) = if round % 2 == 0 { ("apply", whole_apply) } else { ("revert", whole_revert) };
        if task == "revert" {
            apply(root)?;
        }
        // Between start and end, a little beyond included.
        let after = whole.mul_f64(1.2 * next(&mut random));
        timed(root, task, Some(after))?;
        if consistent(root, &original, &whole_drop_in)
            .map_err(|error| format!("round {round}, {task}: {error}"))?
        {
            unfinished += 1;
        } else {
            finished += 1;
        }
        // Every second time the run is taken up again before it is taken back.
        if round % 4 < 2 {
            apply(root)?;
        }
        match take_back(&host(root)) {
            Ok(_) | Err(RevertError::Nothing) => {}
            Err(error) => return Err(error.into()),
        }
        let after = values()?;
        expect(after == original, || format!("round {round}, {task}: {original:?}\nafter {after:?}"))?;
        expect(!root.join(DROP_IN).exists(), || {
            format!("round {round}, {task}: the drop-in is still there")
        })?;
    }
    println!("{times} kills: {unfinished} with something to take back, {finished} without");
    expect(unfinished > times / 20, || "hardly any run was killed while it worked".to_owned())
}

/// Runs a task in a process of its own; kills it where told to.
fn timed(
    root: &Path,
    task: &str,
    kill_after: Option<Duration>,
) -> Result<Duration, Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe()?).arg(task).arg(root).spawn()?;
    if let Some(after) = kill_after {
        std::thread::sleep(after.saturating_sub(start.elapsed()));
        child.kill()?;
        child.wait()?;
    } else if !child.wait()?.success() {
        return Err(format!("{task} failed").into());
    }
    Ok(start.elapsed())
}

/// Whether there is something to take back. Whatever is there is whole.
fn consistent(
    root: &Path,
    original: &BTreeMap<SysctlKey, String>,
    whole_drop_in: &str,
) -> Result<bool, Box<dyn std::error::Error>> {
    let checked = check(&wish(root)?, &host(root))?;
    expect(checked.steps.len() == original.len(), || "the check is incomplete".to_owned())?;
    let drop_in = fs::read_to_string(root.join(DROP_IN)).ok();
    expect(drop_in.as_deref().is_none_or(|text| text == whole_drop_in), || format!("torn: {drop_in:?}"))?;
    let record = fs::read_to_string(root.join(STATE).join("originals.json")).ok();
    let changed: Vec<_> = values()?.into_iter().filter(|(key, value)| original[key] != *value).collect();
    let Some(record) = record else {
        expect(changed.is_empty(), || format!("originals are lost: {changed:?}"))?;
        expect(drop_in.is_none(), || "a drop-in without a record".to_owned())?;
        return Ok(false);
    };
    let record: serde_json::Value = serde_json::from_str(&record)?;
    for (key, _) in &changed {
        let entries = record["entries"].as_array().ok_or("no entries")?;
        let kept =
            entries.iter().any(|entry| entry["key"] == key.as_str() && entry["original"] == original[key]);
        expect(kept, || format!("the original of {key} is lost"))?;
    }
    Ok(true)
}

/// xorshift: a fixed seed gives the same instants again.
fn next(state: &mut u64) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

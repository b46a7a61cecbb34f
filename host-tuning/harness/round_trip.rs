//! apply, check, apply again, apply something else, revert: and the values of before.

use std::path::Path;

use provision_host_tuning::change::{Plan, Taken, Verdict, check, revert};
use provision_host_tuning::host::DROP_IN;

use crate::Outcome;
use crate::network::{expect, host, profile, values};

pub(crate) fn run(root: &Path) -> Outcome {
    let host = host(root);
    let before = values()?;
    let first = profile(1)?;
    let applied = Plan::of(&first, &host)?.apply(&host)?;
    println!("{} of {} parameters changed", applied.changed.len(), before.len());
    // All but those whose range has a single other value that is already there.
    expect(applied.changed.len() + 3 >= before.len(), || format!("only {:?}", applied.changed))?;
    expect(applied.drop_in_written && root.join(DROP_IN).is_file(), || "no drop-in".to_owned())?;

    let checked = check(&first, &host)?;
    expect(checked.verdict() == Verdict::Clean, || format!("not clean: {checked:?}"))?;

    let again = Plan::of(&first, &host)?;
    expect(again.is_empty(), || "the second plan is not empty".to_owned())?;
    let again = again.apply(&host)?;
    expect(again.changed.is_empty() && !again.drop_in_written, || format!("not idempotent: {again:?}"))?;

    let second = profile(2)?;
    Plan::of(&second, &host)?.apply(&host)?;
    let drifted = check(&first, &host)?;
    expect(drifted.verdict() == Verdict::Findings, || "drift was not seen".to_owned())?;

    let reverted = revert(&host)?;
    for (key, taken) in &reverted.values {
        expect(matches!(taken, Taken::Back(_) | Taken::WasBack), || format!("{key}: {taken:?}"))?;
    }
    let after = values()?;
    expect(after == before, || format!("before {before:?}\nafter {after:?}"))?;
    expect(!root.join(DROP_IN).exists(), || "the drop-in is still there".to_owned())?;
    expect(revert(&host).is_err(), || "there was something left to take back".to_owned())
}

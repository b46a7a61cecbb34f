//! Effects in words: short ones for the matrix, whole ones for somebody who was just woken up.

use provision_architecture::recovery::Knowledge;

use super::super::effect::{Delay, Effect, State};
use super::super::recovery::{Recovery, Step, Tuning};
use super::super::words::{percent, spoken};

/// The effect in a word or two: `running`, `67 %`, `1 min`, `stopped`, `LOST`.
pub(super) fn cell(effect: &Effect) -> String {
    let mark = if effect.cancels_work {
        " †"
    } else if effect.delays.is_empty() {
        ""
    } else {
        " *"
    };
    let word = match (effect.state, effect.share) {
        (State::Running, _) => "running".to_owned(),
        (State::Degraded, Some(share)) => percent(share),
        (State::Degraded, None) => "degraded".to_owned(),
        (State::Stopped, _) => match &effect.stop {
            Some(stop) => stop_in_short(stop),
            None => "stopped".to_owned(),
        },
        (State::Lost, _) => "LOST".to_owned(),
    };
    word + mark
}

/// The same for hosts with these timers, and without marks.
pub(super) fn cell_under(effect: &Effect, tuning: Tuning) -> String {
    match (effect.state, effect.share) {
        (State::Running, _) => "running".to_owned(),
        (State::Degraded, Some(share)) => percent(share),
        (State::Degraded, None) => "degraded".to_owned(),
        (State::Stopped, _) => effect
            .stop
            .as_ref()
            .and_then(|stop| stop.time(tuning))
            .map_or_else(|| "stopped".to_owned(), |time| format!("stops {}", spoken(time))),
        (State::Lost, _) => "LOST".to_owned(),
    }
}

pub(super) fn stop_in_short(stop: &Recovery) -> String {
    match both(stop) {
        (Some(tuned), Some(kernel)) if tuned == kernel => format!("stops {tuned}"),
        (Some(tuned), Some(kernel)) => format!("stops {tuned} ({kernel})"),
        _ => "stopped".to_owned(),
    }
}

fn both(recovery: &Recovery) -> (Option<String>, Option<String>) {
    (recovery.time(Tuning::Tuned).map(spoken), recovery.time(Tuning::Kernel).map(spoken))
}

/// How long something takes, on tuned hosts and, where that differs, on others.
pub(super) fn time(recovery: &Recovery) -> String {
    match both(recovery) {
        (Some(tuned), Some(kernel)) if tuned == kernel => tuned,
        (Some(tuned), Some(kernel)) => format!("{tuned} (with the kernel's own timers {kernel})"),
        _ => format!("until {}", recovery.waits_for().unwrap_or("somebody helps")),
    }
}

/// The effect in whole sentences.
pub(super) fn sentences(effect: &Effect) -> Vec<String> {
    let mut said = vec![headline(effect)];
    said.extend(effect.reasons.iter().map(|reason| sentence(reason)));
    said.extend(effect.delays.iter().map(late));
    if effect.data_at_risk && !effect.reasons.iter().any(|reason| reason.contains("never return")) {
        said.push("Acknowledged data is lost if what failed never returns.".to_owned());
    }
    if let Some(full) = &effect.full
        && effect.stop.as_ref() != Some(full)
    {
        said.push(match full.time(Tuning::Tuned) {
            Some(_) => format!("As before after {}: {}.", time(full), formula(full)),
            None => format!("As before only when {}.", full.waits_for().unwrap_or("somebody helps")),
        });
    }
    said
}

fn headline(effect: &Effect) -> String {
    match (effect.state, &effect.stop) {
        (State::Running, _) => "Runs.".to_owned(),
        (State::Degraded, _) => match effect.share {
            Some(share) => format!("Degraded to {} of what is needed.", percent(share)),
            None => "Degraded.".to_owned(),
        },
        (state, Some(stop)) => {
            let word = if state == State::Lost { "Data is lost; stopped" } else { "Stopped" };
            match stop.time(Tuning::Tuned) {
                Some(_) => format!("{word} for {}: {}.", time(stop), formula(stop)),
                None => format!("{word} until {}.", stop.waits_for().unwrap_or("somebody helps")),
            }
        }
        (State::Lost, None) => "Data is lost.".to_owned(),
        (_, None) => "Stopped.".to_owned(),
    }
}

fn late(delay: &Delay) -> String {
    match delay.until.time(Tuning::Tuned) {
        Some(_) if delay.cancels => {
            format!("{}, within {}.", sentence_start(&delay.what), time(&delay.until))
        }
        Some(_) => {
            format!("{}: {}, {}.", sentence_start(&delay.what), time(&delay.until), formula(&delay.until))
        }
        None => format!(
            "{}: not before {}.",
            sentence_start(&delay.what),
            delay.until.waits_for().unwrap_or("somebody helps")
        ),
    }
}

/// The sum of the steps, each with its value: `machine-detection 2 min + machine-launch 1 min 30 s`.
pub(super) fn formula(recovery: &Recovery) -> String {
    let joined = |parts: &[Recovery], sign: &str| parts.iter().map(formula).collect::<Vec<_>>().join(sign);
    match recovery {
        Recovery::Step(step) => format!("{} {}", step.name, spoken(step.tuned)),
        Recovery::Serial(parts) => joined(parts, " + "),
        Recovery::Parallel(parts) => format!("the longest of ({})", joined(parts, ", ")),
        Recovery::First(parts) => format!("the shortest of ({})", joined(parts, ", ")),
        Recovery::Never(what) => format!("until {what}"),
    }
}

pub(super) fn sentence(text: &str) -> String {
    format!("{}.", sentence_start(text))
}

pub(super) fn sentence_start(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where a time comes from.
pub(super) fn origin(step: &Step) -> String {
    let known = match step.evidence {
        Knowledge::Documented => "documented",
        Knowledge::Code => "from the code",
        Knowledge::Derived => "worked out",
        Knowledge::Unverified => "general knowledge, not looked up",
        Knowledge::Assumed => "ASSUMED",
    };
    if step.set {
        return "set by you".to_owned();
    }
    if step.from_spec {
        return "the spec, or the documented size that it names".to_owned();
    }
    let place = step.source.as_deref().map(|key| {
        provision_architecture::recovery::source(key)
            .map_or_else(|| key.to_owned(), |place| place.title.clone())
    });
    place.map_or_else(|| known.to_owned(), |place| format!("{known}: {place}"))
}

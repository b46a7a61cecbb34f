use anstyle::AnsiColor;
use clap::Args;
use provision_engine::plan::Plan;
use provision_engine::plan::view::{self, Detail};

use super::line::CommandLine;
use crate::failure::Failure;
use crate::output::Output;

/// How much of a plan is shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct Shown {
    /// Only what is risky, and counts
    #[arg(long, conflicts_with = "diff")]
    concise: bool,
    /// Every action by itself, long texts in full
    #[arg(long)]
    diff: bool,
    /// Say at the end how often the cloud was asked what
    #[arg(long)]
    pub stats: bool,
}

impl Shown {
    fn detail(self) -> Detail {
        match (self.concise, self.diff) {
            (true, _) => Detail::Concise,
            (_, true) => Detail::Diff,
            _ => Detail::Normal,
        }
    }

    /// The plan for people, on stdout.
    pub fn plan(self, plan: &Plan, output: &Output) -> Result<(), Failure> {
        let style = output.style();
        let text = view::fitted(plan, self.detail(), style.width);
        output.data(&if style.colour { coloured(&text) } else { text })
    }
}

/// Lines by their symbol; without colour the symbol says the same.
fn coloured(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let colour = match line.trim_start().split(' ').next() {
            Some("+") => Some(AnsiColor::Green),
            Some("~" | ">" | "…") => Some(AnsiColor::Yellow),
            Some("-" | "-/+" | "!" | "blocked:") => Some(AnsiColor::Red),
            _ => None,
        };
        match colour {
            Some(colour) => {
                let style = colour.on_default();
                out += &format!("{style}{line}{style:#}\n");
            }
            None => {
                out += line;
                out.push('\n');
            }
        }
        out
    })
}

/// What is blocked needs a decision, and nobody is asked before it is made.
pub fn refuse_blocked(plan: &Plan, again: &CommandLine) -> Result<(), Failure> {
    let blocked: Vec<_> = plan.blocked().collect();
    if blocked.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(format!("nothing was done: {} blocked", counted(blocked.len())));
    let data: Vec<_> = blocked.iter().filter(|action| action.holds_data).collect();
    if data.is_empty() {
        return Err(failure);
    }
    let line = data
        .iter()
        .fold(again.clone(), |line, action| line.flag(&format!("--allow-data-loss={}", action.address)));
    Err(failure.hint(format!("what holds data is lost only by its name; to lose all of it: {line}")))
}

fn counted(count: usize) -> String {
    if count == 1 { "1 action is".to_owned() } else { format!("{count} actions are") }
}

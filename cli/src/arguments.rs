use std::fmt::Write as _;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::commands;
use crate::output::Colour;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Documented architectures, checked, built and proven.
///
/// From a short spec, provision resolves the vendor's documented architecture of Kestra, RudderStack, Octopus Deploy
/// or a Kafka event platform, and checks the deployment against it.
#[derive(Debug, Parser)]
#[command(name = "provision", version, styles = STYLES, max_term_width = 110, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 fine, 1 the tool could not do its work, 2 findings or changes, 130 and 143 interrupted."
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN",
        env = "PROVISION_COLOR"
    )]
    pub color: Colour,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(commands::init::Arguments),
    Architectures(commands::architectures::Arguments),
    Validate(commands::validate::Arguments),
    Explain(commands::explain::Arguments),
    Survive(commands::survive::Arguments),
    Graph(commands::graph::Arguments),
    Report(commands::report::Arguments),
    Expand(commands::expand::Arguments),
    Render(commands::render::Arguments),
    Bootstrap(commands::bootstrap::Arguments),
    Secret(commands::secret::Arguments),
    Plan(commands::plan::Arguments),
    Apply(commands::apply::Arguments),
    Destroy(commands::destroy::Arguments),
    Status(commands::status::Arguments),
    Output(commands::outputs::Arguments),
    History(commands::history::Arguments),
    Unlock(commands::unlock::Arguments),
    Handover(commands::handover::Arguments),
    Schema(commands::schema::Arguments),
    Tune(commands::tune::Arguments),
    Completion(commands::completion::Arguments),
    Man(commands::man::Arguments),
    Version(commands::version::Arguments),
}

/// The commands by what they are for, in the order in which one needs them.
const GROUPS: [(&str, &[&str]); 6] = [
    (
        "Describe and check",
        &["init", "architectures", "validate", "explain", "survive", "graph", "report", "expand"],
    ),
    ("Render", &["render"]),
    ("Prepare", &["bootstrap", "secret"]),
    ("Run", &["plan", "apply", "destroy", "status", "output", "history", "unlock", "handover"]),
    ("Hosts", &["tune"]),
    ("The tool itself", &["schema", "completion", "man", "version"]),
];

/// The command line, with its commands listed by group.
pub fn command() -> clap::Command {
    let command = Arguments::command();
    let header = STYLES.get_header();
    let literal = STYLES.get_literal();
    let mut listed = String::new();
    for (group, names) in GROUPS {
        let _ = writeln!(listed, "{header}{group}:{header:#}");
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(listed, "  {literal}{name:<13}{literal:#}  {about}");
        }
        listed.push('\n');
    }
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{listed}{header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Arguments::command();
        let mut all: Vec<&str> =
            command.get_subcommands().filter(|it| !it.is_hide_set()).map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }
}

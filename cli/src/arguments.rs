use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand};

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
#[command(after_help = "Exit codes: 0 fine, 1 the tool could not do its work, 2 findings or changes.")]
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
    Expand(commands::expand::Arguments),
    Render(commands::render::Arguments),
    Plan(commands::plan::Arguments),
    Apply(commands::apply::Arguments),
    Destroy(commands::destroy::Arguments),
    Output(commands::outputs::Arguments),
    History(commands::history::Arguments),
    Unlock(commands::unlock::Arguments),
    Schema(commands::schema::Arguments),
    Tune(commands::tune::Arguments),
    Completion(commands::completion::Arguments),
    Version(commands::version::Arguments),
}

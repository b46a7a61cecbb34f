use std::path::Path;

use clap::{Args, ValueEnum};
use provision_picture::{Format as Drawn, Marks, Picture};
use provision_validation::survive::{self, StrikeProblem, Timers};

use super::estate::Target;
use super::{ExitStatus, status};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Draw the deployment
///
/// As an architect would draw it: zones as columns, tiers as rows, who connects to whom and on which port. With --fail
/// what fails is crossed out, and what can't work without it is marked. More than four instances of a component in a
/// zone are drawn as one box with a dot for each, more than 160 as a number.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision graph provision.yaml > orders.svg
  provision graph provision.yaml --fail zone=a > zone-a.svg
  provision graph provision.yaml --fail worker --fail worker --fail database --format mermaid
  provision graph out/ --format html > orders.html
  provision graph provision.yaml --live --engine sandbox > now.svg

A failure is a zone (`zone=a`, or its whole name), a component (one of its machines dies), `database`,
`broker`, `search-node`, `load-balancer`… The picture shows what stands once failover is over and
before anything is replaced; `provision survive` says for how long. With --live every instance stands where
it lives, and what is missing is crossed out where it was promised.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// What to draw
    #[arg(long, value_enum, default_value = "svg", env = "PROVISION_GRAPH_FORMAT")]
    format: Format,
    /// What has failed; may be given several times
    #[arg(long, value_name = "FAILURE")]
    fail: Vec<String>,
    /// Draw what lives right now, and what of it is missing
    #[arg(long, conflicts_with = "fail")]
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture that needs nothing else
    Svg,
    /// For READMEs and wikis that draw it
    Mermaid,
    /// For Graphviz
    Dot,
    /// The picture as a page
    Html,
    /// Pixels, for what takes no SVG; in builds with the feature `png`
    Png,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let target = &arguments.target.target;
    let (picture, marks) = if arguments.live {
        of_estate(&arguments.target, output)?
    } else if target.is_dir() && arguments.fail.is_empty() {
        (of_directory(target)?, Marks::new())
    } else {
        of_spec(target, &arguments.fail, output)?
    };
    let format = match arguments.format {
        Format::Svg => Drawn::Svg,
        Format::Mermaid => Drawn::Mermaid,
        Format::Dot => Drawn::Dot,
        Format::Html => Drawn::Html,
        Format::Png => return pixels(&picture, &marks, output),
    };
    output.data(&picture.written(format, &marks))?;
    Ok(ExitStatus::Fine)
}

#[cfg(feature = "png")]
fn pixels(picture: &Picture, marks: &Marks, output: &Output) -> Result<ExitStatus, Failure> {
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() {
        return Err(Failure::new("pixels would only fill the screen with signs that nobody can read")
            .hint("send them to a file: `provision graph … --format png > deployment.png`"));
    }
    let pixels = picture.png(marks).map_err(|error| Failure::because("there are no pixels of it", &error))?;
    output.bytes(&pixels)?;
    Ok(ExitStatus::Fine)
}

#[cfg(not(feature = "png"))]
fn pixels(_: &Picture, _: &Marks, _: &Output) -> Result<ExitStatus, Failure> {
    Err(Failure::new("this build can't draw pixels: it was made without `png`")
        .hint("`cargo build --release --features png` makes one that can")
        .hint("`--format svg` is the same picture; any browser shows it"))
}

/// Also the spec that a rendered directory keeps.
fn of_spec(target: &Path, fail: &[String], output: &Output) -> Result<(Picture, Marks), Failure> {
    let file = input::read_spec(target, output)?;
    let topology = input::resolve_spec(&file, output)?;
    let picture = Picture::of(&topology).map_err(|error| undrawn(file.source.name(), &error))?;
    let struck = survive::struck(&topology, &Timers::of(&topology), fail).map_err(|problem| {
        let failure = Failure::new(problem.to_string());
        match problem {
            StrikeProblem::Unknown { hint, .. } => failure.hint(hint),
            StrikeProblem::NoneLeft { .. } => failure,
        }
    })?;
    Ok((picture, provision_report::marks(&struck.casualties)))
}

/// Every instance where it lives.
fn of_estate(target: &Target, output: &Output) -> Result<(Picture, Marks), Failure> {
    let stage = target.open(output)?;
    stage.announce(output);
    let status = status::look(&stage, output)?;
    let Some((topology, casualties)) = &status.drawn else {
        let failure = Failure::new(if status.nothing_lives {
            format!("nothing of `{}` lives, so there is nothing to draw", status.facts.deployment)
        } else {
            "what lives can't be drawn: nobody could tell".to_owned()
        });
        let unknown = status.facts.unknown.into_iter();
        return Err(unknown.fold(failure, |failure, unknown| failure.hint(format!("not known: {unknown}"))));
    };
    let picture = Picture::of(topology).map_err(|error| undrawn("what lives", &error))?;
    Ok((picture, provision_report::marks(casualties)))
}

fn of_directory(folder: &Path) -> Result<Picture, Failure> {
    let path = folder.join("topology.json");
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::because(format!("{name} can't be read"), &error)
            .hint("`provision render SPEC -o DIR` writes a directory that has one")
    })?;
    let document: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Failure::because(format!("{name} is no JSON"), &error))?;
    Picture::of_value(&document["topology"]).map_err(|error| undrawn(&name, &error))
}

fn undrawn(name: &str, error: &provision_picture::DeploymentError) -> Failure {
    Failure::because(format!("{name} can't be drawn"), error)
}

//! All that the tool says: data on stdout, everything else on stderr.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use provision_validation::report::Style;

use crate::environment::Environment;
use crate::failure::Failure;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// Text narrower than this can't be read, wider can't be followed.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=140;
const WIDTH_WITHOUT_TERMINAL: usize = 110;

/// Where a command writes to.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    stdout: Style,
    stderr: Style,
}

impl Output {
    pub fn new(colour: Colour, environment: &Environment) -> Self {
        let columns = environment
            .columns
            .map_or(WIDTH_WITHOUT_TERMINAL, |columns| columns.clamp(*WIDTHS.start(), *WIDTHS.end()));
        let style = |is_terminal: bool| Style {
            colour: match colour {
                Colour::Always => true,
                Colour::Never => false,
                Colour::Auto => is_terminal && !environment.no_color,
            },
            width: columns,
        };
        Self { stdout: style(io::stdout().is_terminal()), stderr: style(io::stderr().is_terminal()) }
    }

    /// How text for stdout is dressed.
    pub fn style(&self) -> Style {
        self.stdout
    }

    /// How text for stderr is dressed.
    pub fn stderr_style(&self) -> Style {
        self.stderr
    }

    /// Writes data. A reader that went away (`provision … | head`) is no failure.
    pub fn data(&self, text: &str) -> Result<(), Failure> {
        write_to(&mut io::stdout().lock(), text.as_bytes())
            .map_err(|error| Failure::because("the output could not be written", &error))
    }

    /// Writes data that is no text.
    #[cfg(feature = "png")]
    pub fn bytes(&self, content: &[u8]) -> Result<(), Failure> {
        write_to(&mut io::stdout().lock(), content)
            .map_err(|error| Failure::because("the output could not be written", &error))
    }

    /// Writes a document, indented, with a newline at its end.
    pub fn json(&self, document: &impl serde::Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(document)
            .map_err(|error| Failure::because("the document could not be written as JSON", &error))?;
        self.data(&format!("{text}\n"))
    }

    /// Says something to the person.
    pub fn say(&self, text: &str) {
        // Nobody is left to be told when stderr is gone.
        let _ = write_to(&mut io::stderr().lock(), format!("{}\n", text.trim_end_matches('\n')).as_bytes());
    }
}

fn write_to(stream: &mut dyn Write, content: &[u8]) -> io::Result<()> {
    match stream.write_all(content).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

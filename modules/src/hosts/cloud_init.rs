use serde::Serialize;

use super::{HostFiles, Mode};
use crate::RenderError;
use crate::text::Templates;

#[derive(Serialize)]
struct Context<'a> {
    role: &'a str,
    files: Vec<FileContext<'a>>,
    packages: &'a [&'static str],
    commands: &'a [Vec<String>],
}

#[derive(Serialize)]
struct FileContext<'a> {
    path: &'a str,
    mode: &'static str,
    content: &'a str,
}

/// What the machine reads at its first start, as text.
pub(super) fn cloud_init(host: &HostFiles, templates: &Templates) -> Result<String, RenderError> {
    let files = host.files.iter().map(|file| FileContext {
        path: &file.path,
        mode: match file.mode {
            Mode::Plain => "0644",
            Mode::Executable => "0755",
        },
        content: &file.text,
    });
    let context = Context {
        role: &host.role,
        files: files.collect(),
        packages: &host.packages,
        commands: &host.commands,
    };
    Ok(templates.render("host/cloud-init.yaml", &context)?)
}

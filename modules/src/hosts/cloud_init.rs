use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
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
    name: &'a str,
    mode: &'static str,
    /// Packed, because user data may hold 16 KiB only; the file itself lies beside.
    content: String,
}

pub(super) fn user_data(host: &HostFiles, templates: &Templates) -> Result<String, RenderError> {
    let files = host.files.iter().map(|file| FileContext {
        path: &file.path,
        name: &file.name,
        mode: match file.mode {
            Mode::Plain => "0644",
            Mode::Executable => "0755",
        },
        content: packed(file.text.as_bytes()),
    });
    let context = Context {
        role: &host.role,
        files: files.collect(),
        packages: &host.packages,
        commands: &host.commands,
    };
    Ok(templates.render("host/cloud-init.yaml", &context)?)
}

/// The same bytes each time: no time, no name in the header.
fn packed(bytes: &[u8]) -> String {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("memory takes all bytes");
    STANDARD.encode(packer.finish().expect("memory takes all bytes"))
}

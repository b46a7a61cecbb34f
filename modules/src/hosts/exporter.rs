//! What shows a machine's own metrics, where somebody watches.

use serde::Serialize;

use super::{HostFile, HostFiles};
use crate::alerting::{image, port};
use crate::text::Templates;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
struct Context {
    image: &'static str,
    port: u16,
    /// The tuned kernel parameters that are numbers.
    keys: Vec<String>,
}

pub(super) fn add(blocks: &Blocks, templates: &Templates, host: &mut HostFiles) -> Result<(), RenderError> {
    if blocks.alerting.as_ref().is_none_or(|alerting| alerting.nodes.is_empty()) {
        return Ok(());
    }
    let numbers = host.profile.settings.iter().filter(|setting| !setting.value.numbers().is_empty());
    let context = Context {
        image: image::NODE_EXPORTER,
        port: port::NODE_EXPORTER,
        keys: numbers.map(|setting| setting.parameter.key.as_str().to_owned()).collect(),
    };
    let unit = "provision-node-exporter.service";
    let text = templates.render("host/node-exporter.service", &context)?;
    host.files.push(HostFile::plain(format!("/etc/systemd/system/{unit}"), text));
    host.commands.push(["mkdir", "-p", "/var/lib/provision/metrics"].map(str::to_owned).to_vec());
    host.commands.push(["systemctl", "enable", "--now", unit].map(str::to_owned).to_vec());
    Ok(())
}

use super::{SCRIPT_PATH, TMPFILES_PATH, UNIT_PATH, indented, script, tmpfiles, unit};
use crate::profile::Profile;

/// Installs script and unit, and lets the unit do the rest, at once and at each boot.
pub(super) fn user_data(profile: &Profile) -> String {
    let mut text =
        String::from("#cloud-config\n# Written by provision tune: edit the profile, not this file.\n");
    text += "write_files:\n";
    text += &file(SCRIPT_PATH, "0755", &script(profile));
    text += &file(UNIT_PATH, "0644", &unit());
    if let Some(pages) = tmpfiles(profile) {
        text += &file(TMPFILES_PATH, "0644", &pages);
    }
    if profile.clock {
        text += "ntp:\n  enabled: true\n  ntp_client: chrony\n";
    }
    text += "runcmd:\n";
    if tmpfiles(profile).is_some() {
        text += &format!("  - [systemd-tmpfiles, --create, {TMPFILES_PATH}]\n");
    }
    text += "  - [systemctl, daemon-reload]\n  - [systemctl, enable, --now, provision-tune.service]\n";
    text
}

fn file(path: &str, mode: &str, content: &str) -> String {
    format!("  - path: {path}\n    permissions: \"{mode}\"\n    content: |\n{}", indented(content, 6))
}

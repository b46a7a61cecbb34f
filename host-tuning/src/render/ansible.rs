use super::{SCRIPT_PATH, TMPFILES_PATH, UNIT_PATH, indented, script, tmpfiles, unit};
use crate::profile::Profile;

/// Builtin modules only, so that nothing has to be installed beside Ansible's core.
pub(super) fn playbook(profile: &Profile) -> String {
    let mut text = String::from("# Written by provision tune: edit the profile, not this file.\n");
    text += "- name: Tune the host for its role\n  hosts: all\n  become: true\n  gather_subset: [min]\n  tasks:\n";
    text += &copy("Install the script", SCRIPT_PATH, "0755", &script(profile));
    text += &copy("Install the unit that re-asserts the values", UNIT_PATH, "0644", &unit());
    if let Some(pages) = tmpfiles(profile) {
        text += &copy("Set huge pages at boot", TMPFILES_PATH, "0644", &pages);
    }
    text += &format!(
        "    - name: Apply the values
      ansible.builtin.command: /bin/sh {SCRIPT_PATH} apply
      register: applied
      changed_when: applied.stdout is search('(?m)^changed ')
    - name: Enable the unit
      ansible.builtin.systemd_service:
        name: provision-tune.service
        enabled: true
        daemon_reload: true
      when: ansible_facts['service_mgr'] == 'systemd'
"
    );
    text
}

fn copy(name: &str, path: &str, mode: &str, content: &str) -> String {
    // The text is the shell's, not Ansible's: `!unsafe` keeps its braces from being taken for templates.
    format!(
        "    - name: {name}
      ansible.builtin.copy:
        dest: {path}
        mode: \"{mode}\"
        content: !unsafe |
{}",
        indented(content, 10)
    )
}

//! A database's password that changes while a component runs.

use super::{Machine, script};

/// A component that started with `first`, and a store that holds `now`.
fn looked(example: &str, role: &str, now: &str) -> Option<Machine> {
    let machine = Machine::new()?;
    let cloud = machine.read("usr/local/lib/provision/cloud.sh");
    let more = "database_credentials() { printf 'provision\\n%s\\n' \"$(secret \"$1\")\"; }\ninstance_id() { echo i-0123; }\n";
    machine.put("usr/local/lib/provision/cloud.sh", &(cloud + more));
    machine.put(
        "run/provision/values.env",
        "DATABASE_SECRET=orders-database\nDATABASE_USER=provision\nDATABASE_PASSWORD=fi$r/st&\n",
    );
    if !now.is_empty() {
        machine.put("cloud/secrets/orders-database", &format!("{now}\n"));
    }
    machine.program("sleep", r#"echo "sleep $1" >> "$CLOUD/log""#);
    machine.program("systemctl", r#"echo "systemctl $*" >> "$CLOUD/log""#);
    machine.succeeds(&script(example, &format!("hosts/{role}/renew.sh")), &[]);
    Some(machine)
}

#[test]
fn a_new_password_starts_the_component_anew_and_not_all_machines_at_once() {
    for (example, role) in [
        ("kestra-medium", "executor"),
        ("rudderstack-multi-zone-google", "server"),
        ("octopus-high-availability", "server"),
    ] {
        let Some(machine) = looked(example, role, "sec\\ond") else { return };
        let log = machine.log();
        let lines: Vec<&str> = log.lines().collect();
        let waits: u64 = lines[0].strip_prefix("sleep ").unwrap().parse().unwrap();
        assert!(waits < 300, "{log}");
        assert_eq!(lines[2], format!("systemctl try-restart provision-{role}.service"));
        assert!(lines.len() == 3 && !log.contains("ond"), "a journal holds no password: {log}");
    }
}

#[test]
fn the_same_password_and_a_store_that_does_not_answer_change_nothing() {
    for now in ["fi$r/st&", ""] {
        let Some(machine) = looked("kestra-medium", "executor", now) else { return };
        assert_eq!(machine.log(), "");
    }
}

//! RudderStack's crash loop ends in degraded mode.

use super::{Machine, script};

fn mode_script() -> String {
    script("rudderstack-multi-zone", "hosts/server/mode.sh")
}

fn machine() -> Option<Machine> {
    let machine = Machine::new()?;
    machine.program("date", r#"cat "$MACHINE/now""#);
    machine.program("systemctl", r#"echo "systemctl $*" >> "$CLOUD/log""#);
    Some(machine)
}

fn start(machine: &Machine, seconds: u64) {
    machine.put("now", &seconds.to_string());
    machine.succeeds(&mode_script(), &["started"]);
}

fn mode(machine: &Machine) -> String {
    let output = machine.run(&mode_script(), &["status"]);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const MODE_ENV: &str = "var/lib/provision/mode/mode.env";
const DEGRADED: &str = "RSERVER_ENABLE_PROCESSOR=false\nRSERVER_ENABLE_ROUTER=false\n";

#[test]
fn five_starts_within_five_minutes_only_store_events() {
    let Some(machine) = machine() else { return };
    for second in [1_000, 1_060, 1_120, 1_180] {
        start(&machine, second);
        assert_eq!(mode(&machine), "normal");
        assert_eq!(machine.read(MODE_ENV), "", "docker reads the file at each start");
    }
    assert_eq!(machine.log(), "");
    start(&machine, 1_240);
    assert_eq!(mode(&machine), "degraded");
    assert_eq!(machine.read(MODE_ENV), DEGRADED);
    assert!(machine.read("var/lib/provision/metrics/mode.prom").ends_with("\nprovision_degraded 1\n"));
    let log = machine.log();
    assert!(
        log.contains("daemon.crit 5 starts within 300 s") && log.contains("\nalarm Degraded 1\n"),
        "{log}"
    );
}

#[test]
fn starts_that_are_far_apart_change_nothing() {
    let Some(machine) = machine() else { return };
    for number in 0..12 {
        start(&machine, 1_000 + number * 76);
    }
    assert_eq!(mode(&machine), "normal");
    assert_eq!(machine.log(), "");
}

#[test]
fn counting_and_the_mode_survive_a_reboot_and_nonsense_on_the_disk() {
    let Some(machine) = machine() else { return };
    for second in [1_000, 1_010, 1_020, 1_030] {
        start(&machine, second);
    }
    std::fs::remove_dir_all(machine.path("run")).unwrap();
    start(&machine, 1_100);
    assert_eq!(mode(&machine), "degraded");
    machine.put("var/lib/provision/mode/starts", "nonsense\n\n9999999999\n");
    start(&machine, 900_000);
    assert_eq!(mode(&machine), "degraded", "nobody said that the reason is gone");
    assert_eq!(machine.read(MODE_ENV), DEGRADED);
}

#[test]
fn people_are_told_once_and_bring_it_back_themselves() {
    let Some(machine) = machine() else { return };
    for second in 1_000..1_009 {
        start(&machine, second);
    }
    assert_eq!(machine.log().matches("daemon.crit").count(), 1);
    machine.succeeds(&mode_script(), &["normal"]);
    machine.succeeds(&mode_script(), &["normal"]);
    assert_eq!(mode(&machine), "normal");
    let log = machine.log();
    assert_eq!(log.matches("systemctl try-restart provision-server.service").count(), 1, "{log}");
    assert!(log.contains("\nalarm Degraded 0\n"), "{log}");
    // The starts of before count no more.
    start(&machine, 1_010);
    assert_eq!(mode(&machine), "normal");
    assert_eq!(machine.read(MODE_ENV), "");
}

#[test]
fn a_cloud_that_does_not_answer_keeps_no_server_from_starting() {
    let Some(machine) = machine() else { return };
    machine.put("usr/local/lib/provision/cloud.sh", "alarm() { return 1; }\n");
    for second in 1_000..1_005 {
        start(&machine, second);
    }
    assert_eq!(mode(&machine), "degraded");
    machine.succeeds(&mode_script(), &["report"]);
    assert_eq!(machine.run(&mode_script(), &["nonsense"]).status.code(), Some(64));
}

#[test]
fn versions_that_do_it_themselves_are_left_alone() {
    let spec = &crate::examples::examples()["rudderstack-multi-zone"];
    let old = crate::examples::rendered(&spec.replace("1.83.0", "1.20.0"));
    let old = old.unwrap_or_else(|error| panic!("{error}"));
    let unit = old.text("hosts/server/provision-server.service").unwrap();
    let is_old = unit.contains("rudder-server:1.20.0");
    assert!(is_old, "the example no longer says its version: {unit}");
    assert!(!unit.contains("provision-mode") && old.file("hosts/server/mode.sh").is_none());
}

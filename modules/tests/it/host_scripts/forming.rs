//! A search cluster is formed once (ELS-08).

use super::{Machine, script};

const FIRST_MASTERS: &str = "cluster.initial_master_nodes=search-master-0,search-master-1,search-master-2";

fn machine() -> Option<Machine> {
    let machine = Machine::new()?;
    for name in ["blkid", "mkfs.xfs", "mountpoint", "mount", "chown"] {
        machine.program(name, "exit 0");
    }
    machine.put("cloud/parameters/seeds", "10.0.0.4:9300,10.0.1.4:9300\n");
    machine.put("cloud/parameters/addresses", "http://10.0.2.4:9200\n");
    answers(&machine, "exit 7");
    Some(machine)
}

/// What all nodes answer.
fn answers(machine: &Machine, how: &str) {
    machine.program("curl", &format!(r#"echo "$*" >> "$MACHINE/asked"; {how}"#));
}

fn boot(machine: &Machine) -> String {
    let text = script("kestra-high-availability", "hosts/search-master/boot-values.sh");
    // No block device here.
    machine.succeeds(&text.replace("[ -b ", "[ -e "), &[]);
    machine.read("run/provision/values.env")
}

fn forms(machine: &Machine) -> bool {
    let values = boot(machine);
    assert!(values.contains("node.name=search-master-0\n"), "{values}");
    values.contains(FIRST_MASTERS)
}

#[test]
fn the_first_start_names_the_first_masters_however_often_it_is_tried() {
    let Some(machine) = machine() else { return };
    assert!(forms(&machine));
    // A start that failed halfway leaves files, and others that are as far are in no cluster either.
    machine.put("var/lib/provision/data/node/nodes/0/node.lock", "");
    answers(&machine, r#"echo '{ "cluster_uuid": "_na_" }'"#);
    assert!(forms(&machine));
    let asked = machine.read("asked");
    for address in ["http://10.0.0.4:9200/", "http://10.0.1.4:9200/", "http://10.0.2.4:9200/"] {
        assert!(asked.contains(address), "{asked}");
    }
}

#[test]
fn a_node_that_was_a_member_never_names_them_again() {
    let Some(machine) = machine() else { return };
    machine.put("var/lib/provision/data/joined", "abc\n");
    assert!(!forms(&machine));
}

#[test]
fn an_empty_disk_in_an_existing_cluster_forms_no_second_one() {
    let Some(machine) = machine() else { return };
    machine.put("cloud/secrets/search-formed", "abc\n");
    assert!(!forms(&machine), "although no other node answers");
    std::fs::remove_file(machine.path("cloud/secrets/search-formed")).unwrap();
    answers(&machine, r#"echo '{ "cluster_uuid": "abc" }'"#);
    assert!(!forms(&machine), "although nobody wrote it down yet");
}

#[test]
fn a_store_that_does_not_answer_is_no_reason_to_form_one() {
    let Some(machine) = machine() else { return };
    machine.put("cloud/down", "");
    let text =
        script("kestra-high-availability", "hosts/search-master/boot-values.sh").replace("[ -b ", "[ -e ");
    assert!(!machine.run(&text, &[]).status.success());
    assert_eq!(machine.read("run/provision/values.env"), "", "the unit does not start, and tries again");
}

#[test]
fn what_has_formed_is_written_down_for_all_before_this_node_believes_it() {
    let Some(machine) = machine() else { return };
    machine.program("sleep", r#"echo "$1" >> "$MACHINE/slept""#);
    answers(
        &machine,
        r#"if [ "$(wc -l < "$MACHINE/asked")" -lt 3 ]; then echo '{ "cluster_uuid": "_na_" }'; else echo '{ "cluster_uuid": "abc" }'; fi"#,
    );
    std::fs::create_dir_all(machine.path("var/lib/provision/data")).unwrap();
    let text = script("kestra-high-availability", "hosts/search-master/formed.sh");
    machine.succeeds(&text, &[]);
    assert_eq!(machine.read("cloud/secrets/search-formed"), "abc\n");
    assert_eq!(machine.read("var/lib/provision/data/joined"), "abc\n");
    assert!(!forms(&machine));
    // Another node finds what the first one wrote.
    std::fs::remove_file(machine.path("var/lib/provision/data/joined")).unwrap();
    machine.succeeds(&text, &[]);
    assert_eq!(machine.read("cloud/secrets/search-formed"), "abc\n");
}

#[test]
fn the_store_of_aws_tells_absent_from_away() {
    let Some(machine) = machine() else { return };
    let functions = script("kestra-high-availability", "hosts/search-master/cloud.sh");
    let ask = format!(
        "set -eu\n{functions}\nvalue=$(secret_if_any /provision/orders/search-formed)\nprintf '<%s>' \"$value\"\n"
    );
    for (aws, expected) in [
        ("echo 'An error occurred (ResourceNotFoundException) when calling' >&2; exit 254", Some("<>")),
        ("echo abc", Some("<abc>")),
        ("echo 'Could not connect to the endpoint URL' >&2; exit 255", None),
        ("echo 'An error occurred (AccessDeniedException)' >&2; exit 254", None),
    ] {
        machine.program("aws", aws);
        let output = machine.run(&ask, &[]);
        let said = output.status.success().then(|| String::from_utf8(output.stdout).unwrap());
        assert_eq!(said.as_deref(), expected, "{aws}");
    }
}

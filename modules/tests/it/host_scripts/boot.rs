//! What a machine reads before its component starts.

use serde_json::{Value, json};

use super::{Machine, script};

#[test]
fn an_image_of_the_vendors_registry_is_taken_with_the_licence() {
    let Some(machine) = Machine::new() else { return };
    let cloud = machine.read("usr/local/lib/provision/cloud.sh");
    let more = "parameters() { printf 'kafka/brokers\\tb-1:9094\\n'; }\ninstance_id() { echo i-0123; }\n";
    machine.put("usr/local/lib/provision/cloud.sh", &(cloud + more));
    machine.put("cloud/secrets/encryption-key", "a2V5\n");
    let licence = json!({ "id": "li\"cence$x", "fingerprint": "f i:n\\g", "key": "k" });
    machine.put("cloud/secrets/kestra-licence", &format!("{licence}\n"));
    machine.succeeds(&script("kestra-high-availability", "hosts/worker/boot-values.sh"), &[]);
    let login: Value = serde_json::from_str(&machine.read("run/provision/docker/config.json")).unwrap();
    // base64 of `li"cence$x:f i:n\g`
    assert_eq!(login, json!({ "auths": { "registry.kestra.io": { "auth": "bGkiY2VuY2UkeDpmIGk6blxn" } } }));
    let values = machine.read("run/provision/values.env");
    assert!(values.contains("KAFKA_BROKERS=b-1:9094\n") && values.contains("LICENCE_KEY=k\n"), "{values}");
    let unit = script("kestra-high-availability", "hosts/worker/provision-worker.service");
    assert!(unit.contains("\nEnvironment=DOCKER_CONFIG=/run/provision/docker\n"), "{unit}");
    let open = script("kestra-medium", "hosts/worker/provision-worker.service");
    assert!(!open.contains("DOCKER_CONFIG"), "anybody may take the open edition's image: {open}");
}

//! What a machine tells its own cloud: the real `cloud.sh` of each, with programs that write down what they were asked.

use serde_json::{Value, json};

use super::{Machine, script};

/// Runs functions of a rendered `cloud.sh`. `curl` answers as the metadata service does and keeps the last body and the
/// last address; `systemctl` and `aws` write down their arguments.
fn told(cloud: &str, calls: &str) -> Option<Machine> {
    let machine = Machine::new()?;
    let keep = r#"for word in "$@"; do [ "${#word}" -lt 200 ] && printf '%s ' "$word"; done >> "$CLOUD/log"; echo >> "$CLOUD/log""#;
    machine.program("systemctl", &format!("printf 'systemctl ' >> \"$CLOUD/log\"; {keep}"));
    machine.program("aws", &format!("printf 'aws ' >> \"$CLOUD/log\"; {keep}"));
    machine.program(
        "curl",
        r#"
        for word in "$@"; do last=$word; case $word in @*) body=${word#@} ;; esac; done
        for word in "$@"; do
          case $word in
            */identity/* | */token) echo '{"access_token": "secret-token"}' && exit ;;
            */metadata/*/vmScaleSetName*) printf group && exit ;;
            */metadata/*/resourceGroupName*) printf main && exit ;;
            */metadata/*/location*) printf westeurope && exit ;;
            */metadata/*/subscriptionId*) printf 0123 && exit ;;
            */compute/name*) printf group_7 && exit ;;
            */instance/id) printf 4711 && exit ;;
            */instance/zone) printf projects/1/zones/europe-west4-b && exit ;;
            */project/project-id) printf my-project && exit ;;
            */meta-data/instance-id) printf i-0123 && exit ;;
            */latest/api/token) printf token && exit ;;
          esac
        done
        [ ! -e "$CLOUD/down" ] || exit 22
        echo "$last" > "$CLOUD/address"
        echo "$*" > "$CLOUD/arguments"
        if [ "$body" = - ] || [ "$body" = /dev/stdin ]; then cat; else cat "$body"; fi > "$CLOUD/body"
        case "$*" in *-H\ @-*) cat > "$CLOUD/headers" ;; esac"#,
    );
    machine.program("date", "echo 2026-01-02T03:04:05Z");
    if calls.contains("down") {
        machine.put("cloud/down", "");
    }
    let calls = calls.replace("down", "");
    let output = machine.run(&format!("set -eu\n{cloud}\n{calls}\n"), &[]);
    machine.put("status", &output.status.code().unwrap_or(-1).to_string());
    machine.put("errors", &String::from_utf8_lossy(&output.stderr));
    Some(machine)
}

impl Machine {
    fn body(&self) -> Value {
        serde_json::from_str(&self.read("cloud/body"))
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.read("cloud/body"), self.read("errors")))
    }
}

fn google() -> String {
    script("rudderstack-multi-zone-google", "hosts/server/cloud.sh")
}

fn azure() -> String {
    script("rudderstack-multi-zone-azure", "hosts/server/cloud.sh")
}

#[test]
fn on_google_cloud_a_figure_is_a_time_series_of_the_machine() {
    let Some(machine) = told(&google(), "alarm Degraded 1") else { return };
    assert_eq!(machine.read("status"), "0", "{}", machine.read("errors"));
    assert_eq!(
        machine.read("cloud/address").trim(),
        "https://monitoring.googleapis.com/v3/projects/my-project/timeSeries"
    );
    assert_eq!(
        machine.body(),
        json!({"timeSeries": [{
            "metric": {"type": "custom.googleapis.com/provision/clicks/Degraded", "labels": {"component": "server"}},
            "resource": {"type": "gce_instance", "labels": {"project_id": "my-project", "instance_id": "4711", "zone": "europe-west4-b"}},
            "points": [{"interval": {"endTime": "2026-01-02T03:04:05Z"}, "value": {"int64Value": "1"}}],
        }]})
    );
}

#[test]
fn on_azure_a_figure_is_a_metric_of_the_scale_set() {
    let Some(machine) = told(&azure(), "alarm Unhealthy 1") else { return };
    assert_eq!(machine.read("status"), "0", "{}", machine.read("errors"));
    assert_eq!(
        machine.read("cloud/address").trim(),
        "https://westeurope.monitoring.azure.com/subscriptions/0123/resourceGroups/main/providers/Microsoft.Compute/virtualMachineScaleSets/group/metrics"
    );
    assert_eq!(machine.read("cloud/headers").trim(), "Authorization: Bearer secret-token");
    assert!(
        !machine.read("cloud/arguments").contains("secret-token"),
        "whoever lists processes would see it"
    );
    let base = &machine.body()["data"]["baseData"];
    assert_eq!(machine.body()["time"], "2026-01-02T03:04:05Z");
    assert_eq!(base["metric"], "Unhealthy");
    assert_eq!(base["dimNames"], json!(["Instance"]));
    assert_eq!(base["series"], json!([{"dimValues": ["group_7"], "min": 1, "max": 1, "sum": 1, "count": 1}]));
    let left: Vec<_> = std::fs::read_dir(machine.path("run/provision")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_cloud_that_takes_no_figure_is_noticed() {
    for cloud in [google(), azure()] {
        let Some(machine) = told(&cloud, "down alarm Degraded 1") else { return };
        assert_ne!(machine.read("status"), "0");
        assert_eq!(std::fs::read_dir(machine.path("run/provision")).unwrap().count(), 0);
    }
}

#[test]
fn where_the_cloud_asks_a_machine_opens_and_closes_a_port() {
    for cloud in [google(), azure()] {
        let Some(machine) = told(&cloud, "report_healthy\nreport_unhealthy") else { return };
        assert_eq!(
            machine.log(),
            "systemctl start provision-alive.socket \nsystemctl stop provision-alive.socket \n"
        );
    }
}

#[test]
fn on_aws_a_figure_is_told_for_the_component_and_for_the_machine() {
    let aws = script("rudderstack-multi-zone", "hosts/server/cloud.sh");
    let Some(machine) = told(&aws, "report_healthy\nalarm Degraded 0\nreport_unhealthy") else { return };
    assert_eq!(machine.read("status"), "0", "{}", machine.read("errors"));
    let log = machine.log();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 2, "a machine is well until it says otherwise: {log}");
    assert!(lines[0].contains("put-metric-data --namespace provision/"), "{log}");
    assert!(
        lines[0].ends_with(
            "MetricName=Degraded,Value=0,Dimensions=[{Name=Component,Value=server}] \
             MetricName=Degraded,Value=0,Dimensions=[{Name=Component,Value=server},{Name=Instance,Value=i-0123}] "
        ),
        "{log}"
    );
    assert!(lines[1].contains("set-instance-health --instance-id i-0123 --health-status Unhealthy"), "{log}");
}

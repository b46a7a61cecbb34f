//! Hung components that no load balancer replaces.

use super::{Machine, script};

/// A machine whose clock is a file: each look of the watchdog is one `sleep`, and `answers` says what it sees then, one
/// for each look. `-` is a component that does not answer; `SubState` of its unit may follow after a slash.
fn watched(script: &str, answers: &[&str]) -> Option<Machine> {
    let machine = Machine::new()?;
    machine.put("proc/uptime", "10000.00 1.0\n");
    machine.put("answers", &(answers.join("\n") + "\n"));
    machine.put("state", "running\n");
    machine.put("since", "0\n");
    machine.program(
        "sleep",
        r#"
        cd "$MACHINE" || exit 2
        [ -s answers ] || exit 1
        read -r now _ < proc/uptime
        echo "$((${now%.*} + $1)).00 1.0" > proc/uptime
        { read -r answer; cat > left; } < answers
        mv left answers
        printf '%s' "${answer%/*}" > answer
        case $answer in */*) echo "${answer#*/}" > state ;; *) echo running > state ;; esac"#,
    );
    machine.program(
        "curl",
        r#"answer=$(cat "$MACHINE/answer"); [ "$answer" != - ] || exit 7; printf '%s' "$answer""#,
    );
    machine.program(
        "systemctl",
        r#"
        case $* in
          *SubState*) cat "$MACHINE/state" ;;
          *ActiveEnterTimestampMonotonic*) echo "$(cat "$MACHINE/since")000000" ;;
          *) echo "systemctl $*" >> "$CLOUD/log"; cut -d. -f1 "$MACHINE/proc/uptime" > "$MACHINE/since" ;;
        esac"#,
    );
    // Shorter, so that fewer looks are needed.
    assert!(script.contains("\nstart='300'\n"));
    machine.succeeds_or_ends(&script.replace("\nstart='300'\n", "\nstart='60'\n"));
    Some(machine)
}

impl Machine {
    /// The loop ends where the made-up clock ends.
    fn succeeds_or_ends(&self, script: &str) {
        let output = self.run(script, &[]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && error.is_empty(), "{error}");
    }

    fn restarts(&self) -> usize {
        self.log().matches("systemctl restart --no-block").count()
    }
}

fn kestra() -> String {
    script("kestra-high-availability", "hosts/worker/watch.sh")
}

fn octopus() -> String {
    script("octopus-high-availability", "hosts/server/watch.sh")
}

#[test]
fn a_component_that_answers_is_left_alone() {
    let Some(machine) = watched(&kestra(), &["200"; 100]) else { return };
    assert_eq!(machine.log(), "");
    assert_eq!(machine.read("cloud/well"), "healthy\n", "once is enough");
    // Two failures are none, whoever often they come: the third in a row would count.
    let Some(machine) = watched(&kestra(), &["-", "-", "200"].repeat(30)) else { return };
    assert_eq!(machine.log(), "");
}

#[test]
fn what_hangs_is_restarted_and_may_take_its_time_to_start() {
    // It asks every 5 s: 3 failures, one restart, then a minute of patience.
    let mut answers = vec!["200"; 10];
    answers.extend(["-"; 3 + 10]);
    answers.extend(["200"; 20]);
    let Some(machine) = watched(&kestra(), &answers) else { return };
    assert_eq!(machine.restarts(), 1, "{}", machine.log());
    assert!(!machine.log().contains("unhealthy"));
}

#[test]
fn where_restarts_do_not_help_the_machine_is_replaced() {
    let mut answers = vec!["200"; 10];
    answers.extend(["503"; 3 + 13 + 13 + 5]);
    let Some(machine) = watched(&kestra(), &answers) else { return };
    assert_eq!(machine.restarts(), 2, "{}", machine.log());
    assert!(machine.log().ends_with("alarm Unhealthy 1\nunhealthy\n"), "{}", machine.log());
}

#[test]
fn the_cloud_hears_that_a_machine_is_well_when_it_is() {
    let Some(machine) = watched(&kestra(), &["-"; 12]) else { return };
    assert_eq!(machine.read("cloud/well"), "", "it has not answered yet");
    let Some(machine) = watched(&kestra(), &["-/start-pre"; 3]) else { return };
    assert_eq!(machine.read("cloud/well"), "healthy\n", "what waits for its secrets is not replaced");
    let mut answers = vec!["200"];
    answers.extend(["503"; 3 + 13 + 13 + 5]);
    answers.extend(["200"; 3]);
    let Some(machine) = watched(&kestra(), &answers) else { return };
    assert!(machine.log().contains("unhealthy"), "{}", machine.log());
    assert_eq!(machine.read("cloud/well"), "healthy\nhealthy\n", "it came back before it was replaced");
}

#[test]
fn a_recovery_starts_the_count_anew() {
    let hang = |answers: &mut Vec<&str>| {
        answers.extend(["-"; 4]);
        answers.extend(["200"; 15]);
    };
    let mut answers = vec!["200"];
    (0..5).for_each(|_| hang(&mut answers));
    let Some(machine) = watched(&kestra(), &answers) else { return };
    assert!(machine.restarts() >= 2 && !machine.log().contains("unhealthy"), "{}", machine.log());
}

#[test]
fn a_crash_loop_ends_with_another_machine_but_not_at_once() {
    // Three times the patience for each step: first start and two restarts.
    let Some(machine) = watched(&kestra(), &["-/auto-restart"; 33]) else { return };
    assert_eq!(machine.log(), "");
    let Some(machine) = watched(&kestra(), &["-/auto-restart"; 3 * 37 + 2]) else { return };
    assert_eq!(machine.restarts(), 2);
    assert!(machine.log().contains("unhealthy"), "{}", machine.log());
}

#[test]
fn what_was_stopped_or_waits_for_its_secrets_is_left_alone() {
    for state in ["-/dead", "-/stop-sigterm", "-/start-pre"] {
        let Some(machine) = watched(&kestra(), &[state; 60]) else { return };
        assert_eq!(machine.log(), "", "{state}");
    }
}

#[test]
fn a_draining_octopus_node_is_alive() {
    let Some(machine) = watched(&octopus(), &["418"; 40]) else { return };
    assert_eq!(machine.log(), "", "OCT-16");
    let Some(machine) = watched(&kestra(), &["418"; 12]) else { return };
    assert_eq!(machine.restarts(), 1, "for others it is an error like any other");
}

#[test]
fn what_has_nothing_to_ask_lives_when_it_goes_on_running() {
    let script = script("event-platform", "hosts/job/watch.sh");
    assert!(!script.contains("curl"));
    let Some(machine) = watched(&script, &["x"; 40]) else { return };
    assert_eq!(machine.log(), "");
    let Some(machine) = watched(&script, &["x/auto-restart"; 22]) else { return };
    assert_eq!(machine.restarts(), 1, "{}", machine.log());
}

//! Octopus nodes start one after the other and finish their tasks before they stop; against a real server on loopback
//! that answers as a node does.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Machine, script};

/// A node: its machine, and a server that says what the file `status` says.
struct Node {
    machine: Machine,
    script: PathBuf,
}

/// What stands for `docker`: `run` lives until somebody stops it, `exec` writes down what was asked; leaving the drain
/// mode makes the node answer 200.
const DOCKER: &str = r#"
case $1 in
  run)
    cat "$MACHINE/first-status" > "$MACHINE/status"
    # Whoever sees this changes the status.
    echo begin >> "$MACHINE/events"
    left=3000
    while [ ! -e "$MACHINE/stop" ] && [ "$((left -= 1))" -gt 0 ]; do /bin/sleep 0.02; done
    echo end >> "$MACHINE/events"
    exit 3
    ;;
  exec)
    shift 6
    echo "$*" >> "$MACHINE/events"
    case $* in *--drain=false*) printf 200 > "$MACHINE/status" ;; esac
    ;;
esac"#;

fn node(shared: Option<&Node>) -> Option<Node> {
    let machine = Machine::new()?;
    machine.program("docker", DOCKER);
    machine.program("sleep", "/bin/sleep 0.05");
    machine.put("first-status", "503");
    machine.put("status", "503");
    let port = serve(machine.path("status"));
    let mut text = script("octopus-high-availability", "hosts/server/node.sh");
    assert!(text.contains("http://127.0.0.1:8080/api/octopusservernodes/ping"));
    text = text.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    if let Some(other) = shared {
        fs::remove_dir(machine.path("mnt/shared")).unwrap();
        symlink(other.machine.path("mnt/shared"), machine.path("mnt/shared")).unwrap();
    }
    let script = machine.install(&text);
    Some(Node { machine, script })
}

/// Lives as long as the test's process.
fn serve(status: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let read = stream.read(&mut [0; 4_096]).unwrap_or(0);
            let status = fs::read_to_string(&status).unwrap_or_default();
            if read > 0 && !status.trim().is_empty() {
                let answer =
                    format!("HTTP/1.1 {} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status.trim());
                stream.write_all(answer.as_bytes()).ok();
            }
        }
    });
    port
}

impl Node {
    fn start(&self) -> Child {
        self.machine
            .command(&self.script, &["start", "docker", "run", "image"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn events(&self) -> Vec<String> {
        self.machine.read("events").lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !holds(self) {
            assert!(Instant::now() < patience, "{what}: {:?}", self.events());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_starting(&self) -> bool {
        self.machine.path("run/provision/starting").exists()
    }

    fn stop(&self, mut child: Child) -> Option<i32> {
        self.machine.put("stop", "");
        child.wait().unwrap().code()
    }
}

/// The audit log holds the client's address (OCT-28).
const TRUST: &str = "configure --trustedProxies=10.0.0.0/19,10.0.32.0/19 --instance=OctopusServer";

#[test]
fn the_second_node_starts_when_the_first_one_serves() {
    let Some(first) = node(None) else { return };
    let Some(second) = node(Some(&first)) else { return };
    let (one, other) = {
        let one = first.start();
        first.wait_until("it begins", |it| it.events() == ["begin"]);
        (one, second.start())
    };
    second.wait_until("it waits", Node::is_starting);
    thread::sleep(Duration::from_millis(400));
    assert!(second.events().is_empty(), "OCT-22: the first one still makes the schema");
    assert!(first.is_starting(), "whoever looks after it leaves it alone");
    first.machine.put("status", "200");
    second.wait_until("it begins", |it| it.events() == ["begin"]);
    first.wait_until("its proxies are set", |it| it.events() == ["begin", TRUST]);
    first.wait_until("it has started", |it| !it.is_starting());
    second.machine.put("status", "200");
    second.wait_until("it has started", |it| !it.is_starting());
    assert_eq!(first.stop(one), Some(3), "the component's own result is the unit's");
    assert_eq!(second.stop(other), Some(3));
}

#[test]
fn a_node_whose_machine_dies_while_it_starts_does_not_hold_up_the_others() {
    let Some(first) = node(None) else { return };
    let Some(second) = node(Some(&first)) else { return };
    let mut one = first.start();
    first.wait_until("it begins", |it| it.events() == ["begin"]);
    let other = second.start();
    one.kill().unwrap();
    one.wait().unwrap();
    second.wait_until("it begins", |it| it.events() == ["begin"]);
    second.machine.put("status", "200");
    second.wait_until("it has started", |it| !it.is_starting());
    first.machine.put("stop", "");
    second.stop(other);
}

#[test]
fn a_process_that_ends_at_once_ends_the_start() {
    let Some(node) = node(None) else { return };
    node.machine.put("stop", "");
    assert_eq!(node.start().wait().unwrap().code(), Some(3));
    assert_eq!(node.events(), ["begin", "end"]);
    assert!(!node.is_starting());
}

#[test]
fn a_node_that_stopped_in_drain_mode_leaves_it_when_it_is_back() {
    let Some(node) = node(None) else { return };
    node.machine.put("first-status", "418");
    let child = node.start();
    node.wait_until("it has started", |it| it.events().len() > 2 && !it.is_starting());
    assert_eq!(node.events(), ["begin", "node --drain=false --instance=OctopusServer", TRUST]);
    node.stop(child);
}

#[test]
fn before_it_stops_a_node_finishes_its_tasks() {
    let Some(node) = node(None) else { return };
    let done = node.machine.command(&node.script, &["drain"]).status().unwrap();
    assert!(done.success());
    assert_eq!(node.events(), ["node --drain=true --wait=600 --cancel-tasks --instance=OctopusServer"]);
    let unit = script("octopus-high-availability", "hosts/server/provision-server.service");
    let drain = unit.find("ExecStop=-/usr/local/sbin/provision-node drain").unwrap();
    assert!(
        drain < unit.find("ExecStop=/usr/bin/docker stop --time 60 server").unwrap(),
        "OCT-24: then it stops"
    );
}

//! What is rendered passes the verifiers of those who will read it.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use provision_host_tuning::catalogue::Scope;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role, roles};
use provision_host_tuning::render::{Format, render, service_drop_in, tmpfiles, unit};
use provision_testing::{Skipped, program, python_tool, skip};
use tempfile::TempDir;

fn profile(role: &str) -> Profile {
    Request::for_role(Role::named(role).unwrap()).compose().unwrap()
}

fn every_profile() -> Vec<(String, Profile)> {
    roles().map(|role| (role.name().to_owned(), profile(role.name()))).collect()
}

fn text(profile: &Profile, format: Format) -> String {
    render(profile, format).remove(0).text
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

#[track_caller]
fn assert_fine(what: &str, output: &Output) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{what}: {}\n{stdout}\n{stderr}", output.status);
}

/// Each profile as files of one format, named by role.
fn written(format: Format) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (role, profile) in every_profile() {
        for file in render(&profile, format) {
            let path = folder.path().join(&role).join(file.name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, file.text).unwrap();
            paths.push(path);
        }
    }
    (folder, paths)
}

#[test]
fn scripts_pass_shellcheck() {
    let Ok(shellcheck) = program("shellcheck") else { return };
    // They differ in their table only: the largest and the smallest stand for all.
    let (_folder, paths) = written(Format::Script);
    let chosen = paths.iter().filter(|path| {
        ["base", "database", "kestra-standalone"].iter().any(|role| path.parent().unwrap().ends_with(role))
    });
    assert_fine("shellcheck", &run(Command::new(shellcheck).args(["-s", "sh", "-f", "gcc"]).args(chosen)));
}

#[test]
fn user_data_passes_cloud_init() {
    let Ok(cloud_init) = program("cloud-init") else { return };
    let (_folder, paths) = written(Format::CloudInit);
    for path in &paths {
        let length = fs::metadata(path).unwrap().len();
        assert!(length < 16 * 1024, "{}: {length} bytes are too long for user data", path.display());
    }
    for path in paths.iter().filter(|path| {
        path.parent().unwrap().ends_with("kafka-broker") || path.parent().unwrap().ends_with("base")
    }) {
        let output = run(Command::new(&cloud_init).args(["schema", "--config-file"]).arg(path));
        assert_fine("cloud-init schema", &output);
    }
}

#[test]
fn units_pass_systemd_analyze() {
    let Ok(systemd_analyze) = program("systemd-analyze") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut units = vec![folder.path().join("provision-tune.service")];
    fs::write(&units[0], unit()).unwrap();
    for (role, profile) in every_profile() {
        let service = folder.path().join(format!("{role}.service"));
        fs::write(&service, "[Unit]\nDescription=A service\n[Service]\nExecStart=/bin/true\n").unwrap();
        let drop_ins = folder.path().join(format!("{role}.service.d"));
        fs::create_dir(&drop_ins).unwrap();
        fs::write(drop_ins.join("10-provision.conf"), service_drop_in(&profile)).unwrap();
        units.push(service);
    }
    let output = run(Command::new(systemd_analyze).args(["verify", "--man=no"]).args(&units));
    assert_fine("systemd-analyze verify", &output);
    // It ends with 0 for keys that it doesn't know, and only says so.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn huge_pages_pass_systemd_tmpfiles() {
    let Ok(systemd_tmpfiles) = program("systemd-tmpfiles") else { return };
    let root = tempfile::tempdir().unwrap();
    let enabled = root.path().join("sys/kernel/mm/transparent_hugepage/enabled");
    for path in [&enabled, &root.path().join("etc/tmpfiles.d/90-provision.conf")] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
    }
    fs::write(&enabled, "").unwrap();
    fs::write(root.path().join("etc/tmpfiles.d/90-provision.conf"), tmpfiles(&profile("database")).unwrap())
        .unwrap();
    let output =
        run(Command::new(systemd_tmpfiles).arg(format!("--root={}", root.path().display())).arg("--create"));
    assert_fine("systemd-tmpfiles", &output);
    assert_eq!(fs::read_to_string(&enabled).unwrap().trim(), "never");
}

#[test]
fn kubernetes_documents_pass_their_schema() {
    let Ok(validate) = python_tool("host", "kubernetes-validate") else { return };
    let (_folder, daemon_sets) = written(Format::DaemonSet);
    let (_folder_too, pods) = written(Format::Kubelet);
    let pods = pods.iter().filter(|path| path.ends_with("pod.yaml"));
    let output =
        run(Command::new(validate).args(["-k", "1.29", "--strict"]).args(daemon_sets.iter().chain(pods)));
    assert_fine("kubernetes-validate", &output);
}

#[test]
fn pods_get_what_is_theirs_and_nodes_the_rest() {
    let profile = profile("search-node");
    let files = render(&profile, Format::Kubelet);
    let (kubelet, pod) = (&files[0].text, &files[1].text);
    assert!(
        kubelet.contains("  - net.ipv4.tcp_retries2\n")
            && kubelet.contains("tcp_keepalive_time (safe since Kubernetes 1.29)")
    );
    assert!(
        pod.contains("name: net.ipv4.tcp_retries2\n        value: \"5\"") && !pod.contains("vm."),
        "{pod}"
    );
    let node = text(&profile, Format::DaemonSet);
    assert!(
        node.contains("vm.max_map_count - 1 0 2147483647 1048576") && !node.contains("net.ipv4.tcp_retries2"),
        "{node}"
    );
}

/// Only what a network namespace has for itself, so that the verifier may really set it.
fn network_only(profile: &mut Profile) {
    profile.settings.retain(|setting| setting.parameter.scope == Scope::NetworkNamespace);
}

#[test]
fn sysctl_files_pass_systemd_sysctl() {
    let systemd_sysctl = Path::new("/lib/systemd/systemd-sysctl");
    if !systemd_sysctl.is_file() {
        skip("systemd-sysctl is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = harness_inside();
    command.arg(systemd_sysctl).arg("--strict");
    for (role, mut profile) in every_profile() {
        network_only(&mut profile);
        let path = folder.path().join(format!("{role}.conf"));
        fs::write(&path, text(&profile, Format::Sysctl)).unwrap();
        command.arg(path);
    }
    let output = run(&mut command);
    if output.status.code() == Some(77) {
        skip(&String::from_utf8_lossy(&output.stdout));
        return;
    }
    assert_fine("systemd-sysctl --strict", &output);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

fn harness_inside() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host-tuning-harness"));
    command.args(["inside", "run"]);
    command
}

/// A private user, network and mount namespace whose `/etc/sysctl.d` and so on are folders of ours.
struct PrivateHost {
    folder: TempDir,
}

const PRIVATE: [&str; 5] =
    ["/etc/sysctl.d", "/var/lib", "/usr/local/sbin", "/etc/systemd/system", "/etc/tmpfiles.d"];

impl PrivateHost {
    fn new() -> Result<Self, Skipped> {
        let unshare = program("unshare")?;
        let output = run(Command::new(unshare).args(["-Urnm", "true"]));
        if !output.status.success() {
            return Err(skip(&format!("unshare: {}", String::from_utf8_lossy(&output.stderr))));
        }
        let folder = tempfile::tempdir().unwrap();
        for path in PRIVATE {
            fs::create_dir_all(folder.path().join(&path[1..])).unwrap();
        }
        Ok(Self { folder })
    }

    /// Runs a shell script there; parameters persist only as long as it runs.
    ///
    /// Parameters that have no namespace would be the real machine's, and root keeps its right to write them even
    /// inside a user namespace: they are made read-only first, and nothing runs unless that worked.
    fn run(&self, script: &str) -> Output {
        let mut steps = String::from(
            "set -e
            for tree in abi debug dev fs kernel user vm; do
                [ -d /proc/sys/$tree ] || continue
                mount --bind /proc/sys/$tree /proc/sys/$tree
                mount -o remount,bind,ro /proc/sys/$tree
            done
            for key in vm/swappiness kernel/panic fs/file-max; do
                if [ -w /proc/sys/$key ]; then echo \"/proc/sys/$key is writable\" >&2; exit 1; fi
            done\n",
        );
        for path in PRIVATE {
            steps += &format!("[ -d {path} ] && mount --bind \"$1{path}\" {path}\n");
        }
        run(Command::new("unshare")
            .args(["-Urnm", "sh", "-c", &(steps + script), "sh"])
            .arg(self.folder.path()))
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn file(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }
}

/// What `NAME: VALUE` lines say.
fn lines(output: &Output) -> BTreeMap<String, String> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    stdout
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_script_does_what_apply_does() {
    let Ok(host) = PrivateHost::new() else { return };
    let mut overrides = Overrides::default();
    overrides.set("net.ipv4.ip_local_port_range", "20000 60999").unwrap();
    overrides.set("net.ipv4.ip_local_reserved_ports", "20092,20200-20300").unwrap();
    overrides.set("net.ipv4.tcp_rto_max_ms", "5000").unwrap();
    overrides.set("net.core.netdev_max_backlog", "5000").unwrap();
    let request = Request {
        roles: vec![Role::named("kafka-broker").unwrap(), Role::named("load-balancer-backend").unwrap()],
        overrides,
        ..Request::default()
    };
    host.put("tune.sh", &text(&request.compose().unwrap(), Format::Script));
    host.put("etc/sysctl.d/90-provision.conf", "net.ipv4.tcp_retries2 = 7\n");
    let output = host.run(
        r#"
        tune() { sh "$root/tune.sh" "$@"; }
        root=$1
        values() { for key in tcp_retries2 tcp_keepalive_time ip_local_port_range ip_local_reserved_ports; do
            printf '%s' "$(cat /proc/sys/net/ipv4/$key | tr '\t' ' ')," ; done; }
        echo "before: $(values)"
        tune apply > "$root/first"
        echo "applied: $(values)"
        tune check > "$root/checked"; echo "check: $?"
        echo "again: $(tune apply | grep -v here | tr '\n' ';')"
        echo 9 > /proc/sys/net/ipv4/tcp_retries2
        set +e; tune check > "$root/drifted"; echo "drift: $?"; set -e
        tune apply > /dev/null
        cp /etc/sysctl.d/90-provision.conf "$root/drop-in"
        cp /var/lib/provision/host-tuning/script/originals "$root/originals"
        echo 200 > /proc/sys/net/ipv4/tcp_keepalive_time
        tune revert > "$root/reverted"
        echo "after: $(values)"
        set +e; tune revert 2> "$root/nothing"; echo "nothing: $?"
        "#,
    );
    assert_fine("the script", &output);
    let said = lines(&output);
    assert_eq!(said["before"], "15,7200,32768 60999,,");
    assert_eq!(said["applied"], "5,120,20000 60999,20092,20200-20300,");
    assert_eq!((said["check"].as_str(), said["again"].as_str()), ("0", "nothing to do;"));
    assert_eq!(said["drift"], "2");
    assert!(host.file("drifted").unwrap().contains("drifted: net.ipv4.tcp_retries2 = 9, wanted equal 5"));
    // Foreign values stay, the others are those of before.
    assert_eq!(said["after"], "15,200,32768 60999,,");
    assert!(
        host.file("reverted")
            .unwrap()
            .contains("left alone: somebody else set net.ipv4.tcp_keepalive_time = 200")
    );
    assert_eq!(host.file("etc/sysctl.d/90-provision.conf").unwrap(), "net.ipv4.tcp_retries2 = 7\n");
    assert_eq!(said["nothing"], "1");
    let drop_in = host.file("drop-in").unwrap();
    assert!(
        drop_in.contains("\nnet.ipv4.tcp_retries2 = 5\n")
            && drop_in.contains("\n-net.ipv4.tcp_rto_max_ms = 5000\n"),
        "{drop_in}"
    );
    // The machine's own values are out of reach, said, and no failure.
    let first = host.file("first").unwrap();
    assert!(
        first.contains("not ours to set here: vm.")
            && first.contains("missing here: net.core.netdev_max_backlog"),
        "{first}"
    );
    let originals = host.file("originals").unwrap();
    for global in ["vm.", "kernel.", "fs."] {
        assert!(!first.contains(&format!("changed {global}")) && !originals.contains(global), "{first}");
    }
}

/// As on a Kubernetes node, where its container has nothing else.
#[test]
fn the_script_needs_no_more_than_busybox() {
    let Ok(busybox) = program("busybox") else { return };
    let Ok(host) = PrivateHost::new() else { return };
    host.put("tune.sh", &text(&profile("kafka-broker"), Format::Script));
    let output = host.run(&format!(
        r#"
        root=$1
        mkdir "$root/bin"; {} --install -s "$root/bin"; PATH=$root/bin
        for command in apply apply check revert; do
            ash "$root/tune.sh" "$command" > "$root/said" || exit 1
            echo "$command: $(tail -n 1 "$root/said"), $(cat /proc/sys/net/ipv4/tcp_retries2)"
        done
        "#,
        busybox.display()
    ));
    assert_fine("busybox", &output);
    let drop_in = "changed /etc/sysctl.d/90-provision.conf";
    let expected =
        format!("apply: {drop_in}, 5\napply: nothing to do, 5\ncheck: clean, 5\nrevert: {drop_in}, 15\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn the_script_rolls_back_what_the_kernel_refuses() {
    let Ok(host) = PrivateHost::new() else { return };
    let mut profile = profile("base");
    network_only(&mut profile);
    // A value that the catalogue would never let through: the kernel refuses it.
    let script = text(&profile, Format::Script);
    let broken = script.replace("tcp_syn_retries - 1 1 127 3", "tcp_syn_retries - 1 1 127 300");
    assert_ne!(script, broken);
    host.put("tune.sh", &broken);
    let output = host.run(
        r#"
        set +e
        sh "$1/tune.sh" apply > /dev/null 2> "$1/stderr"; echo "apply: $?"
        echo "retries2: $(cat /proc/sys/net/ipv4/tcp_retries2)"
        echo "keepalive: $(cat /proc/sys/net/ipv4/tcp_keepalive_time)"
        "#,
    );
    let said = lines(&output);
    assert_eq!(
        (said["apply"].as_str(), said["retries2"].as_str(), said["keepalive"].as_str()),
        ("1", "15", "7200")
    );
    assert!(
        host.file("stderr")
            .unwrap()
            .contains("net.ipv4.tcp_syn_retries = 300 could not be written; everything is rolled back")
    );
    assert!(host.file("var/lib/provision/host-tuning/script/originals").is_none());
    assert!(host.file("etc/sysctl.d/90-provision.conf").is_none());
}

#[test]
fn the_script_trusts_its_record_no_more_than_any_input() {
    let Ok(host) = PrivateHost::new() else { return };
    host.put("tune.sh", &text(&profile("base"), Format::Script));
    fs::create_dir_all(host.folder.path().join("var/lib/provision/host-tuning/script")).unwrap();
    let evil = [
        "original\tkernel.core_pattern\t|/bin/sh",
        "original\tnet.ipv4.tcp_retries2\t010",
        "original\tnet.ipv4.tcp_keepalive_time\t-5",
        "original\t../../etc/passwd\t5",
        "written\tnet.ipv4.tcp_retries2\t15",
    ];
    host.put("var/lib/provision/host-tuning/script/originals", &(evil.join("\n") + "\n"));
    host.put("var/lib/provision/host-tuning/script/drop-in.before", "kernel.core_pattern = |/bin/sh\n");
    host.put(
        "etc/sysctl.d/90-provision.conf",
        "# Written by provision tune: edit the profile, not this file.\n",
    );
    let output =
        host.run("sh \"$1/tune.sh\" revert; echo \"retries2: $(cat /proc/sys/net/ipv4/tcp_retries2)\"");
    assert_fine("revert", &output);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout.matches("refused: ").count(), 4, "{stdout}");
    assert!(stdout.contains("retries2: 15"));
    assert!(host.file("etc/sysctl.d/90-provision.conf").is_none(), "{stdout}");
}

#[test]
fn the_script_writes_only_files_of_an_image() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("tune.sh");
    fs::write(&script, text(&profile("base"), Format::Script)).unwrap();
    let image = folder.path().join("image");
    fs::create_dir(&image).unwrap();
    let tune = |command: &str| run(Command::new("sh").arg(&script).arg(command).arg("--root").arg(&image));
    if !rustix::process::geteuid().is_root() {
        let output = tune("apply");
        assert!(String::from_utf8_lossy(&output.stderr).contains("needs root"));
        return;
    }
    assert_fine("apply", &tune("apply"));
    assert_fine("check", &tune("check"));
    let drop_in = image.join("etc/sysctl.d/90-provision.conf");
    assert!(fs::read_to_string(&drop_in).unwrap().contains("net.ipv4.tcp_retries2 = 8"));
    assert_fine("revert", &tune("revert"));
    assert!(!drop_in.exists());
}

#[test]
fn the_script_says_how_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("tune.sh");
    fs::write(&script, text(&profile("base"), Format::Script)).unwrap();
    for arguments in [&[][..], &["destroy"], &["apply", "--root", "/"], &["apply", "--force"]] {
        let output = run(Command::new("sh").arg(&script).args(arguments));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("provision-tune: "), "{arguments:?}");
    }
}

#[test]
fn playbooks_pass_a_check_and_change_nothing_twice() {
    let Ok(ansible) = python_tool("host", "ansible-playbook") else { return };
    let Ok(host) = PrivateHost::new() else { return };
    host.put("playbook.yaml", &text(&profile("kafka-broker"), Format::Ansible));
    host.put(
        "inventory.ini",
        "localhost ansible_connection=local ansible_python_interpreter=\"{{ ansible_playbook_python }}\"\n",
    );
    // Its own home, because Ansible writes there.
    let output = host.run(&format!(
        r#"
        root=$1
        play() {{ HOME="$root" ANSIBLE_LOCAL_TEMP="$root/local" ANSIBLE_REMOTE_TEMP="$root/remote" {} -i "$root/inventory.ini" "$@" "$root/playbook.yaml"; }}
        play --check --diff > "$root/check"
        echo "untouched: $(cat /proc/sys/net/ipv4/tcp_retries2)"
        play > "$root/first"
        echo "set: $(cat /proc/sys/net/ipv4/tcp_retries2)"
        play > "$root/second"
        "#,
        ansible.display()
    ));
    let report = |file: &str| host.file(file).unwrap_or_default();
    assert_fine(&format!("{}\n{}\n{}", report("check"), report("first"), report("second")), &output);
    let said = lines(&output);
    assert_eq!((said["untouched"].as_str(), said["set"].as_str()), ("15", "5"));
    assert!(report("first").contains("changed=4"), "{}", report("first"));
    assert!(report("second").contains("changed=0"), "{}", report("second"));
}

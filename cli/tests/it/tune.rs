use std::path::Path;
use std::process::{Command, Stdio};

use provision_testing::{Skipped, program, skip};

use crate::run::{provision, run, shown};

#[test]
fn help() {
    insta::assert_snapshot!("tune-help", run(&["tune", "--help"]));
    for command in ["list", "show", "timeout", "check", "apply", "revert", "render", "measure"] {
        insta::assert_snapshot!(format!("tune-help-{command}"), run(&["tune", command, "--help"]));
    }
}

#[test]
fn list() {
    insta::assert_snapshot!("tune-list", run(&["tune", "list"]));
    insta::assert_snapshot!("tune-list-json", run(&["tune", "list", "tcp_retries2", "--json"]));
    insta::assert_snapshot!("tune-list-nothing", run(&["tune", "list", "tcp_tries"]));
}

#[test]
fn show() {
    insta::assert_snapshot!("tune-show", run(&["tune", "show", "--role", "octopus-server"]));
    insta::assert_snapshot!("tune-show-node", run(&["tune", "show", "--role", "kubernetes-node"]));
    let budget = [
        "tune",
        "show",
        "--role",
        "kestra-worker",
        "--detect-dead-peer-within",
        "30s",
        "--set",
        "vm.swappiness=5",
    ];
    insta::assert_snapshot!("tune-show-budget-json", run(&[&budget[..], &["--json"]].concat()));
}

#[test]
fn what_does_not_go_together_is_named() {
    insta::assert_snapshot!("tune-conflict", run(&["tune", "show", "--role", "database,kubernetes-node"]));
    insta::assert_snapshot!("tune-no-role", run(&["tune", "show"]));
    insta::assert_snapshot!("tune-unknown-role", run(&["tune", "show", "--role", "kafka-brocker"]));
}

#[test]
fn values_are_checked_like_any_input() {
    let bad = |value: &str| run(&["tune", "show", "--set", value]);
    insta::assert_snapshot!("tune-bad-octal", bad("net.ipv4.tcp_retries2=010"));
    insta::assert_snapshot!("tune-bad-range", bad("net.ipv4.tcp_keepalive_time=-5"));
    insta::assert_snapshot!("tune-bad-path", bad("net/../kernel.panic=1"));
    insta::assert_snapshot!("tune-bad-key", bad("kernel.core_pattern=|/bin/sh"));
    insta::assert_snapshot!("tune-bad-form", bad("net.ipv4.tcp_retries2"));
}

#[test]
fn timeout() {
    insta::assert_snapshot!("tune-timeout", run(&["tune", "timeout"]));
    insta::assert_snapshot!(
        "tune-timeout-one",
        run(&["tune", "timeout", "--retries", "5", "--rtt", "10ms", "--hz", "1000"])
    );
    insta::assert_snapshot!("tune-timeout-budget", run(&["tune", "timeout", "--budget", "30s"]));
    insta::assert_snapshot!(
        "tune-timeout-budget-json",
        run(&["tune", "timeout", "--budget", "30s", "--rto-max", "--json"])
    );
    insta::assert_snapshot!("tune-timeout-too-short", run(&["tune", "timeout", "--budget", "2s"]));
    insta::assert_snapshot!("tune-timeout-bad", run(&["tune", "timeout", "--budget", "soon", "--hz", "7"]));
}

#[test]
fn render() {
    for format in ["sysctl", "script", "cloud-init", "ansible", "systemd", "daemonset", "kubelet"] {
        insta::assert_snapshot!(
            format!("tune-render-{format}"),
            run(&["tune", "render", "--role", "search-node", "--format", format])
        );
    }
}

#[test]
fn rendering_asks_before_it_overwrites_what_is_not_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("its name is plain");
    let render = |extra: &[&str]| {
        let arguments = ["tune", "render", "--role", "base", "--format", "sysctl", "-o", path];
        run(&[&arguments[..], extra].concat()).replace(path, "FOLDER")
    };
    insta::assert_snapshot!("tune-render-written", render(&[]));
    assert_eq!(render(&[]), render(&[]), "our own file is overwritten without a question");
    std::fs::write(folder.path().join("90-provision.conf"), "mine\n").expect("it is written");
    insta::assert_snapshot!("tune-render-foreign", render(&[]));
    insta::assert_snapshot!("tune-render-foreign-yes", render(&["--yes"]));
}

#[test]
fn an_image_is_applied_checked_and_reverted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("its name is plain");
    let tune =
        |arguments: &[&str]| run(&[&["tune"], arguments, &["--root", path]].concat()).replace(path, "IMAGE");
    let role = ["--role", "base"];
    insta::assert_snapshot!("tune-image-before", tune(&[&["check"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-no-consent", tune(&[&["apply"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-apply", tune(&[&["apply", "--yes"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-again", tune(&[&["apply", "--json"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-check-json", tune(&[&["check", "--json"][..], &role].concat()));
    let late = folder.path().join("etc/sysctl.d/95-late.conf");
    std::fs::write(late, "# theirs\nnet.ipv4.tcp_retries2 = 15\n").expect("it is written");
    insta::assert_snapshot!("tune-image-overridden", tune(&[&["check"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-warned", tune(&[&["apply"][..], &role].concat()));
    insta::assert_snapshot!("tune-image-revert", tune(&["revert", "--yes"]));
    insta::assert_snapshot!("tune-image-nothing", tune(&["revert", "--yes"]));
}

#[test]
fn no_such_target() {
    let check = |target: &[&str]| run(&[&["tune", "check", "--role", "base"], target].concat());
    insta::assert_snapshot!("tune-no-container", check(&["--container", "nobody"]));
    insta::assert_snapshot!("tune-no-unit", check(&["--unit", "nobody.service"]));
    insta::assert_snapshot!("tune-no-process", check(&["--process", "4294967295"]));
    insta::assert_snapshot!("tune-no-folder", check(&["--root", "/no/such/folder"]));
}

/// Runs this in a user, network and mount namespace of its own, whose `/etc/sysctl.d` and `/var/lib` are ours.
/// What has no namespace is read-only there: root keeps its right to write it even inside a user namespace.
fn privately(folder: &Path, script: &str) -> Result<String, Skipped> {
    let unshare = program("unshare")?;
    let prepare = "set -e
        for tree in abi debug dev fs kernel user vm; do
            [ -d /proc/sys/$tree ] || continue
            mount --bind /proc/sys/$tree /proc/sys/$tree
            mount -o remount,bind,ro /proc/sys/$tree
        done
        for key in vm/swappiness kernel/panic fs/file-max; do [ ! -w /proc/sys/$key ] || exit 78; done
        mkdir -p \"$1/sysctl.d\" \"$1/lib\"
        mount --bind \"$1/sysctl.d\" /etc/sysctl.d
        mount --bind \"$1/lib\" /var/lib
        provision=$2
        set +e\n";
    let mut command = Command::new(&unshare);
    command.args(["-Urnm", "sh", "-c", &format!("{prepare}{script}"), "sh"]).arg(folder);
    command.arg(env!("CARGO_BIN_EXE_provision"));
    let allowed = Command::new(unshare).args(["-Urnm", "true"]).stderr(Stdio::null()).status();
    if !allowed.is_ok_and(|status| status.success()) {
        return Err(skip("user namespaces are forbidden here"));
    }
    Ok(shown(command, ""))
}

#[test]
fn a_running_host_is_applied_checked_and_reverted() {
    let folder = tempfile::tempdir().expect("a folder");
    let Ok(shown) = privately(
        folder.path(),
        r#"
        wish='--set net.ipv4.tcp_retries2=5 --set net.core.somaxconn=8192 --set net.core.netdev_max_backlog=5000'
        show() { cat /proc/sys/net/ipv4/tcp_retries2 /proc/sys/net/core/somaxconn; }
        exec 2>&1
        for step in "check $wish" "apply $wish --yes" "apply $wish" "check $wish" "revert --yes --json" "revert --yes"; do
            echo "\$ provision tune $step"
            $provision tune $step
            echo "exit code: $?"
            show
        done
        "#,
    ) else {
        return;
    };
    insta::assert_snapshot!("tune-running", shown);
}

#[test]
fn a_process_is_checked_where_it_lives() {
    let folder = tempfile::tempdir().expect("a folder");
    let Ok(shown) = privately(
        folder.path(),
        r#"
        mkfifo "$1/ready"
        unshare -n sh -c 'echo 7 > /proc/sys/net/ipv4/tcp_retries2; echo > "$0/ready"; exec sleep 60' "$1" &
        process=$!
        read -r _ < "$1/ready"
        exec 2>&1
        for target in "--process $process" ""; do
            $provision tune check --set net.ipv4.tcp_retries2=7 $target
            echo "exit code: $?"
        done
        kill $process
        "#,
    ) else {
        return;
    };
    insta::assert_snapshot!("tune-process", shown);
}

#[test]
fn measure() {
    let shown = shown(provision(&["tune", "measure", "--retries", "1,2", "--json"]), "");
    if shown.contains("user namespaces are forbidden") {
        skip("user namespaces are forbidden here");
        return;
    }
    // The times differ from run to run: that they lie in the band is what `agrees` says.
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r#""seconds": \d+\.\d+"#, r#""seconds": "#.to_owned() + "[measured]");
    settings.bind(|| insta::assert_snapshot!("tune-measure-json", shown));
    insta::assert_snapshot!("tune-measure-too-long", run(&["tune", "measure", "--retries", "15"]));
}

#[test]
fn a_child_that_is_not_ours_to_ask_says_so() {
    insta::assert_snapshot!("tune-measure-child", shown(provision(&["tune", "measure-child"]), "nonsense"));
}

//! Apply, check and revert on trees of files that stand for a host: no kernel is touched.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they report")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use provision_host_tuning::change::{
    ApplyError, Overridden, Plan, RevertError, State, Taken, Verdict, check, revert,
};
use provision_host_tuning::host::{DROP_IN, Host, Loader, Target};
use provision_host_tuning::profile::{Overrides, Profile, Request, Role};
use provision_host_tuning::value::SysctlKey;
use tempfile::TempDir;

const RECORD: &str = "var/lib/provision/host-tuning/originals.json";

/// A folder for the files, another one for the parameters.
struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    fn new(parameters: &[(&str, &str)]) -> Self {
        let sandbox = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(sandbox.root()).unwrap();
        for (key, value) in parameters {
            sandbox.put(&format!("proc/{}", key.replace('.', "/")), &format!("{value}\n"));
        }
        sandbox
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn proc_sys(&self) -> PathBuf {
        self.folder.path().join("proc")
    }

    fn host(&self) -> Host {
        Host::running(self.root(), self.proc_sys())
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn file(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }

    fn live(&self, key: &str) -> String {
        self.file(&format!("proc/{}", key.replace('.', "/"))).unwrap().trim().to_owned()
    }
}

fn wanting(values: &[(&str, &str)]) -> Profile {
    let mut overrides = Overrides::default();
    for (key, value) in values {
        overrides.set(key, value).unwrap();
    }
    Request { overrides, ..Request::default() }.compose().unwrap()
}

fn apply(profile: &Profile, host: &Host) -> Result<(), ApplyError> {
    Plan::of(profile, host).unwrap().apply(host).map(|_| ())
}

#[test]
fn a_failed_write_takes_everything_back_and_says_which() {
    let sandbox = Sandbox::new(&[("net.core.somaxconn", "4096"), ("net.ipv4.tcp_syn_retries", "6")]);
    // In the middle of the order of keys: whatever is written there reads back as nothing.
    symlink("/dev/null", sandbox.proc_sys().join("net/ipv4/tcp_retries2")).unwrap();
    let profile = wanting(&[
        ("net.core.somaxconn", "8192"),
        ("net.ipv4.tcp_retries2", "5"),
        ("net.ipv4.tcp_syn_retries", "2"),
    ]);
    let error = apply(&profile, &sandbox.host()).unwrap_err().to_string();
    assert!(error.contains("`net.ipv4.tcp_retries2"), "{error}");
    assert_eq!(sandbox.live("net.core.somaxconn"), "4096");
    assert_eq!(sandbox.live("net.ipv4.tcp_syn_retries"), "6");
    assert!(
        sandbox.file(&format!("root/{DROP_IN}")).is_none()
            && sandbox.file(&format!("root/{RECORD}")).is_none()
    );
}

#[test]
fn a_value_that_reads_back_differently_is_rolled_back() {
    let sandbox = Sandbox::new(&[("net.core.somaxconn", "4096")]);
    sandbox.put("proc/net/ipv4/tcp_retries2", "15\n");
    let profile = wanting(&[("net.core.somaxconn", "8192"), ("net.ipv4.tcp_retries2", "5")]);
    let host = sandbox.host();
    let plan = Plan::of(&profile, &host).unwrap();
    // Between plan and apply the parameter turns into one that swallows what is written.
    fs::remove_file(sandbox.proc_sys().join("net/ipv4/tcp_retries2")).unwrap();
    symlink("/dev/null", sandbox.proc_sys().join("net/ipv4/tcp_retries2")).unwrap();
    let error = plan.apply(&host).unwrap_err();
    let ApplyError::Write { rolled_back, stuck, .. } = &error else { panic!("{error}") };
    assert_eq!(rolled_back.iter().map(SysctlKey::as_str).collect::<Vec<_>>(), ["net.core.somaxconn"]);
    // It can't be put back either: said, and kept in the record.
    assert_eq!(stuck[0].0.as_str(), "net.ipv4.tcp_retries2");
    assert!(error.to_string().contains("took it as"), "{error}");
    assert!(sandbox.file(&format!("root/{RECORD}")).unwrap().contains("tcp_retries2"));
    assert_eq!(sandbox.live("net.core.somaxconn"), "4096");
}

#[test]
fn a_drop_in_that_cannot_be_written_takes_the_values_back() {
    let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "15")]);
    // A folder stands where the file is prepared.
    sandbox.put("root/etc/sysctl.d/.90-provision.conf.new/x", "");
    let host = sandbox.host();
    let error = apply(&wanting(&[("net.ipv4.tcp_retries2", "5")]), &host).unwrap_err();
    assert!(error.to_string().contains("90-provision.conf"), "{error}");
    assert!(error.to_string().contains("rolled back: net.ipv4.tcp_retries2"), "{error}");
    assert_eq!(sandbox.live("net.ipv4.tcp_retries2"), "15");
}

#[test]
fn missing_parameters_are_reported_and_the_others_set() {
    let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "15")]);
    let profile = wanting(&[
        ("net.ipv4.tcp_retries2", "5"),
        ("net.ipv4.tcp_rto_max_ms", "5000"),
        ("net.core.netdev_max_backlog", "5000"),
        ("net.netfilter.nf_conntrack_max", "262144"),
    ]);
    let host = sandbox.host();
    apply(&profile, &host).unwrap();
    let checked = check(&profile, &host).unwrap();
    assert_eq!(checked.verdict(), Verdict::Clean);
    let why = |key: &str| {
        let step = checked.steps.iter().find(|step| step.setting.parameter.key.as_str() == key).unwrap();
        let State::Missing { why } = &step.state else { panic!("{:?}", step.state) };
        why.clone()
    };
    assert!(why("net.ipv4.tcp_rto_max_ms").contains("Linux 6.15"));
    assert!(why("net.core.netdev_max_backlog").contains("first network namespace"));
    assert!(why("net.netfilter.nf_conntrack_max").contains("nf_conntrack isn't loaded"));
    // At boot a missing one must not fail the others.
    let drop_in = sandbox.file(&format!("root/{DROP_IN}")).unwrap();
    assert!(drop_in.contains("\n-net.ipv4.tcp_rto_max_ms = 5000\n"), "{drop_in}");
    assert!(drop_in.contains("\nnet.ipv4.tcp_retries2 = 5\n"), "{drop_in}");
}

#[test]
fn what_the_host_has_more_of_is_left_alone() {
    let sandbox = Sandbox::new(&[
        ("net.core.somaxconn", "65535"),
        ("vm.swappiness", "0"),
        ("net.ipv4.tcp_retries2", "8"),
        ("kernel.pid_max", "99999"),
    ]);
    let profile = Request::for_role(Role::named("base").unwrap()).compose().unwrap();
    let host = sandbox.host();
    apply(&profile, &host).unwrap();
    assert_eq!(
        (sandbox.live("net.core.somaxconn"), sandbox.live("vm.swappiness")),
        ("65535".into(), "0".into())
    );
    assert_eq!(sandbox.live("kernel.pid_max"), "4194304");
    let drop_in = sandbox.file(&format!("root/{DROP_IN}")).unwrap();
    assert!(
        drop_in.contains("# net.core.somaxconn >= 4096") && drop_in.contains("kernel.pid_max = 4194304"),
        "{drop_in}"
    );
    assert!(Plan::of(&profile, &host).unwrap().is_empty());
}

#[test]
fn a_zero_that_cannot_be_written_back_returns_through_its_counterpart() {
    let sandbox = Sandbox::new(&[("vm.dirty_bytes", "0"), ("vm.dirty_ratio", "20")]);
    let host = sandbox.host();
    apply(&wanting(&[("vm.dirty_bytes", "536870912")]), &host).unwrap();
    // As the kernel does.
    sandbox.put("proc/vm/dirty_ratio", "0\n");
    let reverted = revert(&host).unwrap();
    assert_eq!(
        reverted.values,
        [("vm.dirty_bytes".to_owned(), Taken::Back("vm.dirty_ratio = 20".to_owned()))]
    );
    assert_eq!(sandbox.live("vm.dirty_ratio"), "20");
}

#[test]
fn values_come_back_in_reverse_and_foreign_ones_stay() {
    let keys =
        [("net.core.somaxconn", "4096"), ("net.ipv4.tcp_retries2", "15"), ("net.ipv4.tcp_syn_retries", "6")];
    let sandbox = Sandbox::new(&keys);
    let host = sandbox.host();
    apply(
        &wanting(&[
            ("net.core.somaxconn", "8192"),
            ("net.ipv4.tcp_retries2", "5"),
            ("net.ipv4.tcp_syn_retries", "2"),
        ]),
        &host,
    )
    .unwrap();
    sandbox.put("proc/net/ipv4/tcp_retries2", "9\n");
    let reverted = revert(&host).unwrap();
    assert_eq!(
        reverted.values,
        [
            ("net.ipv4.tcp_syn_retries".to_owned(), Taken::Back("net.ipv4.tcp_syn_retries = 6".to_owned())),
            ("net.ipv4.tcp_retries2".to_owned(), Taken::Foreign { live: "9".to_owned() }),
            ("net.core.somaxconn".to_owned(), Taken::Back("net.core.somaxconn = 4096".to_owned())),
        ]
    );
    assert!(matches!(revert(&host), Err(RevertError::Nothing)));
}

#[test]
fn an_earlier_drop_in_comes_back() {
    let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "15")]);
    sandbox.put(&format!("root/{DROP_IN}"), "net.ipv4.tcp_retries2 = 7\n");
    let host = sandbox.host();
    apply(&wanting(&[("net.ipv4.tcp_retries2", "5")]), &host).unwrap();
    apply(&wanting(&[("net.ipv4.tcp_retries2", "6")]), &host).unwrap();
    revert(&host).unwrap();
    assert_eq!(sandbox.file(&format!("root/{DROP_IN}")).unwrap(), "net.ipv4.tcp_retries2 = 7\n");
    assert_eq!(sandbox.live("net.ipv4.tcp_retries2"), "15");
}

#[test]
fn a_record_is_trusted_no_more_than_any_input() {
    let entry = |key: &str, original: &str| {
        format!(r#"{{"key":"{key}","original":"{original}","counterpart":null,"written":["5"]}}"#)
    };
    let evil = [
        ("kernel.core_pattern", "|/bin/sh", "not in the catalogue"),
        ("../../etc/passwd", "5", "holds a `/`"),
        ("net.ipv4.tcp_retries2", "010", "octal"),
        ("net.ipv4.tcp_retries2", "300", "out of range"),
        ("net.ipv4.tcp_keepalive_time", "-5", "out of range"),
    ];
    for (key, original, reason) in evil {
        let sandbox = Sandbox::new(&[
            ("kernel.core_pattern", "core"),
            ("net.ipv4.tcp_retries2", "5"),
            ("net.ipv4.tcp_keepalive_time", "5"),
        ]);
        let entries = entry(key, original);
        let record = format!(
            r#"{{"version":1,"phase":"applied","entries":[{entries}],"drop_in_before":"kernel.core_pattern = |/bin/sh\n"}}"#
        );
        sandbox.put(&format!("root/{RECORD}"), &record);
        sandbox.put(
            &format!("root/{DROP_IN}"),
            "# Written by provision tune: edit the profile, not this file.\n",
        );
        let reverted = revert(&sandbox.host()).unwrap();
        let Taken::Refused { reason: said } = &reverted.values[0].1 else { panic!("{reverted:?}") };
        assert!(said.contains(reason), "{said}");
        assert_eq!(sandbox.live("kernel.core_pattern"), "core");
        assert_eq!(sandbox.live("net.ipv4.tcp_retries2"), "5");
        // The text of before would be root's shell, too.
        assert!(sandbox.file(&format!("root/{DROP_IN}")).is_none(), "{}", reverted.drop_in);
    }
}

#[test]
fn a_damaged_record_stops_everything() {
    for record in ["", "{", r#"{"version":2,"phase":"applied","entries":[],"drop_in_before":null}"#] {
        let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "15")]);
        sandbox.put(&format!("root/{RECORD}"), record);
        let host = sandbox.host();
        let profile = wanting(&[("net.ipv4.tcp_retries2", "5")]);
        for message in
            [revert(&host).unwrap_err().to_string(), apply(&profile, &host).unwrap_err().to_string()]
        {
            assert!(
                message.contains("originals.json") && message.contains("nothing was changed"),
                "{message}"
            );
        }
        assert_eq!(sandbox.live("net.ipv4.tcp_retries2"), "15");
    }
}

#[test]
fn a_host_whose_own_value_is_nonsense_is_not_touched() {
    let sandbox = Sandbox::new(&[("net.ipv4.tcp_keepalive_time", "-5")]);
    let error =
        apply(&wanting(&[("net.ipv4.tcp_keepalive_time", "60")]), &sandbox.host()).unwrap_err().to_string();
    assert!(error.contains("1 to 32767"), "{error}");
    assert_eq!(sandbox.live("net.ipv4.tcp_keepalive_time"), "-5");
}

fn overriding(sandbox: &Sandbox) -> Vec<(Loader, String, usize)> {
    let checked = check(&wanting(&[("net.ipv4.tcp_retries2", "5")]), &sandbox.host()).unwrap();
    checked
        .overridden
        .into_iter()
        .map(|Overridden { by, assignment, .. }| (by, assignment.file.display().to_string(), assignment.line))
        .collect()
}

#[test]
fn whoever_overrides_us_is_named_as_each_program_sees_it() {
    let with = |files: &[(&str, &str)]| {
        let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "5")]);
        sandbox.put(&format!("root/{DROP_IN}"), "net.ipv4.tcp_retries2 = 5\n");
        for (file, text) in files {
            sandbox.put(&format!("root/{file}"), text);
        }
        sandbox
    };
    let both = |file: &str, line| {
        vec![(Loader::Systemd, file.to_owned(), line), (Loader::Procps, file.to_owned(), line)]
    };
    // systemd ignores /etc/sysctl.conf, procps applies it last.
    let sandbox = with(&[("etc/sysctl.conf", "# mine\nnet.ipv4.tcp_retries2 = 15\n")]);
    assert_eq!(overriding(&sandbox), [(Loader::Procps, "etc/sysctl.conf".to_owned(), 2)]);
    // ... unless the link that Debian has is there.
    symlink("../sysctl.conf", sandbox.root().join("etc/sysctl.d/99-sysctl.conf")).unwrap();
    assert_eq!(
        overriding(&sandbox).iter().map(|(by, ..)| *by).collect::<Vec<_>>(),
        [Loader::Systemd, Loader::Procps]
    );
    // The order of names decides across folders, a later name wins.
    let later = "usr/lib/sysctl.d/95-vendor.conf";
    assert_eq!(overriding(&with(&[(later, "net.ipv4.tcp_retries2=7\n")])), both(later, 1));
    assert_eq!(overriding(&with(&[("etc/sysctl.d/10-early.conf", "net.ipv4.tcp_retries2=7\n")])), []);
    // Of the same name in two folders only the first counts.
    let masked = with(&[
        ("usr/lib/sysctl.d/95-vendor.conf", "net.ipv4.tcp_retries2=7\n"),
        ("etc/sysctl.d/95-vendor.conf", "# nothing\n"),
    ]);
    assert_eq!(overriding(&masked), []);
    let masked = with(&[("usr/lib/sysctl.d/95-vendor.conf", "net.ipv4.tcp_retries2=7\n")]);
    symlink("/dev/null", masked.root().join("etc/sysctl.d/95-vendor.conf")).unwrap();
    assert_eq!(overriding(&masked), []);
    // A wildcard loses to our explicit key, the other notation doesn't.
    assert_eq!(overriding(&with(&[("etc/sysctl.d/99-all.conf", "net.ipv4.tcp_* = 7\n")])), []);
    let slashes = "etc/sysctl.d/99-slashes.conf";
    assert_eq!(overriding(&with(&[(slashes, "; x\n-net/ipv4/tcp_retries2=7\n")])), both(slashes, 2));
    // The last of two lines wins; one that agrees is no finding.
    let twice =
        with(&[("etc/sysctl.d/99-twice.conf", "net.ipv4.tcp_retries2=7\nnet.ipv4.tcp_retries2 = 5\n")]);
    assert_eq!(overriding(&twice), []);
}

#[test]
fn an_image_is_changed_in_its_files_only() {
    let sandbox = Sandbox::new(&[("net.ipv4.tcp_retries2", "15")]);
    let host = Host::image(sandbox.root());
    let profile = wanting(&[("net.ipv4.tcp_retries2", "5")]);
    assert_eq!(check(&profile, &host).unwrap().verdict(), Verdict::Findings);
    apply(&profile, &host).unwrap();
    assert_eq!(sandbox.live("net.ipv4.tcp_retries2"), "15");
    let checked = check(&profile, &host).unwrap();
    assert_eq!((checked.verdict(), &checked.steps[0].state), (Verdict::Clean, &State::NotRunning));
    revert(&host).unwrap();
    assert!(sandbox.file(&format!("root/{DROP_IN}")).is_none());
}

#[test]
fn no_link_of_an_image_leads_out_of_it() {
    let sandbox = Sandbox::new(&[]);
    let outside = sandbox.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::create_dir_all(sandbox.root().join("etc")).unwrap();
    // An absolute link means the image's own root, and `..` stops there.
    symlink("/real/sysctl.d", sandbox.root().join("etc/sysctl.d")).unwrap();
    symlink("../../../../outside", sandbox.root().join("var")).unwrap();
    let host = Host::image(sandbox.root());
    apply(&wanting(&[("net.ipv4.tcp_retries2", "5")]), &host).unwrap();
    assert!(sandbox.file("root/real/sysctl.d/90-provision.conf").is_some());
    assert!(sandbox.file("root/outside/lib/provision/host-tuning/originals.json").is_some());
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    let around = sandbox.root().join("etc/around");
    symlink("around", &around).unwrap();
    assert!(host.files.resolve(Path::new("etc/around/x")).unwrap_err().to_string().contains("too many"));
}

#[test]
fn what_is_not_a_parameter_is_checked_too() {
    let sandbox = Sandbox::new(&[]);
    sandbox.put("root/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
    sandbox.put("root/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 8 0 -2\n");
    let profile = Request::for_role(Role::named("search-node").unwrap()).compose().unwrap();
    let findings = check(&profile, &sandbox.host()).unwrap().findings;
    let found: Vec<_> = findings.iter().map(|finding| (finding.what, finding.found.as_str())).collect();
    assert_eq!(found, [("transparent huge pages", "always"), ("swap", "/dev/sda2")]);
}

#[test]
fn a_component_is_found_by_process_container_or_unit() {
    let sandbox = Sandbox::new(&[]);
    let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let pod = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    sandbox.put("root/proc/10/cgroup", "0::/system.slice/kestra.service\n");
    sandbox.put("root/proc/20/cgroup", &format!("0::/system.slice/docker-{id}.scope\n"));
    sandbox.put("root/proc/21/cgroup", &format!("0::/system.slice/docker-{id}.scope/child\n"));
    sandbox.put("root/proc/30/cgroup", &format!("1:cpu:/machine.slice/libpod-{pod}.scope\n"));
    sandbox.put(
        &format!("root/var/lib/docker/containers/{id}/config.v2.json"),
        &format!(r#"{{"ID":"{id}","Name":"/worker"}}"#),
    );
    sandbox.put(
        "root/var/lib/containers/storage/overlay-containers/containers.json",
        &format!(r#"[{{"id":"{pod}","names":["broker"]}}]"#),
    );
    let find = |target: Target| target.process_below(&sandbox.root()).map_err(|error| error.to_string());
    assert_eq!(find(Target::Process(10)), Ok(10));
    assert_eq!(find(Target::Unit("kestra".into())), Ok(10));
    assert_eq!(find(Target::Container("worker".into())), Ok(20));
    assert_eq!(find(Target::Container(id[..12].into())), Ok(20));
    assert_eq!(find(Target::Container("broker".into())), Ok(30));
    for (target, says) in [
        (Target::Process(99), "no process 99"),
        (Target::Container("other".into()), "--process"),
        (Target::Container("0123".into()), "no running container"),
        (Target::Unit("other.service".into()), "no running process"),
    ] {
        let message = find(target).unwrap_err();
        assert!(message.contains(says), "{message}");
    }
}

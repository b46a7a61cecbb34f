//! The documented policies: that they are those of the calls that are made, that they suffice, and that each permission in
//! them is needed. Whether one may do something, the emulator decides by these very policies.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use provision_aws::permissions::{besides, calls, needed, policies, source, store_calls};
use provision_testing::workspace_root;
use serde_json::{Value as Json, json};

use crate::emulator::{Emulator, ZONE};
use crate::scene::{directories, shared_out};
use crate::support::{End, Tried, Work, World, in_full, writes_anew};

pub(crate) fn are_up_to_date() -> Tried {
    let root = workspace_root();
    let mut problems = Vec::new();
    let made = calls_in_sources(&root.join("clouds/aws/src"));
    let lines: String = made.iter().map(|call| format!("{call}\n")).collect();
    written(&root.join("clouds/aws/calls.txt"), &lines, &mut problems);
    // Those that were compiled in: one more run writes the policies of new calls.
    for (name, policy) in policies() {
        let text = format!("{}\n", serde_json::to_string_pretty(&policy).unwrap());
        written(&root.join(format!("docs/aws/{name}.json")), &text, &mut problems);
    }
    assert!(
        problems.is_empty(),
        "{}: PROVISION_UPDATE=1 writes anew (twice for new calls)",
        problems.join(", ")
    );
    Ok(())
}

fn written(path: &Path, text: &str, problems: &mut Vec<String>) {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    if writes_anew() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    problems.push(format!("{} is out of date", path.display()));
}

/// Everything goes through `Cloud::call` and `Cloud::pages`, with the names of service and operation written out.
fn calls_in_sources(folder: &Path) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for path in sources(folder) {
        let text = fs::read_to_string(&path).unwrap();
        // The one place that passes them on.
        if path.ends_with("src/connection.rs") {
            made.insert("sts:GetCallerIdentity".to_owned());
            continue;
        }
        for (at, word) in text.match_indices("call(").chain(text.match_indices("pages(")) {
            let mut arguments = text[at + word.len()..].splitn(3, ',').map(str::trim);
            let (Some(service), Some(operation)) = (arguments.next(), arguments.next()) else { continue };
            let quoted = |text: &str| text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
            let Some(operation) = quoted(operation) else { continue };
            let service = quoted(service).or_else(|| constant(&path, service));
            let service =
                service.unwrap_or_else(|| panic!("{}: which service is {operation} of?", path.display()));
            made.insert(format!("{service}:{operation}"));
        }
    }
    made
}

/// The value of a constant of this file, or of the module that it belongs to.
fn constant(file: &Path, name: &str) -> Option<String> {
    let modules = file.ancestors().skip(1).map(|folder| folder.join("mod.rs"));
    std::iter::once(file.to_owned()).chain(modules.take(3)).find_map(|path| {
        let text = fs::read_to_string(path).ok()?;
        let value = text.split_once(&format!("const {name}: &str = \""))?.1;
        Some(value.split_once('"')?.0.to_owned())
    })
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
    all
}

/// An estate whose user has the policies and nothing else.
struct Guarded<'a> {
    world: World<'a>,
    /// Permissions that are known to be needed: denied once, somewhere, and then nothing went on.
    needed: &'a mut BTreeSet<String>,
}

impl Guarded<'_> {
    /// Does it again and again until nothing is denied any more. Each permission is denied once, when it is first used, and
    /// whoever is denied has to say so.
    fn until_done(&mut self, work: &Work) {
        for _ in 0..60 {
            let end = self.world.run(work);
            let said = self.world.emulator.shim("denied", &json!({}));
            let denied: Vec<String> = serde_json::from_value(said["denied"].clone()).unwrap();
            if denied.is_empty() {
                match end {
                    End::Done { complete: true, .. } => return,
                    other => panic!("{}: the policies don't suffice: {other:?}", work.mode),
                }
            }
            let said = match end {
                End::Done { complete: false, report, .. } => report,
                End::Refused(why) => why,
                other => panic!("{}: {denied:?} were denied, and nobody minded: {other:?}", work.mode),
            };
            let named = denied
                .iter()
                .filter(|action| said.contains(&format!("the permission `{action}` is missing")));
            assert!(named.count() > 0, "{denied:?} are not named: {said}");
            self.needed.extend(denied);
        }
        panic!("{}: more and more is denied", work.mode);
    }

    fn policies(&mut self, deny: &str) {
        let policies: Vec<Json> = provided();
        let order = json!({"policies": policies, "deny": deny, "asked": self.needed});
        let keys = self.world.emulator.shim("permissions", &order);
        let text = |name: &str| keys[name].as_str().unwrap().to_owned();
        self.world.keys = (text("key"), text("secret"));
    }
}

/// For the deployment and the ledger of the tests.
pub(crate) fn provided() -> Vec<Json> {
    let named = |text: String| {
        let text = text.replace("DEPLOYMENT", crate::run::DEPLOYMENT);
        text.replace("LEDGER", "the-ledger").replace("hostedzone/ZONE", &format!("hostedzone/{ZONE}"))
    };
    policies()
        .into_iter()
        .map(|(_, policy)| serde_json::from_str(&named(policy.to_string())).unwrap())
        .collect()
}

/// Each of the directories is made, planned, asked how it is, changed, changed back, let go and made again, and destroyed. The gate does it
/// with the smallest one, and so doesn't see that the rest of the permissions is needed.
pub(crate) fn suffice_and_are_needed() -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let mut needed_actions = BTreeSet::new();
    let is_tried = |directory: &PathBuf| in_full() || directory.ends_with("machines");
    for directory in directories(folder.path()).into_iter().filter(is_tried) {
        let emulator = Emulator::fresh()?;
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        let mut guarded = Guarded { world: World::new(&emulator, &directory), needed: &mut needed_actions };
        guarded.policies("first");
        guarded.until_done(&Work::new("preflight"));
        guarded.until_done(&Work::new("apply"));
        guarded.until_done(&Work::new("plan"));
        guarded.until_done(&Work::new("members"));
        let changed = crate::changes::changed(&directory, &folder.path().join(format!("{name}-changed")));
        guarded.world.directory = changed.clone();
        guarded.until_done(&Work::new("apply"));
        let last = if crate::changes::can_be_undone(&directory) {
            directory.clone()
        } else {
            crate::changes::changed(&changed, &folder.path().join(format!("{name}-changed-again")))
        };
        guarded.world.directory = last.clone();
        guarded.until_done(&Work::new("apply"));
        // In a copy: what was let go is nobody's to destroy.
        let copy = emulator.fork(0);
        let mut letting = Guarded { world: guarded.world.copied(&copy), needed: guarded.needed };
        letting.world.directory =
            crate::changes::let_go(&last, &folder.path().join(format!("{name}-let-go")));
        letting.world.keys = guarded.world.keys.clone();
        letting.until_done(&Work::new("apply"));
        let keys = guarded.world.keys.clone();
        let mut guarded = Guarded { world: guarded.world.copied(&emulator), needed: letting.needed };
        guarded.world.keys = keys;
        // The first one's user knows nothing of what the copy was denied meanwhile.
        guarded.policies("first");
        guarded.until_done(&Work::new("destroy"));
    }
    let emulator = Emulator::fresh()?;
    let services = workspace_root().join("clouds/aws/tests/directories/services");
    let mut guarded = Guarded { world: World::new(&emulator, &services), needed: &mut needed_actions };
    guarded.policies("first");
    guarded.until_done(&Work::new("store"));
    drop(guarded);

    let all: BTreeSet<&str> = calls().chain(store_calls()).filter_map(needed).collect();
    let unknown: Vec<&String> =
        needed_actions.iter().filter(|action| !all.contains(action.as_str())).collect();
    assert!(unknown.is_empty(), "asked for, and in no policy: {unknown:?}");
    println!("permissions: {} denied once each, and missed", needed_actions.len());
    if !in_full() {
        assert!(needed_actions.len() > 20, "only {needed_actions:?}");
        return Ok(());
    }
    let open: BTreeSet<&str> = all.into_iter().filter(|action| !needed_actions.contains(*action)).collect();
    // What is needed besides a call, and the emulator doesn't look at, stands in `permissions.yaml`.
    assert!(open.is_empty(), "no run shows that these are needed: {open:?}");
    Ok(())
}

/// What the emulator doesn't look at has a source each, and is in the policies.
pub(crate) fn exceptions_have_sources() -> Tried {
    let text: String = policies().into_iter().map(|(_, policy)| policy.to_string()).collect();
    for more in besides() {
        assert!(more.source.starts_with("https://docs.aws.amazon.com/"), "{}", more.action);
        assert!(!more.why.is_empty() && text.contains(&format!("\"{}\"", more.action)), "{}", more.action);
    }
    for call in calls() {
        let service = call.split_once(':').unwrap().0;
        assert!(source(service).is_some(), "{service} has no source");
    }
    Ok(())
}

/// Each permission alone is taken away from the beginning, on an estate of its own: then it isn't made.
pub(crate) fn each_alone() -> Tried {
    let scenes = crate::scene::scenes()?;
    let mut tried = Vec::new();
    for scene in scenes.all() {
        let operations: BTreeSet<&String> = scene.calls.iter().collect();
        let known: BTreeSet<&str> = calls().collect();
        tried.extend(
            operations.into_iter().filter(|call| known.contains(call.as_str())).map(|call| (scene, call)),
        );
    }
    shared_out(tried.len(), |desk, index| {
        let (scene, call) = tried[index];
        let action = needed(call).unwrap();
        scene.on_a_copy(desk, |world, _| {
            let order = json!({"policies": provided(), "deny": action});
            let keys = world.emulator.shim("permissions", &order);
            let text = |name: &str| keys[name].as_str().unwrap().to_owned();
            let mut alone = world.copied(world.emulator);
            alone.keys = (text("key"), text("secret"));
            let said = match alone.run(&scene.work(16)) {
                End::Done { complete: false, report, .. } => report,
                End::Refused(why) => why,
                other => panic!("{}: without {action}: {other:?}", scene.name),
            };
            assert!(
                said.contains(&format!("the permission `{action}` is missing")),
                "{}: {said}",
                scene.name
            );
        });
    })?;
    println!("permissions: {} taken away alone, and missed", tried.len());
    Ok(())
}

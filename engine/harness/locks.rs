//! Two processes and one lock: whoever comes second waits, or is told who holds it; a holder that stood still while
//! its lock was taken over starts nothing any more. In real time, with clocks on the wall that are hours apart.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};

use provision_engine::Address;
use provision_engine::apply::{Guard, Interrupt, Settings, Tools};
use provision_engine::boundary::Boundary;
use provision_engine::clock::{Clock as _, Later, RealClock, VirtualClock};
use provision_engine::ledger::{FileStore, Lease, Terms, acquire};
use provision_engine::plan::Verb;
use provision_engine::sandbox::{Place, Sandbox};
use provision_engine::session::Run;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::essence::difference;
use super::run::{DEPLOYMENT, How, Mode, Watched, options, prepare};
use super::stage::Stage;

const LEASE: Duration = Duration::from_secs(1);
const CALL: Duration = Duration::from_millis(100);
const HOUR: i64 = 3600;
/// What a process ends with when it was kept from working.
const REFUSED: u8 = 3;
const LOST: u8 = 4;

/// What one process is told, as its arguments.
#[derive(Debug, Clone)]
struct Role {
    name: &'static str,
    /// How many seconds its clock on the wall is wrong.
    wall: i64,
    /// How long it waits for a holder that is alive.
    patience: u64,
    /// How many milliseconds it holds the lock before it works.
    hold: u64,
    /// The moment at which it stands still, and the how manieth.
    stop: (&'static str, usize),
}

const PLAIN: Role = Role { name: "one", wall: 0, patience: 0, hold: 0, stop: ("-", 0) };

pub(crate) fn all(directory: &Path) {
    std::thread::scope(|scope| {
        for (one, two) in [(0, 0), (HOUR, -HOUR), (-HOUR, HOUR)] {
            scope.spawn(move || {
                the_second_is_refused_or_waits(directory, one, two);
                a_killed_holder_is_outwaited(directory, one, two);
                // How many calls may start after it was woken, and how many may have been under way: one at most, as
                // many as may be sent at once here.
                for (moment, starts, leaks) in
                    [("check", 0, 0), ("checked", 1, 1), ("beside ledger lock.json", 0, 1)]
                {
                    a_holder_that_stood_still_starts_nothing(directory, moment, (starts, leaks), (one, two));
                }
            });
        }
        scope.spawn(|| of_many_at_once_one_works_at_a_time(directory));
    });
    println!("killed: locks: two processes, one lock");
}

fn the_second_is_refused_or_waits(directory: &Path, one: i64, two: i64) {
    let stage = Stage::new(directory);
    let first = start(&stage, directory, &Role { wall: one, hold: 2500, ..PLAIN });
    wait_for(&stage, "one holds");
    let waiting = Role { name: "patient", wall: two, patience: 60, ..PLAIN };
    let waiting = start(&stage, directory, &waiting);
    let refused =
        start(&stage, directory, &Role { name: "two", wall: two, ..PLAIN }).wait_with_output().unwrap();
    assert_eq!(refused.status.code(), Some(REFUSED.into()), "{refused:?}");
    assert!(text(&refused).contains("one holds the lock"), "{}", text(&refused));
    for process in [first, waiting] {
        assert_eq!(process.wait_with_output().unwrap().status.code(), Some(0));
    }
    assert_eq!(in_turns(&stage), ["one", "patient"]);
    as_undisturbed(&stage, directory);
}

fn a_killed_holder_is_outwaited(directory: &Path, one: i64, two: i64) {
    let stage = Stage::new(directory);
    let mut first = start(&stage, directory, &Role { wall: one, hold: 60_000, ..PLAIN });
    wait_for(&stage, "one holds");
    first.kill().unwrap();
    first.wait().unwrap();
    let began = Instant::now();
    let second = start(&stage, directory, &Role { name: "two", wall: two, ..PLAIN });
    assert_eq!(second.wait_with_output().unwrap().status.code(), Some(0));
    assert!(began.elapsed() >= LEASE, "it took over before the lease had run out");
    as_undisturbed(&stage, directory);
}

fn a_holder_that_stood_still_starts_nothing(
    directory: &Path,
    moment: &'static str,
    (starts, leaks): (usize, usize),
    wall: (i64, i64),
) {
    let stage = Stage::new(directory);
    let first = start(&stage, directory, &Role { wall: wall.0, stop: (moment, 9), ..PLAIN });
    let pid = Pid::from_child(&first);
    let stopped = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().expect("it is our child").1;
    assert!(stopped.stopped(), "{moment}: {stopped:?}");
    let second = start(&stage, directory, &Role { name: "two", wall: wall.1, ..PLAIN });
    let second = second.wait_with_output().unwrap();
    assert_eq!(second.status.code(), Some(0), "{moment}: {}", text(&second));
    let objects = stage.estate().objects.len();
    kill_process(pid, Signal::CONT).unwrap();
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(LOST.into()), "{moment}: {}", text(&first));
    assert!(text(&first).contains("the lock was taken over by two"), "{moment}: {}", text(&first));
    let log = log(&stage);
    let woken = log.iter().position(|line| line == "one stands still").expect("it stood still");
    let since: Vec<&String> = log[woken..].iter().filter(|line| line.starts_with("one ")).collect();
    let calls = since.iter().filter(|line| line.starts_with("one before ") && is_call(line)).count();
    assert!(calls <= starts, "{moment}: {calls} calls after it was woken: {since:?}");
    let now = stage.estate().objects.len();
    assert!(now <= objects + leaks, "{moment}: {objects} objects, then {now}: {since:?}");
    if now == objects {
        as_undisturbed(&stage, directory);
    } else {
        doubles_are_visible(&stage, directory, objects);
    }
}

fn of_many_at_once_one_works_at_a_time(directory: &Path) {
    let stage = Stage::new(directory);
    let names = ["a", "b", "c", "d", "e", "f"];
    let processes = names.map(|name| start(&stage, directory, &Role { name, patience: 600, ..PLAIN }));
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
    let mut turns = in_turns(&stage);
    turns.sort();
    assert_eq!(turns, names, "each works once, and alone");
    as_undisturbed(&stage, directory);
}

/// A call that leaked made nothing, or something that the next plan names.
fn doubles_are_visible(stage: &Stage, directory: &Path, objects: usize) {
    let prepared = prepare(directory);
    let estate = Place::file(stage.path().join("estate.json"));
    let clock = VirtualClock::starting_at(Duration::from_secs(1 << 20));
    let sandbox = Sandbox::new(estate, &clock, &provision_engine::boundary::Unwatched);
    let live = clock.run(prepared.inventory(&sandbox, &clock, DEPLOYMENT)).unwrap().unwrap();
    let plan = prepared.plan(&live, "sandbox", DEPLOYMENT, &options(&prepared, Mode::Apply));
    match plan {
        Ok(planned) => {
            let second = planned.plan.actions.iter();
            let second = second.filter(|action| {
                let why = action.reason.as_deref().unwrap_or_default();
                action.verb == Verb::Delete && why.contains("made a second time")
            });
            let doubles = live.len() - objects;
            let named = (second.count(), planned.plan.actions.len());
            assert_eq!(named, (doubles, doubles), "{:?}", planned.plan.actions);
        }
        Err(problems) => assert!(problems.to_string().contains("there are several objects for it")),
    }
}

fn as_undisturbed(stage: &Stage, directory: &Path) {
    let calm = Stage::new(directory);
    calm.complete(&prepare(directory), How { mode: Mode::Apply, parallelism: 1, faults: None });
    if let Some(difference) = difference(&stage.outcome(), &calm.outcome()) {
        panic!("{difference}");
    }
}

fn is_call(line: &str) -> bool {
    ["create", "update", "delete"].iter().any(|call| line.contains(&format!(" {call} ")))
}

fn start(stage: &Stage, directory: &Path, role: &Role) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "lock"])
        .arg(directory)
        .arg(stage.path())
        .arg(role.name)
        .args([role.wall.to_string(), role.patience.to_string(), role.hold.to_string()])
        .args([role.stop.0.to_owned(), role.stop.1.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn log(stage: &Stage) -> Vec<String> {
    let text = std::fs::read_to_string(stage.path().join("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Until a process says it, for as long as a slow machine may need.
fn wait_for(stage: &Stage, line: &str) {
    for _ in 0..6000 {
        if log(stage).iter().any(|said| said == line) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("`{line}` never came");
}

/// Who asked the cloud for something, in turns.
fn in_turns(stage: &Stage) -> Vec<String> {
    let mut turns: Vec<String> = Vec::new();
    for line in log(stage).iter().filter(|line| line.contains(" before ") && !line.contains(" ledger ")) {
        let name = line.split(' ').next().unwrap();
        if turns.last().is_none_or(|last| last != name) {
            turns.push(name.to_owned());
        }
    }
    turns
}

/// Writes every moment down, and stands still at one of them.
struct Stopper {
    name: String,
    log: File,
    moment: String,
    left: Cell<usize>,
}

impl Stopper {
    fn say(&self, what: &str) {
        (&self.log).write_all(format!("{} {what}\n", self.name).as_bytes()).unwrap();
    }
}

impl Boundary for Stopper {
    fn reach(&self, point: &str) {
        if point == self.moment && self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            if self.left.get() == 0 {
                self.say("stands still");
                kill_process(rustix::process::getpid(), Signal::STOP).unwrap();
            }
        }
        self.say(point);
    }
}

/// The lease, with a moment before each check and one after it.
struct WatchedGuard<'a> {
    lease: &'a Lease<'a>,
    boundary: &'a dyn Boundary,
}

impl Guard for WatchedGuard<'_> {
    fn allows(&self, attempt: Duration) -> Later<'_, Result<(), String>> {
        Box::pin(async move {
            self.boundary.reach("check");
            let allowed = self.lease.allows(attempt).await;
            self.boundary.reach("checked");
            allowed
        })
    }

    fn intend<'a>(&'a self, address: &'a Address, generation: &'a str) -> Later<'a, Result<(), String>> {
        self.lease.intend(address, generation)
    }
}

pub(crate) fn child(arguments: &[String]) -> ExitCode {
    let [directory, folder, name, wall, patience, hold, moment, count] = arguments else {
        panic!("child lock DIRECTORY FOLDER NAME WALL PATIENCE HOLD MOMENT COUNT")
    };
    let folder = PathBuf::from(folder);
    let log = OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
    let left = Cell::new(count.parse().unwrap());
    let stopper = Stopper { name: name.clone(), log, moment: moment.clone(), left };
    let prepared = prepare(Path::new(directory));
    let real = RealClock::new(wall_clock().strict_add_signed(wall.parse().unwrap()));
    let store = FileStore::new(folder.join("ledger"), &stopper);
    let terms = Terms {
        who: name.clone(),
        command: "apply".to_owned(),
        lease: LEASE,
        patience: Duration::from_secs(patience.parse().unwrap()),
        entropy: u64::from(std::process::id()),
    };
    let lease = match real.run(acquire(&store, &real, &terms)) {
        Ok(lease) => lease,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(REFUSED);
        }
    };
    stopper.say("holds");
    real.run(lease.keep(real.sleep(Duration::from_millis(hold.parse().unwrap()))));
    // As on the command line: the lock lives in real time, what it protects in the sandbox's.
    let place = Place::file(folder.join("estate.json"));
    let clock = VirtualClock::starting_at(Duration::from_millis(place.read().unwrap().clock));
    let sandbox = Sandbox::new(place, &clock, &stopper);
    let driver = Watched { driver: &sandbox, boundary: &stopper, longest: CALL };
    let interrupt = Interrupt::default();
    let guard = WatchedGuard { lease: &lease, boundary: &stopper };
    let tools =
        Tools { driver: &driver, clock: &clock, guard: &guard, interrupt: &interrupt, events: &|_| () };
    let run = Run {
        prepared: &prepared,
        deployment: DEPLOYMENT,
        options: &options(&prepared, Mode::Apply),
        tools: &tools,
        lease: &lease,
        who: name,
        command: "apply",
        settings: Settings { parallelism: 1, ..Settings::default() },
        agreed: None,
    };
    match clock.run(run.apply()).unwrap() {
        Ok((_, report)) if report.is_complete() => ExitCode::SUCCESS,
        Ok((_, report)) => {
            println!("{}", report.text("again"));
            ExitCode::from(LOST)
        }
        Err(error) => {
            println!("{error}");
            ExitCode::from(LOST)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a process of its own, which has no one to tell it the time")]
fn wall_clock() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

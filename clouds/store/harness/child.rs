//! One of many processes.

use std::fs::OpenOptions;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use provision_engine::apply::Guard as _;
use provision_engine::clock::{Clock as _, RealClock};
use provision_engine::ledger::{Entry, Lease, LedgerError, Store, Terms, acquire};

use super::places::{Place, runtime};

/// Long enough for a machine that is busy with dozens of processes.
pub(crate) const LEASE: Duration = Duration::from_secs(6);
const CALL: Duration = Duration::from_secs(1);
/// What a process ends with that was kept from working.
pub(crate) const REFUSED: u8 = 3;
pub(crate) const LOST: u8 = 4;

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let (role, rest) = arguments.split_first().expect("a role");
    let (place, rest) = rest.split_at(4);
    let place = Place::read(place);
    match (role.as_str(), rest) {
        ("race", [name]) => race(&place, name),
        ("call", [name, wall, folder, calls]) => {
            call(&place, name, wall.parse().unwrap(), Path::new(folder), calls.parse().unwrap())
        }
        ("work", [name, folder, runs]) => work(&place, name, Path::new(folder), runs.parse().unwrap()),
        ("try", []) => try_once(&place),
        _ => panic!("no such role: {arguments:?}"),
    }
}

fn terms(name: &str, patience: Duration) -> Terms {
    Terms {
        who: name.to_owned(),
        command: "a test".to_owned(),
        lease: LEASE,
        patience,
        entropy: u64::from(std::process::id()),
    }
}

/// For each line a round: `won EPOCH` or `held`. The winner stays alive until the next line.
fn race(place: &Place, name: &str) -> ExitCode {
    let runtime = runtime();
    let clock = RealClock::new(wall_clock());
    let mut over: Option<PathBuf> = None;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (round, folder) = line.split_once(' ').unwrap();
        over = Some(Path::new(folder).join(format!("over-{round}")));
        let store =
            Place { prefix: format!("{}/{round}", place.prefix), ..place.clone() }.open(&runtime).unwrap();
        match clock.run(acquire(store.as_ref(), &clock, &terms(name, Duration::ZERO))) {
            Ok(lease) => {
                println!("won {}", lease.epoch());
                let over = over.as_ref().unwrap();
                clock.run(lease.keep(async {
                    while !over.exists() {
                        clock.sleep(Duration::from_millis(50)).await;
                    }
                }));
                clock.run(lease.release()).unwrap();
            }
            Err(LedgerError::Held { .. }) => println!("held"),
            Err(error) => println!("failed: {error}"),
        }
    }
    assert!(over.is_some());
    ExitCode::SUCCESS
}

/// Holds the lock and asks it before each of its calls, which are lines in a file.
fn call(place: &Place, name: &str, wall: i64, folder: &Path, calls: usize) -> ExitCode {
    let runtime = runtime();
    let clock = RealClock::new(wall_clock().strict_add_signed(wall));
    let store = place.open(&runtime).unwrap();
    let lease = match clock.run(acquire(store.as_ref(), &clock, &terms(name, Duration::from_secs(120)))) {
        Ok(lease) => lease,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(REFUSED);
        }
    };
    let log = OpenOptions::new().create(true).append(true).open(folder.join("calls")).unwrap();
    let work = async {
        for _ in 0..calls {
            lease.allows(CALL).await?;
            (&log).write_all(format!("{name}\n").as_bytes()).unwrap();
            clock.sleep(Duration::from_millis(50)).await;
        }
        Ok::<(), String>(())
    };
    if let Err(refused) = clock.run(lease.keep(work)) {
        println!("{refused}");
        return ExitCode::from(LOST);
    }
    clock.run(lease.release()).unwrap();
    ExitCode::SUCCESS
}

/// Takes turns with others, and leaves an entry in the history for each turn. The network is bad.
fn work(place: &Place, name: &str, folder: &Path, runs: usize) -> ExitCode {
    let runtime = runtime();
    let clock = RealClock::new(wall_clock());
    let store = patiently(&clock, || place.open(&runtime).map_err(|fault| fault.to_string()));
    for run in 0..runs {
        let what = format!("{name}-{run}");
        patiently(&clock, || clock.run(turn(store.as_ref(), &clock, name, &what, folder)));
        let mut done = OpenOptions::new().create(true).append(true).open(folder.join("done")).unwrap();
        done.write_all(format!("{what}\n").as_bytes()).unwrap();
    }
    ExitCode::SUCCESS
}

/// One turn, or why it could not be ended; then it is begun anew.
async fn turn(
    store: &dyn Store,
    clock: &RealClock,
    name: &str,
    what: &str,
    folder: &Path,
) -> Result<(), String> {
    let asked = terms(name, Duration::from_secs(600));
    let lease = acquire(store, clock, &asked).await.map_err(|error| error.to_string())?;
    let done = lease.keep(alone(&lease, clock, what, folder)).await;
    if done.is_err() {
        // Else the others wait for a whole lease. It may fail, too.
        let _ = lease.release().await;
    }
    done
}

async fn alone(lease: &Lease<'_>, clock: &RealClock, what: &str, folder: &Path) -> Result<(), String> {
    let failed = |error: LedgerError| error.to_string();
    let mut entry = Entry {
        who: what.to_owned(),
        command: "a test".to_owned(),
        at: clock.wall(),
        engine: "none".to_owned(),
        plan: "nothing".to_owned(),
        result: None,
    };
    lease.begin(&entry).await.map_err(failed)?;
    lease.allows(CALL).await?;
    // Nobody else may be in here.
    let inside = folder.join("inside");
    let made = OpenOptions::new().write(true).create_new(true).open(&inside);
    assert!(made.is_ok(), "{what} found somebody else at work: {:?}", std::fs::read_to_string(&inside));
    std::fs::write(&inside, what).unwrap();
    clock.sleep(Duration::from_millis(30)).await;
    std::fs::remove_file(&inside).unwrap();
    entry.result = Some("done".to_owned());
    lease.end(&entry, true, Default::default(), false).await.map_err(failed)
}

/// A person would try again; not for ever.
fn patiently<T>(clock: &RealClock, mut attempt: impl FnMut() -> Result<T, String>) -> T {
    let mut last = String::new();
    for _ in 0..40 {
        match attempt() {
            Ok(done) => return done,
            Err(error) => last = error,
        }
        clock.run(clock.sleep(Duration::from_millis(100)));
    }
    panic!("{last}")
}

fn try_once(place: &Place) -> ExitCode {
    let runtime = runtime();
    let clock = RealClock::new(wall_clock());
    let tried = place.open(&runtime).map_err(|fault| fault.to_string()).and_then(|store| {
        let acquired = clock.run(acquire(store.as_ref(), &clock, &terms("one", Duration::ZERO)));
        acquired.map(drop).map_err(|error| error.to_string())
    });
    match tried {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::from(REFUSED)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a process of its own, which has no one to tell it the time")]
pub(crate) fn wall_clock() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

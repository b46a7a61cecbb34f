//! Twelve processes want one lock at the same moment.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::World;
use super::places::{Kind, Place};

const PROCESSES: usize = 12;
const ROUNDS: usize = 20;

struct Racer {
    process: Child,
    told: ChildStdin,
    said: BufReader<std::process::ChildStdout>,
}

impl Racer {
    fn start(place: &Place, number: usize) -> Self {
        let mut process = command(place, "race")
            .arg(format!("racer-{number}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (told, said) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut racer = Racer { process, told, said };
        assert_eq!(racer.line(), "ready");
        racer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// A process of this program at a place.
pub(crate) fn command(place: &Place, role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child", role]).args(place.words());
    if place.kind == Kind::S3 {
        command.env("AWS_ENDPOINT_URL", &place.endpoint);
    }
    command
}

pub(crate) fn of_twelve_one_wins(world: &World, kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let place = world.place(kind, &format!("race-{kind:?}"));
    let mut racers: Vec<Racer> = (0..PROCESSES).map(|number| Racer::start(&place, number)).collect();
    for round in 0..ROUNDS {
        for racer in &mut racers {
            racer.told.write_all(format!("{round} {}\n", folder.path().display()).as_bytes()).unwrap();
        }
        let mut said: Vec<String> = racers.iter_mut().map(Racer::line).collect();
        std::fs::write(folder.path().join(format!("over-{round}")), "").unwrap();
        said.sort();
        let mut expected = vec!["held".to_owned(); PROCESSES - 1];
        expected.push("won 1".to_owned());
        assert_eq!(said, expected, "{kind:?}, round {round}");
    }
    for Racer { mut process, told, .. } in racers {
        drop(told);
        assert!(process.wait().unwrap().success());
    }
}

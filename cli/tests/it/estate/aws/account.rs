use std::process::Command;

use provision_testing::AwsEmulator;

use crate::estate::world::World;
use crate::run::shown;

/// An account of its own, and the small directory that is to live in it.
pub(super) struct Account {
    pub(super) emulator: AwsEmulator,
    pub(super) world: World,
}

/// What every command on the small directory says.
pub(super) const TINY: &[&str] = &["tiny", "--engine", "embedded", "--deployment", "tiny"];
/// A ledger on purpose.
pub(super) const KEPT: &[&str] = &["--ledger", "file:kept"];

impl Account {
    /// None, and a printed line, where the emulator can't be had.
    pub(super) fn new() -> Option<Self> {
        Some(Account { emulator: AwsEmulator::fresh().ok()?, world: World::new() })
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(arguments);
        command.envs(self.emulator.environment());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> String {
        shown(self.command(arguments), "")
    }

    /// On the small directory, with the ledger that is kept beside it.
    pub(super) fn tiny(&self, verb: &str, more: &[&str]) -> String {
        self.run(&[&[verb], TINY, KEPT, more].concat())
    }

    /// The same, and it works.
    pub(super) fn done(&self, verb: &str, more: &[&str]) -> String {
        let said = self.tiny(verb, more);
        assert!(said.starts_with("exit code: 0\n"), "{verb}: {said}");
        said
    }
}

/// The one comes before the other.
pub(super) fn in_order(text: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = text[from..].find(part).unwrap_or_else(|| panic!("`{part}` comes next in: {text}"));
        from += at + part.len();
    }
}

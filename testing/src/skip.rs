use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;

/// Why a test could not run on this machine. It has been reported already: the test just returns.
#[derive(Debug, Clone)]
pub struct Skipped(String);

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reports that the running test skips something, on stderr (past the test runner's capture) and in
/// `target/skipped-tests.txt`.
pub fn skip(reason: &str) -> Skipped {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("SKIPPED {test}: {reason}\n");
    // A handle's own `write_all` is not captured, `eprintln!` would be.
    let _ = std::io::stderr().write_all(line.as_bytes());
    let log = super::target_folder().join("skipped-tests.txt");
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(log) {
        let _ = file.write_all(line.as_bytes());
    }
    Skipped(reason.to_owned())
}

//! Runs cases on every processor, and watches that each of them ends.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A case that takes this long hangs: the slowest takes a few seconds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// More than this is a run-away: a spec holds a mebibyte at most.
const MOST_KIBIBYTES: u64 = 2 * 1024 * 1024;

/// Tries every case; one that panics is named together with its text.
pub(crate) fn every_case(
    cases: usize,
    text: impl Fn(usize) -> String + Sync,
    run: impl Fn(usize, &str) + Sync,
) {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let (tell, told) = channel::<Result<usize, String>>();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (tell, next, text, run) = (tell.clone(), &next, &text, &run);
            scope.spawn(move || {
                loop {
                    let case = next.fetch_add(1, Ordering::Relaxed);
                    if case >= cases {
                        return;
                    }
                    let spec = text(case);
                    let came = catch_unwind(AssertUnwindSafe(|| run(case, &spec)));
                    let _ = tell.send(came.map(|()| case).map_err(|_| described(case, &spec)));
                }
            });
        }
        drop(tell);
        let mut panicked = Vec::new();
        loop {
            match told.recv_timeout(PATIENCE) {
                Ok(Ok(_)) => {}
                Ok(Err(case)) => panicked.push(case),
                Err(RecvTimeoutError::Disconnected) => break,
                // The scope would wait for the thread that hangs, so a panic here would never be seen.
                Err(RecvTimeoutError::Timeout) => {
                    let message = format!("a case near {} hangs\n", next.load(Ordering::Relaxed));
                    let _ = std::io::stderr().write_all(message.as_bytes());
                    std::process::abort();
                }
            }
        }
        assert!(panicked.is_empty(), "{} cases panicked:\n{}", panicked.len(), panicked.join("\n"));
    });
}

fn described(case: usize, spec: &str) -> String {
    let start: String = spec.chars().take(2_000).collect();
    format!("case {case}, {} bytes: {start:?}", spec.len())
}

/// The most memory that this process ever held, where the system tells.
pub(crate) fn assert_little_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok());
    if let Some(kibibytes) = kibibytes {
        assert!(kibibytes < MOST_KIBIBYTES, "{kibibytes} KiB");
    }
}

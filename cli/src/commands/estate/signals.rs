use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use provision_engine::apply::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::emulate_default_handler;

use super::progress::Voice;
use crate::failure::Failure;

/// Ctrl-C and SIGTERM in steps: the first ends gracefully, the second at once, the third the hard way.
pub struct Signals(Arc<State>);

struct State {
    interrupt: Interrupt,
    count: AtomicU32,
    caught: AtomicI32,
    tell: Mutex<Voice>,
}

/// Whom signals are for now; without one they end the process as they always do.
type Current = Arc<Mutex<Option<Arc<State>>>>;

/// A handler stays for the life of the process, so there is one.
static CURRENT: OnceLock<Current> = OnceLock::new();

impl Signals {
    /// From now on signals don't end the process by themselves; `tell` hears which one it is, from another thread.
    pub fn watch(tell: Voice) -> Result<Self, Failure> {
        let state = Arc::new(State {
            interrupt: Interrupt::default(),
            count: AtomicU32::new(0),
            caught: AtomicI32::new(0),
            tell: Mutex::new(tell),
        });
        let current = match CURRENT.get() {
            Some(current) => current.clone(),
            None => {
                let current = listen()?;
                CURRENT.get_or_init(|| current).clone()
            }
        };
        *current.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
        Ok(Signals(state))
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.0.interrupt
    }

    /// The last signal, if there was one.
    pub fn caught(&self) -> Option<i32> {
        Some(self.0.caught.load(Ordering::Acquire)).filter(|signal| *signal != 0)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(current) = CURRENT.get() {
            current.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn listen() -> Result<Current, Failure> {
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])
        .map_err(|error| Failure::because("signals can't be watched", &error))?;
    let current = Current::default();
    let shared = current.clone();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let state = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match state {
                Some(state) if state.count.load(Ordering::Acquire) < 2 => state.hear(signal),
                _ => {
                    let _ = emulate_default_handler(signal);
                }
            }
        }
    });
    Ok(current)
}

impl State {
    fn hear(&self, signal: i32) {
        let count = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        self.caught.store(signal, Ordering::Release);
        self.interrupt.ask();
        (self.tell.lock().unwrap_or_else(PoisonError::into_inner))(count);
    }
}

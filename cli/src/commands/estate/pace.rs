use std::time::Duration;

use provision_engine::apply::{Interrupt, Wish};
use provision_engine::plan::Plan;

/// How fast modelled time goes by for whoever looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Real seconds for each modelled one.
    factor: f64,
}

/// How often the screen is brought up to date, and an interrupt is noticed.
const SLICE: Duration = Duration::from_millis(50);

impl Pace {
    /// So fast that the whole plan lasts about so long; not at all for zero.
    pub fn lasting(seconds: f64, plan: &Plan) -> Self {
        let estimate = u32::try_from(plan.estimate.seconds.max(1)).map_or(f64::MAX, f64::from);
        Pace { factor: (seconds / estimate).clamp(0.0, 1.0) }
    }

    /// Lets a jump of the modelled clock last; tells how much of it has gone by meanwhile.
    pub fn wait(self, jump: Duration, interrupt: &Interrupt, tick: &dyn Fn(Duration)) {
        let whole = jump.mul_f64(self.factor);
        let mut passed = Duration::ZERO;
        tick(Duration::ZERO);
        while passed < whole && interrupt.wish() != Wish::AtOnce {
            let slice = SLICE.min(whole - passed);
            std::thread::sleep(slice);
            passed += slice;
            tick(jump.mul_f64(passed.as_secs_f64() / whole.as_secs_f64()));
        }
    }
}

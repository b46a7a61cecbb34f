use std::time::Duration;

use thiserror::Error;

/// The kernel's tick rate (`CONFIG_HZ`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hz(u32);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "a tick rate of {0} Hz is not one that Linux is built with: give 24 to 1024 (usual: 100, 250, 300, 1000)"
)]
pub struct HzError(u32);

impl TryFrom<u32> for Hz {
    type Error = HzError;

    fn try_from(hz: u32) -> Result<Self, HzError> {
        if (24..=1024).contains(&hz) { Ok(Self(hz)) } else { Err(HzError(hz)) }
    }
}

impl Hz {
    pub const HZ_100: Self = Self(100);
    pub const HZ_250: Self = Self(250);
    pub const HZ_300: Self = Self(300);
    pub const HZ_1000: Self = Self(1000);

    pub fn get(self) -> u32 {
        self.0
    }

    /// How many ticks a duration takes, rounded up as the kernel does.
    pub(super) fn jiffies(self, time: Duration) -> u64 {
        let ticks = (time.as_micros() * u128::from(self.0)).div_ceil(1_000_000);
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    pub(super) fn time(self, jiffies: u64) -> Duration {
        Duration::from_micros(jiffies.saturating_mul(1_000_000) / u64::from(self.0))
    }
}

/// What is known about the tick rate of the host: timers fire on ticks, so it moves every bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TickRate {
    Known(Hz),
    /// Any of the rates that distributions build with: bounds hold for all of them.
    Any,
}

impl TickRate {
    pub(super) fn rates(self) -> Vec<Hz> {
        match self {
            Self::Known(hz) => vec![hz],
            Self::Any => vec![Hz::HZ_100, Hz::HZ_250, Hz::HZ_300, Hz::HZ_1000],
        }
    }
}

/// Each level of the wheel holds 64 buckets, and is eight times coarser than the one below.
const LEVELS: u32 = 9;
const BITS_PER_LEVEL: u32 = 3;

/// How coarse (as a power of two) the level is that takes a timer of this delay.
fn shift(delay: u64) -> u32 {
    let level = (0..LEVELS - 1).find(|level| delay < 63 << (BITS_PER_LEVEL * level)).unwrap_or(LEVELS - 1);
    level * BITS_PER_LEVEL
}

/// When a timer that is set at tick `now` for `delay` ticks really fires: always late, never early.
pub(super) fn fires_at(now: u64, delay: u64) -> u64 {
    let shift = shift(delay);
    (((now + delay) >> shift) + 1) << shift
}

/// After how many ticks the wheel looks the same again to timers of up to this delay: as many phases there are.
pub(super) fn phases(longest_delay: u64) -> u64 {
    1 << shift(longest_delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_rounds_up_to_its_levels() {
        // Granularity on a 250 Hz kernel: 4 ms below 252 ms, 32 ms below 2.0 s, 256 ms below 16.1 s.
        assert_eq!((phases(62), phases(63), phases(503), phases(504)), (1, 8, 8, 64));
        assert_eq!(fires_at(0, 51), 52);
        assert_eq!(fires_at(3, 102), 112);
        assert_eq!(fires_at(7, 4000) % 64, 0);
    }

    #[test]
    fn a_timer_is_late_by_at_most_its_granularity() {
        for delay in [1, 50, 62, 63, 500, 504, 4031, 4032, 30_000] {
            for now in 0..phases(delay) {
                let late = fires_at(now, delay) - (now + delay);
                assert!((1..=phases(delay)).contains(&late), "{delay} set at {now} is late by {late}");
            }
        }
    }

    #[test]
    fn only_rates_that_exist_are_taken() {
        assert!(Hz::try_from(250).is_ok());
        let message = Hz::try_from(0).unwrap_err().to_string();
        assert!(message.contains("24 to 1024"), "{message}");
    }
}

use std::ops::RangeInclusive;
use std::time::Duration;

use super::wheel::TickRate;

/// The values that decide how long the kernel waits for a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `net.ipv4.tcp_retries2`
    pub retries2: u8,
    /// `net.ipv4.tcp_orphan_retries`; 0 stands for 8.
    pub orphan_retries: u8,
    /// `net.ipv4.tcp_syn_retries`
    pub syn_retries: u8,
    /// `net.ipv4.tcp_synack_retries`
    pub synack_retries: u8,
    /// `net.ipv4.tcp_syn_linear_timeouts`; 0 also describes the kernels before 6.5, which don't have it.
    pub syn_linear_timeouts: u8,
    /// `net.ipv4.tcp_keepalive_time`, in seconds.
    pub keepalive_time: u32,
    /// `net.ipv4.tcp_keepalive_intvl`, in seconds.
    pub keepalive_interval: u32,
    /// `net.ipv4.tcp_keepalive_probes`
    pub keepalive_probes: u8,
    /// `net.ipv4.tcp_fin_timeout`, in seconds.
    pub fin_timeout: u32,
    /// `net.ipv4.tcp_rto_max_ms`; also right, at its default, for kernels that don't have it.
    pub rto_max: Duration,
    /// `net.ipv4.tcp_rto_min_us`; also right, at its default, for kernels that don't have it.
    pub rto_min: Duration,
    /// `TCP_USER_TIMEOUT`, where the application sets it: it replaces both `retries2` and the keepalive probe count.
    pub user_timeout: Option<Duration>,
}

impl Settings {
    /// What a new network namespace starts with, whatever its parent has.
    pub const KERNEL: Self = Self {
        retries2: 15,
        orphan_retries: 0,
        syn_retries: 6,
        synack_retries: 5,
        syn_linear_timeouts: 4,
        keepalive_time: 7200,
        keepalive_interval: 75,
        keepalive_probes: 9,
        fin_timeout: 60,
        rto_max: Duration::from_secs(120),
        rto_min: Duration::from_millis(200),
        user_timeout: None,
    };
}

impl Default for Settings {
    fn default() -> Self {
        Self::KERNEL
    }
}

/// What lies between the two ends: the round-trip times that may occur, and the tick rate of this end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub rtt: RangeInclusive<Duration>,
    pub ticks: TickRate,
}

impl Path {
    /// Within one data centre or zone, on a host whose tick rate isn't known.
    pub const LOCAL: Self =
        Self { rtt: Duration::from_micros(50)..=Duration::from_millis(1), ticks: TickRate::Any };

    /// The round-trip time is known, the tick rate isn't.
    pub fn with_rtt(rtt: Duration) -> Self {
        Self { rtt: rtt..=rtt, ticks: TickRate::Any }
    }
}

//! The model against the kernel: every measured row, and the theory's own table.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they report")]

use std::time::Duration;

use provision_host_tuning::timers::{
    Budget, BudgetError, Caveat, Detection, Fitted, Hz, KernelFeatures, Path, Settings, Span, TailProbe,
    TickRate, accepting, connecting, documented, established_with, idle, lingering, orphaned, queued_locally,
    unreachable, zero_window_then_dead,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    established: Vec<Established>,
    unreachable: Vec<Established>,
    queued_locally: Vec<Established>,
    zero_window_then_dead: Vec<Established>,
    orphaned: Vec<Orphaned>,
    lingering: Vec<Lingering>,
    connecting: Vec<Connecting>,
    accepting: Vec<Accepting>,
    idle: Vec<Idle>,
    simulated: Vec<(u8, f64, Band, Band, Band, Band)>,
}

/// Lower and worst, in seconds.
type Band = [f64; 2];

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "kebab-case")]
enum Setup {
    #[default]
    Veth,
    Loopback,
    LoopbackWithoutTailProbe,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Established {
    retries2: u8,
    #[serde(default)]
    on: Setup,
    rto_max_ms: Option<u64>,
    rto_min_us: Option<u64>,
    user_timeout_ms: Option<u64>,
    #[serde(default)]
    note: String,
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Orphaned {
    orphan_retries: u8,
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Lingering {
    fin_timeout: u32,
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Connecting {
    syn_retries: u8,
    linear: u8,
    user_timeout_ms: Option<u64>,
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Accepting {
    synack_retries: u8,
    seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Idle {
    time: u32,
    interval: u32,
    probes: u8,
    user_timeout_ms: Option<u64>,
    seconds: Vec<f64>,
}

fn measured() -> Measured {
    serde_saphyr::from_str(include_str!("measured.yaml")).unwrap()
}

/// Where the rows were measured.
fn lab() -> Path {
    path(250, 100)
}

fn path(hz: u32, rtt_micros: u64) -> Path {
    let rtt = Duration::from_micros(rtt_micros);
    Path { rtt: rtt..=rtt, ticks: TickRate::Known(Hz::try_from(hz).unwrap()) }
}

impl Established {
    fn settings(&self) -> Settings {
        Settings {
            retries2: self.retries2,
            rto_max: self.rto_max_ms.map_or(Settings::KERNEL.rto_max, Duration::from_millis),
            rto_min: self.rto_min_us.map_or(Settings::KERNEL.rto_min, Duration::from_micros),
            user_timeout: self.user_timeout_ms.map(Duration::from_millis),
            ..Settings::KERNEL
        }
    }
}

/// Each measurement lies in the band, give or take 3 % or 50 ms, whichever is more.
#[track_caller]
fn assert_agrees(what: &str, span: Span, measurements: &[f64]) {
    for seconds in measurements {
        let tolerance = (seconds * 0.03).max(0.05);
        let (lower, worst) = (span.lower.as_secs_f64() - tolerance, span.worst.as_secs_f64() + tolerance);
        assert!((lower..=worst).contains(seconds), "{what}: measured {seconds} s, predicted {span:?}");
        assert!(span.lower <= span.typical && span.typical <= span.worst, "{what}: {span:?}");
    }
}

#[test]
fn every_measured_established_connection_is_predicted() {
    for row in measured().established {
        let probe = match row.on {
            Setup::Veth => TailProbe::ManySegments,
            Setup::Loopback => TailProbe::OneSegment,
            Setup::LoopbackWithoutTailProbe => TailProbe::Off,
        };
        let span = established_with(&row.settings(), &lab(), probe);
        assert_agrees(&format!("retries2 = {} {}", row.retries2, row.note), span, &row.seconds);
        if row.rto_min_us == Some(400_000) {
            continue; // a step of the backoff falls on the limit: the band holds two outcomes
        }
        // The band is a prediction, not a shrug: with a capped backoff it is one step wide.
        let step = row.rto_max_ms.map_or(0.3, |cap| 0.001 * cap as f64 + 0.1);
        let width = span.worst.saturating_sub(span.lower);
        assert!(width.as_secs_f64() <= (0.05 * span.worst.as_secs_f64()).max(step), "{span:?}");
    }
}

#[test]
fn every_measured_other_path_is_predicted() {
    let measured = measured();
    for row in measured.unreachable {
        assert_agrees(&row.note, unreachable(&row.settings(), &lab()), &row.seconds);
    }
    for row in measured.queued_locally {
        assert_agrees("queued", queued_locally(&row.settings(), &lab()), &row.seconds);
    }
    for row in measured.zero_window_then_dead {
        assert_agrees("zero window", zero_window_then_dead(&row.settings(), &lab()), &row.seconds);
    }
    for row in measured.orphaned {
        let settings = Settings { orphan_retries: row.orphan_retries, ..Settings::KERNEL };
        assert_agrees("orphan", orphaned(&settings, &lab()), &row.seconds);
    }
    for row in measured.lingering {
        let settings = Settings { fin_timeout: row.fin_timeout, ..Settings::KERNEL };
        assert_agrees("FIN_WAIT2", lingering(&settings, &lab()), &row.seconds);
    }
}

#[test]
fn an_orphan_with_the_default_takes_as_long_as_eight_retries() {
    let span = orphaned(&Settings::KERNEL, &lab());
    assert!((105.0..109.0).contains(&span.typical.as_secs_f64()), "{span:?}");
}

#[test]
fn every_measured_handshake_is_predicted() {
    let measured = measured();
    for row in measured.connecting {
        let settings = Settings {
            syn_retries: row.syn_retries,
            syn_linear_timeouts: row.linear,
            user_timeout: row.user_timeout_ms.map(Duration::from_millis),
            ..Settings::KERNEL
        };
        let what = format!("syn_retries = {}, linear = {}", row.syn_retries, row.linear);
        assert_agrees(&what, connecting(&settings, &lab()), &row.seconds);
    }
    for row in measured.accepting {
        let settings = Settings { synack_retries: row.synack_retries, ..Settings::KERNEL };
        assert_agrees("SYN-ACK", accepting(&settings, &lab()), &row.seconds);
    }
}

#[test]
fn the_handshake_table_of_the_algorithm_holds() {
    let exact = [
        (1, 3, 3),
        (2, 7, 7),
        (3, 19, 15),
        (4, 35, 31),
        (5, 67, 63),
        (6, 131, 127),
        (7, 251, 247),
        (8, 371, 367),
    ];
    for (syn_retries, with_linear, without) in exact {
        for (syn_linear_timeouts, seconds) in [(4, with_linear), (0, without)] {
            let settings = Settings { syn_retries, syn_linear_timeouts, ..Settings::KERNEL };
            let span = connecting(&settings, &lab());
            assert_agrees(&format!("{syn_retries} {syn_linear_timeouts}"), span, &[f64::from(seconds)]);
        }
    }
}

#[test]
fn every_measured_keepalive_is_predicted() {
    for row in measured().idle {
        let settings = Settings {
            keepalive_time: row.time,
            keepalive_interval: row.interval,
            keepalive_probes: row.probes,
            user_timeout: row.user_timeout_ms.map(Duration::from_millis),
            ..Settings::KERNEL
        };
        assert_agrees("keepalive", idle(&settings, &lab()), &row.seconds);
    }
}

#[test]
fn the_simulated_table_holds() {
    for (retries2, limit, at_250, at_1000, at_10_ms, at_50_ms) in measured().simulated {
        let limit_found = documented(retries2, Settings::KERNEL.rto_max).as_secs_f64();
        assert!((limit_found - limit).abs() < 1e-9, "{retries2}: {limit_found}");
        let settings = Settings { retries2, ..Settings::KERNEL };
        let short = Path { rtt: Duration::from_micros(100)..=Duration::from_millis(1), ..path(1000, 0) };
        let columns = [
            (path(250, 100), at_250),
            (short, at_1000),
            (path(1000, 10_000), at_10_ms),
            (path(250, 50_000), at_50_ms),
        ];
        for (path, [lower, worst]) in columns {
            let span = established_with(&settings, &path, TailProbe::Off);
            let what = format!("retries2 = {retries2}, {path:?}");
            assert_agrees(&what, span, &[lower, worst]);
            // The band isn't wider than the table's either (one more phase of the wheel at most).
            let tolerance = (worst * 0.03).max(0.1);
            assert!(span.worst.as_secs_f64() <= worst + tolerance, "{what}: {span:?}");
            assert!(span.lower.as_secs_f64() >= lower - tolerance, "{what}: {span:?}");
        }
    }
}

#[test]
fn four_retries_are_bistable_on_a_fast_tick() {
    let settings = Settings { retries2: 4, ..Settings::KERNEL };
    let span = established_with(&settings, &path(1000, 500), TailProbe::Off);
    assert!(span.lower.as_secs_f64() < 6.5 && span.worst.as_secs_f64() > 12.5, "{span:?}");
}

fn budget(seconds: u64, rto_max: bool) -> Budget {
    Budget {
        detect_within: Duration::from_secs(seconds),
        path: Path::LOCAL,
        kernel: KernelFeatures { rto_max },
    }
}

#[test]
fn a_budget_of_thirty_seconds_means_five_retries() {
    let fitted = budget(30, false).fit().unwrap();
    assert_eq!((fitted.settings.retries2, fitted.settings.syn_retries), (5, 3));
    assert_eq!(fitted.settings.rto_max, Settings::KERNEL.rto_max);
    assert!(fitted.caveats.iter().any(|caveat| matches!(caveat, Caveat::BelowRfc1122 { .. })));
    assert!(fitted.caveats.contains(&Caveat::ZeroWindow) && fitted.caveats.contains(&Caveat::UserTimeout));
}

#[test]
fn the_documented_number_alone_would_miss_the_budget() {
    // 12.6 s is what documentation says for 5; the real thing takes longer than 13 s.
    let fitted = budget(13, false).fit().unwrap();
    assert_eq!(fitted.settings.retries2, 3);
}

#[test]
fn a_network_that_reports_the_peer_as_unreachable_is_part_of_the_worst_case() {
    // Five retries end within 14.3 s where the peer is silent; with the carrier lost they took 16.0 s here.
    let fitted = budget(15, false).fit().unwrap();
    assert_eq!(fitted.settings.retries2, 3);
}

#[test]
fn a_capped_backoff_fits_closer() {
    for seconds in [5, 10, 15, 30, 60] {
        let capped = budget(seconds, true).fit().unwrap();
        assert!(capped.settings.rto_max < Settings::KERNEL.rto_max, "{seconds}: {:?}", capped.settings);
        if let Ok(plain) = budget(seconds, false).fit() {
            let worst = |it: &Fitted| it.detection.in_flight.worst.max(it.detection.unreachable.worst);
            assert!(worst(&capped) >= worst(&plain), "{seconds}");
        }
    }
}

#[test]
fn every_budget_is_kept_in_the_worst_case_or_refused() {
    for rto_max in [false, true] {
        for seconds in (1..20).chain([30, 60, 100, 120, 300, 600, 3600]) {
            let budget = budget(seconds, rto_max);
            match budget.fit() {
                Ok(Fitted { detection, settings, .. }) => {
                    for span in
                        [detection.in_flight, detection.unreachable, detection.connect, detection.idle]
                    {
                        assert!(span.worst <= budget.detect_within, "{seconds}: {detection:?}");
                    }
                    assert!(settings.retries2 >= 3 && (rto_max || settings.retries2 != 4));
                    assert!(settings.keepalive_time <= 120);
                }
                Err(BudgetError::TooShort { shortest, .. }) => assert!(shortest > budget.detect_within),
            }
        }
    }
}

#[test]
fn a_budget_that_cannot_be_kept_says_what_can() {
    let message = budget(2, false).fit().unwrap_err().to_string();
    assert!(message.contains("within 2.0 s") && message.contains("or more"), "{message}");
}

#[test]
fn defaults_take_a_quarter_of_an_hour_in_flight_and_two_hours_idle() {
    let detection = Detection::at_kernel_defaults(&Path::LOCAL);
    assert!(detection.in_flight.lower > Duration::from_secs(924));
    assert!(detection.idle.lower >= Duration::from_secs(7875));
    assert!(detection.connect.lower >= Duration::from_secs(130));
}

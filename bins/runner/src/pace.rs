//! When the next cycle is due: ticks at equal distances, on a clock that runs at a speed.

use core::time::Duration;

use domain::Timestamp;

/// How fast the venue's clock runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Speed {
    /// So many times as fast as ours.
    Times(f64),
    /// It jumps from tick to tick.
    Max,
}

/// Ticks from a start. What was missed is skipped and counted, never made up for (C-08).
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    start: Timestamp,
    interval_ms: u32,
    speed: Speed,
    jitter: Duration,
    /// The number of the last tick handed out; none before the first.
    last: Option<u64>,
}

/// One tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick {
    /// How long to wait for it.
    pub(crate) wait: Duration,
    /// How many were missed since the last one.
    pub(crate) skipped: u64,
    number: u64,
}

impl Pace {
    /// The first tick is at `start`. `interval_minutes` is at least 0.01.
    pub(crate) fn new(
        start: Timestamp,
        interval_minutes: f64,
        speed: Speed,
        jitter: Duration,
    ) -> Self {
        // Configuration and flags keep it within a day, which is far from the limits of u32.
        let interval_ms = Duration::from_secs_f64(interval_minutes * 60.0).as_millis();
        let interval_ms = u32::try_from(interval_ms).unwrap_or(u32::MAX).max(1);
        Self { start, interval_ms, speed, jitter, last: None }
    }

    /// The next tick, so long after the start of the loop.
    pub(crate) fn next(&mut self, elapsed: Duration) -> Tick {
        let due = self.last.map_or(0, |last| last + 1);
        let tick = match self.speed {
            Speed::Max => Tick { wait: Duration::ZERO, skipped: 0, number: due },
            Speed::Times(factor) => {
                let interval = f64::from(self.interval_ms) / 1e3 / factor;
                let passed = (elapsed.as_secs_f64() / interval).floor();
                let number = whole(passed).max(due);
                let at = Duration::from_secs_f64(number as f64 * interval) + self.delay(number);
                Tick { wait: at.saturating_sub(elapsed), skipped: number - due, number }
            }
        };
        self.last = Some(tick.number);
        tick
    }

    /// The venue's time at a tick that was waited for.
    pub(crate) fn at(&self, tick: Tick, elapsed: Duration) -> Timestamp {
        let after_ms = match self.speed {
            Speed::Max => u64::from(self.interval_ms).saturating_mul(tick.number),
            Speed::Times(factor) => whole(elapsed.as_secs_f64() * factor * 1e3),
        };
        let after_ms = i64::try_from(after_ms).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.start.millis().saturating_add(after_ms))
    }

    /// Another part of the jitter for each tick, the same each time it is asked.
    fn delay(&self, number: u64) -> Duration {
        let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let share = (mixed >> 40) as f64 / f64::from(1_u32 << 24);
        self.jitter.mul_f64(share)
    }
}

/// A non-negative float as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; ≥ 0")]
fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_767_614_400);

    fn secs(secs: f64) -> Duration {
        Duration::from_secs_f64(secs)
    }

    fn pace(speed: Speed) -> Pace {
        Pace::new(START, 0.5, speed, Duration::ZERO)
    }

    #[test]
    fn at_max_every_tick_comes_at_once_and_none_is_missed() {
        let mut pace = pace(Speed::Max);
        for n in 0..5 {
            let tick = pace.next(secs(100.0 * n as f64));
            assert_eq!((tick.wait, tick.skipped), (Duration::ZERO, 0));
            assert_eq!(pace.at(tick, secs(7.0)), START.plus_secs(30 * n));
        }
    }

    #[test]
    fn ticks_are_waited_for_and_late_ones_start_at_once() {
        let mut pace = pace(Speed::Times(1.0));
        assert_eq!(pace.next(secs(0.0)).wait, Duration::ZERO);
        assert_eq!(pace.next(secs(4.0)).wait, secs(26.0), "anchored to the start, not to the end");
        let late = pace.next(secs(61.5));
        assert_eq!((late.wait, late.skipped), (Duration::ZERO, 0));
        assert_eq!(pace.at(late, secs(61.5)), START + secs(61.5), "it decides for now");
        assert_eq!(pace.next(secs(62.0)).wait, secs(28.0));
    }

    #[test]
    fn missed_ticks_are_counted_once_and_not_made_up_for() {
        let mut pace = pace(Speed::Times(1.0));
        pace.next(secs(0.0));
        let tick = pace.next(secs(125.0));
        assert_eq!((tick.wait, tick.skipped), (Duration::ZERO, 3), "those at 30, 60 and 90");
        assert_eq!(pace.next(secs(126.0)).skipped, 0);
    }

    #[test]
    fn at_sixty_times_a_half_minute_takes_half_a_second() {
        let mut pace = pace(Speed::Times(60.0));
        pace.next(secs(0.0));
        let tick = pace.next(secs(0.1));
        assert!((tick.wait.as_secs_f64() - 0.4).abs() < 1e-9);
        assert_eq!(pace.at(tick, secs(0.5)), START.plus_secs(30));
    }

    #[test]
    fn jitter_delays_by_another_part_each_time_and_never_by_more_than_all() {
        let mut pace = Pace::new(START, 0.5, Speed::Times(1.0), secs(2.0));
        let waits: Vec<_> =
            (0..50).map(|n| pace.next(secs(30.0 * f64::from(n))).wait.as_secs_f64()).collect();
        assert!(waits.iter().all(|w| (0.0..=2.0).contains(w)), "{waits:?}");
        let mean = waits.iter().sum::<f64>() / 50.0;
        assert!((0.7..1.3).contains(&mean), "{mean}");
    }
}

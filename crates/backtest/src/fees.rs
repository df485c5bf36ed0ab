//! What fills cost, and when.

use domain::{Bps, Fees, Timestamp, Usd};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::BacktestError;

/// 2024-01-01T00:00:00Z. Coinbase's entry tier is on record at 40/60 bps for 2023 and at 60/120 for
/// 2025 and after; the day of the change is not, so that the year in between pays the higher pair.
const HIGHER_SINCE: Timestamp = Timestamp::from_secs(1_704_067_200);

/// Days over which the volume of a ladder is counted.
pub const VOLUME_DAYS: i64 = 30;

/// The fees of an account over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeSchedule {
    /// Each pair from its moment on; before the first one, the first.
    ByDate(Vec<(Timestamp, Fees)>),
    /// Each pair from so many dollars traded in the 30 days before; the first begins at 0.
    ByVolume(Vec<(Usd, Fees)>),
}

impl FeeSchedule {
    /// Coinbase's entry tier: 40 bps for makers and 60 for takers to the end of 2023, 60 and 120
    /// from then on.
    ///
    /// # Errors
    /// None in practice: the constants are valid, as a test shows.
    pub fn coinbase_entry() -> Result<Self, BacktestError> {
        let pair = |maker: i64, taker: i64| -> Result<Fees, BacktestError> {
            let bps = |n: i64| Bps::new(Decimal::from(n));
            Ok(Fees { maker_bps: bps(maker)?, taker_bps: bps(taker)? })
        };
        let begin = Timestamp::from_secs(0);
        Ok(Self::ByDate(vec![(begin, pair(40, 60)?), (HIGHER_SINCE, pair(60, 120)?)]))
    }

    /// One pair for ever.
    pub fn flat(fees: Fees) -> Self {
        Self::ByDate(vec![(Timestamp::from_secs(0), fees)])
    }

    /// A ladder by volume.
    ///
    /// # Errors
    /// [`BacktestError::Fees`]: it has no step, does not begin at 0 or does not rise.
    pub fn ladder(steps: Vec<(Usd, Fees)>) -> Result<Self, BacktestError> {
        match steps.first() {
            None => return Err(BacktestError::Fees("a ladder has at least one step".to_owned())),
            Some((from, _)) if *from != Usd::ZERO => {
                let text = format!("the first step begins at {from}; it must begin at 0");
                return Err(BacktestError::Fees(text));
            }
            Some(_) => {}
        }
        for pair in steps.windows(2) {
            if let [(before, _), (after, _)] = pair
                && before >= after
            {
                let text = format!("the step at {after} does not come after the one at {before}");
                return Err(BacktestError::Fees(text));
            }
        }
        Ok(Self::ByVolume(steps))
    }

    /// The fees at a moment, after so many dollars traded in the 30 days before it; `None` of an
    /// empty schedule.
    pub fn at(&self, now: Timestamp, traded: Usd) -> Option<Fees> {
        match self {
            Self::ByDate(steps) => newest(steps, |from| *from <= now),
            Self::ByVolume(steps) => newest(steps, |from| *from <= traded),
        }
    }

    /// Whether the volume matters.
    pub(crate) const fn counts_volume(&self) -> bool {
        matches!(self, Self::ByVolume(_))
    }
}

/// The last step that has begun, else the first.
fn newest<K>(steps: &[(K, Fees)], begun: impl Fn(&K) -> bool) -> Option<Fees> {
    let last = steps.iter().take_while(|(from, _)| begun(from)).last();
    last.or(steps.first()).map(|(_, fees)| *fees)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fees(maker: i64, taker: i64) -> Fees {
        let bps = |n: i64| Bps::new(Decimal::from(n)).unwrap();
        Fees { maker_bps: bps(maker), taker_bps: bps(taker) }
    }

    fn usd(n: i64) -> Usd {
        Usd::new(Decimal::from(n)).unwrap()
    }

    #[test]
    fn the_entry_tier_doubles_for_takers_when_2023_is_over() {
        let entry = FeeSchedule::coinbase_entry().unwrap();
        let at = |text: &str| entry.at(text.parse().unwrap(), Usd::ZERO).unwrap();
        assert_eq!(at("2016-01-01T00:00:00Z"), fees(40, 60));
        assert_eq!(at("2023-12-31T23:59:59Z"), fees(40, 60));
        assert_eq!(at("2024-01-01T00:00:00Z"), fees(60, 120));
    }

    #[test]
    fn a_ladder_gives_the_last_step_that_the_volume_reached() {
        let steps = vec![(usd(0), fees(60, 120)), (usd(10_000), fees(25, 40))];
        let ladder = FeeSchedule::ladder(steps).unwrap();
        let now = Timestamp::from_secs(0);
        for (traded, expected) in [(0, 60), (9_999, 60), (10_000, 25), (1_000_000, 25)] {
            let found = ladder.at(now, usd(traded)).unwrap();
            assert_eq!(found.maker_bps, fees(expected, 0).maker_bps, "{traded}");
        }
    }

    #[test]
    fn a_ladder_that_does_not_begin_at_nothing_or_does_not_rise_is_refused() {
        let cases = [
            (vec![], "at least one step"),
            (vec![(usd(1), fees(1, 2))], "must begin at 0"),
            (vec![(usd(0), fees(1, 2)), (usd(0), fees(1, 2))], "does not come after"),
        ];
        for (steps, expected) in cases {
            let error = FeeSchedule::ladder(steps).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}

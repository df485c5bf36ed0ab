//! What is measured of a market: hours of products, recorded or modelled.

use std::collections::BTreeMap;

use domain::Timestamp;
use exchange_sim::Seeded;

use super::figures::{self, Hour, Return};

/// Hours by product id.
pub type Sample = BTreeMap<String, Vec<Hour>>;

/// Seeds of which figures are the median.
pub const SEEDS: u64 = 8;
/// As many days as the hourly records have: the fourth moment of a shorter sample is smaller,
/// because what makes it is rare.
pub const DAYS: i64 = 226;

/// What the model is judged by: eight seeds, each a quarter later.
pub fn eight() -> Vec<Sample> {
    let from: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
    let start = |seed: u64| from.plus_secs(seed.cast_signed() * 90 * 86_400);
    (1..=SEEDS).map(|seed| modelled(seed, start(seed), DAYS)).collect()
}

/// The hours of a seeded market's days from `from` on, drawn a fortnight at a time.
pub fn modelled(seed: u64, from: Timestamp, days: i64) -> Sample {
    let mut market = Seeded::new(seed).unwrap();
    let ids: Vec<String> = market.products().iter().map(|p| p.id.to_string()).collect();
    let mut sample: Sample = ids.iter().map(|id| (id.clone(), Vec::new())).collect();
    let mut day = 0;
    while day < days {
        let some = (days - day).min(15);
        let (start, end) = (from.plus_secs(day * 86_400), from.plus_secs((day + some) * 86_400));
        market.prepare(end.plus_secs(-1)).unwrap();
        for (at, hours) in sample.values_mut().enumerate() {
            // Products are sorted by id, as the map is.
            hours.extend(figures::hours(market.bars(at, start, end).copied()));
        }
        day += some;
    }
    sample
}

/// The figures of a whole market, named.
pub fn market(sample: &Sample, alts: &[String]) -> Vec<(&'static str, f64)> {
    let returns: BTreeMap<&str, Vec<Return>> =
        sample.iter().map(|(id, hours)| (id.as_str(), figures::returns(hours))).collect();
    let (btc, eth) = (&returns["BTC-USD"], &returns["ETH-USD"]);
    let others: Vec<&Vec<Return>> = alts.iter().map(|id| &returns[id.as_str()]).collect();
    let over = |of: &dyn Fn(&[Return]) -> f64| figures::median(others.iter().map(|r| of(r)));
    let pairs = others
        .iter()
        .enumerate()
        .flat_map(|(at, a)| others[at + 1..].iter().map(|b| figures::correlation(a, b)));
    let moves = |r: &Return| r.1.abs();
    let volume = |r: &Return| r.0.quote;
    let quiet = |r: &[Return]| figures::ratio(r, moves, Hour::is_weekend);
    let thin = |r: &[Return]| figures::ratio(r, volume, Hour::is_weekend);
    let spread = |hours: &[Hour]| figures::daily_log_volume_sd(hours);
    vec![
        ("yearly volatility of hourly returns, BTC, %", figures::yearly_pct(btc)),
        ("the same, ETH, %", figures::yearly_pct(eth)),
        ("the same, median of the others, %", over(&figures::yearly_pct)),
        ("excess kurtosis of hourly returns, BTC", figures::excess_kurtosis(btc)),
        ("the same, median of the others", over(&figures::excess_kurtosis)),
        (
            "autocorrelation of absolute hourly returns, lag 1, BTC",
            figures::autocorrelation(btc, 1),
        ),
        ("the same, lag 6, BTC", figures::autocorrelation(btc, 6)),
        ("the same, lag 24, BTC", figures::autocorrelation(btc, 24)),
        ("the same, lag 1, median of the others", over(&|r| figures::autocorrelation(r, 1))),
        ("the same, lag 6, median of the others", over(&|r| figures::autocorrelation(r, 6))),
        ("the same, lag 24, median of the others", over(&|r| figures::autocorrelation(r, 24))),
        ("correlation of hourly returns, BTC and ETH", figures::correlation(btc, eth)),
        ("the same, BTC and others, median", over(&|r| figures::correlation(btc, r))),
        ("the same, pairs of the others, median", figures::median(pairs)),
        ("correlation of log volume and absolute return, BTC", figures::volume_with_move(btc)),
        ("the same, median of the others", over(&figures::volume_with_move)),
        ("standard deviation of the log of a day's volume, BTC", spread(&sample["BTC-USD"])),
        (
            "the same, median of the others",
            figures::median(alts.iter().map(|id| spread(&sample[id]))),
        ),
        ("mean absolute return, weekend / week, BTC", quiet(btc)),
        ("the same, median of the others", over(&quiet)),
        ("mean volume, weekend / week, BTC", thin(btc)),
        ("the same, median of the others", over(&thin)),
    ]
}

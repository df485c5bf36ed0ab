//! A tracker fed candle by candle says what the definitions say, computed from scratch from raw
//! 5-minute bars.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use domain::{Absent, Bar, Bars, Feature, Features, Gap, Granularity, Timestamp};
use indicators::batch;
use proptest::prelude::*;
use triggers::{Timeline, Tracker};

const SLOT: i64 = 300;
const HOUR: i64 = 3600;

/// Folds bars into spans of `secs`, aligned to the epoch: first open, highest high, lowest low,
/// last close, summed volume. Spans without bars are absent.
fn fold(bars: impl Iterator<Item = Bar>, secs: i64) -> impl Iterator<Item = Bar> {
    let mut bars = bars.peekable();
    core::iter::from_fn(move || {
        let first = bars.next()?;
        let start = first.start.floor_secs(secs);
        let mut folded = Bar { start, ..first };
        while let Some(next) = bars.next_if(|bar| bar.start.floor_secs(secs) == start) {
            folded = folded.merged(&next);
        }
        Some(folded)
    })
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn tracker(bars: &Bars, now: Timestamp, timeline: &Timeline) -> Tracker {
    Tracker::warm_up("BTC-USD".parse().unwrap(), None, bars, now, timeline, 2.0)
}

/// Made-up slots of `hours` hours: mostly small moves, now and then nothing at all.
fn series(hours: i64) -> impl Strategy<Value = Bars> {
    let slot = (-1.0..1.0_f64, 0.0..0.5_f64, prop::bool::weighted(0.85), 0.1..20.0_f64);
    let count = usize::try_from(hours * 12).unwrap();
    prop::collection::vec(slot, count).prop_map(|slots| {
        let mut bars = Bars::with_capacity(Granularity::M5, slots.len());
        let mut close = 100.0;
        for (at_slot, (step, wick, traded, volume)) in slots.into_iter().enumerate() {
            if !traded && at_slot > 0 {
                continue;
            }
            let open = close;
            close *= 1.0 + step / 100.0;
            let (high, low) = (open.max(close) + wick, open.min(close) - wick);
            let start = at(i64::try_from(at_slot).unwrap() * SLOT);
            bars.push(Bar { start, open, high, low, close, volume }).unwrap();
        }
        bars
    })
}

/// Spans of `step` from the first bar to the end, absent ones as `None`, with carried closes.
struct Spans {
    bars: Vec<Option<Bar>>,
    closes: Vec<f64>,
}

fn spans(bars: &Bars, step: i64, end: i64) -> Spans {
    let folded: Vec<Bar> =
        fold(bars.iter(), step).filter(|b| b.start.secs() + step <= end).collect();
    let (mut all, mut closes) = (Vec::new(), Vec::new());
    let mut start = folded[0].start.secs();
    while start + step <= end {
        let bar = folded.iter().find(|b| b.start.secs() == start).copied();
        closes.push(bar.map(|b| b.close).or_else(|| closes.last().copied()).unwrap());
        all.push(bar);
        start += step;
    }
    Spans { bars: all, closes }
}

fn close_to(found: Feature<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (Ok(found), Some(expected)) => {
            let scale = expected.abs().max(1.0);
            assert!((found - expected).abs() <= 1e-9 * scale, "{what}: {found} {expected}");
        }
        (Err(_), None) => {}
        (found, expected) => panic!("{what}: {found:?}, expected {expected:?}"),
    }
}

fn last<T>(all: &[T], n: usize) -> &[T] {
    &all[all.len().saturating_sub(n)..]
}

fn pct(now: f64, before: Option<&f64>) -> Option<f64> {
    before.map(|before| 100.0 * (now / before - 1.0))
}

fn back(closes: &[f64], ago: usize) -> Option<&f64> {
    closes.len().checked_sub(ago + 1).and_then(|i| closes.get(i))
}

fn check_hour(features: &Features, bars: &Bars, end: i64) {
    let Spans { bars: hours, closes } = spans(bars, HOUR, end);
    let hour = features.hour.unwrap();
    let (close, count) = (*closes.last().unwrap(), closes.len());
    assert_eq!(features.closed_hours as usize, count);
    let volumes: Vec<f64> = hours.iter().map(|b| b.map_or(0.0, |b| b.volume)).collect();
    let (now_volume, before) = (volumes[count - 1], &volumes[..count - 1]);
    let highs: Vec<Option<f64>> = hours.iter().map(|b| b.map(|b| b.high)).collect();
    let high = |n: usize| (count > n).then(|| batch::max(&highs[..count - 1], n)).flatten();
    let ratio = |n| batch::sma(before, n).filter(|mean| *mean > 0.0).map(|mean| now_volume / mean);
    close_to(hour.return_1h_pct, pct(close, back(&closes, 1)), "1 h return");
    close_to(hour.return_24h_pct, pct(close, back(&closes, 24)), "24 h return");
    close_to(hour.trend_168h_pct, pct(close, back(&closes, 167)), "trend");
    close_to(hour.volume_ratio, ratio(24), "volume ratio");
    close_to(hour.high_24h_before, high(24), "24 h high");
    close_to(hour.high_168h_before, high(168), "168 h high");
    let quote: Vec<f64> = volumes.iter().zip(&closes).map(|(v, c)| v * c).collect();
    close_to(hour.quote_volume_24h, batch::sum(&quote, 24), "quote volume");
    let returns: Vec<f64> = closes.windows(2).map(|p| p[1] / p[0] - 1.0).collect();
    let yearly = batch::sample_std(&returns, 167).map(|std| 100.0 * std * 8760_f64.sqrt());
    close_to(hour.volatility_168h_pct, yearly, "volatility");
    let up = last(&returns, 12).iter().filter(|r| **r > 0.0).count();
    let down = last(&returns, 12).iter().filter(|r| **r < 0.0).count();
    assert_eq!((usize::from(hour.up_hours_12), usize::from(hour.down_hours_12)), (up, down));
    let mean = batch::sma(&closes[..count - 1], 20);
    let deviation =
        mean.map(|mean| 100.0 * (close - mean).abs() / mean).filter(|_| ratio(20).is_some());
    close_to(hour.outlier.map(|o| o.deviation_pct), deviation, "outlier");
    let whole = count >= 168 && last(&hours, 168).iter().all(Option::is_some);
    assert_eq!(hour.whole_168h, whole);
    check_atr(&hour, &hours, &closes);
    check_swing(&hour, &hours);
}

fn check_atr(hour: &domain::HourFeatures, hours: &[Option<Bar>], closes: &[f64]) {
    // An absent hour is a bar without range at the last close.
    let flat = |(bar, close): (&Option<Bar>, &f64)| {
        bar.map_or((*close, *close, *close), |b| (b.high, b.low, b.close))
    };
    let bars: Vec<_> = hours.iter().zip(closes).map(flat).collect();
    close_to(hour.atr_14, batch::atr(&bars, 14), "ATR");
    let percents: Vec<f64> = (1..=bars.len())
        .filter_map(|n| batch::atr(&bars[..n], 14).map(|atr| 100.0 * atr / closes[n - 1]))
        .collect();
    let ratio = percents
        .split_last()
        .and_then(|(now, before)| batch::median(before, 168).map(|median| now / median));
    close_to(hour.atr_ratio, ratio, "ATR ratio");
}

fn check_swing(hour: &domain::HourFeatures, hours: &[Option<Bar>]) {
    let count = hours.len();
    let day = count.saturating_sub(24);
    let low = (day..count)
        .filter_map(|i| hours[i].map(|b| (b.low, i)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    match (hour.swing, low.filter(|_| count >= 48)) {
        (Ok(swing), Some((low, i))) => {
            let before = hours[i - 24..i].iter().flatten().map(|b| b.high).fold(f64::MIN, f64::max);
            assert_eq!((swing.low, usize::from(swing.low_hours_ago)), (low, count - 1 - i));
            assert!((swing.high_before - before).abs() < 1e-12);
        }
        (Err(_), None) => {}
        (found, expected) => panic!("swing {found:?}, expected {expected:?}"),
    }
}

fn check_slot(features: &Features, bars: &Bars, end: i64) {
    let Spans { bars: slots, closes } = spans(bars, SLOT, end);
    let slot = features.slot.unwrap();
    let close = *closes.last().unwrap();
    assert_eq!((slot.start, slot.close), (at(end - SLOT), close));
    close_to(slot.return_15m_pct, pct(close, back(&closes, 3)), "15 m return");
    close_to(slot.return_60m_pct, pct(close, back(&closes, 12)), "60 m return");
    close_to(slot.rsi_14, batch::rsi(&closes, 14), "RSI");
    close_to(slot.previous_rsi_14, batch::rsi(&closes[..closes.len() - 1], 14), "RSI before");
    let hlcv: Vec<_> = slots
        .iter()
        .map(|b| b.map_or((0.0, 0.0, 0.0, 0.0), |b| (b.high, b.low, b.close, b.volume)))
        .collect();
    close_to(slot.vwap_12, batch::vwap(&hlcv, 12), "VWAP");
    let lows: Vec<Option<f64>> = slots.iter().map(|b| b.map(|b| b.low)).collect();
    close_to(slot.low_36, batch::min(&lows, 36), "low of 36");
    let pivots = batch::pivot_lows(&lows, 2, 48);
    assert_eq!(slot.pivot_low, pivots.first().copied());
    assert_eq!(slot.previous_pivot_low, pivots.get(1).copied());
}

fn check_all(bars: &Bars, now: i64) {
    let timeline = Timeline::from_gaps(at(0), at(now), &[]);
    let tracker = tracker(bars, at(now), &timeline);
    check_slot(tracker.features(), bars, now - now % SLOT);
    if now >= HOUR {
        check_hour(tracker.features(), bars, now - now % HOUR);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn features_equal_their_definitions(bars in series(60), late in 0_i64..HOUR) {
        check_all(&bars, 59 * HOUR + late);
    }

    #[test]
    fn and_over_the_whole_warm_up(bars in series(200), late in 0_i64..HOUR) {
        check_all(&bars, 199 * HOUR + late);
    }

    /// D-04: what comes later changes nothing.
    #[test]
    fn later_candles_change_nothing(bars in series(60), now in 49 * HOUR..59 * HOUR) {
        let timeline = Timeline::from_gaps(at(0), at(now), &[]);
        let mut cut = Bars::with_capacity(Granularity::M5, bars.len());
        for bar in bars.iter().take(bars.closed_len(at(now))) {
            cut.push(bar).unwrap();
        }
        let (whole, part) = (tracker(&bars, at(now), &timeline), tracker(&cut, at(now), &timeline));
        prop_assert_eq!(whole.features(), part.features());
    }

    /// Warming up and following a stream are the same code.
    #[test]
    fn a_stream_arrives_where_a_warm_up_does(bars in series(60), split in 2_i64..58) {
        let end = 60 * HOUR;
        let timeline = Timeline::from_gaps(at(0), at(end), &[]);
        let mut followed = tracker(&bars, at(split * HOUR), &timeline);
        let mut slot = split * HOUR;
        while slot < end {
            let bar = bars.iter().find(|b| b.start.secs() == slot);
            followed.push_slot(at(slot), bar, &timeline);
            slot += SLOT;
        }
        let fresh = tracker(&bars, at(end), &timeline);
        prop_assert_eq!(followed.features().hour, fresh.features().hour);
        prop_assert_eq!(followed.features().slot, fresh.features().slot);
    }

    /// Hourly files give the hourly features of the finer bars, and no slots.
    #[test]
    fn hourly_bars_give_the_same_hours(bars in series(60)) {
        let now = at(60 * HOUR);
        let timeline = Timeline::from_gaps(at(0), now, &[]);
        let mut hourly = Bars::with_capacity(Granularity::H1, 60);
        for bar in fold(bars.iter(), HOUR) {
            hourly.push(bar).unwrap();
        }
        let (fine, coarse) = (tracker(&bars, now, &timeline), tracker(&hourly, now, &timeline));
        prop_assert_eq!(fine.features().hour, coarse.features().hour);
        prop_assert_eq!(coarse.features().slot, None);
        prop_assert_eq!(coarse.features().granularity, Granularity::H1);
    }

    /// A venue that keeps fine bars for a day, and hours for longer, tells the same: exactly what
    /// hours say, and of slots all but what the RSI's long memory adds.
    #[test]
    fn hours_before_slots_give_what_slots_alone_do(bars in series(60), late in 0_i64..HOUR) {
        let (now, split) = (at(59 * HOUR + late), 36 * HOUR);
        let timeline = Timeline::from_gaps(at(0), now, &[]);
        let mut hours = Bars::with_capacity(Granularity::H1, 36);
        for bar in fold(bars.iter().filter(|bar| bar.start < at(split)), HOUR) {
            hours.push(bar).unwrap();
        }
        let mut slots = Bars::with_capacity(Granularity::M5, bars.len());
        for bar in bars.iter().filter(|bar| bar.start >= at(split)) {
            slots.push(bar).unwrap();
        }
        let product = "BTC-USD".parse().unwrap();
        let mixed = Tracker::warm_up(product, Some(&hours), &slots, now, &timeline, 2.0);
        let whole = tracker(&bars, now, &timeline);
        prop_assert_eq!(mixed.features().hour, whole.features().hour);
        prop_assert_eq!(mixed.features().closed_hours, whole.features().closed_hours);
        prop_assert_eq!(mixed.features().granularity, Granularity::M5);
        let (mixed, whole) = (mixed.features().slot.unwrap(), whole.features().slot.unwrap());
        let rsi = (mixed.rsi_14.unwrap(), whole.rsi_14.unwrap());
        prop_assert!((rsi.0 - rsi.1).abs() < 1e-4, "{:?}", rsi);
        let alike = |slot: domain::SlotFeatures| domain::SlotFeatures {
            rsi_14: Ok(0.0),
            previous_rsi_14: Ok(0.0),
            vwap_12: slot.vwap_12.map(|vwap| (vwap * 1e9).round()),
            ..slot
        };
        prop_assert_eq!(alike(mixed), alike(whole));
    }

    /// Mirrored candles give mirrored moves.
    #[test]
    fn mirrored_candles_flip_the_sign(bars in series(30)) {
        let now = at(30 * HOUR);
        let timeline = Timeline::from_gaps(at(0), now, &[]);
        let mut mirrored = Bars::with_capacity(Granularity::M5, bars.len());
        for bar in bars.iter() {
            let flip = |price: f64| 1e4 / price;
            let (high, low) = (flip(bar.low), flip(bar.high));
            mirrored.push(Bar { open: flip(bar.open), high, low, close: flip(bar.close), ..bar }).unwrap();
        }
        let (up, down) = (tracker(&bars, now, &timeline), tracker(&mirrored, now, &timeline));
        let (up, down) = (up.features().hour.unwrap(), down.features().hour.unwrap());
        let growth = |r: f64| 1.0 + r / 100.0;
        let product = growth(up.return_24h_pct.unwrap()) * growth(down.return_24h_pct.unwrap());
        prop_assert!((product - 1.0).abs() < 1e-9);
        prop_assert_eq!((up.up_hours_12, up.down_hours_12), (down.down_hours_12, down.up_hours_12));
    }
}

fn steady(hours: i64, granularity: Granularity) -> Bars {
    let step = granularity.secs();
    let mut bars = Bars::with_capacity(granularity, 5000);
    for i in 0..hours * HOUR / step {
        let close = 100.0 + 0.01 * (i % 7) as f64;
        let start = at(i * step);
        bars.push(Bar { start, open: close, high: close, low: close, close, volume: 1.0 }).unwrap();
    }
    bars
}

#[test]
fn a_window_with_more_than_a_twentieth_of_gap_says_nothing() {
    let (bars, now) = (steady(200, Granularity::M5), 200 * HOUR);
    // (gap's length in minutes at the end of the third last hour, what it takes away)
    for (minutes, day, month) in [(60, true, true), (120, false, true), (540, false, false)] {
        let gap = Gap { from: at(now - 3 * HOUR - minutes * 60), to: at(now - 3 * HOUR) };
        let timeline = Timeline::from_gaps(at(0), at(now), &[gap]);
        let hour = tracker(&bars, at(now), &timeline).features().hour.unwrap();
        assert_eq!(hour.return_24h_pct.is_ok(), day, "{minutes} minutes of 25 hours");
        assert_eq!(hour.trend_168h_pct.is_ok(), month, "{minutes} minutes of 168 hours");
        assert!(!hour.whole_168h, "any gap at all");
        if !day {
            assert_eq!(hour.return_24h_pct, Err(Absent::DataGap));
        }
    }
}

#[test]
fn minutes_fold_to_what_five_minutes_say() {
    let (fine, now) = (steady(60, Granularity::M1), at(60 * HOUR));
    let mut folded = Bars::with_capacity(Granularity::M5, 1000);
    for bar in fold(fine.iter(), SLOT) {
        folded.push(bar).unwrap();
    }
    let timeline = Timeline::from_gaps(at(0), now, &[]);
    assert_eq!(
        tracker(&fine, now, &timeline).features(),
        tracker(&folded, now, &timeline).features()
    );
}

#[test]
fn bars_longer_than_an_hour_say_nothing() {
    let bars = steady(600, Granularity::H6);
    let now = at(600 * HOUR);
    let timeline = Timeline::from_gaps(at(0), now, &[]);
    assert_eq!(tracker(&bars, now, &timeline).features().hour, None);
}

#[test]
fn the_first_183_hours_make_the_atr_filter_possible() {
    for (hours, known) in [(182, false), (183, true)] {
        let (bars, now) = (steady(hours, Granularity::H1), at(hours * HOUR));
        let timeline = Timeline::from_gaps(at(0), now, &[]);
        let features = *tracker(&bars, now, &timeline).features();
        assert_eq!(i64::from(features.closed_hours), hours);
        let ratio = features.hour.unwrap().atr_ratio;
        assert_eq!(ratio.is_ok(), known, "{hours} hours: {ratio:?}");
    }
}

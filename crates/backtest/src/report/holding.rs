//! What doing nothing would have done: all money into BTC, or into every product in equal parts, at
//! the start, for a taker's fee, and held.

use domain::{Fees, ProductId, Timestamp};
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use crate::metrics::{Days, Drawdown, Measure, drawdown, sharpe};
use crate::observe::Point;
use crate::{Data, Series};

const HOUR_SECS: i64 = 3600;
/// The curve has about so many points.
const SAMPLES: i64 = 800;

/// Something held over the whole span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// `BTC-USD` or `basket`.
    pub name: &'static str,
    /// What it is of.
    pub products: Vec<ProductId>,
    /// Marked at the last close, percent.
    pub return_pct: Measure,
    /// Of daily returns.
    pub sharpe: Measure,
    /// At hourly closes; none where there was nothing to hold.
    pub drawdown: Option<Drawdown>,
    /// What the strategy gained beyond it, percent points.
    pub excess_pct: Measure,
    /// Simple returns of whole UTC days, for further figures.
    #[serde(skip)]
    pub day_returns: Vec<f64>,
}

/// One moment of the curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// The account, dollars.
    pub equity: f64,
    /// Below its highest so far, percent, 0 or less.
    pub drawdown_pct: f64,
    /// In coins, percent of the account.
    pub invested_pct: f64,
    /// The same by cluster, in the order of the report's exposure.
    pub clusters_pct: Vec<f64>,
    /// The same money in BTC.
    pub btc: Option<f64>,
    /// The same money in everything.
    pub basket: Option<f64>,
}

/// The worth of something held, at each hour of the span.
pub(crate) struct Path {
    points: Vec<Point>,
    products: Vec<ProductId>,
}

impl Path {
    /// Buys these products in equal parts: those that have a price at the start.
    pub(crate) fn of<'a>(
        series: impl Iterator<Item = &'a Series>,
        cash: f64,
        fees: Fees,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Self> {
        let bought: Vec<_> = series.filter_map(|one| Some((one, close_at(one, from)?))).collect();
        let fee = fees.taker_bps.get().to_f64()? / 1e4;
        let part = cash / bought.len() as f64 / (1.0 + fee);
        let mut points = Vec::new();
        let mut at = from;
        loop {
            let worth =
                |(one, first): &(&Series, f64)| part * close_at(one, at).unwrap_or(*first) / first;
            let equity = bought.iter().map(worth).sum();
            points.push(Point { at, equity, invested: equity });
            if at >= to {
                break;
            }
            at = at.plus_secs(HOUR_SECS).min(to);
        }
        let products = bought.iter().map(|(one, _)| one.product).collect::<Vec<_>>();
        (!products.is_empty()).then_some(Self { points, products })
    }

    fn at(&self, at: Timestamp) -> Option<f64> {
        let next = self.points.partition_point(|point| point.at <= at);
        self.points.get(next.checked_sub(1)?).map(|point| point.equity)
    }
}

impl Held {
    /// What a path came to beside the strategy's return.
    pub(crate) fn of(
        name: &'static str,
        path: Option<&Path>,
        cash: f64,
        strategy_pct: Option<f64>,
    ) -> Self {
        let nothing = Measure::na("no price at the start");
        let last = path.and_then(|path| path.points.last());
        let gained = last.map(|last| 100.0 * (last.equity / cash - 1.0));
        let excess = strategy_pct.zip(gained).map(|(own, held)| own - held);
        let returns = path.map(|path| Days::of(&path.points).returns());
        Self {
            name,
            products: path.map(|path| path.products.clone()).unwrap_or_default(),
            return_pct: gained.map_or(nothing.clone(), Measure::Is),
            sharpe: returns.as_ref().map_or(nothing.clone(), |returns| sharpe(returns)),
            drawdown: path.map(|path| drawdown(&path.points)),
            excess_pct: excess.map_or(nothing, Measure::Is),
            day_returns: returns.unwrap_or_default(),
        }
    }
}

/// The curve of an account beside what holding was worth.
pub(crate) fn curve(
    points: &[Point],
    btc: Option<&Path>,
    basket: Option<&Path>,
    clusters: impl Fn(Timestamp) -> Vec<f64>,
) -> Vec<Sample> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let hours = last.at.secs_since(first.at) / HOUR_SECS / SAMPLES + 1;
    let step = hours * HOUR_SECS;
    let mut samples = Vec::new();
    let (mut next, mut peak) = (first.at, f64::MIN);
    for (at, point) in points.iter().enumerate() {
        peak = peak.max(point.equity);
        let is_last = at + 1 == points.len();
        if point.at < next && !is_last {
            continue;
        }
        next = point.at.plus_secs(step);
        samples.push(Sample {
            at: point.at,
            equity: point.equity,
            drawdown_pct: 100.0 * (point.equity / peak - 1.0),
            invested_pct: 100.0 * point.invested / point.equity,
            clusters_pct: clusters(point.at),
            btc: btc.and_then(|path| path.at(point.at)),
            basket: basket.and_then(|path| path.at(point.at)),
        });
    }
    samples
}

/// The last close of bars that are over at a moment.
pub(crate) fn close_at(one: &Series, at: Timestamp) -> Option<f64> {
    let closed = one.bars.closed_len(at);
    one.bars.closes().get(closed.checked_sub(1)?).copied()
}

/// The series of BTC.
pub(crate) fn btc(data: &Data) -> impl Iterator<Item = &Series> {
    data.series.iter().filter(|one| one.product.as_str() == "BTC-USD")
}

//! The minutes of one product's day as bars on its increments.

use domain::{Bar, Product, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::models::Model;
use super::series::{MINUTES, Plan, Series, is_weekend};
use super::table;
use crate::draw::{Purpose, Stream, World, exp, key, ln};

/// A step as integers, so that a multiple of it is the `f64` nearest to the decimal.
#[derive(Debug, Clone, Copy)]
struct Grid {
    mantissa: f64,
    scale: f64,
}

impl Grid {
    fn of(step: Decimal) -> Self {
        let scale = (0..step.scale()).fold(1.0, |power, _| power * 10.0);
        Self { mantissa: step.mantissa().to_f64().unwrap_or(1.0), scale }
    }

    fn steps(self, value: f64) -> f64 {
        value * self.scale / self.mantissa
    }

    fn at(self, steps: f64) -> f64 {
        steps * self.mantissa / self.scale
    }

    fn nearest(self, value: f64) -> f64 {
        self.at(self.steps(value).round().max(1.0))
    }

    fn above(self, value: f64) -> f64 {
        self.at(self.steps(value).ceil().max(1.0))
    }

    fn below(self, value: f64) -> f64 {
        self.at(self.steps(value).floor().max(1.0))
    }
}

/// The common factor's day, shared by all products.
#[derive(Debug)]
pub(crate) struct CommonDay {
    pub(crate) plan: Plan,
    pub(crate) path: Vec<f64>,
}

/// One product, with everything of it that no day changes.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    model: Model,
    prices: Grid,
    sizes: Grid,
    draws: Draws,
    /// Standard deviation of a minute's log move in the long run.
    minute_sd: f64,
    /// Standard deviation of the log of a day's volume that volatility does not explain.
    volume_sd: f64,
    /// Volume on weekends that lower volatility does not explain.
    weekend_volume: f64,
}

impl Tape {
    pub(crate) fn new(world: World, model: &Model, product: &Product) -> Self {
        let own = model.own_day_sd;
        let shared = model.beta * table::COMMON_DAY_SD;
        let (thick, thin) = table::VOLUME_SD;
        Self {
            model: *model,
            prices: Grid::of(product.limits.price_increment),
            sizes: Grid::of(product.limits.base_increment),
            draws: Draws::new(world, key(model.id)),
            minute_sd: ((own * own + shared * shared) / 1440.0).sqrt(),
            volume_sd: if model.quote_volume < table::THIN { thin } else { thick },
            weekend_volume: exp(table::VOLUME_WEEKEND * ln(model.weekend())),
        }
    }

    /// The price of a log distance from the anchors.
    pub(crate) fn price(&self, log: f64) -> f64 {
        self.model.anchor * exp(log)
    }

    /// The log distance at the end of a minute, from the common factor's and its own.
    pub(crate) fn log(&self, factor: f64, own: f64) -> f64 {
        self.model.beta * factor + own
    }

    /// The increment nearest to a price.
    pub(crate) fn nearest(&self, price: f64) -> f64 {
        self.prices.nearest(price)
    }

    /// The trading of a day that no halt interrupted; minutes in a halt are left out by the caller.
    pub(crate) fn bars(
        &self,
        series: &Series,
        plan: &Plan,
        common: &CommonDay,
        day: u64,
    ) -> Vec<Bar> {
        let midnight = super::midnight(day);
        let hours = self.hours(plan, &common.plan, is_weekend(day));
        let own = series.path(day, plan);
        let mut out = Vec::with_capacity(MINUTES);
        let mut before = self.log(common.plan.start.level, plan.start.level);
        // The price at the end of the minute before, where that was needed already.
        let mut known = None;
        let mut paths = common.path.iter().zip(&own);
        let mut n = day * MINUTES as u64;
        let mut start = midnight;
        for (at, hour) in hours.iter().enumerate() {
            for (minute, (factor, own)) in (at * 60..).zip(paths.by_ref().take(60)) {
                let log = self.log(*factor, *own);
                let luck = self.draws.idle.uniform(n);
                if luck < hour.idle {
                    known = None;
                } else {
                    let open = known.unwrap_or_else(|| self.price(before));
                    let last = self.price(log);
                    known = Some(last);
                    let echo = echo(plan, minute).max(echo(&common.plan, minute));
                    let step = if luck < hour.flat { None } else { Some((open, log - before)) };
                    out.extend(self.bar(n, start, hour, step, last, echo));
                }
                before = log;
                n += 1;
                start = start.plus_secs(60);
            }
        }
        out.shrink_to_fit();
        out
    }

    /// One minute's bar; without a step it saw one price only. `None` where its volume is less than
    /// one increment.
    fn bar(
        &self,
        n: u64,
        start: Timestamp,
        hour: &Hour,
        step: Option<(f64, f64)>,
        last: f64,
        echo: f64,
    ) -> Option<Bar> {
        let (open, step) = step.unwrap_or((last, 0.0));
        let stir = 0.6 + 0.5 * (step.abs() / hour.sd).min(8.0);
        let noise = exp(table::MINUTE_VOLUME_SD * self.draws.volume.bell(n) - half_noise());
        let volume =
            self.sizes.at(self.sizes.steps(hour.quote * stir * noise * echo / last).floor());
        if volume <= 0.0 {
            return None;
        }
        let (near, close) = (self.prices.nearest(open), self.prices.nearest(last));
        if step == 0.0 {
            return Some(Bar { start, open: close, high: close, low: close, close, volume });
        }
        let (top, bottom) = (open.max(last), open.min(last));
        let high = top * (1.0 + beyond(step, hour.sd, self.draws.high.uniform(n)));
        let low = bottom * (1.0 - beyond(step, hour.sd, self.draws.low.uniform(n)).min(0.5));
        Some(Bar {
            start,
            open: near,
            high: self.prices.below(high).max(near).max(close),
            low: self.prices.above(low).min(near).min(close),
            close,
            volume,
        })
    }

    fn hours(&self, plan: &Plan, common: &Plan, weekend: bool) -> [Hour; 24] {
        let elasticity = table::VOLUME_ELASTICITY;
        // Less half the variance of the exponent, so that the mean is the table's volume.
        let sd = self.volume_sd;
        let day = self.model.quote_volume / 1440.0
            * table::VOLUME_LEVEL
            * if weekend { self.weekend_volume } else { 1.0 }
            * exp(sd * plan.start.volume - 0.5 * sd * sd);
        let of_hour = |hour: usize| {
            let at = |values: &[f64; 24]| values.get(hour).copied().unwrap_or(1.0);
            let (own, shared) = (at(&plan.minute_sd), self.model.beta * at(&common.minute_sd));
            let sd = (own * own + shared * shared).sqrt();
            // What is louder than the hour usually is; the hour's own share comes on top.
            let louder = ln(sd / (self.minute_sd * at(&table::VOLATILITY_BY_HOUR)));
            let quote = day * at(&table::VOLUME_BY_HOUR) * exp(elasticity * louder);
            let rate = exp(table::IDLE_EXPONENT * ln(quote / table::IDLE_DOLLARS));
            let idle = exp(-rate);
            let traded = 1.0 - idle;
            Hour { sd, quote: quote / traded, idle, flat: idle + table::FLAT_SHARE * idle * traded }
        };
        core::array::from_fn(of_hour)
    }
}

/// The product's draws within a minute.
#[derive(Debug, Clone, Copy)]
struct Draws {
    high: Stream,
    low: Stream,
    volume: Stream,
    idle: Stream,
}

impl Draws {
    fn new(world: World, key: u64) -> Self {
        let stream = |purpose| Stream::new(world, key, purpose);
        Self {
            high: stream(Purpose::MinuteHigh),
            low: stream(Purpose::MinuteLow),
            volume: stream(Purpose::MinuteVolume),
            idle: stream(Purpose::MinuteIdle),
        }
    }
}

/// What is the same for all minutes of an hour.
#[derive(Debug)]
struct Hour {
    /// Of the product's log move in a minute, common part included.
    sd: f64,
    /// Expected quote volume of a minute with a trade.
    quote: f64,
    /// Probability of a minute without a trade.
    idle: f64,
    /// Probability of a minute without a trade or with one price only.
    flat: f64,
}

/// How far a Brownian path with the given end point goes beyond the further of its ends, in log
/// terms: its maximum is (d + √(d² + 2 σ² E)) / 2 with E exponential (the reflection principle).
fn beyond(step: f64, sd: f64, uniform: f64) -> f64 {
    let reach = (step * step - 2.0 * sd * sd * ln(uniform)).sqrt();
    0.5 * (reach - step.abs())
}

/// Volume after a jump: ninefold at once, half of the excess gone after a quarter of an hour.
fn echo(plan: &Plan, minute: usize) -> f64 {
    match plan.jump {
        Some((when, _)) if minute >= when => 1.0 + 8.0 / (1.0 + (minute - when) as f64 / 15.0),
        _ => 1.0,
    }
}

fn half_noise() -> f64 {
    0.5 * table::MINUTE_VOLUME_SD * table::MINUTE_VOLUME_SD
}

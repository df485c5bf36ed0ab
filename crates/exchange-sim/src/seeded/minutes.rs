//! The minutes of one product's day as bars on its increments.

use domain::{Bar, Product, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::series::{MINUTES, Plan, Series, log_variance};
use super::table::{self, Model};
use crate::draw::{Purpose, exp, minus_ln};

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

/// The trading of a day that no halt interrupted; minutes in `halt` are left out by the caller.
pub(crate) fn bars(
    model: &Model,
    product: &Product,
    series: &Series,
    plan: &Plan,
    common: &CommonDay,
    day: u64,
) -> Vec<Bar> {
    let prices = Grid::of(product.limits.price_increment);
    let sizes = Grid::of(product.limits.base_increment);
    let own = series.path(day, plan);
    let draws = Draws::new(series);
    let midnight = Timestamp::from_secs(i64::try_from(day).unwrap_or(0) * 86_400);
    let hours = Hours::of(model, plan, &common.plan);
    let mut out = Vec::with_capacity(MINUTES);
    let mut log = model.beta * common.plan.start.level + plan.start.level;
    let mut last = model.anchor * exp(log);
    for (minute, (factor, own)) in common.path.iter().zip(&own).enumerate() {
        let (open, before) = (last, log);
        log = model.beta * factor + own;
        last = model.anchor * exp(log);
        let Some(hour) = hours.0.get(minute / 60) else {
            continue;
        };
        let n = day * MINUTES as u64 + minute as u64;
        if draws.idle.uniform(n) < hour.idle {
            continue;
        }
        let step = log - before;
        let (top, bottom) = (open.max(last), open.min(last));
        let high = top * (1.0 + beyond(step, hour.sd, draws.high.uniform(n)));
        let low = bottom * (1.0 - beyond(step, hour.sd, draws.low.uniform(n)).min(0.5));
        let stir = 0.6 + 0.5 * (step.abs() / hour.sd).min(8.0);
        let noise = exp(table::MINUTE_VOLUME_SD * draws.volume.bell(n) - half_noise());
        let quote = hour.quote * stir * noise * echo(plan, minute).max(echo(&common.plan, minute));
        let volume = sizes.at(sizes.steps(quote / last).floor());
        if volume <= 0.0 {
            continue;
        }
        let (open, close) = (prices.nearest(open), prices.nearest(last));
        out.push(Bar {
            start: midnight.plus_secs(i64::try_from(minute).unwrap_or(0) * 60),
            open,
            high: prices.below(high).max(open).max(close),
            low: prices.above(low).min(open).min(close),
            close,
            volume,
        });
    }
    out
}

/// The product's draws within a minute.
struct Draws {
    high: crate::draw::Stream,
    low: crate::draw::Stream,
    volume: crate::draw::Stream,
    idle: crate::draw::Stream,
}

impl Draws {
    fn new(series: &Series) -> Self {
        Self {
            high: series.stream(Purpose::MinuteHigh),
            low: series.stream(Purpose::MinuteLow),
            volume: series.stream(Purpose::MinuteVolume),
            idle: series.stream(Purpose::MinuteIdle),
        }
    }
}

/// What is the same for all minutes of an hour.
struct Hour {
    /// Of the product's log move in a minute, common part included.
    sd: f64,
    /// Expected quote volume of a minute.
    quote: f64,
    /// Probability of a minute without a trade.
    idle: f64,
}

struct Hours(Vec<Hour>);

impl Hours {
    fn of(model: &Model, plan: &Plan, common: &Plan) -> Self {
        let elasticity = table::VOLUME_ELASTICITY;
        // Half the variance of the exponent, so that the long-run mean is the table's volume.
        let correction = 0.5 * elasticity * elasticity * log_variance(true);
        let hours = plan.minute_sd.iter().zip(&common.minute_sd);
        let rest = plan.hour_log.iter().zip(&table::ACTIVITY);
        let of_hour = |((own, factor), (log, activity)): ((&f64, &f64), (&f64, &f64))| {
            let shared = model.beta * factor;
            let scale = exp(elasticity * log - correction + plan.start.volume_log);
            let quote = model.quote_volume / 1440.0 * activity * scale;
            Hour {
                sd: (own * own + shared * shared).sqrt(),
                quote,
                idle: exp((-quote / table::IDLE_DOLLARS).max(-20.0)),
            }
        };
        Self(hours.zip(rest).map(of_hour).collect())
    }
}

/// How far a Brownian path with the given end point goes beyond the further of its ends, in log
/// terms: its maximum is (d + √(d² + 2 σ² E)) / 2 with E exponential (the reflection principle).
fn beyond(step: f64, sd: f64, uniform: f64) -> f64 {
    let reach = (step * step + 2.0 * sd * sd * minus_ln(uniform)).sqrt();
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

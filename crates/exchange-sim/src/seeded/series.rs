//! One log-price series, a day at a time: state at midnight in, the day's plan and the next
//! midnight's state out. A day's end is decided before its minutes, so that any day can be drawn
//! without those before it.

use super::table;
use crate::draw::{Purpose, Stream, exp};

pub(crate) const MINUTES: usize = 1440;
const MINUTES_IN_DAY: f64 = 1440.0;

/// What a series carries over midnight.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    /// Log distance from the anchor.
    pub(crate) level: f64,
    /// Log volatility of days.
    day_log: f64,
    /// Log volatility of hours, on top.
    hour_log: f64,
    /// Log volume of days that volatility does not explain.
    pub(crate) volume_log: f64,
}

/// What kind of series it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nature {
    pub(crate) day_sd: f64,
    pub(crate) pull: f64,
    /// Probability, smallest size and mean excess.
    pub(crate) jump: (f64, f64, f64),
}

/// What will happen in one day of a series.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) start: State,
    /// Log volatility of each hour, relative to the long run.
    pub(crate) hour_log: [f64; 24],
    /// Standard deviation of a minute's log move in each hour.
    pub(crate) minute_sd: [f64; 24],
    /// The day's log move without the jump.
    drift: f64,
    /// Minute and log size.
    pub(crate) jump: Option<(usize, f64)>,
}

/// The streams of one series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    seed: u64,
    number: u64,
    nature: Nature,
}

impl Series {
    pub(crate) const fn new(seed: u64, number: u64, nature: Nature) -> Self {
        Self { seed, number, nature }
    }

    pub(crate) const fn stream(&self, purpose: Purpose) -> Stream {
        Stream::new(self.seed, self.number, purpose)
    }

    /// The day's plan; `contagion` is the common factor's log volatility by hour.
    pub(crate) fn plan(&self, day: u64, start: State, contagion: Option<&[f64; 24]>) -> Plan {
        let mut hour_log = [0.0; 24];
        let mut minute_sd = [0.0; 24];
        let (mut own, mut variance) = (start.hour_log, 0.0);
        let news = self.stream(Purpose::HourVolatility);
        for (hour, (log, sd)) in hour_log.iter_mut().zip(&mut minute_sd).enumerate() {
            own = next_hour(own, news, day, hour as u64);
            let other = contagion.and_then(|c| c.get(hour)).copied().unwrap_or(0.0);
            *log = start.day_log + own + table::CONTAGION * other;
            let activity = table::ACTIVITY.get(hour).copied().unwrap_or(1.0);
            // Divided by the mean of exp(2 × log), so that the long-run variance is day_sd².
            let scale = exp(*log - log_variance(contagion.is_some()));
            *sd = self.nature.day_sd * scale * (activity / MINUTES_IN_DAY).sqrt();
            variance += 60.0 * *sd * *sd;
        }
        let shock =
            self.stream(Purpose::DayLevel).bell(day) * self.stream(Purpose::DayTail).tail(day);
        Plan {
            start,
            hour_log,
            minute_sd,
            drift: variance.sqrt() * shock - self.nature.pull * start.level,
            jump: self.jump(day),
        }
    }

    /// The state at the next midnight.
    pub(crate) fn next(&self, day: u64, plan: &Plan) -> State {
        let news = self.stream(Purpose::HourVolatility);
        let hour_log =
            (0..24).fold(plan.start.hour_log, |log, hour| next_hour(log, news, day, hour));
        let volatility = self.stream(Purpose::DayVolatility).bell(day);
        let volume = self.stream(Purpose::DayVolume).bell(day);
        State {
            level: plan.start.level + plan.drift + plan.jump.map_or(0.0, |(_, size)| size),
            day_log: table::DAY_KEEPS * plan.start.day_log + table::DAY_NEWS * volatility,
            hour_log,
            volume_log: table::VOLUME_KEEPS * plan.start.volume_log + table::VOLUME_NEWS * volume,
        }
    }

    /// Log distance from the anchor at the end of each minute of the day: a random walk with heavy
    /// tails, tilted in proportion to its variance so that it ends where the plan says.
    pub(crate) fn path(&self, day: u64, plan: &Plan) -> Vec<f64> {
        let (moves, tails) = (self.stream(Purpose::MinuteMove), self.stream(Purpose::MinuteTail));
        let mut path = Vec::with_capacity(MINUTES);
        let mut walk = 0.0;
        for (hour, sd) in plan.minute_sd.iter().enumerate() {
            for minute in hour * 60..hour * 60 + 60 {
                let n = day * MINUTES as u64 + minute as u64;
                walk += sd * moves.bell(n) * tails.tail(n);
                path.push(walk);
            }
        }
        let variance: f64 = plan.minute_sd.iter().map(|sd| 60.0 * sd * sd).sum();
        let tilt = (plan.drift - walk) / variance;
        let mut passed = 0.0;
        for (minute, at) in path.iter_mut().enumerate() {
            let sd = plan.minute_sd.get(minute / 60).copied().unwrap_or(0.0);
            passed += sd * sd;
            let jumped = plan.jump.filter(|(when, _)| minute >= *when);
            *at += plan.start.level + tilt * passed + jumped.map_or(0.0, |(_, size)| size);
        }
        path
    }

    fn jump(&self, day: u64) -> Option<(usize, f64)> {
        let (probability, smallest, excess) = self.nature.jump;
        let stream = self.stream(Purpose::Jump);
        if stream.uniform(4 * day) > probability {
            return None;
        }
        let minute = stream.bits(4 * day + 1) % MINUTES as u64;
        let size = smallest + excess * crate::draw::minus_ln(stream.uniform(4 * day + 2));
        let sign = if stream.bits(4 * day + 3) & 1 == 0 { 1.0 } else { -1.0 };
        Some((usize::try_from(minute).unwrap_or(0), sign * size))
    }
}

fn next_hour(log: f64, news: Stream, day: u64, hour: u64) -> f64 {
    table::HOUR_KEEPS * log + table::HOUR_NEWS * news.bell(day * 24 + hour)
}

/// The long-run variance of an hour's log volatility.
pub(crate) fn log_variance(with_contagion: bool) -> f64 {
    let ar = |keeps: f64, news: f64| news * news / (1.0 - keeps * keeps);
    let own = ar(table::DAY_KEEPS, table::DAY_NEWS) + ar(table::HOUR_KEEPS, table::HOUR_NEWS);
    if with_contagion { own * (1.0 + table::CONTAGION * table::CONTAGION) } else { own }
}

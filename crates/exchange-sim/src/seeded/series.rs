//! One log-price series, a day at a time: state at midnight in, the day's plan and the next
//! midnight's state out. A day's end is decided before its minutes, so that any day can be drawn
//! without those before it.

use super::models::Model;
use super::spell::{self, Spell};
use super::table;
use crate::draw::{Purpose, Stream, World, exp, key};

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
    /// Volume of days that volatility does not explain: mean 0, variance 1.
    pub(crate) volume: f64,
}

/// What will happen in one day of a series.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) start: State,
    /// Log volatility of each hour, relative to the long run.
    hour_log: [f64; 24],
    /// Standard deviation of a minute's log move in each hour.
    pub(crate) minute_sd: [f64; 24],
    /// The day's log move without the jump.
    drift: f64,
    /// Minute and log size.
    pub(crate) jump: Option<(usize, f64)>,
    /// Log volatility of hours at the end of the day.
    last_hour_log: f64,
}

/// What kind of series it is.
#[derive(Debug, Clone, Copy)]
struct Nature {
    /// Standard deviation of a day's log move in the long run.
    day_sd: f64,
    /// Share of its distance to the anchor that it loses in a day.
    pull: f64,
    /// Volatility on weekends / on other days.
    weekend: f64,
    /// Probability of a jump in a day.
    jumps: f64,
    /// How much of the common factor's log volatility shows in it.
    contagion: f64,
}

impl Nature {
    /// Root mean square of everything that scales its moves, so that division by it leaves
    /// [`Self::day_sd`]: hours, weekends, log volatility, spells (to a power), and jumps beside.
    fn rms(&self, log_variance: f64, spell_power: f64) -> f64 {
        let hours = table::VOLATILITY_BY_HOUR.iter().map(|v| v * v).sum::<f64>() / 24.0;
        let week = (5.0 + 2.0 * self.weekend * self.weekend) / 7.0;
        let (smallest, excess) = (table::JUMP_SMALLEST, table::JUMP_EXCESS);
        let size = smallest * smallest + 2.0 * smallest * excess + 2.0 * excess * excess;
        let jumps = 1.0 / (1.0 - self.jumps * size);
        let wild = exp(2.0 * log_variance) * spell::moment(spell_power);
        (hours * week * wild * jumps).sqrt()
    }
}

/// A series: its streams and its nature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    moves: Stream,
    tails: Stream,
    hours: Stream,
    days: [Stream; 4],
    jumps: Stream,
    nature: Nature,
    /// Of a minute's log move, at hour share and volatility 1.
    minute_sd: f64,
}

impl Series {
    /// The factor that moves all products.
    pub(crate) fn common(world: World) -> Self {
        let nature = Nature {
            day_sd: table::COMMON_DAY_SD,
            pull: table::COMMON_PULL,
            weekend: table::COMMON_WEEKEND,
            jumps: table::COMMON_JUMPS,
            contagion: 0.0,
        };
        Self::new(world, 0, nature, own_log_variance(), 2.0)
    }

    /// What a product does beside it.
    pub(crate) fn own(world: World, model: &Model) -> Self {
        let nature = Nature {
            day_sd: model.own_day_sd,
            pull: table::OWN_PULL,
            weekend: model.weekend(),
            jumps: table::OWN_JUMPS,
            contagion: table::CONTAGION,
        };
        let variance = own_log_variance() * (1.0 + nature.contagion * nature.contagion);
        Self::new(world, key(model.id), nature, variance, 2.0 * nature.contagion)
    }

    fn new(world: World, key: u64, nature: Nature, log_variance: f64, spell_power: f64) -> Self {
        let stream = |purpose| Stream::new(world, key, purpose);
        let scale = nature.rms(log_variance, spell_power);
        Self {
            moves: stream(Purpose::MinuteMove),
            tails: stream(Purpose::MinuteTail),
            hours: stream(Purpose::HourVolatility),
            days: [Purpose::DayLevel, Purpose::DayTail, Purpose::DayVolatility, Purpose::DayVolume]
                .map(stream),
            jumps: stream(Purpose::Jump),
            nature,
            minute_sd: nature.day_sd / scale / MINUTES_IN_DAY.sqrt(),
        }
    }

    /// The common factor's plan of a day in a spell.
    pub(crate) fn plan_in(&self, day: u64, start: State, spell: Spell) -> Plan {
        let kind = spell.kind();
        let mut plan = self.plan_with(day, start, &[kind.volatility_log; 24], 1.0);
        plan.drift += kind.drift;
        plan
    }

    /// A product's plan of a day, given the common factor's.
    pub(crate) fn plan(&self, day: u64, start: State, common: &Plan) -> Plan {
        self.plan_with(day, start, &common.hour_log, self.nature.contagion)
    }

    fn plan_with(&self, day: u64, start: State, other: &[f64; 24], share: f64) -> Plan {
        let mut hour_log = [0.0; 24];
        let mut minute_sd = [0.0; 24];
        let (mut own, mut variance) = (start.hour_log, 0.0);
        let week = self.minute_sd * if is_weekend(day) { self.nature.weekend } else { 1.0 };
        let logs = hour_log.iter_mut().zip(&mut minute_sd).zip(other);
        for (hour, (((log, sd), other), shape)) in
            (day * 24..).zip(logs.zip(&table::VOLATILITY_BY_HOUR))
        {
            own = table::HOUR_KEEPS * own + table::HOUR_NEWS * self.hours.bell(hour);
            *log = start.day_log + own + share * other;
            *sd = week * shape * exp(*log);
            variance += 60.0 * *sd * *sd;
        }
        let [level, tail, ..] = self.days;
        let shock = level.bell(day) * tail.tail(day);
        Plan {
            start,
            hour_log,
            minute_sd,
            drift: variance.sqrt() * shock - self.nature.pull * start.level,
            jump: self.jump(day),
            last_hour_log: own,
        }
    }

    /// The state at the next midnight.
    pub(crate) fn next(&self, day: u64, plan: &Plan) -> State {
        let [_, _, volatility, volume] = self.days;
        let keeps = table::VOLUME_KEEPS;
        State {
            level: plan.start.level + plan.drift + plan.jump.map_or(0.0, |(_, size)| size),
            day_log: table::DAY_KEEPS * plan.start.day_log + table::DAY_NEWS * volatility.bell(day),
            hour_log: plan.last_hour_log,
            volume: keeps * plan.start.volume + (1.0 - keeps * keeps).sqrt() * volume.bell(day),
        }
    }

    /// Log distance from the anchor at the end of each minute of the day: a random walk with heavy
    /// tails, tilted in proportion to its variance so that it ends where the plan says.
    pub(crate) fn path(&self, day: u64, plan: &Plan) -> Vec<f64> {
        let mut path = Vec::with_capacity(MINUTES);
        let mut walk = 0.0;
        let mut n = day * MINUTES as u64;
        for sd in plan.minute_sd {
            for _ in 0..60 {
                walk += sd * self.moves.bell(n) * self.tails.tail(n);
                path.push(walk);
                n += 1;
            }
        }
        let variance: f64 = plan.minute_sd.iter().map(|sd| 60.0 * sd * sd).sum();
        let tilt = (plan.drift - walk) / variance;
        let mut passed = 0.0;
        let jump_minute = plan.jump.map_or(MINUTES, |(minute, _)| minute);
        let jump_size = plan.jump.map_or(0.0, |(_, size)| size);
        for (hour, sd) in path.chunks_mut(60).zip(plan.minute_sd) {
            for at in hour {
                passed += sd * sd;
                *at += plan.start.level + tilt * passed;
            }
        }
        path.iter_mut().skip(jump_minute).for_each(|at| *at += jump_size);
        path
    }

    fn jump(&self, day: u64) -> Option<(usize, f64)> {
        let stream = self.jumps;
        if stream.uniform(4 * day) > self.nature.jumps {
            return None;
        }
        let minute = stream.bits(4 * day + 1) % MINUTES as u64;
        let excess = -table::JUMP_EXCESS * crate::draw::ln(stream.uniform(4 * day + 2));
        let size = self.nature.day_sd * (table::JUMP_SMALLEST + excess);
        let sign = if stream.bits(4 * day + 3) & 1 == 0 { 1.0 } else { -1.0 };
        Some((usize::try_from(minute).unwrap_or(0), sign * size))
    }
}

/// Saturday or Sunday; day 0, 1970-01-01, was a Thursday.
pub(crate) const fn is_weekend(day: u64) -> bool {
    ((day + 4) % 7).is_multiple_of(6)
}

/// The long-run variance of an hour's log volatility, spells and other series apart.
fn own_log_variance() -> f64 {
    let ar = |keeps: f64, news: f64| news * news / (1.0 - keeps * keeps);
    ar(table::DAY_KEEPS, table::DAY_NEWS) + ar(table::HOUR_KEEPS, table::HOUR_NEWS)
}

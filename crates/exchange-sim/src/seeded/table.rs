//! The numbers of the seeded market's model that are the same for all products.

/// Standard deviation of the common factor's daily log move.
pub(crate) const COMMON_DAY_SD: f64 = 0.0205;
/// Share of its distance to the anchor that a level loses in a day.
pub(crate) const COMMON_PULL: f64 = 0.008;
pub(crate) const OWN_PULL: f64 = 0.015;

/// A kind of spell: a slow state of the whole market, days to a few weeks long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Relative frequency.
    pub(crate) weight: f64,
    /// Shortest length and mean of the exponential rest, in days.
    pub(crate) days: (f64, f64),
    /// Added to the common factor's log volatility.
    pub(crate) volatility_log: f64,
    /// Added to the common factor's log move of a day.
    pub(crate) drift: f64,
}

/// Ordinary first: the market starts in it.
pub(crate) const SPELLS: [Kind; 5] = [
    Kind { weight: 0.34, days: (4.0, 8.0), volatility_log: 0.0, drift: 0.0 },
    // Quiet.
    Kind { weight: 0.26, days: (5.0, 8.0), volatility_log: -0.4, drift: 0.0 },
    // Rising.
    Kind { weight: 0.17, days: (4.0, 5.0), volatility_log: 0.05, drift: 0.010 },
    // Falling.
    Kind { weight: 0.15, days: (3.0, 4.0), volatility_log: 0.15, drift: -0.010 },
    // Wild.
    Kind { weight: 0.08, days: (2.0, 2.5), volatility_log: 0.65, drift: -0.012 },
];

/// Log volatility: how much of it a day, or an hour, keeps, and the size of its news.
pub(crate) const DAY_KEEPS: f64 = 0.93;
pub(crate) const DAY_NEWS: f64 = 0.115;
pub(crate) const HOUR_KEEPS: f64 = 0.80;
pub(crate) const HOUR_NEWS: f64 = 0.23;
/// How much of the common factor's log volatility shows in a product's own.
pub(crate) const CONTAGION: f64 = 0.5;

/// How strongly volume follows volatility.
pub(crate) const VOLUME_ELASTICITY: f64 = 1.4;
/// Mean of (volatility / its root mean square)^elasticity and of the hours' and weekends' shares,
/// inverted, so that the mean volume is the one in the table: measured.
pub(crate) const VOLUME_LEVEL: f64 = 1.30;
/// Log of a day's volume that no volatility explains: how much of it a day keeps, and its standard
/// deviation in thick and in thin products.
pub(crate) const VOLUME_KEEPS: f64 = 0.9;
pub(crate) const VOLUME_SD: (f64, f64) = (0.32, 0.85);
/// Mean quote volume of a day below which a product is thin.
pub(crate) const THIN: f64 = 1e6;
/// Standard deviation of the log of a minute's volume, given everything else.
pub(crate) const MINUTE_VOLUME_SD: f64 = 0.9;

/// A minute has no trade with probability exp(−(expected dollars / these)^exponent).
pub(crate) const IDLE_DOLLARS: f64 = 1500.0;
pub(crate) const IDLE_EXPONENT: f64 = 0.7;
/// Share of the traded minutes that saw one price only, where idle ones are nearly all.
pub(crate) const FLAT_SHARE: f64 = 0.22;

/// Probability of a jump in a day, of the common factor and of a product.
pub(crate) const COMMON_JUMPS: f64 = 0.03;
pub(crate) const OWN_JUMPS: f64 = 0.02;
/// A jump's smallest size and the mean of its exponential excess, in standard deviations of a day.
pub(crate) const JUMP_SMALLEST: f64 = 1.0;
pub(crate) const JUMP_EXCESS: f64 = 1.0;

/// Halts of the whole venue: probability a day, shortest and longest in minutes.
pub(crate) const HALT: (f64, i64, i64) = (1.0 / 60.0, 20, 80);

/// The common factor's volatility on Saturdays and Sundays / on other days.
pub(crate) const COMMON_WEEKEND: f64 = 0.71;
/// The same of a product's own: half its beta, within these. What moves little beyond the factor
/// rests on weekends, and alts hardly do.
pub(crate) const OWN_WEEKEND: (f64, f64) = (0.5, 1.0);
/// Volume on weekends that lower volatility does not explain: [`OWN_WEEKEND`]'s value to this power.
pub(crate) const VOLUME_WEEKEND: f64 = 0.55;

/// Relative volatility of the hours of a UTC day.
pub(crate) const VOLATILITY_BY_HOUR: [f64; 24] = [
    1.17, 1.17, 0.93, 0.87, 0.86, 0.96, 0.96, 0.93, 0.91, 0.87, 0.86, 0.87, //
    0.96, 1.25, 1.32, 1.18, 1.13, 1.18, 1.03, 0.96, 0.97, 0.91, 1.01, 0.74,
];
/// Relative volume of the hours of a UTC day.
pub(crate) const VOLUME_BY_HOUR: [f64; 24] = [
    1.26, 1.03, 0.92, 0.82, 0.79, 0.80, 0.84, 0.84, 0.81, 0.75, 0.74, 0.80, //
    0.98, 1.20, 1.36, 1.40, 1.23, 1.23, 1.14, 1.08, 1.08, 0.95, 0.99, 0.96,
];

//! Every number of the seeded market's model, in one place.

/// What is modelled of one product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    pub(crate) id: &'static str,
    /// The price around which it wanders, in dollars.
    pub(crate) anchor: f64,
    /// How much of the common factor's log move it takes.
    pub(crate) beta: f64,
    /// Standard deviation of its own daily log move.
    pub(crate) own_day_sd: f64,
    /// Typical quote volume of a day, in dollars.
    pub(crate) quote_volume: f64,
}

const fn model(
    id: &'static str,
    anchor: f64,
    beta: f64,
    own_day_sd: f64,
    quote_volume: f64,
) -> Model {
    Model { id, anchor, beta, own_day_sd, quote_volume }
}

/// Sorted by id.
pub(crate) const MODELS: [Model; 14] = [
    model("ADA-USD", 0.55, 1.30, 0.032, 25e6),
    model("ALGO-USD", 0.18, 1.20, 0.033, 6e6),
    model("ATOM-USD", 3.60, 1.15, 0.030, 6e6),
    model("AVAX-USD", 19.0, 1.35, 0.033, 20e6),
    model("BTC-USD", 98_000.0, 1.00, 0.004, 500e6),
    model("DOGE-USD", 0.17, 1.35, 0.035, 50e6),
    model("DOT-USD", 3.20, 1.20, 0.030, 10e6),
    model("ETH-USD", 3_300.0, 1.25, 0.019, 300e6),
    model("HBAR-USD", 0.17, 1.25, 0.038, 8e6),
    model("LINK-USD", 15.5, 1.30, 0.030, 25e6),
    model("SOL-USD", 155.0, 1.30, 0.026, 150e6),
    model("UNI-USD", 7.20, 1.25, 0.035, 8e6),
    model("XLM-USD", 0.28, 1.20, 0.034, 8e6),
    model("XRP-USD", 2.30, 1.15, 0.028, 80e6),
];

/// Standard deviation of the common factor's daily log move.
pub(crate) const COMMON_DAY_SD: f64 = 0.025;
/// Share of its distance to the anchor that a level loses in a day.
pub(crate) const COMMON_PULL: f64 = 0.008;
pub(crate) const OWN_PULL: f64 = 0.015;

/// Log volatility: how much of it a day, or an hour, keeps, and the size of its news.
pub(crate) const DAY_KEEPS: f64 = 0.93;
pub(crate) const DAY_NEWS: f64 = 0.11;
pub(crate) const HOUR_KEEPS: f64 = 0.85;
pub(crate) const HOUR_NEWS: f64 = 0.21;
/// How much of the common factor's log volatility shows in a product's own.
pub(crate) const CONTAGION: f64 = 0.5;

/// Log of a day's volume that no volatility explains.
pub(crate) const VOLUME_KEEPS: f64 = 0.9;
pub(crate) const VOLUME_NEWS: f64 = 0.10;
/// How strongly volume follows log volatility.
pub(crate) const VOLUME_ELASTICITY: f64 = 1.2;
/// Standard deviation of the log of a minute's volume, given everything else.
pub(crate) const MINUTE_VOLUME_SD: f64 = 0.9;
/// Expected dollars a minute at which a minute without a trade has probability 1/e.
pub(crate) const IDLE_DOLLARS: f64 = 800.0;

/// Jumps: probability a day, smallest size, mean of the exponential excess (both log moves).
pub(crate) const COMMON_JUMP: (f64, f64, f64) = (0.02, 0.015, 0.015);
pub(crate) const OWN_JUMP: (f64, f64, f64) = (0.05, 0.025, 0.02);

/// Halts of the whole venue: probability a day, shortest and longest in minutes.
pub(crate) const HALT: (f64, i64, i64) = (1.0 / 60.0, 20, 80);

/// Relative activity of the hours of a UTC day; the mean is 1.
pub(crate) const ACTIVITY: [f64; 24] = [
    0.95, 0.90, 0.85, 0.78, 0.72, 0.70, 0.72, 0.80, 0.88, 0.92, 0.92, 0.95, //
    1.03, 1.27, 1.50, 1.55, 1.40, 1.22, 1.12, 1.05, 1.03, 0.98, 0.90, 0.86,
];

//! A market without drift that can be told in other units, in another order and by other names.

use backtest::{Data, FeeSchedule, Outcome, Series, Setup, Silent, run};
use domain::{Bar, Bars, Fact, Granularity, Pct};
use exchange_sim::Catalog;
use rust_decimal::Decimal;

use crate::common::{Random, setup, start};

const MINUTE_SECS: i64 = 60;
/// Bars before the first decision.
pub(crate) const WARM_UP: i64 = 361 * 60;
/// Of a minute: 60 % a year.
const SPREAD: f64 = 8.3e-4;

/// A market of minutes without drift, told in some units, order and names.
#[derive(Clone)]
pub(crate) struct World {
    /// Each product's seed, beside what it is called.
    pub(crate) products: Vec<(u64, &'static str)>,
    pub(crate) bars: i64,
    /// Prices are told × 2^shift, and volumes × 2^−shift.
    pub(crate) shifts: Vec<i32>,
    /// From this bar on the market goes another way.
    pub(crate) forked_at: Option<i64>,
    /// Whether events may be equals: those of one kind whose strength has steps. Of equals the first by
    /// name goes first.
    pub(crate) has_equals: bool,
}

const NAMES: [&str; 12] = [
    "BTC-USD", "AB-USD", "CD-USD", "EF-USD", "GH-USD", "IJ-USD", "KL-USD", "MN-USD", "OP1-USD",
    "QR-USD", "ST-USD", "UV-USD",
];

impl World {
    pub(crate) fn of(products: usize, days: i64) -> Self {
        Self {
            products: (1..).zip(NAMES).take(products).collect(),
            bars: WARM_UP + days * 1440,
            shifts: vec![0; products],
            forked_at: None,
            has_equals: true,
        }
    }

    fn catalog(&self) -> Catalog {
        let rows = self.products.iter().zip(&self.shifts).map(|((_, name), shift)| {
            let up = two_to(*shift);
            let (price, base) = (Decimal::new(1, 2) * up, Decimal::new(1, 8) / up);
            let most = Decimal::from(10_000_000) / up;
            format!(
                r#"{{"product_id": "{name}", "base_increment": "{base}", "quote_increment": "0.01",
                "price_increment": "{price}", "base_min_size": "{base}", "base_max_size": "{most}",
                "quote_min_size": "1", "quote_max_size": "10000000", "status": "online",
                "trading_disabled": false}}"#
            )
        });
        let rows = rows.collect::<Vec<_>>().join(",");
        Catalog::from_json("the world", &format!(r#"{{"products": [{rows}]}}"#)).unwrap()
    }

    pub(crate) fn data(&self) -> Data {
        let series = self.products.iter().zip(&self.shifts).map(|((seed, name), shift)| {
            let bars = self.bars_of(*seed, 2_f64.powi(*shift)).into();
            Series { product: name.parse().unwrap(), bars, file: "a world".to_owned() }
        });
        Data::of(self.catalog(), series.collect())
    }

    fn bars_of(&self, seed: u64, units: f64) -> Bars {
        let (mut random, mut open) = (Random(seed), 100.0_f64);
        // The first is the one that the regime is read from, and calm.
        let spread = if seed == 1 { 0.3 * SPREAD } else { SPREAD };
        let mut columns = Bars::with_capacity(Granularity::M1, usize::try_from(self.bars).unwrap());
        for at in 0..self.bars {
            if self.forked_at == Some(at) {
                random = Random(seed + 1000);
            }
            // The mean of what a price becomes is what it is.
            let close = open * (spread * random.bell() - 0.5 * spread * spread).exp();
            let (top, bottom) = (random.next() * 5e-4, random.next() * 5e-4);
            let (high, low) = (open.max(close) * (1.0 + top), open.min(close) * (1.0 - bottom));
            let volume = 60e6 / 1440.0 / close * (random.next() + 0.5);
            let (open_told, high, low) = (open * units, high * units, low * units);
            let (close_told, volume) = (close * units, volume / units);
            let start = start().plus_secs(at * MINUTE_SECS);
            let bar = Bar { start, open: open_told, high, low, close: close_told, volume };
            columns.push(bar).unwrap();
            open = close;
        }
        columns
    }

    /// Everything tradable, much of it at once, and fees of the entry tier.
    pub(crate) fn setup(&self) -> Setup {
        let mut setup = setup(1);
        let from = start().plus_secs(WARM_UP * MINUTE_SECS);
        (setup.from, setup.to) = (from, start().plus_secs(self.bars * MINUTE_SECS));
        setup.interval_secs = MINUTE_SECS;
        setup.fees = FeeSchedule::coinbase_entry().unwrap();
        for fact in &mut setup.preamble {
            if let Fact::Boot { at, .. } = fact {
                *at = from;
            } else if let Fact::Named(names) = fact {
                names.at = from;
            }
        }
        setup.settings.universe.method = universe::Method::Dynamic;
        setup.settings.universe.clusters.clear();
        // The market is as calm as ever: what asks for more than that would ask in vain.
        let triggers = &mut setup.settings.triggers;
        triggers.min_atr_ratio.chop = 0.1;
        triggers.momentum.repeat_hours = 6;
        (triggers.price_move.min_15m_pct.chop, triggers.price_move.min_60m_pct.chop) = (0.7, 1.2);
        let rules = &mut setup.settings.rules;
        rules.price_move.enabled = self.has_equals;
        rules.price_move.min_move_pct = Some(0.7);
        (rules.price_move.max_hold_hours, rules.momentum.max_hold_hours) = (6, 6);
        rules.min_score = 0.05;
        let mut policy = risk::Policy::default();
        let pct = |pct: u32| Pct::new(Decimal::from(pct)).unwrap();
        policy.entries.min_conviction = 0.0;
        policy.caps.max_total_pct = pct(50);
        policy.caps.max_position_pct = pct(5);
        policy.caps.clusters_pct = [("OTHER".to_owned(), pct(30))].into();
        (policy.loss_stops.daily_stop_pct, policy.loss_stops.weekly_stop_pct) = (pct(10), pct(20));
        policy.loss_stops.max_drawdown_pct = pct(30);
        (policy.positions.max_open_positions, policy.positions.max_new_positions_per_cycle) =
            (50, 5);
        (policy.pacing.trades_per_day, policy.pacing.trades_per_hour) = (50, 12);
        (policy.pacing.attempts_per_day, policy.pacing.attempts_per_hour) = (500, 50);
        policy.messages.repeated_executions = 20;
        (policy.pacing.spacing_secs, policy.pacing.symbol_spacing_secs) = (0, 0);
        policy.pacing.cooldown_win_minutes = 0;
        policy.pacing.cooldown_loss_minutes = 0;
        policy.pacing.cooldown_stop_minutes = 0;
        policy.pacing.losses_in_a_row = 100;
        setup.settings.limits = risk::Limits::new(policy, setup.policy.clone()).unwrap();
        setup
    }

    pub(crate) fn play(&self) -> Outcome {
        run(&self.setup(), &self.data(), &mut Silent).unwrap()
    }
}

/// Two to the power of a shift.
pub(crate) fn two_to(shift: i32) -> Decimal {
    let whole = Decimal::from(2_u64.pow(shift.unsigned_abs()));
    if shift < 0 { Decimal::ONE / whole } else { whole }
}

//! What holds whatever the market did. Entries that know nothing lose what they cost; a market told in
//! other units, in another order or by other names is the same market.

use backtest::{
    Data, FeeSchedule, Outcome, Report, Series, Setup, Silent, Slots, TradeRow, metrics, run,
    run_on,
};
use domain::{Bar, Bars, Fact, Granularity, Pct, ProductId, Side, Timestamp};
use exchange_sim::{Catalog, SimError, SimVenue};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::common::{Random, setup, start};

const MINUTE_SECS: i64 = 60;
/// Bars before the first decision.
const WARM_UP: i64 = 361 * 60;
/// Of a minute: 60 % a year.
const SPREAD: f64 = 8.3e-4;

/// A market of minutes without drift, told in some units, order and names.
#[derive(Clone)]
struct World {
    /// Each product's seed, beside what it is called.
    products: Vec<(u64, &'static str)>,
    bars: i64,
    /// Prices are told × 2^shift, and volumes × 2^−shift.
    shifts: Vec<i32>,
    /// From this bar on the market goes another way.
    forked_at: Option<i64>,
    /// Whether events may be equals: those of one kind whose strength has steps. Of equals the first by
    /// name goes first.
    has_equals: bool,
}

const NAMES: [&str; 12] = [
    "BTC-USD", "AB-USD", "CD-USD", "EF-USD", "GH-USD", "IJ-USD", "KL-USD", "MN-USD", "OP1-USD",
    "QR-USD", "ST-USD", "UV-USD",
];

impl World {
    fn of(products: usize, days: i64) -> Self {
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

    fn data(&self) -> Data {
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
    fn setup(&self) -> Setup {
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

    fn play(&self) -> Outcome {
        run(&self.setup(), &self.data(), &mut Silent).unwrap()
    }
}

fn two_to(shift: i32) -> Decimal {
    let whole = Decimal::from(2_u64.pow(shift.unsigned_abs()));
    if shift < 0 { Decimal::ONE / whole } else { whole }
}

/// Candles of another market than the one that is traded: what is decided from them is chance.
struct Elsewhere(Data);

impl Slots for Elsewhere {
    fn slot(
        &mut self,
        _: &SimVenue,
        product: ProductId,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Option<Bar>, SimError> {
        let one = self.0.series.iter().find(|one| one.product == product).unwrap();
        let slot = one.bars.position(start)..one.bars.position(end);
        let minutes = slot.filter_map(|at| one.bars.get(at));
        Ok(minutes.reduce(|bars, later| bars.merged(&later)))
    }
}

/// What one position gained between the close after each of its buys and the one before each of its
/// sales, which nobody paid for, and what it cost: fees, and the way from fill to close.
#[derive(Debug, Default, Clone, Copy)]
struct Position {
    qty: f64,
    luck: f64,
    fees: f64,
    way: f64,
}

/// Positions that were closed, from the fills on record.
fn positions(outcome: &Outcome, data: &Data) -> Vec<Position> {
    let mut open = std::collections::BTreeMap::<ProductId, Position>::new();
    let mut closed = Vec::new();
    for fact in &outcome.facts {
        let Fact::Fill(fill) = fact else { continue };
        let one = data.series.iter().find(|one| one.product == fill.product).unwrap();
        let passed = one.bars.closed_len(fill.at);
        let (price, qty) = (fill.price.get().to_f64().unwrap(), fill.qty.get().to_f64().unwrap());
        let (at, sign) = if fill.side == Side::Buy { (passed, 1.0) } else { (passed - 1, -1.0) };
        let close = one.bars.closes()[at];
        let position = open.entry(fill.product).or_default();
        position.qty += sign * qty;
        position.luck -= sign * qty * close;
        position.way += sign * qty * (price - close);
        position.fees += fill.fee.get().to_f64().unwrap();
        if position.qty.abs() < 1e-9 {
            closed.extend(open.remove(&fill.product));
        }
    }
    closed
}

/// The mean and its standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

#[test]
fn entries_at_random_lose_what_they_cost_within_three_standard_errors() {
    let world = World::of(12, 12);
    let elsewhere = World { forked_at: Some(WARM_UP), ..world.clone() };
    let (data, setup) = (world.data(), world.setup());
    let mut slots = Elsewhere(elsewhere.data());
    let outcome = run_on(&setup, &data, &mut slots, &mut Silent).unwrap();
    let report = Report::of(&setup, &data, &outcome, backtest::Described::default()).unwrap();

    let positions = positions(&outcome, &data);
    let realised: Vec<f64> = report.trades.iter().filter_map(TradeRow::realised).collect();
    assert!(realised.len() > 150, "{} {:?}", realised.len(), report.funnel);
    assert_eq!(positions.len(), realised.len());
    // Not a cent is lost between the fills and the trades.
    let told: f64 = positions.iter().map(|one| one.luck - one.fees - one.way).sum();
    let sum: f64 = realised.iter().sum();
    assert!((told - sum).abs() < 1e-6, "{told} {sum}");

    let luck: Vec<f64> = positions.iter().map(|one| one.luck).collect();
    let costs: Vec<f64> = positions.iter().map(|one| one.fees + one.way).collect();
    let ((luck, error), (cost, _)) = (mean_and_error(&luck), mean_and_error(&costs));
    assert!(luck.abs() <= 3.0 * error, "luck {luck} ± {error}, costs {cost}");
    // The costs are large enough for the comparison to mean something.
    assert!(cost > 5.0 * error, "costs {cost} beside ± {error}");
    let (lost, lost_error) = mean_and_error(&realised);
    assert!((lost + cost).abs() <= 3.0 * lost_error, "lost {lost} ± {lost_error}, costs {cost}");
    assert!(metrics::expectancy(&realised).get().unwrap() < 0.0);
}

/// What was decided and what became of it, in the units of a world without shifts and by its names.
fn told(world: &World, names: &World) -> Vec<String> {
    let (setup, data, outcome) = (world.setup(), world.data(), world.play());
    let report = Report::of(&setup, &data, &outcome, backtest::Described::default()).unwrap();
    let mut lines = Vec::new();
    for row in &report.trades {
        let at = world.products.iter().position(|(_, name)| *name == row.pair.as_str()).unwrap();
        let (seed, _) = world.products[at];
        let name = names.products.iter().find(|(own, _)| *own == seed).unwrap().1;
        let up = two_to(world.shifts[at]);
        let price = |rate: Decimal| (rate / up).round_dp(12).normalize();
        lines.push(format!(
            "{name} {} {} {:?} {} {} {:?} {} {:?} {:?} {}",
            row.enter_tag,
            row.open_date,
            row.close_date,
            (row.amount.get() * up).normalize(),
            price(row.open_rate.get()),
            row.close_rate.map(|rate| price(rate.get())),
            row.fees,
            row.profit_abs,
            row.r_multiple.map(|r| format!("{r:.9}")),
            row.exit_reason,
        ));
    }
    lines.sort();
    let points = outcome.observed.points.iter();
    lines.extend(points.map(|point| format!("{} {:.9}", point.at, point.equity)));
    lines.push(format!("{:?} {:?}", report.funnel, report.figures.sharpe));
    lines
}

fn same(one: &[String], other: &[String]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn prices_times_a_power_of_two_and_volumes_by_it_change_no_decision() {
    let plain = World::of(5, 5);
    let told_plain = told(&plain, &plain);
    let trades = told_plain.iter().filter(|line| line.contains("-USD")).count();
    assert!(trades > 10, "{trades}");
    for shifts in [vec![3; 5], vec![0, -2, 5, 1, -4]] {
        let shifted = World { shifts, ..plain.clone() };
        same(&told_plain, &told(&shifted, &plain));
    }
}

#[test]
fn products_in_another_order_or_by_other_names_change_no_decision() {
    let plain = World::of(5, 5);
    let told_plain = told(&plain, &plain);
    let mut turned = plain.clone();
    turned.products.reverse();
    same(&told_plain, &told(&turned, &plain));
    // The market that the regime is read from keeps its name.
    let plain = World { has_equals: false, ..plain };
    let names = ["BTC-USD", "ZZ-USD", "YY-USD", "AA-USD", "XX-USD"];
    let renamed = plain.products.iter().zip(names).map(|((seed, _), name)| (*seed, name)).collect();
    let renamed = World { products: renamed, ..plain.clone() };
    let lines = told(&plain, &plain);
    let trades = lines.iter().filter(|line| line.contains("-USD")).count();
    assert!(trades > 5, "{trades}");
    same(&lines, &told(&renamed, &plain));
}

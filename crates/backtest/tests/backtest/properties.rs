//! What holds whatever the market did. Entries that know nothing lose what they cost; a market told in
//! other units, in another order or by other names is the same market.

use backtest::{Data, Described, Outcome, Report, Silent, Slots, TradeRow, metrics, run_on};
use domain::{Bar, Fact, ProductId, Side, Timestamp};
use exchange_sim::{SimError, SimVenue};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::world::{WARM_UP, World, two_to};

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
    for fact in outcome.facts.events() {
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
    let report = Report::of(&setup, &data, &outcome, Described::default()).unwrap();

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
    let report = Report::of(&setup, &data, &outcome, Described::default()).unwrap();
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

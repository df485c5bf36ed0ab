//! Fills, fees and profits worked out by hand, to the last digit.
//!
//! The book around a close c, where V dollars changed hands in the last 24 closed hours: the spread is
//! s = c × 4 bps × √($10 M / V), the bid c − s / 2 rounded down to the cent. Hours of waves trade 1,000
//! coins at 50,000 × (1 + k / 5000), where k runs through 0 to 23 in any 24 hours; the hour that rises
//! trades 4,000 at 51,750.

use crate::common::{market, risen, setup};
use backtest::{Data, Described, Report, Series, Setup, Silent, TradeRow, run};
use domain::{Bar, Bars, BaseQty, Fact, Fill, Granularity, Liquidity, Pct, Price, QuoteAmt, Usd};
use exchange_sim::Catalog;
use rules::TrailBy;

/// The same market with so little traded in each minute after the rise.
fn thin(after: &[f64], volume: f64) -> Data {
    let data = market(after);
    let mut bars = Bars::with_capacity(Granularity::M1, data.series[0].bars.len());
    for bar in data.series[0].bars.iter() {
        let volume = if bar.start < risen() { bar.volume } else { volume };
        bars.push(Bar { volume, ..bar }).unwrap();
    }
    let product = data.series[0].product;
    let series = Series { product, bars: bars.into(), file: "thin".to_owned() };
    Data::of(Catalog::embedded().unwrap(), vec![series])
}

/// Fills in their order, and the first trade.
fn played(data: &Data, hours: i64) -> (Vec<Fill>, TradeRow) {
    played_as(&setup(hours), data)
}

fn played_as(setup: &Setup, data: &Data) -> (Vec<Fill>, TradeRow) {
    let outcome = run(setup, data, &mut Silent).unwrap();
    let report = Report::of(setup, data, &outcome, Described::default()).unwrap();
    let fill =
        |fact: &Fact| if let Fact::Fill(fill) = fact { Some((**fill).clone()) } else { None };
    (outcome.facts.events().filter_map(fill).collect(), report.trades[0].clone())
}

/// When, what, at which price, for which fee, and how.
type Known = (&'static str, &'static str, &'static str, &'static str, Liquidity);

fn are(fills: &[Fill], known: &[Known]) {
    for (fill, (at, qty, price, fee, how)) in fills.iter().zip(known) {
        assert_eq!(fill.at, at.parse().unwrap(), "{fill:?}");
        assert_eq!(fill.qty, BaseQty::parse(qty).unwrap(), "{fill:?}");
        assert_eq!(fill.price, Price::parse(price).unwrap(), "{fill:?}");
        assert_eq!(fill.fee, QuoteAmt::parse(fee).unwrap(), "{fill:?}");
        assert_eq!(fill.liquidity, Some(*how), "{fill:?}");
    }
    assert!(fills.len() >= known.len(), "{fills:?}");
}

/// When it rose: the 24 hours before have every k but 17, so that V = 1,152,590,000 + 207,000,000,
/// s = 51,750 × 4 bps × √(10 / 1,359.59) = 1.7753 and the bid is 51,749.11.
///
/// The first order rests for 15 seconds, in which the price stands at the open. The second rests from
/// second 20; from 15 to 30 the price is at the low, 0.3 % below. 60 bps of 494.04… are 2.96425525.
const BOUGHT: Known =
    ("2026-01-19T00:00:25Z", "0.00954688", "51749.11", "2.96425525", Liquidity::Maker);

#[test]
fn a_stop_inside_a_gap_sells_at_the_bid_behind_the_gap() {
    let mut after = vec![1.0, 1.0];
    after.extend([0.8; 3]);
    let (fills, trade) = played(&market(&after), 5);
    // The stop is at 51,749.11 × 0.92 = 47,609.18. The minute after two quiet hours opens at 41,400,
    // and is known when it is over. By then V has lost the hours of k 0 and 7 and won two of 1,000 at
    // 51,750: 1,052,520,000 + 207,000,000 + 103,500,000; s = 1.4184 and the bid is 41,399.29.
    let sold = ("2026-01-19T02:01:00Z", "0.00954688", "41399.29", "4.74280864", Liquidity::Taker);
    are(&fills, &[BOUGHT, sold]);
    assert_eq!(trade.exit_reason, "stop_loss");
    // 395.2340537152 − 494.0425432768 − 2.96425525 − 4.74280864.
    assert_eq!(trade.profit_abs, Some(Usd::parse("-106.5155534516").unwrap()));
}

#[test]
fn a_target_sells_at_the_bid_of_the_first_close_that_reached_it() {
    let after: Vec<f64> = (1..=7).map(|hour| 1.0 + 0.03 * f64::from(hour)).collect();
    let (fills, trade) = played(&market(&after), 7);
    // The target is 51,749.11 × 1.15 = 59,511.4765. Closes rise by 25.875 a minute: the 300th is
    // 59,512.50. V = 902,130,000 (18 waves) + 207,000,000 + 51,750,000 × 5.45; s = 2.0182 and its bid is
    // 59,511.49; the one before is 59,485.61, below the target.
    let sold = ("2026-01-19T05:00:00Z", "0.00954688", "59511.49", "6.81778864", Liquidity::Taker);
    are(&fills, &[BOUGHT, sold]);
    assert_eq!(trade.exit_reason, "take_profit");
    // 568.1490536512 − 494.0425432768 − 2.96425525 − 6.81778864.
    assert_eq!(trade.profit_abs, Some(Usd::parse("64.3244664844").unwrap()));
}

/// Up by 8 % in four hours and down by 3 % in the fifth: nowhere near the stop of 8 % or the target of 15.
#[test]
fn a_trailing_stop_follows_the_best_bid_and_sells_when_prices_turn() {
    let data = market(&[1.02, 1.04, 1.06, 1.08, 1.05, 1.05]);
    let mut setup = setup(6);
    let pct = |text: &str| Pct::parse(text).unwrap();
    let trailing = &mut setup.settings.exits.trailing;
    (trailing.by, trailing.arm_gain_pct, trailing.trail_pct) =
        (TrailBy::Percent, pct("5"), pct("2"));
    let (fills, trade) = played_as(&setup, &data);
    assert_eq!(trade.exit_reason, "trailing_stop");
    // The best close is 51,750 × 1.08 = 55,890, its bid a dollar below at most; 2 % below that is between
    // 54,771.2 and 54,772.2. Closes fall by 25.875 a minute: the 43rd is 54,777.375 with its bid above
    // 54,776, the 44th is 54,751.50.
    let sold = fills.last().unwrap();
    assert_eq!(sold.at, "2026-01-19T04:44:00Z".parse().unwrap());
    let (low, high) = (Price::parse("54750.5").unwrap(), Price::parse("54751.5").unwrap());
    assert!(low < sold.price && sold.price < high, "{sold:?}");

    // Armed by more than it ever gained, it sells nothing.
    setup.settings.exits.trailing.arm_gain_pct = pct("9");
    let (_, trade) = played_as(&setup, &data);
    assert_eq!(trade.exit_reason, "open");
}

#[test]
fn a_thin_minute_fills_a_tenth_of_its_volume_for_the_time_that_an_order_lived() {
    let mut after = vec![1.0, 1.0];
    after.extend([0.8; 3]);
    let (fills, trade) = played(&thin(&after, 0.12), 5);
    // At the low from second 20 on: 0.12 × 10 % × 5 / 60 by second 25, as much by second 30; then the
    // price goes up, and the order is cancelled at second 35 with 0.00754688 of it unfilled.
    let piece = |at| (at, "0.001", "51749.11", "0.31049466", Liquidity::Maker);
    // V is less: 1,052,520,000 + 207,000,000 + 2 × 7.2 × 51,750; s = 1.4751.
    let sold = ("2026-01-19T02:01:00Z", "0.002", "41399.26", "0.99358224", Liquidity::Taker);
    are(&fills, &[piece("2026-01-19T00:00:25Z"), piece("2026-01-19T00:00:30Z"), sold]);
    assert_eq!(trade.amount, BaseQty::parse("0.002").unwrap());
    assert_eq!(trade.stake_amount, QuoteAmt::parse("104.11920932").unwrap());
    assert_eq!(trade.profit_abs, Some(Usd::parse("-22.31427156").unwrap()));
}

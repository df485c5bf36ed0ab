//! The guard against foresight: the shipped strategy has none, and one that cheats is caught.

use crate::common::{market, setup};
use backtest::lookahead::{Change, check, cuts};
use backtest::{Data, FromVenue, Silent, Slots, run, run_on};
use domain::{Bar, ProductId, Timestamp};
use exchange_sim::{SimError, SimVenue};

/// Knows the whole data, and tells each slot five minutes before it happens.
struct Clairvoyant(Data);

impl Slots for Clairvoyant {
    fn slot(
        &mut self,
        _: &SimVenue,
        product: ProductId,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Option<Bar>, SimError> {
        let Some(one) = self.0.series.iter().find(|one| one.product == product) else {
            return Ok(None);
        };
        let (from, to) =
            (one.bars.position(start.plus_secs(300)), one.bars.position(end.plus_secs(300)));
        let ahead = (from..to).filter_map(|at| one.bars.get(at));
        Ok(ahead.reduce(|bars, later| bars.merged(&later)))
    }
}

fn after() -> Vec<f64> {
    vec![1.02, 1.04, 1.0, 0.99, 0.9, 0.91]
}

#[test]
fn the_shipped_strategy_decides_the_same_without_a_future_and_with_a_false_one() {
    let (data, setup) = (market(&after()), setup(6));
    let whole = run(&setup, &data, &mut Silent).unwrap();
    let cuts = cuts(&whole, &setup, 2, 2);
    assert!(cuts.len() > 2, "some at approvals: {cuts:?}");
    let found = check(&setup, &data, &whole, &cuts, &|_| Box::new(FromVenue)).unwrap();
    assert_eq!(found.found, []);
    assert!(found.compared > 100, "{}", found.compared);
}

#[test]
fn a_strategy_that_reads_the_next_slot_is_caught_both_ways() {
    let (data, setup) = (market(&after()), setup(6));
    let source = |data: &Data| Box::new(Clairvoyant(data.clone())) as Box<dyn Slots>;
    let whole = run_on(&setup, &data, &mut *source(&data), &mut Silent).unwrap();
    let cuts = cuts(&whole, &setup, 2, 2);
    let found = check(&setup, &data, &whole, &cuts, &source).unwrap();
    for change in [Change::Truncated, Change::Poisoned] {
        assert!(found.found.iter().any(|one| one.change == change), "{change:?}: {found:?}");
    }
}

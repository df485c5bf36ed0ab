//! A strategy of one's own beside the table of rules: `cargo run -p rules --example one_cycle`.
#![allow(clippy::print_stdout, reason = "an example shows its result")]

use domain::{MarketView, Mode, Regime, Timestamp, Universe, Usd};
use rules::{Context, Proposals, RulesStrategy, Strategy, propose};

/// Never wants anything.
#[derive(Debug)]
struct Patience;

impl Strategy for Patience {
    fn name(&self) -> &'static str {
        "patience"
    }

    fn propose(&self, _context: &Context<'_>, _out: &mut Proposals) {}
}

fn main() -> Result<(), domain::NumError> {
    let now = Timestamp::from_secs(1_702_058_400);
    let universe = Universe::default();
    let context = Context {
        now,
        mode: Mode::DryRun,
        regime: Regime::Chop,
        universe: &universe,
        candidates: &[],
        features: &[],
        lots: &[],
        sizing_nav: Some(Usd::parse("10000")?),
        market: MarketView { now, products: &[] },
        min_order_usd: Usd::parse("1")?,
    };
    let strategies: [Box<dyn Strategy>; 2] =
        [Box::new(RulesStrategy::default()), Box::new(Patience)];
    let mut out = Proposals::default();
    propose(&strategies, &context, &mut out);
    for strategy in &strategies {
        println!("asked {}", strategy.name());
    }
    println!("{} proposals, {} refusals", out.entries.len(), out.refused.len());
    Ok(())
}

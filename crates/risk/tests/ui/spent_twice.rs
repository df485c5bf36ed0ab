//! The remainder of an entry, asked for twice.
use domain::MarketView;
use risk::{Limits, Over, RiskView, Spent, assess_next};

fn twice(limits: &Limits, view: &RiskView<'_>, market: &MarketView<'_>, spent: Spent, over: &Over) {
    let _first = assess_next(limits, view, market, spent, over);
    let _second = assess_next(limits, view, market, spent, over);
}

fn main() {}

//! Who would be traded from a catalog of three products, and why not the others.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use domain::{
    BaseQty, Product, ProductMarket, ProductStatus, QuoteAmt, Regime, Timestamp, TradingLimits,
    Universe,
};
use rust_decimal::Decimal;
use universe::{Memory, Policy, Select as _, Selector};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let step = Decimal::new(1, 8);
    let limits = TradingLimits {
        base_increment: step,
        quote_increment: step,
        price_increment: Decimal::new(1, 2),
        base_min: BaseQty::new(step)?,
        base_max: BaseQty::parse("1000")?,
        quote_min: QuoteAmt::parse("1")?,
        quote_max: QuoteAmt::parse("1000000")?,
    };
    let mut products = Vec::new();
    for (name, status) in [
        ("BTC-USD", ProductStatus::Online),
        ("ETH-USD", ProductStatus::PostOnly),
        ("ZEC-USD", ProductStatus::Online),
    ] {
        let product = Product::new(name.parse()?, limits, status)?;
        products.push(ProductMarket::unknown(product));
    }

    let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let mut selector = Selector::new(Policy::default());
    let (mut memory, mut universe) = (Memory::default(), Universe::default());
    selector.select(now, &products, &[], Regime::Chop, &mut memory, &mut universe);

    println!("{} eligible", universe.members.len());
    for (product, why) in &universe.excluded {
        println!("{product:>10}  {why}: {}", why.sentence());
    }
    Ok(())
}

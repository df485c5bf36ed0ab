//! What a market shows, and what is missing.

use domain::{Book, ProductStatus, Proposal, Side, Usd};
use rust_decimal::Decimal;

use super::{Row, buy, xrp};
use crate::common::*;

pub(super) fn market_rows() -> Vec<Row> {
    vec![
        row!("a quote older than five seconds", [StaleQuote], |w| {
            w.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-6));
            xrp()
        }),
        row!("a quote that nobody vouches for", [StaleQuote], |w| {
            w.market("XRP-USD").quote_vouched = None;
            xrp()
        }),
        row!("a book that never changes", [StaleQuote], |w| {
            w.market("XRP-USD").book_changed = Some(T0.plus_secs(-61));
            xrp()
        }),
        row!("candles that lag", [StaleCandles], |w| {
            w.market("XRP-USD").candles_through = Some(T0.plus_secs(-331));
            xrp()
        }),
        row!("a wide spread", [Spread], |w| {
            spread(w, "0.0045");
            xrp()
        }),
        row!("an ask outside the collar", [Collar], |w| {
            w.policy.market.spread_bps.t2 = 300;
            w.policy.market.slippage_bps.t2 = 300;
            spread(w, "0.012");
            xrp()
        }),
        row!("a jump", [PriceJump], |w| {
            w.market("XRP-USD").jump_5m_pct = Some(10.5);
            xrp()
        }),
        row!("a jump that is no number", [PriceJump], |w| {
            w.market("XRP-USD").jump_5m_pct = Some(f64::NAN);
            xrp()
        }),
        row!("a locked book", [BadBook], |w| {
            let market = w.market("XRP-USD");
            let mut book: Book = market.book.clone().unwrap();
            book.bids[0].price = book.asks[0].price;
            market.set_book(book, T0);
            xrp()
        }),
        row!("a product that is not fully online", [ProductStatus], |w| {
            w.market("XRP-USD").product.status = ProductStatus::LimitOnly;
            xrp()
        }),
        row!("too little conviction", [MinConviction], |_| {
            let mut entry = entry("XRP-USD", "1.4");
            entry.conviction = 0.339;
            Proposal::Entry(entry)
        }),
        row!("a conviction that is no number", [MinConviction], |_| {
            let mut entry = entry("XRP-USD", "1.4");
            entry.conviction = f64::NAN;
            Proposal::Entry(entry)
        }),
        row!("a stop too far", [StopBounds], |_| {
            let mut entry = entry("XRP-USD", "1.4");
            entry.plan.stop_pct = pct("15.1");
            Proposal::Entry(entry)
        }),
        row!("a target too near", [StopBounds], |_| {
            let mut entry = entry("XRP-USD", "1.4");
            entry.plan.target_pct = pct("1.9");
            Proposal::Entry(entry)
        }),
    ]
}

/// Moves both touches of XRP apart by a share of 2 dollars each.
fn spread(world: &mut World, half: &str) {
    let half = dec("2") * dec(half) / dec("2");
    let market = world.market("XRP-USD");
    let mut book = market.book.clone().unwrap();
    for (bid, ask) in book.bids.iter_mut().zip(&mut book.asks) {
        bid.price = domain::Price::new(bid.price.get() - half).unwrap();
        ask.price = domain::Price::new(ask.price.get() + half).unwrap();
    }
    market.set_book(book, T0);
}

pub(super) fn missing() -> Vec<Row> {
    vec![
        row!("no NAV", [DataUnavailable], |w| {
            w.nav = None;
            xrp()
        }),
        row!("no fee rates", [DataUnavailable], |w| {
            w.fees = None;
            xrp()
        }),
        row!("no purse", [DataUnavailable], |w| {
            w.purses.clear();
            xrp()
        }),
        row!("no book", [DataUnavailable], |w| {
            w.market("XRP-USD").book = None;
            xrp()
        }),
        row!("a position without a mark", [DataUnavailable], |w| {
            w.facts.extend(position(1, "BTC-USD", "0.001", "50000", T0.plus_secs(-86_401)));
            w.market("BTC-USD").quote_vouched = Some(T0.plus_secs(-61));
            xrp()
        }),
        row!("coins of somebody else without a mark", [DataUnavailable], |w| {
            w.external.push((asset("ADA"), qty("10")));
            xrp()
        }),
        row!("coins of somebody else beyond every number", [DataUnavailable], |w| {
            w.external.push((asset("BTC"), qty("70000000000000000000000000000")));
            xrp()
        }),
        row!("two positions that only together are beyond every number", [DataUnavailable], |w| {
            for (number, product) in [(1, "XRP-USD"), (2, "UNI-USD")] {
                let much = "60000000000000000";
                w.facts.push(fill(product, number, Side::Buy, product, much, "1", T0));
            }
            w.market("XRP-USD").set_book(book(dec("1"), dec("20000")), T0);
            buy("DOGE-USD", "1")
        }),
        row!("a NAV beyond every number", [DataUnavailable], |w| {
            w.nav = Some(Usd::parse("70000000000000000000000000000").unwrap());
            xrp()
        }),
        row!("steps of nothing", [DataUnavailable], |w| {
            w.market("XRP-USD").product.limits.base_increment = Decimal::ZERO;
            xrp()
        }),
        row!("prices on no step below the collar", [DataUnavailable], |w| {
            w.market("XRP-USD").product.limits.price_increment = dec("1000");
            xrp()
        }),
        row!("a product that the market does not show", [DataUnavailable], |w| {
            w.markets.retain(|m| m.product.id != id("XRP-USD"));
            xrp()
        }),
    ]
}

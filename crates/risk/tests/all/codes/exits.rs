//! Sales.

use domain::{Bracket, ControlState, Exit, ExitReason, Latch, ProductStatus, Proposal, Side};
use risk::KillExits;
use rust_decimal::Decimal;

use super::{Row, sell};
use crate::common::*;

pub(super) fn exits() -> Vec<Row> {
    vec![
        row!("selling what is not held", [ShortingDisallowed], |_| sell("XRP-USD", "10")),
        row!("selling more than is held", [ExceedsHolding], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            sell("XRP-USD", "10.1")
        }),
        row!("selling what is being sold", [ExceedsHolding], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.facts.push(order(2, Side::Sell, "XRP-USD", "5", "2", T0));
            sell("XRP-USD", "6")
        }),
        row!("selling coins of somebody else", [ShortingDisallowed], |w| {
            w.external.push((asset("XRP"), qty("10")));
            sell("XRP-USD", "10")
        }),
        row!("selling in a halt", [Halted], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.control = ControlState::Halted;
            sell("XRP-USD", "10")
        }),
        row!("selling in a kill that freezes", [KillSwitch], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.policy.control.kill_exits = KillExits::Freeze;
            w.latches.insert(Latch::Kill);
            sell("XRP-USD", "10")
        }),
        row!("selling before a reconciliation", [NotReconciled], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.reconciled = false;
            sell("XRP-USD", "10")
        }),
        row!("selling dust", [BelowMinOrder], |w| {
            w.facts.extend(position(1, "XRP-USD", "0.4", "2", T0));
            sell("XRP-USD", "0.4")
        }),
        row!("selling without any recent price", [StaleQuote], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-6));
            w.market("XRP-USD").last_trade = Some((price("2"), T0.plus_secs(-61)));
            sell("XRP-USD", "10")
        }),
        row!("selling where only viewing is allowed", [ProductStatus], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").product.status = ProductStatus::ViewOnly;
            sell("XRP-USD", "10")
        }),
    ]
}

/// A sale of XRP that shall rest at the venue.
fn protect(qty: &str, stop: &str, target: &str) -> Proposal {
    let bracket = Some(Bracket { stop: price(stop), target: price(target) });
    Proposal::Exit(Exit { bracket, ..exit("XRP-USD", qty, ExitReason::Protection) })
}

pub(super) fn protection() -> Vec<Row> {
    vec![
        row!("protecting below the market", [StopBounds], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            protect("10", "1.5", "1.9")
        }),
        row!("protecting above the market", [StopBounds], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            protect("10", "2.1", "2.3")
        }),
        row!("protecting between two increments", [StopBounds], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            protect("10", "1.840000001", "2.3")
        }),
        row!("protecting at nothing", [StopBounds, DataUnavailable], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").product.limits.price_increment = Decimal::TEN;
            protect("10", "1.84", "2.3")
        }),
        row!("protecting without any recent price", [StaleQuote], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-6));
            w.market("XRP-USD").last_trade = None;
            protect("10", "1.84", "2.3")
        }),
        row!("protecting where no stop is taken", [ProductStatus], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").product.status = ProductStatus::LimitOnly;
            protect("10", "1.84", "2.3")
        }),
        row!("protecting more than one order may sell", [OrderTooLarge], |w| {
            w.facts.extend(position(1, "XRP-USD", "600", "2", T0));
            protect("600", "1.84", "2.3")
        }),
        row!("protecting dust", [BelowMinOrder], |w| {
            w.facts.extend(position(1, "XRP-USD", "0.5", "2", T0));
            protect("0.5", "1.84", "2.3")
        }),
        row!("protecting what is protected", [ExceedsHolding], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.facts.push(order(2, Side::Sell, "XRP-USD", "10", "1.748", T0));
            protect("10", "1.84", "2.3")
        }),
        row!("protecting in a halt", [Halted], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.control = ControlState::Halted;
            protect("10", "1.84", "2.3")
        }),
    ]
}

pub(super) fn exits_without_a_price() -> Vec<Row> {
    vec![
        row!("selling what the market does not show", [DataUnavailable], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.markets.retain(|m| m.product.id != id("XRP-USD"));
            sell("XRP-USD", "10")
        }),
        row!("selling without a quote or a trade", [DataUnavailable], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            let market = w.market("XRP-USD");
            (market.quote, market.last_trade) = (None, None);
            sell("XRP-USD", "10")
        }),
        row!("selling into a crossed book without a trade", [BadBook], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            let market = w.market("XRP-USD");
            market.last_trade = None;
            let quote = market.quote.as_mut().unwrap();
            (quote.bid, quote.ask) = (quote.ask, quote.bid);
            sell("XRP-USD", "10")
        }),
        row!("selling in steps of nothing", [DataUnavailable], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0));
            w.market("XRP-USD").product.limits.base_increment = Decimal::ZERO;
            sell("XRP-USD", "10")
        }),
    ]
}

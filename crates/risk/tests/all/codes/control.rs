//! What keeps an account from buying: control, funds, and caps that are full.

use domain::{ControlState, Latch, Level, Mode, Regime, Side};

use super::{Row, buy, xrp};
use crate::common::*;

pub(super) fn control() -> Vec<Row> {
    vec![
        row!("a kill", [KillSwitch], |w| {
            w.latches.insert(Latch::Kill);
            xrp()
        }),
        row!("LIVE without the policy's word", [ModeGate], |w| {
            w.mode = Mode::Live;
            xrp()
        }),
        row!("no reconciliation yet", [NotReconciled], |w| {
            w.reconciled = false;
            xrp()
        }),
        row!("a reconciliation that found something", [NotReconciled], |w| {
            w.latches.insert(Latch::Reconciliation);
            xrp()
        }),
        row!("reductions only", [ReduceOnly], |w| {
            w.control = ControlState::ReduceOnly;
            xrp()
        }),
        row!("a halt", [Halted], |w| {
            w.control = ControlState::Halted;
            xrp()
        }),
        row!("the day's stop", [DailyStop], |w| {
            w.latches.insert(Latch::DailyStop);
            xrp()
        }),
        row!("the week's stop", [WeeklyStop], |w| {
            w.latches.insert(Latch::WeeklyStop);
            xrp()
        }),
        row!("the drawdown stop", [MaxDrawdown], |w| {
            w.latches.insert(Latch::MaxDrawdown);
            xrp()
        }),
        row!("an execution that repeats", [ExecutionThrottle], |w| {
            w.latches.insert(Latch::ExecutionThrottle);
            xrp()
        }),
        row!("an unknown regime", [RegimeUnknown], |w| {
            w.regime = Regime::Unknown;
            xrp()
        }),
    ]
}

pub(super) fn caps() -> Vec<Row> {
    vec![
        row!("a book that is full", [BelowMinOrder, TotalCap], |w| {
            w.policy.caps.max_position_pct = pct("10");
            w.policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
            w.facts.extend(position(1, "BTC-USD", "0.01", "50000", T0.plus_secs(-86_401)));
            w.facts.extend(position(2, "UNI-USD", "62.5", "8", T0.plus_secs(-86_401)));
            w.facts.extend(position(3, "ETH-USD", "0.2", "3000", T0.plus_secs(-86_401)));
            xrp()
        }),
        row!("a position that is full", [BelowMinOrder, PositionCap], |w| {
            w.policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.extend(position(1, "XRP-USD", "300", "2", T0.plus_secs(-86_401)));
            xrp()
        }),
        row!("a live buy that fills the position", [BelowMinOrder, PositionCap], |w| {
            w.policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.push(order(1, Side::Buy, "XRP-USD", "300", "2", T0.plus_secs(-9_000)));
            xrp()
        }),
        row!("coins of somebody else that fill the cap", [BelowMinOrder, PositionCap], |w| {
            w.policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
            w.external.push((asset("XRP"), qty("300")));
            xrp()
        }),
        row!("a cluster that is full", [BelowMinOrder, ClusterCap], |w| {
            w.policy.caps.max_position_pct = pct("10");
            w.facts.extend(position(1, "BTC-USD", "0.01", "50000", T0.plus_secs(-86_401)));
            w.facts.extend(position(2, "ETH-USD", "0.2", "3000", T0.plus_secs(-86_401)));
            buy("SOL-USD", "2")
        }),
        row!("a tier that is full", [BelowMinOrder, TierCap], |w| {
            w.policy.caps.tiers_pct.t2 = pct("5");
            w.policy.caps.max_position_pct = pct("10");
            w.facts.extend(position(1, "UNI-USD", "65", "8", T0.plus_secs(-86_401)));
            xrp()
        }),
    ]
}

pub(super) fn markets_and_purses() -> Vec<Row> {
    vec![
        row!("an order maximum below the venue's minimum", [BelowMinOrder, OrderTooLarge], |w| {
            w.market("XRP-USD").product.limits.quote_max = amount("0.5");
            xrp()
        }),
        row!("a proposal below the minimum", [BelowMinOrder], |_| buy("XRP-USD", "0.001")),
        row!("a venue's smallest size above the proposal", [BelowMinOrder], |w| {
            w.market("XRP-USD").product.limits.base_min = qty("100");
            xrp()
        }),
        row!("an empty purse", [BelowMinOrder, InsufficientFunds], |w| {
            w.purses[0].available = amount("1");
            xrp()
        }),
        row!("live buys that no hold covers yet", [BelowMinOrder, InsufficientFunds], |w| {
            w.purses[0].available = amount("50");
            w.facts.push(order(1, Side::Buy, "UNI-USD", "6.25", "8", T0.plus_secs(-9_000)));
            xrp()
        }),
        row!("a purse that policy leaves alone", [BelowMinOrder, InsufficientFunds], |w| {
            w.policy.orders.quote_preference = vec![asset("USDC")];
            xrp()
        }),
        row!("bids too thin to leave by", [BelowMinOrder, Depth], |w| {
            let market = w.market("XRP-USD");
            let mut book = market.book.clone().unwrap();
            book.bids.truncate(1);
            book.bids[0].size = qty("0.5");
            market.set_book(book, T0);
            xrp()
        }),
        row!("asks that a small order would run through", [BelowMinOrder, Depth, Slippage], |w| {
            let market = w.market("XRP-USD");
            let mut book = market.book.clone().unwrap();
            book.asks[0].size = qty("0.1");
            book.asks.truncate(1);
            book.asks.push(Level { price: price("2.5"), size: qty("10000") });
            market.set_book(book, T0);
            xrp()
        }),
        row!(
            "every limit that leaves too little",
            [BelowMinOrder, InsufficientFunds, TierCap],
            |w| {
                w.policy.caps.tiers_pct.t2 = pct("0");
                w.purses[0].available = amount("0");
                xrp()
            }
        ),
    ]
}

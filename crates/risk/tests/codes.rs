//! Every code that this version can produce, each from one spoiled thing.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeSet;

use common::*;
use domain::{
    Book, ControlState, ExitReason, Fact, IntentId, Latch, Level, Mode, ProductStatus, Proposal,
    Regime, RiskCode, Side, SubmitOutcome, Trouble, Usd,
};
use risk::{Gate, KillExits, Nearest, Sense};
use rust_decimal::Decimal;

/// What is spoiled, what is proposed then, and exactly which codes come back.
struct Row {
    name: &'static str,
    spoil: fn(&mut World) -> Proposal,
    codes: &'static [RiskCode],
}

fn buy(product: &str, size_pct: &str) -> Proposal {
    Proposal::Entry(entry(product, size_pct))
}

fn sell(product: &str, qty: &str) -> Proposal {
    Proposal::Exit(exit(product, qty, ExitReason::StopLoss))
}

fn xrp() -> Proposal {
    buy("XRP-USD", "1.4")
}

macro_rules! row {
    ($name:literal, [$($code:ident),+], $spoil:expr) => {
        Row { name: $name, spoil: $spoil, codes: &[$(RiskCode::$code),+] }
    };
}

fn control() -> Vec<Row> {
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

fn caps() -> Vec<Row> {
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

fn markets_and_purses() -> Vec<Row> {
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

fn pacing() -> Vec<Row> {
    vec![
        row!("an hour's trades", [TradesPerHour], |w| {
            let ago = [500, 1000, 2000, 3000];
            w.facts.extend(ago.map(|secs| approval("BTC-USD", T0.plus_secs(-secs))));
            xrp()
        }),
        row!("a day's trades", [TradesPerDay], |w| {
            w.facts.extend((1..=10).map(|n| approval("BTC-USD", T0.plus_secs(-8_000 * n))));
            xrp()
        }),
        row!("an hour's attempts", [Attempts], |w| {
            for n in 0..12 {
                let at = T0.plus_secs(-3000);
                w.facts.push(order(n, Side::Buy, "BTC-USD", "0.001", "50000", at));
                w.facts.push(end(n, "0", at));
            }
            xrp()
        }),
        row!("a day's attempts", [Attempts], |w| {
            for n in 0..40 {
                let at = T0.plus_secs(-80_000);
                w.facts.push(order(n, Side::Buy, "BTC-USD", "0.001", "50000", at));
                w.facts.push(end(n, "0", at));
            }
            xrp()
        }),
        row!("a trade a moment ago", [Spacing], |w| {
            w.facts.push(approval("BTC-USD", T0.plus_secs(-119)));
            xrp()
        }),
        row!("a trade of the same asset a while ago", [SymbolSpacing], |w| {
            w.facts.push(approval("XRP-USD", T0.plus_secs(-599)));
            xrp()
        }),
    ]
}

fn pauses() -> Vec<Row> {
    vec![
        row!("a sale that gained a moment ago", [SymbolCooldown], |w| {
            w.facts.extend(round_trip(1, "XRP-USD", "2.1", 599));
            xrp()
        }),
        row!("a sale that lost within the hour", [SymbolCooldown], |w| {
            w.facts.extend(round_trip(1, "XRP-USD", "1.9", 3_599));
            xrp()
        }),
        row!("a sale at the stop within two hours", [SymbolCooldown], |w| {
            w.facts.extend(round_trip(1, "XRP-USD", "1.84", 7_199));
            xrp()
        }),
        row!("an add", [AddsLimit], |w| {
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0.plus_secs(-86_401)));
            xrp()
        }),
        row!("one add too many", [AddsLimit], |w| {
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0.plus_secs(-86_300)));
            w.facts.push(approval("XRP-USD", T0.plus_secs(-86_200)));
            xrp()
        }),
        row!("an event that was approved", [TriggerUsed], |w| {
            let mut entry = entry("XRP-USD", "1.4");
            let at = T0.plus_secs(-7_200);
            w.facts.push(approval("XRP-USD", at));
            entry.trigger.id.candle = at;
            Proposal::Entry(entry)
        }),
        row!("three losses in a row", [LossStreak], |w| {
            for number in 1..=3 {
                w.facts.extend(round_trip(number, "BTC-USD", "1.9", 3_599));
            }
            xrp()
        }),
        row!("as many positions as allowed", [MaxOpenPositions], |w| {
            w.policy.positions.max_open_positions = 1;
            w.facts.extend(position(1, "BTC-USD", "0.001", "50000", T0.plus_secs(-86_401)));
            xrp()
        }),
        row!("an event that was decided", [TriggerUsed], |w| {
            w.facts
                .push(Fact::TriggerUsed { at: T0.plus_secs(-60), trigger: trigger("XRP-USD").id });
            xrp()
        }),
    ]
}

fn market_rows() -> Vec<Row> {
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

fn missing() -> Vec<Row> {
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

fn trouble(world: &mut World, trouble: Trouble, secs: i64) {
    world.facts.push(Fact::Venue { at: T0.plus_secs(-secs), trouble });
}

fn answers() -> Vec<Row> {
    vec![
        row!("three errors in five minutes, five minutes ago", [ApiErrors], |w| {
            for secs in [598, 450, 299] {
                trouble(w, Trouble::Error, secs);
            }
            xrp()
        }),
        row!("a rate limit within the minute", [RateLimited], |w| {
            trouble(w, Trouble::RateLimited, 59);
            xrp()
        }),
        row!("a clock that runs ahead", [ClockSkew], |w| {
            w.clock_skew_ms = Some(2_001);
            xrp()
        }),
        row!("a clock that lags", [ClockSkew], |w| {
            w.clock_skew_ms = Some(-2_001);
            xrp()
        }),
        row!("a clock that nobody knows", [ClockSkew], |w| {
            w.clock_skew_ms = None;
            xrp()
        }),
        row!("five refusals in five minutes", [RejectStorm], |w| {
            for n in 0..5 {
                let at = T0.plus_secs(-299);
                w.facts.push(order(n, Side::Sell, "BTC-USD", "0.001", "50000", at));
                let outcome = SubmitOutcome::Refused { reason: "no".into() };
                w.facts.push(submitted(n, outcome, at));
            }
            xrp()
        }),
        row!("two orders that nobody knows of", [TooManyUnknown], |w| {
            for n in 0..2 {
                let at = T0.plus_secs(-9_000);
                w.facts.push(order(n, Side::Buy, "BTC-USD", "0.001", "50000", at));
                let outcome = SubmitOutcome::Unknown { cause: "silence".into() };
                w.facts.push(submitted(n, outcome, at));
            }
            xrp()
        }),
        row!("two orders of the boot before", [TooManyUnknown], |w| {
            for n in 0..2 {
                let at = T0.plus_secs(-9_000);
                w.facts.push(order(n, Side::Buy, "BTC-USD", "0.001", "50000", at));
            }
            w.facts.push(boot(T0));
            xrp()
        }),
    ]
}

fn own_orders() -> Vec<Row> {
    vec![
        row!("the same order a moment ago", [Duplicate], |w| {
            w.facts.push(order(1, Side::Buy, "XRP-USD", "1", "2", T0.plus_secs(-59)));
            w.facts.push(end(1, "0", T0.plus_secs(-58)));
            xrp()
        }),
        row!("an own sale that rests", [SelfTrade], |w| {
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0.plus_secs(-86_401)));
            w.facts.push(order(2, Side::Sell, "XRP-USD", "10", "2.1", T0.plus_secs(-86_401)));
            xrp()
        }),
        row!("a minute full of messages", [MessageRate], |w| {
            w.facts.push(order(1, Side::Sell, "BTC-USD", "0.001", "50000", T0.plus_secs(-59)));
            for _ in 0..59 {
                w.facts.push(Fact::Cancel { at: T0.plus_secs(-59), intent: IntentId(1) });
            }
            xrp()
        }),
        row!("entries that execute again and again", [ExecutionThrottle], |w| {
            w.policy.pacing.adds_per_asset_and_day = 99;
            w.policy.pacing.attempts_per_hour = 99;
            for n in 0..8 {
                w.facts.extend(position(n, "XRP-USD", "1", "2", T0.plus_secs(-299)));
            }
            w.policy.messages.duplicate_secs = 0;
            xrp()
        }),
        row!("a halt that a person must end", [Halted], |w| {
            w.latches.insert(Latch::Halt);
            xrp()
        }),
        row!("USDC far from a dollar", [BelowMinOrder, InsufficientFunds], |w| {
            w.policy.orders.quote_preference = vec![asset("USDC")];
            w.purses[0].asset = asset("USDC");
            w.markets.push(market("USDC-USD", "0.99"));
            w.markets.push(market("XRP-USDC", "2"));
            w.markets.sort_by_key(|m| m.product.id);
            buy("XRP-USDC", "1.4")
        }),
    ]
}

fn exits() -> Vec<Row> {
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

fn exits_without_a_price() -> Vec<Row> {
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

fn rows() -> Vec<Row> {
    let groups = [
        control(),
        caps(),
        markets_and_purses(),
        pacing(),
        pauses(),
        market_rows(),
        missing(),
        answers(),
        own_orders(),
        exits(),
        exits_without_a_price(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn a_good_proposal_in_a_good_world_is_approved() {
    assert_eq!(World::good().codes(xrp()), BTreeSet::new());
}

#[test]
fn one_spoiled_thing_meets_exactly_its_codes() {
    for row in rows() {
        let mut world = World::good();
        let proposal = (row.spoil)(&mut world);
        let expected: BTreeSet<_> = row.codes.iter().copied().collect();
        assert_eq!(world.codes(proposal), expected, "{}", row.name);
    }
}

#[test]
fn every_code_has_a_row() {
    let mut tested: BTreeSet<_> = rows().iter().flat_map(|row| row.codes.iter().copied()).collect();
    // It needs two proposals; see batch.rs.
    tested.insert(RiskCode::NewPositionsPerCycle);
    let untested: Vec<_> = RiskCode::ALL.iter().filter(|code| !tested.contains(code)).collect();
    assert_eq!(untested, Vec::<&RiskCode>::new());
}

/// The ladder asks what the verdict asks: the same codes fail, with the same numbers, and a change
/// to the nearest value would have passed.
#[test]
fn every_ladder_fails_where_its_verdict_does() {
    for row in rows() {
        let mut world = World::good();
        let proposal = (row.spoil)(&mut world);
        let verdict = world.assess(vec![proposal.clone()]);
        let ladder = world.explain(vec![proposal]).remove(0);
        let failed: BTreeSet<_> =
            ladder.gates.iter().filter(|g| !g.passed).map(|g| g.code).collect();
        assert_eq!(failed, row.codes.iter().copied().collect(), "{}", row.name);
        assert_eq!(ladder.approved, None);
        for reason in &verdict.rejected[0].reasons {
            let same = |gate: &&Gate| {
                !gate.passed && (gate.code, gate.limit) == (reason.code, reason.limit)
            };
            assert!(ladder.gates.iter().any(|gate| same(&gate)), "{} {reason:?}", row.name);
        }
        for gate in &ladder.gates {
            assert_eq!(gate.passed, gate.nearest() == Nearest::Passes, "{} {gate:?}", row.name);
            let margin = gate.margin().filter(|margin| !margin.is_nan());
            // Of a limit on size the number is what the whole wish would make of it.
            if let Some(margin) = margin.filter(|_| gate.leaves.is_none()) {
                assert_eq!(gate.passed, margin >= 0.0, "{} {gate:?}", row.name);
            }
        }
    }
}

#[test]
fn nothing_proposed_is_nothing_judged() {
    assert_eq!(World::good().assess(Vec::new()), risk::Verdict::default());
}

/// A gate that is yes or no has no numbers to be apart, even where somebody writes some into it.
#[test]
fn what_must_be_so_has_no_margin() {
    let ladder = World::good().explain(vec![xrp()]).remove(0);
    let must = ladder.gates.iter().find(|gate| gate.sense == Sense::Must).unwrap();
    let gate = Gate { limit: Some(1.0), found: Some(2.0), passed: false, ..*must };
    assert_eq!((gate.margin(), gate.nearest()), (None, Nearest::Happen));
}

#[test]
fn a_nav_of_nothing_leaves_nothing() {
    let mut world = World::good();
    world.nav = Some(Usd::ZERO);
    assert!(world.codes(xrp()).contains(&RiskCode::BelowMinOrder));
}

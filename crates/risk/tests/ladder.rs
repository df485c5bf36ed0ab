//! Every gate of a ladder, with numbers that were worked out by hand.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use RiskCode as C;
use Sense::{AtLeast, AtMost, Below, Must, Wait};
use Unit::{Bps, Count, Minutes, None as No, Pct, Secs, Share, Times};
use common::*;
use domain::{
    Book, Exit, ExitReason, Fact, IntentId, Level, Proposal, RiskCode, Side, Source, SubmitOutcome,
    Trouble, Usd,
};
use risk::{Gate, Nearest, Sense, Unit};

/// Key, code, unit, sense, limit, found, and what a limit on size leaves.
type Row = (&'static str, RiskCode, Unit, Sense, Option<f64>, Option<f64>, Option<f64>);

fn must(key: &'static str, code: C) -> Row {
    (key, code, No, Must, None, None, None)
}

fn plain(key: &'static str, code: C, unit: Unit, sense: Sense, limit: f64, found: f64) -> Row {
    (key, code, unit, sense, Some(limit), Some(found), None)
}

/// Who may trade, and what a proposal must look like.
fn control_and_terms() -> Vec<Row> {
    vec![
        must("the control state", C::ReduceOnly),
        must("the control state", C::Halted),
        must("kill", C::KillSwitch),
        must("daily_stop", C::DailyStop),
        must("weekly_stop", C::WeeklyStop),
        must("max_drawdown", C::MaxDrawdown),
        must("execution_throttle", C::ExecutionThrottle),
        must("control.live_trading_enabled", C::ModeGate),
        must("a clean reconciliation", C::NotReconciled),
        must("a known regime", C::RegimeUnknown),
        plain("entries.min_conviction", C::MinConviction, Share, AtLeast, 0.34, 0.57),
        plain("entries.stop_min_pct", C::StopBounds, Pct, AtLeast, 1.0, 8.0),
        plain("entries.stop_max_pct", C::StopBounds, Pct, AtMost, 15.0, 8.0),
        plain("entries.target_min_pct", C::StopBounds, Pct, AtLeast, 2.0, 15.0),
        plain("entries.target_max_pct", C::StopBounds, Pct, AtMost, 50.0, 15.0),
    ]
}

/// How often, how close together, how many.
fn pacing() -> Vec<Row> {
    vec![
        must("an event of its own", C::TriggerUsed),
        plain("pacing.trades_per_day", C::TradesPerDay, Count, Below, 10.0, 3.0),
        plain("pacing.trades_per_hour", C::TradesPerHour, Count, Below, 4.0, 2.0),
        // Three lots of SOL, one of XRP that was sold, and the one of UNI that lives.
        plain("pacing.attempts_per_day", C::Attempts, Count, Below, 40.0, 5.0),
        plain("pacing.attempts_per_hour", C::Attempts, Count, Below, 12.0, 1.0),
        plain("pacing.spacing_secs", C::Spacing, Secs, Wait, 120.0, 500.0),
        plain("pacing.symbol_spacing_secs", C::SymbolSpacing, Secs, Wait, 600.0, 700.0),
        plain("pacing.cooldown_win_minutes", C::SymbolCooldown, Minutes, Wait, 10.0, 20.0),
        plain("pacing.loss_pause_minutes", C::LossStreak, Minutes, Wait, 10.0, 15.0),
        plain("positions.max_open_positions", C::MaxOpenPositions, Count, Below, 8.0, 2.0),
        plain("pacing.adds_per_asset_and_day", C::AddsLimit, Count, Below, 2.0, 1.0),
    ]
}

/// How the venue answers, and what own orders say.
fn answers() -> Vec<Row> {
    vec![
        plain("venue.api_pause_secs", C::ApiErrors, Secs, Wait, 300.0, 400.0),
        plain("venue.rate_limit_pause_secs", C::RateLimited, Secs, Wait, 60.0, 90.0),
        plain("venue.clock_skew_secs", C::ClockSkew, Secs, AtMost, 2.0, 1.5),
        plain("venue.rejects", C::RejectStorm, Count, Below, 5.0, 1.0),
        plain("venue.max_unknown_orders", C::TooManyUnknown, Count, Below, 2.0, 1.0),
        plain("messages.messages_per_minute", C::MessageRate, Count, Below, 60.0, 2.0),
        plain("messages.duplicate_secs", C::Duplicate, Secs, Wait, 60.0, 10_200.0),
        plain("messages.repeated_executions", C::ExecutionThrottle, Count, Below, 8.0, 1.0),
        must("no own sale of the asset", C::SelfTrade),
    ]
}

/// What the market looks like.
fn market() -> Vec<Row> {
    vec![
        must("a product that is fully online", C::ProductStatus),
        plain("market.quote_max_age_secs", C::StaleQuote, Secs, AtMost, 5.0, 2.5),
        plain("market.unchanged_book_max_secs", C::StaleQuote, Secs, AtMost, 60.0, 30.0),
        plain("market.candle_max_age_secs", C::StaleCandles, Secs, AtMost, 330.0, 300.0),
        plain("market.jump_5m_pct", C::PriceJump, Pct, AtMost, 10.0, 4.5),
        must("a book with two sides that do not meet", C::BadBook),
        plain("market.spread_bps", C::Spread, Bps, AtMost, 35.0, 10.0),
        plain("market.collar_bps", C::Collar, Bps, AtMost, 50.0, 5.0),
    ]
}

/// How large it may be: of each limit what it leaves, too.
fn sizes() -> Vec<Row> {
    let size = |key, code, unit, sense, limit, found, leaves| {
        (key, code, unit, sense, Some(limit), Some(found), Some(leaves))
    };
    vec![
        // 10 / 1.999 in steps of 0.01 is 5.01, at 2.001 is 10.02501. Depth leaves 100.10.
        plain("orders.min_order_usd", C::BelowMinOrder, Unit::Usd, AtLeast, 10.03, 100.1),
        // No more than 300 of it at once, at 2.001.
        size("orders.max_order_usd", C::OrderTooLarge, Unit::Usd, AtMost, 600.3, 140.0, 600.3),
        // 10 of it and 5 of somebody else's at 1.999, and 141.68 more, of 10,000.
        size(
            "caps.max_position_pct",
            C::PositionCap,
            Pct,
            AtMost,
            5.0,
            1.716_65,
            (500.0 - 29.985) / 1.012,
        ),
        // 10 of it, and UNI being bought at 50.60 in the worst case.
        size("caps.tiers_pct", C::TierCap, Pct, AtMost, 20.0, 2.1227, (2_000.0 - 70.59) / 1.012),
        size("caps.clusters_pct", C::ClusterCap, Pct, AtMost, 6.0, 1.716_65, 570.015 / 1.012),
        // All of that, and 0.001 BTC at 49,990.
        size(
            "caps.max_total_pct",
            C::TotalCap,
            Pct,
            AtMost,
            15.0,
            2.722_55,
            (1_500.0 - 130.575) / 1.012,
        ),
        // 1,000 and a hold of 20, of which 50.60 are promised.
        size(
            "orders.quote_preference",
            C::InsufficientFunds,
            Unit::Usd,
            AtMost,
            969.4,
            141.68,
            969.4 / 1.012,
        ),
        // 50 at 2.001 and 50 at 2.003: the next ask is further than 20 bps from the touch.
        size("market.depth_multiple", C::Depth, Times, AtLeast, 2.0, 1.43, 100.1),
        // Taking 140 / 2.001 leaves an average 0.1 / (140 / 2.001) below 2.003; the average of 400
        // is 2.008, 40 bps above the mid.
        size(
            "market.slippage_bps",
            C::Slippage,
            Bps,
            AtMost,
            40.0,
            ((2.003 - 0.1 * 2.001 / 140.0) / 2.0 - 1.0) * 1e4,
            800.4,
        ),
    ]
}

/// What a proposal of a busy account meets, from the first gate to the last.
fn expected() -> Vec<Row> {
    [control_and_terms(), pacing(), answers(), market(), sizes()].concat()
}

fn levels(rows: &[(&str, &str)]) -> Vec<Level> {
    rows.iter().map(|(at, size)| Level { price: price(at), size: qty(size) }).collect()
}

/// Bids and asks around 2 dollars.
fn put_book(world: &mut World, bids: &[(&str, &str)], asks: &[(&str, &str)]) {
    let (bids, asks) = (levels(bids), levels(asks));
    let book = Book { bids, asks, at: T0, source: Source::Venue };
    world.market("XRP-USD").set_book(book, T0);
}

/// An account with something of everything in its way, and nothing in it so far that it refuses.
fn busy() -> World {
    let mut world = World::good();
    let policy = &mut world.policy;
    policy.pacing.adds_per_asset_and_day = 2;
    policy.pacing.loss_pause_minutes = 10;
    policy.caps.clusters_pct.insert("OTHER".into(), pct("6"));
    policy.orders.min_order_usd = Usd::parse("10").unwrap();
    let ago = |secs: i64| T0.plus_secs(-secs);
    let facts = &mut world.facts;
    // Held: XRP that was ordered yesterday and filled a moment ago, and BTC.
    facts.push(order(1, Side::Buy, "XRP-USD", "10", "2", ago(86_401)));
    facts.push(fill("f1", 1, Side::Buy, "XRP-USD", "10", "2", ago(200)));
    facts.extend(position(2, "BTC-USD", "0.001", "50000", ago(86_401)));
    facts.push(order(3, Side::Buy, "UNI-USD", "6.25", "8", ago(3_000)));
    let silence = SubmitOutcome::Unknown { cause: "silence".into() };
    facts.push(submitted(3, silence, ago(3_000)));
    // What was won and lost.
    facts.extend(round_trip(10, "XRP-USD", "2.1", 1_200));
    for number in 11..=13 {
        facts.extend(round_trip(number, "SOL-USD", "1.9", 900));
    }
    for (product, secs) in [("ETH-USD", 5_000), ("XRP-USD", 700), ("BTC-USD", 500)] {
        facts.push(approval(product, ago(secs)));
    }
    // What the venue said.
    let trouble = |trouble, secs| Fact::Venue { at: ago(secs), trouble };
    facts.extend([600, 500, 400].map(|secs| trouble(Trouble::Error, secs)));
    facts.push(trouble(Trouble::RateLimited, 90));
    facts.push(order(30, Side::Sell, "BTC-USD", "0.001", "50000", ago(100)));
    facts.push(submitted(30, SubmitOutcome::Refused { reason: "no".into() }, ago(100)));
    let cancel = |secs| Fact::Cancel { at: ago(secs), intent: IntentId(3) };
    facts.extend([60, 59, 30].map(cancel));
    facts.sort_by_key(Fact::at);
    world.clock_skew_ms = Some(-1_500);
    world.external.push((asset("XRP"), qty("5")));
    (world.purses[0].available, world.purses[0].held) = (amount("1000"), amount("20"));
    put_book(
        &mut world,
        &[("1.999", "1000"), ("1.997", "2000"), ("1.99", "5000")],
        &[("2.001", "50"), ("2.003", "50"), ("2.01", "5000")],
    );
    let market = world.market("XRP-USD");
    market.product.limits.base_increment = dec("0.01");
    market.product.limits.base_max = qty("300");
    market.quote_vouched = Some(domain::Timestamp::from_millis(T0.millis() - 2_500));
    market.book_changed = Some(ago(30));
    market.candles_through = Some(ago(300));
    market.jump_5m_pct = Some(4.5);
    world
}

fn near(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        (found, expected) => found == expected,
    }
}

fn is(gate: &Gate, row: &Row) -> bool {
    let (key, code, unit, sense, limit, found, leaves) = *row;
    (gate.key, gate.code, gate.unit, gate.sense) == (key, code, unit, sense)
        && near(gate.limit, limit)
        && near(gate.found, found)
        && near(gate.leaves, leaves)
}

#[test]
fn a_busy_account_meets_every_gate_with_the_numbers_of_a_hand() {
    let ladder = busy().explain(vec![Proposal::Entry(entry("XRP-USD", "1.4"))]).remove(0);
    let rows = expected();
    for (gate, row) in ladder.gates.iter().zip(&rows) {
        assert!(is(gate, row), "{gate:?}\nis not {row:?}");
        assert!(gate.passed, "{gate:?}");
    }
    assert_eq!(ladder.gates.len(), rows.len());
    assert_eq!(ladder.approved, Some(100.1));
}

#[test]
fn what_a_busy_account_buys_is_of_its_steps() {
    let verdict = busy().assess(vec![Proposal::Entry(entry("XRP-USD", "1.4"))]);
    let order = &verdict.approved[0];
    // 100.10 / 2.001 is 50.0249….
    assert_eq!((order.max_notional(), order.max_qty()), (amount("100.1"), qty("50.02")));
    assert_eq!((order.worst_case(), order.price_bound()), (amount("101.3012"), price("2.01")));
    assert!((order.size_pct() - 1.001).abs() < 1e-12);
}

/// The last gate of a sale that fails, with its numbers.
#[test]
fn a_sale_that_fails_says_its_numbers() {
    type Case = (&'static str, fn(&mut World), &'static str, Row);
    let none: fn(&mut World) = |_| {};
    let cases: [Case; 3] = [
        (
            "10.1",
            none,
            "more than is free",
            (
                "what is free to be sold",
                RiskCode::ExceedsHolding,
                Unit::Base,
                Sense::AtMost,
                Some(10.0),
                Some(10.1),
                None,
            ),
        ),
        (
            // A hundredth below a bid of 1.9996: 1.979604.
            "0.4",
            none,
            "dust",
            (
                "the venue's minimum",
                RiskCode::BelowMinOrder,
                Unit::Usd,
                Sense::AtLeast,
                Some(1.0),
                Some(0.791_841_6),
                None,
            ),
        ),
        (
            "10",
            |world| {
                world.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-6));
                world.market("XRP-USD").last_trade = None;
            },
            "no recent price",
            (
                "market.quote_max_age_secs",
                RiskCode::StaleQuote,
                Unit::Secs,
                Sense::AtMost,
                Some(5.0),
                Some(6.0),
                None,
            ),
        ),
    ];
    for (size, spoil, name, row) in cases {
        let mut world = World::good();
        world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
        spoil(&mut world);
        let sale = Proposal::Exit(exit("XRP-USD", size, ExitReason::StopLoss));
        let ladder = world.explain(vec![sale]).remove(0);
        let failed: Vec<_> = ladder.gates.iter().filter(|gate| !gate.passed).collect();
        assert_eq!(failed.len(), 1, "{name}: {failed:?}");
        assert!(is(failed[0], &row), "{name}: {:?}\nis not {row:?}", failed[0]);
    }
}

/// Of each sense: a gate that passes, one that is met exactly, and one that does not pass.
#[test]
fn a_gate_says_how_far_it_is_and_what_would_be_enough() {
    let cases = [
        (Sense::AtMost, Unit::Bps, 35.0, 10.0, Some(25.0), Nearest::At(35.0)),
        (Sense::AtMost, Unit::Bps, 35.0, 37.0, Some(-2.0), Nearest::At(35.0)),
        (Sense::AtLeast, Unit::Times, 2.0, 0.5, Some(-1.5), Nearest::At(2.0)),
        // There is room for one more below the limit.
        (Sense::Below, Unit::Count, 8.0, 5.0, Some(2.0), Nearest::At(7.0)),
        (Sense::Below, Unit::Count, 8.0, 10.0, Some(-3.0), Nearest::At(7.0)),
        (Sense::Wait, Unit::Secs, 120.0, 100.0, Some(-20.0), Nearest::Wait(20.0)),
        (Sense::Wait, Unit::Minutes, 10.0, 7.5, Some(-2.5), Nearest::Wait(150.0)),
        (Sense::Must, Unit::None, 1.0, 0.0, None, Nearest::Happen),
    ];
    for (sense, unit, limit, found, margin, nearest) in cases {
        let gate = Gate {
            code: RiskCode::Spread,
            key: "market.spread_bps",
            unit,
            sense,
            limit: Some(limit),
            found: Some(found),
            leaves: None,
            passed: false,
        };
        assert_eq!((gate.margin(), gate.nearest()), (margin, nearest), "{gate:?}");
        assert_eq!(Gate { passed: true, ..gate }.nearest(), Nearest::Passes);
        let missing = Gate { found: None, ..gate };
        assert_eq!((missing.margin(), missing.nearest()), (None, Nearest::Happen));
    }
}

/// What is enough for the order is all that is looked at, and that is enough: the size is the same
/// whether depth lies in one level or in many.
#[test]
fn depth_in_many_small_levels_is_depth() {
    let mut world = World::good();
    let names: Vec<_> = (0..20).map(|n| (format!("2.00{:02}", 10 + n), "5".to_owned())).collect();
    let asks: Vec<_> = names.iter().map(|(at, size)| (at.as_str(), size.as_str())).collect();
    put_book(&mut world, &[("1.999", "1000")], &asks);
    let verdict = world.assess(vec![Proposal::Entry(entry("XRP-USD", "1.4"))]);
    // 100 at 2.00195 in the middle are 200.195, twice the order.
    assert_eq!(verdict.approved[0].max_notional(), amount("100.09"));
}

/// Asks, slippage of the tier in basis points of a mid of 2, and what that leaves at the ask.
#[test]
fn a_size_is_what_its_average_price_allows() {
    type Case = (&'static [(&'static str, &'static str)], u32, &'static str);
    let cases: [Case; 6] = [
        // All of one level inside the budget of 2.008, and no more.
        (&[("2.001", "100")], 40, "200.1"),
        (&[("2.001", "100"), ("2.002", "100")], 40, "400.2"),
        // x at 2.018: (200.1 + 2.018 x) / (100 + x) = 2.008 for x = 70.
        (&[("2.001", "100"), ("2.018", "5000")], 40, "340.17"),
        // (200.1 + 200.3 + 2.018 x) / (200 + x) = 2.008 for x = 120.
        (&[("2.001", "100"), ("2.003", "100"), ("2.018", "5000"), ("2.019", "9")], 40, "640.32"),
        // The touch is 5 bps away.
        (&[("2.001", "1000")], 5, "2001"),
        (&[("2.001", "1000")], 4, "0"),
    ];
    for (asks, bps, expected) in cases {
        let mut world = World::good();
        world.policy.market.slippage_bps.t2 = bps;
        put_book(&mut world, &[("1.999", "1000")], asks);
        let ladder = world.explain(vec![Proposal::Entry(entry("XRP-USD", "1"))]).remove(0);
        let gate = ladder.gates.iter().find(|gate| gate.code == RiskCode::Slippage).unwrap();
        assert!(near(gate.leaves, expected.parse().ok()), "{asks:?} {gate:?}");
    }
}

/// A price at one of the two of a bracket is not between them.
#[test]
fn a_bracket_lies_on_both_sides_of_the_bid() {
    let cases = [("1.9995", "1.9997", true), ("1.9996", "2.3", false), ("1.84", "1.9996", false)];
    for (stop, target, allowed) in cases {
        let mut world = World::good();
        world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
        let bracket = Some(domain::Bracket { stop: price(stop), target: price(target) });
        let sale = Exit { bracket, ..exit("XRP-USD", "10", ExitReason::Protection) };
        let codes = world.codes(Proposal::Exit(sale));
        let expected = if allowed { [].into() } else { [RiskCode::StopBounds].into() };
        assert_eq!(codes, expected, "{stop} {target}");
    }
}

//! Every gate of a ladder, with numbers that were worked out by hand.

use RiskCode as C;
use Sense::{AtLeast, AtMost, Below, Must, Wait};
use Unit::{Bps, Count, Minutes, None as No, Pct, Secs, Share, Times};
use domain::{Fact, IntentId, Proposal, RiskCode, Side, SubmitOutcome, Trouble, Usd};
use risk::{Gate, Sense, Unit};

use crate::common::*;

/// Key, code, unit, sense, limit, found, and what a limit on size leaves.
pub(crate) type Row = (&'static str, RiskCode, Unit, Sense, Option<f64>, Option<f64>, Option<f64>);

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

pub(crate) fn near(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        (found, expected) => found == expected,
    }
}

pub(crate) fn is(gate: &Gate, row: &Row) -> bool {
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

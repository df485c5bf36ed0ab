//! How often, how close together, what became of it, and what the venue answered.

use domain::{Fact, IntentId, Latch, Proposal, Side, SubmitOutcome, Trouble};

use super::{Row, buy, xrp};
use crate::common::*;

pub(super) fn pacing() -> Vec<Row> {
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

pub(super) fn pauses() -> Vec<Row> {
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

fn trouble(world: &mut World, trouble: Trouble, secs: i64) {
    world.facts.push(Fact::Venue { at: T0.plus_secs(-secs), trouble });
}

pub(super) fn answers() -> Vec<Row> {
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

pub(super) fn own_orders() -> Vec<Row> {
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

//! What one gate says, and what the gates on size leave.

use crate::common::*;
use crate::ladder::{Row, is, near};
use domain::{ExitReason, Proposal, RiskCode};
use risk::{Gate, Nearest, Sense, Unit};

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

//! A limit that is met exactly allows; what looks like a breach and is none; what is missing.

use std::collections::BTreeSet;

use crate::common::*;
use domain::{AccountId, Exit, ExitReason, Mode, PolicyHash, Proposal, RiskCode, Side};
use risk::{Desk, Limits, RiskView, Verdict};

type Spoil = fn(&mut World);

#[test]
fn a_limit_that_is_met_exactly_allows() {
    let cases: [(&str, Spoil); 12] = [
        ("LIVE with every gate open", |w| {
            w.mode = Mode::Live;
            w.policy.control.live_trading_enabled = true;
        }),
        ("an add, when the only position allowed is the one added to", |w| {
            w.policy.positions.max_open_positions = 1;
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0.plus_secs(-86_401)));
        }),
        ("an entry before the position is no add", |w| {
            w.policy.pacing.adds_per_asset_and_day = 1;
            w.facts.push(approval("XRP-USD", T0.plus_secs(-9_000)));
            w.facts.extend(position(1, "XRP-USD", "10", "2", T0.plus_secs(-9_000)));
        }),
        ("sales are no attempts", |w| {
            w.facts.extend(position(1, "BTC-USD", "0.01", "50000", T0.plus_secs(-86_401)));
            for n in 2..60 {
                w.facts.push(order(n, Side::Sell, "BTC-USD", "0.001", "50000", T0));
                w.facts.push(end(n, "0", T0));
            }
        }),
        ("spacing", |w| w.facts.push(approval("BTC-USD", T0.plus_secs(-120)))),
        ("symbol spacing", |w| w.facts.push(approval("XRP-USD", T0.plus_secs(-600)))),
        ("cooldown", |w| w.facts.extend(round_trip(1, "XRP-USD", "1.9", 3_600))),
        ("quote", |w| w.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-5))),
        ("unchanged book", |w| w.market("XRP-USD").book_changed = Some(T0.plus_secs(-60))),
        ("candles", |w| w.market("XRP-USD").candles_through = Some(T0.plus_secs(-330))),
        ("jump", |w| w.market("XRP-USD").jump_5m_pct = Some(10.0)),
        ("an hour's window is open at its start", |w| {
            let ago = [500, 1000, 2000, 3600];
            w.facts.extend(ago.map(|secs| approval("BTC-USD", T0.plus_secs(-secs))));
        }),
    ];
    for (name, spoil) in cases {
        let mut world = World::good();
        spoil(&mut world);
        assert_eq!(
            world.codes(Proposal::Entry(entry("XRP-USD", "1.4"))),
            BTreeSet::new(),
            "{name}"
        );
    }
}

#[test]
fn a_cluster_that_is_named_again_goes_on() {
    let of = |name: &str| [asset(name)];
    let (sol, arb, ada, op) = (of("SOL"), of("ARB"), of("ADA"), of("OP"));
    let clusters = risk::Clusters::new([
        ("LAYER1", sol.as_slice()),
        ("LAYER2", arb.as_slice()),
        ("LAYER1", ada.as_slice()),
        ("LAYER2", op.as_slice()),
    ]);
    for (name, cluster) in
        [("SOL", "LAYER1"), ("ADA", "LAYER1"), ("ARB", "LAYER2"), ("OP", "LAYER2")]
    {
        assert_eq!(clusters.of(&asset(name)), cluster, "{name}");
    }
}

/// More was sold than was bought: nothing is held, and nothing has to be valued.
#[test]
fn an_asset_of_which_less_than_nothing_is_held_needs_no_mark() {
    let mut world = World::good();
    world.facts.push(fill("s", 1, Side::Sell, "ADA-USD", "10", "2", T0));
    assert!(!world.exposure().is_open(&asset("ADA")));
    assert!(world.codes(Proposal::Entry(entry("XRP-USD", "1.4"))).is_empty());
}

/// Coins that were given are worth something in their tier, also after some were taken away.
#[test]
fn what_is_left_of_a_gift_stays_in_its_tier() {
    let mut world = World::good();
    world.facts = vec![adopted(1, "UNI-USD", "10", "8", T0), withdrawn("UNI", "4", T0)];
    let ladder = world.explain(vec![Proposal::Entry(entry("XRP-USD", "1"))]).remove(0);
    let gate = ladder.gates.iter().find(|gate| gate.key == "caps.tiers_pct").unwrap();
    // 6 at a bid of 7.9984, and 101.2 more, of 10,000.
    assert!((gate.found.unwrap() - 1.491_904).abs() < 1e-9, "{gate:?}");
}

/// Only what was open before the batch is one more of it; the second of a batch is too close.
#[test]
fn two_entries_of_an_asset_in_one_batch_are_too_close() {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    world.policy.pacing.adds_per_asset_and_day = 5;
    world.policy.positions.max_new_positions_per_cycle = 5;
    let mut later = entry("XRP-USD", "1");
    later.trigger.id.candle = T0;
    later.conviction = 0.5;
    let both = vec![Proposal::Entry(entry("XRP-USD", "1")), Proposal::Entry(later)];
    let codes = |world: &World| -> Vec<RiskCode> {
        let verdict = world.assess(both.clone());
        verdict.rejected.iter().flat_map(|r| r.reasons.iter().map(|why| why.code)).collect()
    };
    assert_eq!(codes(&world), [RiskCode::SymbolSpacing, RiskCode::Duplicate]);
    world.policy.pacing.symbol_spacing_secs = 0;
    world.policy.messages.duplicate_secs = 0;
    assert_eq!(codes(&world), []);
    world.policy.pacing.adds_per_asset_and_day = 0;
    assert_eq!(codes(&world), [RiskCode::AddsLimit]);
}

/// Money that the policy leaves alone pays nothing, and where nobody knows of any it is missing.
#[test]
fn money_that_nobody_knows_is_missing_also_where_the_policy_leaves_it_alone() {
    let mut world = World::good();
    world.policy.orders.quote_preference = vec![asset("USDC")];
    world.purses[0].asset = asset("EUR");
    let codes = world.codes(Proposal::Entry(entry("XRP-USD", "1.4")));
    assert_eq!(codes, [RiskCode::DataUnavailable].into());
}

/// Each approval is given under the policy, the account and the mode that it was judged by, at a
/// desk that is used again and again.
#[test]
fn a_desk_gives_each_approval_under_what_it_was_judged_by() {
    let world = World::good();
    let mut desk = Desk::default();
    let cases = [
        ("p", "recorded", Mode::Paper),
        ("q", "recorded", Mode::Paper),
        ("q", "another", Mode::Paper),
        ("q", "another", Mode::DryRun),
        ("p", "recorded", Mode::Paper),
    ];
    for (policy, account, mode) in cases {
        let found = world.judge(|_, view, market| {
            let limits = Limits::new(world.policy.clone(), PolicyHash(policy.into())).unwrap();
            let account = AccountId(account.into());
            let view = RiskView { mode, account: &account, ..*view };
            let (mut wish, mut verdict) =
                (vec![Proposal::Entry(entry("XRP-USD", "1"))], Verdict::default());
            desk.assess(&limits, &view, market, &mut wish, &mut verdict);
            let under = &verdict.approved[0].stamp().under;
            (under.policy_hash.0.clone(), under.account.0.clone(), under.mode)
        });
        assert_eq!(found, (policy.to_owned(), account.to_owned(), mode));
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

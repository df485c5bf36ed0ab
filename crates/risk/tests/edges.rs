//! A limit that is met exactly allows; what looks like a breach and is none.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeSet;

use common::*;
use domain::{Mode, Proposal, Side};

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

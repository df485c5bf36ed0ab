//! What the gate costs with 50 positions and 200 live orders.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::wildcard_imports,
    dead_code,
    reason = "a benchmark"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use core::hint::black_box;

use common::*;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::{Fact, Proposal, Side};
use risk::{Desk, Exposure, Verdict};

const POSITIONS: u64 = 50;
const ORDERS: u64 = 200;

fn name(n: u64) -> String {
    format!("A{n:02}-USD")
}

/// Fifty positions, each with three live buys and a live sale, and one market that is free.
fn world() -> World {
    let mut world = World::good();
    world.markets = (0..=POSITIONS).map(|n| market(&name(n), "2")).collect();
    world.policy.caps.max_total_pct = pct("50");
    world.policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
    world.policy.positions.max_open_positions = 50;
    let long_ago = T0.plus_secs(-200_000);
    world.policy.positions.max_open_positions = 50;
    for n in 0..POSITIONS - 1 {
        world.facts.extend(position(n, &name(n), "10", "2", long_ago));
    }
    for n in 0..ORDERS {
        let side = if n % 4 == 3 { Side::Sell } else { Side::Buy };
        let product = name(n % (POSITIONS - 1));
        world.facts.push(order(1_000 + n, side, &product, "1", "2", long_ago));
    }
    world
}

fn wishes(many: u64) -> Vec<Proposal> {
    let wish = |n| {
        let mut entry = entry(&name(POSITIONS), "0.3");
        entry.trigger.id.candle = T0.plus_secs(-3_600 * n);
        Proposal::Entry(entry)
    };
    (1..=i64::try_from(many).unwrap()).map(wish).collect()
}

fn gate(c: &mut Criterion) {
    let mut world = world();
    world.policy.pacing.spacing_secs = 0;
    world.policy.pacing.symbol_spacing_secs = 0;
    world.policy.pacing.trades_per_hour = 12;
    world.policy.pacing.trades_per_day = 50;
    world.policy.pacing.attempts_per_day = 400;
    world.policy.pacing.attempts_per_hour = 50;
    world.policy.messages.duplicate_secs = 0;
    world.policy.pacing.adds_per_asset_and_day = 50;
    let exposure = world.exposure();
    assert_eq!((exposure.open().len() as u64, exposure.live_orders() as u64), (49, ORDERS));
    let intent = order(5_000, Side::Buy, &name(3), "1", "2", T0);
    let part = fill("part", 1_001, Side::Buy, &name(1), "0.5", "2", T0);
    let mut update = |what: &str, fact: Fact| {
        c.bench_function(&format!("update the exposure: {what}"), |b| {
            b.iter_batched_ref(
                || exposure.clone(),
                |exposure| exposure.apply(black_box(&fact)).unwrap(),
                BatchSize::SmallInput,
            );
        });
    };
    update("an intent", intent);
    update("a partial fill", part);
    update("an end", end(1_002, "0", T0));
    c.bench_function("fold 450 facts from nothing", |b| {
        b.iter(|| Exposure::of(black_box(&world.facts)).unwrap());
    });
    world.judge(|limits, view, market| {
        let mut desk = Desk::default();
        // One assessment is the tenth part of what eleven cost more than one.
        for many in [1, 11] {
            let proposals = wishes(many);
            let mut verdict = Verdict::default();
            desk.assess(limits, view, market, &mut proposals.clone(), &mut verdict);
            assert_eq!(verdict.approved.len() as u64, many, "{:?}", verdict.rejected);
            c.bench_function(&format!("value the exposure and judge {many}"), |b| {
                b.iter_batched_ref(
                    || {
                        (
                            proposals.clone(),
                            Verdict { approved: Vec::with_capacity(16), rejected: Vec::new() },
                        )
                    },
                    |(proposals, verdict)| desk.assess(limits, view, market, proposals, verdict),
                    BatchSize::SmallInput,
                );
            });
        }
    });
}

criterion_group!(benches, gate);
criterion_main!(benches);

//! What a decision costs over 400 warm products: nothing fresh, and twenty fresh events.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

#[path = "../tests/world/mod.rs"]
mod world;

use core::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engine::Effects;
use world::World;

fn decisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("decision over 400 products");
    let mut quiet = World::quiet(400);
    let mut effects = Effects::default();
    quiet.decide(&mut effects);
    assert_eq!(quiet.engine.cycle().fresh_triggers(), 0);
    assert_eq!(quiet.engine.cycle().universe.members.len(), 400);
    group.bench_function("nothing fresh", |b| {
        b.iter(|| {
            quiet.decide(&mut effects);
            black_box(quiet.engine.cycle().status);
        });
    });
    // Each decision uses its events up, so every iteration starts from an engine that has not.
    let busy = World::busy(400, 20, 5);
    group.bench_function("20 fresh, 5 proposals", |b| {
        b.iter_batched_ref(
            || (busy.warmed(), Effects::default()),
            |(world, effects)| {
                world.decide(effects);
                black_box(world.engine.cycle().proposals.len());
            },
            BatchSize::PerIteration,
        );
    });
    let mut checked = busy.fresh();
    checked.decide(&mut effects);
    assert_eq!(checked.engine.cycle().fresh_triggers(), 20);
    assert_eq!(checked.engine.cycle().proposals.len(), 5);
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);

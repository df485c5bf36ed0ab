//! A cycle in which nothing is fresh allocates nothing: counted, not believed.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod world;

use domain::CycleStatus;
use engine::Effects;
use world::World;

#[test]
fn a_quiet_cycle_over_400_products_allocates_nothing() {
    let mut world = World::quiet(400);
    let mut effects = Effects::default();
    // The first cycles make the room that later ones use.
    for _ in 0..3 {
        world.decide(&mut effects);
    }
    let counted = allocation_counter::measure(|| world.decide(&mut effects));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    let cycle = world.engine.cycle();
    assert_eq!(cycle.universe.members.len(), 400);
    assert_eq!(cycle.fresh_triggers(), 0);
    assert_eq!(cycle.status, CycleStatus::NoOpportunities);
}

#[test]
fn a_busy_cycle_is_seen_by_the_counter() {
    let mut world = World::busy(40, 20, 5);
    let mut effects = Effects::default();
    let counted = allocation_counter::measure(|| world.decide(&mut effects));
    assert!(counted.count_total > 0, "the counter counts");
    assert_eq!(world.engine.cycle().fresh_triggers(), 20);
    assert_eq!(world.engine.cycle().proposals.len(), 5);
    assert_eq!(world.engine.cycle().approved.len(), 1, "one new position a cycle");
}

//! Approving allocates nothing once the desk has its room: counted, not believed.

use crate::common::*;
use domain::Proposal;
use risk::{Desk, Exposure, Verdict};

#[test]
fn an_approval_allocates_nothing() {
    let world = World::busy();
    world.judge(|limits, view, market| {
        let (mut desk, mut verdict) = (Desk::default(), Verdict::default());
        let mut judge = |verdict: &mut Verdict| {
            let mut proposals = vec![Proposal::Entry(entry(BUSY, "0.3"))];
            // Only the judging is measured: the proposal is the strategy's, and its text is freed.
            allocation_counter::measure(|| {
                desk.assess(limits, view, market, &mut proposals, verdict);
            })
        };
        let first = judge(&mut verdict);
        assert!(first.count_total > 0, "the counter counts");
        verdict.approved.clear();
        let counted = judge(&mut verdict);
        assert_eq!(verdict.approved.len(), 1, "{:?}", verdict.rejected);
        assert_eq!(counted.count_total, 0, "{counted:?}");
    });
}

/// It has the room of an account from the start: what else is allocated is the text of the fills'
/// names, their ends, and the places that come free.
#[test]
fn an_exposure_of_two_hundred_and_fifty_orders_allocates_a_few_times() {
    let world = World::busy();
    let counted = allocation_counter::measure(|| {
        assert_eq!(Exposure::of(&world.facts).unwrap().live_orders(), 200);
    });
    assert!((1..=22).contains(&counted.count_total), "{counted:?}");
}

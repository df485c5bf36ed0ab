//! Whose turn it is.

use core::time::Duration;

use super::{Bucket, Gate, Lane};

fn gate(burst: u32, waiting: usize) -> Gate {
    Gate::new(vec![Bucket::new(burst, 1, Duration::from_secs(1))], waiting)
}

#[test]
fn a_cancel_goes_before_whoever_waited_longer() {
    let gate = gate(1, 10);
    let data = gate.enter(Lane::Data).unwrap();
    let entry = gate.enter(Lane::Entry).unwrap();
    let exit = gate.enter(Lane::Exit).unwrap();
    let cancel = gate.enter(Lane::Cancel).unwrap();
    let mut now = Duration::ZERO;
    for (place, lane) in [(&cancel, "cancel"), (&exit, "exit"), (&entry, "entry"), (&data, "data")]
    {
        for other in [&data, &entry, &exit, &cancel] {
            if other.key > place.key {
                assert!(!gate.attempt(other.key, now).is_zero(), "{lane} comes first");
            }
        }
        assert!(gate.attempt(place.key, now).is_zero(), "{lane} has its turn");
        now += Duration::from_secs(1);
    }
}

#[test]
fn within_a_lane_the_first_to_come_is_the_first_to_go() {
    let gate = gate(2, 10);
    let first = gate.enter(Lane::Data).unwrap();
    let second = gate.enter(Lane::Data).unwrap();
    let now = Duration::ZERO;
    assert!(!gate.attempt(second.key, now).is_zero());
    assert!(gate.attempt(first.key, now).is_zero());
    drop(first);
    // Data leaves a share of the bucket to others.
    assert!(!gate.attempt(second.key, now).is_zero());
    assert!(gate.attempt(second.key, Duration::from_secs(1)).is_zero());
}

#[test]
fn whoever_gives_up_leaves_the_queue() {
    let gate = gate(1, 10);
    let gone = gate.enter(Lane::Cancel).unwrap();
    let next = gate.enter(Lane::Data).unwrap();
    drop(gone);
    assert!(gate.attempt(next.key, Duration::ZERO).is_zero());
}

#[test]
fn the_queue_is_bounded_for_all_but_cancels() {
    let gate = gate(1, 2);
    let _first = gate.enter(Lane::Data).unwrap();
    let _second = gate.enter(Lane::Exit).unwrap();
    assert!(gate.enter(Lane::Exit).is_err());
    assert!(gate.enter(Lane::Cancel).is_ok());
}

#[test]
fn what_is_left_of_a_second_says_nothing_about_an_hour() {
    let hour = Bucket::new(5_000, 5_000, Duration::from_hours(1));
    let gate = Gate::new(vec![Bucket::new(12, 18, Duration::from_secs(1)), hour], 10);
    gate.remaining(Duration::ZERO, 3);
    let first = gate.enter(Lane::Data).unwrap();
    assert!(!gate.attempt(first.key, Duration::ZERO).is_zero(), "it is heeded for this second");
    assert!(gate.attempt(first.key, Duration::from_secs(1)).is_zero(), "and over with it");
}

//! Brackets that follow their parents.

use exchange_sim::spot::{Configuration, Draft, Kind, Status, TriggerStatus};

use crate::world::*;

fn with_bracket(draft: Draft) -> Draft {
    let fields = fields(&[("limit", "110"), ("trigger", "90")]);
    Draft { attached: Some(Configuration { kind: Kind::BracketGtc, fields }), ..draft }
}

#[test]
fn a_bracket_comes_to_life_with_what_its_parent_bought() {
    let mut venue = venue(&[]);
    let parent = draft("parent", BUY, Kind::MarketIoc, &[("quote", "100")]);
    let created = place(&mut venue, MAIN, with_bracket(parent));
    let child = created.attached.unwrap();
    let (parent, child) = (order(&venue, created.order), order(&venue, child));
    assert_eq!((parent.status, child.status), (Status::Filled, Status::Open));
    assert_eq!((parent.attached, child.originating), (Some(child.id), Some(parent.id)));
    // Whole increments of it; the dust stays.
    assert_eq!(child.size, parent.filled.trunc_with_scale(8).normalize());
    assert_eq!((child.kind, child.trigger), (Kind::BracketGtc, TriggerStatus::Pending));
    assert_eq!(child.hold, child.size);
}

#[test]
fn a_parent_without_a_fill_has_no_child() {
    let mut venue = venue(&[]);
    let parent = draft("parent", BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "95")]);
    let created = place(&mut venue, MAIN, with_bracket(parent));
    assert!(venue.order(created.attached.unwrap()).is_none());
    venue.cancel(MAIN, created.order).unwrap().unwrap();
    assert!(venue.order(created.attached.unwrap()).is_none());
    assert_eq!(venue.orders(MAIN).unwrap().count(), 1);
}

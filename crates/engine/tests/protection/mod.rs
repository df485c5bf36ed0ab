//! Lots that the venue protects, and how the engine takes them over.

use core::time::Duration;

use domain::{
    Adoption, BaseQty, Bracket, ExitPlan, ExitReason, Fact, Instants, IntentId, Latch, LotId,
    ProposalId, Protector, Side, SubmitOutcome, Tier, TimeInForce, VenueStatus,
};
use engine::{Effect, Effects, Event, NoProbe};
use exchange::{OrderIntent, VenueOrder};
use execution::{Alarm, Look};
use rules::ProtectBy;

use crate::world::{World, account_of, book};

const PRODUCT: &str = "P001-USD";
const LOT: LotId = LotId(IntentId(1));
const FIRST: IntentId = IntentId(2);
const HOLD_SECS: u64 = 72 * 3600;

/// An engine that holds 2 of a product, bought at 100: stop 92, target 115, three days.
struct Desk {
    world: World,
    secs: u64,
}

impl Desk {
    fn new(by: ProtectBy) -> Self {
        let mut desk = Self { world: World::live(3, by), secs: 0 };
        let adopted = Adoption {
            at: desk.world.now,
            lot: LOT,
            product: PRODUCT.parse().unwrap(),
            asset: "P001".parse().unwrap(),
            tier: Tier::T2,
            qty: "2".parse().unwrap(),
            price: "100".parse().unwrap(),
            plan: ExitPlan {
                stop_pct: "8".parse().unwrap(),
                target_pct: "15".parse().unwrap(),
                max_hold_hours: 72,
            },
            request: None,
            reason: "given".to_owned(),
        };
        desk.give(Event::Fact(Fact::Adopted(Box::new(adopted))));
        desk.account("2");
        let asked = desk.now();
        let from = desk.world.now.plus_secs(-86_400);
        let look = Look { asked, from, orders: Vec::new(), fills: Vec::new() };
        let purses = Some(desk.world.engine.purses().to_vec());
        desk.give(Event::Compared { look: Some(Box::new(look)), purses, account: true });
        assert!(desk.world.engine.is_reconciled());
        desk
    }

    fn now(&self) -> Instants {
        let at = self.world.now.plus_secs(i64::try_from(self.secs).unwrap());
        Instants { mono: Duration::from_secs(self.secs), wall: at, venue: Some(at) }
    }

    fn give(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Effects::default();
        let now = self.now();
        self.world.engine.step(now, event, &mut NoProbe, &mut effects).unwrap();
        effects.list
    }

    /// So much of the product is free.
    fn account(&mut self, free: &str) {
        self.give(account_of(&[("USD", "10000"), ("P001", free)]));
    }

    /// What is due at a moment, with the product at a price.
    fn at(&mut self, secs: u64, price: f64) -> Vec<Effect> {
        self.secs = secs;
        let vouched = self.now().venue.unwrap();
        let (product, book) = (PRODUCT.parse().unwrap(), book(price, vouched));
        self.give(Event::Book { product, book, vouched });
        self.give(Event::Upkeep)
    }

    /// Puts an order on record and tells the venue's answer.
    fn answered(&mut self, order: &OrderIntent, outcome: SubmitOutcome) {
        let at = self.now().venue.unwrap();
        self.give(Event::Fact(Fact::Intent(Box::new(order.fact(at)))));
        self.give(Event::Answered { intent: order.id(), outcome });
    }

    /// An engine whose lot the venue protects.
    fn protected(by: ProtectBy) -> Self {
        let mut desk = Self::new(by);
        desk.world.engine = {
            let mut first = Self::new(ProtectBy::Venue);
            let order = placed(first.at(1, 100.0)).unwrap();
            desk.secs = 1;
            let outcome = SubmitOutcome::Accepted { venue_order_id: "v".to_owned() };
            if by == ProtectBy::Venue {
                first.answered(&order, outcome);
                first.world.engine
            } else {
                desk.answered(&order, outcome);
                desk.world.engine
            }
        };
        desk.account("0");
        desk
    }

    /// The venue shows the order that protects the lot.
    fn shows(&mut self, status: VenueStatus) {
        self.give(Event::Seen(VenueOrder {
            venue_order_id: "v".to_owned(),
            client_order_id: "c".to_owned(),
            product: PRODUCT.to_owned(),
            side: Side::Sell,
            status,
            qty: "2".parse().ok(),
            limit: "115".parse().ok(),
            filled: BaseQty::ZERO,
            average_price: None,
            fees: None,
            created: self.world.now,
            updated: None,
        }));
    }
}

/// The one order that was handed out.
fn placed(effects: Vec<Effect>) -> Option<OrderIntent> {
    let orders = effects
        .into_iter()
        .filter_map(|effect| if let Effect::Place(order) = effect { Some(*order) } else { None });
    let mut orders: Vec<_> = orders.collect();
    assert!(orders.len() <= 1, "{orders:?}");
    orders.pop()
}

fn cancels(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Cancel(FIRST)))
}

fn names(effects: &[Effect], by: Protector) -> bool {
    let told =
        |effect: &Effect| matches!(effect, Effect::Append(Fact::Protection(p)) if p.by == by);
    effects.iter().any(told)
}

#[test]
fn a_lot_gets_one_bracket_at_its_stop_and_its_target() {
    let mut desk = Desk::new(ProtectBy::Venue);
    let order = placed(desk.at(1, 100.0)).unwrap();
    let bracket = Bracket { stop: "92".parse().unwrap(), target: "115".parse().unwrap() };
    let terms = order.terms();
    assert_eq!(terms.time_in_force, TimeInForce::Bracket(bracket));
    assert_eq!((terms.qty, terms.limit), ("2".parse().unwrap(), "87.4".parse().unwrap()));
    assert_eq!(order.approved().proposal(), ProposalId::Exit(LOT, ExitReason::Protection));
    desk.answered(&order, SubmitOutcome::Accepted { venue_order_id: "v".to_owned() });
    desk.account("0");
    let effects = desk.at(2, 100.0);
    assert!(names(&effects, Protector::Venue { intent: FIRST }));
    assert!(!desk.world.engine.has_orders_at_work(), "it rests for as long as it takes");
    assert!(placed(effects).is_none() && placed(desk.at(3, 100.0)).is_none(), "one alone");
    // Its own stop is the venue's, until it should have sold long since: 92 × 0.97 = 89.24.
    for (secs, price) in [(4, 91.0), (5, 89.3), (6, 116.0)] {
        let effects = desk.at(secs, price);
        assert!(!cancels(&effects) && placed(effects).is_none(), "{price}");
    }
    assert!(cancels(&desk.at(7, 89.2)));
}

#[test]
fn the_engine_sells_when_the_order_is_over_and_its_coins_are_free() {
    let mut desk = Desk::protected(ProtectBy::Venue);
    desk.at(2, 100.0);
    assert!(cancels(&desk.at(HOLD_SECS, 100.0)));
    assert!(placed(desk.at(HOLD_SECS + 1, 100.0)).is_none(), "a cancel is no end");
    desk.shows(VenueStatus::Cancelled);
    assert!(desk.world.engine.is_account_behind(), "the account is to be read");
    desk.account("0");
    let effects = desk.at(HOLD_SECS + 2, 100.0);
    assert!(names(&effects, Protector::Nobody) && placed(effects).is_none());
    assert!(desk.world.engine.has_orders_at_work() && desk.world.engine.is_account_behind());
    desk.account("2");
    let effects = desk.at(HOLD_SECS + 3, 100.0);
    assert!(names(&effects, Protector::Engine));
    let sale = placed(effects).unwrap();
    assert_eq!(sale.terms().time_in_force, TimeInForce::ImmediateOrCancel);
    assert_eq!(sale.approved().proposal(), ProposalId::Exit(LOT, ExitReason::MaxHold));
    let gap = desk.world.engine.orders().protection().longest_gap(LOT);
    assert_eq!(gap, Duration::from_secs(1));
}

#[test]
fn coins_that_are_never_let_go_are_sold_after_ten_seconds_and_a_person_is_told() {
    let mut desk = Desk::protected(ProtectBy::Venue);
    desk.at(HOLD_SECS, 100.0);
    desk.shows(VenueStatus::Cancelled);
    for secs in 1..11 {
        desk.account("0");
        assert!(placed(desk.at(HOLD_SECS + secs, 100.0)).is_none(), "{secs}");
    }
    let effects = desk.at(HOLD_SECS + 11, 100.0);
    let told = |effect: &Effect| matches!(effect, Effect::Alarm(Alarm::Unprotected(LOT)));
    assert!(effects.iter().any(told));
    assert!(placed(effects).is_some());
}

#[test]
fn what_the_venue_refuses_the_engine_protects_and_asks_again() {
    let mut desk = Desk::new(ProtectBy::Venue);
    let order = placed(desk.at(1, 100.0)).unwrap();
    desk.answered(&order, SubmitOutcome::Refused { reason: "no stops here".to_owned() });
    assert!(placed(desk.at(1, 100.0)).is_none());
    let again = placed(desk.at(2, 100.0)).unwrap();
    assert!(again.approved().bracket().is_some());
    desk.answered(&again, SubmitOutcome::Refused { reason: "no stops here".to_owned() });
    let sale = placed(desk.at(3, 91.0)).unwrap();
    assert_eq!(sale.approved().proposal(), ProposalId::Exit(LOT, ExitReason::StopLoss));
}

#[test]
fn a_halt_takes_no_protection_away_and_a_flatten_does() {
    let mut desk = Desk::protected(ProtectBy::Venue);
    let (at, latch, reason) = (desk.world.now, Latch::Halt, "test".to_owned());
    desk.give(Event::Fact(Fact::Latched { at, latch, reason }));
    assert!(!cancels(&desk.at(HOLD_SECS, 80.0)));
    desk.give(Event::Flatten);
    assert!(cancels(&desk.at(HOLD_SECS + 1, 80.0)));
    desk.shows(VenueStatus::Cancelled);
    desk.account("2");
    let sale = placed(desk.at(HOLD_SECS + 2, 80.0)).unwrap();
    assert_eq!(sale.approved().proposal(), ProposalId::Exit(LOT, ExitReason::Flatten));

    let mut bare = Desk::new(ProtectBy::Venue);
    let (at, latch, reason) = (bare.world.now, Latch::Halt, "test".to_owned());
    bare.give(Event::Fact(Fact::Latched { at, latch, reason }));
    assert!(placed(bare.at(1, 100.0)).is_none(), "nothing new is sent");
}

#[test]
fn a_kill_leaves_protection_where_it_is_and_places_what_is_missing() {
    let kill = |desk: &mut Desk| {
        let (at, latch, reason) = (desk.world.now, Latch::Kill, "test".to_owned());
        desk.give(Event::Fact(Fact::Latched { at, latch, reason }));
    };
    let mut desk = Desk::protected(ProtectBy::Venue);
    kill(&mut desk);
    assert!((2..60).all(|secs| !cancels(&desk.at(secs, 100.0))));
    let mut bare = Desk::new(ProtectBy::Venue);
    kill(&mut bare);
    assert!(placed(bare.at(1, 100.0)).is_some_and(|order| order.approved().bracket().is_some()));
}

#[test]
fn an_engine_that_protects_itself_places_none_and_takes_over_what_rests() {
    let mut desk = Desk::new(ProtectBy::Engine);
    assert!(placed(desk.at(1, 100.0)).is_none());
    assert!(cancels(&Desk::protected(ProtectBy::Engine).at(2, 100.0)));
}

#[test]
fn each_lot_of_an_asset_has_its_own_order() {
    let mut desk = Desk::protected(ProtectBy::Venue);
    let lot = *desk.world.engine.state().ledger().lots().next().as_ref().unwrap();
    let another = LotId(IntentId(9));
    desk.give(Event::Fact(Fact::Adopted(Box::new(Adoption {
        at: desk.now().wall,
        lot: another,
        product: lot.product,
        asset: lot.asset,
        tier: Tier::T2,
        qty: "1".parse().unwrap(),
        price: lot.average_price,
        plan: lot.plan,
        request: None,
        reason: "more".to_owned(),
    }))));
    desk.account("1");
    let effects = desk.at(2, 100.0);
    assert!(!cancels(&effects));
    let other = placed(effects).unwrap();
    assert_eq!(other.approved().proposal(), ProposalId::Exit(another, ExitReason::Protection));
    assert_eq!(other.terms().qty, "1".parse().unwrap());
}

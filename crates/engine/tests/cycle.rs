//! What a cycle concludes from what it was fed.
#![allow(clippy::panic, clippy::unwrap_used, missing_docs, reason = "tests")]

mod protection;
mod world;

use domain::{
    CycleStatus, Exclusion, Fact, Fill, FillKind, IntentId, Latch, NoTrade, RiskCode, Side,
};
use engine::{Effect, Effects, Event, NoProbe};
use world::{World, account_of, instants};

fn feed(world: &mut World, event: Event) {
    let mut effects = Effects::default();
    world.engine.step(instants(world.now), event, &mut NoProbe, &mut effects).unwrap();
}

#[test]
fn equal_worlds_decide_equally() {
    let world = World::busy(40, 20, 5);
    let (mut one, mut two) = (world.fresh(), world.fresh());
    let (mut first, mut second) = (Effects::default(), Effects::default());
    one.decide(&mut first);
    two.decide(&mut second);
    assert_eq!(one.engine.record(), two.engine.record());
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

#[test]
fn an_approved_event_is_not_proposed_again_and_one_that_was_paced_out_is() {
    let mut world = World::busy(40, 20, 5);
    let mut effects = Effects::default();
    world.decide(&mut effects);
    let approved = world.engine.cycle().approved[0].entry.product;
    assert_eq!(world.engine.cycle().proposals.len(), 5);
    world.decide(&mut effects);
    let again: Vec<_> =
        world.engine.cycle().proposals.iter().map(domain::Proposal::product).collect();
    assert_eq!(again.len(), 4, "the other four were refused for pacing alone");
    assert!(!again.contains(&approved));
}

#[test]
fn a_dry_run_hands_out_no_order() {
    let mut world = World::busy(40, 20, 5);
    let mut effects = Effects::default();
    world.decide(&mut effects);
    assert!(!world.engine.cycle().approved.is_empty());
    assert!(world.engine.cycle().approved.iter().all(|a| a.order.is_ok()));
    assert!(!effects.list.iter().any(|effect| matches!(effect, Effect::Place(_))));
    assert!(world.engine.state().ledger().lots().next().is_none());
}

#[test]
fn without_an_account_nothing_is_bought_and_the_reason_is_data() {
    let mut world = World::busy(40, 20, 5);
    feed(&mut world, Event::AccountLost);
    world.decide(&mut Effects::default());
    let cycle = world.engine.cycle();
    assert_eq!(cycle.status, CycleStatus::NoTrade);
    assert_eq!(cycle.no_trade_reason, Some(NoTrade::DataUnavailable));
    assert!(cycle.approved.is_empty() && cycle.nav.is_none());
}

#[test]
fn a_latch_halts_entries_and_says_so() {
    let mut world = World::busy(40, 20, 5);
    let (at, latch, reason) = (world.now, Latch::Kill, "test".to_owned());
    feed(&mut world, Event::Fact(Fact::Latched { at, latch, reason }));
    world.decide(&mut Effects::default());
    let cycle = world.engine.cycle();
    assert_eq!(cycle.status, CycleStatus::Halted);
    assert!(cycle.approved.is_empty());
    assert!(cycle.rejections.iter().any(|r| r.code == RiskCode::KillSwitch));
}

#[test]
fn a_loss_beyond_the_daily_stop_refuses_entries() {
    let mut world = World::busy(40, 20, 5);
    let id = domain::CycleId(uuid::Uuid::nil());
    let nav = Some("10400".parse().unwrap());
    let earlier = world.now.plus_secs(-3600);
    feed(&mut world, Event::Fact(Fact::Cycle { at: earlier, id, nav }));
    world.decide(&mut Effects::default());
    let cycle = world.engine.cycle();
    assert!(cycle.approved.is_empty());
    assert!(cycle.rejections.iter().any(|r| r.code == RiskCode::DailyStop));
}

#[test]
fn an_unknown_regime_is_no_trade_by_name() {
    let mut world = World::busy(40, 20, 5);
    // Two hours and a second later no newer hour has come.
    world.now = world.now.plus_secs(2 * 3600 + 1);
    world.decide(&mut Effects::default());
    let cycle = world.engine.cycle();
    assert_eq!(cycle.status, CycleStatus::NoTrade);
    assert_eq!(cycle.no_trade_reason, Some(NoTrade::RegimeUnknown));
}

#[test]
fn a_product_without_increments_is_excluded_as_unknown() {
    let mut world = World::quiet(5);
    let mut products: Vec<_> =
        world.engine.cycle().universe.members.iter().map(|m| m.product).collect();
    assert!(products.is_empty(), "nothing was decided yet");
    products.push("ZZZ-USD".parse().unwrap());
    feed(&mut world, Event::Catalog { products: Vec::new(), unknown: products });
    world.decide(&mut Effects::default());
    let excluded = &world.engine.cycle().universe.excluded;
    assert!(excluded.contains(&("ZZZ-USD".parse().unwrap(), Exclusion::UnknownProduct)));
    assert!(excluded.is_sorted());
}

#[test]
fn an_event_about_a_product_that_is_not_there_changes_nothing() {
    let mut world = World::quiet(5);
    let bars = domain::Bars::with_capacity(domain::Granularity::M5, 0);
    let event =
        Event::History { product: "NOPE-USD".parse().unwrap(), hours: None, bars: bars.into() };
    let mut effects = Effects::default();
    let result = world.engine.step(instants(world.now), event, &mut NoProbe, &mut effects);
    assert!(result.is_err());
    assert!(effects.list.is_empty());
}

#[test]
fn a_slot_that_closes_is_in_the_next_decision() {
    let mut world = World::quiet(3);
    world.decide(&mut Effects::default());
    let before = world.engine.features()[1];
    let start = world.now;
    let close = before.slot.unwrap().close * 1.2;
    let bar = domain::Bar { start, open: close, high: close, low: close, close, volume: 1.0 };
    world.now = start.plus_secs(300);
    feed(&mut world, Event::SlotClosed { start, gap_secs: 0, bars: vec![(before.product, bar)] });
    world.decide(&mut Effects::default());
    let after = world.engine.features()[1];
    assert_eq!(after.revision, before.revision + 1);
    assert_eq!(after.slot.unwrap().start, start);
    let fresh: Vec<_> = world.engine.cycle().scan.triggers.iter().filter(|t| t.fresh).collect();
    assert!(fresh.is_empty(), "the book is older than the policy allows: nobody is a member");
    let record = world.engine.record();
    assert_eq!(record.features[1], after);
}

#[test]
fn an_hour_that_closes_says_what_the_history_with_it_says() {
    let mut world = World::quiet(3);
    let (product, start) = (world.products()[1].id, world.now);
    let hour = |n: i64| {
        let close = 100.0 + (n % 7) as f64;
        let (high, low) = (close + 1.5, close - 1.0);
        let start = start.plus_secs((n - 200) * 3600);
        domain::Bar { start, open: close, high, low, close, volume: 5.0 + (n % 5) as f64 }
    };
    let history = |count: i64| {
        let mut bars = domain::Bars::with_capacity(domain::Granularity::H1, 201);
        (0..count).for_each(|n| bars.push(hour(n)).unwrap());
        Event::History { product, hours: None, bars: bars.into() }
    };
    feed(&mut world, history(200));
    let (mut told, mut quiet) = (world.clone(), world);
    let mut anew = told.clone();
    for world in [&mut told, &mut quiet, &mut anew] {
        for slot in (0..12).map(|slot| start.plus_secs(slot * 300)) {
            world.now = slot.plus_secs(300);
            feed(world, Event::SlotClosed { start: slot, gap_secs: 0, bars: Vec::new() });
        }
    }
    feed(&mut told, Event::HourClosed { start, bars: vec![(product, hour(200))] });
    feed(&mut quiet, Event::HourClosed { start, bars: Vec::new() });
    feed(&mut anew, history(201));
    for world in [&mut told, &mut quiet, &mut anew] {
        world.decide(&mut Effects::default());
    }
    let [told, quiet, anew] = [&told, &quiet, &anew].map(|world| world.engine.features());
    assert_eq!((told[1].hour, told[1].previous_hour), (anew[1].hour, anew[1].previous_hour));
    assert_eq!((told[1].closed_hours, told[1].slot), (201, None));
    let hour = quiet[1].hour.unwrap();
    assert_eq!((hour.start, hour.traded), (start, false), "who is not named traded nothing");
    assert_eq!((&told[0], &told[2]), (&anew[0], &anew[2]), "finer bars come by slots");
}

#[test]
fn a_catalog_that_is_read_again_forgets_nothing_of_products_that_stay() {
    let mut world = World::busy(40, 20, 5);
    let mut again = world.clone();
    let markets: Vec<_> = world.products();
    feed(&mut again, Event::Catalog { products: markets, unknown: Vec::new() });
    world.decide(&mut Effects::default());
    again.decide(&mut Effects::default());
    assert_eq!(world.engine.record(), again.engine.record());
}

#[test]
fn a_product_that_is_gone_and_one_that_is_new_are_told_apart() {
    let mut world = World::busy(40, 20, 5);
    let mut products = world.products();
    let gone = products.remove(3).id;
    feed(&mut world, Event::Catalog { products, unknown: Vec::new() });
    world.decide(&mut Effects::default());
    let excluded = &world.engine.cycle().universe.excluded;
    assert!(excluded.contains(&(gone, Exclusion::UnknownProduct)), "{excluded:?}");
}

#[test]
fn what_was_remembered_is_taken_up_again() {
    let mut world = World::busy(40, 20, 5);
    let fresh = world.fresh();
    world.decide(&mut Effects::default());
    let memory = world.engine.memory();
    let mut other = fresh;
    assert_ne!(other.engine.memory(), memory);
    feed(&mut other, Event::Recall(Box::new(memory.clone())));
    assert_eq!(other.engine.memory(), memory);
    let mut late = world.fresh();
    late.now = late.now.plus_secs(3 * 3600 + 1);
    feed(&mut late, Event::Recall(Box::new(memory)));
    let regime = late.engine.memory().regime;
    assert_eq!(regime, regime::Memory::default(), "weather that nobody watched is forgotten");
}

#[test]
fn coins_of_others_take_room_where_the_policy_counts_them_and_are_never_worth_of_ours() {
    let with_coins = |count| {
        let mut policy = risk::Policy::default();
        let portfolio = risk::Portfolio::Shared;
        policy.external = risk::External { portfolio, count };
        let mut world = World::busy_under(policy, 40, 20, 5);
        feed(&mut world, account_of(&[("USD", "10000"), ("BTC", "100")]));
        world.decide(&mut Effects::default());
        let cycle = world.engine.cycle();
        assert_eq!(cycle.nav, Some("10000".parse().unwrap()));
        let capped = cycle.rejections.iter().filter(|r| r.code == RiskCode::TotalCap).count();
        (cycle.approved.len(), capped)
    };
    let (approved, capped) = with_coins(false);
    assert!(approved > 0 && capped == 0, "{approved} {capped}");
    let (approved, capped) = with_coins(true);
    assert!(approved == 0 && capped > 0, "{approved} {capped}");
}

/// A part of an order that this engine knows nothing of.
fn filled(world: &World) -> Fact {
    Fact::Fill(Box::new(Fill {
        entry_id: "e".to_owned(),
        intent: IntentId(1),
        at: world.now,
        product: "P001-USD".parse().unwrap(),
        asset: "P001".parse().unwrap(),
        side: Side::Buy,
        qty: "1".parse().unwrap(),
        price: "1".parse().unwrap(),
        fee: "0".parse().unwrap(),
        kind: FillKind::Fill,
        trade_id: None,
        liquidity: None,
    }))
}

#[test]
fn an_account_goes_on_record_where_it_changed_and_after_every_fill() {
    let mut world = World::quiet(5);
    let mut noted = |event: Option<Event>| {
        let mut effects = Effects::default();
        if let Some(event) = event {
            feed(&mut world, event);
        }
        world.decide(&mut effects);
        let balances = |effect: &&Effect| matches!(effect, Effect::Append(Fact::Balances(_)));
        effects.list.iter().filter(balances).count()
    };
    let same = || account_of(&[("USD", "10000")]);
    assert_eq!([noted(None), noted(None), noted(Some(same()))], [1, 0, 0]);
    assert_eq!([noted(Some(account_of(&[("USD", "9999")]))), noted(Some(same()))], [1, 1]);
    let fact = filled(&World::quiet(1));
    assert_eq!([noted(Some(Event::Fact(fact))), noted(None)], [1, 0]);
}

#[test]
fn a_record_shows_the_account_that_was_decided_for_and_none_that_was_read_since() {
    let mut world = World::quiet(5);
    world.decide(&mut Effects::default());
    let purses = world.engine.purses().to_vec();
    feed(&mut world, account_of(&[("USD", "1")]));
    assert_eq!(world.engine.record().purses, purses);
    world.decide(&mut Effects::default());
    assert_eq!(world.engine.record().purses, world.engine.purses());
}

//! What must be done about own orders, and when.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::*;
use domain::{
    Absence, Ending, Fact, IntentFact, IntentId, Latch, Side, SubmitOutcome, VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::{Action, Alarm, Look, OrderState, Orders, ResolveError};

/// What is due, with what is to be recorded taken in at once.
fn due(orders: &mut Orders, secs: u64) -> Vec<Action> {
    let actions = orders.due(after(secs));
    for action in &actions {
        match action {
            Action::Record(fact) => orders.apply(fact, mono(secs)),
            Action::Cancel(intent) => {
                orders.apply(&Fact::Cancel { at: after(secs).wall, intent: *intent }, mono(secs));
            }
            Action::Query(_) | Action::List { .. } | Action::Alarm(_) => {}
        }
    }
    actions
}

fn cancels(actions: &[Action]) -> usize {
    actions.iter().filter(|action| matches!(action, Action::Cancel(_))).count()
}

fn state(orders: &Orders, number: u64) -> OrderState {
    orders.get(IntentId(number)).unwrap().state()
}

/// A known order beside it, as a sign that a list is of our account.
fn known(orders: &mut Orders) -> VenueOrder {
    let other = intent(2, Side::Buy);
    record(orders, &[Fact::Intent(Box::new(other.clone())), accepted(2)], 0);
    let shown = shown(&other, VenueStatus::Open, "0");
    let facts = orders.observe(&shown, NOW);
    record(orders, &facts, 0);
    shown
}

#[test]
fn a_resting_entry_is_cancelled_after_fifteen_seconds_and_again_until_it_is_over() {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[accepted(1)], 0);
    let at: Vec<u64> = (0..30).filter(|secs| cancels(&due(&mut orders, *secs)) > 0).collect();
    assert_eq!(at, [15, 20, 25]);
    assert_eq!(state(&orders, 1), OrderState::CancelRequested, "an acknowledgement is no end");
    let facts = orders.observe(&shown(&buy, VenueStatus::Cancelled, "0"), NOW);
    record(&mut orders, &facts, 30);
    assert_eq!((state(&orders, 1), due(&mut orders, 60)), (OrderState::Cancelled, vec![]));
}

#[test]
fn an_order_at_the_venue_is_asked_about_and_one_that_ends_soon_more_often() {
    let orders = |side| {
        let mut orders = sent(&[intent(1, side)]);
        record(&mut orders, &[accepted(1)], 0);
        orders
    };
    let asked = |orders: &mut Orders| {
        let query = Action::Query(IntentId(1));
        (0..15).filter(|secs| due(orders, *secs).contains(&query)).collect::<Vec<_>>()
    };
    assert_eq!(asked(&mut orders(Side::Buy)), [1, 11]);
    assert_eq!(asked(&mut orders(Side::Sell)), [1, 3, 5, 7, 9, 11, 13]);
}

/// The next start cancels own entries before anything else; an exit lives on.
#[test]
fn entries_of_an_earlier_process_are_cancelled_at_once() {
    let mut orders = sent(&[intent(1, Side::Buy), intent(2, Side::Sell)]);
    record(&mut orders, &[accepted(1), accepted(2), boot()], 0);
    assert_eq!(cancels(&due(&mut orders, 0)), 1);
    assert_eq!(state(&orders, 1), OrderState::CancelRequested);
    assert_eq!(state(&orders, 2), OrderState::Open);
}

/// C-02: a sweep takes entries, those that turn up later included, and no exit.
#[test]
fn a_sweep_cancels_every_own_entry_as_soon_as_it_is_known() {
    let buy = intent(2, Side::Buy);
    let mut orders = sent(&[intent(1, Side::Buy), buy.clone(), intent(3, Side::Sell)]);
    record(&mut orders, &[accepted(1), doubted(2), accepted(3)], 0);
    orders.sweep_entries();
    assert_eq!(
        due(&mut orders, 0).iter().filter(|a| **a == Action::Cancel(IntentId(1))).count(),
        1
    );
    assert!(orders.any_unknown());
    let facts = orders.look(&look(2, vec![shown(&buy, VenueStatus::Open, "0")], vec![]));
    record(&mut orders, &facts, 2);
    assert!(due(&mut orders, 2).contains(&Action::Cancel(IntentId(2))));
    assert_eq!(state(&orders, 3), OrderState::Open);
}

/// O-05: what has no answer when the process ends is unknown, sent or not.
#[test]
fn an_order_without_an_answer_is_unknown_after_a_restart() {
    let mut orders = sent(&[intent(1, Side::Buy)]);
    assert_eq!(state(&orders, 1), OrderState::Committed);
    record(&mut orders, &[boot()], 0);
    assert_eq!(state(&orders, 1), OrderState::Unknown);
}

/// One way in which a look could mislead, and whether it proves an absence.
struct Case {
    name: &'static str,
    sent: IntentFact,
    looks: fn(&VenueOrder) -> Vec<Look>,
    restart_at: Option<u64>,
    absent: bool,
}

fn both(first: u64, second: u64, other: &VenueOrder) -> Vec<Look> {
    vec![look(first, vec![other.clone()], vec![]), look(second, vec![other.clone()], vec![])]
}

fn case(name: &'static str, looks: fn(&VenueOrder) -> Vec<Look>, absent: bool) -> Case {
    let sent = IntentFact { time_in_force: None, ..intent(1, Side::Buy) };
    Case { name, sent, looks, restart_at: None, absent }
}

fn changed(mut looks: Vec<Look>, change: fn(&mut Look)) -> Vec<Look> {
    for look in &mut looks {
        change(look);
    }
    looks
}

/// Lists of an order that takes at once.
fn lists() -> Vec<Case> {
    vec![
        case("late enough and far enough apart", |o| both(27, 32, o), true),
        case("the first too early", |o| both(26, 32, o), false),
        case("too close together", |o| both(27, 31, o), false),
        case("only one", |o| vec![look(40, vec![o.clone()], vec![])], false),
        case(
            "no order of ours",
            |_| vec![look(27, vec![], vec![]), look(32, vec![], vec![])],
            false,
        ),
        case(
            "three, the first two too close",
            |o| [both(27, 29, o), vec![look(32, vec![o.clone()], vec![])]].concat(),
            true,
        ),
        case(
            "not far enough back",
            |o| changed(both(27, 32, o), |look| look.from = NOW.plus_secs(-299)),
            false,
        ),
        case(
            "a fill that no listed order explains",
            |o| {
                changed(both(27, 32, o), |look| {
                    let fill = filled(&intent(1, Side::Buy), "x", "1");
                    look.fills.push(VenueFill { venue_order_id: "?".into(), ..fill });
                })
            },
            false,
        ),
    ]
}

/// An order that rests, and one that was sent before a restart.
fn waits() -> Vec<Case> {
    let rests =
        |name, looks, absent| Case { sent: intent(1, Side::Buy), ..case(name, looks, absent) };
    let restart = |name, looks, absent| Case { restart_at: Some(20), ..case(name, looks, absent) };
    vec![
        rests("before its own end", |o| both(86, 91, o), false),
        rests("two seconds after its own end", |o| both(92, 97, o), true),
        rests(
            "the venue's time is not known",
            |o| changed(both(92, 97, o), |look| look.asked.venue = None),
            false,
        ),
        restart("counted from before a restart", |o| both(27, 46, o), false),
        restart("counted from a restart", |o| both(47, 52, o), true),
    ]
}

/// O-06.
#[test]
fn two_complete_lists_that_had_to_show_it_prove_an_absence_and_nothing_less_does() {
    for case in lists().into_iter().chain(waits()) {
        let mut orders = sent(std::slice::from_ref(&case.sent));
        let other = known(&mut orders);
        record(&mut orders, &[doubted(1)], 0);
        if let Some(secs) = case.restart_at {
            record(&mut orders, &[boot()], secs);
        }
        let mut facts = Vec::new();
        for look in (case.looks)(&other) {
            let found = orders.look(&look);
            record(&mut orders, &found, look.asked.mono.as_secs());
            facts.extend(found);
        }
        let absent = state(&orders, 1) == OrderState::Absent;
        assert_eq!(absent, case.absent, "{}: {facts:?}", case.name);
        let proof = facts.iter().any(|fact| {
            matches!(fact, Fact::OrderEnd(end) if matches!(end.how, Some(Ending::Absent(Absence::Listings { .. }))))
        });
        assert_eq!(proof, absent, "{}", case.name);
    }
}

#[test]
fn an_unknown_order_that_a_list_shows_is_known_and_no_list_is_asked_for_any_more() {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[doubted(1)], 0);
    let list = Action::List { from: NOW.plus_secs(-300) };
    assert!(due(&mut orders, 0).contains(&list));
    assert!(!due(&mut orders, 4).contains(&list), "at its pace");
    assert!(due(&mut orders, 5).contains(&list));
    let part = vec![shown(&buy, VenueStatus::Cancelled, "3")];
    let facts = orders.look(&look(6, part, vec![filled(&buy, "a", "3")]));
    // Seen before filled before over.
    assert!(matches!(facts[..], [Fact::Seen(_), Fact::Fill(_), Fact::OrderEnd(_)]), "{facts:?}");
    record(&mut orders, &facts, 6);
    assert!(orders.get(IntentId(1)).unwrap().is_settled());
    assert_eq!(due(&mut orders, 60), []);
}

#[test]
fn fills_that_are_reported_and_not_on_record_are_listed_until_they_are() {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[accepted(1)], 0);
    let facts = orders.observe(&shown(&buy, VenueStatus::Filled, "10"), NOW);
    record(&mut orders, &facts, 1);
    assert!(due(&mut orders, 1).iter().any(|action| matches!(action, Action::List { .. })));
    let fills =
        orders.fills(&[filled(&buy, "a", "4"), filled(&buy, "b", "6"), filled(&buy, "a", "4")]);
    assert_eq!(fills.len(), 2);
    record(&mut orders, &fills, 2);
    assert_eq!((due(&mut orders, 60), orders.fills(&[filled(&buy, "a", "4")])), (vec![], vec![]));
}

/// After ten minutes entries are shut and a person is told; his word, or a proof, opens them.
#[test]
fn ten_minutes_of_not_knowing_latch_until_nothing_is_unknown() {
    let mut orders = sent(&[intent(1, Side::Buy)]);
    record(&mut orders, &[doubted(1)], 0);
    let told = |actions: &[Action]| actions.contains(&Action::Alarm(Alarm::Unknown(IntentId(1))));
    assert!(
        !told(&due(&mut orders, 59)) && told(&due(&mut orders, 60)) && !told(&due(&mut orders, 61))
    );
    let latches = |actions: Vec<Action>| -> Vec<Fact> {
        let record = |action| if let Action::Record(fact) = action { Some(*fact) } else { None };
        actions.into_iter().filter_map(record).collect()
    };
    assert_eq!(latches(due(&mut orders, 599)), []);
    let set = latches(due(&mut orders, 600));
    assert!(matches!(set[..], [Fact::Latched { latch: Latch::UnknownOrder, .. }]), "{set:?}");
    assert_eq!(latches(due(&mut orders, 601)), []);
    record(&mut orders, &[boot()], 602);
    assert_eq!(latches(due(&mut orders, 603)), [], "a restart opens nothing");
    let word = orders.resolve(IntentId(1), "not in the web list", NOW).unwrap();
    record(&mut orders, &[word], 604);
    let open = latches(due(&mut orders, 604));
    assert!(matches!(open[..], [Fact::Resumed { latch: Latch::UnknownOrder, .. }]), "{open:?}");
    assert_eq!(state(&orders, 1), OrderState::Absent);
    assert!(matches!(orders.resolve(IntentId(1), "again", NOW), Err(ResolveError::Known(..))));
    assert!(matches!(orders.resolve(IntentId(7), "which?", NOW), Err(ResolveError::NotThere(_))));
}

#[test]
fn an_order_that_comes_back_is_cancelled_and_a_person_is_told() {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[answered(1, SubmitOutcome::Refused { reason: "no".into() })], 0);
    let facts = orders.observe(&shown(&buy, VenueStatus::Open, "0"), NOW);
    record(&mut orders, &facts, 1);
    let actions = due(&mut orders, 1);
    assert!(actions.contains(&Action::Cancel(IntentId(1))));
    assert!(actions.contains(&Action::Alarm(Alarm::Reappeared(IntentId(1)))));
}

/// Exits are retried for ever, from one second to half a minute apart.
#[test]
fn a_sale_that_sells_nothing_is_tried_again_after_a_growing_wait() {
    let lot = domain::LotId(IntentId(1));
    let mut orders = sent(&[]);
    let waits: Vec<u64> = (0..8)
        .map(|_| {
            orders.exit_failed(lot, mono(100));
            orders.exit_wait(lot, mono(100)).as_secs()
        })
        .collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
    assert_eq!(orders.exit_wait(lot, mono(130)), mono(0));
    let sale = intent(2, Side::Sell);
    record(&mut orders, &[Fact::Intent(Box::new(sale.clone())), accepted(2)], 200);
    let facts = orders.observe(&shown(&sale, VenueStatus::Cancelled, "0"), NOW);
    record(&mut orders, &facts, 201);
    assert_eq!(orders.exit_wait(lot, mono(201)).as_secs(), 30, "it sold nothing");
    let sale = intent(3, Side::Sell);
    record(&mut orders, &[Fact::Intent(Box::new(sale.clone())), accepted(3)], 300);
    let facts = orders.observe(&shown(&sale, VenueStatus::Cancelled, "2"), NOW);
    record(&mut orders, &facts, 301);
    assert_eq!(orders.exit_wait(lot, mono(301)), mono(0), "it sold something");
}

#[test]
fn what_was_over_long_ago_is_forgotten_and_what_lives_is_not() {
    let mut orders = sent(&[intent(1, Side::Buy), intent(2, Side::Buy)]);
    let facts = orders.observe(&shown(&intent(1, Side::Buy), VenueStatus::Cancelled, "0"), NOW);
    record(&mut orders, &facts, 1);
    let later = |days: i64| Fact::Cycle {
        at: NOW.plus_secs(days * 86_400),
        id: domain::CycleId::default(),
        nav: None,
    };
    record(&mut orders, &[later(7)], 2);
    assert_eq!(orders.all().count(), 2);
    record(&mut orders, &[later(9)], 3);
    assert_eq!(orders.all().map(|(intent, _)| intent.0).collect::<Vec<_>>(), [2]);
}

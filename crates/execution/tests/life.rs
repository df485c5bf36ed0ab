//! The life of an order: one table, and whatever the venue says, nothing outside of it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::*;
use domain::{
    BaseQty, Ending, Fact, FillKind, IntentFact, IntentId, OrderEnd, Side, SubmitOutcome,
    VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::{EDGES, OrderState, Orders, Sign};
use proptest::prelude::*;

#[test]
fn the_table_in_the_docs_is_the_one_in_force() {
    let page = include_str!("../../../docs/order-life.md");
    assert!(
        page.contains(&execution::table()),
        "docs/order-life.md must hold:\n{}",
        execution::table()
    );
}

#[test]
fn each_state_is_reached_and_nothing_leads_away_from_an_end_of_the_venue() {
    for state in OrderState::ALL {
        let reached = EDGES.iter().any(|(_, _, to)| *to == state);
        assert!(reached || state == OrderState::Planned, "{state:?}");
        let left = EDGES.iter().any(|(from, _, _)| *from == state);
        assert_eq!(left, !state.is_end(), "{state:?}");
        // A sign leads to one state.
        let signs: Vec<Sign> = EDGES.iter().filter(|e| e.0 == state).map(|e| e.1).collect();
        let mut once = signs.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), signs.len(), "{state:?}");
    }
}

#[test]
fn no_cancel_ends_an_order_and_no_status_but_four_does() {
    for (from, sign, to) in EDGES {
        let ending = matches!(
            sign,
            Sign::EndedFilled | Sign::EndedCancelled | Sign::EndedExpired | Sign::EndedFailed
        );
        assert_eq!(to.is_end(), ending, "{from:?} {sign:?}");
    }
    for status in VenueStatus::ALL {
        assert_eq!(VenueStatus::of_word(status.as_str()), status);
        for part in [false, true] {
            let to = Sign::of_status(status, part).map(|s| OrderState::Committed.after(s));
            assert_eq!(to.is_some_and(OrderState::is_end), status.is_end(), "{status:?}");
        }
    }
    assert_eq!(VenueStatus::of_word("INVENTED"), VenueStatus::Unknown);
}

/// What may be told of an order.
#[derive(Debug, Clone)]
enum Told {
    Order(VenueOrder),
    Fill(VenueFill),
    Answer(SubmitOutcome),
    CancelAsked,
    Boot,
    End(Option<Ending>, BaseQty),
}

fn tell(orders: &mut Orders, told: &Told, sent: &IntentFact, secs: u64) {
    let facts = match told {
        Told::Order(order) => orders.observe(order, NOW),
        Told::Fill(fill) => vec![fact_of(fill, sent, FillKind::Fill)],
        Told::Answer(outcome) => vec![answered(sent.intent.0, outcome.clone())],
        Told::CancelAsked => vec![Fact::Cancel { at: NOW, intent: sent.intent }],
        Told::Boot => vec![boot(), Fact::Named(names())],
        Told::End(how, filled) => {
            let (intent, filled, how) = (sent.intent, *filled, how.clone());
            vec![Fact::OrderEnd(OrderEnd { at: NOW, intent, filled, how })]
        }
    };
    record(orders, &facts, secs);
}

fn state(orders: &Orders, sent: &IntentFact) -> (OrderState, BaseQty) {
    let order = orders.get(sent.intent).unwrap();
    (order.state(), order.filled())
}

/// Whether one telling may lead from one state to another: each fact of it along an edge.
fn along_edges(from: OrderState, to: OrderState) -> bool {
    let next = |state: OrderState| {
        EDGES.iter().filter(move |(of, _, _)| *of == state).map(|(_, _, to)| *to)
    };
    from == to || next(from).any(|mid| mid == to || next(mid).any(|end| end == to))
}

fn statuses() -> impl Strategy<Value = VenueStatus> {
    prop::sample::select(VenueStatus::ALL.to_vec())
}

/// Anything at all, true or not.
fn anything(sent: IntentFact) -> impl Strategy<Value = Told> {
    let order = sent.clone();
    prop_oneof![
        (statuses(), 0_u32..14).prop_map(move |(status, filled)| Told::Order(shown(
            &order,
            status,
            &filled.to_string()
        ))),
        (0_u32..6, 1_u32..5).prop_map(move |(id, size)| Told::Fill(filled(
            &sent,
            &id.to_string(),
            &size.to_string()
        ))),
        Just(Told::Answer(SubmitOutcome::Accepted { venue_order_id: "v1".to_owned() })),
        Just(Told::Answer(SubmitOutcome::Refused { reason: "no".to_owned() })),
        Just(Told::Answer(SubmitOutcome::Unknown { cause: "lost".to_owned() })),
        Just(Told::CancelAsked),
        Just(Told::Boot),
        (0_u32..11).prop_map(|filled| Told::End(None, qty(&filled.to_string()))),
        Just(Told::End(
            Some(Ending::Absent(domain::Absence::Operator { reason: "looked".to_owned() })),
            BaseQty::ZERO
        )),
    ]
}

/// What a venue could truly say of one order: it fills in pieces, and ends or not; each moment may
/// be reported, in every word that fits it.
fn history() -> impl Strategy<Value = (Vec<Told>, OrderState, u32)> {
    let pieces = prop::collection::vec(1_u32..4, 0..4);
    let live = prop::sample::select(vec![
        VenueStatus::Pending,
        VenueStatus::Open,
        VenueStatus::Queued,
        VenueStatus::EditQueued,
        VenueStatus::Unknown,
    ]);
    let end = prop::option::of(prop::sample::select(vec![
        VenueStatus::Cancelled,
        VenueStatus::Expired,
        VenueStatus::Failed,
    ]));
    (pieces, prop::collection::vec(live, 4), end).prop_map(|(pieces, words, end)| {
        let sent = intent(1, Side::Buy);
        let mut told = vec![Told::Answer(SubmitOutcome::Accepted { venue_order_id: "v1".into() })];
        let mut sum = 0;
        for (place, piece) in pieces.iter().enumerate() {
            let word = words.get(place).copied().unwrap_or(VenueStatus::Open);
            told.push(Told::Order(shown(&sent, word, &sum.to_string())));
            told.push(Told::Fill(filled(&sent, &place.to_string(), &piece.to_string())));
            sum += piece;
        }
        let last = match (sum, end) {
            (10, _) => Some(VenueStatus::Filled),
            (_, end) => end,
        };
        told.push(Told::Order(shown(&sent, last.unwrap_or(VenueStatus::Open), &sum.to_string())));
        let expected = match last {
            Some(VenueStatus::Filled) => OrderState::Filled,
            Some(VenueStatus::Cancelled) => OrderState::Cancelled,
            Some(VenueStatus::Expired) => OrderState::Expired,
            Some(VenueStatus::Failed) => OrderState::Failed,
            Some(_) | None if sum > 0 => OrderState::PartlyFilled,
            Some(_) | None => OrderState::Open,
        };
        (told, expected, sum)
    })
}

proptest! {
    /// O-04, O-12: whatever is told, the state moves along the table; what the venue ended stays so;
    /// what is filled never shrinks.
    #[test]
    fn nothing_that_is_told_leads_outside_the_table(
        told in prop::collection::vec(anything(intent(1, Side::Buy)), 0..40),
    ) {
        let sent_order = intent(1, Side::Buy);
        let mut orders = sent(std::slice::from_ref(&sent_order));
        for (told, secs) in told.iter().zip(1_u64..) {
            let (before, had) = state(&orders, &sent_order);
            tell(&mut orders, told, &sent_order, secs);
            let (after, has) = state(&orders, &sent_order);
            prop_assert!(along_edges(before, after), "{before:?} to {after:?} by {told:?}");
            prop_assert!(!before.is_end() || after == before, "{before:?} to {after:?} by {told:?}");
            prop_assert!(has >= had, "{has} after {had} by {told:?}");
        }
    }

    /// L-03, O-04: what a venue truly says comes to the same in any order and any number of times,
    /// and a second telling adds nothing to the records.
    #[test]
    fn the_truth_comes_to_the_same_in_any_order_and_any_number_of_times(
        (told, expected, sum) in history(),
        shuffle in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
        keys in prop::collection::vec(any::<u32>(), 30),
    ) {
        let sent_order = intent(1, Side::Buy);
        let mut orders = sent(std::slice::from_ref(&sent_order));
        let mut mixed: Vec<(u32, Told)> = keys.iter().copied().zip(told.clone()).collect();
        mixed.extend(keys.iter().rev().copied().zip(
            shuffle.iter().map(|at| at.get(&told).clone())));
        mixed.sort_by_key(|(key, _)| *key);
        for (_, told) in &mixed {
            tell(&mut orders, told, &sent_order, 1);
        }
        prop_assert_eq!(state(&orders, &sent_order), (expected, qty(&sum.to_string())));
        let again = orders.clone();
        for told in &told {
            if let Told::Order(order) = told {
                prop_assert_eq!(orders.observe(order, NOW), []);
            }
            tell(&mut orders, told, &sent_order, 1);
        }
        prop_assert_eq!(orders, again);
    }
}

#[test]
fn a_reversal_and_a_correction_change_what_is_filled_in_any_order() {
    let buy = intent(1, Side::Buy);
    let fill = filled(&buy, "a", "4");
    let same_trade = |entry: &str, size: &str, kind| {
        let later = VenueFill { entry_id: entry.to_owned(), ..filled(&buy, "a", size) };
        fact_of(&later, &buy, kind)
    };
    let facts = [
        fact_of(&fill, &buy, FillKind::Fill),
        same_trade("b", "3", FillKind::Correction),
        same_trade("c", "4", FillKind::Reversal),
        fact_of(&filled(&buy, "d", "2"), &buy, FillKind::Synthetic),
    ];
    // Which of them are told, in which order, and what they come to.
    let cases: [(&[usize], &str); 8] = [
        (&[0], "4"),
        (&[0, 3], "6"),
        (&[0, 1], "3"),
        (&[1, 0], "3"),
        (&[0, 2], "0"),
        (&[2, 0, 3], "2"),
        (&[0, 2, 1, 3], "5"),
        (&[3, 1, 2, 0, 1, 1], "5"),
    ];
    for (told, sum) in cases {
        let mut orders = sent(std::slice::from_ref(&buy));
        for at in told {
            orders.apply(&facts[*at], mono(1));
        }
        assert_eq!(orders.get(IntentId(1)).unwrap().booked(), qty(sum), "{told:?}");
    }
    // What the venue reported and took back later is not looked for for ever.
    let mut orders = sent(std::slice::from_ref(&buy));
    let told = orders.observe(&shown(&buy, VenueStatus::Cancelled, "4"), NOW);
    record(&mut orders, &told, 1);
    let order = |orders: &Orders| {
        let order = orders.get(IntentId(1)).unwrap();
        (order.owed().to_string(), order.filled().to_string(), order.is_settled())
    };
    assert_eq!(order(&orders), ("4".into(), "4".into(), false));
    record(&mut orders, &facts[0..3], 2);
    assert_eq!(order(&orders), ("0".into(), "3".into(), true));
}

/// A status that ends it, with a quantity older than what is known, ends nothing.
#[test]
fn an_end_needs_the_final_quantity() {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[accepted(1), fact_of(&filled(&buy, "a", "4"), &buy, FillKind::Fill)], 1);
    let cases =
        [(VenueStatus::Cancelled, "3"), (VenueStatus::Filled, "4"), (VenueStatus::Expired, "11")];
    for (status, filled) in cases {
        let facts = orders.observe(&shown(&buy, status, filled), NOW);
        assert!(!facts.iter().any(|f| matches!(f, Fact::OrderEnd(_))), "{status:?} {filled}");
    }
    let facts = orders.observe(&shown(&buy, VenueStatus::Cancelled, "6"), NOW);
    record(&mut orders, &facts, 2);
    let order = orders.get(IntentId(1)).unwrap();
    assert_eq!((order.state(), order.ended()), (OrderState::Cancelled, Some(qty("6"))));
    assert!(!order.is_settled(), "2 of it are not booked yet");
    record(&mut orders, &[fact_of(&filled(&buy, "b", "2"), &buy, FillKind::Fill)], 3);
    assert!(orders.get(IntentId(1)).unwrap().is_settled());
}

/// O-07: a proof can be wrong, and a fill after an end still counts.
#[test]
fn an_order_that_comes_back_is_live_again_and_its_fills_count() {
    let buy = intent(1, Side::Buy);
    let absent = Some(Ending::Absent(domain::Absence::Operator { reason: "looked".to_owned() }));
    let gone = Fact::OrderEnd(OrderEnd {
        at: NOW,
        intent: buy.intent,
        filled: BaseQty::ZERO,
        how: absent,
    });
    let refused = answered(1, SubmitOutcome::Refused { reason: "no".to_owned() });
    for (facts, state) in
        [(vec![doubted(1), gone], OrderState::Absent), (vec![refused], OrderState::Rejected)]
    {
        let mut orders = sent(std::slice::from_ref(&buy));
        record(&mut orders, &facts, 1);
        assert_eq!(orders.get(IntentId(1)).unwrap().state(), state);
        let back = orders.observe(&shown(&buy, VenueStatus::Open, "0"), NOW);
        record(&mut orders, &back, 2);
        let order = orders.get(IntentId(1)).unwrap();
        assert!(order.has_reappeared() && order.state() == OrderState::Open);
        let ended = orders.observe(&shown(&buy, VenueStatus::Cancelled, "1"), NOW);
        record(&mut orders, &ended, 3);
        record(&mut orders, &[fact_of(&filled(&buy, "late", "1"), &buy, FillKind::Fill)], 4);
        let order = orders.get(IntentId(1)).unwrap();
        assert_eq!((order.state(), order.booked()), (OrderState::Cancelled, qty("1")));
    }
}

/// O-13, O-14: what is not ours, or not what was sent, adds nothing to the records.
#[test]
fn an_order_that_is_not_the_one_sent_says_nothing() {
    let buy = intent(1, Side::Buy);
    let orders = sent(std::slice::from_ref(&buy));
    let own = shown(&buy, VenueStatus::Open, "0");
    let others = [
        VenueOrder {
            client_order_id: "somebody".into(),
            venue_order_id: "x".into(),
            ..own.clone()
        },
        VenueOrder { product: "ETH-USD".into(), ..own.clone() },
        VenueOrder { side: Side::Sell, ..own.clone() },
        VenueOrder { qty: Some(qty("11")), ..own.clone() },
        VenueOrder { limit: Some("101".parse().unwrap()), ..own.clone() },
    ];
    for other in others {
        assert_eq!(orders.observe(&other, NOW), [], "{other:?}");
    }
    let alias = VenueOrder { product: "SOL-USDC".into(), ..own };
    assert_eq!(orders.observe(&alias, NOW).len(), 1);
}

/// O-02: the name of an intent is a function of journal, boot and number, and of nothing else.
#[test]
fn a_name_is_never_given_twice() {
    let mut orders = sent(&[intent(1, Side::Buy), intent(2, Side::Buy)]);
    let name = |orders: &Orders, number| orders.client_order_id(IntentId(number)).unwrap();
    assert_eq!(name(&orders, 1).to_string(), "b6c2dca3-1a54-56ff-b837-1a5d9243dec6");
    let planned = name(&orders, 3);
    let other = domain::NamesFact { boot: domain::BootId(name(&orders, 1).0), ..names() };
    record(&mut orders, &[boot(), Fact::Named(other)], 9);
    assert_ne!(name(&orders, 3), planned, "the boot is another");
    assert_eq!(
        name(&orders, 2),
        names().client_order_id(IntentId(2)),
        "what was sent keeps its name"
    );
}

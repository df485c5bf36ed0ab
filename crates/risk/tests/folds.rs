//! Exposure and counters from facts.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeMap;

use common::*;
use domain::{
    Absence, CycleId, Ending, Fact, IntentId, OrderEnd, OrderReport, QuoteAmt, Side, SubmitOutcome,
    Tier, VenueStatus,
};
use proptest::prelude::*;
use risk::{Counters, Exposure, Outcome};
use rust_decimal::Decimal;

/// The venue shows an order.
fn seen(number: u64) -> Fact {
    Fact::Seen(OrderReport {
        at: T0,
        intent: IntentId(number),
        venue_order_id: "v1".into(),
        status: VenueStatus::Open,
        filled: qty("0"),
        average_price: None,
        fees: None,
        created: None,
        updated: None,
    })
}

fn apply(counters: &mut Counters, facts: &[Fact]) {
    for fact in facts {
        counters.apply(fact);
    }
}

#[test]
fn a_live_buy_is_reserved_until_it_fills_or_ends() {
    let xrp = asset("XRP");
    let buy = order(1, Side::Buy, "XRP-USD", "10", "2", T0);
    let part = fill("a", 1, Side::Buy, "XRP-USD", "4", "2", T0);
    let rest = fill("b", 1, Side::Buy, "XRP-USD", "1", "2", T0);
    // The end can come before the last fill: what is still on its way stays reserved.
    let cases: [(&[Fact], &str, &str); 5] = [
        (&[], "0", "20.24"),
        (std::slice::from_ref(&part), "4", "12.144"),
        (&[part.clone(), part.clone()], "4", "12.144"),
        (&[part.clone(), end(1, "5", T0)], "4", "2.024"),
        (&[part.clone(), end(1, "5", T0), rest.clone()], "5", "0"),
    ];
    for (facts, held, reserved) in cases {
        let exposure = Exposure::of(std::iter::once(&buy).chain(facts)).unwrap();
        assert_eq!(exposure.position(&xrp), qty(held), "{facts:?}");
        assert_eq!(exposure.live_buys(&xrp).unwrap(), amount(reserved), "{facts:?}");
    }
}

/// O-07, R-13: what we believe to be over is reserved again when the venue shows it, until it ends.
#[test]
fn an_order_that_comes_back_is_reserved_again() {
    let xrp = asset("XRP");
    let buy = order(1, Side::Buy, "XRP-USD", "10", "2", T0);
    let seen = seen(1);
    let how = Some(Ending::Absent(Absence::Operator { reason: "looked".into() }));
    let (at, intent, filled) = (T0, IntentId(1), qty("0"));
    let absent = Fact::OrderEnd(OrderEnd { at, intent, filled, how });
    let refused = submitted(1, SubmitOutcome::Refused { reason: "no".into() }, T0);
    let unknown = submitted(1, SubmitOutcome::Unknown { cause: "lost".into() }, T0);
    for believed in [vec![unknown.clone(), absent], vec![refused]] {
        let mut facts = vec![buy.clone()];
        facts.extend(believed);
        assert_eq!(Exposure::of(&facts).unwrap().live_buys(&xrp).unwrap(), QuoteAmt::ZERO);
        facts.push(seen.clone());
        let back = Exposure::of(&facts).unwrap();
        assert_eq!(back.live_buys(&xrp).unwrap(), amount("20.24"), "{facts:?}");
        assert_eq!(back, back.recounted());
        facts.push(end(1, "0", T0));
        let over = Exposure::of(&facts).unwrap();
        assert_eq!((over.live_buys(&xrp).unwrap(), over.live_orders()), (QuoteAmt::ZERO, 0));
    }
    let found = Exposure::of(&[buy, unknown, seen]).unwrap();
    assert_eq!((found.unknown_orders(), found.live_orders()), (0, 1), "it is there");
}

#[test]
fn what_is_being_sold_is_not_sellable() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    facts.push(order(2, Side::Sell, "XRP-USD", "6", "2", T0));
    facts.push(fill("s", 2, Side::Sell, "XRP-USD", "2", "2", T0));
    let xrp = asset("XRP");
    let exposure = Exposure::of(&facts).unwrap();
    assert_eq!(exposure.position(&xrp), qty("8"));
    assert_eq!(exposure.live_sells(&xrp).unwrap(), qty("4"));
    assert_eq!(exposure.sellable(&xrp), qty("4"));
    assert_eq!(exposure.live_buys(&xrp).unwrap(), QuoteAmt::ZERO);
}

#[test]
fn a_lot_sold_in_pieces_is_one_loss_and_a_win_ends_the_row() {
    let trip = |number: u64, at_price: &str, at| {
        let mut facts = position(number, "XRP-USD", "10", "2", at).to_vec();
        for part in 0..2 {
            let sale = number * 10 + part;
            let name = format!("s{sale}");
            facts.push(order(sale, Side::Sell, "XRP-USD", "5", at_price, at));
            facts.push(fill(&name, sale, Side::Sell, "XRP-USD", "5", at_price, at));
            facts.push(end(sale, "5", at));
        }
        facts
    };
    let mut counters = Counters::of(&trip(1, "1.9", T0));
    assert_eq!(counters.losses_in_a_row(), 1);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Loss)));
    apply(&mut counters, &trip(2, "1.8", T0.plus_secs(60)));
    assert_eq!(counters.losses_in_a_row(), 2);
    let stopped = Some((T0.plus_secs(60), Outcome::Stop));
    assert_eq!(counters.last_exit(&asset("XRP")), stopped, "8 % below 2 is 1.84");
    apply(&mut counters, &trip(3, "2.1", T0.plus_secs(120)));
    assert_eq!(counters.losses_in_a_row(), 0);
    assert_eq!(counters.last_loss(), Some(T0.plus_secs(60)));
}

/// 10 bought at 2 and sold at 2.01 gain 0.1; the fees of either side decide.
#[test]
fn fees_make_a_gain_a_loss() {
    for (buy_fee, sell_fee, expected) in [
        ("0", "0.09", Outcome::Win),
        ("0.09", "0", Outcome::Win),
        ("0", "0.11", Outcome::Loss),
        ("0.11", "0", Outcome::Loss),
    ] {
        let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
        facts.push(fill("s", 2, Side::Sell, "XRP-USD", "10", "2.01", T0));
        let mut fees = [sell_fee, buy_fee];
        for fact in &mut facts {
            if let Fact::Fill(fill) = fact {
                fees.reverse();
                fill.fee = amount(fees[0]);
            }
        }
        let counters = Counters::of(&facts);
        assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, expected)), "{facts:?}");
        assert_eq!(counters.losses_in_a_row(), u32::from(expected == Outcome::Loss));
    }
}

#[test]
fn a_fill_that_comes_twice_counts_once() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    let half = fill("s", 2, Side::Sell, "XRP-USD", "5", "1.9", T0);
    facts.extend([half.clone(), half]);
    let counters = Counters::of(&facts);
    assert_eq!(counters.losses_in_a_row(), 0, "half of the lot is still there");
}

#[test]
fn a_position_that_is_gone_starts_over_on_the_ladder() {
    let xrp = asset("XRP");
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    facts.push(order(2, Side::Sell, "XRP-USD", "10", "2", T0));
    facts.push(end(2, "0", T0));
    assert_eq!(Counters::of(&facts).exit_rung(&xrp), 1);
    facts.push(order(3, Side::Sell, "XRP-USD", "10", "2", T0));
    facts.push(fill("s", 3, Side::Sell, "XRP-USD", "10", "1.9", T0));
    assert_eq!(Counters::of(&facts).exit_rung(&xrp), 0);
}

#[test]
fn a_window_is_open_at_its_start_and_a_clock_that_steps_back_refills_nothing() {
    let counters = Counters::of(&[approval("BTC-USD", T0)]);
    let cases =
        [(-60, 1, 1), (0, 1, 1), (3599, 1, 1), (3600, 0, 1), (86_399, 0, 1), (86_400, 0, 0)];
    for (secs, hour, day) in cases {
        let now = T0.plus_secs(secs);
        let found = (counters.trades_in_hour(now), counters.trades_in_day(now));
        assert_eq!(found, (hour, day), "{secs} s later");
    }
}

#[test]
fn what_no_window_reaches_is_forgotten() {
    let mut counters = Counters::default();
    for n in 0..10_000 {
        let at = T0.plus_secs(n * 600);
        counters.apply(&approval("BTC-USD", at));
        let sale = IntentId(n.unsigned_abs() * 2 + 1);
        let facts = position(sale.0, "XRP-USD", "1", "2", at);
        apply(&mut counters, &facts);
        counters.apply(&order(sale.0 + 1, Side::Sell, "XRP-USD", "1", "2", at));
        let name = format!("s{}", sale.0);
        counters.apply(&fill(&name, sale.0 + 1, Side::Sell, "XRP-USD", "1", "2", at));
        counters.apply(&end(sale.0 + 1, "1", at));
    }
    let text = format!("{counters:?}");
    assert!(text.len() < 1_000_000, "{} bytes of memory after 70 days", text.len());
}

#[derive(Debug, Clone)]
enum Step {
    Order(u8, bool, u32),
    Fill(u8, u32),
    Repeat(u8),
    End(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..6_u8, any::<bool>(), 1..1000_u32).prop_map(|(a, buy, q)| Step::Order(a, buy, q)),
        (any::<u8>(), 1..1000_u32).prop_map(|(n, q)| Step::Fill(n, q)),
        any::<u8>().prop_map(Step::Repeat),
        any::<u8>().prop_map(Step::End),
    ]
}

/// An order as the model keeps it.
struct Known {
    product: &'static str,
    buy: bool,
    qty: u32,
    filled: u32,
    over: bool,
}

/// Facts of a venue that behaves, and what they add up to.
fn play(steps: &[Step]) -> (Vec<Fact>, Vec<Known>) {
    let (mut facts, mut known): (Vec<Fact>, Vec<Known>) = (Vec::new(), Vec::new());
    for (n, step) in steps.iter().enumerate() {
        match step {
            Step::Order(a, buy, q) => {
                let product = PRODUCTS[usize::from(*a)].0;
                let side = if *buy { Side::Buy } else { Side::Sell };
                let number = known.len() as u64;
                facts.push(order(number, side, product, &q.to_string(), "2", T0));
                known.push(Known { product, buy: *buy, qty: *q, filled: 0, over: false });
            }
            Step::Fill(of, q) if !known.is_empty() => {
                let number = usize::from(*of) % known.len();
                let o = &mut known[number];
                let q = (*q).min(o.qty - o.filled);
                if q > 0 && !o.over {
                    o.filled += q;
                    let side = if o.buy { Side::Buy } else { Side::Sell };
                    let name = format!("f{n}");
                    let number = number as u64;
                    facts.push(fill(&name, number, side, o.product, &q.to_string(), "2", T0));
                }
            }
            Step::Repeat(of) if !facts.is_empty() => {
                let fact = facts[usize::from(*of) % facts.len()].clone();
                if matches!(fact, Fact::Fill(_)) {
                    facts.push(fact);
                }
            }
            Step::End(of) if !known.is_empty() => {
                let number = usize::from(*of) % known.len();
                let o = &mut known[number];
                o.over = true;
                facts.push(end(number as u64, &o.filled.to_string(), T0));
            }
            Step::Fill(..) | Step::Repeat(_) | Step::End(_) => {}
        }
    }
    (facts, known)
}

proptest! {
    #![proptest_config(cases())]

    /// The incremental exposure equals what a plain recount of all orders says.
    #[test]
    fn exposure_equals_a_recount(steps in prop::collection::vec(step(), 0..60)) {
        let (facts, known) = play(&steps);
        let exposure = Exposure::of(&facts).unwrap();
        prop_assert_eq!(&exposure, &exposure.recounted());
        let mut sums: BTreeMap<&str, (i64, Decimal, u32)> = BTreeMap::new();
        for order in &known {
            let sum = sums.entry(order.product).or_default();
            let filled = i64::from(order.filled);
            sum.0 += if order.buy { filled } else { -filled };
            let rest = if order.over { 0 } else { order.qty - order.filled };
            if order.buy {
                sum.1 += Decimal::from(rest) * dec("2.024");
            } else {
                sum.2 += rest;
            }
        }
        for (product, (held, buys, sells)) in sums {
            let asset = asset(id(product).base());
            prop_assert_eq!(exposure.position(&asset).get(), Decimal::from(held.max(0)));
            let found = exposure.live_buys(&asset).unwrap().get();
            prop_assert!((found - buys).abs() < dec("0.000000001"), "{} {}", found, buys);
            prop_assert_eq!(exposure.live_sells(&asset).unwrap().get(), Decimal::from(sells));
        }
    }

    /// A restart at any point folds to the same.
    #[test]
    fn a_restart_changes_nothing(steps in prop::collection::vec(step(), 0..60), cut in 0..60_usize) {
        let (facts, _) = play(&steps);
        let (before, after) = facts.split_at(cut.min(facts.len()));
        let (mut exposure, mut counters) = (Exposure::of(before).unwrap(), Counters::of(before));
        for fact in after {
            exposure.apply(fact).unwrap();
            counters.apply(fact);
        }
        prop_assert_eq!(exposure, Exposure::of(&facts).unwrap());
        prop_assert_eq!(counters, Counters::of(&facts));
    }

    /// time, boots, cycles and words release nothing; only fills, ends and refusals do.
    #[test]
    fn nothing_but_proof_releases_a_reservation(
        steps in prop::collection::vec(step(), 1..40),
        idle in prop::collection::vec((0..5_u8, 0..400_000_i64), 1..8),
    ) {
        let (facts, _) = play(&steps);
        let mut exposure = Exposure::of(&facts).unwrap();
        let reserved = |exposure: &Exposure| -> Vec<_> {
            let of = |name: &str| {
                let asset = asset(id(name).base());
                (exposure.live_buys(&asset).unwrap(), exposure.live_sells(&asset).unwrap())
            };
            PRODUCTS.iter().map(|(name, _)| of(name)).collect()
        };
        let before = reserved(&exposure);
        for (what, secs) in idle {
            let at = T0.plus_secs(secs);
            let unknown = SubmitOutcome::Unknown { cause: "silence".into() };
            let accepted = SubmitOutcome::Accepted { venue_order_id: "v".into() };
            exposure.apply(&match what {
                0 => boot(at),
                1 => Fact::Cycle { at, id: CycleId::default(), nav: None },
                2 => Fact::Cancel { at, intent: IntentId(0) },
                3 => submitted(0, unknown, at),
                _ => submitted(0, accepted, at),
            }).unwrap();
        }
        prop_assert_eq!(before, reserved(&exposure));
        prop_assert_eq!(&exposure, &exposure.recounted());
    }

    /// what is counted is what the facts say, whenever the process started, and a clock that
    /// steps back refills nothing.
    #[test]
    fn counts_come_from_facts_alone(
        trades in prop::collection::vec((0..200_000_i64, 0..PRODUCTS.len()), 0..30),
        messages in prop::collection::vec((0..7_200_i64, any::<bool>()), 0..60),
        later in 0..100_000_i64,
        cut in 0..100_usize,
    ) {
        let mut facts: Vec<Fact> = trades.iter()
            .map(|(ago, at)| approval(PRODUCTS[*at].0, T0.plus_secs(-ago)))
            .collect();
        for (n, (ago, cancel)) in messages.iter().enumerate() {
            let at = T0.plus_secs(-ago);
            let number = n as u64;
            facts.push(if *cancel {
                Fact::Cancel { at, intent: IntentId(0) }
            } else {
                order(number, Side::Buy, "XRP-USD", "1", "2", at)
            });
        }
        let newest = facts.iter().map(Fact::at).max();
        let (before, after) = facts.split_at(cut.min(facts.len()));
        let mut counters = Counters::of(before);
        apply(&mut counters, &[boot(T0)]);
        apply(&mut counters, after);
        let now = newest.unwrap_or(T0).plus_secs(later);
        let within = |at: domain::Timestamp, span: i64| at > now.plus_secs(-span);
        let count = |span: i64, of: fn(&Fact) -> bool| {
            u32::try_from(facts.iter().filter(|f| of(f) && within(f.at(), span)).count()).unwrap()
        };
        let trade = |fact: &Fact| matches!(fact, Fact::Approved(_));
        let order = |fact: &Fact| matches!(fact, Fact::Intent(_));
        let message = |fact: &Fact| matches!(fact, Fact::Intent(_) | Fact::Cancel { .. });
        prop_assert_eq!(counters.trades_in_hour(now), count(3_600, trade));
        prop_assert_eq!(counters.trades_in_day(now), count(86_400, trade));
        prop_assert_eq!(counters.attempts_in_hour(now), count(3_600, order));
        prop_assert_eq!(counters.attempts_in_day(now), count(86_400, order));
        prop_assert_eq!(counters.messages_in_minute(now), count(60, message));
        // The clock steps back: nothing that was counted is forgotten.
        let back = now.plus_secs(-later / 2);
        prop_assert!(counters.trades_in_hour(back) >= counters.trades_in_hour(now));
        prop_assert!(counters.messages_in_minute(back) >= counters.messages_in_minute(now));
    }

    /// Errors pause when so many of them fall within the span, and never otherwise.
    #[test]
    fn errors_are_crowded_when_so_many_fall_within_the_span(
        moments in prop::collection::vec(0..2_000_i64, 0..12), many in 1..5_u32, secs in 1..600_u32,
    ) {
        let mut counters = Counters::default();
        for secs in &moments {
            let at = T0.plus_secs(*secs);
            counters.apply(&Fact::Venue { at, trouble: domain::Trouble::Error });
        }
        let crowded = |last: &&i64| {
            let from = **last - i64::from(secs);
            moments.iter().filter(|at| **at > from && *at <= *last).count() >= many as usize
        };
        let expected = moments.iter().filter(crowded).max().map(|secs| T0.plus_secs(*secs));
        prop_assert_eq!(counters.errors_crowded(many, secs), expected);
    }
}

#[test]
fn an_unknown_order_is_counted_until_it_is_known_or_over() {
    let buy = |n| order(n, Side::Buy, "XRP-USD", "10", "2", T0);
    let unknown = |n| submitted(n, SubmitOutcome::Unknown { cause: "silence".into() }, T0);
    let accepted = |n| submitted(n, SubmitOutcome::Accepted { venue_order_id: "v".into() }, T0);
    let refused = |n| submitted(n, SubmitOutcome::Refused { reason: "no".into() }, T0);
    let cases: [(Vec<Fact>, usize, usize); 9] = [
        (vec![buy(1)], 0, 1),
        (vec![buy(1), unknown(1)], 1, 1),
        (vec![buy(1), unknown(1), accepted(1)], 0, 1),
        (vec![buy(1), unknown(1), end(1, "0", T0)], 0, 0),
        (vec![buy(1), refused(1)], 0, 0),
        (vec![buy(1), boot(T0)], 1, 1),
        (vec![buy(1), accepted(1), boot(T0)], 0, 1),
        (vec![buy(1), end(1, "0", T0), unknown(1)], 0, 0),
        // The same number again is the same order.
        (vec![buy(1), unknown(1), buy(1)], 0, 1),
    ];
    for (facts, unknown, live) in cases {
        let exposure = Exposure::of(&facts).unwrap();
        assert_eq!(
            (exposure.unknown_orders(), exposure.live_orders()),
            (unknown, live),
            "{facts:?}"
        );
        assert_eq!(exposure, exposure.recounted());
        assert_eq!(exposure.fact_number(), facts.len() as u64);
    }
}

/// Beyond what exact decimals hold, a fact is refused and changes nothing.
#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let huge = "70000000000000000000000000000";
    let mut exposure = Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap();
    let refuses = |exposure: &mut Exposure, fact: &Fact| {
        let before = exposure.clone();
        assert!(exposure.apply(fact).is_err(), "{fact:?}");
        assert_eq!(*exposure, before);
    };
    let Fact::Intent(mut vast) = order(2, Side::Buy, "XRP-USD", "1", "2", T0) else { panic!() };
    vast.worst_case = amount(huge);
    refuses(&mut exposure, &Fact::Intent(vast.clone()));
    assert!(Exposure::of(&[Fact::Intent(vast.clone())]).is_err());
    exposure.apply(&fill("most", 9, Side::Buy, "XRP-USD", huge, "2", T0)).unwrap();
    refuses(&mut exposure, &fill("more", 9, Side::Buy, "XRP-USD", huge, "2", T0));
    let mut short = Exposure::default();
    short.apply(&fill("sold", 9, Side::Sell, "XRP-USD", huge, "2", T0)).unwrap();
    refuses(&mut short, &fill("again", 9, Side::Sell, "XRP-USD", huge, "2", T0));
    assert_eq!(short.position(&asset("XRP")), qty("0"), "below nothing counts as nothing");
    let mut selling = Exposure::of(&[order(1, Side::Sell, "XRP-USD", huge, "2", T0)]).unwrap();
    refuses(&mut selling, &order(2, Side::Sell, "XRP-USD", huge, "2", T0));
    // Coins that were given, and coins that were taken away.
    let mut given = Exposure::of(&[adopted(1, "XRP-USD", huge, "2", T0)]).unwrap();
    refuses(&mut given, &adopted(2, "XRP-USD", huge, "2", T0));
    refuses(&mut short, &withdrawn("XRP", huge, T0));
    // What one purse reserves, and what one tier of an asset does over two purses.
    let (some, many) = ("100000000000000000000000000", "150000000000000000000000000");
    for (second, worst) in [("XRP-USD", some), ("UNI-USD", some), ("XRP-USDC", many)] {
        let mut live = Exposure::default();
        let sized = |number, product: &str| {
            let fact = order(number, Side::Buy, product, "1", "2", T0);
            let Fact::Intent(mut intent) = fact else { panic!() };
            intent.worst_case = amount(worst);
            Fact::Intent(intent)
        };
        live.apply(&sized(1, "XRP-USD")).unwrap();
        refuses(&mut live, &sized(2, second));
        // It is booked, and cannot be told as an amount.
        assert!(live.live_buys(&asset("XRP")).is_err());
        // One that is believed to be over comes back where there is no room for it any more.
        let refused = |n| submitted(n, SubmitOutcome::Refused { reason: "no".into() }, T0);
        live.apply(&refused(1)).unwrap();
        live.apply(&sized(3, second)).unwrap();
        refuses(&mut live, &seen(1));
    }
}

/// The newest 256 orders that are believed to be over can come back; of an order that nobody knows
/// there is nothing to believe.
#[test]
fn orders_believed_to_be_over_are_remembered_and_not_for_ever() {
    let refused = |n| submitted(n, SubmitOutcome::Refused { reason: "no".into() }, T0);
    let mut exposure = Exposure::of(&[refused(9_999), seen(9_999)]).unwrap();
    for number in 1..=257 {
        exposure.apply(&order(number, Side::Buy, "XRP-USD", "10", "2", T0)).unwrap();
        exposure.apply(&refused(number)).unwrap();
    }
    for (number, live) in [(1, 0), (2, 1), (257, 2)] {
        exposure.apply(&seen(number)).unwrap();
        assert_eq!(exposure.live_orders(), live, "after {number} was seen");
        assert_eq!(exposure, exposure.recounted());
    }
}

/// What an operator gives to the bot is a position; what he takes away is none, and no sale.
#[test]
fn coins_come_and_go_by_an_operators_word() {
    let xrp = asset("XRP");
    let given = adopted(1, "XRP-USD", "10", "2", T0);
    // Facts after the gift; what is held then, and whether anything is open.
    let cases: [(Vec<Fact>, &str); 6] = [
        (vec![], "10"),
        (vec![adopted(2, "XRP-USD", "5", "2", T0)], "15"),
        (vec![withdrawn("XRP", "4", T0)], "6"),
        (vec![withdrawn("XRP", "10", T0)], "0"),
        (vec![withdrawn("BTC", "1", T0)], "10"),
        (vec![deposited("XRP", "3", T0)], "10"),
    ];
    for (then, held) in cases {
        let facts: Vec<_> = std::iter::once(given.clone()).chain(then).collect();
        let exposure = Exposure::of(&facts).unwrap();
        assert_eq!(exposure.position(&xrp), qty(held), "{facts:?}");
        assert_eq!(exposure.is_open(&xrp), held != "0", "{facts:?}");
        assert_eq!(exposure, exposure.recounted());
        let counters = Counters::of(&facts);
        assert_eq!((counters.last_exit(&xrp), counters.losses_in_a_row()), (None, 0));
        // An entry that is approved while it is held is one more of it.
        let mut later = counters.clone();
        later.apply(&approval("XRP-USD", T0));
        assert_eq!(later.adds_in_day(&xrp, T0), u32::from(held != "0"), "{facts:?}");
    }
}

/// A gift is a lot at the price that was said, with the stop of its plan.
#[test]
fn a_gift_is_won_or_lost_like_a_purchase() {
    for (price, expected) in
        [("2.01", Outcome::Win), ("1.99", Outcome::Loss), ("1.84", Outcome::Stop)]
    {
        let facts = [
            adopted(1, "XRP-USD", "10", "2", T0),
            fill("s", 2, Side::Sell, "XRP-USD", "10", price, T0),
        ];
        let counters = Counters::of(&facts);
        assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, expected)), "sold at {price}");
    }
}

/// Without a plan on record there is no stop that a sale could be at.
#[test]
fn a_purchase_without_a_plan_has_no_stop() {
    let bought = fill("b", 1, Side::Buy, "XRP-USD", "10", "2", T0);
    let sold = fill("s", 2, Side::Sell, "XRP-USD", "10", "0.1", T0);
    let counters = Counters::of(&[bought, sold]);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Loss)));
}

#[test]
fn an_entry_approved_while_another_is_live_is_one_more() {
    let (xrp, live) = (asset("XRP"), order(1, Side::Buy, "XRP-USD", "10", "2", T0));
    for (then, adds) in [(vec![], 1), (vec![end(1, "0", T0)], 0)] {
        let mut counters = Counters::of(std::iter::once(&live).chain(&then));
        counters.apply(&approval("XRP-USD", T0));
        counters.apply(&approval("BTC-USD", T0));
        assert_eq!(counters.adds_in_day(&xrp, T0), adds);
        assert_eq!(counters.adds_in_day(&asset("BTC"), T0), 0, "that is another asset's");
    }
}

/// Each buy counts in the tier that it was made in.
#[test]
fn buys_of_every_tier_are_reserved() {
    for (tier, cap) in [(Tier::T1, "T1"), (Tier::T2, "T2"), (Tier::T3, "T3")] {
        let fact = order(1, Side::Buy, "UNI-USD", "10", "8", T0.plus_secs(-90_000));
        let Fact::Intent(mut intent) = fact else { panic!() };
        intent.tier = tier;
        let mut world = World::good();
        world.facts.push(Fact::Intent(intent));
        assert_eq!(world.exposure().live_buys(&asset("UNI")).unwrap(), amount("80.96"));
        assert_eq!(world.exposure(), world.exposure().recounted());
        for (judged, found) in [(Tier::T1, "T1"), (Tier::T2, "T2"), (Tier::T3, "T3")] {
            let mut entry = entry("XRP-USD", "0.3");
            entry.tier = judged;
            let ladder = world.explain(vec![domain::Proposal::Entry(entry)]).remove(0);
            let gate = ladder.gates.iter().find(|gate| gate.key == "caps.tiers_pct").unwrap();
            // 30 dollars and 80.96 before them, fees included, of 10,000.
            let used = if cap == found { 0.3036 + 0.8096 } else { 0.3036 };
            assert!((gate.found.unwrap() - used).abs() < 1e-9, "{cap} {found} {gate:?}");
        }
    }
}

/// Also a cycle without trades is time that passes.
#[test]
fn a_cycle_forgets_what_no_window_reaches() {
    let mut counters = Counters::of(&[approval("XRP-USD", T0)]);
    let event = {
        let Fact::Approved(approval) = approval("XRP-USD", T0) else { panic!() };
        approval.trigger
    };
    for (hours, trades, used) in [(24, 1, true), (26, 0, true), (47, 0, true), (48, 0, false)] {
        let at = T0.plus_secs(3600 * hours);
        counters.apply(&Fact::Cycle { at, id: CycleId::default(), nav: None });
        let found = (counters.trades_in_day(T0), counters.is_used(&event));
        assert_eq!(found, (trades, used), "after {hours} hours");
    }
}

#[test]
fn what_an_account_holds_beyond_the_own_position_is_somebody_elses() {
    let mut exposure = Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap();
    let purse = |of: &str, available: &str, held: &str| domain::Purse {
        asset: asset(of),
        available: amount(available),
        held: amount(held),
    };
    let mut counted = exposure.clone();
    exposure.count_others(&[
        purse("USD", "500", "20"),
        purse("USDC", "7", "0"),
        purse("BTC", "1", "0.5"),
        purse("XRP", "6", "7"),
        purse("ETH", "0", "0"),
    ]);
    counted.count_external([(asset("BTC"), qty("1.5")), (asset("XRP"), qty("3"))]);
    assert_eq!(exposure, counted);
    // Less than the own position is nobody else's.
    exposure.count_others(&[purse("XRP", "9", "0")]);
    assert_eq!(exposure, Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap());
}

#[test]
fn coins_of_somebody_else_replace_what_was_counted_before() {
    let mut exposure = Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap();
    exposure.count_external([(asset("BTC"), qty("1")), (asset("ETH"), qty("0"))]);
    let first = exposure.clone();
    exposure.count_external([(asset("XRP"), qty("5"))]);
    assert_ne!(exposure, first);
    assert_eq!(exposure.open().len(), 1, "they open nothing");
    exposure.count_external([]);
    assert_eq!(exposure, Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap());
}

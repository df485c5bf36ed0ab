//! What holds for exposure and counters over every list of facts.

use std::collections::BTreeMap;

use crate::common::*;
use domain::{CycleId, Fact, IntentId, Side, SubmitOutcome};
use proptest::prelude::*;
use risk::{Counters, Exposure};
use rust_decimal::Decimal;

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

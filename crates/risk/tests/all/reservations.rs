//! What live orders reserve, and what releases it.

use crate::common::*;
use domain::{Absence, Ending, Fact, IntentId, OrderEnd, QuoteAmt, Side, SubmitOutcome, Tier};
use risk::Exposure;

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
fn an_unknown_order_is_counted_until_it_is_known_or_over() {
    let buy = |n| order(n, Side::Buy, "XRP-USD", "10", "2", T0);
    let unknown = |n| submitted(n, SubmitOutcome::Unknown { cause: "silence".into() }, T0);
    let accepted = |n| submitted(n, SubmitOutcome::Accepted { venue_order_id: "v".into() }, T0);
    let refused = |n| submitted(n, SubmitOutcome::Refused { reason: "no".into() }, T0);
    let filled = |n| fill("all", n, Side::Buy, "XRP-USD", "10", "2", T0);
    let cases: [(Vec<Fact>, usize, usize); 10] = [
        (vec![buy(1)], 0, 1),
        (vec![buy(1), unknown(1)], 1, 1),
        (vec![buy(1), unknown(1), accepted(1)], 0, 1),
        (vec![buy(1), unknown(1), end(1, "0", T0)], 0, 0),
        (vec![buy(1), unknown(1), filled(1)], 0, 0),
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

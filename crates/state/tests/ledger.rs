//! L-01, L-02, L-03, L-05: the ledger is a function of the set of its fills, and its books add up.
#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "tests")]

mod common;

use std::collections::{BTreeMap, VecDeque};

use common::{PRODUCTS, fill, history, intent, moves, split};
use domain::{Amount, Asset, BaseQty, Fact, Fill, FillKind, Side};
use proptest::prelude::*;
use rust_decimal::Decimal;
use state::{Account, Doubt, Ledger, State, Trade, balance};

fn folded(orders: &[Fact], fills: &[Fill]) -> State {
    let fills: Vec<_> = fills.iter().cloned().map(Box::new).map(Fact::Fill).collect();
    State::of(orders.iter().chain(&fills))
}

fn assets() -> impl Iterator<Item = Asset> {
    ["BTC", "PEPE", "USD", "USDC"].into_iter().map(|name| name.parse().unwrap())
}

fn bitcoin() -> Asset {
    "BTC".parse().unwrap()
}

fn total(values: impl IntoIterator<Item = Decimal>) -> Decimal {
    values.into_iter().sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// L-03: any order of all facts, orders included, and any repetition come to the same ledger.
    #[test]
    fn order_and_repetition_are_no_matter(
        moves in moves(),
        (shuffled, again) in (any::<prop::sample::Index>(), prop::collection::vec(any::<prop::sample::Index>(), 0..20)),
        seed in any::<u64>(),
    ) {
        let (orders, fills) = history(&moves);
        let once = folded(&orders, &fills);
        let mut facts: Vec<_> = orders.into_iter().chain(fills.iter().cloned().map(Box::new).map(Fact::Fill)).collect();
        facts.extend(again.iter().map(|at| Fact::Fill(Box::new(at.get(&fills).clone()))));
        shuffle(&mut facts, seed);
        let turn = shuffled.index(facts.len());
        facts.rotate_left(turn);
        let other = State::of(&facts);
        prop_assert_eq!(once.ledger(), other.ledger());
        prop_assert_eq!(other.ledger().doubts().count(), 0);
    }

    /// L-03: a fill in two parts is that fill: lots, trades and sums are the same to the last digit.
    #[test]
    fn splitting_is_no_matter(moves in moves(), shares in prop::collection::vec(0..100_u32, 40), seed in any::<u64>()) {
        let (orders, fills) = history(&moves);
        let mut parts: Vec<_> = fills.iter().zip(shares).flat_map(|(fill, share)| split(fill, share)).collect();
        shuffle(&mut parts, seed);
        let (whole, parts) = (folded(&orders, &fills), folded(&orders, &parts));
        prop_assert!(whole.ledger().lots().eq(parts.ledger().lots()));
        prop_assert_eq!(whole.ledger().trades(), parts.ledger().trades());
        for asset in assets() {
            prop_assert_eq!(whole.booked(&asset).unwrap(), parts.booked(&asset).unwrap());
        }
    }

    /// L-05: kept up fact by fact it is the ledger that is folded from nothing, at every point.
    #[test]
    fn kept_up_is_folded_again(moves in moves()) {
        let (orders, fills) = history(&moves);
        let mut kept = State::of(&orders);
        for upto in 0..fills.len() {
            kept.apply(&Fact::Fill(Box::new(fills[upto].clone())));
            let mut back: Vec<_> = fills[..=upto].to_vec();
            back.reverse();
            let afresh = folded(&orders, &back);
            prop_assert_eq!(kept.ledger(), afresh.ledger());
        }
    }

    /// L-01, L-02: every entry adds up to nothing, and cash, positions and fees to the last digit.
    #[test]
    fn the_books_add_up(moves in moves()) {
        let (orders, fills) = history(&moves);
        let state = folded(&orders, &fills);
        let entries = state.entries().unwrap();
        for entry in &entries {
            let mut sums = BTreeMap::<Asset, Decimal>::new();
            for posting in &entry.postings {
                *sums.entry(posting.asset).or_default() += posting.amount.get();
            }
            prop_assert!(sums.values().all(Decimal::is_zero), "{entry:?}");
        }
        for asset in assets() {
            let added_up = balance(&entries, Account::Purse, &asset).unwrap();
            prop_assert_eq!(state.booked(&asset).unwrap(), added_up);
        }
        let of = |account, asset: &str| balance(&entries, account, &asset.parse().unwrap()).unwrap().get();
        let trades = state.ledger().trades();
        for coin in ["BTC", "PEPE"] {
            let asset: Asset = coin.parse().unwrap();
            let own = fills.iter().filter(|fill| fill.asset == asset);
            let signed = total(own.map(|f| if f.side == Side::Buy { f.qty.get() } else { -f.qty.get() }));
            prop_assert_eq!(of(Account::Purse, coin), signed);
            prop_assert_eq!(state.ledger().net(&asset).unwrap(), Amount::new(signed).unwrap());
            prop_assert_eq!(state.ledger().position(&asset).unwrap(), BaseQty::new(signed).unwrap());
        }
        let cash = of(Account::Purse, "USD") + of(Account::Purse, "USDC");
        let fees = of(Account::Fees, "USD") + of(Account::Fees, "USDC");
        prop_assert_eq!(fees, total(fills.iter().map(|fill| fill.fee.get())));
        prop_assert_eq!(fees, total(trades.iter().map(|trade| trade.fees.get())));
        let realised = total(trades.iter().map(|trade| trade.realised.get()));
        let left = total(trades.iter().map(|trade| trade.paid_for_left.get()));
        prop_assert_eq!(cash, realised - left);
    }

    /// What trades realised is what somebody else makes of the same fills.
    #[test]
    fn realised_is_what_an_independent_count_says(moves in moves()) {
        let (orders, fills) = history(&moves);
        let trades = folded(&orders, &fills).ledger().trades();
        let parents: BTreeMap<_, _> = orders.iter().filter_map(|fact| match fact {
            Fact::Intent(intent) => Some((intent.intent, intent.parent.unwrap_or(intent.intent))),
            _ => None,
        }).collect();
        let own = count(&fills, |fill| parents[&fill.intent].0);
        let close = |a: Decimal, b: Decimal| (a - b).abs() < Decimal::new(1, 15);
        for trade in &trades {
            let (bought, sold, realised) = own[&trade.lot.0.0];
            prop_assert_eq!((trade.bought.get(), trade.sold.get()), (bought, sold));
            prop_assert!(close(trade.realised.get(), realised), "{} {realised}", trade.realised);
        }
        prop_assert_eq!(trades.len(), own.len());
    }
}

/// Bought, sold and realised by lot: an own count, coin by coin, first in first out.
fn count(
    fills: &[Fill],
    root: impl Fn(&Fill) -> u64,
) -> BTreeMap<u64, (Decimal, Decimal, Decimal)> {
    // Totals of what a lot paid are known at the end: its coins cost the average of all of them.
    let mut paid = BTreeMap::<u64, (Decimal, Decimal)>::new();
    for fill in fills.iter().filter(|fill| fill.side == Side::Buy) {
        let lot = paid.entry(root(fill)).or_default();
        lot.0 += fill.qty.get();
        lot.1 += fill.qty.get() * fill.price.get() + fill.fee.get();
    }
    let mut open = BTreeMap::<Asset, VecDeque<(u64, Decimal)>>::new();
    let mut out: BTreeMap<_, _> =
        paid.iter().map(|(lot, (qty, _))| (*lot, (*qty, Decimal::ZERO, Decimal::ZERO))).collect();
    for fill in fills {
        let queue = open.entry(fill.asset).or_default();
        let mut rest = fill.qty.get();
        if fill.side == Side::Buy {
            match queue.iter_mut().find(|(lot, _)| *lot == root(fill)) {
                Some((_, left)) => *left += rest,
                None => queue.push_back((root(fill), rest)),
            }
            continue;
        }
        for (lot, left) in queue.iter_mut() {
            let part = rest.min(*left);
            let (bought, cost) = paid[lot];
            let brought = (fill.price.get() - fill.fee.get() / fill.qty.get()) * part;
            let entry = out.get_mut(lot).unwrap();
            entry.1 += part;
            entry.2 += brought - cost * part / bought;
            *left -= part;
            rest -= part;
        }
    }
    out
}

fn shuffle<T>(list: &mut [T], mut seed: u64) {
    for at in (1..list.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        list.swap(at, usize::try_from((seed >> 33) % (at as u64 + 1)).unwrap());
    }
}

fn adjusted(kind: FillKind, id: &str, amounts: (&str, &str, &str), secs: i64) -> Fill {
    let trade_id = Some("t1".to_owned());
    Fill { kind, trade_id, ..fill(id, 1, PRODUCTS[0], Side::Buy, amounts, secs) }
}

/// Every order of a few entries.
fn orders_of(entries: &[Fill]) -> Vec<Vec<Fill>> {
    if entries.len() < 2 {
        return vec![entries.to_vec()];
    }
    let mut all = Vec::new();
    for (at, first) in entries.iter().enumerate() {
        let mut rest = entries.to_vec();
        rest.remove(at);
        all.extend(orders_of(&rest).into_iter().map(|mut tail| {
            tail.insert(0, first.clone());
            tail
        }));
    }
    all
}

#[test]
fn adjustments_come_to_the_same_in_every_order() {
    let (old, new) = (("2", "100", "0.2"), ("1.5", "101", "0.1"));
    let buy = adjusted(FillKind::Fill, "a", old, 10);
    let more = adjusted(FillKind::Synthetic, "b", ("1", "90", "0"), 10);
    let back = adjusted(FillKind::Reversal, "c", old, 20);
    let other_back = adjusted(FillKind::Reversal, "d", ("3", "100", "0"), 20);
    let correct = adjusted(FillKind::Correction, "e", new, 30);
    let correct_back = adjusted(FillKind::Reversal, "f", new, 40);
    // Entries; coins held then; how many things are not understood.
    let cases: [(&[&Fill], &str, usize); 9] = [
        (&[&buy], "2", 0),
        (&[&buy, &more], "3", 0),
        (&[&buy, &back], "0", 0),
        (&[&buy, &correct], "1.5", 0),
        (&[&buy, &back, &correct], "1.5", 0),
        (&[&buy, &other_back], "2", 1),
        (&[&back], "0", 1),
        (&[&correct], "1.5", 1),
        (&[&buy, &correct, &correct_back], "2", 1),
    ];
    for (entries, held, doubts) in cases {
        let entries: Vec<_> = entries.iter().map(|fill| (*fill).clone()).collect();
        let mut first: Option<Ledger> = None;
        for order in orders_of(&entries) {
            let state = folded(&[intent(1, None, PRODUCTS[0], Side::Buy)], &order);
            let ledger = state.ledger();
            let found = ledger.position(&bitcoin()).unwrap();
            assert_eq!(found, BaseQty::parse(held).unwrap(), "{order:?}");
            assert_eq!(ledger.doubts().count(), doubts, "{order:?}");
            let first = first.get_or_insert_with(|| ledger.clone());
            assert_eq!(first, ledger);
        }
    }
}

#[test]
fn what_is_not_understood_degrades_its_asset_and_no_other() {
    let buy =
        |id: &str, number, product| fill(id, number, product, Side::Buy, ("1", "100", "0"), 5);
    let no_plan = match intent(3, None, "PEPE-USD", Side::Buy) {
        Fact::Intent(fact) => Fact::Intent(Box::new(domain::IntentFact { plan: None, ..*fact })),
        other => other,
    };
    let orders = [intent(1, None, PRODUCTS[0], Side::Buy), no_plan];
    let mut fine = folded(&orders, &[buy("a", 1, PRODUCTS[0])]);
    assert_eq!(fine.ledger().doubts().count(), 0);
    // The same entry id with other contents.
    fine.apply(&Fact::Fill(Box::new(fill("a", 1, PRODUCTS[0], Side::Buy, ("2", "100", "0"), 5))));
    let doubts: Vec<_> = fine.ledger().doubts_of(&bitcoin()).cloned().collect();
    assert_eq!(doubts, [Doubt::Contradiction { entry_id: "a".into() }]);
    assert_eq!(fine.ledger().doubts_of(&"ETH".parse().unwrap()).count(), 0);
    // An order that nobody recorded, another side, no way out, more digits than can be booked.
    let sale = fill("c", 1, PRODUCTS[0], Side::Sell, ("1", "100", "0"), 6);
    let digits = ("0.000000000000001", "0.00000000000001", "0");
    let tiny = fill("e", 1, PRODUCTS[0], Side::Buy, digits, 7);
    let fills = [buy("b", 9, PRODUCTS[0]), sale, buy("d", 3, "PEPE-USD"), tiny];
    let state = folded(&orders, &fills);
    let found: Vec<_> =
        state.ledger().doubts().map(|(asset, doubt)| (asset.to_string(), doubt)).collect();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(state.ledger().lots().next().is_none());
    assert!(found.iter().any(|(asset, d)| asset == "PEPE" && matches!(d, Doubt::NoPlan { .. })));
    // It is understood as soon as the order is known.
    let mut waiting = folded(&[], &[buy("b", 9, PRODUCTS[0])]);
    waiting.apply(&intent(9, None, PRODUCTS[0], Side::Buy));
    assert_eq!(waiting.ledger().doubts().count(), 0);
    assert_eq!(waiting.ledger().lots().count(), 1);
}

#[test]
fn a_trade_goes_from_the_first_step_of_an_entry_to_its_last_coin() {
    let orders = [
        intent(1, None, "BTC-USD", Side::Buy),
        intent(2, Some(1), "BTC-USD", Side::Buy),
        intent(3, None, "BTC-USDC", Side::Sell),
    ];
    let fills = [
        fill("a", 1, "BTC-USD", Side::Buy, ("1", "100", "0.6"), 0),
        fill("b", 2, "BTC-USD", Side::Buy, ("3", "104", "1.8"), 60),
        fill("c", 3, "BTC-USDC", Side::Sell, ("4", "110", "2.4"), 3600),
    ];
    let trades: Vec<Trade> = folded(&orders, &fills).ledger().trades();
    let [trade] = trades.as_slice() else { panic!("{trades:?}") };
    assert_eq!(trade.entry_price.to_string(), "103");
    assert_eq!(trade.exit_price.unwrap().to_string(), "110");
    assert_eq!(trade.fees.to_string(), "4.8");
    // 440 − 2.4 − 412 − 2.4
    assert_eq!(trade.realised.to_string(), "23.2");
    assert_eq!(trade.realised_pct.unwrap().to_string(), "5.5985");
    assert_eq!(trade.held_secs(common::at(0)), 3600);
    assert_eq!(trade.exit, Some(domain::ExitReason::StopLoss));
    assert_eq!(trade.trigger.map(|trigger| trigger.kind), Some(domain::TriggerKind::Momentum));
    let state = folded(&orders, &fills);
    for (asset, held) in [("BTC", "0"), ("USD", "-414.4"), ("USDC", "437.6")] {
        assert_eq!(state.booked(&asset.parse().unwrap()).unwrap().to_string(), held, "{asset}");
    }
}

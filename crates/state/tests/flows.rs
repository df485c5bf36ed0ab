//! What comes and goes without a fill: out of NAV, a loss, or neither, as somebody says.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::{at, plan};
use domain::{
    Adoption, Amount, Asset, BaseQty, CycleId, Fact, Flagged, Flow, FlowConfirmed, FlowId,
    FlowKind, IntentId, LotId, Price, Tier, Usd,
};
use proptest::prelude::*;
use state::{Account, Holds, State, balance};

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn asset(name: &str) -> Asset {
    name.parse().unwrap()
}

fn nav(secs: i64, value: &str) -> Fact {
    Fact::Cycle { at: at(secs), id: CycleId::default(), nav: Some(usd(value)) }
}

fn flow(number: u64, secs: i64, change: &str, kind: Option<FlowKind>) -> Flow {
    Flow {
        at: at(secs),
        flow: FlowId(number),
        asset: asset("USD"),
        change: Amount::parse(change).unwrap(),
        usd: Some(usd(change)),
        kind,
    }
}

fn said(flow: &Flow, secs: i64, kind: FlowKind) -> Fact {
    let Flow { flow, asset, change, usd, .. } = flow.clone();
    Fact::FlowConfirmed(FlowConfirmed {
        at: at(secs),
        flow,
        asset,
        change,
        usd,
        kind,
        reason: String::new(),
    })
}

fn marks(state: &State) -> [String; 3] {
    let marks = state.marks();
    [marks.day(), marks.week(), marks.peak()].map(|usd| usd.unwrap().to_string())
}

#[test]
fn a_loss_is_one_until_it_is_confirmed_as_a_withdrawal() {
    let gone = flow(1, 120, "-20", None);
    let before = [nav(0, "100"), nav(60, "90"), Fact::Flow(gone.clone()), nav(130, "70")];
    let mut state = State::of(&before);
    assert_eq!(marks(&state), ["100", "100", "100"], "70 of 100: a loss of 30 %");
    state.apply(&said(&gone, 200, FlowKind::Withdrawal));
    // 90 became 70: what was measured before it shrinks by as much.
    let scaled = (rust_decimal::Decimal::from(7000) / rust_decimal::Decimal::from(90)).normalize();
    assert_eq!(marks(&state), [scaled.to_string(), scaled.to_string(), scaled.to_string()]);
    // As a cost it stays a loss.
    let mut state = State::of(&before);
    state.apply(&said(&gone, 200, FlowKind::Cost));
    assert_eq!(marks(&state), ["100", "100", "100"]);
    assert_eq!(state.flows().unexplained().count(), 0);
}

#[test]
fn a_peak_that_was_reached_after_a_withdrawal_stays() {
    let gone = flow(1, 60, "-50", None);
    let facts =
        [nav(0, "100"), Fact::Flow(gone.clone()), nav(120, "50"), nav(180, "60"), nav(240, "55")];
    let mut state = State::of(&facts);
    assert_eq!(state.marks().peak(), Some(usd("100")));
    state.apply(&said(&gone, 300, FlowKind::Withdrawal));
    assert_eq!(state.marks().peak(), Some(usd("60")), "60 was reached without the 50");
}

#[test]
fn a_deposit_counts_from_its_confirmation_and_raises_the_peak_in_proportion() {
    let came = flow(1, 60, "80", None);
    let mut state =
        State::of(&[nav(0, "100"), nav(30, "80"), Fact::Flow(came.clone()), nav(90, "80")]);
    assert_eq!(state.flows().withheld(&asset("USD")), Amount::parse("80").unwrap());
    state.apply(&said(&came, 100, FlowKind::Deposit));
    assert_eq!(marks(&state), ["200", "200", "200"], "20 % below the peak before and after");
    assert_eq!(state.flows().withheld(&asset("USD")), Amount::ZERO);
    // As a reward it is a gain: nothing moves.
    let mut state = State::of(&[nav(0, "100"), Fact::Flow(came.clone())]);
    state.apply(&said(&came, 100, FlowKind::Reward));
    assert_eq!(marks(&state), ["100", "100", "100"]);
}

#[test]
fn a_gain_that_makes_up_for_a_loss_is_neither() {
    let facts = [Fact::Flow(flow(1, 0, "-5", None)), Fact::Flow(flow(2, 1, "5", None))];
    let state = State::of(&facts);
    assert_eq!(state.flows().withheld(&asset("USD")), Amount::ZERO);
    assert_eq!(state.flows().missing(&asset("USD")), BaseQty::ZERO);
    assert_eq!(state.flows().unexplained().count(), 2, "a person still has to say");
}

#[test]
fn everything_taken_out_starts_anew() {
    let gone = flow(1, 60, "-100", None);
    let mut state = State::of(&[nav(0, "100"), Fact::Flow(gone.clone()), nav(90, "0")]);
    state.apply(&said(&gone, 100, FlowKind::Withdrawal));
    state.apply(&nav(200, "500"));
    assert_eq!(state.marks().peak(), Some(usd("500")));
    assert_eq!(state.marks().last(), Some(usd("500")));
}

fn holds(name: &str, total: &str) -> Holds {
    let total = Amount::parse(total).unwrap();
    let mark = (name == "BTC").then(|| Price::parse("100").unwrap());
    Holds { asset: asset(name), total, mark, pays: name.starts_with("USD") }
}

#[test]
fn what_the_books_do_not_explain_is_drafted_as_flows() {
    let most = usd("1");
    let mut state = State::default();
    let opening = state
        .unexplained(at(0), &[holds("USD", "1000"), holds("USDC", "0"), holds("BTC", "2")], most)
        .unwrap();
    let [first] = opening.as_slice() else {
        panic!("coins of others are not the bot's: {opening:?}")
    };
    assert_eq!((first.kind, first.usd), (Some(FlowKind::Opening), Some(usd("1000"))));
    state.apply(&Fact::Flow(first.clone()));
    assert!(state.unexplained(at(1), &[holds("USD", "1000")], most).unwrap().is_empty());
    // Small gains of a day are income, up to a dollar in all; what is more waits for a person.
    for (secs, total, kind) in [
        (10, "1000.6", Some(FlowKind::Reward)),
        (20, "1001.1", None),
        (86_400 + 30, "1001.5", Some(FlowKind::Reward)),
        (86_400 + 40, "1000", None),
    ] {
        let found = state.unexplained(at(secs), &[holds("USD", total)], most).unwrap();
        let [flow] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(flow.kind, kind, "{flow:?}");
        state.apply(&Fact::Flow(flow.clone()));
        assert_eq!(state.booked(&asset("USD")).unwrap(), Amount::parse(total).unwrap());
    }
}

fn adoption(number: u64, qty: &str, price: &str) -> Fact {
    Fact::Adopted(Box::new(Adoption {
        at: at(5),
        lot: LotId(IntentId(number)),
        product: "BTC-USD".parse().unwrap(),
        asset: asset("BTC"),
        tier: Tier::T1,
        qty: BaseQty::parse(qty).unwrap(),
        price: Price::parse(price).unwrap(),
        plan: plan(),
        request: None,
        reason: "given".to_owned(),
    }))
}

#[test]
fn adopted_coins_are_a_lot_and_take_a_number() {
    let mut state = State::of(&[adoption(1, "2", "50")]);
    let lot = *state.ledger().lots().next().unwrap();
    assert_eq!((lot.qty.to_string().as_str(), lot.average_price.to_string().as_str()), ("2", "50"));
    assert_eq!(state.next_intent(), 2);
    assert!(state.ledger().trades()[0].adopted);
    // Coins that are missing are known; said to be taken away they leave the lot, at no loss.
    let holds = Holds { total: Amount::parse("1.5").unwrap(), ..holds("BTC", "0") };
    let lost = state.unexplained(at(9), &[holds], usd("1")).unwrap();
    let [lost] = lost.as_slice() else { panic!("{lost:?}") };
    assert_eq!(
        (lost.change.to_string().as_str(), lost.usd, lost.kind),
        ("-0.5", Some(usd("-50")), None)
    );
    state.apply(&Fact::Flow(lost.clone()));
    assert_eq!(state.flows().missing(&asset("BTC")).to_string(), "0.5");
    assert_eq!(
        state.ledger().position(&asset("BTC")).unwrap().to_string(),
        "2",
        "no lot is overwritten"
    );
    state.apply(&said(lost, 20, FlowKind::Withdrawal));
    assert_eq!(state.ledger().position(&asset("BTC")).unwrap().to_string(), "1.5");
    let trade = state.ledger().trades().remove(0);
    assert_eq!((trade.realised, trade.withdrawn.to_string().as_str()), (Usd::ZERO, "0.5"));
    assert_eq!(trade.paid_for_left.to_string(), "75");
}

#[test]
fn a_flag_holds_until_its_time() {
    let (product, reason) = ("BTC-USD".parse().unwrap(), String::new());
    let state = State::of(&[Fact::Flagged(Flagged { at: at(0), product, until: at(60), reason })]);
    assert_eq!(state.flags(at(59)).count(), 1);
    assert_eq!(state.flags(at(60)).count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// L-02: whatever comes, goes and is explained, the books add up to nothing in all.
    #[test]
    fn flows_add_up(steps in prop::collection::vec((-1_000_000..1_000_000_i64, 0..6_u8), 1..30)) {
        let mut state = State::default();
        for (n, (change, what)) in steps.iter().enumerate() {
            let (number, secs) = (n as u64 + 1, i64::try_from(n).unwrap());
            let change = rust_decimal::Decimal::new(*change, 8).to_string();
            let gained = !change.starts_with('-');
            let seen = flow(number, secs, &change, (*what == 0).then_some(FlowKind::Opening));
            state.apply(&Fact::Flow(seen.clone()));
            let kind = match (what, gained) {
                (1, true) => FlowKind::Deposit,
                (1, false) => FlowKind::Withdrawal,
                (2, true) => FlowKind::Reward,
                (2, false) => FlowKind::Cost,
                _ => continue,
            };
            state.apply(&said(&seen, secs, kind));
            // Said twice it is said once.
            state.apply(&said(&seen, secs, kind));
        }
        let entries = state.entries().unwrap();
        let accounts = [Account::Purse, Account::Market, Account::Fees, Account::Capital, Account::Income, Account::Unexplained];
        let sums = accounts.map(|account| balance(&entries, account, &asset("USD")).unwrap().get());
        prop_assert!(sums.iter().sum::<rust_decimal::Decimal>().is_zero());
        let open: rust_decimal::Decimal = state.flows().unexplained().map(|flow| flow.change.get()).sum();
        prop_assert_eq!(-sums[5], open);
    }
}

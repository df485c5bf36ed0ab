//! What an operator asks for comes to facts, or is refused with what would be right.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::{at, plan};
use domain::{Amount, BaseQty, CycleId, Fact, Flow, FlowId, FlowKind, Latch, Price, Tier, Usd};
use state::{Refusal, Request, State};

fn state() -> State {
    let usd = Usd::parse("90").unwrap();
    let flow = |number, kind| {
        let change = Amount::parse("-5").unwrap();
        let (at, asset, usd) = (at(2), "USD".parse().unwrap(), None);
        Fact::Flow(Flow { at, flow: FlowId(number), asset, change, usd, kind })
    };
    State::of(&[
        Fact::Cycle { at: at(0), id: CycleId::default(), nav: Some(usd) },
        Fact::Latched { at: at(1), latch: Latch::MaxDrawdown, reason: "x".into() },
        flow(1, Some(FlowKind::Cost)),
        flow(2, None),
    ])
}

fn adopt(qty: &str) -> Request {
    let (qty, price) = (BaseQty::parse(qty).unwrap(), Price::parse("50").unwrap());
    let product = "BTC-USD".parse().unwrap();
    Request::Adopt { product, tier: Tier::T1, qty, price, plan: plan(), reason: "mine".into() }
}

fn resume(latch: Latch, reset_peak: bool) -> Request {
    Request::Resume { latch, reset_peak, reason: "seen".into() }
}

fn confirm(flow: u64, kind: FlowKind) -> Request {
    Request::ConfirmFlow { flow: FlowId(flow), kind, reason: "mine".into() }
}

#[test]
fn what_contradicts_the_records_is_refused_and_says_what_is_right() {
    let flag = |hours| Request::Flag {
        product: "BTC-USD".parse().unwrap(),
        hours,
        reason: "hacked".into(),
    };
    let cases = [
        (Request::Halt { reason: "  ".into() }, "say why"),
        (resume(Latch::Kill, false), "kill is not latched"),
        (resume(Latch::Kill, true), "only max_drawdown has a peak"),
        (confirm(9, FlowKind::Deposit), "there is no flow 9"),
        (confirm(1, FlowKind::Withdrawal), "explained already: it was a cost"),
        (confirm(2, FlowKind::Deposit), "-5 USD: that is no deposit"),
        (confirm(2, FlowKind::Opening), "that is no opening"),
        (adopt("0"), "nothing to adopt"),
        (flag(9_000), "9000 hours are more than 8784"),
    ];
    for (request, why) in cases {
        let refusal = request.facts("r1", at(10), &state()).unwrap_err();
        assert!(refusal.to_string().contains(why), "{request:?}: {refusal}");
    }
}

#[test]
fn each_request_does_what_it_says() {
    let told = |request: &Request| {
        let mut state = state();
        for fact in request.facts("r1", at(10), &state).unwrap() {
            assert!(fact.is_said());
            state.apply(&fact);
        }
        state
    };
    let halt = Request::Halt { reason: "x".into() };
    let halted = told(&halt);
    assert!(halted.latches(at(10)).contains(&Latch::Kill));
    assert_eq!(halt.facts("r2", at(11), &halted), Err(Refusal::Latched(Latch::Kill)));
    let resumed = told(&resume(Latch::MaxDrawdown, true));
    assert!(resumed.latches(at(10)).is_empty());
    assert_eq!(resumed.marks().peak(), Usd::parse("90").ok());
    assert_eq!(told(&confirm(2, FlowKind::Withdrawal)).flows().unexplained().count(), 0);
    let adopted = told(&adopt("2"));
    assert_eq!(adopted.ledger().lots().count(), 1);
    let again = adopt("2").facts("r1", at(11), &adopted).unwrap_err();
    assert!(matches!(again, Refusal::Adopted(_)), "a request that is read again: {again}");
    let flatten = Request::Flatten { reason: "x".into() };
    assert_eq!(flatten.facts("r1", at(10), &state()), Ok(Vec::new()));
    let flag = Request::Flag { product: "BTC-USD".parse().unwrap(), hours: 1, reason: "x".into() };
    assert_eq!(told(&flag).flags(at(10 + 3599)).count(), 1);
}

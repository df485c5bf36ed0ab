//! Facts as tests need them, each in one line.

use domain::{
    Adoption, Amount, Approval, Fact, Fill, FlowConfirmed, FlowId, FlowKind, IntentFact, IntentId,
    LotId, Mode, OrderEnd, OrderReport, PolicyHash, QuoteAmt, RunKind, Side, SubmitFact,
    SubmitOutcome, Timestamp, VenueStatus,
};
use risk::Counters;
use rust_decimal::Decimal;

use super::{T0, asset, dec, entry, id, plan, price, qty, trigger, usd};

pub fn order(
    number: u64,
    side: Side,
    product: &str,
    qty_: &str,
    limit: &str,
    at: Timestamp,
) -> Fact {
    let (q, l) = (dec(qty_), dec(limit));
    let worst = if side == Side::Buy { q * l * dec("1.012") } else { Decimal::ZERO };
    let tier = entry(product, "1").tier;
    Fact::Intent(Box::new(IntentFact {
        at,
        intent: IntentId(number),
        product: id(product),
        asset: asset(id(product).base()),
        tier,
        side,
        qty: qty(qty_),
        limit: price(limit),
        worst_case: QuoteAmt::new(worst).unwrap(),
        plan: (side == Side::Buy).then(plan),
        grant: None,
        parent: None,
        time_in_force: None,
    }))
}

pub fn fill(
    name: &str,
    number: u64,
    side: Side,
    product: &str,
    qty_: &str,
    at_price: &str,
    at: Timestamp,
) -> Fact {
    Fact::Fill(Box::new(Fill {
        entry_id: name.to_owned(),
        intent: IntentId(number),
        at,
        product: id(product),
        asset: asset(id(product).base()),
        side,
        qty: qty(qty_),
        price: price(at_price),
        fee: QuoteAmt::ZERO,
        kind: domain::FillKind::Fill,
        trade_id: None,
        liquidity: None,
    }))
}

pub fn end(number: u64, filled: &str, at: Timestamp) -> Fact {
    Fact::OrderEnd(OrderEnd { at, intent: IntentId(number), filled: qty(filled), how: None })
}

pub fn submitted(number: u64, outcome: SubmitOutcome, at: Timestamp) -> Fact {
    Fact::Submitted(SubmitFact { at, intent: IntentId(number), outcome })
}

pub fn boot(at: Timestamp) -> Fact {
    let policy = PolicyHash("p".into());
    Fact::Boot { at, mode: Mode::Paper, policy, run: RunKind::Loop }
}

pub fn adopted(number: u64, product: &str, qty_: &str, at_price: &str, at: Timestamp) -> Fact {
    Fact::Adopted(Box::new(Adoption {
        at,
        lot: LotId(IntentId(number)),
        product: id(product),
        asset: asset(id(product).base()),
        tier: entry(product, "1").tier,
        qty: qty(qty_),
        price: price(at_price),
        plan: plan(),
        request: None,
        reason: "given".to_owned(),
    }))
}

fn flow(asset_: &str, change: Decimal, kind: FlowKind, at: Timestamp) -> Fact {
    Fact::FlowConfirmed(FlowConfirmed {
        at,
        flow: FlowId(1),
        asset: asset(asset_),
        change: Amount::new(change).unwrap(),
        usd: None,
        kind,
        reason: "said".to_owned(),
    })
}

pub fn withdrawn(asset: &str, qty: &str, at: Timestamp) -> Fact {
    flow(asset, -dec(qty), FlowKind::Withdrawal, at)
}

pub fn deposited(asset: &str, qty: &str, at: Timestamp) -> Fact {
    flow(asset, dec(qty), FlowKind::Deposit, at)
}

pub fn approval(product: &str, at: Timestamp) -> Fact {
    let mut trigger = trigger(product).id;
    trigger.candle = at;
    Fact::Approved(Approval {
        at,
        trigger,
        product: id(product),
        asset: asset(id(product).base()),
        notional: usd("100"),
    })
}

/// Bought and filled: a position.
pub fn position(
    number: u64,
    product: &str,
    qty_: &str,
    at_price: &str,
    at: Timestamp,
) -> [Fact; 3] {
    [
        order(number, Side::Buy, product, qty_, at_price, at),
        fill(&format!("f{number}"), number, Side::Buy, product, qty_, at_price, at),
        end(number, qty_, at),
    ]
}

/// Bought for 2 and sold so many seconds ago.
pub fn round_trip(number: u64, product: &str, sold_at: &str, secs: i64) -> Vec<Fact> {
    let (bought, sold) = (T0.plus_secs(-secs - 9_000), T0.plus_secs(-secs));
    let sale = number + 100;
    let mut facts = position(number, product, "10", "2", bought).to_vec();
    facts.push(order(sale, Side::Sell, product, "10", sold_at, sold));
    facts.push(fill(&format!("f{sale}"), sale, Side::Sell, product, "10", sold_at, sold));
    facts.push(end(sale, "10", sold));
    facts
}

/// The venue shows an order.
pub fn seen(number: u64) -> Fact {
    Fact::Seen(Box::new(OrderReport {
        at: T0,
        intent: IntentId(number),
        venue_order_id: "v1".into(),
        status: VenueStatus::Open,
        filled: qty("0"),
        average_price: None,
        fees: None,
        created: None,
        updated: None,
    }))
}

pub fn apply(counters: &mut Counters, facts: &[Fact]) {
    for fact in facts {
        counters.apply(fact);
    }
}

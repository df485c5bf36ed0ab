//! Facts for tests, and random histories of them.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

use domain::{
    BaseQty, ExitPlan, ExitReason, Fact, Fill, FillKind, GrantRef, IntentFact, IntentId, LotId,
    Pct, PolicyHash, Price, ProposalId, QuoteAmt, Side, Tier, Timestamp, TriggerId, TriggerKind,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// 2026-01-05 is a Monday.
pub const MONDAY: Timestamp = Timestamp::from_secs(1_767_571_200);

pub fn at(secs: i64) -> Timestamp {
    MONDAY.plus_secs(secs)
}

pub fn plan() -> ExitPlan {
    let pct = |text: &str| Pct::parse(text).unwrap();
    ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 }
}

fn grant(proposal: ProposalId) -> GrantRef {
    let policy = PolicyHash(String::new());
    GrantRef { proposal, policy, fact_number: 0, expires: at(0), verdict: None }
}

/// An order; a buy is for momentum, a sale for a stop.
pub fn intent(number: u64, parent: Option<u64>, product: &str, side: Side) -> Fact {
    let product: domain::ProductId = product.parse().unwrap();
    let proposal = match side {
        Side::Buy => {
            ProposalId::Entry(TriggerId { product, kind: TriggerKind::Momentum, candle: at(0) })
        }
        Side::Sell => ProposalId::Exit(LotId(IntentId(1)), ExitReason::StopLoss),
    };
    Fact::Intent(Box::new(IntentFact {
        at: at(0),
        intent: IntentId(number),
        product,
        asset: product.base().parse().unwrap(),
        tier: Tier::T1,
        side,
        qty: BaseQty::parse("1000").unwrap(),
        limit: Price::parse("100").unwrap(),
        worst_case: QuoteAmt::parse("101200").unwrap(),
        plan: (side == Side::Buy).then(plan),
        grant: Some(grant(proposal)),
        parent: parent.map(IntentId),
        time_in_force: None,
    }))
}

/// A fill: id, order, product, side, quantity, price, fee, seconds.
pub fn fill(
    id: &str,
    number: u64,
    product: &str,
    side: Side,
    (qty, price, fee): (&str, &str, &str),
    secs: i64,
) -> Fill {
    let product: domain::ProductId = product.parse().unwrap();
    Fill {
        entry_id: id.to_owned(),
        intent: IntentId(number),
        at: at(secs),
        product,
        asset: product.base().parse().unwrap(),
        side,
        qty: BaseQty::parse(qty).unwrap(),
        price: Price::parse(price).unwrap(),
        fee: QuoteAmt::parse(fee).unwrap(),
        kind: FillKind::Fill,
        trade_id: None,
        liquidity: None,
    }
}

/// Products of a history: two of one coin in two currencies, and another coin.
pub const PRODUCTS: [&str; 3] = ["BTC-USD", "BTC-USDC", "PEPE-USD"];

/// One random move: which product, whether it sells, steps of quantity and of price, whether it
/// goes on with the order before.
pub type Move = (usize, bool, u32, u32, bool);

pub fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..PRODUCTS.len(), any::<bool>(), 1..500_000_u32, 1..900_000_u32, any::<bool>());
    prop::collection::vec(one, 1..40)
}

/// Orders and fills of a history in which nothing is sold that is not held. The fee of a coin is the
/// same in all of a fill, so that any part of it has its share to the last digit.
pub fn history(moves: &[Move]) -> (Vec<Fact>, Vec<Fill>) {
    let (mut facts, mut fills) = (Vec::new(), Vec::<Fill>::new());
    let mut held = std::collections::BTreeMap::<String, Decimal>::new();
    let (mut number, mut last_buy) = (0_u64, None::<(u64, usize)>);
    for (n, (product, sells, qty, price, goes_on)) in moves.iter().enumerate() {
        let name = PRODUCTS[*product];
        let base = name.split('-').next().unwrap().to_owned();
        let here = held.entry(base).or_default();
        let side = if *sells && *here > Decimal::ZERO { Side::Sell } else { Side::Buy };
        let step = if name.starts_with("PEPE") { 0 } else { 8 };
        let mut qty = Decimal::new(i64::from(*qty), step);
        if side == Side::Sell {
            qty = if qty % Decimal::from(3) == Decimal::ZERO { *here } else { qty.min(*here) };
        }
        number += 1;
        let parent = match (side, last_buy) {
            (Side::Buy, Some((root, of))) if *goes_on && of == *product => Some(root),
            (Side::Buy, _) => {
                last_buy = Some((number, *product));
                None
            }
            (Side::Sell, _) => None,
        };
        let digits = if name.starts_with("PEPE") { 8 } else { 2 };
        let price = Decimal::new(i64::from(*price), digits);
        // A tenth of a percent of the price, a coin.
        let fee = price * Decimal::new(1, 3) * qty;
        let (qty, price, fee) = (qty.to_string(), price.to_string(), fee.to_string());
        let amounts = (qty.as_str(), price.as_str(), fee.as_str());
        facts.push(intent(number, parent, name, side));
        let secs = 60 * i64::try_from(n).unwrap();
        let fill = fill(&format!("e{n:03}"), number, name, side, amounts, secs);
        match side {
            Side::Buy => *here += fill.qty.get(),
            Side::Sell => *here -= fill.qty.get(),
        }
        fills.push(fill);
    }
    (facts, fills)
}

/// The same fill in two parts of a quantity, with its share of the fee in each.
pub fn split(fill: &Fill, share: u32) -> Vec<Fill> {
    let (qty, steps) = (fill.qty.get(), Decimal::from(share));
    let places = qty.scale();
    let part = (qty * steps / Decimal::ONE_HUNDRED).trunc_with_scale(places);
    if part.is_zero() || part == qty {
        return vec![fill.clone()];
    }
    let unit = fill.price.get() * Decimal::new(1, 3);
    let of = |name: &str, qty: Decimal| Fill {
        entry_id: format!("{}{name}", fill.entry_id),
        qty: BaseQty::new(qty).unwrap(),
        fee: QuoteAmt::new(unit * qty).unwrap(),
        ..fill.clone()
    };
    vec![of("a", part), of("b", qty - part)]
}

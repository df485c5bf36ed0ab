//! What the tests of the crate share: a market, an entry that the policy approves, own orders.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests; each uses a part of this"
)]

use core::time::Duration;
use std::collections::BTreeSet;

use domain::{
    AccountId, BaseQty, Book, BootId, ControlState, CycleId, Entry, Evidence, ExitPlan, ExitReason,
    Fact, Fees, Fill, FillKind, GrantRef, Granularity, Instants, IntentFact, IntentId, JournalId,
    Level, LotId, MarketView, Mode, NamesFact, PolicyHash, Product, ProductMarket, ProductStatus,
    Proposal, ProposalId, Purse, QuoteAmt, Regime, RunKind, Side, Source, SubmitFact,
    SubmitOutcome, Tier, TimeInForce, Timestamp, TradingLimits, Trigger, TriggerId, TriggerKind,
    VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::{Look, Orders, Timing};
use risk::{ApprovedOrder, Clusters, Counters, Desk, Exposure, Limits, Policy, RiskView, Verdict};
use rust_decimal::Decimal;

pub const NOW: Timestamp = Timestamp::from_secs(1_767_614_400);

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn market(bid: &str, ask: &str, price_step: &str, size_step: &str) -> ProductMarket {
    let limits = TradingLimits {
        base_increment: dec(size_step),
        quote_increment: dec("0.01"),
        price_increment: dec(price_step),
        base_min: size_step.parse().unwrap(),
        base_max: "1000000000".parse().unwrap(),
        quote_min: "1".parse().unwrap(),
        quote_max: "10000000".parse().unwrap(),
    };
    let id = "SOL-USD".parse().unwrap();
    let product = Product::new(id, limits, ProductStatus::Online).unwrap();
    let level =
        |price: &str| Level { price: price.parse().unwrap(), size: "100000000".parse().unwrap() };
    let (bids, asks) = (vec![level(bid)], vec![level(ask)]);
    let mut market = ProductMarket::unknown(product);
    market.set_book(Book { bids, asks, at: NOW, source: Source::Model }, NOW);
    market.candles_through = Some(NOW);
    market
}

pub fn entry(size_pct: &str) -> Entry {
    let product = "SOL-USD".parse().unwrap();
    let id = TriggerId { product, kind: TriggerKind::Momentum, candle: NOW.plus_secs(-3600) };
    let evidence = Evidence::Momentum { return_24h_pct: 7.8, hours_with_sign: 7, streak_hours: 0 };
    let trigger = Trigger {
        id,
        granularity: Granularity::H1,
        fresh: true,
        move_pct: 7.8,
        strength: 0.78,
        confidence: 0.58,
        evidence,
    };
    let plan = ExitPlan {
        stop_pct: "8".parse().unwrap(),
        target_pct: "15".parse().unwrap(),
        max_hold_hours: 72,
    };
    Entry {
        product,
        tier: Tier::T2,
        trigger,
        size_pct: size_pct.parse().unwrap(),
        conviction: 0.565,
        plan,
        reason: "Momentum up (+7.8% in 24h)".to_owned(),
    }
}

pub fn fees() -> Fees {
    Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() }
}

pub fn account() -> AccountId {
    AccountId("test".to_owned())
}

pub fn policy_hash() -> PolicyHash {
    PolicyHash("test".to_owned())
}

/// What seven cycles left behind: an exposure of nothing, as of fact 7.
pub fn seven_facts() -> Exposure {
    let nav = Some("10000".parse().unwrap());
    let cycle = Fact::Cycle { at: NOW, id: CycleId::default(), nav };
    Exposure::of(core::iter::repeat_n(&cycle, 7)).unwrap()
}

/// The approval of an entry in an empty account of 10,000 dollars.
pub fn approve(market: &ProductMarket, size_pct: &str) -> ApprovedOrder {
    approve_with(market, size_pct, &seven_facts())
}

pub fn approve_with(market: &ProductMarket, size_pct: &str, exposure: &Exposure) -> ApprovedOrder {
    let (policy, markets) = (Policy::default(), [market.clone()]);
    let mut approved =
        judge(&mut Desk::default(), policy, &markets, vec![entry(size_pct)], exposure);
    approved.remove(0)
}

/// What a desk approves of entries, all of them, in an empty account of 10,000 dollars.
pub fn judge(
    desk: &mut Desk,
    policy: Policy,
    products: &[ProductMarket],
    entries: Vec<Entry>,
    exposure: &Exposure,
) -> Vec<ApprovedOrder> {
    let limits = Limits::new(policy, policy_hash()).unwrap();
    let cash: QuoteAmt = "10000".parse().unwrap();
    let purses = [Purse { asset: "USD".parse().unwrap(), available: cash, held: QuoteAmt::ZERO }];
    let counters = Counters::default();
    let (latches, clusters, account) = (BTreeSet::new(), Clusters::default(), account());
    let view = RiskView {
        now: NOW,
        mode: Mode::DryRun,
        account: &account,
        control: ControlState::Active,
        latches: &latches,
        reconciled: true,
        clock_skew_ms: Some(0),
        fact_number: 7,
        nav: Some(cash.usd_at_par()),
        purses: &purses,
        fees: Some(fees()),
        exposure,
        counters: &counters,
        regime: Regime::Chop,
        clusters: &clusters,
    };
    let market = MarketView { now: NOW, products };
    let mut proposals: Vec<_> = entries.into_iter().map(Proposal::Entry).collect();
    let mut verdict = Verdict::default();
    desk.assess(&limits, &view, &market, &mut proposals, &mut verdict);
    assert_eq!(verdict.rejected, [], "the base case is approved");
    verdict.approved
}

pub fn mono(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// All clocks so many seconds after the start.
pub fn after(secs: u64) -> Instants {
    let at = NOW.plus_secs(i64::try_from(secs).unwrap());
    Instants { mono: mono(secs), wall: at, venue: Some(at) }
}

pub fn qty(text: &str) -> BaseQty {
    text.parse().unwrap()
}

/// A buy of 10 at 100 that rests until 90 s after the start, or a sale of lot 1 that takes.
pub fn intent(number: u64, side: Side) -> IntentFact {
    let lot = LotId(IntentId(1));
    let proposal = ProposalId::Exit(lot, ExitReason::StopLoss);
    let (policy, expires) = (policy_hash(), NOW.plus_secs(2));
    let grant = GrantRef { proposal, policy, fact_number: 0, expires, verdict: None };
    let buy = side == Side::Buy;
    IntentFact {
        at: NOW,
        intent: IntentId(number),
        product: "SOL-USD".parse().unwrap(),
        asset: "SOL".parse().unwrap(),
        tier: Tier::T1,
        side,
        qty: qty("10"),
        limit: "100".parse().unwrap(),
        worst_case: if buy { "1012".parse().unwrap() } else { QuoteAmt::ZERO },
        plan: None,
        grant: (!buy).then_some(grant),
        parent: None,
        time_in_force: Some(if buy {
            TimeInForce::PostOnlyUntil(NOW.plus_secs(90))
        } else {
            TimeInForce::ImmediateOrCancel
        }),
    }
}

pub fn names() -> NamesFact {
    let (journal, boot) = (JournalId::default(), BootId::default());
    NamesFact { at: NOW, journal, boot }
}

pub fn boot() -> Fact {
    Fact::Boot { at: NOW, mode: Mode::Live, policy: policy_hash(), run: RunKind::Loop }
}

/// A process that has sent these orders at its start.
pub fn sent(intents: &[IntentFact]) -> Orders {
    let mut orders = Orders::new(Timing::default());
    orders.apply(&boot(), mono(0));
    orders.apply(&Fact::Named(names()), mono(0));
    for intent in intents {
        orders.apply(&Fact::Intent(Box::new(intent.clone())), mono(0));
    }
    orders
}

pub fn answered(number: u64, outcome: SubmitOutcome) -> Fact {
    Fact::Submitted(SubmitFact { at: NOW, intent: IntentId(number), outcome })
}

pub fn accepted(number: u64) -> Fact {
    answered(number, SubmitOutcome::Accepted { venue_order_id: format!("v{number}") })
}

pub fn doubted(number: u64) -> Fact {
    answered(number, SubmitOutcome::Unknown { cause: "no answer".to_owned() })
}

/// An own order as the venue shows it.
pub fn shown(sent: &IntentFact, status: VenueStatus, filled: &str) -> VenueOrder {
    let filled = qty(filled);
    VenueOrder {
        venue_order_id: format!("v{}", sent.intent.0),
        client_order_id: names().client_order_id(sent.intent).to_string(),
        product: sent.product.to_string(),
        side: sent.side,
        status,
        qty: Some(sent.qty),
        limit: Some(sent.shown_limit()),
        filled,
        average_price: (!filled.is_zero()).then_some(sent.limit),
        fees: None,
        created: sent.at,
        updated: None,
    }
}

/// A fill of an own order as the venue shows it.
pub fn filled(sent: &IntentFact, entry: &str, size: &str) -> VenueFill {
    VenueFill {
        entry_id: entry.to_owned(),
        trade_id: format!("t{entry}"),
        venue_order_id: format!("v{}", sent.intent.0),
        product: sent.product.to_string(),
        side: sent.side,
        kind: Some(FillKind::Fill),
        qty: qty(size),
        price: sent.limit,
        fee: QuoteAmt::ZERO,
        liquidity: None,
        at: NOW.plus_secs(1),
    }
}

/// A look at the venue from five minutes and a second before the start, so many seconds after it.
pub fn look(secs: u64, orders: Vec<VenueOrder>, fills: Vec<VenueFill>) -> Look {
    Look { asked: after(secs), from: NOW.plus_secs(-301), orders, fills }
}

/// Records facts at a moment.
pub fn record(orders: &mut Orders, facts: &[Fact], secs: u64) {
    for fact in facts {
        orders.apply(fact, mono(secs));
    }
}

/// The fill as a fact of a kind of its own.
pub fn fact_of(fill: &VenueFill, sent: &IntentFact, kind: FillKind) -> Fact {
    Fact::Fill(Box::new(Fill { kind, ..fill.fact(sent).unwrap() }))
}

//! `runner gate`: the policy for orders of other programs. One JSON document in, one out; see
//! docs/gate.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;

use domain::{
    AccountId, Asset, BaseQty, Book, ControlState, Entry, Evidence, ExitPlan, Fact, Fees, Fill,
    Granularity, IntentFact, IntentId, Latch, MarketView, Mode, Pct, PolicyHash, Price, Product,
    ProductMarket, Proposal, Purse, QuoteAmt, Regime, Side, Tier, Timestamp, Trigger, TriggerId,
    TriggerKind, Usd,
};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::GateArgs;
use crate::{Code, Failure};

/// What is read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: u32,
    now: Timestamp,
    mode: Mode,
    account: AccountId,
    #[serde(default)]
    policy: Option<Policy>,
    #[serde(default)]
    clusters: BTreeMap<String, Vec<Asset>>,
    nav_usd: Option<Usd>,
    purses: Vec<Purse>,
    fees: Option<Fees>,
    regime: Regime,
    #[serde(default = "active")]
    control: ControlState,
    #[serde(default)]
    latches: BTreeSet<Latch>,
    reconciled: bool,
    clock_skew_ms: Option<i64>,
    #[serde(default)]
    facts: Vec<Fact>,
    #[serde(default)]
    positions: Vec<Position>,
    markets: Vec<Market>,
    orders: Vec<Order>,
}

const fn active() -> ControlState {
    ControlState::Active
}

/// Something that is held already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    product: domain::ProductId,
    tier: Tier,
    qty: BaseQty,
    price: Price,
    since: Timestamp,
    stop_pct: Pct,
    target_pct: Pct,
    max_hold_hours: u32,
}

/// A product's market.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    product: Product,
    book: Book,
    vouched: Timestamp,
    candles_through: Option<Timestamp>,
    jump_5m_pct: Option<f64>,
}

/// A wish to buy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: String,
    product: domain::ProductId,
    tier: Tier,
    size_pct: Pct,
    conviction: f64,
    stop_pct: Pct,
    target_pct: Pct,
    max_hold_hours: u32,
}

/// Reads, judges, prints.
pub(crate) fn judge(args: &GateArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (name, text) = read(&args.file)?;
    let document: Document = serde_json::from_str(&text).map_err(|error| {
        Failure::new(Code::Usage, format!("{name}: {error}; docs/gate.md describes the document"))
    })?;
    if document.schema != 1 {
        let text = format!("{name}: schema is {}, this program reads 1", document.schema);
        return Err(Failure::new(Code::Usage, text));
    }
    let value =
        verdict(document).map_err(|what| Failure::new(Code::Usage, format!("{name}: {what}")))?;
    serde_json::to_writer(&mut *out, &value)?;
    writeln!(out)?;
    Ok(Code::Done)
}

fn read(file: &Path) -> Result<(String, String), Failure> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| {
            Failure::new(Code::Failed, format!("stdin cannot be read: {error}"))
        })?;
        return Ok(("stdin".to_owned(), text));
    }
    let name = file.display().to_string();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::new(Code::Failed, format!("{name} cannot be read: {error}")))?;
    Ok((name, text))
}

fn verdict(mut document: Document) -> Result<Value, String> {
    let policy = document.policy.take().unwrap_or_default();
    let text = serde_json::to_value(&policy).map_err(|e| e.to_string())?.to_string();
    let limits = Limits::new(policy, PolicyHash(text)).map_err(|problems| {
        let lines: Vec<_> =
            problems.iter().map(|(key, what)| format!("policy.{key} {what}")).collect();
        lines.join("; ")
    })?;
    let mut facts = core::mem::take(&mut document.facts);
    facts.extend(held(&document.positions));
    let exposure = Exposure::of(&facts).map_err(|e| format!("facts: {e}"))?;
    let counters = Counters::of(&facts);
    let products = markets(core::mem::take(&mut document.markets))?;
    let named: Vec<(&str, &[Asset])> =
        document.clusters.iter().map(|(name, assets)| (name.as_str(), assets.as_slice())).collect();
    let proposals = proposals(&document)?;
    let view = RiskView {
        now: document.now,
        mode: document.mode,
        account: &document.account,
        control: document.control.max(limits.control(&document.latches)),
        latches: &document.latches,
        reconciled: document.reconciled,
        clock_skew_ms: document.clock_skew_ms,
        fact_number: u64::try_from(facts.len()).unwrap_or(u64::MAX),
        nav: document.nav_usd,
        purses: &document.purses,
        fees: document.fees,
        exposure: &exposure,
        counters: &counters,
        regime: document.regime,
        clusters: &Clusters::new(named),
    };
    let market = MarketView { now: document.now, products: &products };
    let ladders = risk::explain(&limits, &view, &market, proposals.values().cloned().collect());
    let verdict = risk::assess(&limits, &view, &market, proposals.values().cloned().collect());
    let name = |proposal: &domain::ProposalId| {
        let found = proposals.iter().find(|(_, own)| own.id() == *proposal);
        found.map_or("", |(id, _)| id.as_str())
    };
    let ladders: Vec<_> = ladders
        .iter()
        .map(|ladder| json!({"id": name(&ladder.proposal), "gates": ladder.gates}))
        .collect();
    let (approved, rejected) = (approved(&verdict, &name), rejected(&verdict, &name));
    Ok(json!({"schema": 1, "approved": approved, "rejected": rejected, "ladders": ladders}))
}

type Name<'a> = dyn Fn(&domain::ProposalId) -> &'a str + 'a;

fn approved(verdict: &risk::Verdict, name: &Name<'_>) -> Vec<Value> {
    let row = |order: &risk::ApprovedOrder| {
        json!({
            "id": name(&order.proposal()), "product": order.product(), "side": order.side(),
            "max_notional": order.max_notional(), "worst_case": order.worst_case(),
            "max_qty": order.max_qty(), "price_bound": order.price_bound(),
            "size_pct": order.size_pct(), "expires": order.stamp().expires,
        })
    };
    verdict.approved.iter().map(row).collect()
}

fn rejected(verdict: &risk::Verdict, name: &Name<'_>) -> Vec<Value> {
    let reason = |reason: &risk::Reason| {
        json!({
            "code": reason.code, "sentence": reason.code.sentence(),
            "limit": reason.limit, "found": reason.found,
        })
    };
    let row = |rejected: &risk::Rejected| {
        let reasons: Vec<_> = rejected.reasons.iter().map(reason).collect();
        json!({"id": name(&rejected.proposal.id()), "reasons": reasons})
    };
    verdict.rejected.iter().map(row).collect()
}

/// Positions as the facts that make them.
fn held(positions: &[Position]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (number, position) in (1_u64..).map(|n| u64::MAX - n).zip(positions) {
        let Ok(asset) = position.product.base().parse() else { continue };
        let (intent, product) = (IntentId(number), position.product);
        let plan = ExitPlan {
            stop_pct: position.stop_pct,
            target_pct: position.target_pct,
            max_hold_hours: position.max_hold_hours,
        };
        facts.push(Fact::Intent(Box::new(IntentFact {
            at: position.since,
            intent,
            product,
            asset,
            tier: position.tier,
            side: Side::Buy,
            qty: position.qty,
            limit: position.price,
            worst_case: QuoteAmt::ZERO,
            plan: Some(plan),
            grant: None,
            parent: None,
            time_in_force: None,
        })));
        facts.push(Fact::Fill(Box::new(Fill {
            entry_id: format!("position {number}"),
            intent,
            at: position.since,
            product,
            asset,
            side: Side::Buy,
            qty: position.qty,
            price: position.price,
            fee: QuoteAmt::ZERO,
            kind: domain::FillKind::Fill,
            trade_id: None,
            liquidity: None,
        })));
    }
    facts
}

fn markets(given: Vec<Market>) -> Result<Vec<ProductMarket>, String> {
    let mut markets: Vec<_> = given
        .into_iter()
        .map(|given| {
            let mut market = ProductMarket::unknown(given.product);
            market.set_book(given.book, given.vouched);
            market.candles_through = given.candles_through;
            market.jump_5m_pct = given.jump_5m_pct;
            market
        })
        .collect();
    markets.sort_by_key(|market| market.product.id);
    match markets
        .windows(2)
        .find(|pair| pair.first().map(|m| m.product.id) == pair.last().map(|m| m.product.id))
    {
        Some([twice, ..]) => Err(format!("markets: {} is there twice", twice.product.id)),
        _ => Ok(markets),
    }
}

fn proposals(document: &Document) -> Result<BTreeMap<String, Proposal>, String> {
    let mut proposals = BTreeMap::new();
    for (number, order) in (0_i64..).zip(&document.orders) {
        // Each order is an event of its own: a different candle each.
        let candle = document.now.plus_secs(-number);
        let id = TriggerId { product: order.product, kind: TriggerKind::Momentum, candle };
        let evidence =
            Evidence::Momentum { return_24h_pct: 0.0, hours_with_sign: 0, streak_hours: 0 };
        let trigger = Trigger {
            id,
            granularity: Granularity::H1,
            fresh: true,
            move_pct: 0.0,
            strength: 1.0,
            confidence: 1.0,
            evidence,
        };
        let plan = ExitPlan {
            stop_pct: order.stop_pct,
            target_pct: order.target_pct,
            max_hold_hours: order.max_hold_hours,
        };
        let entry = Proposal::Entry(Entry {
            product: order.product,
            tier: order.tier,
            trigger,
            size_pct: order.size_pct,
            conviction: order.conviction,
            plan,
            reason: order.id.clone(),
        });
        if proposals.insert(order.id.clone(), entry).is_some() {
            return Err(format!("orders: the id {:?} is there twice", order.id));
        }
    }
    Ok(proposals)
}

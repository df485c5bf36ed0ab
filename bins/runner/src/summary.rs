//! The cycle summary: one JSON object with the field names that users of the predecessor know.

use std::collections::BTreeMap;

use domain::{Evidence, Fact, NoTrade, PlannedOrder, Side, SubmitOutcome, Trigger};
use engine::{Approved, Cycle, Engine};
use serde::Serialize;
use serde_json::{Value, json};

use crate::venue::NavSource;

/// What a cycle says of itself. Everything but `stage_ms` is a function of its input.
#[derive(Debug, Serialize)]
pub(crate) struct Summary<'a> {
    schema: u32,
    status: domain::CycleStatus,
    mode: &'static str,
    venue: &'a str,
    cycle_id: domain::CycleId,
    cycle: u64,
    skipped_ticks: u64,
    as_of: domain::Timestamp,
    config_hash: &'a str,
    regime: domain::Regime,
    regime_evidence: Value,
    universe_size: usize,
    universe: Vec<Value>,
    excluded: Vec<Value>,
    triggers_detected: usize,
    triggers: Vec<TriggerLine>,
    proposals_generated: usize,
    proposals_approved: usize,
    base_trades: Vec<Value>,
    rejections: Vec<Value>,
    orders: Vec<Value>,
    fills: Vec<Value>,
    exits: Vec<Value>,
    portfolio: Value,
    no_trade_reason: Option<NoTrade>,
    error: Option<String>,
    stage_ms: &'a BTreeMap<String, f64>,
}

#[derive(Debug, Serialize)]
struct TriggerLine {
    symbol: domain::ProductId,
    kind: domain::TriggerKind,
    fresh: bool,
    candle: domain::Timestamp,
    timeframe: domain::Granularity,
    move_pct: f64,
    strength: f64,
    confidence: f64,
    severity: domain::Severity,
    reason: String,
    evidence: Evidence,
}

impl<'a> Summary<'a> {
    /// Tells the engine's last cycle.
    pub(crate) fn of(
        engine: &'a Engine,
        ordinal: u64,
        skipped_ticks: u64,
        nav_source: NavSource,
        stage_ms: &'a BTreeMap<String, f64>,
    ) -> Self {
        let (cycle, identity) = (engine.cycle(), engine.identity());
        let members = cycle.universe.members.iter();
        let excluded = cycle.universe.excluded.iter();
        let reading = &cycle.reading;
        Self {
            schema: 1,
            status: cycle.status,
            mode: identity.mode.as_str(),
            venue: &identity.venue,
            cycle_id: cycle.id,
            cycle: ordinal,
            skipped_ticks,
            as_of: cycle.as_of,
            config_hash: &identity.config_hash,
            regime: reading.regime,
            regime_evidence: json!({
                "trend_168h_pct": reading.trend_pct,
                "volatility_168h_pct": reading.volatility_pct,
                "unknown_because": reading.why,
            }),
            universe_size: cycle.universe.members.len(),
            universe: members.map(|m| json!({"symbol": m.product, "tier": m.tier})).collect(),
            excluded: excluded
                .map(|(product, code)| json!({"symbol": product, "code": code}))
                .collect(),
            triggers_detected: cycle.fresh_triggers(),
            triggers: cycle.scan.triggers.iter().map(line).collect(),
            proposals_generated: cycle.proposals.len(),
            proposals_approved: cycle.approved.len() + cycle.exits.len(),
            base_trades: cycle.approved.iter().map(trade).collect(),
            rejections: rejections(cycle),
            // DRY_RUN sends nothing, so there are neither orders nor fills.
            orders: engine.activity().iter().filter_map(|fact| answer(engine, fact)).collect(),
            fills: engine.activity().iter().filter_map(fill).collect(),
            exits: cycle
                .exits
                .iter()
                .map(|e| json!({"symbol": e.product, "cause": e.cause, "reason": e.reason}))
                .collect(),
            portfolio: portfolio(engine, nav_source),
            no_trade_reason: cycle.no_trade_reason,
            error: cycle.failure.as_ref().map(|f| format!("{:?}: {}", f.stage, f.what)),
            stage_ms,
        }
    }
}

fn line(trigger: &Trigger) -> TriggerLine {
    TriggerLine {
        symbol: trigger.id.product,
        kind: trigger.id.kind,
        fresh: trigger.fresh,
        candle: trigger.id.candle,
        timeframe: trigger.granularity,
        move_pct: trigger.move_pct,
        strength: trigger.strength,
        confidence: trigger.confidence,
        severity: trigger.severity(),
        reason: rules::describe(trigger),
        evidence: trigger.evidence,
    }
}

fn trade(approved: &Approved) -> Value {
    let entry = &approved.entry;
    json!({
        "symbol": entry.product,
        "side": Side::Buy,
        "tier": entry.tier,
        "size_pct": approved.size_pct,
        "size_usd": approved.notional,
        "confidence": entry.trigger.confidence,
        "conviction": entry.conviction,
        "reason": entry.reason,
        "trigger": entry.trigger.id.to_string(),
        "stop_loss_pct": number(entry.plan.stop_pct),
        "take_profit_pct": number(entry.plan.target_pct),
        "max_hold_hours": entry.plan.max_hold_hours,
        "planned_order": match &approved.order {
            Ok(order) => planned(order),
            Err(why) => json!({"refused": why}),
        },
    })
}

fn planned(order: &PlannedOrder) -> Value {
    json!({
        "type": if order.post_only { "limit_gtd_post_only" } else { "limit_ioc" },
        "base_size": order.qty,
        "limit_price": order.limit,
        "expires": order.expires,
        "worst_case_usd": order.worst_case,
    })
}

/// What the venue said to an order.
fn answer(engine: &Engine, fact: &Fact) -> Option<Value> {
    let Fact::Submitted(answer) = fact else { return None };
    let (outcome, detail) = match &answer.outcome {
        SubmitOutcome::Accepted { venue_order_id } => ("accepted", venue_order_id),
        SubmitOutcome::Refused { reason } => ("refused", reason),
        SubmitOutcome::Unknown { cause } => ("unknown", cause),
    };
    let sent = engine.orders().get(answer.intent).map(execution::Order::sent);
    Some(json!({
        "intent": answer.intent,
        "symbol": sent.map(|sent| sent.product),
        "side": sent.map(|sent| sent.side),
        "base_size": sent.map(|sent| sent.qty),
        "limit_price": sent.map(|sent| sent.limit),
        "outcome": outcome,
        "detail": detail,
    }))
}

fn fill(fact: &Fact) -> Option<Value> {
    let Fact::Fill(fill) = fact else { return None };
    Some(json!({
        "intent": fill.intent, "symbol": fill.product, "side": fill.side, "qty": fill.qty,
        "price": fill.price, "fee": fill.fee, "liquidity": fill.liquidity, "at": fill.at,
    }))
}

fn rejections(cycle: &Cycle) -> Vec<Value> {
    let detail = |limit: Option<f64>, found: Option<f64>| json!({"limit": limit, "found": found});
    let refused = cycle.refused.iter().map(|(stage, r)| {
        json!({"symbol": r.product, "stage": stage, "code": r.code,
               "trigger": r.trigger.map(|t| t.to_string()), "detail": detail(r.limit, r.found)})
    });
    let risk = cycle.rejections.iter().map(|r| {
        json!({"symbol": r.product, "stage": "risk", "code": r.code,
               "trigger": r.trigger.map(|t| t.to_string()), "detail": detail(r.limit, r.found)})
    });
    refused.chain(risk).collect()
}

fn portfolio(engine: &Engine, nav_source: NavSource) -> Value {
    let purses = engine.purses().iter().map(|purse| {
        (purse.asset.to_string(), json!({"available": purse.available, "held": purse.held}))
    });
    json!({
        "nav_usd": engine.cycle().nav.map(dollars),
        "nav_source": nav_source.as_str(),
        "purses": purses.collect::<BTreeMap<_, _>>(),
        "positions": positions(engine.state()),
    })
}

/// Open lots, oldest first.
pub(crate) fn positions(state: &state::State) -> Vec<Value> {
    let lots = state.ledger().lots();
    lots.map(|lot| {
        json!({
            "symbol": lot.product, "qty": lot.qty, "average_price": lot.average_price,
            "opened": lot.opened,
        })
    })
    .collect()
}

/// Dollars with cents, and with every further digit there is.
pub(crate) fn dollars(value: domain::Usd) -> String {
    let text = value.to_string();
    match text.split_once('.') {
        None => format!("{text}.00"),
        Some((_, digits)) if digits.len() < 2 => format!("{text}0"),
        Some(_) => text,
    }
}

/// A percentage of the configuration as a plain number.
fn number(pct: domain::Pct) -> Value {
    pct.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

//! What one run made of its events.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Fact, Fill, FillKind, IntentFact, IntentId, ProductId, ProposalId, Side as Way, Timestamp,
    TriggerId,
};
use rust_decimal::Decimal;
use serde::Serialize;
use state::{State, Trade};

use super::OVERFLOW;
use crate::BacktestError;

/// A trade, measured against the last closes at its moments. Amounts are dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// When its first coin came.
    pub opened: Timestamp,
    /// When its last one went.
    pub closed: Option<Timestamp>,
    /// Base units bought.
    pub bought: Decimal,
    /// What it came to, fees paid, what is left at the last close.
    pub result: Decimal,
    /// Fees of buying and selling.
    pub fees: Decimal,
    /// How much better its fills were than the closes at their moments; negative where they were worse.
    pub better: Decimal,
}

impl Taken {
    /// What it would have come to at the closes of its moments, without fees.
    pub(super) fn at_closes(&self) -> Decimal {
        self.result + self.fees - self.better
    }
}

type Close<'a> = &'a dyn Fn(ProductId, Timestamp) -> Result<Decimal, BacktestError>;

/// One run's events within a span.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) trades: BTreeMap<TriggerId, Taken>,
    /// Events that were approved.
    pub(super) approved: BTreeSet<TriggerId>,
    /// Events that were decided for good, either way.
    pub(super) decided: BTreeSet<TriggerId>,
    /// Trades that are older, or not of an event.
    pub(super) left_out: u64,
}

impl Side {
    pub(super) fn of(
        facts: &[Fact],
        from: Timestamp,
        to: Timestamp,
        close: Close<'_>,
    ) -> Result<Self, BacktestError> {
        let (mut side, mut state) = (Self::default(), State::default());
        let (mut lots, mut fills) = (BTreeMap::new(), Vec::new());
        for fact in facts.iter().filter(|fact| fact.at() <= to) {
            state.apply(fact);
            side.notice(fact, from);
            if let Fact::Intent(intent) = fact {
                lots.extend(lot(intent).map(|lot| (intent.intent, lot)));
            } else if let Fact::Fill(fill) = fact {
                fills.push(&**fill);
            }
        }
        let better = better(&fills, &lots, close)?;
        for trade in state.ledger().trades() {
            match trade.trigger.filter(|event| side.approved.contains(event)) {
                Some(event) => {
                    let better = better.get(&trade.lot.0).copied().unwrap_or_default();
                    side.trades.insert(event, taken(&trade, better, to, close)?);
                }
                None => side.left_out += 1,
            }
        }
        Ok(side)
    }

    fn notice(&mut self, fact: &Fact, from: Timestamp) {
        if let Fact::Approved(approval) = fact
            && approval.at >= from
        {
            self.approved.insert(approval.trigger);
        } else if let Fact::TriggerUsed { trigger, .. } = fact {
            self.decided.insert(*trigger);
        }
    }
}

/// The lot that an order buys or sells, by the first intent of its entry.
fn lot(sent: &IntentFact) -> Option<IntentId> {
    match sent.grant.as_ref()?.proposal {
        ProposalId::Exit(lot, _) => Some(lot.0),
        ProposalId::Entry(_) => Some(sent.parent.unwrap_or(sent.intent)),
    }
}

/// How much better each lot's fills were than the closes at their moments.
fn better(
    fills: &[&Fill],
    lots: &BTreeMap<IntentId, IntentId>,
    close: Close<'_>,
) -> Result<BTreeMap<IntentId, Decimal>, BacktestError> {
    let mut better: BTreeMap<IntentId, Decimal> = BTreeMap::new();
    for fill in fills.iter().filter(|f| matches!(f.kind, FillKind::Fill | FillKind::Synthetic)) {
        let Some(lot) = lots.get(&fill.intent) else { continue };
        let above = fill.price.get() - close(fill.product, fill.at)?;
        let value = above.checked_mul(fill.qty.get()).ok_or(OVERFLOW)?;
        *better.entry(*lot).or_default() += match fill.side {
            Way::Buy => -value,
            Way::Sell => value,
        };
    }
    Ok(better)
}

fn taken(
    trade: &Trade,
    better: Decimal,
    to: Timestamp,
    close: Close<'_>,
) -> Result<Taken, BacktestError> {
    let mut result = trade.realised.get();
    if !trade.left.is_zero() {
        let worth = trade.left.get().checked_mul(close(trade.product, to)?);
        result += worth.ok_or(OVERFLOW)? - trade.paid_for_left.get();
    }
    Ok(Taken {
        opened: trade.opened,
        closed: trade.closed,
        bought: trade.bought.get(),
        result,
        fees: trade.fees.get(),
        better,
    })
}

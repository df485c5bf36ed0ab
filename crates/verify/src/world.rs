//! What the raw facts add up to: positions, live orders, money, marks, and how often it traded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    Asset, BalancesFact, Fees, Grant, GrantRef, IntentFact, IntentId, Latch, MarketFact, MarksFact,
    Mode, ProductId, ProposalId, Side, Tier, Timestamp, TriggerId, VerdictId,
};

use crate::cash::{Cash, Standing};
use crate::flows::Flows;
use crate::lots::Lots;
use crate::num::{Exact as _, Num};
use crate::policy::{Policy, worst_fee};
use crate::references::{References, day_of, week_of};

pub(crate) const HOUR_SECS: i64 = 3600;
pub(crate) const DAY_SECS: i64 = 86_400;

/// An order from its intent on.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) fact: IntentFact,
    pub(crate) filled: Num,
    pub(crate) ended: Option<(Num, Timestamp)>,
    pub(crate) answered: bool,
    /// Whether nobody knows what became of it.
    pub(crate) unknown: bool,
}

impl Order {
    /// Whether nobody knows what became of it, and it may still fill.
    pub(crate) fn is_unknown(&self) -> bool {
        self.unknown && self.ended.is_none() && self.remaining().is_none_or(Num::is_positive)
    }

    /// Base units that may still fill.
    pub(crate) fn remaining(&self) -> Option<Num> {
        let most = match self.ended {
            Some((filled, _)) => filled,
            None => self.fact.qty.num()?,
        };
        Some(most.minus(self.filled)?.max(Num::ZERO))
    }

    /// What those may cost at most: their share of the worst case, which was held against price,
    /// size and fee when it was made.
    pub(crate) fn reserved(&self) -> Option<Num> {
        self.fact.worst_case.num()?.times(self.remaining()?)?.over(self.fact.qty.num()?)
    }
}

/// An approved entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trade {
    pub(crate) at: Timestamp,
    pub(crate) asset: Asset,
    pub(crate) add: bool,
}

/// A position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    pub(crate) qty: Num,
    pub(crate) product: ProductId,
    pub(crate) tier: Tier,
}

/// Which order of an entry a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    First,
    /// A next step of an entry that was granted before: pacing does not count it.
    Next,
}

/// A grant of this cycle, or one that a later intent may still spend.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) grant: Grant,
    pub(crate) step: Step,
    pub(crate) spent: bool,
    /// Whether its cycle is over: what was not spent then reserves nothing.
    pub(crate) past: bool,
    /// Whether pacing counted it.
    pub(crate) approved: bool,
}

/// Orders of one verdict that went on record one right after the other: each was approved with the
/// others counted in, so that none overtakes the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) verdict: VerdictId,
    /// The newest fact that changed exposure before the first of them.
    pub(crate) before: u64,
}

/// One process's view of the account, folded from facts.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) mode: Option<Mode>,
    pub(crate) policy: Option<Policy>,
    /// How many facts this world has seen.
    pub(crate) facts: u64,
    /// The newest of them that changed exposure.
    pub(crate) exposure_fact: u64,
    /// What that fact is part of, where it is an order.
    pub(crate) batch: Option<Batch>,
    /// The newest verdict of this process, as its first grant says.
    pub(crate) verdict: Option<GrantRef>,
    pub(crate) last_intent: u64,
    pub(crate) positions: BTreeMap<Asset, Position>,
    pub(crate) orders: BTreeMap<IntentId, Order>,
    pub(crate) seen: BTreeSet<String>,
    /// What stands of each trade, by its id, or that of its only entry.
    pub(crate) standing: BTreeMap<String, Standing>,
    pub(crate) cash: Cash,
    pub(crate) given: Vec<Given>,
    pub(crate) trades: VecDeque<Trade>,
    pub(crate) attempts: VecDeque<Timestamp>,
    pub(crate) used: BTreeMap<TriggerId, Timestamp>,
    /// With the moment each was set last.
    pub(crate) latches: BTreeMap<Latch, Timestamp>,
    pub(crate) errors: Vec<Timestamp>,
    pub(crate) limited: Option<Timestamp>,
    pub(crate) refused: Vec<Timestamp>,
    pub(crate) messages: Vec<Timestamp>,
    /// Entry orders at their first fill.
    pub(crate) executed: Vec<(Timestamp, Asset, IntentId)>,
    pub(crate) balances: Option<BalancesFact>,
    pub(crate) marks: Option<MarksFact>,
    pub(crate) markets: BTreeMap<ProductId, MarketFact>,
    pub(crate) references: References,
    pub(crate) flows: Flows,
    pub(crate) lots: Lots,
    /// Positions opened in the cycle under way.
    pub(crate) opened: BTreeSet<Asset>,
    /// When the newest verdict granted something, and what the account was worth to it: what its
    /// orders fill before the cycle is told changes that no more.
    pub(crate) worth: Option<(Timestamp, Option<Num>)>,
}

impl World {
    /// Something but an order changed exposure.
    pub(crate) const fn changed(&mut self) {
        (self.exposure_fact, self.batch) = (self.facts, None);
    }

    /// An order changed exposure.
    pub(crate) fn ordered(&mut self, verdict: Option<VerdictId>) {
        let before = self.overtaking(verdict);
        self.batch = verdict.map(|verdict| Batch { verdict, before });
        self.exposure_fact = self.facts;
    }

    /// A decision is over, told or not: what it did not spend reserves nothing, and the next counts
    /// its positions anew.
    pub(crate) fn over(&mut self) {
        for given in &mut self.given {
            given.past = true;
        }
        self.opened.clear();
        self.markets.clear();
        self.worth = None;
    }

    /// The newest fact that overtakes an approval of a verdict judged before it.
    pub(crate) fn overtaking(&self, verdict: Option<VerdictId>) -> u64 {
        let own = self.batch.filter(|batch| Some(batch.verdict) == verdict);
        own.map_or(self.exposure_fact, |batch| batch.before)
    }

    /// The fee rate that worst cases count with: the largest there is, basis points.
    pub(crate) fn fee_bps(&self) -> Option<Num> {
        let configured = self.policy.as_ref()?.fee_bps?;
        let venue: Fees = self.balances.as_ref()?.fees?;
        Some(configured.max(worst_fee(venue)?))
    }

    /// What one unit of an asset is worth at a moment, by any product of it.
    pub(crate) fn any_mark(&self, asset: &Asset, at: Timestamp) -> Option<Num> {
        let marks = self.marks.as_ref().filter(|marks| marks.at == at)?;
        let mut of_asset = marks.marks.iter().filter(|m| m.product.base() == asset.as_str());
        of_asset.find(|mark| at.plus_secs(-60) <= mark.vouched)?.bid.num()
    }

    /// What one unit of an asset is worth at a moment: the bid of its own product, else of any
    /// other, vouched for within the last minute.
    pub(crate) fn mark(&self, asset: &Asset, own: &ProductId, at: Timestamp) -> Option<Num> {
        let marks = self.marks.as_ref().filter(|marks| marks.at == at)?;
        let fresh = |vouched: Timestamp| at.plus_secs(-60) <= vouched;
        let of_asset = marks.marks.iter().filter(|m| m.product.base() == asset.as_str());
        let mut fresh_ones = of_asset.filter(|mark| fresh(mark.vouched));
        let mut first = None;
        let found = fresh_ones.find(|mark| {
            first = first.or(Some(mark.bid));
            mark.product == *own
        });
        found.map(|mark| mark.bid).or(first)?.num()
    }

    /// USD and USDC, as far as fills and flows explain them, plus positions at the bids of their own
    /// products; `None` when a fact for it is missing.
    pub(crate) fn nav(&self, at: Timestamp) -> Option<Num> {
        let balances = self.balances.as_ref().filter(|balances| !balances.purses.is_empty())?;
        let mut sum = Num::ZERO;
        for purse in &balances.purses {
            let amount = purse.available.num()?.plus(purse.held.num()?)?;
            let amount = self.cash.explained(&purse.asset, amount)?;
            let amount = amount.minus(self.flows.withheld(&purse.asset)?)?;
            let worth = match purse.asset.as_str() {
                "USD" => amount,
                "USDC" => self.stable(amount, at)?,
                _ => continue,
            };
            sum = sum.plus(worth)?;
        }
        for (asset, position) in self.positions.iter().filter(|(_, p)| p.qty.is_positive()) {
            let marks = self.marks.as_ref().filter(|marks| marks.at == at)?;
            let own = marks.marks.iter().find(|mark| mark.product == position.product)?;
            if own.vouched < at.plus_secs(-60) {
                return None;
            }
            let there = position.qty.minus(self.flows.missing(asset)?)?.max(Num::ZERO);
            sum = sum.plus(own.bid.num()?.times(there)?)?;
        }
        Some(sum)
    }

    /// One USDC is one dollar, or its bid when that is less.
    fn stable(&self, amount: Num, at: Timestamp) -> Option<Num> {
        if amount == Num::ZERO {
            return Some(amount);
        }
        let marks = self.marks.as_ref().filter(|marks| marks.at == at)?;
        let bid = marks.marks.iter().find(|mark| mark.product.as_str() == "USDC-USD");
        match bid {
            Some(mark) => amount.times(mark.bid.num()?.min(Num::int(1))),
            None => Some(amount),
        }
    }

    /// What is latched at a moment: the stops of a day and a week end with it.
    pub(crate) fn latched(&self, at: Timestamp) -> BTreeSet<Latch> {
        let holds = |(latch, set): &(&Latch, &Timestamp)| match latch {
            Latch::DailyStop => day_of(at) <= day_of(**set),
            Latch::WeeklyStop => week_of(at) <= week_of(**set),
            Latch::Kill
            | Latch::MaxDrawdown
            | Latch::ExecutionThrottle
            | Latch::Reconciliation
            | Latch::UnknownOrder
            | Latch::WireShut
            | Latch::Halt => true,
        };
        self.latches.iter().filter(holds).map(|(latch, _)| *latch).collect()
    }

    /// Whether an asset is held or being bought.
    pub(crate) fn is_open(&self, asset: &Asset) -> bool {
        self.positions.get(asset).is_some_and(|p| p.qty.is_positive())
            || self.live(Side::Buy).any(|order| order.fact.asset == *asset)
    }

    /// Assets held or being bought, with those that this cycle's grants will buy.
    pub(crate) fn open(&self, at: Timestamp) -> BTreeSet<Asset> {
        let held = self.positions.iter().filter(|(_, p)| p.qty.is_positive());
        let held = held.map(|(asset, _)| *asset);
        let bought = self.live(Side::Buy).map(|order| order.fact.asset);
        held.chain(bought).chain(self.pending(Side::Buy, at).map(|grant| grant.asset)).collect()
    }

    /// Orders that may still fill.
    pub(crate) fn live(&self, side: Side) -> impl Iterator<Item = &Order> {
        self.orders.values().filter(move |order| {
            order.fact.side == side && order.remaining().is_none_or(Num::is_positive)
        })
    }

    /// Grants of the cycle under way that an intent may still spend.
    pub(crate) fn pending(&self, side: Side, at: Timestamp) -> impl Iterator<Item = &Grant> {
        let open = self.given.iter().filter(|given| !given.spent && !given.past);
        let open = open.map(|given| &given.grant);
        open.filter(move |grant| grant.side == side && grant.stamp.expires >= at)
    }

    /// Entries granted in the cycle under way, but for next steps.
    pub(crate) fn begun(&self) -> impl Iterator<Item = &Given> {
        let entry = |given: &&Given| given.grant.side == Side::Buy && given.step == Step::First;
        self.given.iter().filter(move |given| !given.past && entry(given))
    }

    /// Approved entries after a moment.
    pub(crate) fn trades_after(&self, edge: Timestamp) -> i64 {
        count(self.trades.iter().filter(|trade| trade.at > edge).count())
    }

    /// Entry orders after a moment.
    pub(crate) fn attempts_after(&self, edge: Timestamp) -> i64 {
        count(self.attempts.iter().filter(|at| **at > edge).count())
    }

    /// Adds to an asset after a moment.
    pub(crate) fn adds_after(&self, asset: &Asset, edge: Timestamp) -> i64 {
        let adds = self.trades.iter().filter(|t| t.add && t.asset == *asset && t.at > edge);
        count(adds.count())
    }

    /// A trigger's parent grant, when one was given before.
    pub(crate) fn parents(&self, proposal: &ProposalId) -> Vec<&Given> {
        self.given.iter().filter(|given| given.grant.proposal == *proposal).collect()
    }

    /// Forgets what no window reaches any more.
    pub(crate) fn sweep(&mut self, at: Timestamp) {
        let edge = at.plus_secs(-DAY_SECS - HOUR_SECS);
        while self.trades.front().is_some_and(|trade| trade.at <= edge) {
            self.trades.pop_front();
        }
        while self.attempts.front().is_some_and(|at| *at <= edge) {
            self.attempts.pop_front();
        }
        let hour = at.plus_secs(-2 * HOUR_SECS);
        for moments in [&mut self.errors, &mut self.refused, &mut self.messages] {
            moments.retain(|moment| *moment > hour);
        }
        self.executed.retain(|(moment, ..)| *moment > hour);
        self.used.retain(|_, used| *used > edge.plus_secs(-DAY_SECS));
        // A child may be granted as long as its parent's order may still be about.
        self.given.retain(|given| given.grant.at > edge);
        self.orders.retain(|_, order| {
            order.ended.is_none_or(|(_, ended)| ended > edge)
                || order.remaining().is_none_or(Num::is_positive)
        });
    }
}

/// An amount with a fee on top: `amount × (1 + bps / 10000)`.
pub(crate) fn with_fee(amount: Num, bps: Num) -> Option<Num> {
    amount.plus(amount.times(bps.times(Num::of(1, 4)?)?)?)
}

pub(crate) fn count(found: usize) -> i64 {
    i64::try_from(found).unwrap_or(i64::MAX)
}

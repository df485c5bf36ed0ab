//! How often and how lately: a fold over facts, so that a restart refills nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{Approval, Asset, Fact, Fill, ProductId, Side, Timestamp, TriggerId};
use rust_decimal::Decimal;

const DAY_SECS: i64 = 86_400;
/// A used event can only come up again while its candle is the newest; a week is far beyond.
const USED_KEPT_SECS: i64 = 7 * DAY_SECS;

/// How a sale ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sale {
    pub(crate) at: Timestamp,
    pub(crate) lost: bool,
}

/// Cost and quantity of what is held of an asset, for the outcome of sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cost {
    qty: Decimal,
    cost: Decimal,
}

/// Pacing facts of one account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counters {
    entries: VecDeque<(Timestamp, ProductId, Asset)>,
    attempts: VecDeque<Timestamp>,
    last_entry: Option<Timestamp>,
    last_by_product: BTreeMap<ProductId, Timestamp>,
    used: BTreeMap<TriggerId, Timestamp>,
    sales: BTreeMap<Asset, Sale>,
    costs: BTreeMap<Asset, Cost>,
    fills: BTreeSet<String>,
    losses_in_a_row: u32,
    last_loss: Option<Timestamp>,
}

impl Counters {
    /// Folds facts from nothing.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut counters = Self::default();
        facts.into_iter().for_each(|fact| counters.apply(fact));
        counters
    }

    /// Takes one fact.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Approved(approval) => self.approved(approval),
            Fact::TriggerUsed { at, trigger } => {
                self.used.insert(*trigger, *at);
                self.used.retain(|_, used| at.secs_since(*used) < USED_KEPT_SECS);
            }
            Fact::Intent(intent) => {
                self.attempts.push_back(intent.at);
                forget(&mut self.attempts, intent.at, |at| *at);
            }
            Fact::Fill(fill) => self.fill(fill),
            Fact::Boot { .. }
            | Fact::Cycle { .. }
            | Fact::OrderEnd(_)
            | Fact::Latched { .. }
            | Fact::Resumed { .. } => {}
        }
    }

    fn approved(&mut self, approval: &Approval) {
        self.entries.push_back((approval.at, approval.product, approval.asset));
        forget(&mut self.entries, approval.at, |(at, _, _)| *at);
        self.last_entry = Some(approval.at);
        self.last_by_product.insert(approval.product, approval.at);
        self.used.insert(approval.trigger, approval.at);
    }

    fn fill(&mut self, fill: &Fill) {
        if !self.fills.insert(fill.entry_id.clone()) {
            return;
        }
        let held = self.costs.entry(fill.asset).or_default();
        let value = fill.price.get().saturating_mul(fill.qty.get());
        match fill.side {
            Side::Buy => {
                held.qty = held.qty.saturating_add(fill.qty.get());
                held.cost = held.cost.saturating_add(value).saturating_add(fill.fee.get());
            }
            Side::Sell => {
                let sold = fill.qty.get().min(held.qty);
                let share = sold.checked_div(held.qty).unwrap_or(Decimal::ONE);
                let cost = held.cost.saturating_mul(share);
                held.qty = held.qty.saturating_sub(sold);
                held.cost = held.cost.saturating_sub(cost);
                let lost = value.saturating_sub(fill.fee.get()) < cost;
                self.sale(fill.asset, Sale { at: fill.at, lost });
            }
        }
    }

    fn sale(&mut self, asset: Asset, sale: Sale) {
        self.losses_in_a_row = if sale.lost { self.losses_in_a_row.saturating_add(1) } else { 0 };
        if sale.lost {
            self.last_loss = Some(sale.at);
        }
        self.sales.insert(asset, sale);
    }

    /// Whether an event was decided already.
    pub fn is_used(&self, trigger: &TriggerId) -> bool {
        self.used.contains_key(trigger)
    }

    /// Entries in (now − secs, now].
    pub(crate) fn entries_within(&self, now: Timestamp, secs: i64) -> usize {
        self.entries.iter().filter(|(at, _, _)| now.secs_since(*at) < secs).count()
    }

    /// Intents in (now − secs, now].
    pub(crate) fn attempts_within(&self, now: Timestamp, secs: i64) -> usize {
        self.attempts.iter().filter(|at| now.secs_since(**at) < secs).count()
    }

    /// Entries into an asset in 24 hours.
    pub(crate) fn entries_of(&self, now: Timestamp, asset: &Asset) -> usize {
        let recent = self.entries.iter().filter(|(at, _, _)| now.secs_since(*at) < DAY_SECS);
        recent.filter(|(_, _, entered)| entered == asset).count()
    }

    pub(crate) const fn last_entry(&self) -> Option<Timestamp> {
        self.last_entry
    }

    pub(crate) fn last_entry_of(&self, product: &ProductId) -> Option<Timestamp> {
        self.last_by_product.get(product).copied()
    }

    pub(crate) fn last_sale(&self, asset: &Asset) -> Option<Sale> {
        self.sales.get(asset).copied()
    }

    pub(crate) const fn losses(&self) -> (u32, Option<Timestamp>) {
        (self.losses_in_a_row, self.last_loss)
    }
}

/// Drops what is older than a day; entries come in time order.
fn forget<T>(queue: &mut VecDeque<T>, now: Timestamp, at: impl Fn(&T) -> Timestamp) {
    while queue.front().is_some_and(|first| now.secs_since(at(first)) >= DAY_SECS) {
        queue.pop_front();
    }
}

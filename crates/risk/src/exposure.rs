//! What is at stake: positions and live orders, folded from facts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Adoption, Asset, BaseQty, Ending, Fact, Fill, FlowConfirmed, IntentFact, IntentId, NumError,
    OrderEnd, OrderReport, ProductId, QuoteAmt, Side, SubmitFact, SubmitOutcome, Tier,
};
use rust_decimal::Decimal;

use crate::family::{Families, Family};
use crate::stake::Stake;
use crate::standing::{Standing, adds};
use crate::worth::Worth;

/// Positions and live orders. Made only by folding facts; what the bot does not own is counted
/// only when it is told to ([`Exposure::count_external`]).
///
/// An order is reserved at its worst case from its intent on, and is released by fills and by its
/// end alone: time releases nothing. The sums of an asset and of a purse are kept up to
/// date; [`Exposure::recounted`] counts them afresh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    pub(crate) stakes: BTreeMap<Asset, Stake>,
    live: BTreeMap<IntentId, Live>,
    /// The worst case of live buys by the currency that pays; under none, of those that nobody
    /// can name: they count in every purse.
    reserved: BTreeMap<Option<Asset>, Worth>,
    families: Families,
    /// Live orders of this boot without an answer yet.
    sent: BTreeSet<IntentId>,
    /// Live orders of which nobody knows whether the venue has them.
    unknown: BTreeSet<IntentId>,
    /// Orders that are taken for absent or refused, the newest: should the venue show one, it is
    /// live again (O-07).
    believed_over: BTreeMap<IntentId, Live>,
    seen: BTreeSet<String>,
    standing: Standing,
    facts: u64,
}

/// An order that may still fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Live {
    asset: Asset,
    quote: Option<Asset>,
    tier: Tier,
    side: Side,
    root: IntentId,
    qty: Decimal,
    worst_case: Decimal,
    filled: Decimal,
    /// What it filled in all, once it is over; fills that are still under way stay reserved.
    ended: Option<Decimal>,
    /// What the rest may cost at most; of a sale, nothing.
    reserved: Worth,
}

impl Live {
    /// Base units that may still fill.
    fn remaining(&self) -> Decimal {
        let most = self.ended.unwrap_or(self.qty);
        most.saturating_sub(self.filled).max(Decimal::ZERO)
    }

    /// What those may cost at most; what was reserved before where the share cannot be computed.
    fn worth(&self) -> Worth {
        let remaining = self.remaining().min(self.qty);
        let share = self.worst_case.checked_mul(remaining).and_then(|v| v.checked_div(self.qty));
        share.and_then(Worth::of).map_or(self.reserved, |share| share.min(self.reserved))
    }
}

/// Orders believed to be over that are remembered: a venue shows one within minutes or never.
const BELIEVED: usize = 256;

const RESERVED: NumError = NumError::Overflow { what: "what live orders reserve" };

impl Exposure {
    /// Folds facts from nothing.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Self, NumError> {
        let mut exposure = Self::default();
        for fact in facts {
            exposure.apply(fact)?;
        }
        Ok(exposure)
    }

    /// Takes one fact. A fill counts once, however often it comes.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals; nothing has changed then.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), NumError> {
        self.take(fact)?;
        self.facts += 1;
        Ok(())
    }

    /// How many facts it has seen: an approval is judged at no later one, whatever the caller says.
    pub const fn fact_number(&self) -> u64 {
        self.facts
    }

    fn take(&mut self, fact: &Fact) -> Result<(), NumError> {
        match fact {
            Fact::Intent(intent) => self.reserve(intent),
            Fact::Fill(fill) => self.fill(fill),
            Fact::Submitted(submitted) => {
                self.answered(submitted);
                Ok(())
            }
            Fact::OrderEnd(end) => {
                self.end(end);
                Ok(())
            }
            Fact::Adopted(adoption) => self.adopt(adoption),
            Fact::FlowConfirmed(said) => self.withdraw(said),
            // Whether what was sent before arrived is for the venue to say.
            Fact::Boot { .. } => {
                self.unknown.append(&mut self.sent);
                Ok(())
            }
            Fact::Seen(report) => self.seen_at_venue(report),
            Fact::Named(_)
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Cycle { .. }
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Cancel { .. }
            | Fact::Protection(_)
            | Fact::Reconciled(_)
            | Fact::Venue { .. }
            | Fact::Latched { .. }
            | Fact::Resumed { .. }
            | Fact::PeakReset { .. }
            | Fact::Flow(_)
            | Fact::Flagged(_) => Ok(()),
        }
    }

    /// Counts coins that the bot did not buy in position, cluster and total caps. Replaces what
    /// was counted before. They are never sold.
    pub fn count_external(&mut self, held: impl IntoIterator<Item = (Asset, BaseQty)>) {
        for stake in self.stakes.values_mut() {
            stake.external = Decimal::ZERO;
        }
        for (asset, qty) in held {
            self.stakes.entry(asset).or_default().external = qty.get();
        }
        self.stakes.retain(|_, stake| !stake.is_nothing());
    }

    /// What the bot holds of an asset.
    pub fn position(&self, asset: &Asset) -> BaseQty {
        let held = self.stakes.get(asset).map_or(Decimal::ZERO, Stake::held);
        BaseQty::new(held).unwrap_or(BaseQty::ZERO)
    }

    /// The worst case of the live buys of an asset, in quote units.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn live_buys(&self, asset: &Asset) -> Result<QuoteAmt, NumError> {
        let buys = self.stakes.get(asset).map_or(Some(Worth::ZERO), Stake::buys);
        QuoteAmt::new(buys.and_then(Worth::decimal).ok_or(RESERVED)?)
    }

    /// Base units that live sales of an asset may still sell.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn live_sells(&self, asset: &Asset) -> Result<BaseQty, NumError> {
        BaseQty::new(self.stakes.get(asset).map_or(Decimal::ZERO, |stake| stake.selling))
    }

    /// What of an asset is free to be sold: the position without what live sales may take.
    pub fn sellable(&self, asset: &Asset) -> BaseQty {
        let free = self.live_sells(asset).and_then(|taken| self.position(asset).minus(taken));
        free.unwrap_or(BaseQty::ZERO)
    }

    /// Whether an asset is held or being bought.
    pub fn is_open(&self, asset: &Asset) -> bool {
        self.stakes.get(asset).is_some_and(Stake::is_open)
    }

    /// Every asset that is held or being bought, each once.
    pub fn open(&self) -> BTreeSet<Asset> {
        let open = self.stakes.iter().filter(|(_, stake)| stake.is_open());
        open.map(|(asset, _)| *asset).collect()
    }

    /// Live orders of which nobody knows whether the venue has them.
    pub fn unknown_orders(&self) -> usize {
        self.unknown.len()
    }

    /// Live orders.
    pub fn live_orders(&self) -> usize {
        self.live.len()
    }

    /// The same with every sum counted afresh from its orders. Equal to this one, always: what a
    /// caller may assert as often as it likes.
    pub fn recounted(&self) -> Self {
        let mut fresh = self.clone();
        for sum in fresh.reserved.values_mut() {
            *sum = Worth::ZERO;
        }
        for stake in fresh.stakes.values_mut() {
            stake.forget_orders();
        }
        for order in self.live.values() {
            let stake = fresh.stakes.entry(order.asset).or_default();
            let added = Self::add(stake, &mut fresh.reserved, order);
            debug_assert!(added.is_some(), "what fitted once fits again");
        }
        fresh.stakes.retain(|_, stake| !stake.is_nothing());
        fresh
    }

    /// The worst case of all live buys that one currency pays for; `None` beyond exact decimals.
    pub(crate) fn reserved_in(&self, quote: &Asset) -> Option<Decimal> {
        let of = |quote: &Option<Asset>| self.reserved.get(quote).copied().unwrap_or_default();
        of(&Some(*quote)).plus(of(&None))?.decimal()
    }

    /// The tier an asset was bought in; the least trusted one when no intent says.
    pub(crate) fn tier(&self, asset: &Asset) -> Tier {
        self.stakes.get(asset).and_then(|stake| stake.bought).map_or(Tier::T3, |(_, tier)| tier)
    }

    pub(crate) fn family(&self, root: IntentId) -> Option<&Family> {
        self.families.get(root)
    }

    fn reserve(&mut self, intent: &IntentFact) -> Result<(), NumError> {
        let mut order = Live {
            asset: intent.asset,
            quote: intent.product.quote().parse().ok(),
            tier: intent.tier,
            side: intent.side,
            root: intent.parent.unwrap_or(intent.intent),
            qty: intent.qty.get(),
            worst_case: intent.worst_case.get(),
            filled: Decimal::ZERO,
            ended: None,
            reserved: Worth::ZERO,
        };
        if order.side == Side::Buy {
            order.reserved = Worth::of(order.worst_case).ok_or(RESERVED)?;
        }
        // A number is given once; whoever gives it again means the order he names.
        self.forget(intent.intent);
        let stake = self.stakes.entry(order.asset).or_default();
        let added = Self::add(stake, &mut self.reserved, &order).ok_or(RESERVED);
        if stake.is_nothing() {
            self.stakes.remove(&order.asset);
        }
        added?;
        self.live.insert(intent.intent, order);
        self.sent.insert(intent.intent);
        if order.side == Side::Buy {
            self.families.join(order.root, intent.intent);
        }
        Ok(())
    }

    /// Adds an order to the sums of its asset and of its purse; to both or to neither.
    fn add(
        stake: &mut Stake,
        reserved: &mut BTreeMap<Option<Asset>, Worth>,
        order: &Live,
    ) -> Option<()> {
        if order.side == Side::Sell {
            stake.selling = stake.selling.checked_add(order.remaining())?;
            stake.sales += 1;
            return Some(());
        }
        let purse = reserved.entry(order.quote).or_default();
        let in_purse = purse.plus(order.reserved)?;
        stake.add_buy(order.tier, order.reserved)?;
        *purse = in_purse;
        Some(())
    }

    /// Takes an order out of every sum.
    fn forget(&mut self, intent: IntentId) {
        let Some(order) = self.live.remove(&intent) else { return };
        self.sent.remove(&intent);
        self.unknown.remove(&intent);
        let nothing = Worth::ZERO;
        match order.side {
            Side::Buy => self.lower(&order, nothing),
            Side::Sell => self.sell_less(&order, Decimal::ZERO),
        }
        let Some(stake) = self.stakes.get_mut(&order.asset) else { return };
        stake.forget_order(order.side);
        if stake.is_nothing() {
            self.stakes.remove(&order.asset);
        }
    }

    /// What a buy reserves becomes something else.
    fn lower(&mut self, order: &Live, to: Worth) {
        let moved = |sum: Worth| sum.minus(order.reserved).and_then(|sum| sum.plus(to));
        if let Some(stake) = self.stakes.get_mut(&order.asset) {
            let sum = stake.buys_in(order.tier);
            *sum = moved(*sum).unwrap_or(*sum);
        }
        if let Some(purse) = self.reserved.get_mut(&order.quote) {
            *purse = moved(*purse).unwrap_or(*purse);
        }
    }

    /// What a sale may still sell becomes something else.
    fn sell_less(&mut self, order: &Live, to: Decimal) {
        if let Some(stake) = self.stakes.get_mut(&order.asset) {
            let others = stake.selling.saturating_sub(order.remaining());
            stake.selling = others.saturating_add(to);
        }
    }

    /// Changes an order and every sum it is part of, and forgets it when it can fill no more.
    fn change(&mut self, intent: IntentId, how: impl FnOnce(&mut Live)) {
        let Some(order) = self.live.get_mut(&intent) else { return };
        let before = *order;
        how(order);
        order.reserved = order.worth();
        let after = *order;
        match after.side {
            Side::Buy => self.lower(&before, after.reserved),
            Side::Sell => self.sell_less(&before, after.remaining()),
        }
        if after.remaining().is_zero() {
            self.forget(intent);
            self.families.over(after.root, intent);
        }
    }

    fn answered(&mut self, submitted: &SubmitFact) {
        let intent = submitted.intent;
        self.sent.remove(&intent);
        self.unknown.remove(&intent);
        match submitted.outcome {
            SubmitOutcome::Accepted { .. } => {}
            // A proven refusal ends it.
            SubmitOutcome::Refused { .. } => {
                self.believe(intent);
                self.change(intent, |order| order.ended = Some(order.filled));
            }
            SubmitOutcome::Unknown { .. } => {
                if self.live.contains_key(&intent) {
                    self.unknown.insert(intent);
                }
            }
        }
    }

    fn fill(&mut self, fill: &Fill) -> Result<(), NumError> {
        if self.seen.contains(&fill.entry_id) {
            return Ok(());
        }
        let order = self.live.get(&fill.intent);
        let (root, bought_in) = (
            order.map(|order| order.root),
            order.filter(|order| order.side == Side::Buy).map(|order| order.tier),
        );
        let change = self.standing.change(fill);
        let stake = self.stakes.entry(fill.asset).or_default();
        stake.trade(fill, change, bought_in).ok_or(NumError::Overflow { what: "position" })?;
        self.standing.book(fill);
        self.change(fill.intent, |order| {
            order.filled = order.filled.saturating_add(change).max(Decimal::ZERO);
        });
        // What an entry's next steps may still take is never raised by an adjustment.
        if fill.side == Side::Buy && adds(fill) {
            self.families.fill(root, fill);
        }
        if self.stakes.get(&fill.asset).is_some_and(Stake::is_nothing) {
            self.stakes.remove(&fill.asset);
        }
        self.seen.insert(fill.entry_id.clone());
        Ok(())
    }

    /// Coins that an operator gave to the bot are a position like any other.
    fn adopt(&mut self, adoption: &Adoption) -> Result<(), NumError> {
        let stake = self.stakes.entry(adoption.asset).or_default();
        let taken = stake.take_in(adoption.qty, (adoption.product, adoption.tier));
        taken.ok_or(NumError::Overflow { what: "position" })
    }

    /// Coins that an operator took away are none any more.
    fn withdraw(&mut self, said: &FlowConfirmed) -> Result<(), NumError> {
        let Some((stake, gone)) = self.stakes.get_mut(&said.asset).zip(said.coins_gone()) else {
            return Ok(());
        };
        stake.give_away(gone).ok_or(NumError::Overflow { what: "position" })?;
        if stake.is_nothing() {
            self.stakes.remove(&said.asset);
        }
        Ok(())
    }

    /// An order that the venue shows is there; one that was taken for absent is live again until
    /// it ends.
    fn seen_at_venue(&mut self, report: &OrderReport) -> Result<(), NumError> {
        self.sent.remove(&report.intent);
        self.unknown.remove(&report.intent);
        let Some(order) = self.believed_over.remove(&report.intent) else { return Ok(()) };
        let stake = self.stakes.entry(order.asset).or_default();
        Self::add(stake, &mut self.reserved, &order).ok_or(RESERVED)?;
        self.live.insert(report.intent, order);
        Ok(())
    }

    /// Remembers an order that is about to be released without the venue's own end of it.
    fn believe(&mut self, intent: IntentId) {
        let Some(order) = self.live.get(&intent) else { return };
        self.believed_over.insert(intent, *order);
        if self.believed_over.len() > BELIEVED {
            self.believed_over.pop_first();
        }
    }

    fn end(&mut self, end: &OrderEnd) {
        if matches!(end.how, Some(Ending::Absent(_))) {
            self.believe(end.intent);
        }
        self.sent.remove(&end.intent);
        self.unknown.remove(&end.intent);
        self.change(end.intent, |order| order.ended = Some(end.filled.get()));
    }
}

/// What an asset was bought as.
pub(crate) type Bought = Option<(ProductId, Tier)>;

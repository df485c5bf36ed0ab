//! What is at stake: positions and live orders, folded from facts.

use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{
    Adoption, Asset, BaseQty, Ending, Fact, Fill, FlowConfirmed, IntentFact, IntentId, NumError,
    OrderEnd, OrderReport, ProductId, Purse, QuoteAmt, Side, SubmitFact, SubmitOutcome, Tier,
};
use rust_decimal::Decimal;

use crate::family::{Families, Family};
use crate::live::{Answer, Live};
use crate::names::Names;
use crate::shelf::Shelf;
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
    pub(crate) stakes: Shelf<Asset, Stake>,
    live: Shelf<IntentId, Live>,
    /// The worst case of live buys by the currency that pays.
    reserved: Shelf<Asset, Worth>,
    families: Families,
    /// Live orders of which nobody knows whether the venue has them.
    unknown: usize,
    /// Orders that are taken for absent or refused, the newest: should the venue show one, it is
    /// live again (O-07).
    believed_over: BTreeMap<IntentId, Live>,
    /// Fills that were booked: each counts once.
    seen: Names,
    standing: Standing,
    facts: u64,
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
        let mut exposure = Self::with_room();
        for fact in facts {
            exposure.apply(fact)?;
        }
        Ok(exposure)
    }

    /// Nothing, with room for what an account has at a time.
    fn with_room() -> Self {
        let (stakes, live) = (Shelf::with_room(64), Shelf::with_room(256));
        Self { stakes, live, families: Families::with_room(256), ..Self::default() }
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
                self.forget_answers();
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
        self.stakes.retain(|_, stake| {
            stake.external = Decimal::ZERO;
            true
        });
        for (asset, qty) in held {
            self.stakes.entry(asset, Stake::default).external = qty.get();
        }
        self.stakes.retain(|_, stake| !stake.is_nothing());
    }

    /// The same, of what an account holds beyond the bot's own positions; money that pays for
    /// orders is nobody's coin.
    pub fn count_others(&mut self, purses: &[Purse]) {
        let coins = purses.iter().filter(|purse| !matches!(purse.asset.as_str(), "USD" | "USDC"));
        let others: Vec<_> = coins
            .filter_map(|purse| {
                let total = purse.available.get().saturating_add(purse.held.get());
                let own = self.stakes.get(&purse.asset).map_or(Decimal::ZERO, Stake::held);
                let beyond = BaseQty::new(total.saturating_sub(own)).ok()?;
                (!beyond.is_zero()).then_some((purse.asset, beyond))
            })
            .collect();
        self.count_external(others);
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
    pub const fn unknown_orders(&self) -> usize {
        self.unknown
    }

    /// Live orders.
    pub const fn live_orders(&self) -> usize {
        self.live.len()
    }

    /// The same with every sum counted afresh from its orders. Equal to this one, always: what a
    /// caller may assert as often as it likes.
    pub fn recounted(&self) -> Self {
        let mut fresh = self.clone();
        fresh.reserved.retain(|_, sum| {
            *sum = Worth::ZERO;
            true
        });
        fresh.stakes.retain(|_, stake| {
            stake.forget_orders();
            true
        });
        for (_, order) in self.live.iter() {
            let stake = fresh.stakes.entry(order.asset, Stake::default);
            let added = Self::add(stake, &mut fresh.reserved, order);
            debug_assert!(added.is_some(), "what fitted once fits again");
        }
        fresh.stakes.retain(|_, stake| !stake.is_nothing());
        fresh
    }

    /// The worst case of all live buys that one currency pays for; `None` beyond exact decimals.
    pub(crate) fn reserved_in(&self, quote: &Asset) -> Option<Decimal> {
        self.reserved.get(quote).copied().unwrap_or_default().decimal()
    }

    /// The tier an asset was bought in; the least trusted one when no intent says.
    pub(crate) fn tier(&self, asset: &Asset) -> Tier {
        self.stakes.get(asset).and_then(|stake| stake.bought).map_or(Tier::T3, |(_, tier)| tier)
    }

    pub(crate) fn family(&self, root: IntentId) -> Option<&Family> {
        self.families.get(root)
    }

    fn reserve(&mut self, intent: &IntentFact) -> Result<(), NumError> {
        let order = Live::of(intent).ok_or(RESERVED)?;
        // A number is given once; whoever gives it again means the order he names.
        self.forget(intent.intent);
        self.count(&order)?;
        self.live.entry(intent.intent, || order);
        if order.side == Side::Buy {
            self.families.join(order.root, intent.intent);
        }
        Ok(())
    }

    /// Adds an order to every sum that it is part of, or to none.
    fn count(&mut self, order: &Live) -> Result<(), NumError> {
        let stake = self.stakes.entry(order.asset, Stake::default);
        if Self::add(stake, &mut self.reserved, order).is_some() {
            return Ok(());
        }
        if stake.is_nothing() {
            self.stakes.remove(&order.asset);
        }
        Err(RESERVED)
    }

    /// Adds an order to the sums of its asset and of its purse; to both or to neither.
    fn add(stake: &mut Stake, reserved: &mut Shelf<Asset, Worth>, order: &Live) -> Option<()> {
        if order.side == Side::Sell {
            stake.selling = stake.selling.checked_add(order.remaining())?;
            stake.sales += 1;
            return Some(());
        }
        let purse = reserved.entry(order.quote, Worth::default);
        let in_purse = purse.plus(order.reserved)?;
        stake.add_buy(order.tier, order.reserved)?;
        *purse = in_purse;
        Some(())
    }

    /// Takes an order out of every sum.
    fn forget(&mut self, intent: IntentId) {
        let Some(order) = self.live.remove(&intent) else { return };
        self.unknown -= usize::from(order.answer == Answer::Unknown);
        self.settle(&order, None);
    }

    /// Every sum that an order is part of, after it has changed or is gone.
    fn settle(&mut self, before: &Live, after: Option<&Live>) {
        let stake = self.stakes.entry(before.asset, Stake::default);
        match before.side {
            Side::Buy => {
                let to = after.map_or(Worth::ZERO, |order| order.reserved);
                let moved = |sum: Worth| sum.minus(before.reserved).and_then(|sum| sum.plus(to));
                let sum = stake.buys_in(before.tier);
                *sum = moved(*sum).unwrap_or(*sum);
                let purse = self.reserved.entry(before.quote, Worth::default);
                *purse = moved(*purse).unwrap_or(*purse);
            }
            Side::Sell => {
                let to = after.map_or(Decimal::ZERO, Live::remaining);
                let others = stake.selling.saturating_sub(before.remaining());
                stake.selling = others.saturating_add(to);
            }
        }
        if after.is_none() {
            stake.forget_order(before.side);
            if stake.is_nothing() {
                self.stakes.remove(&before.asset);
            }
        }
    }

    /// Changes an order and every sum it is part of, and forgets it when it can fill no more.
    fn change(&mut self, intent: IntentId, how: impl FnOnce(&mut Live)) {
        let Some(order) = self.live.get_mut(&intent) else { return };
        let before = *order;
        how(order);
        order.reserved = order.worth();
        let after = *order;
        if after.remaining().is_zero() {
            self.live.remove(&intent);
            self.unknown -= usize::from(after.answer == Answer::Unknown);
            self.settle(&before, None);
            self.families.over(after.root, intent);
        } else {
            self.settle(&before, Some(&after));
        }
    }

    fn answered(&mut self, submitted: &SubmitFact) {
        let intent = submitted.intent;
        match submitted.outcome {
            SubmitOutcome::Accepted { .. } => self.learn(intent, Answer::Known),
            // A proven refusal ends it.
            SubmitOutcome::Refused { .. } => {
                self.learn(intent, Answer::Known);
                self.believe(intent);
                self.change(intent, |order| order.ended = Some(order.filled));
            }
            SubmitOutcome::Unknown { .. } if planted(Fault::UnknownReleases) => {
                self.change(intent, |order| order.ended = Some(order.filled));
            }
            SubmitOutcome::Unknown { .. } => self.learn(intent, Answer::Unknown),
        }
    }

    /// Takes note of whether the venue has an order.
    fn learn(&mut self, intent: IntentId, answer: Answer) {
        let Some(order) = self.live.get_mut(&intent) else { return };
        self.unknown -= usize::from(order.answer == Answer::Unknown);
        self.unknown += usize::from(answer == Answer::Unknown);
        order.answer = answer;
    }

    /// What was sent and not answered before a boot may have arrived or not.
    fn forget_answers(&mut self) {
        let unknown = &mut self.unknown;
        self.live.retain(|_, order| {
            if order.answer == Answer::Waiting {
                order.answer = Answer::Unknown;
                *unknown += 1;
            }
            true
        });
    }

    fn fill(&mut self, fill: &Fill) -> Result<(), NumError> {
        if !self.seen.insert(fill.entry_id.as_str().into()) {
            return Ok(());
        }
        let booked = self.book(fill);
        if booked.is_err() {
            self.seen.remove(fill.entry_id.as_str());
        }
        booked
    }

    fn book(&mut self, fill: &Fill) -> Result<(), NumError> {
        let order = self.live.get(&fill.intent);
        let (root, bought_in) = (
            order.map(|order| order.root),
            order.filter(|order| order.side == Side::Buy).map(|order| order.tier),
        );
        let change = self.standing.change(fill);
        let stake = self.stakes.entry(fill.asset, Stake::default);
        stake.trade(fill, change, bought_in).ok_or(NumError::Overflow { what: "position" })?;
        if stake.is_nothing() {
            self.stakes.remove(&fill.asset);
        }
        self.standing.book(fill, change);
        self.change(fill.intent, |order| {
            order.filled = order.filled.saturating_add(change).max(Decimal::ZERO);
        });
        // What an entry's next steps may still take is never raised by an adjustment.
        if fill.side == Side::Buy && adds(fill) {
            self.families.fill(root, fill);
        }
        Ok(())
    }

    /// Coins that an operator gave to the bot are a position like any other.
    fn adopt(&mut self, adoption: &Adoption) -> Result<(), NumError> {
        let stake = self.stakes.entry(adoption.asset, Stake::default);
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
        self.learn(report.intent, Answer::Known);
        let Some(order) = self.believed_over.remove(&report.intent) else { return Ok(()) };
        self.count(&order)?;
        self.live.entry(report.intent, || order);
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
        // An order that is over is known, also while fills of it are on their way.
        self.learn(end.intent, Answer::Known);
        if matches!(end.how, Some(Ending::Absent(_))) {
            self.believe(end.intent);
        }
        self.change(end.intent, |order| order.ended = Some(end.filled.get()));
    }
}

/// What an asset was bought as.
pub(crate) type Bought = Option<(ProductId, Tier)>;

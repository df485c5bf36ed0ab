//! What is at stake: positions and live orders, folded from facts.

mod holdings;
mod orders;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, BaseQty, Fact, IntentId, NumError, ProductId, QuoteAmt, Tier};
use rust_decimal::Decimal;

use crate::exact::Exact;
use crate::family::{Families, Family};
use crate::live::Live;
use crate::names::Names;
use crate::shelf::Shelf;
use crate::stake::Stake;
use crate::standing::Standing;
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
        let (families, seen) = (Families::with_room(256), Names::with_room(256));
        Self { stakes, live, families, seen, ..Self::default() }
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
        let buys = self.stakes.get(asset).map_or(Worth::ZERO, Stake::buys);
        QuoteAmt::new(buys.exact().get().ok_or(RESERVED)?)
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

    /// The worst case of all live buys that one currency pays for.
    pub(crate) fn reserved_in(&self, quote: &Asset) -> Exact {
        self.reserved.get(quote).copied().unwrap_or_default().exact()
    }

    /// The tier an asset was bought in; the least trusted one when no intent says.
    pub(crate) fn tier(&self, asset: &Asset) -> Tier {
        self.stakes.get(asset).and_then(|stake| stake.bought).map_or(Tier::T3, |(_, tier)| tier)
    }

    pub(crate) fn family(&self, root: IntentId) -> Option<&Family> {
        self.families.get(root)
    }
}

/// What an asset was bought as.
pub(crate) type Bought = Option<(ProductId, Tier)>;

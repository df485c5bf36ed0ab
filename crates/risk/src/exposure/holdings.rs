//! What is held: fills, adjustments, coins that were given or taken away, and somebody else's.

use domain::{Adoption, Asset, BaseQty, Fill, FlowConfirmed, NumError, Purse, Side};
use rust_decimal::Decimal;

use super::Exposure;
use crate::stake::Stake;
use crate::standing::adds;

const POSITION: NumError = NumError::Overflow { what: "position" };

impl Exposure {
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
        let coins = purses.iter().filter(|purse| !purse.asset.is_dollars());
        let others = coins.map(|purse| {
            let total = purse.available.get().saturating_add(purse.held.get());
            let own = self.stakes.get(&purse.asset).map_or(Decimal::ZERO, Stake::held);
            let beyond = BaseQty::new(total.saturating_sub(own).max(Decimal::ZERO));
            (purse.asset, beyond.unwrap_or(BaseQty::ZERO))
        });
        let others: Vec<_> = others.filter(|(_, beyond)| !beyond.is_zero()).collect();
        self.count_external(others);
    }

    pub(super) fn fill(&mut self, fill: &Fill) -> Result<(), NumError> {
        if !self.seen.insert(&fill.entry_id) {
            return Ok(());
        }
        let booked = self.book(fill);
        if booked.is_err() {
            self.seen.take_back(&fill.entry_id);
        }
        booked
    }

    fn book(&mut self, fill: &Fill) -> Result<(), NumError> {
        let order = self.live.get_mut(&fill.intent);
        let order = order.map(|order| (order.root, order.side, order.tier));
        let root = order.map(|(root, ..)| root);
        let bought_in = order.filter(|(_, side, _)| *side == Side::Buy).map(|(.., tier)| tier);
        let change = self.standing.change(fill);
        let stake = self.stakes.entry(fill.asset, Stake::default);
        stake.trade(fill, change, bought_in).ok_or(POSITION)?;
        if stake.is_nothing() {
            self.stakes.remove(&fill.asset);
        }
        self.standing.book(fill, change);
        self.change(fill.intent, |order| order.filled_by(change));
        // What an entry's next steps may still take is never raised by an adjustment.
        if fill.side == Side::Buy && adds(fill) {
            self.families.fill(root, fill);
        }
        Ok(())
    }

    /// Coins that an operator gave to the bot are a position like any other.
    pub(super) fn adopt(&mut self, adoption: &Adoption) -> Result<(), NumError> {
        let stake = self.stakes.entry(adoption.asset, Stake::default);
        let taken = stake.take_in(adoption.qty, (adoption.product, adoption.tier));
        taken.ok_or(POSITION)
    }

    /// Coins that an operator took away are none any more.
    pub(super) fn withdraw(&mut self, said: &FlowConfirmed) -> Result<(), NumError> {
        let Some((stake, gone)) = self.stakes.get_mut(&said.asset).zip(said.coins_gone()) else {
            return Ok(());
        };
        stake.give_away(gone).ok_or(POSITION)?;
        if stake.is_nothing() {
            self.stakes.remove(&said.asset);
        }
        Ok(())
    }
}

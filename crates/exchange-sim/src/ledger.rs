//! Money in two columns: every movement leaves one pocket and enters another.

use std::collections::BTreeMap;

use domain::{Asset, NumError, Purse, QuoteAmt};
use rust_decimal::Decimal;

/// Where an amount of one currency can be. The pockets of a currency always sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pocket {
    /// Of the account: free.
    Available,
    /// Of the account: held back by an order.
    Held,
    /// The rest of the world, from which deposits come.
    Outside,
    /// Those on the other side of fills.
    Market,
    /// The venue's earnings.
    Fees,
}

/// A movement that cannot be booked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The account has less than that.
    #[error("{asset}: {wanted} is more than the {there} there is")]
    Insufficient {
        /// The currency.
        asset: Asset,
        /// What was to be moved.
        wanted: Decimal,
        /// What is there.
        there: Decimal,
    },
    /// Beyond exact decimals, or a negative movement.
    #[error("{asset}: {amount} cannot be booked")]
    NotBookable {
        /// The currency.
        asset: Asset,
        /// What was to be moved.
        amount: Decimal,
    },
}

#[derive(Debug, Clone, Copy, Default)]
struct Pockets {
    available: Decimal,
    held: Decimal,
    outside: Decimal,
    market: Decimal,
    fees: Decimal,
}

impl Pockets {
    const fn of(&mut self, pocket: Pocket) -> &mut Decimal {
        match pocket {
            Pocket::Available => &mut self.available,
            Pocket::Held => &mut self.held,
            Pocket::Outside => &mut self.outside,
            Pocket::Market => &mut self.market,
            Pocket::Fees => &mut self.fees,
        }
    }
}

/// All pockets of all currencies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    by_asset: BTreeMap<Asset, Pockets>,
    /// How often something moved.
    moves: u64,
}

impl Ledger {
    /// How often something moved: the same number, the same purses.
    pub(crate) const fn moves(&self) -> u64 {
        self.moves
    }

    /// Moves an amount, or nothing when it cannot be moved whole.
    pub(crate) fn post(
        &mut self,
        asset: Asset,
        from: Pocket,
        to: Pocket,
        amount: Decimal,
    ) -> Result<(), LedgerError> {
        let not_bookable = LedgerError::NotBookable { asset, amount };
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(not_bookable);
        }
        let pockets = self.by_asset.entry(asset).or_default();
        let there = *pockets.of(from);
        let ours = matches!(from, Pocket::Available | Pocket::Held);
        if ours && there < amount {
            let wanted = amount;
            return Err(LedgerError::Insufficient { asset, wanted, there });
        }
        let (Some(less), Some(more)) =
            (there.checked_sub(amount), pockets.of(to).checked_add(amount))
        else {
            return Err(not_bookable);
        };
        // A sum with more digits than a decimal holds would be rounded without a word.
        let exact = more.checked_sub(amount) == Some(*pockets.of(to))
            && less.checked_add(amount) == Some(there);
        if !exact {
            return Err(not_bookable);
        }
        self.moves += 1;
        *pockets.of(from) = less;
        *pockets.of(to) = more;
        Ok(())
    }

    /// Free and held money of each currency that ever moved, sorted.
    pub(crate) fn purses(&self) -> Result<Vec<Purse>, NumError> {
        let purse = |(asset, pockets): (&Asset, &Pockets)| {
            Ok(Purse {
                asset: *asset,
                available: QuoteAmt::new(pockets.available)?,
                held: QuoteAmt::new(pockets.held)?,
            })
        };
        self.by_asset.iter().map(purse).collect()
    }

    /// What is free of a currency.
    pub(crate) fn available(&self, asset: &Asset) -> Decimal {
        self.by_asset.get(asset).map_or(Decimal::ZERO, |p| p.available)
    }

    pub(crate) fn fees(&self, asset: &Asset) -> Decimal {
        self.by_asset.get(asset).map_or(Decimal::ZERO, |p| p.fees)
    }

    /// What is missing or too much in any currency; zero unless a movement was one-sided.
    pub(crate) fn imbalance(&self) -> Decimal {
        let sum = |p: &Pockets| p.available + p.held + p.outside + p.market + p.fees;
        self.by_asset.values().map(|p| sum(p).abs()).sum()
    }
}

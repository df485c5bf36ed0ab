//! Disposals: what each sale brought, against what the coins cost that were sold first.

use domain::{Asset, BaseQty, LotId, ProductId, QuoteAmt, Timestamp, Usd};
use serde::Serialize;

use crate::exact::{difference, share};
use crate::position::{Position, Sale};

/// Coins of one lot that one fill sold. Lots are matched first in, first out; amounts are in the
/// quote currency, and USD and USDC count as one dollar each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// The lot.
    pub lot: LotId,
    /// The coin.
    pub asset: Asset,
    /// Where it was sold.
    pub product: ProductId,
    /// When the lot's first coin came.
    pub acquired: Timestamp,
    /// When it was sold.
    pub sold: Timestamp,
    /// The fill.
    pub entry_id: String,
    /// How much.
    pub qty: BaseQty,
    /// For how much, without fees.
    pub proceeds: QuoteAmt,
    /// The share of what the lot cost, the fees of buying included.
    pub cost: QuoteAmt,
    /// The fee of the sale.
    pub fee: QuoteAmt,
    /// `proceeds − fee − cost`.
    pub gain: Usd,
}

impl Disposal {
    /// Whole days from the first coin to the sale.
    pub const fn days_held(&self) -> i64 {
        self.sold.secs_since(self.acquired).div_euclid(86_400)
    }

    /// `None` where a sum would leave exact decimals.
    fn of(asset: Asset, sale: &Sale, position: &Position) -> Option<Self> {
        let lot = position.holdings.iter().find(|lot| lot.id == sale.lot)?;
        let cost = share(lot.paid()?, sale.qty, lot.bought)?;
        Some(Self {
            lot: sale.lot,
            asset,
            product: sale.product,
            acquired: lot.opened,
            sold: sale.at,
            entry_id: sale.entry_id.clone(),
            qty: BaseQty::new(sale.qty).ok()?,
            proceeds: QuoteAmt::new(sale.proceeds).ok()?,
            cost: QuoteAmt::new(cost).ok()?,
            fee: QuoteAmt::new(sale.fee).ok()?,
            gain: Usd::new(difference(difference(sale.proceeds, sale.fee)?, cost)?).ok()?,
        })
    }
}

/// The disposals of one asset; `None` where a sum would leave exact decimals.
pub(crate) fn of(asset: Asset, position: &Position) -> Option<Vec<Disposal>> {
    position.sales.iter().map(|sale| Disposal::of(asset, sale, position)).collect()
}

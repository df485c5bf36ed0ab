//! Trades: from the first coin of an entry to the last one sold.

use domain::{
    Asset, BaseQty, ExitReason, LotId, Price, ProductId, ProposalId, QuoteAmt, Timestamp,
    TradingLimits, TriggerId, Usd,
};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::exact::sum;
use crate::holding::Holding;
use crate::orders::Orders;

/// One entry with all its steps, and what became of it. Amounts are in the quote currency; USD and
/// USDC count as one dollar each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trade {
    /// Its lot, named by the entry's first intent.
    pub lot: LotId,
    /// The product it was bought on.
    pub product: ProductId,
    /// The base currency.
    pub asset: Asset,
    /// The event behind it; none where the intent does not say, and for what was adopted.
    pub trigger: Option<TriggerId>,
    /// Whether an operator gave it.
    pub adopted: bool,
    /// When its first coin came.
    pub opened: Timestamp,
    /// When its last coin went.
    pub closed: Option<Timestamp>,
    /// Bought in all.
    pub bought: BaseQty,
    /// Sold in all.
    pub sold: BaseQty,
    /// Taken away by its owner.
    pub withdrawn: BaseQty,
    /// Left.
    pub left: BaseQty,
    /// Average price of what was bought, without fees.
    pub entry_price: Price,
    /// Average price of what was sold, without fees.
    pub exit_price: Option<Price>,
    /// What it cost, fees included.
    pub paid: QuoteAmt,
    /// Fees of buying and selling.
    pub fees: QuoteAmt,
    /// `proceeds − fees of sales − cost of what was sold, with its fees`.
    pub realised: Usd,
    /// The same of what was sold, percent of what that cost.
    pub realised_pct: Option<Decimal>,
    /// What the coins that are left cost, fees included.
    pub paid_for_left: QuoteAmt,
    /// Why the newest sale was made, as far as its order says.
    pub exit: Option<ExitReason>,
}

impl Trade {
    /// `None` where a sum would leave exact decimals.
    pub(crate) fn of(asset: Asset, lot: &Holding, orders: &Orders) -> Option<Self> {
        let trigger = match orders.get(lot.id.0).and_then(|order| order.proposal) {
            Some(ProposalId::Entry(trigger)) => Some(trigger),
            Some(ProposalId::Exit(..)) | None => None,
        };
        let seller = lot.last_out.and_then(|(_, intent)| orders.get(intent?));
        let exit = seller.and_then(|order| match (order.proposal?, order.bracket) {
            // The venue chose, and the price says what.
            (ProposalId::Exit(..), Some(bracket)) => {
                Some(bracket.sold_by(Price::new(lot.last_price?).ok()?))
            }
            (ProposalId::Exit(_, reason), None) => Some(reason),
            (ProposalId::Entry(_), _) => None,
        });
        let left = lot.left()?;
        let (realised, paid_for_sold) = (lot.realised()?, lot.paid_for_sold()?);
        let average = |value: Decimal, qty: Decimal| Price::new(value.checked_div(qty)?).ok();
        Some(Self {
            lot: lot.id,
            product: lot.product,
            asset,
            trigger: trigger.filter(|_| !lot.adopted),
            adopted: lot.adopted,
            opened: lot.opened,
            closed: lot.last_out.map(|(at, _)| at).filter(|_| left.is_zero()),
            bought: BaseQty::new(lot.bought).ok()?,
            sold: BaseQty::new(lot.sold).ok()?,
            withdrawn: BaseQty::new(lot.gone).ok()?,
            left: BaseQty::new(left).ok()?,
            entry_price: average(lot.cost, lot.bought)?,
            exit_price: average(lot.proceeds, lot.sold),
            paid: QuoteAmt::new(lot.paid()?).ok()?,
            fees: QuoteAmt::new(sum(lot.buy_fees, lot.sell_fees)?).ok()?,
            realised: Usd::new(realised).ok()?,
            realised_pct: percent(realised, paid_for_sold),
            paid_for_left: QuoteAmt::new(lot.paid_for_left()?).ok()?,
            exit,
        })
    }

    /// How long it was held, or has been at a moment, seconds.
    pub fn held_secs(&self, now: Timestamp) -> i64 {
        self.closed.unwrap_or(now).secs_since(self.opened)
    }

    /// What selling the rest at a bid would bring beyond what it cost, before fees of the sale.
    pub fn unrealised(&self, bid: Price) -> Option<Usd> {
        let value = bid.times(self.left).ok()?;
        value.minus(self.paid_for_left).ok().map(QuoteAmt::usd_at_par)
    }

    /// Whether what is left of it is less than the venue sells: kept and shown, and not sold.
    pub fn is_dust(&self, limits: &TradingLimits, bid: Price) -> bool {
        let value = bid.times(self.left);
        let sellable =
            self.left >= limits.base_min && value.is_ok_and(|value| value >= limits.quote_min);
        !self.left.is_zero() && !sellable
    }
}

/// Percent with four digits; `None` for a share of nothing.
pub(crate) fn percent(part: Decimal, of: Decimal) -> Option<Decimal> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of)?;
    Some(share.round_dp(4).normalize())
}

//! Holds, fills and ends: what orders do to the account.

use domain::{BaseQty, Fill, Liquidity, Price, QuoteAmt, Side, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::ledger::{LedgerError, Pocket};
use crate::order::{Life, OrderId, OrderState, Ticket};
use crate::venue::{SimError, SimVenue};

/// Fees and the fee part of holds have this many digits behind the point.
const MONEY_DIGITS: u32 = 8;

impl SimVenue {
    /// What an order of the remaining quantity holds back: a buy its value at the limit and the
    /// fee of it, rounded up; a sale its coins.
    pub(crate) fn hold(&self, ticket: &Ticket, remaining: Decimal) -> Result<Decimal, SimError> {
        if ticket.side == Side::Sell {
            return Ok(remaining);
        }
        let rate = match ticket.life {
            Life::PostOnlyUntil(_) => self.fees.maker_bps,
            Life::UntilCancelled | Life::Immediate | Life::Bracket(_) => {
                self.fees.taker_bps.max(self.fees.maker_bps)
            }
        };
        let value = ticket.limit.times(BaseQty::new(remaining)?)?.get();
        Ok(value + fee(value, rate, RoundingStrategy::ToPositiveInfinity)?)
    }

    /// Books one fill: both currencies, the fee, and what the order no longer holds.
    pub(crate) fn fill(
        &mut self,
        id: OrderId,
        at: Timestamp,
        price: Price,
        qty: Decimal,
        liquidity: Liquidity,
    ) -> Result<(), SimError> {
        let rate = match liquidity {
            Liquidity::Maker => self.fees.maker_bps,
            Liquidity::Taker => self.fees.taker_bps,
        };
        let order = self.orders.get(&id).ok_or(SimError::UnknownOrder(id))?;
        let (ticket, hold) = (order.ticket, order.hold);
        let base: domain::Asset = ticket.product.base().parse()?;
        let quote: domain::Asset = ticket.product.quote().parse()?;
        let qty = BaseQty::new(qty)?;
        let value = price.times(qty)?;
        let fee = fee(value.get(), rate, RoundingStrategy::ToNegativeInfinity)?;
        let filled = order.filled.plus(qty)?;
        let rest = self.hold(&ticket, ticket.qty.minus(filled)?.get())?;
        let ledger = &mut self.ledger;
        match ticket.side {
            Side::Buy => {
                ledger.post(quote, Pocket::Held, Pocket::Market, value.get())?;
                ledger.post(quote, Pocket::Held, Pocket::Fees, fee)?;
                let freed = hold - rest - value.get() - fee;
                ledger.post(quote, Pocket::Held, Pocket::Available, freed)?;
                ledger.post(base, Pocket::Market, Pocket::Available, qty.get())?;
            }
            Side::Sell => {
                ledger.post(base, Pocket::Held, Pocket::Market, qty.get())?;
                ledger.post(quote, Pocket::Market, Pocket::Available, value.get())?;
                ledger.post(quote, Pocket::Available, Pocket::Fees, fee)?;
            }
        }
        let fee = QuoteAmt::new(fee)?;
        if let Some(order) = self.orders.get_mut(&id) {
            order.hold = rest;
            order.filled = filled;
            order.filled_value = order.filled_value.plus(value)?;
            order.fees = order.fees.plus(fee)?;
        }
        let entry_id = format!("sim-{}-{}", id.0, self.fills.len() + 1);
        self.fills.push(Fill {
            entry_id,
            intent: ticket.client,
            at,
            product: ticket.product,
            asset: base,
            side: ticket.side,
            qty,
            price,
            fee,
            kind: domain::FillKind::Fill,
            trade_id: None,
            liquidity: Some(liquidity),
        });
        if filled == ticket.qty {
            self.end(id, OrderState::Filled, at)?;
        }
        Ok(())
    }

    /// Ends an open order and frees what it still holds.
    pub(crate) fn end(
        &mut self,
        id: OrderId,
        state: OrderState,
        at: Timestamp,
    ) -> Result<(), SimError> {
        let order = self.orders.get_mut(&id).ok_or(SimError::UnknownOrder(id))?;
        let asset = match order.ticket.side {
            Side::Buy => order.ticket.product.quote(),
            Side::Sell => order.ticket.product.base(),
        };
        let asset = asset.parse()?;
        self.ledger.post(asset, Pocket::Held, Pocket::Available, order.hold)?;
        order.hold = Decimal::ZERO;
        order.state = state;
        order.ended = Some(at);
        self.open.remove(&id);
        Ok(())
    }
}

/// A fee on a value. Fees round down and holds up, so that a hold always covers its fills:
/// ⌊x⌋ + ⌈y⌉ ≤ ⌈x + y⌉.
fn fee(value: Decimal, rate: domain::Bps, rounding: RoundingStrategy) -> Result<Decimal, SimError> {
    let exact = value
        .checked_mul(rate.get())
        .and_then(|v| v.checked_div(Decimal::from(10_000)))
        .ok_or(LedgerError::NotBookable { asset: "USD".parse()?, amount: value })?;
    Ok(exact.round_dp_with_strategy(MONEY_DIGITS, rounding))
}

//! The venue's orders and fills in the words of `exchange`.

use domain::{BaseQty, FillKind, Liquidity, NumError, Price, QuoteAmt, Side, VenueStatus};
use exchange::{PortError, VenueFill, VenueOrder};
use rust_decimal::Decimal;

use crate::rest::{Fill, LiquidityIndicator, Order, TradeType};

fn unreadable(what: impl core::fmt::Display) -> PortError {
    PortError::Unreadable(what.to_string())
}

fn side(side: &crate::wire::Side, of: &str) -> Result<Side, PortError> {
    match side {
        crate::wire::Side::Buy => Ok(Side::Buy),
        crate::wire::Side::Sell => Ok(Side::Sell),
        other @ crate::wire::Side::Other(_) => {
            Err(unreadable(format!("{of} has the side {other}")))
        }
    }
}

fn base(value: Option<Decimal>) -> Result<BaseQty, PortError> {
    value.map_or(Ok(BaseQty::ZERO), BaseQty::new).map_err(unreadable)
}

/// A price that the venue gives as nothing or 0 where there is none.
fn price(value: Option<Decimal>) -> Result<Option<Price>, PortError> {
    value.filter(|value| !value.is_zero()).map(Price::new).transpose().map_err(unreadable)
}

/// An order as the ports show it.
pub(super) fn order(seen: &Order) -> Result<VenueOrder, PortError> {
    let terms = seen.order_configuration.as_ref().and_then(|echo| echo.single());
    let size = terms.and_then(|(_, terms)| terms.base_size);
    let limit = terms.and_then(|(_, terms)| terms.limit_price);
    Ok(VenueOrder {
        venue_order_id: seen.order_id.clone(),
        client_order_id: seen.client_order_id.clone(),
        product: seen.product_id.clone(),
        side: side(&seen.side, &seen.order_id)?,
        status: VenueStatus::of_word(seen.status.as_str()),
        qty: size.map(BaseQty::new).transpose().map_err(unreadable)?,
        limit: price(limit)?,
        filled: base(seen.filled_size)?,
        average_price: price(seen.average_filled_price)?,
        fees: Some(QuoteAmt::new(seen.total_fees).map_err(unreadable)?),
        created: seen.created_time.at(),
        updated: seen.last_update_time.map(crate::wire::Moment::at),
    })
}

/// A fill as the ports show it. One whose size is in quote currency, and is no exact number of base
/// units at its price, is shown as of no known kind: nothing is booked from a rounded number.
pub(super) fn fill(seen: &Fill) -> Result<VenueFill, PortError> {
    let price = Price::new(seen.price).map_err(unreadable)?;
    let overflow = || unreadable(NumError::Overflow { what: "the size of a fill" });
    let (qty, exact) = if seen.size_in_quote {
        let qty = seen.size.checked_div(seen.price).ok_or_else(overflow)?;
        (qty, qty.checked_mul(seen.price) == Some(seen.size))
    } else {
        (seen.size, true)
    };
    let kind = match seen.trade_type {
        TradeType::Fill => Some(FillKind::Fill),
        TradeType::Synthetic => Some(FillKind::Synthetic),
        TradeType::Reversal => Some(FillKind::Reversal),
        TradeType::Correction => Some(FillKind::Correction),
        TradeType::Other(_) => None,
    };
    let liquidity = match &seen.liquidity_indicator {
        Some(LiquidityIndicator::Maker) => Some(Liquidity::Maker),
        Some(LiquidityIndicator::Taker) => Some(Liquidity::Taker),
        Some(LiquidityIndicator::Unknown | LiquidityIndicator::Other(_)) | None => None,
    };
    Ok(VenueFill {
        entry_id: seen.entry_id.clone(),
        trade_id: seen.trade_id.clone(),
        venue_order_id: seen.order_id.clone(),
        product: seen.product_id.clone(),
        side: side(&seen.side, &seen.entry_id)?,
        kind: kind.filter(|_| exact),
        qty: BaseQty::new(qty).map_err(unreadable)?,
        price,
        fee: QuoteAmt::new(seen.commission).map_err(unreadable)?,
        liquidity,
        at: seen.trade_time.at(),
    })
}

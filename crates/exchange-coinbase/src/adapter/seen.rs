//! The venue's orders and fills in the words of `exchange`.

use domain::{BaseQty, FillKind, Liquidity, NumError, Price, QuoteAmt, Side, VenueStatus};
use exchange::{PortError, VenueFill, VenueOrder};
use rust_decimal::Decimal;

use crate::rest::{Fill, LiquidityIndicator, Order, TradeType};
use crate::ws::UserOrder;

/// No currency is divided further than into 10⁻¹⁸.
const MOST_DIGITS: u32 = 18;

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

/// An order of the stream as the ports show it. The stream tells what is left of a size, and
/// nothing in an order's last message, so the size itself is not shown.
pub(super) fn told(seen: &UserOrder) -> Result<VenueOrder, PortError> {
    let created = seen.created;
    Ok(VenueOrder {
        venue_order_id: seen.order_id.clone(),
        client_order_id: seen.client_order_id.clone(),
        product: seen.product.clone(),
        side: side(&seen.side, &seen.order_id)?,
        status: VenueStatus::of_word(seen.status.as_str()),
        qty: None,
        limit: seen.limit,
        filled: seen.filled,
        average_price: seen.average_price,
        fees: Some(QuoteAmt::new(seen.fees).map_err(unreadable)?),
        created: created.ok_or_else(|| unreadable(format!("{} has no age", seen.order_id)))?,
        updated: None,
    })
}

/// A fill as the ports show it. One whose size is in quote currency, and is no exact number of base
/// units at its price, is shown as of no known kind: nothing is booked from a rounded number.
pub(super) fn fill(seen: &Fill) -> Result<VenueFill, PortError> {
    let price = Price::new(seen.price).map_err(unreadable)?;
    let overflow = || unreadable(NumError::Overflow { what: "the size of a fill" });
    let (qty, exact) = if seen.size_in_quote {
        let qty = seen.size.checked_div(seen.price).ok_or_else(overflow)?;
        let whole = qty.normalize().scale() <= MOST_DIGITS;
        (qty, whole && qty.checked_mul(seen.price) == Some(seen.size))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn order_json() -> Value {
        json!({
            "order_id": "o-1", "client_order_id": "c-1", "product_id": "SOL-USD", "user_id": "u",
            "side": "BUY", "status": "OPEN", "created_time": "2026-01-05T12:00:00.123456Z",
            "order_configuration": {"limit_limit_gtd": {
                "base_size": "2", "limit_price": "150.5", "end_time": "2026-01-05T12:01:30Z",
                "post_only": true
            }},
            "filled_size": "0.5", "average_filled_price": "150.5", "number_of_fills": "1",
            "total_fees": "0.45", "total_value_after_fees": "75.7", "pending_cancel": false,
            "size_in_quote": false, "size_inclusive_of_fees": false
        })
    }

    fn with(mut json: Value, key: &str, value: Value) -> Value {
        json[key] = value;
        json
    }

    fn read(json: Value) -> Result<VenueOrder, PortError> {
        order(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn an_order_is_shown_with_what_was_asked_for_and_what_filled() {
        let seen = read(order_json()).unwrap();
        assert_eq!((seen.qty, seen.limit), ("2".parse().ok(), "150.5".parse().ok()));
        assert_eq!((seen.filled, seen.average_price), ("0.5".parse().unwrap(), seen.limit));
        assert_eq!(seen.created.millis() % 1000, 123);
        let nothing = with(order_json(), "average_filled_price", json!("0"));
        assert_eq!(read(nothing).unwrap().average_price, None);
    }

    #[test]
    fn every_status_has_its_word_and_a_new_one_says_nothing() {
        for status in VenueStatus::ALL {
            let seen = read(with(order_json(), "status", json!(status.as_str()))).unwrap();
            assert_eq!(seen.status, status);
        }
        let seen = read(with(order_json(), "status", json!("INVENTED"))).unwrap();
        assert_eq!(seen.status, VenueStatus::Unknown);
    }

    #[test]
    fn an_order_without_a_side_makes_the_list_unreadable() {
        let odd = read(with(order_json(), "side", json!("UNKNOWN_ORDER_SIDE")));
        assert!(matches!(odd, Err(PortError::Unreadable(_))), "{odd:?}");
    }

    #[test]
    fn a_size_in_quote_currency_is_booked_only_where_it_is_exact() {
        let json = |size: &str, in_quote: bool, kind: &str| {
            json!({
                "entry_id": "e", "trade_id": "t", "order_id": "o-1", "product_id": "SOL-USD",
                "trade_time": "2026-01-05T12:00:00Z", "trade_type": kind, "side": "BUY",
                "price": "150", "size": size, "size_in_quote": in_quote, "commission": "0.45",
                "liquidity_indicator": "MAKER"
            })
        };
        let cases = [
            ("0.5", false, "FILL", "0.5", Some(FillKind::Fill)),
            ("75", true, "FILL", "0.5", Some(FillKind::Fill)),
            ("100", true, "FILL", "0.6666666666666666666666666667", None),
            ("0.5", false, "REVERSAL", "0.5", Some(FillKind::Reversal)),
            ("0.5", false, "CORRECTION", "0.5", Some(FillKind::Correction)),
            ("0.5", false, "SYNTHETIC", "0.5", Some(FillKind::Synthetic)),
            ("0.5", false, "INVENTED", "0.5", None),
        ];
        for (size, in_quote, word, qty, kind) in cases {
            let seen = fill(&serde_json::from_value(json(size, in_quote, word)).unwrap()).unwrap();
            assert_eq!((seen.qty.to_string().as_str(), seen.kind), (qty, kind), "{size} {word}");
            assert_eq!(seen.liquidity, Some(Liquidity::Maker));
        }
    }
}

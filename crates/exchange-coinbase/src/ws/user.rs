//! The `user` channel: the state of one's own orders, cumulative, not fill by fill.

use domain::{BaseQty, Price, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::wire::{flag, parsed, parsed_or_empty};
use crate::wire::{OrderStatus, Side, TimeInForce};

/// How many orders a page of the snapshot holds; the first with fewer ends it.
pub const PAGE: usize = 50;

/// An order of one's own as of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserOrder {
    /// The venue's id.
    pub order_id: String,
    /// The id that the client gave it. Orders are matched by ids, never by product: an order on
    /// an alias may come back under the other name.
    pub client_order_id: String,
    /// The product, as the venue writes it.
    pub product: String,
    /// Its side.
    pub side: Side,
    /// Where it is.
    pub status: OrderStatus,
    /// `Limit`, `Market`, `Stop Limit`...: free text of the venue.
    pub order_type: String,
    /// How long it lives.
    pub life: TimeInForce,
    /// When that ends.
    pub end: Option<Timestamp>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Base units filled so far.
    pub filled: BaseQty,
    /// What is left, in the unit the order was placed in; 0 in a last message.
    pub leaves: BaseQty,
    /// Average price of what was filled.
    pub average_price: Option<Price>,
    /// Quote units that changed hands.
    pub filled_value: Decimal,
    /// Quote units of fees so far.
    pub fees: Decimal,
    /// How many fills.
    pub fills: u64,
    /// Its limit.
    pub limit: Option<Price>,
    /// Its stop.
    pub stop: Option<Price>,
    /// What is held back for it.
    pub hold: Decimal,
    /// Whether it never takes.
    pub post_only: bool,
    /// Why it was cancelled.
    pub cancel_reason: String,
    /// Why it was refused.
    pub reject_reason: String,
    /// Whose money.
    pub portfolio: String,
}

/// Which part of the orders a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserPart {
    /// A page of the open orders, more to come.
    Page,
    /// The last page: all open orders have been told.
    LastPage,
    /// Orders that changed.
    Update,
}

/// Orders of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEvent {
    /// The venue's word: `snapshot`, `update`; later pages of a snapshot may have another.
    pub kind: String,
    /// The orders.
    pub orders: Vec<UserOrder>,
}

#[derive(Deserialize)]
struct WireEvent {
    #[serde(rename = "type")]
    kind: String,
    orders: Option<Vec<WireOrder>>,
}

#[derive(Deserialize)]
struct WireOrder {
    order_id: String,
    client_order_id: String,
    product_id: String,
    order_side: Side,
    status: OrderStatus,
    order_type: String,
    time_in_force: TimeInForce,
    #[serde(default, deserialize_with = "moment")]
    end_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    creation_time: Option<Timestamp>,
    #[serde(deserialize_with = "parsed")]
    cumulative_quantity: BaseQty,
    #[serde(deserialize_with = "parsed")]
    leaves_quantity: BaseQty,
    #[serde(deserialize_with = "price")]
    avg_price: Option<Price>,
    #[serde(deserialize_with = "amount")]
    filled_value: Decimal,
    #[serde(deserialize_with = "amount")]
    total_fees: Decimal,
    #[serde(deserialize_with = "parsed")]
    number_of_fills: u64,
    #[serde(default, deserialize_with = "price")]
    limit_price: Option<Price>,
    #[serde(default, deserialize_with = "price")]
    stop_price: Option<Price>,
    #[serde(default, deserialize_with = "amount")]
    outstanding_hold_amount: Decimal,
    #[serde(default, deserialize_with = "flag")]
    post_only: bool,
    #[serde(default)]
    cancel_reason: String,
    #[serde(default, alias = "reject_Reason")]
    reject_reason: String,
    #[serde(default)]
    retail_portfolio_id: String,
}

/// A price, where an empty text or 0 says that there is none.
fn price<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Price>, D::Error> {
    super::wire::sensible(input)
}

/// An exact amount, where an empty text is 0.
fn amount<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Decimal, D::Error> {
    super::wire::exact(input).map(Option::unwrap_or_default)
}

/// A moment, where an empty text or the year 1 says that there is none.
fn moment<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Timestamp>, D::Error> {
    let at: Option<Timestamp> = parsed_or_empty(input)?;
    Ok(at.filter(|at| *at > Timestamp::from_secs(0)))
}

/// Reads the events of a `user` message.
pub(super) fn read(events: &str) -> Result<Vec<UserEvent>, serde_json::Error> {
    let events: Vec<WireEvent> = serde_json::from_str(events)?;
    let event = |wire: WireEvent| {
        let orders = wire.orders.unwrap_or_default().into_iter().map(order).collect();
        UserEvent { kind: wire.kind, orders }
    };
    Ok(events.into_iter().map(event).collect())
}

fn order(wire: WireOrder) -> UserOrder {
    UserOrder {
        order_id: wire.order_id,
        client_order_id: wire.client_order_id,
        product: wire.product_id,
        side: wire.order_side,
        status: wire.status,
        order_type: wire.order_type,
        life: wire.time_in_force,
        end: wire.end_time,
        created: wire.creation_time,
        filled: wire.cumulative_quantity,
        leaves: wire.leaves_quantity,
        average_price: wire.avg_price,
        filled_value: wire.filled_value,
        fees: wire.total_fees,
        fills: wire.number_of_fills,
        limit: wire.limit_price,
        stop: wire.stop_price,
        hold: wire.outstanding_hold_amount,
        post_only: wire.post_only,
        cancel_reason: wire.cancel_reason,
        reject_reason: wire.reject_reason,
        portfolio: wire.retail_portfolio_id,
    }
}
